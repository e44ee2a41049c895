"""Endpoints get other names and ports, and instances public endpoints, seen by real Redis clients."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from alibabacloud_r_kvstore20150101 import models as tair

from jackfield.endpoints.resources import Endpoint
from jackfield.store.resource import Change
from jackfield.store.sqlite import open_store
from tests.chaos.dialling import holding, is_closed, pings
from tests.redis_once import ONCE
from tests.running import PASSWORD, Running, refused, until

pytestmark = pytest.mark.usefixtures("resolving")

DOMAIN = "redis.rds.aliyuncs.com"


@pytest.fixture(scope="module")
def standard(jackfield: Running) -> str:
    return jackfield.create(shards=0)


@pytest.fixture(scope="module")
def cluster(jackfield: Running) -> str:
    return jackfield.create(shards=2)


@pytest.fixture(params=["standard", "cluster"])
def instance(request: pytest.FixtureRequest) -> str:
    found: str = request.getfixturevalue(request.param)
    return found


def nets(
    jackfield: Running, instance: str
) -> dict[str, tair.DescribeDBInstanceNetInfoResponseBodyNetInfoItemsInstanceNetInfo]:
    """``private``, ``public`` or ``direct`` → what DescribeDBInstanceNetInfo says of it."""
    reply = jackfield.tair.describe_dbinstance_net_info(tair.DescribeDBInstanceNetInfoRequest(instance_id=instance))
    return {
        "direct" if one.direct_connection else one.iptype.lower(): one
        for one in reply.body.net_info_items.instance_net_info
    }


def move(jackfield: Running, instance: str, current: str, **more: str) -> None:
    """ModifyDBInstanceConnectionString, accepted."""
    jackfield.tair.modify_dbinstance_connection_string(
        tair.ModifyDBInstanceConnectionStringRequest(dbinstance_id=instance, current_connection_string=current, **more)
    )
    assert jackfield.status(instance) == "NetworkModifying"


def moved(jackfield: Running, instance: str, current: str, **more: str) -> None:
    move(jackfield, instance, current, **more)
    jackfield.wait_normal(instance)


def allocate(jackfield: Running, instance: str, prefix: str, port: str) -> str:
    """A public endpoint that serves; its name."""
    jackfield.tair.allocate_instance_public_connection(
        tair.AllocateInstancePublicConnectionRequest(instance_id=instance, connection_string_prefix=prefix, port=port)
    )
    assert jackfield.status(instance) == "NetworkModifying"
    jackfield.wait_normal(instance)
    return f"{prefix}.{DOMAIN}"


def release(jackfield: Running, instance: str, name: str) -> None:
    jackfield.tair.release_instance_public_connection(
        tair.ReleaseInstancePublicConnectionRequest(instance_id=instance, current_connection_string=name)
    )


def steps(jackfield: Running, endpoint: str) -> list[Change]:
    """What the feed says of an endpoint."""
    with contextlib.closing(open_store(jackfield.folder.store)) as store, store.read() as view:
        return view.changes(kind=Endpoint.kind, id=endpoint, limit=10_000)


class Load(threading.Thread):
    """Reads and writes through one connection, which is never opened again."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(daemon=True)
        self._client = redis.Redis(host=host, port=port, password=PASSWORD, single_connection_client=True)
        self._client.ping()
        self._host = host
        self._ended = threading.Event()
        self.failures: list[Exception] = []
        self.served = 0

    def run(self) -> None:
        while not self._ended.is_set() and not self.failures:
            try:
                assert self._client.set("load", self.served)
                assert self._client.get("load") == b"%d" % self.served
            except Exception as error:
                self.failures.append(error)
            self.served += 1

    def __enter__(self) -> Load:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._ended.set()
        self.join(10)
        self._client.close()

    def goes_on(self) -> None:
        before = self.served
        until("the load going on", lambda: self.served > before + 50)
        assert self.failures == []


def serves(host: str, port: int, **more: Any) -> bool:
    with redis.Redis(host=host, port=port, password=PASSWORD, **more) as client:
        return bool(client.ping())


