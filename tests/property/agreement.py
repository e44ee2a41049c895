"""Everything that says where a database is reached, compared: kernel, hosts file, store, relays, API, databases."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
from alibabacloud_r_kvstore20150101 import models as tair
from alibabacloud_r_kvstore20150101.client import Client as TairClient

from jackfield.endpoints.addresses import pool
from jackfield.endpoints.inside import listeners_inside
from jackfield.endpoints.resources import ADDRESSES, NAMES, Endpoint, vpc_space, vswitch_space
from jackfield.endpoints.whitelist import union
from jackfield.engines.redis import BUS_PORT
from jackfield.products.rds.resources import DBInstance
from jackfield.products.tair.resources import Instance
from jackfield.products.vpc.resources import Vpc, VSwitch
from jackfield.relay.client import RelayClient
from jackfield.relay.route import Place as RoutePlace
from jackfield.relay.route import Route
from jackfield.store.interface import Reader
from jackfield.store.resource import Change, Resource
from jackfield.store.sqlite import open_store
from jackfield.vantage.client import HolderClient
from tests.chaos.dialling import Place, ask
from tests.chaos.observing import listening_in
from tests.running import PASSWORD, Running
from tests.vantage.kernel import listening_inside

KINDS: tuple[type[Resource], ...] = (Instance, DBInstance, Endpoint, Vpc, VSwitch)
"""Those with a status."""
SETTLED = {"Normal", "Running", "Serving", "Available", "Released", ""}
"""States that say that something is done; the last one is the removal."""

Claims = dict[str, dict[str, tuple[str, str]]]


@dataclass
class Seen:
    """What the store says at one moment."""

    instances: list[Instance]
    databases: list[DBInstance]
    endpoints: list[Endpoint]
    vpcs: list[str]
    network: ipaddress.IPv4Network
    claims: Claims
    counts: dict[str, int]
    statuses: dict[tuple[str, str], str]
    feed: list[Change]


def look(jackfield: Running) -> Seen:
    """Reads the store past every process."""
    with contextlib.closing(open_store(jackfield.folder.store)) as store, store.read() as view:
        instances, databases = list(view.each(Instance)), list(view.each(DBInstance))
        endpoints = list(view.each(Endpoint))
        vpcs = [one.id for one in view.each(Vpc)]
        spaces = [NAMES, ADDRESSES, *(vswitch_space(one.id) for one in view.each(VSwitch)), *map(vpc_space, vpcs)]
        return Seen(
            instances=instances,
            databases=databases,
            endpoints=endpoints,
            vpcs=vpcs,
            network=pool(view),
            claims=_claims(view, [*instances, *databases, *endpoints], spaces),
            counts={space: view.count_claims(space) for space in spaces},
            statuses={(one.kind, one.id): one.status for kind in KINDS for one in view.each(kind)},
            feed=view.changes(limit=1_000_000),
        )


def check_places(jackfield: Running, seen: Seen) -> dict[Place, Endpoint]:
    """Kernel, hosts file, relays and claims say the same as the store, to the last address.

    :return: every address that listens, with its endpoint.
    """
    assert {one.status for one in seen.instances} <= {"Normal"}
    assert {one.status for one in seen.databases} <= {"Running"}
    assert {one.status for one in seen.endpoints} <= {"Serving"}
    places = {(address, one.port): one for one in seen.endpoints for address in one.addresses}
    assert len(places) == sum(len(one.addresses) for one in seen.endpoints), "an address stands twice"
    buses = {(shard.address, BUS_PORT) for one in seen.instances for shard in one.shards if shard.address}
    assert listening_in(seen.network, bus=True) == set(places) | buses
    assert jackfield.names() == {one.name: list(one.addresses) for one in seen.endpoints}
    _check_claims(seen)
    _check_relays(jackfield, seen)
    _check_vpcs(jackfield, seen)
    return places


def check_replies(clients: tuple[TairClient, ...], accounts: tuple[str, ...], seen: Seen) -> None:
    """Each account's replies name its own endpoints, and nothing else."""
    for client, account in zip(clients, accounts, strict=True):
        own = [one for one in seen.instances if one.account == account]
        listed = client.describe_instances(tair.DescribeInstancesRequest(region_id="cn-hangzhou", page_size=100)).body
        assert listed.total_count == len(own)
        private = {one.parent: one for one in seen.endpoints if one.net == "private"}
        assert [
            (one.instance_id, one.instance_status, one.connection_domain, one.private_ip, one.port)
            for one in listed.instances.kvstore_instance
        ] == [
            (one.id, "Normal", private[one.id].name, private[one.id].vpc_address, private[one.id].port) for one in own
        ]
        for instance in own:
            told = client.describe_dbinstance_net_info(tair.DescribeDBInstanceNetInfoRequest(instance_id=instance.id))
            assert [
                (one.connection_string, one.port, one.ipaddress, one.direct_connection)
                for one in told.body.net_info_items.instance_net_info
            ] == [
                (one.name, str(one.port), one.vpc_address, int(one.net == "direct"))
                for one in seen.endpoints
                if one.parent == instance.id
            ]


