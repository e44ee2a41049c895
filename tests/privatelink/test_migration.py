"""The load balancer of a zone: allocated and migrated, in every state, and as clients see it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from jackfield.products.nlb.resources import LoadBalancer
from jackfield.products.privatelink.migration import (
    update_vpc_endpoint_service_resource_attribute,
    update_vpc_endpoint_zone_connection_resource_attribute,
)
from jackfield.products.privatelink.resources import (
    Connection,
    EndpointService,
    EndpointZone,
    ServiceResource,
    VpcEndpoint,
    resource_key,
    zone_key,
)
from jackfield.products.privatelink.zone_connections import disable_vpc_endpoint_zone_connection
from jackfield.store.sqlite import SqliteStore, open_store
from tests.chaos.observing import changes
from tests.privatelink.cloud import ZH, ZI
from tests.privatelink.linked import PORT, Linked, Load, build, connect
from tests.privatelink.worlds import (
    BALANCER,
    CONSUMER,
    ENDPOINT,
    FREE,
    NOW,
    PROVIDER,
    REGION,
    SERVICE,
    WAYS,
    ZONE,
)  # fmt: skip
from tests.privatelink.worlds import build as build_world
from tests.privatelink.worlds import tried as try_in_world
from tests.running import PASSWORD, Running, refused, until

OTHER = "nlb-2"
ABOUT = {"service_id": SERVICE, "endpoint_id": ENDPOINT, "zone_id": ZONE}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = open_store(tmp_path / "data" / "store.db", clock=lambda: NOW)
    yield opened
    opened.close()


def made(store: SqliteStore, *, auto: bool = False, **states: Any) -> None:
    """A world with a second load balancer in the zone; the first one is not allocated by choice unless ``auto``."""
    with store.write() as tx:
        build_world(tx, **states)
        first = tx.get(ServiceResource, resource_key(SERVICE, BALANCER, ZONE))
        balancer = tx.get(LoadBalancer, BALANCER)
        assert first is not None
        assert balancer is not None
        tx.put(msgspec.structs.replace(first, auto_allocated=auto))
        tx.put(
            ServiceResource(
                id=resource_key(SERVICE, OTHER, ZONE), account=PROVIDER, region=REGION, parent=SERVICE,
                resource_id=OTHER, resource_type="nlb", zone_id=ZONE,
            )
        )  # fmt: skip


def tried(store: SqliteStore, account: str = PROVIDER, operation: Any = None, **fields: Any) -> str:
    """As :func:`tests.privatelink.worlds.tried`; of the migration unless told otherwise."""
    asked = operation or update_vpc_endpoint_zone_connection_resource_attribute
    return try_in_world(store, asked, account, **fields)


def zone_of(store: SqliteStore) -> EndpointZone:
    with store.read() as view:
        found = view.get(EndpointZone, zone_key(ENDPOINT, ZONE))
    assert found is not None
    return found


@pytest.mark.parametrize("zone", WAYS[EndpointZone])
@pytest.mark.parametrize("connection", WAYS[Connection])
@pytest.mark.parametrize("how", ["Graceful", "Force"])
def test_migrating_in_every_state(store: SqliteStore, how: str, connection: str, zone: str) -> None:
    made(store, connection=connection, zone=zone)
    got = tried(store, **ABOUT, resource_id=OTHER, resource_replace_mode=how)
    if connection != "Connected":
        assert got == "EndpointConnectionOperationDenied"
    elif zone != "Connected":
        assert got == "ZoneOperationDenied"
    else:
        assert got == ""
        moved = zone_of(store)
        assert (moved.status, moved.resource_id, moved.replaced_resource_id) == ("Migrating", OTHER, BALANCER)
        with store.read() as view:
            service, link = view.get(EndpointService, SERVICE), view.get(Connection, ENDPOINT)
        assert service is not None
        assert link is not None
        assert (service.status, link.status) == ("Pending", "Connected")


@pytest.mark.parametrize("zone", WAYS[EndpointZone])
@pytest.mark.parametrize("connection", WAYS[Connection])
def test_allocating_in_every_state(store: SqliteStore, connection: str, zone: str) -> None:
    made(store, connection=connection, zone=zone)
    got = tried(store, **ABOUT, resource_id=OTHER, resource_type="nlb", resource_allocate_mode="Manual")
    if connection != "Disconnected":
        assert got == "EndpointConnectionOperationDenied"
    elif zone not in ("Creating", "Wait", "Disconnected"):
        assert got == "ZoneOperationDenied"
    else:
        assert got == ""
        assert (zone_of(store).resource_id, zone_of(store).manual, zone_of(store).status) == (OTHER, True, zone)


@pytest.mark.parametrize("status", WAYS[EndpointService])
def test_the_service_has_to_be_active(store: SqliteStore, status: str) -> None:
    made(store, service=status)
    got = tried(store, **ABOUT, resource_id=OTHER, resource_replace_mode="Graceful")
    assert got == ("" if status == "Active" else "EndpointServiceLocked")


@pytest.mark.parametrize("status", WAYS[VpcEndpoint])
def test_the_endpoint_has_to_be_active(store: SqliteStore, status: str) -> None:
    made(store, endpoint=status)
    got = tried(store, **ABOUT, resource_id=OTHER, resource_replace_mode="Graceful")
    assert got == ("" if status == "Active" else "EndpointLocked")


def test_refusals(store: SqliteStore) -> None:
    made(store)
    graceful = {"resource_id": OTHER, "resource_replace_mode": "Graceful"}
    for expected, fields in (
        ("EndpointServiceNotFound", {**ABOUT, **graceful, "service_id": "epsrv-unknown"}),
        ("EndpointConnectionNotFound", {**ABOUT, **graceful, "endpoint_id": "ep-unknown"}),
        ("EndpointZoneNotFound", {**ABOUT, **graceful, "zone_id": FREE}),
        ("MissingParam.ResourceAllocateMode", {**ABOUT, "resource_id": OTHER}),
        ("IllegalParam.ResourceAllocateMode", {**ABOUT, "resource_allocate_mode": "auto"}),
        ("IllegalParam.ResourceReplaceMode", {**ABOUT, **graceful, "resource_replace_mode": "Soft"}),
        ("MissingParam.ResourceId", {**ABOUT, "resource_replace_mode": "Force"}),
        ("MissingParam.ResourceId", {**ABOUT, "resource_allocate_mode": "Manual"}),
        ("EndpointServiceResourceTypeNotSupport", {**ABOUT, **graceful, "resource_type": "slb"}),
        ("EndpointServiceResourceNotFound", {**ABOUT, **graceful, "resource_id": "nlb-unknown"}),
        ("ZoneOperationDenied", {**ABOUT, **graceful, "resource_id": BALANCER}),
    ):
        assert tried(store, **fields) == expected
    assert tried(store, CONSUMER, **ABOUT, **graceful) == "EndpointServiceNotFound"
    with store.write() as tx:
        other = tx.get(ServiceResource, resource_key(SERVICE, OTHER, ZONE))
        assert other is not None
        tx.remove(other)
        tx.put(msgspec.structs.replace(other, id=resource_key(SERVICE, OTHER, FREE), zone_id=FREE))
    assert tried(store, **ABOUT, **graceful) == "Mismatch.ZoneId"


def test_what_is_replaced_gets_no_new_endpoints(store: SqliteStore) -> None:
    made(store, auto=True)
    graceful = {"resource_id": OTHER, "resource_replace_mode": "Graceful"}
    assert tried(store, **ABOUT, **graceful) == "OperationDenied.CurrentResourceAutoAllocated"
    switch: dict[str, Any] = {
        "operation": update_vpc_endpoint_service_resource_attribute,
        "service_id": SERVICE,
        "zone_id": ZONE,
    }
    for expected, fields in (
        ("EndpointServiceNotFound", {"resource_id": OTHER, "service_id": "epsrv-unknown"}),
        ("EndpointServiceResourceNotFound", {"resource_id": "nlb-unknown"}),
        ("ResourceAutoAllocateViolation", {"resource_id": BALANCER, "zone_id": FREE}),
        ("", {"resource_id": BALANCER}),
    ):
        assert tried(store, **{**switch, **fields}, auto_allocated_enabled=False) == expected
    assert tried(store, **switch, resource_id=OTHER, auto_allocated_enabled=False) == "EndpointServiceOperationDenied"


@pytest.mark.parametrize("zone", WAYS[EndpointZone])
def test_closing_what_was_replaced(store: SqliteStore, zone: str) -> None:
    made(store, zone=zone)
    if zone == "Migrated":
        with store.write() as tx:
            moved = tx.get(EndpointZone, zone_key(ENDPOINT, ZONE))
            assert moved is not None
            tx.put(msgspec.structs.replace(moved, replaced_resource_id=OTHER, replacing="Graceful"))
    close: dict[str, Any] = {"operation": disable_vpc_endpoint_zone_connection, **ABOUT, "replaced_resource": True}
    got = tried(store, **close)
    if zone == "Migrated":
        assert (got, zone_of(store).status, zone_of(store).replacing) == ("", "Migrated", "Force")
        got = tried(store, **close)
    in_the_way = zone in ("Migrated", "Disconnecting")
    assert got == ("ConcurrentCallNotSupported" if in_the_way else "IncorrectStatus.VpcEndpointZone")


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Linked]:
    with Running(tmp_path_factory.mktemp("linked"), "--repeat-seconds", "0") as running:
        yield build(running)


def dial(linked: Linked) -> redis.Redis:
    """A client with one connection through the zone."""
    return redis.Redis(
        host=linked.zone_address(ZH), port=PORT, password=PASSWORD, socket_timeout=5, decode_responses=True,
        single_connection_client=True, retry=Retry(NoBackoff(), 0),
    )  # fmt: skip


def shown(linked: Linked) -> tuple[str, str, str | None]:
    """Status, load balancer and replaced load balancer of the zone, as the service's owner sees them."""
    found = linked.provider.connection(linked.service, linked.endpoint).zones
    (zone,) = (one for one in found if one.zone_id == ZH)
    return zone.zone_status, zone.resource_id, zone.replaced_resource_id