def test_a_new_name_cuts_nobody(jackfield: Running, instance: str) -> None:
    """At each moment exactly one of the names resolves, and a connection by the old name outlives it."""
    old = jackfield.name(instance)
    new = f"renamed-{instance}.{DOMAIN}"
    places = [(address, 6379) for address in jackfield.names()[old]]
    with Load(old, 6379) as load, holding(places) as held:
        load.goes_on()
        move(jackfield, instance, old, new_connection_string=f"renamed-{instance}", iptype="Private")
        with refused("InstanceStatus.NotSupport", 403):
            move(jackfield, instance, old, port="6400")

        def over() -> bool:
            names = jackfield.names()
            assert (old in names) != (new in names), names
            return jackfield.status(instance) == "Normal"

        until("Normal", over)
        assert old not in jackfield.names()
        with pytest.raises(redis.ConnectionError):
            serves(old, 6379, retry=ONCE)
        assert serves(new, 6379)
        assert [(address, 6379) for address in jackfield.names()[new]] == places
        assert [pings(connection) for connection in held] == [True]
        load.goes_on()
    assert nets(jackfield, instance)["private"].connection_string == new
    away, back = [one for one in steps(jackfield, f"{instance}/private") if one.before in ("Changing", "Leaving")]
    assert (away.after, back.after) == ("Leaving", "Serving")
    assert away.evidence["answered"]
    assert (back.evidence["former_name"], back.evidence["cut"], back.evidence["refused"]) == (old, 0, [])
    moved(jackfield, instance, new, new_connection_string=instance)
    assert jackfield.name(instance) == old


def test_a_new_port_cuts_the_old_one(jackfield: Running, instance: str) -> None:
    name = jackfield.name(instance)
    (address,) = jackfield.names()[name]
    with holding([(address, 6379)] * 20) as held:
        moved(jackfield, instance, name, port="6390")
        assert [is_closed(connection) for connection in held] == [True] * 20
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address, 6379))
    assert serves(name, 6390)
    assert nets(jackfield, instance)["private"].port == "6390"
    last = steps(jackfield, f"{instance}/private")[-1]
    assert last.evidence["cut"] >= 20
    assert f"{address}:6379" in last.evidence["refused"]
    moved(jackfield, instance, name, port="6379")
    assert serves(name, 6379)


def test_the_old_name_is_free_when_it_has_stopped(jackfield: Running, standard: str) -> None:
    """Both names are taken while it changes, over all accounts."""
    old = jackfield.name(standard)
    other = jackfield.create(shards=0)
    move(jackfield, standard, old, new_connection_string="taken-at-once")
    for taken in (standard, "taken-at-once"):  # the old one is free once the change is over
        with refused("ConnectionStringAlreadyExists", 400):
            move(jackfield, other, jackfield.name(other), new_connection_string=taken)
    jackfield.wait_normal(standard)
    with refused("ConnectionStringAlreadyExists", 400):
        move(jackfield, other, jackfield.name(other), new_connection_string="taken-at-once")
    moved(jackfield, other, jackfield.name(other), new_connection_string=standard)
    assert jackfield.name(other) == old
    assert serves(old, 6379)
    moved(jackfield, other, old, new_connection_string=other)
    moved(jackfield, standard, jackfield.name(standard), new_connection_string=standard)


def test_the_direct_endpoint_moves(jackfield: Running, cluster: str) -> None:
    """Every shard announces the new port; clients of the router notice nothing."""
    jackfield.allocate(cluster)
    old = jackfield.name(cluster, "direct")
    places = [(address, 6379) for address in jackfield.names()[old]]
    with Load(jackfield.name(cluster), 6379) as load:
        moved(jackfield, cluster, old, new_connection_string="direct-moved", port="7379")
        load.goes_on()
    name = jackfield.name(cluster, "direct")
    assert (name, nets(jackfield, cluster)["direct"].port) == (f"direct-moved.{DOMAIN}", "7379")
    assert old not in jackfield.names()
    for place in places:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(place)
    with redis.RedisCluster(host=name, port=7379, password=PASSWORD) as shards:
        assert all(shards.set(f"key:{number}", number) for number in range(100))
        assert {(node.host, node.port) for node in shards.get_nodes()} == {(address, 7379) for address, _ in places}
    with refused("InvalidPort", 400):
        move(jackfield, cluster, name, port="10000")
    with refused("InvalidIPType.Format", 400):
        move(jackfield, cluster, name, port="7380", iptype="Public")
    jackfield.release(cluster)
    jackfield.wait_normal(cluster)


