"""Every command that the real server knows is routed, fanned out, answered or refused in clear words; none of the
answers tells of a shard.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import redis

from jackfield.relay.resp.table import COMMANDS
from tests.relay.resp.conftest import Cluster, Relay, Wire, free_network

REFUSED = "supported at the ordinary address of a cluster instance; use its direct address\r\n"
SUBSCRIBES = ("subscribe", "psubscribe", "ssubscribe")
ENDS = {"quit"}
"""After these the connection is over."""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """One of its own: what all these commands leave in the shards' memory is nobody else's."""
    folder = Path(tempfile.mkdtemp(prefix="jf-"))
    made = Cluster(folder, free_network())
    try:
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder)


class Known(NamedTuple):
    """A command or, with a blank in its name, a subcommand. :ivar arity: as Redis counts."""

    name: str
    arity: int

    @property
    def words(self) -> list[str]:
        """A request of the least length: every argument is a number, which is a key, a time or a count as well."""
        count = abs(self.arity)
        names = self.name.split(" ")
        return [*names, *["1"] * (count - len(names))]


def known_commands(cluster: Cluster) -> list[Known]:
    """What COMMAND of a shard lists, the subcommands of containers included (Redis 7)."""
    with redis.Redis(unix_socket_path=str(cluster.nodes[0].socket), password=cluster.password) as client:
        client.response_callbacks.clear()
        listed = client.execute_command("COMMAND")
    found = []
    for entry in listed:
        name, arity = entry[0].decode(), int(entry[1])
        found.append(Known(name, arity))
        for inside in entry[9] if len(entry) > 9 else ():
            found.append(Known(inside[0].decode().replace("|", " "), int(inside[1])))
    return found


@pytest.mark.timeout(120)
def test_every_command_of_the_server(relay: Relay, cluster: Cluster) -> None:
    commands = known_commands(cluster)
    assert len(commands) > 200
    secrets = [each.encode() for node in cluster.nodes for each in (node.name, node.address, str(node.folder))]
    problems: list[str] = []
    for known in commands:
        for protocol in ("2", "3"):
            with relay.wire() as wire:
                wire.ask("HELLO", protocol)
                reply = wire.ask(*known.words)
                said = reply.decode("utf-8", "replace")
                told = f"{known.name}: {said[:200]!r}"
                if not reply:
                    problems.append(f"{told} (the connection ended)")
                elif said.startswith(("-ERR unknown command", "-ERR internal error", "-MOVED", "-ASK ", "-CROSSSLOT")):
                    problems.append(told)
                elif any(secret in reply for secret in secrets):
                    problems.append(f"{told} (tells of a shard)")
                elif known.name not in ENDS and not _still_answers(wire, known, protocol):
                    problems.append(f"{told} (and then nothing)")
    assert not problems


def _still_answers(wire: Wire, known: Known, protocol: str) -> bool:
    """The connection is in step: the next reply is that of the next command."""
    if known.name == "reset":  # it logs out
        return wire.ask("PING").startswith(b"-NOAUTH")
    if known.name == "multi":
        return wire.ask("DISCARD") == b"+OK\r\n"
    answer = wire.ask("PING")
    if known.name in SUBSCRIBES and protocol == "2":
        return answer == b"*2\r\n$4\r\npong\r\n$0\r\n\r\n"
    return answer == b"+PONG\r\n"


def test_the_table_has_what_the_server_has(cluster: Cluster) -> None:
    """Names and arities; what the table has besides is of other versions."""
    for known in known_commands(cluster):
        if " " in known.name:
            continue
        command = COMMANDS.get(known.name.encode())
        assert command is not None, known.name
        if command.way != "refused":
            assert command.arity in (known.arity, -known.arity), known.name  # 7.2 has more arguments for some


def test_what_is_refused_says_where_it_works(relay: Relay) -> None:
    with relay.wire() as wire:
        for command in COMMANDS.values():
            if command.way == "refused":
                assert wire.ask(command.name).decode() == f"-ERR '{command.name}' is not {REFUSED}"


@pytest.mark.parametrize("key", ["a", "b", "c"])
def test_what_is_asked_about_a_key_is_asked_of_its_shard(relay: Relay, cluster: Cluster, key: str) -> None:
    """OBJECT and MEMORY USAGE have their key behind a subcommand."""
    with relay.client() as client:
        client.set(key, "12345")
        assert client.object("ENCODING", key) == "int"
        assert client.object("REFCOUNT", key) is not None
        assert client.object("IDLETIME", key) == 0
        assert client.memory_usage(key) > 0
        assert client.memory_usage(f"{{{key}}}none") is None
        assert client.randomkey() == key


def test_inline_commands_of_every_way(relay: Relay) -> None:
    """Routed, split, fanned out, answered and refused: an inline request is one as any other."""
    with relay.wire() as wire:
        for line, reply in (
            (b"SET a 1\r\n", b"+OK\r\n"),
            (b'set "b" "two words"\n', b"+OK\r\n"),
            (b"MGET a b c\r\n", b"*3\r\n$1\r\n1\r\n$9\r\ntwo words\r\n$-1\r\n"),
            (b"DBSIZE\r\n", b":2\r\n"),
            (b"\r\nPING\r\n", b"+PONG\r\n"),
            (b"BLPOP {x}l {x}m 0.01\r\n", b"*-1\r\n"),
            (b"EVAL 'return ARGV[1]' 0 ok\r\n", b"$2\r\nok\r\n"),
            (b"EVAL 'return 1' 2 a b\r\n", b"-CROSSSLOT Keys in request don't hash to the same slot\r\n"),
        ):
            wire.sock.sendall(line)
            assert wire.reply() == reply


def test_a_transaction_over_two_slots_fails_as_a_whole(relay: Relay) -> None:
    with relay.wire() as wire:
        assert wire.ask("SET", "a", "before") == b"+OK\r\n"
        assert wire.ask("MULTI") == b"+OK\r\n"
        assert wire.ask("SET", "a", "after") == b"+QUEUED\r\n"
        assert wire.ask("SET", "b", "after").startswith(b"-CROSSSLOT")
        assert wire.ask("EXEC") == b"-EXECABORT Transaction discarded because of previous errors.\r\n"
        assert wire.ask("GET", "a") == b"$6\r\nbefore\r\n"
        assert wire.ask("GET", "b") == b"$-1\r\n"
