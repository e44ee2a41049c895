"""Whitelists on real connections: clients dial from addresses of their own choice (all of 127/8 is this machine's)."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from alibabacloud_r_kvstore20150101 import models as tair

from tests.running import Running, refused

HERE = "127.0.0.1"
SOMEWHERE = "127.5.6.7"
ELSEWHERE = "127.5.6.8"


class Door(NamedTuple):
    """A listening address of an instance. :ivar owner: the endpoint's id."""

    instance: str
    address: str
    owner: str


@pytest.fixture(scope="module")
def jackfield(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with Running(tmp_path_factory.mktemp("whitelists"), "--pace", "instant") as running:
        yield running


@pytest.fixture(scope="module")
def doors(jackfield: Running) -> dict[str, Door]:
    """A standard instance's door, and both of a cluster's: the router's, and a shard's."""
    standard, cluster = jackfield.create(0, ""), jackfield.create(2, "")
    jackfield.allocate(cluster)
    names = jackfield.names()
    return {
        "standard": Door(standard, names[jackfield.name(standard)][0], f"{standard}/private"),
        "cluster": Door(cluster, names[jackfield.name(cluster)][0], f"{cluster}/private"),
        "direct": Door(cluster, names[jackfield.name(cluster, "direct")][1], f"{cluster}/direct"),
    }


@pytest.fixture(params=["standard", "cluster", "direct"])
def door(jackfield: Running, doors: dict[str, Door], request: pytest.FixtureRequest) -> Iterator[Door]:
    """As a new instance has it, and again afterwards."""
    found: Door = doors[request.param]
    _reset(jackfield, found.instance)
    yield found
    _reset(jackfield, found.instance)


def _reset(jackfield: Running, instance: str) -> None:
    for name in _groups(jackfield, instance):
        if name != "default":
            held = _groups(jackfield, instance)[name]
            _modify(jackfield, instance, held, mode="Delete", name=name)
    _modify(jackfield, instance, "127.0.0.1")


def _modify(jackfield: Running, instance: str, ips: str, mode: str = "Cover", name: str | None = None) -> None:
    """Changes a group and waits until the change is in force."""
    jackfield.tair.modify_security_ips(
        tair.ModifySecurityIpsRequest(
            instance_id=instance, security_ips=ips, modify_mode=mode, security_ip_group_name=name
        )
    )
    jackfield.wait_idle()


def _groups(jackfield: Running, instance: str) -> dict[str, str]:
    reply = jackfield.tair.describe_security_ips(tair.DescribeSecurityIpsRequest(instance_id=instance))
    groups = reply.body.security_ip_groups.security_ip_group
    return {group.security_ip_group_name: group.security_ip_list for group in groups}


def _answers(connection: socket.socket) -> bool:
    """Whether a server is at the other end."""
    connection.sendall(b"PING\r\n")
    return connection.recv(64).startswith(b"-NOAUTH")


def _knock(door: Door, source: str) -> tuple[str, bool]:
    """Dials from an address; the client's ADDRESS:PORT, and whether it was let in.

    Who is turned away meets a reset or an end: in connecting already, or at the first word, as it happens.
    """
    with socket.socket() as connection:
        connection.settimeout(5)
        connection.bind((source, 0))
        place = f"{source}:{connection.getsockname()[1]}"
        try:
            connection.connect((door.address, 6379))
            return place, _answers(connection)
        except (ConnectionResetError, BrokenPipeError):
            return place, False


def _admitted(door: Door, source: str) -> bool:
    return _knock(door, source)[1]


def test_a_new_instance_admits_nobody(door: Door) -> None:
    """Nor does 127.0.0.1 mean this machine: it is the vendor's word for nobody."""
    assert [_admitted(door, source) for source in (HERE, SOMEWHERE)] == [False, False]


def test_an_address_admits_exactly_itself(jackfield: Running, door: Door) -> None:
    _modify(jackfield, door.instance, SOMEWHERE)
    assert [_admitted(door, source) for source in (SOMEWHERE, ELSEWHERE, HERE)] == [True, False, False]
    _modify(jackfield, door.instance, f"{ELSEWHERE}/32")
    assert [_admitted(door, source) for source in (SOMEWHERE, ELSEWHERE, HERE)] == [False, True, False]


def test_a_block_admits_what_it_covers(jackfield: Running, door: Door) -> None:
    _modify(jackfield, door.instance, "127.5.0.0/16,10.0.0.0/8")
    sources = ("127.5.0.0", "127.5.255.255", SOMEWHERE, "127.4.255.255", "127.6.0.0", HERE)
    assert [_admitted(door, source) for source in sources] == [True, True, True, False, False, False]


def test_everybody(jackfield: Running, door: Door) -> None:
    _modify(jackfield, door.instance, "0.0.0.0/0")
    assert [_admitted(door, source) for source in (HERE, SOMEWHERE)] == [True, True]


def test_append_delete_cover(jackfield: Running, door: Door) -> None:
    """What the list says is what happens at the door; a default group that loses its last entry admits nobody."""
    _modify(jackfield, door.instance, SOMEWHERE, mode="Append")
    assert _groups(jackfield, door.instance) == {"default": f"127.0.0.1,{SOMEWHERE}"}
    assert _admitted(door, SOMEWHERE)
    assert not _admitted(door, HERE)
    _modify(jackfield, door.instance, SOMEWHERE, mode="Delete")
    assert _groups(jackfield, door.instance) == {"default": "127.0.0.1"}
    assert not _admitted(door, SOMEWHERE)
    _modify(jackfield, door.instance, SOMEWHERE)
    _modify(jackfield, door.instance, SOMEWHERE, mode="Delete")
    assert _groups(jackfield, door.instance) == {"default": "127.0.0.1"}
    assert not _admitted(door, SOMEWHERE)


def test_groups_are_a_union(jackfield: Running, door: Door) -> None:
    """A client is admitted when any group holds it; a group that loses its last entry is gone."""
    _modify(jackfield, door.instance, SOMEWHERE, name="apps")
    _modify(jackfield, door.instance, f"{SOMEWHERE},{ELSEWHERE}", name="more")
    assert [_admitted(door, source) for source in (SOMEWHERE, ELSEWHERE)] == [True, True]
    _modify(jackfield, door.instance, f"{SOMEWHERE},{ELSEWHERE}", mode="Delete", name="more")
    assert set(_groups(jackfield, door.instance)) == {"default", "apps"}
    assert [_admitted(door, source) for source in (SOMEWHERE, ELSEWHERE)] == [True, False]


def test_live_connections_stay(jackfield: Running, door: Door) -> None:
    """A connection is judged when it is opened."""
    _modify(jackfield, door.instance, SOMEWHERE)
    with socket.create_connection((door.address, 6379), timeout=5, source_address=(SOMEWHERE, 0)) as live:
        assert _answers(live)
        _modify(jackfield, door.instance, ELSEWHERE)
        assert _answers(live)
        assert not _admitted(door, SOMEWHERE)
        assert _answers(live)


def test_a_refused_change_changes_nothing(jackfield: Running, door: Door) -> None:
    _modify(jackfield, door.instance, SOMEWHERE)
    with refused("InvalidSecurityIps", 400):
        _modify(jackfield, door.instance, "0.0.0.0/0,nowhere")
    with refused("SecurityIPList.Duplicate", 409):
        _modify(jackfield, door.instance, f"0.0.0.0/0,{SOMEWHERE}", mode="Append")
    assert [_admitted(door, source) for source in (SOMEWHERE, ELSEWHERE)] == [True, False]


def _refusals(jackfield: Running, door: Door, source: str) -> list[dict[str, Any]]:
    found = jackfield.ask("refusals")["refusals"]
    return [
        one for one in found if one["client"].startswith(f"{source}:") and one["route"].startswith(f"{door.owner}/")
    ]


def test_refusals_are_told(jackfield: Running, door: Door) -> None:
    """Which client at which door, why, and what would admit it."""
    source = f"127.7.{len(door.owner)}.{sum(door.address.encode()) % 250 + 1}"
    _modify(jackfield, door.instance, ELSEWHERE)
    place, let_in = _knock(door, source)
    assert not let_in
    (told,) = _refusals(jackfield, door, source)
    assert (told["client"], told["route"].rpartition("/")[0]) == (place, door.owner)
    assert f"{source} is not in the whitelist ({ELSEWHERE})" in told["reason"]
    assert f"add {source} or 0.0.0.0/0" in told["reason"]
    assert "--local-clients allow" in told["reason"]
    _modify(jackfield, door.instance, source, mode="Append")
    assert _admitted(door, source)
    assert _refusals(jackfield, door, source) == [told]


def test_the_closed_list_is_explained(jackfield: Running, door: Door) -> None:
    """127.0.0.1 is no remedy for a client of 127.0.0.1, although its address is that."""
    assert not _admitted(door, HERE)
    reason = _refusals(jackfield, door, HERE)[-1]["reason"]
    assert "127.0.0.1, which admits nobody" in reason
    assert "add 127.0.0.1" not in reason


def test_local_clients_allowed(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The switch admits every client of this machine, whatever the lists say, and the start says so aloud."""
    with Running(
        tmp_path_factory.mktemp("allowed"), "--pace", "instant", "--local-clients", "allow"
    ) as jackfield:  # fmt: skip
        cluster = jackfield.create(2, "")
        jackfield.allocate(cluster)
        for addresses in jackfield.names().values():
            door = Door(cluster, addresses[0], "")
            assert [_admitted(door, source) for source in (HERE, SOMEWHERE)] == [True, True]
        assert _groups(jackfield, cluster) == {"default": "127.0.0.1"}
        assert "admitted whatever a whitelist says" in jackfield.log("supervisor")