@pytest.fixture
def public(jackfield: Running, instance: str) -> Iterator[str]:
    """The public endpoint's name."""
    yield allocate(jackfield, instance, f"{instance}pd", "6500")
    jackfield.wait_normal(instance)
    for one in nets(jackfield, instance).values():
        if one.iptype == "Public":
            release(jackfield, instance, one.connection_string)
            jackfield.wait_normal(instance)


def test_a_public_endpoint_lives_beside_the_private_one(jackfield: Running, instance: str, public: str) -> None:
    shown = nets(jackfield, instance)
    assert list(shown) == ["private", "public"]
    one = shown["public"]
    assert (one.connection_string, one.port, one.dbinstance_net_type) == (public, "6500", "0")
    assert (one.vpcid, one.v_switch_id, one.ipaddress) == ("", "", jackfield.names()[public][0])
    private = jackfield.name(instance)
    with redis.Redis(host=public, port=6500, password=PASSWORD) as client:
        assert client.mset({f"key:{number}": number for number in range(50)})
    with redis.Redis(host=private, port=6379, password=PASSWORD) as client:
        assert client.get("key:7") == b"7"
    with refused("NetTypeExists", 400):
        allocate(jackfield, instance, "another-one", "6501")
    moved(jackfield, instance, public, new_connection_string="public-moved", port="6501", iptype="Public")
    name = f"public-moved.{DOMAIN}"
    assert serves(name, 6501)
    with refused("AtLeastOneNetTypeExists", 400):
        release(jackfield, instance, public)
    with refused("AtLeastOneNetTypeExists", 400):
        release(jackfield, instance, private)
    (address,) = jackfield.names()[name]
    with Load(private, 6379) as load, holding([(address, 6501)]) as held:
        release(jackfield, instance, name)
        jackfield.wait_normal(instance)
        assert is_closed(held[0])
        load.goes_on()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address, 6501))
    assert name not in jackfield.names()
    assert list(nets(jackfield, instance)) == ["private"]


def test_refusals_change_nothing(jackfield: Running, standard: str) -> None:
    name = jackfield.name(standard)
    for code, more in (
        ("InvalidConnectionStringOrPort.Duplicate", {}),
        ("InvalidConnectionStringOrPort.Duplicate", {"port": "6379"}),
        ("InvalidConnectionStringOrPort.Duplicate", {"new_connection_string": standard, "port": "6379"}),
        ("InvalidConnectionString.Format", {"new_connection_string": "short"}),
        ("InvalidConnectionString.Format", {"new_connection_string": name}),
        ("InvalidPort", {"port": "80"}),
        ("InvalidPort", {"port": "65536"}),
        ("InvalidIPType.Format", {"port": "6380", "iptype": "Inner"}),
        ("InvalidIPType.Format", {"port": "6380", "iptype": "Public"}),
    ):
        with refused(code, 400):
            move(jackfield, standard, name, **more)
    with refused("NetTypeNotExists", 400):
        move(jackfield, standard, f"unknown.{DOMAIN}", port="6380")
    for prefix, port, code in (("Bad", "6379", "InvalidConnectionString.Format"), ("fine-prefix", "1", "InvalidPort")):
        with refused(code, 400):
            allocate(jackfield, standard, prefix, port)
    with refused("ConnectionStringAlreadyExists", 400):
        allocate(jackfield, standard, standard, "6379")
    with refused("MissingConnectionString", 400):
        release(jackfield, standard, "")
    with refused("InvalidInstanceId.NotFound", 404):
        move(jackfield, "r-bp1doesnotexist0", name, port="6380")
    with refused("InvalidInstanceId.NotFound", 404):
        allocate(jackfield, "r-bp1doesnotexist0", "fine-prefix", "6380")
    with refused("InvalidInstanceId.NotFound", 404):
        release(jackfield, "r-bp1doesnotexist0", name)
    assert jackfield.status(standard) == "Normal"
    assert [(one.connection_string, one.port) for one in nets(jackfield, standard).values()] == [(name, "6379")]
