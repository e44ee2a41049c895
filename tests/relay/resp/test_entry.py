"""Who gets in: AUTH, HELLO, RESET, and what strangers may say."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tests.relay.resp.conftest import PASSWORD, Cluster, Relay, free_network, packed

NO_AUTH = b"-NOAUTH Authentication required.\r\n"
WRONG = b"-WRONGPASS invalid username-password pair or user is disabled.\r\n"


def test_strangers_get_nothing(relay: Relay) -> None:
    with relay.wire(None) as wire:
        for words in (["GET", "a"], ["PING"], ["NOSUCH"], ["MULTI"], ["INFO"], ["CLIENT", "ID"]):
            assert wire.ask(*words) == NO_AUTH
        assert wire.ask("HELLO", "3").startswith(b"-NOAUTH HELLO must be called")
        assert wire.ask("AUTH", "wrong") == WRONG
        assert wire.ask("AUTH", "nobody", PASSWORD) == WRONG
        assert wire.ask("GET", "a") == NO_AUTH
        assert wire.ask("AUTH", "a", "b", "c") == b"-ERR syntax error\r\n"
        assert wire.ask("AUTH", PASSWORD) == b"+OK\r\n"
        assert wire.ask("GET", "a") == b"$-1\r\n"
        assert wire.ask("AUTH", "wrong") == WRONG
        assert wire.ask("GET", "a") == b"$-1\r\n"
        assert wire.ask("RESET") == b"+RESET\r\n"
        assert wire.ask("GET", "a") == NO_AUTH


def test_commands_in_the_same_packet_as_auth(relay: Relay) -> None:
    with relay.wire(None) as wire:
        wire.sock.sendall(packed("GET", "a") + packed("AUTH", PASSWORD) + packed("SET", "a", "1") + packed("GET", "a"))
        assert [wire.reply() for _ in range(4)] == [NO_AUTH, b"+OK\r\n", b"+OK\r\n", b"$1\r\n1\r\n"]


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        (b"*11\r\n", b"unauthenticated multibulk length"),
        (b"*2\r\n$3\r\nGET\r\n$16385\r\n", b"unauthenticated bulk length"),
    ],
)
def test_strangers_have_small_limits(relay: Relay, raw: bytes, complaint: bytes) -> None:
    with relay.wire(None) as wire:
        wire.sock.sendall(raw)
        assert wire.reply() == b"-ERR Protocol error: " + complaint + b"\r\n"
        assert wire.reply() == b""


def _version(relay: Relay) -> bytes:
    with relay.client() as client:
        return str(client.info("server")["redis_version"]).encode()


def test_hello(relay: Relay) -> None:
    with relay.wire(None) as wire:
        assert wire.ask("HELLO", "4").startswith(b"-NOPROTO")
        assert wire.ask("HELLO", "x").startswith(b"-ERR Protocol version")
        assert wire.ask("HELLO", "2", "AUTH", "default", "no") == WRONG
        assert wire.ask("HELLO", "3", "BAD").startswith(b"-ERR Syntax error in HELLO option 'BAD'")
        reply = wire.ask("HELLO", "3", "AUTH", "default", PASSWORD, "SETNAME", "me")
        assert reply.startswith(b"%7\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$6\r\n")
        assert b"\r\n" + _version(relay) + b"\r\n" in reply
        assert b"$10\r\nstandalone\r\n" in reply
        assert wire.ask("CLIENT", "GETNAME") == b"$2\r\nme\r\n"
        wire.ask("HSET", "h", "f", "v")
        assert wire.ask("HGETALL", "h") == b"%1\r\n$1\r\nf\r\n$1\r\nv\r\n"
        assert wire.ask("GET", "none") == b"_\r\n"
        assert wire.ask("HELLO", "2").startswith(b"*14\r\n")
        assert wire.ask("HGETALL", "h") == b"*2\r\n$1\r\nf\r\n$1\r\nv\r\n"


def test_a_user_of_its_own_and_its_rules(relay: Relay, cluster: Cluster) -> None:
    for node in cluster.nodes:
        with node.client() as admin:
            admin.execute_command("ACL", "SETUSER", "reader", "on", ">pw", "~r*", "+get", "+cluster|slots")
    try:
        with relay.wire(None) as wire:
            assert wire.ask("AUTH", "reader", "pw") == b"+OK\r\n"
            assert wire.ask("GET", "r1") == b"$-1\r\n"
            assert wire.ask("GET", "x").startswith(b"-NOPERM")
            assert wire.ask("SET", "r1", "1").startswith(b"-NOPERM")
    finally:
        for node in cluster.nodes:
            with node.client() as admin:
                admin.execute_command("ACL", "DELUSER", "reader")


def test_a_user_who_may_not_ask_for_the_slots(relay: Relay, cluster: Cluster) -> None:
    for node in cluster.nodes:
        with node.client() as admin:
            admin.execute_command("ACL", "SETUSER", "plain", "on", ">pw", "~*", "+get", "+set")
    try:
        with redis.Redis(port=relay.port, username="plain", password="pw") as client:
            for number in range(50):
                client.set(f"k{number}", number)
            assert [client.get(f"k{number}") for number in range(50)] == [b"%d" % each for each in range(50)]
    finally:
        for node in cluster.nodes:
            with node.client() as admin:
                admin.execute_command("ACL", "DELUSER", "plain")


def test_a_changed_password_is_refused_at_once(relay: Relay, cluster: Cluster) -> None:
    with relay.wire() as before:
        assert before.ask("SET", "a", "1") == b"+OK\r\n"
        for node in cluster.nodes:
            with node.client() as admin:
                admin.execute_command("ACL", "SETUSER", "default", "resetpass", ">other")
        try:
            with relay.wire(None) as wire:
                assert wire.ask("AUTH", PASSWORD) == WRONG
                assert wire.ask("AUTH", "other") == b"+OK\r\n"
                assert wire.ask("GET", "a") == b"$1\r\n1\r\n"
            assert before.ask("GET", "a") == b"$1\r\n1\r\n"  # as at a server: who is in stays in
        finally:
            for node in cluster.nodes:
                with redis.Redis(unix_socket_path=str(node.socket), password="other") as admin:
                    admin.execute_command("ACL", "SETUSER", "default", "resetpass", f">{PASSWORD}")


@pytest.fixture(scope="module")
def open_cluster() -> Iterator[Cluster]:
    folder = Path(tempfile.mkdtemp(prefix="jf-"))
    made = Cluster(folder, free_network(), password="")
    try:
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder)


def test_no_password_needed_until_there_is_one(open_cluster: Cluster) -> None:
    relay = Relay(tuple(node.backend for node in open_cluster.nodes))
    try:
        with relay.wire(None) as wire:
            assert wire.ask("SET", "a", "1") == b"+OK\r\n"
            assert wire.ask("MGET", "a", "b", "c") == b"*3\r\n$1\r\n1\r\n$-1\r\n$-1\r\n"
            assert wire.ask("AUTH", "x").startswith(b"-ERR AUTH <password> called without any password")
            assert wire.ask("HELLO", "3").startswith(b"%7")
            assert wire.ask("GET", "none") == b"_\r\n"
            for node in open_cluster.nodes:
                with redis.Redis(unix_socket_path=str(node.socket)) as admin:
                    admin.execute_command("ACL", "SETUSER", "default", "resetpass", ">pw")
            with relay.wire(None) as late:
                assert late.ask("GET", "a") == NO_AUTH
                assert late.ask("AUTH", "pw") == b"+OK\r\n"
                assert late.ask("GET", "a") == b"$1\r\n1\r\n"
    finally:
        relay.close()


def test_few_upstream_connections_for_many_clients(relay: Relay, cluster: Cluster) -> None:
    def connections() -> int:
        total = 0
        for node in cluster.nodes:
            with node.client() as admin:
                total += int(admin.info("clients")["connected_clients"]) - 1
        return total

    before = connections()
    wires = [relay.wire() for _ in range(200)]
    try:
        for wire in wires:
            wire.send("MGET", "a", "b", "c")
        assert {wire.reply() for wire in wires} == {b"*3\r\n$-1\r\n$-1\r\n$-1\r\n"}
        assert connections() - before <= 4  # one a shard, and the one that verifies passwords
    finally:
        for wire in wires:
            wire.close()
