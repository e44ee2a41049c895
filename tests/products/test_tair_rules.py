"""The pure rules of Tair: classes, names, ports, routes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jackfield.endpoints.resources import Endpoint
from jackfield.endpoints.whitelist import Group
from jackfield.products.regions import REGIONS
from jackfield.products.tair.classes import UnknownClass, class_of_capacity, classify
from jackfield.products.tair.errors import InvalidConnectionStringFormat, InvalidPort
from jackfield.products.tair.names import (
    CLUSTER_BUS_PORT,
    check_direct_port,
    check_port,
    check_prefix,
    connection_string,
)
from jackfield.products.tair.resources import Instance, Shard
from jackfield.products.tair.routes import MAX_DIRECT_CONNECTIONS, routes


@given(st.integers(1, 64), st.sampled_from("gm"), st.integers(1, 256), st.integers(0, 5), st.integers(1, 64))
def test_a_cluster_class_says_what_it_is(size: int, unit: str, shards: int, copies: int, proxies: int) -> None:
    """``<size>`` is a shard's, ``<n>db`` their number; copies and proxies change neither."""
    name = f"redis.logic.sharding.{size}{unit}.{shards}db.{copies}rodb.{proxies}proxy.default"
    found = classify(name, 0)
    mb = size * (1024 if unit == "g" else 1)
    assert (found.name, found.architecture, found.shards) == (name, "cluster", shards)
    assert found.capacity == mb * shards


@given(st.text(max_size=60))
def test_any_text_is_a_class_or_is_refused(name: str) -> None:
    """What is accepted has a shape that can be built, and looks like a class name."""
    try:
        found = classify(name, 0)
    except UnknownClass:
        return
    assert re.fullmatch(r"(redis|tair)\.[a-z0-9.]+", name)
    assert found.capacity > 0


@pytest.mark.parametrize(
    "name", ["", "redis", "redis.", "redis..small", "mysql.n1.small", "redis.Master.s", " redis.a"]
)
def test_names_that_are_no_class(name: str) -> None:
    with pytest.raises(UnknownClass):
        classify(name, 0)


@given(st.integers(1, 4 * 1024 * 1024), st.integers(0, 128))
def test_a_capacity_is_met(capacity: int, shards: int) -> None:
    """The class that is chosen is as large as was asked for, as far as one server goes."""
    found = class_of_capacity(capacity, shards)
    assert found.shards == max(1, shards)
    assert found.capacity >= min(capacity, 65536)
    assert found.architecture == ("cluster" if shards > 1 else "standard")


@pytest.mark.parametrize("capacity", [0, -1, 4 * 1024 * 1024 + 1])
def test_no_such_capacity(capacity: int) -> None:
    with pytest.raises(UnknownClass):
        class_of_capacity(capacity, 0)


@given(st.text(st.characters(codec="utf-8"), max_size=50) | st.from_regex(r"[a-z][a-z0-9-]{0,45}", fullmatch=True))
def test_prefixes(prefix: str) -> None:
    """8 to 40 of lower-case letters, digits and hyphens inside, a letter first: each is a host's label."""
    fine = re.fullmatch(r"[a-z][a-z0-9-]*[a-z0-9]", prefix, re.ASCII) is not None and 8 <= len(prefix) <= 40
    if fine:
        assert check_prefix(prefix) == prefix
    else:
        with pytest.raises(InvalidConnectionStringFormat):
            check_prefix(prefix)


@pytest.mark.parametrize("region", REGIONS)
def test_connection_strings(region: str) -> None:
    """One name for a prefix in China, another in each country abroad; each is a host name."""
    name = connection_string("r-bp1zxszhcgatnxabc", region)
    assert re.fullmatch(r"r-bp1zxszhcgatnxabc\.redis(\.[a-z0-9-]+)?\.rds\.aliyuncs\.com", name)
    assert (name == "r-bp1zxszhcgatnxabc.redis.rds.aliyuncs.com") == region.startswith("cn-")
    assert len(name) < 254


@given(st.integers(-10, 70000).map(str) | st.text(max_size=7))
def test_ports(text: str) -> None:
    fine = text.isascii() and text.isdigit() and len(text) <= 5 and 1024 <= int(text) <= 65535
    for check in (check_port, check_direct_port):
        if fine and not (check is check_direct_port and int(text) == CLUSTER_BUS_PORT):
            assert check(text) == int(text)
        else:
            with pytest.raises(InvalidPort):
                check(text)


def instance(shards: int, *, addresses: bool = True) -> Instance:
    return Instance(
        id="r-1", account="1", status="Normal", name="", instance_class="c", engine_version="5.0", zone_id="z",
        architecture="cluster" if shards > 1 else "standard", vpc_id="vpc-1", vswitch_id="vsw-1", capacity=1024,
        port=6379, announce_port=6391,
        shards=tuple(
            Shard(index=number, node_id=f"{number:040x}", address=f"127.99.0.{number + 1}" if addresses else "")
            for number in range(shards)
        ),
        whitelist=(Group(name="default", ips=("10.0.0.1",)), Group(name="a", ips=("10.0.0.1", "10.0.0.0/8"))),
    )  # fmt: skip


def endpoint(net: str, *addresses: str) -> Endpoint:
    return Endpoint(
        id=f"r-1/{net}", account="1", parent="r-1", status="Serving", product="tair", name="n", port=6391,
        net=net, addresses=addresses,  # type: ignore[arg-type]
    )  # fmt: skip


def test_the_route_of_a_standard_instance() -> None:
    """Straight to its one server."""
    (route,) = routes(instance(1), endpoint("private", "127.99.1.1"), lambda shard: f"unix:/s/{shard.index}", drain=2.5,
                      local_clients="whitelist")  # fmt: skip
    assert (route.key, route.owner, route.mode) == ("r-1/private/0:6391", "r-1/private", "tcp")
    assert (route.address, route.port, route.drain_seconds) == ("127.99.1.1", 6391, 2.5)
    assert [backend.target for backend in route.backends] == ["unix:/s/0"]
    assert (route.whitelist, route.local_clients) == (("10.0.0.1", "10.0.0.0/8"), "whitelist")


def test_the_routes_of_a_cluster() -> None:
    """One router over all shards; on the direct endpoint one door a shard, with the vendor's limit of connections."""
    cluster = instance(3)
    (router,) = routes(cluster, endpoint("private", "127.99.1.1"), lambda shard: f"unix:/s/{shard.index}", drain=0.0,
                       local_clients="allow")  # fmt: skip
    assert (router.mode, router.max_connections, router.local_clients) == ("resp", 0, "allow")
    assert [backend.announced for backend in router.backends] == [f"127.99.0.{number}:6391" for number in (1, 2, 3)]
    doors = routes(
        cluster, endpoint("direct"), lambda shard: f"unix:/s/{shard.index}", drain=0.0, local_clients="whitelist"
    )
    assert [door.address for door in doors] == ["127.99.0.1", "127.99.0.2", "127.99.0.3"]
    assert [door.key for door in doors] == [f"r-1/direct/{shard}:6391" for shard in range(3)]
    assert {(door.mode, door.max_connections) for door in doors} == {("tcp", MAX_DIRECT_CONNECTIONS)}
    assert [door.backends[0].name for door in doors] == [shard.node_id for shard in cluster.shards]


def test_no_route_without_an_address() -> None:
    for net in ("private", "direct"):
        assert routes(instance(2, addresses=False), endpoint(net), str, drain=0.0, local_clients="whitelist") == ()
