"""A provider and a consumer in a store, in any states, for tests of operations as the functions that they are."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from jackfield.endpoints.resources import Endpoint
from jackfield.identity.principal import Principal
from jackfield.products.ecs.resources import SecurityGroup
from jackfield.products.errors import ApiError
from jackfield.products.nlb.resources import LoadBalancer, Zone, zone_endpoint_id
from jackfield.products.operation import Call, Operation
from jackfield.products.privatelink.resources import (
    AttachedGroup,
    Connection,
    EndpointService,
    EndpointZone,
    ServiceResource,
    VpcEndpoint,
    resource_key,
    zone_key,
)
from jackfield.products.vpc.resources import Vpc, VSwitch
from jackfield.store.interface import Reader, Tx
from jackfield.store.resource import Resource
from jackfield.store.sqlite import SqliteStore

PROVIDER, CONSUMER = "1000000000000001", "1000000000000002"
REGION = "cn-hangzhou"
SERVICE, ENDPOINT, BALANCER = "epsrv-1", "ep-1", "nlb-1"
ZONE, SIBLING, FREE = "cn-hangzhou-h", "cn-hangzhou-i", "cn-hangzhou-j"
NOW = 1_000_000.0

WAYS: dict[type[Resource], dict[str, tuple[str, ...]]] = {
    EndpointService: {
        "Creating": ("Creating",),
        "Active": ("Creating", "Active"),
        "Pending": ("Creating", "Active", "Pending"),
        "Deleting": ("Creating", "Active", "Deleting"),
    },
    Connection: {
        "Disconnected": ("Disconnected",),
        "Connecting": ("Connecting",),
        "Connected": ("Connecting", "Connected"),
        "Pending": ("Connecting", "Connected", "Pending"),
        "Disconnecting": ("Connecting", "Connected", "Disconnecting"),
        "Deleting": ("Disconnected", "Deleting"),
        "ServiceDeleted": ("Disconnected", "ServiceDeleted"),
    },
    EndpointZone: {
        "Creating": ("Creating",),
        "Wait": ("Creating", "Wait"),
        "Connecting": ("Creating", "Wait", "Connecting"),
        "Connected": ("Creating", "Wait", "Connecting", "Connected"),
        "Disconnecting": ("Creating", "Wait", "Connecting", "Connected", "Disconnecting"),
        "Disconnected": ("Creating", "Wait", "Connecting", "Connected", "Disconnecting", "Disconnected"),
        "Deleting": ("Creating", "Wait", "Deleting"),
        "Migrating": ("Creating", "Wait", "Connecting", "Connected", "Migrating"),
        "Migrated": ("Creating", "Wait", "Connecting", "Connected", "Migrating", "Migrated"),
    },
}
WAYS[VpcEndpoint] = WAYS[EndpointService]
"""How each state is reached."""

LISTENS = {"Connecting": "Creating", "Connected": "Serving", "Migrating": "Serving", "Migrated": "Serving"}
"""The state of the endpoint record beside a zone's."""

R = TypeVar("R", bound=Resource)


def call(account: str, **more: Any) -> Call:
    principal = Principal(
        account=account, kind="Account", id=account, arn=more.pop("arn", f"acs:ram::{account}:root"), access_key="k"
    )
    given = {"repeat_seconds": 0.0, "now": NOW, **more}
    return Call(
        principal=principal, request_id="r", region=REGION, missing=lambda _: False, seal=lambda *_: "", **given
    )


def run(tx: Tx, operation: Operation[Any, Any], account: str, *, by: Call | None = None, **fields: Any) -> Any:
    """Calls an operation with these request fields."""
    return operation(tx, by or call(account), operation.request_type(region_id=REGION, **fields))


def put(tx: Tx, resource: Resource, status: str = "") -> None:
    """Writes a resource in a state, by the way that leads there."""
    for step in WAYS[type(resource)][status] if status else ("",):
        tx.put(msgspec.structs.replace(resource, status=step), evidence={"test": "walked"})