def check_databases(jackfield: Running, seen: Seen, places: dict[Place, Endpoint]) -> None:
    """Whoever is admitted finds the right database at each address; whoever is not finds nobody."""
    instances = {one.id: one for one in seen.instances}
    for place, endpoint in places.items():
        instance = instances[endpoint.parent]
        if not _admits(instance):
            assert not _greets(place), f"{place} admits a client that its whitelist does not"
            continue
        with socket.create_connection(place, timeout=10) as connection:
            assert ask(connection, b"AUTH %s" % PASSWORD.encode()) == b"+OK\r\n", place
            assert ask(connection, b"PING") == b"+PONG\r\n", place
            if endpoint.net == "direct":
                (shard,) = [one for one in instance.shards if one.address == place[0]]
                assert ask(connection, b"CLUSTER MYID").decode() == shard.node_id
            elif instance.architecture == "standard":
                folder = jackfield.folder.engine_folder(instance.id, 0)
                connection.sendall(b"CONFIG GET dir\r\n")
                assert str(folder).encode() in connection.recv(4096), f"{place} leads to another database"
            else:
                # The first database answers with what the second one was told under its own id.
                assert ask(connection, b"SET whose %s" % instance.id.encode()) == b"+OK\r\n"
    for place, endpoint in places.items():
        instance = instances[endpoint.parent]
        if instance.architecture == "cluster" and endpoint.net == "private" and _admits(instance):
            with socket.create_connection(place, timeout=10) as connection:
                assert ask(connection, b"AUTH %s" % PASSWORD.encode()) == b"+OK\r\n", place
                assert ask(connection, b"GET whose").decode() == instance.id, f"{place} leads to another cluster"


def check_feed(seen: Seen, checked: int = 0) -> None:
    """The feed alone gives the status of everything, gap-free, and every settled state in it has its evidence.

    :param checked: number up to which the evidence was looked at before.
    """
    latest: dict[tuple[str, str], str] = {}
    kinds = {kind.kind for kind in KINDS}
    for change in seen.feed:
        key = (change.kind, change.id)
        if change.kind not in kinds:
            continue
        assert latest.get(key, "") == change.before, f"a step of {key} is missing before {change}"
        latest[key] = change.after
        if change.seq > checked and change.before != change.after and change.after in SETTLED:
            assert change.evidence, f"no evidence for {change}"
            assert not change.request, f"an API call settled a state: {change}"
    assert {key: status for key, status in latest.items() if status} == seen.statuses
    assert [change.seq for change in seen.feed] == list(range(1, len(seen.feed) + 1))


def _claims(view: Reader, resources: list[Any], spaces: list[str]) -> Claims:
    found: Claims = {space: {} for space in spaces}
    for resource in resources:
        for space, value in view.claims(resource.kind, resource.id):
            found.setdefault(space, {})[value] = (resource.kind, resource.id)
    return found


