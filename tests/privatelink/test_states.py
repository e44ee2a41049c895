"""The state tables against the vendor's, and every operation in every state."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jackfield.endpoints.resources import Endpoint
from jackfield.products.operation import Operation
from jackfield.products.privatelink.connections import (
    disable_vpc_endpoint_connection,
    enable_vpc_endpoint_connection,
    update_vpc_endpoint_connection_attribute,
)
from jackfield.products.privatelink.endpoint_creation import create_vpc_endpoint
from jackfield.products.privatelink.endpoint_groups import (
    attach_security_group_to_vpc_endpoint,
    detach_security_group_from_vpc_endpoint,
)
from jackfield.products.privatelink.endpoint_zones import add_zone_to_vpc_endpoint, remove_zone_from_vpc_endpoint
from jackfield.products.privatelink.endpoints import delete_vpc_endpoint, update_vpc_endpoint_attribute
from jackfield.products.privatelink.resources import Connection, EndpointService, EndpointZone, VpcEndpoint, zone_key
from jackfield.products.privatelink.service_resources import (
    attach_resource_to_vpc_endpoint_service,
    detach_resource_from_vpc_endpoint_service,
)
from jackfield.products.privatelink.services import delete_vpc_endpoint_service, update_vpc_endpoint_service_attribute
from jackfield.products.privatelink.states import CONNECTION_STATES, ENDPOINT_STATES, SERVICE_STATES, ZONE_STATES
from jackfield.products.privatelink.users import add_user_to_vpc_endpoint_service, remove_user_from_vpc_endpoint_service
from jackfield.products.privatelink.zone_connections import (
    disable_vpc_endpoint_zone_connection,
    enable_vpc_endpoint_zone_connection,
)
from jackfield.store.resource import States
from jackfield.store.sqlite import SqliteStore, open_store
from tests.privatelink.worlds import (
    BALANCER,
    CONSUMER,
    ENDPOINT,
    FREE,
    NOW,
    PROVIDER,
    SERVICE,
    SIBLING,
    WAYS,
    ZONE,
    build,
    call,
    everything,
    tried,
)

SERVICE_WAYS = "Creating>Active Active>Pending Pending>Active Active>Deleting Deleting>"
CONNECTION_WAYS = (
    "Disconnected>Connecting Connecting>Connected Connected>Disconnecting Disconnecting>Disconnected "
    "Connected>Pending Pending>Connected Disconnected>ServiceDeleted Deleting> "
    "Pending>Deleting Connecting>Deleting Connected>Deleting Disconnecting>Deleting Disconnected>Deleting "
    "ServiceDeleted>Deleting"
)
ZONE_WAYS = (
    "Creating>Wait Wait>Connecting Connecting>Connected Connected>Disconnecting Migrated>Disconnecting "
    "Disconnecting>Disconnected Disconnected>Connecting Connected>Migrating Migrating>Migrated Migrated>Connected "
    "Migrated>Disconnected Wait>Deleting Connected>Deleting Disconnected>Deleting Migrated>Deleting Deleting>"
)


@pytest.mark.parametrize(
    ("states", "initial", "ways"),
    [
        (SERVICE_STATES, {"Creating"}, SERVICE_WAYS),
        (ENDPOINT_STATES, {"Creating"}, SERVICE_WAYS),
        (CONNECTION_STATES, {"Disconnected", "Connecting"}, CONNECTION_WAYS),
        (ZONE_STATES, {"Creating"}, ZONE_WAYS),
    ],
)
def test_the_ways_are_the_vendors(states: States, initial: set[str], ways: str) -> None:
    """Nothing settles without evidence: what ends in a state of rest is no intent."""
    before_and_after = {(way.partition(">")[0], way.partition(">")[2]) for way in ways.split()}
    assert states.initial == initial
    assert states.intents | states.settlements == before_and_after
    assert not states.intents & states.settlements
    rest = {"Active", "Connected", "Disconnected", "Wait", "Migrated", "ServiceDeleted", ""}
    assert all((after in rest) == ((before, after) in states.settlements) for before, after in before_and_after)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = open_store(tmp_path / "data" / "store.db", clock=lambda: NOW)
    yield opened
    opened.close()


def status(store: SqliteStore, kind: Any, id: str) -> str:
    with store.read() as view:
        found = view.get(kind, id)
    assert found is not None
    return str(found.status)


SWITCHES: tuple[Operation[Any, Any], ...] = (disable_vpc_endpoint_zone_connection, enable_vpc_endpoint_zone_connection)
DENIED, WRONG, REPEAT = (
    "EndpointConnectionOperationDenied", "IncorrectStatus.VpcEndpointZone", "ConcurrentCallNotSupported",
)  # fmt: skip
ZONE_TABLE = {  # state of the zone: what Disable and Enable say while the connection is Connected
    "Creating": (WRONG, WRONG),
    "Wait": (WRONG, WRONG),
    "Connecting": (WRONG, REPEAT),
    "Connected": ("", WRONG),
    "Disconnecting": (REPEAT, WRONG),
    "Disconnected": (WRONG, ""),
    "Deleting": (WRONG, WRONG),
    "Migrating": (WRONG, WRONG),
    "Migrated": ("", WRONG),
}


@pytest.mark.parametrize("zone", WAYS[EndpointZone])
@pytest.mark.parametrize("connection", WAYS[Connection])
def test_switching_a_zone(store: SqliteStore, connection: str, zone: str) -> None:
    """Legal from Connected and (disable) Connected or Migrated, (enable) Disconnected; the sibling stays as it is."""
    with store.write() as tx:
        build(tx, connection=connection, zone=zone)
    for operation, expected, after in zip(
        SWITCHES,
        ZONE_TABLE[zone] if connection == "Connected" else (DENIED, DENIED),
        (("Disconnecting", "Releasing"), ("Connecting", "Creating")),
        strict=True,
    ):
        with store.read() as view:
            sibling = [view.get(kind, zone_key(ENDPOINT, SIBLING)) for kind in (EndpointZone, Endpoint)]
        got = tried(store, operation, PROVIDER, service_id=SERVICE, endpoint_id=ENDPOINT, zone_id=ZONE)
        assert got == expected, operation.name
        with store.read() as view:
            assert sibling == [view.get(kind, zone_key(ENDPOINT, SIBLING)) for kind in (EndpointZone, Endpoint)]
        if not got:
            states = (
                status(store, EndpointZone, zone_key(ENDPOINT, ZONE)),
                status(store, Endpoint, f"{ENDPOINT}/{ZONE}"),
            )
            assert states == after
            assert status(store, Connection, ENDPOINT) == "Connected"
            return


@pytest.mark.parametrize("connection", WAYS[Connection])
def test_switching_a_connection(store: SqliteStore, connection: str) -> None:
    with store.write() as tx:
        build(tx, connection=connection, zone="Connected" if connection == "Connected" else "Wait")
    about = {"service_id": SERVICE, "endpoint_id": ENDPOINT}
    if connection == "Connected":
        assert tried(store, enable_vpc_endpoint_connection, PROVIDER, **about) == DENIED
        assert tried(store, disable_vpc_endpoint_connection, PROVIDER, **about) == ""
        after = "Disconnecting"
    elif connection == "Disconnected":
        assert tried(store, disable_vpc_endpoint_connection, PROVIDER, **about) == DENIED
        assert tried(store, enable_vpc_endpoint_connection, PROVIDER, **about) == ""
        after = "Connecting"
    else:
        assert tried(store, disable_vpc_endpoint_connection, PROVIDER, **about) == DENIED
        assert tried(store, enable_vpc_endpoint_connection, PROVIDER, **about) == DENIED
        return
    assert status(store, Connection, ENDPOINT) == after
    assert {status(store, EndpointZone, zone_key(ENDPOINT, one)) for one in (ZONE, SIBLING)} == {after}


@pytest.mark.parametrize("zone", WAYS[EndpointZone])
@pytest.mark.parametrize("connection", WAYS[Connection])
def test_changing_the_bandwidth(store: SqliteStore, connection: str, zone: str) -> None:
    """Pending until the relay has it; where nothing is connected nothing has to be told."""
    with store.write() as tx:
        build(tx, connection=connection, zone=zone)
    about = {"service_id": SERVICE, "endpoint_id": ENDPOINT, "bandwidth": 20}
    got = tried(store, update_vpc_endpoint_connection_attribute, PROVIDER, **about)
    moving = zone in ("Connecting", "Disconnecting", "Migrating")
    if connection not in ("Connected", "Disconnected") or moving:
        assert got == DENIED
        return
    assert got == ""
    assert status(store, Connection, ENDPOINT) == ("Pending" if connection == "Connected" else "Disconnected")
    assert status(store, EndpointZone, zone_key(ENDPOINT, ZONE)) == zone


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Creating", "Creating"),
        ("Wait", "Wait"),
        ("Connected", "Disconnecting"),
        ("Migrated", "Disconnecting"),
        ("Disconnected", "Disconnected"),
        ("Deleting", "Deleting"),
        ("Connecting", DENIED),
        ("Disconnecting", DENIED),
        ("Migrating", DENIED),
    ],
)
def test_closing_a_connection_closes_what_is_open(store: SqliteStore, zone: str, expected: str) -> None:
    with store.write() as tx:
        build(tx, zone=zone)
    got = tried(store, disable_vpc_endpoint_connection, PROVIDER, service_id=SERVICE, endpoint_id=ENDPOINT)
    assert (got or status(store, EndpointZone, zone_key(ENDPOINT, ZONE))) == expected


@pytest.mark.parametrize("zone", WAYS[EndpointZone])
def test_removing_a_zone(store: SqliteStore, zone: str) -> None:
    with store.write() as tx:
        build(tx, zone=zone)
    got = tried(store, remove_zone_from_vpc_endpoint, CONSUMER, endpoint_id=ENDPOINT, zone_id=ZONE)
    if zone not in ("Wait", "Connected", "Disconnected", "Migrated"):
        assert got == DENIED
        return
    assert got == ""
    assert status(store, EndpointZone, zone_key(ENDPOINT, ZONE)) == "Deleting"
    assert status(store, VpcEndpoint, ENDPOINT) == "Pending"
    if zone in ("Connected", "Migrated"):
        assert status(store, Endpoint, f"{ENDPOINT}/{ZONE}") == "Releasing"


ENDPOINT_CALLS: dict[Operation[Any, Any], dict[str, Any]] = {
    add_zone_to_vpc_endpoint: {"zone_id": FREE, "vswitch_id": f"vpc-c-{FREE}"},
    remove_zone_from_vpc_endpoint: {"zone_id": ZONE},
    attach_security_group_to_vpc_endpoint: {"security_group_id": "sg-3"},
    detach_security_group_from_vpc_endpoint: {"security_group_id": "sg-2"},
    update_vpc_endpoint_attribute: {"endpoint_name": "other"},
    delete_vpc_endpoint: {},
}


@pytest.mark.parametrize("endpoint", WAYS[VpcEndpoint])
@pytest.mark.parametrize("operation", ENDPOINT_CALLS, ids=lambda operation: operation.name)
def test_changing_an_endpoint(store: SqliteStore, operation: Operation[Any, Any], endpoint: str) -> None:
    deletes = operation is delete_vpc_endpoint
    with store.write() as tx:
        build(tx, endpoint=endpoint, zones=() if deletes else (ZONE, SIBLING))
    got = tried(store, operation, CONSUMER, endpoint_id=ENDPOINT, **ENDPOINT_CALLS[operation])
    assert got == ("" if endpoint == "Active" else "EndpointOperationDenied")
    if not got:
        assert status(store, VpcEndpoint, ENDPOINT) == ("Deleting" if deletes else "Pending")


@pytest.mark.parametrize("connection", [one for one in WAYS[Connection] if one != "Deleting"])
def test_deleting_an_endpoint_whatever_its_connection_is(store: SqliteStore, connection: str) -> None:
    with store.write() as tx:
        build(tx, connection=connection, zones=())
    assert tried(store, delete_vpc_endpoint, CONSUMER, endpoint_id=ENDPOINT) == ""
    assert status(store, Connection, ENDPOINT) == "Deleting"


NOT_ACTIVE = "EndpointServiceOperationDenied"
SERVICE_CALLS: dict[Operation[Any, Any], tuple[dict[str, Any], tuple[str, ...], str]] = {
    # fields, states in which it goes through, what it says in others
    update_vpc_endpoint_service_attribute: ({"zone_affinity_enabled": True}, ("Active",), NOT_ACTIVE),
    attach_resource_to_vpc_endpoint_service: (
        {"resource_id": BALANCER, "resource_type": "nlb", "zone_id": FREE}, ("Active",), NOT_ACTIVE,
    ),
    detach_resource_from_vpc_endpoint_service: (
        {"resource_id": BALANCER, "zone_id": FREE}, ("Active",), NOT_ACTIVE,
    ),
    delete_vpc_endpoint_service: ({}, ("Active",), NOT_ACTIVE),
    add_user_to_vpc_endpoint_service: ({"user_id": 1}, ("Active", "Pending"), NOT_ACTIVE),
    remove_user_from_vpc_endpoint_service: ({"user_id": 1}, ("Creating", "Active", "Pending", "Deleting"), ""),
    create_vpc_endpoint: (
        {"vpc_id": "vpc-c", "security_group_id": ("sg-1",)},
        ("Active", "Pending"),
        "IncorrectStatus.VpcEndpointService",
    ),
}  # fmt: skip


@pytest.mark.parametrize("service", WAYS[EndpointService])
@pytest.mark.parametrize("operation", SERVICE_CALLS, ids=lambda operation: operation.name)
def test_calls_about_a_service(store: SqliteStore, operation: Operation[Any, Any], service: str) -> None:
    fields, legal, otherwise = SERVICE_CALLS[operation]
    with store.write() as tx:
        build(tx, service=service, connection="Disconnected", zone="Wait")
        for resource in list(everything(tx)):
            gone = (FREE,) if operation is attach_resource_to_vpc_endpoint_service else (FREE, ZONE, SIBLING)
            if operation in (attach_resource_to_vpc_endpoint_service, delete_vpc_endpoint_service) and any(
                resource.id == f"{SERVICE}/{BALANCER}/{zone}" for zone in gone
            ):
                tx.remove(resource)
    got = tried(
        store, operation, CONSUMER if operation is create_vpc_endpoint else PROVIDER, service_id=SERVICE, **fields
    )
    assert got == ("" if service in legal else otherwise)


def test_an_endpoint_under_protection_is_its_makers_alone(store: SqliteStore) -> None:
    maker, other = call(CONSUMER), call(CONSUMER, arn=f"acs:ram::{CONSUMER}:user/other")
    with store.write() as tx:
        build(tx, connection="Disconnected", zone="Wait", protected=True, creator=maker.principal.arn)
    changing = {
        operation: fields for operation, fields in ENDPOINT_CALLS.items() if "SecurityGroup" not in operation.name
    }
    for operation, fields in changing.items():
        code = tried(store, operation, CONSUMER, by=other, endpoint_id=ENDPOINT, **fields)
        assert code == "OperationDenied.EndpointProtected"
    assert tried(store, update_vpc_endpoint_attribute, CONSUMER, by=maker, endpoint_id=ENDPOINT) == ""


@pytest.mark.parametrize(("ago", "expected"), [(4.9, REPEAT), (5.0, "")])
def test_the_time_after_a_call(store: SqliteStore, ago: float, expected: str) -> None:
    """A zone that was disabled, and brought back, may be disabled again once the time after the first call is over."""
    with store.write() as tx:
        build(tx)
        zone = tx.get(EndpointZone, zone_key(ENDPOINT, ZONE))
        assert zone is not None
        tx.put(msgspec.structs.replace(zone, disabled_at=NOW - ago))
    by = call(PROVIDER, repeat_seconds=5.0)
    about = {"service_id": SERVICE, "endpoint_id": ENDPOINT, "zone_id": ZONE}
    assert tried(store, disable_vpc_endpoint_zone_connection, PROVIDER, by=by, **about) == expected