def test_a_zone_is_migrated_under_load(linked: Linked) -> None:
    """Its clients and those of the sibling miss nothing; a closed connection is one from before, and none else."""
    provider, other = linked.provider, _another_database(linked)
    about = {"service_id": linked.service, "zone_id": ZH}
    provider.attach(linked.service, other, ZH)
    with refused("OperationDenied.CurrentResourceAutoAllocated", 400):
        _migrate(linked, other, "Graceful")
    provider("UpdateVpcEndpointServiceResourceAttribute", resource_id=linked.balancer,
             auto_allocated_enabled=False, **about)  # fmt: skip
    provider.wait_service(linked.service)
    sibling, held = Load(linked.zone_address(ZI)), Load(linked.zone_address(ZH))
    _migrate(linked, other, "Graceful")
    until("Migrated", lambda: shown(linked) == ("Migrated", other, linked.balancer))
    counts = _counts(linked)
    assert (counts[linked.balancer], counts[other]) == ((0, 1), (1, 0))
    with refused("EndpointServiceConnectionDependence", 400):  # its connections are in use
        provider.detach(linked.service, linked.balancer, ZH)
    fresh = dial(linked)
    assert fresh.get("who") == "the other"
    sibling.goes_on()
    held.goes_on()
    provider.toggle("Disable", linked.service, linked.endpoint, ZH, replaced_resource=True)
    until("Connected", lambda: shown(linked) == ("Connected", other, None))
    until("the old connection's end", lambda: bool(held.failure))
    assert "ConnectionError" in held.failure
    assert fresh.get("who") == "the other"
    sibling.goes_on()
    assert _feed(linked)[-1].evidence["cut"] == 1

    for balancer, auto in ((linked.balancer, True), (other, False)):
        provider(
            "UpdateVpcEndpointServiceResourceAttribute", resource_id=balancer, auto_allocated_enabled=auto, **about
        )
        provider.wait_service(linked.service)
    _migrate(linked, linked.balancer, "Force")
    until("Connected", lambda: shown(linked) == ("Connected", linked.balancer, None))
    with pytest.raises(redis.ConnectionError):
        fresh.get("who")
    connect(linked.zone_address(ZH)).close()
    assert [one.after for one in _feed(linked)][-4:] == ["Connected", "Migrating", "Migrated", "Connected"]
    sibling.goes_on()
    sibling.end()
    held.end()
    provider.detach(linked.service, other, ZH)