def _check_claims(seen: Seen) -> None:
    wanted: Claims = {space: {} for space in seen.claims}
    for endpoint in seen.endpoints:
        holder = (endpoint.kind, endpoint.id)
        wanted[NAMES][endpoint.name] = holder
        if endpoint.vpc_id:
            wanted[vswitch_space(endpoint.vswitch_id)][endpoint.vpc_address] = holder
            wanted[vpc_space(endpoint.vpc_id)][endpoint.id] = holder
        if endpoint.net != "direct":
            wanted[ADDRESSES].update(dict.fromkeys(endpoint.addresses, holder))
    for instance in seen.instances:
        shards = [shard.address for shard in instance.shards if shard.address]
        wanted[ADDRESSES].update(dict.fromkeys(shards, (instance.kind, instance.id)))
    assert seen.claims == wanted
    assert seen.counts == {space: len(values) for space, values in wanted.items()}, "a claim of nobody's is left"


def _check_relays(jackfield: Running, seen: Seen) -> None:
    whitelists = {one.id: union(one.whitelist) for one in seen.instances}
    whitelists |= {one.id: union(one.whitelist) for one in seen.databases}
    clusters = {f"{one.id}/private" for one in seen.instances if one.architecture == "cluster"}
    databases = {one.id for one in seen.databases}
    routes = list(_routes(jackfield))
    assert len({route.key for route in routes}) == len(routes)
    assert {(one.owner, one.place) for one in routes} == {
        (one.id, place) for one in seen.endpoints for place in _places(one)
    }
    for route in routes:
        assert route.whitelist == whitelists[route.owner.partition("/")[0]], route.key
        assert (route.mode == "resp") == (route.owner in clusters)
        instance = route.owner.partition("/")[0]
        if instance in databases:
            assert {one.name for one in route.backends} == {instance}


def _places(endpoint: Endpoint) -> list[RoutePlace]:
    """Where an endpoint is to listen: at its addresses of this machine, and in its VPC."""
    here = [RoutePlace("host", address, endpoint.port) for address in endpoint.addresses]
    return here + [
        RoutePlace(endpoint.vpc_id, address, port) for address, port in listeners_inside(endpoint, endpoint.vpc_id)
    ]


def _check_vpcs(jackfield: Running, seen: Seen) -> None:
    """Inside each VPC the kernel listens where endpoints are recorded in it, and their names resolve to them."""
    with HolderClient(jackfield.folder.vpc_socket("holder")) as holder:
        networks = {network.vpc: network for network in holder.networks()}
        assert set(networks) == set(seen.vpcs)
        for vpc in seen.vpcs:
            inside = [one for one in seen.endpoints if one.vpc_id == vpc]
            listeners = {listener for one in inside for listener in listeners_inside(one, vpc)}
            assert set(networks[vpc].listeners) == listeners
            assert listening_inside(holder, vpc) == listeners
            assert networks[vpc].names == {
                one.name: one.addresses if one.net == "direct" else (one.vpc_address,) for one in inside
            }


def _routes(jackfield: Running) -> Iterator[Route]:
    for role in ("plain", "resp"):
        with RelayClient(jackfield.folder.relay_socket(role)) as relay:
            routes, owners = relay.routes(), relay.owners()
            listed = {(owner, key) for owner, keys in owners.items() for key in keys}
            assert listed == {(route.owner, route.key) for route in routes}
            assert relay.hello().listeners == len(routes)
            yield from routes


def _admits(instance: Instance) -> bool:
    return "0.0.0.0/0" in union(instance.whitelist)


def _greets(place: Place) -> bool:
    """Whether a database answers there."""
    try:
        with socket.create_connection(place, timeout=10) as connection:
            return bool(ask(connection, b"PING"))
    except ConnectionResetError:
        return False


def describe(seen: Seen) -> str:
    """For messages of failed tests."""
    return msgspec.json.encode([seen.instances, seen.databases, seen.endpoints]).decode()
