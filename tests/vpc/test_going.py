"""Networks on their way out: Pending, closed for anything new, and gone with evidence once nothing is left in them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jackfield.endpoints.resources import vswitch_space
from jackfield.endpoints.uses import use
from jackfield.identity.principal import Principal
from jackfield.products.ecs import groups
from jackfield.products.ecs.errors import IncorrectVpcStatus as IncorrectVpcStatusForGroup
from jackfield.products.operation import Call
from jackfield.products.vpc import vpc_changes, vpcs, vswitch_changes, vswitches
from jackfield.products.vpc.defaults import default_vswitch, usable
from jackfield.products.vpc.errors import (
    IncorrectStatusVSwitch,
    IncorrectVpcStatus,
    IncorrectVSwitchStatus,
    VpcHasVSwitches,
    VpcIsUsed,
    VSwitchIsUsed,
)
from jackfield.products.vpc.resources import Vpc, VSwitch
from jackfield.reconcile.loop import Later
from jackfield.reconcile.network import NetworkReconciler
from jackfield.reconcile.vpcs import Vpcs
from jackfield.store.interface import Tx
from jackfield.store.sqlite import SqliteStore, open_store

REGION = "cn-hangzhou"
ZONE = f"{REGION}-h"
ACCOUNT = "1000000000000001"
CALL = Call(
    principal=Principal(account=ACCOUNT, kind="Account", id=ACCOUNT, arn=f"acs:ram::{ACCOUNT}:root", access_key="key"),
    request_id="R", region=REGION, now=1.0, missing=lambda _: False, seal=lambda text, _: text,
)  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = open_store(tmp_path / "store.db", owner_of_work=True)
    yield opened
    opened.close()


def new_vpc(store: SqliteStore) -> str:
    with store.write() as tx:
        made = vpcs.create_vpc(tx, CALL, vpcs.CreateVpcRequest(region_id=REGION)).vpc_id
    NetworkReconciler(store, Vpcs(store, None), Vpc).step(made)
    return made


def new_vswitch(store: SqliteStore, vpc_id: str) -> str:
    with store.write() as tx:
        made = create_vswitch(tx, vpc_id)
    NetworkReconciler(store, Vpcs(store, None), VSwitch).step(made)
    return made


def create_vswitch(tx: Tx, vpc_id: str) -> str:
    request = vswitches.CreateVSwitchRequest(vpc_id=vpc_id, zone_id=ZONE, cidr_block="172.16.0.0/24")
    return vswitches.create_vswitch(tx, CALL, request).vswitch_id


def delete_vpc(store: SqliteStore, id: str) -> None:
    with store.write() as tx:
        vpc_changes.delete_vpc(tx, CALL, vpc_changes.DeleteVpcRequest(vpc_id=id))


def delete_vswitch(store: SqliteStore, id: str) -> None:
    with store.write() as tx:
        vswitch_changes.delete_vswitch(tx, CALL, vswitch_changes.DeleteVSwitchRequest(vswitch_id=id))


def last_change(store: SqliteStore, id: str) -> tuple[str, str, dict[str, object]]:
    with store.read() as view:
        change = view.changes(id=id)[-1]
    return change.before, change.after, change.evidence


def test_a_vpc_that_is_going(store: SqliteStore) -> None:
    """Pending; nothing can be made in it, and it cannot be changed or deleted again."""
    id = new_vpc(store)
    delete_vpc(store, id)
    with store.write() as tx:
        going = tx.get(Vpc, id)
        assert going is not None
        assert (going.status, going.deleting, usable(going)) == ("Pending", True, False)
        with pytest.raises(IncorrectVpcStatus):
            create_vswitch(tx, id)
        with pytest.raises(IncorrectVpcStatus):
            vpc_changes.delete_vpc(tx, CALL, vpc_changes.DeleteVpcRequest(vpc_id=id))
        with pytest.raises(IncorrectVpcStatus):
            vpc_changes.modify_vpc_attribute(tx, CALL, vpc_changes.ModifyVpcAttributeRequest(vpc_id=id, vpc_name="new"))
        with pytest.raises(IncorrectVpcStatusForGroup):
            groups.create_security_group(tx, CALL, groups.CreateSecurityGroupRequest(region_id=REGION, vpc_id=id))
    assert NetworkReconciler(store, Vpcs(store, None), Vpc).step(id) is None
    with store.read() as view:
        assert view.get(Vpc, id) is None
    assert last_change(store, id) == (
        "Pending",
        "",
        {"users": 0, "vswitches": 0, "endpoints": 0, "namespace_ended": False},
    )


def test_a_vswitch_that_is_going(store: SqliteStore) -> None:
    """Its VPC waits for it."""
    network = new_vpc(store)
    id = new_vswitch(store, network)
    delete_vswitch(store, id)
    with store.write() as tx:
        going = tx.get(VSwitch, id)
        assert going is not None
        assert (going.status, going.deleting, usable(going)) == ("Pending", True, False)
        with pytest.raises(IncorrectVSwitchStatus):
            vswitch_changes.delete_vswitch(tx, CALL, vswitch_changes.DeleteVSwitchRequest(vswitch_id=id))
        with pytest.raises(IncorrectStatusVSwitch):
            vswitch_changes.modify_vswitch_attribute(
                tx, CALL, vswitch_changes.ModifyVSwitchAttributeRequest(vswitch_id=id, vswitch_name="new")
            )
    with pytest.raises(VpcHasVSwitches):
        delete_vpc(store, network)
    NetworkReconciler(store, Vpcs(store, None), VSwitch).step(id)
    assert last_change(store, id) == ("Pending", "", {"users": 0, "addresses": 0})
    delete_vpc(store, network)


def test_what_is_used_stays(store: SqliteStore) -> None:
    network = new_vpc(store)
    id = new_vswitch(store, network)
    user = Vpc(id="vpc-user", account=ACCOUNT, status="Pending", cidr="10.0.0.0/8", router_id="", route_table_id="")
    with store.write() as tx:
        tx.put(user)
        tx.claim(vswitch_space(id), "172.16.0.7", user)
    with pytest.raises(VSwitchIsUsed):
        delete_vswitch(store, id)
    with store.write() as tx:
        tx.unclaim(vswitch_space(id), "172.16.0.7", user)
        use(tx, id, user)
    with pytest.raises(VSwitchIsUsed):
        delete_vswitch(store, id)
    other = new_vpc(store)
    with store.write() as tx:
        use(tx, other, user)
    with pytest.raises(VpcIsUsed):
        delete_vpc(store, other)


def test_nothing_goes_while_something_is_left(store: SqliteStore) -> None:
    """The reconciler looks for itself."""
    id = new_vpc(store)
    delete_vpc(store, id)
    user = Vpc(id="vpc-user", account=ACCOUNT, status="Pending", cidr="10.0.0.0/8", router_id="", route_table_id="")
    with store.write() as tx:
        tx.put(user)
        use(tx, id, user)
    with pytest.raises(Later, match="not empty"):
        NetworkReconciler(store, Vpcs(store, None), Vpc).step(id)
    with store.read() as view:
        assert view.get(Vpc, id)


def default(store: SqliteStore) -> VSwitch:
    with store.write() as tx:
        made = default_vswitch(tx, ACCOUNT, REGION, ZONE)
    NetworkReconciler(store, Vpcs(store, None), Vpc).step(made.parent)
    NetworkReconciler(store, Vpcs(store, None), VSwitch).step(made.id)
    with store.read() as view:
        settled = view.get(VSwitch, made.id)
    assert settled is not None
    return settled


def test_the_default_network_is_made_anew(store: SqliteStore) -> None:
    """Also while the old one is still going: the new one has other addresses, or another VPC."""
    first = default(store)
    assert default(store) == first
    delete_vswitch(store, first.id)
    second = default(store)
    assert (second.id != first.id, second.parent, second.cidr != first.cidr) == (True, first.parent, True)
    NetworkReconciler(store, Vpcs(store, None), VSwitch).step(first.id)
    delete_vswitch(store, second.id)
    NetworkReconciler(store, Vpcs(store, None), VSwitch).step(second.id)
    delete_vpc(store, first.parent)
    third = default(store)
    assert third.parent != first.parent
    assert third.cidr == first.cidr


def test_a_default_vpc_that_is_full(store: SqliteStore) -> None:
    """The caller's own vSwitches fill it: another VPC becomes the default."""
    first = default(store)
    delete_vswitch(store, first.id)
    NetworkReconciler(store, Vpcs(store, None), VSwitch).step(first.id)
    with store.write() as tx:
        request = vswitches.CreateVSwitchRequest(vpc_id=first.parent, zone_id=ZONE, cidr_block="172.31.0.0/16")
        vswitches.create_vswitch(tx, CALL, request)
    second = default(store)
    assert second.parent != first.parent
    assert default(store) == second