def _migrate(linked: Linked, balancer: str, how: str) -> None:
    linked.provider(
        "UpdateVpcEndpointZoneConnectionResourceAttribute", service_id=linked.service, endpoint_id=linked.endpoint,
        zone_id=ZH, resource_id=balancer, resource_replace_mode=how,
    )  # fmt: skip


def _another_database(linked: Linked) -> str:
    """A second load balancer of the provider's, with a database of its own; its id."""
    provider, running = linked.provider, linked.running
    inside = provider.nlb.network("10.8")
    instance = running.create(0, vpc_id=inside.vpc, v_switch_id=inside.vswitches[ZH], zone_id=ZH,
                              private_ip_address="10.8.1.100")  # fmt: skip
    (host,) = running.names()[running.name(instance)]
    with redis.Redis(host=host, port=PORT, password=PASSWORD) as client:
        client.set("who", "the other")
    group = provider.nlb.group(inside)
    provider.nlb.add(group, f"10.8.1.100:{PORT}")
    balancer = provider.nlb.balancer(inside)
    provider.nlb.listener(balancer, group, PORT)
    return balancer


def _counts(linked: Linked) -> dict[str, tuple[int, int]]:
    """Load balancer in the zone → endpoints that lead there, and that did before."""
    found = linked.provider("ListVpcEndpointServiceResources", service_id=linked.service).resources
    return {
        one.resource_id: (one.related_endpoint_count, one.related_deprecated_endpoint_count)
        for one in found
        if one.zone_id == ZH
    }


def _feed(linked: Linked) -> list[Any]:
    return changes(linked.running, kind=EndpointZone.kind, id=zone_key(linked.endpoint, ZH))
