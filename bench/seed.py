"""Many instances at once, through the operations themselves but without a request for each."""

from __future__ import annotations

from pathlib import Path

import msgspec

from bench.children import until
from bench.system import REGION, VPC, System
from jackfield.endpoints.resources import Endpoint, endpoint_id
from jackfield.identity.principal import Principal
from jackfield.products.operation import Call
from jackfield.products.tair.creation import CreateInstanceRequest, create_instance
from jackfield.products.tair.resources import Instance
from jackfield.products.tair.states import NORMAL
from jackfield.store.interface import Tx
from jackfield.store.secrets import KeyRing
from jackfield.store.sqlite import SqliteStore, open_store

_AT_ONCE = 500


def caller(account: str, now: float, keyring: KeyRing) -> Call:
    """A call of an account's root."""
    principal = Principal(
        account=account, kind="Account", id=account, arn=f"acs:ram::{account}:root", access_key="bench"
    )
    return Call(
        principal=principal,
        request_id="bench",
        region=REGION,
        now=now,
        missing=lambda engine: False,
        pace=0.0,
        seal=lambda text, context: keyring.seal(text, context=context),
    )


def fill(system: System, count: int) -> list[str]:
    """Instances in the state in which the reconciler leaves them where no databases run; returns their ids."""
    vpc = system.call(VPC, "CreateVpc", RegionId=REGION, CidrBlock="10.0.0.0/8")["VpcId"]
    _wait_available(system, "DescribeVpcs", "Vpcs", "Vpc", VpcId=vpc)
    zone = f"{REGION}-h"
    vswitch = system.call(VPC, "CreateVSwitch", RegionId=REGION, ZoneId=zone, VpcId=vpc, CidrBlock="10.0.0.0/16")[
        "VSwitchId"
    ]
    _wait_available(system, "DescribeVSwitches", "VSwitches", "VSwitch", VSwitchId=vswitch)
    request = CreateInstanceRequest(
        region_id=REGION, instance_class="redis.master.small.default", vpc_id=vpc, vswitch_id=vswitch, zone_id=zone
    )
    store, keyring = open_store(system.folder.store), KeyRing.open(system.folder.root)
    ids: list[str] = []
    try:
        for begin in range(0, count, _AT_ONCE):
            with store.write() as tx:
                call = caller(system.ready.account_id, tx.now, keyring)
                ids += [_settled(tx, call, request) for _ in range(min(_AT_ONCE, count - begin))]
    finally:
        store.close()
    system.wait_idle()
    return ids


def _settled(tx: Tx, call: Call, request: CreateInstanceRequest) -> str:
    """What the reconciler would do, with the evidence that it would give."""
    id = create_instance(tx, call, request).instance_id
    for endpoint in tx.children(Endpoint, id):
        tx.put(msgspec.structs.replace(endpoint, status="Serving"), evidence={"engines": "none"})
    instance = tx.get(Instance, id)
    assert instance is not None
    tx.put(msgspec.structs.replace(instance, status=NORMAL), evidence={"engines": "none"})
    return id


def _wait_available(system: System, action: str, outer: str, inner: str, **which: str) -> None:
    def available() -> bool:
        found = system.call(VPC, action, RegionId=REGION, **which)[outer][inner]
        return bool(found and found[0]["Status"] == "Available")

    until(f"{which} Available", available)


def listed_store(path: Path, account: str, count: int) -> SqliteStore:
    """A store with this many instances, each with its endpoint: copies of one that the operation made."""
    store, keyring = open_store(path), KeyRing.open(path.parent)
    with store.write() as tx:
        made = create_instance(
            tx,
            caller(account, tx.now, keyring),
            CreateInstanceRequest(region_id=REGION, instance_class="redis.master.small.default"),
        )
        instance = tx.get(Instance, made.instance_id)
        (endpoint,) = tx.children(Endpoint, made.instance_id)
    assert instance is not None
    replace = msgspec.structs.replace
    for begin in range(1, count, _AT_ONCE):
        with store.write() as tx:
            for number in range(begin, min(begin + _AT_ONCE, count)):
                id = f"r-bench{number:09d}"
                tx.put(replace(instance, id=id))
                tx.put(replace(endpoint, id=endpoint_id(id, "private"), parent=id, name=f"{id}.example"))
    return store
