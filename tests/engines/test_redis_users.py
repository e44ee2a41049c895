from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from jackfield.engines.redis import Client, RedisError, Unreachable, sha256

if TYPE_CHECKING:
    from .conftest import Fleet

REFUSED = [
    "SHUTDOWN NOSAVE",
    "DEBUG SLEEP 0",
    "MODULE LIST",
    "REPLICAOF 127.0.0.1 1",
    "SLAVEOF 127.0.0.1 1",
    "FAILOVER",
    "MIGRATE 127.0.0.1 1 k 0 1",
    "SYNC",
    "PSYNC ? -1",
    "REPLCONF listening-port 1",
    "CONFIG SET requirepass x",
    "CONFIG REWRITE",
    "ACL LIST",
    "ACL GETUSER jackfield",
    "ACL SETUSER default +@all",
    "ACL DELUSER jackfield",
    "CLUSTER RESET",
    "CLUSTER MEET 127.0.0.1 1",
    "CLUSTER ADDSLOTS 1",
    "CLUSTER FORGET x",
]
ALLOWED = [
    "PING",
    "SET k v",
    "GET k",
    "FLUSHALL",
    "CONFIG GET maxmemory",
    "ACL WHOAMI",
    "INFO",
    "COMMAND COUNT",
    "CLIENT LIST",
    "CLIENT SETNAME me",
    "CLIENT GETNAME",
    "PUBLISH channel text",
    "EVAL return(1) 0",
    "SCAN 0",
    "MULTI",
    "EXEC",
    "MEMORY USAGE k",
    "SLOWLOG GET",
    "DUMP k",
]


def code(client: Client, command: str) -> str:
    try:
        client.command(*command.split())
    except RedisError as error:
        return error.code
    return "OK"


def login(fleet: Fleet, user: str, password: str) -> str:
    node = fleet.nodes[0]
    try:
        with Client(node.socket, user, password) as client:
            return code(client, "PING")
    except RedisError as error:
        return error.code


def test_without_an_instance_password_nobody_is_the_default_user(fleet: Fleet) -> None:
    node = fleet.start(users={})
    with Client(node.socket) as client:
        assert code(client, "PING") == "NOAUTH"
    assert login(fleet, "default", "") == "WRONGPASS"
    assert login(fleet, "jackfield", "internal") == "OK"


def test_passwords_are_asked_for(fleet: Fleet) -> None:
    node = fleet.start(users={"default": sha256("pw"), "alice": sha256("hers")})
    with Client(node.socket) as client:
        assert code(client, "GET k") == "NOAUTH"
        assert client.command("AUTH", "pw") == "OK"
    assert login(fleet, "default", "pw") == "OK"
    assert login(fleet, "default", "hers") == "WRONGPASS"
    assert login(fleet, "alice", "hers") == "OK"
    assert login(fleet, "alice", "pw") == "WRONGPASS"
    assert login(fleet, "bob", "pw") == "WRONGPASS"


@pytest.mark.parametrize("user", ["default", "alice"])
def test_dangerous_commands_are_refused_and_the_others_work(fleet: Fleet, user: str) -> None:
    node = fleet.start(users={"default": sha256("pw"), "alice": sha256("pw")})
    with fleet.client(node, user=user) as client:
        codes = {command: code(client, command) for command in REFUSED}
        # 7.x refuses DEBUG before it looks at the rules (enable-debug-command).
        assert codes.pop("DEBUG SLEEP 0") in ("NOPERM", "ERR")
        assert set(codes.values()) == {"NOPERM"}, codes
        assert {command: code(client, command) for command in ALLOWED} == dict.fromkeys(ALLOWED, "OK")
        # By way of a script as well: it runs with its caller's rights.
        assert code(client, "EVAL return(redis.call('config','set','maxmemory','1')) 0") != "OK"
        assert client.command("CONFIG", "GET", "maxmemory") == [b"maxmemory", b"0"]
    with fleet.internal(node) as client:
        assert code(client, "CONFIG SET maxmemory 0") == "OK"


def test_readers_only_read(fleet: Fleet) -> None:
    node = fleet.start(users={"default": sha256("pw"), "reader": sha256("pw")}, readers=("reader",))
    with fleet.client(node) as client:
        client.command("SET", "k", "v")
    with fleet.client(node, user="reader") as client:
        assert client.command("GET", "k") == b"v"
        for command in ("SET k w", "DEL k", "FLUSHALL", "EVAL return(redis.call('del','k')) 0", "CONFIG SET port 1"):
            assert code(client, command) != "OK", command
        assert client.command("GET", "k") == b"v"


def test_users_change_at_once_and_for_later_starts(fleet: Fleet) -> None:
    node = fleet.start(users={"default": sha256("old"), "gone": sha256("gone")})
    with Client(node.socket, "gone", "gone") as gone, Client(node.socket, "default", "old") as client:
        changed = msgspec.structs.replace(node, users={"default": sha256("new"), "fresh": sha256("fresh")})
        fleet.engine.set_users(changed)
        fleet.engine.set_users(changed)
        with pytest.raises(Unreachable):
            gone.command("PING")
        assert code(client, "PING") == "OK"
    for _ in range(2):
        assert login(fleet, "default", "old") == "WRONGPASS"
        assert login(fleet, "default", "new") == "OK"
        assert login(fleet, "gone", "gone") == "WRONGPASS"
        assert login(fleet, "fresh", "fresh") == "OK"
        fleet.engine.stop(changed)
        fleet.engine.start(changed)
        fleet.engine.wait_ready(changed)


def test_a_password_taken_away_shuts_the_default_user_out_at_once(fleet: Fleet) -> None:
    node = fleet.start()
    with fleet.client(node) as client:
        fleet.engine.set_users(msgspec.structs.replace(node, users={}))
        assert code(client, "GET k") == "NOPERM"
    assert login(fleet, "default", "pw") == "WRONGPASS"


def test_users_may_be_set_while_the_server_is_down(fleet: Fleet) -> None:
    node = fleet.start()
    fleet.engine.stop(node)
    changed = msgspec.structs.replace(node, users={"default": sha256("new")})
    fleet.engine.set_users(changed)
    fleet.engine.start(changed)
    fleet.engine.wait_ready(changed)
    assert login(fleet, "default", "new") == "OK"