def build(
    tx: Tx,
    *,
    service: str = "Active",
    endpoint: str = "Active",
    connection: str = "Connected",
    zone: str = "Connected",
    zones: tuple[str, ...] = (ZONE, SIBLING),
    **more: Any,
) -> None:
    """Everything that operations ask for; the second zone has the state that goes with the connection's.

    :param more: further fields of the endpoint.
    """
    _network(tx, PROVIDER, "vpc-p", "10.1")
    _network(tx, CONSUMER, "vpc-c", "10.2")
    for id in ("sg-1", "sg-2", "sg-3"):
        tx.put(SecurityGroup(id=id, account=CONSUMER, region=REGION, parent="vpc-c"))
    _balancer(tx)
    put(tx, EndpointService(id=SERVICE, account=PROVIDER, region=REGION, resource_type="nlb", users=("*",)), service)
    for one in (ZONE, SIBLING, FREE):
        tx.put(
            ServiceResource(
                id=resource_key(SERVICE, BALANCER, one), account=PROVIDER, region=REGION, parent=SERVICE,
                resource_id=BALANCER, resource_type="nlb", zone_id=one,
            )
        )  # fmt: skip
    groups = (AttachedGroup("sg-1", "Attached"), AttachedGroup("sg-2", "Attached"))
    made = VpcEndpoint(
        id=ENDPOINT, account=CONSUMER, region=REGION, parent="vpc-c", service_id=SERVICE, domain="ep.example",
        groups=groups, **more,
    )  # fmt: skip
    put(tx, made, endpoint)
    link = Connection(
        id=ENDPOINT, account=PROVIDER, region=REGION, parent=SERVICE, endpoint_account=CONSUMER, bandwidth=1024
    )
    put(tx, link, connection)
    for one in zones:
        _zone(tx, one, zone if one == ZONE else "Connected" if connection == "Connected" else "Wait")


def _network(tx: Tx, account: str, vpc: str, block: str) -> None:
    tx.put(
        Vpc(
            id=vpc,
            account=account,
            region=REGION,
            status="Pending",
            cidr=f"{block}.0.0/16",
            router_id="",
            route_table_id="",
        )
    )
    for number, zone in enumerate((ZONE, SIBLING, FREE)):
        switch = VSwitch(
            id=f"{vpc}-{zone}", account=account, region=REGION, parent=vpc, status="Pending",
            cidr=f"{block}.{number}.0/24", zone_id=zone,
        )  # fmt: skip
        tx.put(switch)
        tx.put(msgspec.structs.replace(switch, status="Available"), evidence={"test": "walked"})


def _balancer(tx: Tx) -> None:
    zones = tuple(Zone(zone_id=one, vswitch_id=f"vpc-p-{one}", eni_id="") for one in (ZONE, SIBLING, FREE))
    tx.put(
        LoadBalancer(
            id=BALANCER,
            account=PROVIDER,
            region=REGION,
            status="Provisioning",
            vpc_id="vpc-p",
            dns_name="",
            zones=zones,
        )
    )
    for number, one in enumerate(zones):
        tx.put(
            Endpoint(
                id=zone_endpoint_id(BALANCER, one.zone_id), account=PROVIDER, region=REGION, parent=BALANCER,
                status="Creating", product="nlb", net="balancer", name="", port=6379, vpc_id="vpc-p",
                vpc_address=f"10.1.{number}.9",
            )
        )  # fmt: skip


def _zone(tx: Tx, zone: str, status: str) -> None:
    made = EndpointZone(
        id=zone_key(ENDPOINT, zone), account=CONSUMER, region=REGION, parent=ENDPOINT, zone_id=zone,
        vswitch_id=f"vpc-c-{zone}", eni_id="eni", domain=f"{zone}.example", address="10.2.0.9", resource_id=BALANCER,
    )  # fmt: skip
    put(tx, made, status)
    if status in LISTENS:
        record = Endpoint(
            id=made.id, account=CONSUMER, region=REGION, parent=ENDPOINT, status="Creating", product="privatelink",
            net="link", name=made.domain, port=6379, vpc_id="vpc-c", vpc_address=made.address,
        )  # fmt: skip
        tx.put(record)
        tx.put(msgspec.structs.replace(record, status=LISTENS[status]), evidence={"test": "walked"})


def everything(view: Reader) -> list[Resource]:
    """All that an operation may change."""
    kinds: tuple[type[Resource], ...] = (
        EndpointService, ServiceResource, VpcEndpoint, Connection, EndpointZone, Endpoint,
    )  # fmt: skip
    return [one for kind in kinds for one in view.each(kind)]


def tried(store: SqliteStore, operation: Operation[Any, Any], account: str, **fields: Any) -> str:
    """The code of the refusal, after which nothing has changed; empty when the call went through."""
    with store.read() as view:
        before = everything(view)
    try:
        with store.write() as tx:
            run(tx, operation, account, **fields)
    except ApiError as refusal:
        error = refusal
    else:
        return ""
    with store.read() as view:
        assert everything(view) == before
    assert type(error) in operation.errors
    return error.wire_code
