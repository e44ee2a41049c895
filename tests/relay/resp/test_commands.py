"""Commands through redis-py, redis-cli and by hand; and that nothing of a shard shows."""

from __future__ import annotations

import asyncio
import shutil
import subprocess

import pytest
import redis
import redis.asyncio

from tests.relay.resp.conftest import PASSWORD, Cluster, Relay, Wire

CROSS = b"-CROSSSLOT Keys in request don't hash to the same slot\r\n"


@pytest.mark.parametrize("protocol", [2, 3])
def test_a_tour_with_redis_py(relay: Relay, protocol: int) -> None:
    with relay.client(protocol=protocol) as client:
        keys = [f"key:{number}" for number in range(40)]
        assert client.mset({key: key.upper() for key in keys})
        assert client.mget([*keys, "none"]) == [*[key.upper() for key in keys], None]
        assert client.exists(*keys, keys[0], "none") == 41
        assert client.touch(*keys) == 40
        assert client.dbsize() == 40
        assert sorted(client.keys("key:*")) == sorted(keys)
        assert sorted(client.scan_iter("key:*", count=3)) == sorted(keys)
        assert client.randomkey() in keys
        assert client.delete(*keys[:10]) == 10
        assert client.unlink(*keys[5:15]) == 5
        client.zadd("{z}a", {"m": 1.5})
        client.zadd("{z}b", {"m": 2})
        assert client.zunionstore("{z}c", ["{z}a", "{z}b"]) == 1
        assert client.zscore("{z}c", "m") == 3.5
        client.sadd("{s}a", "1", "2")
        client.sadd("{s}b", "2")
        assert client.sdiff("{s}a", "{s}b") == {"1"}
        client.hset("h", mapping={"f": "v", "g": "w"})
        assert client.hgetall("h") == {"f": "v", "g": "w"}
        client.xadd("stream", {"a": "b"})
        assert client.xlen("stream") == 1
        assert client.object("encoding", "h") in ("listpack", "ziplist")
        assert client.memory_usage("h")
        assert client.echo("hello") == "hello"
        assert client.time()
        assert client.flushall()
        assert client.dbsize() == 0
        assert client.randomkey() is None


def test_scripts_are_known_everywhere(client: redis.Redis) -> None:
    digest = client.script_load("return {KEYS[1], ARGV[1]}")
    for number in range(9):
        assert client.evalsha(digest, 1, f"k{number}", "v") == [f"k{number}", "v"]
    assert client.script_exists(digest, "0" * 40) == [True, False]
    assert client.eval("return 7", 0) == 7
    with pytest.raises(redis.ResponseError, match="hash to the same slot"):
        client.eval("return 1", 2, "a", "b")


def test_asyncio_clients_each_see_their_own(relay: Relay) -> None:
    async def one(number: int) -> None:
        async with redis.asyncio.Redis(port=relay.port, password=PASSWORD, protocol=2 + number % 2) as client:
            for turn in range(20):
                await client.set(f"{number}:{turn}", f"{number}-{turn}")
                assert await client.get(f"{number}:{turn}") == f"{number}-{turn}".encode()

    async def all_of_them() -> None:
        await asyncio.gather(*(one(number) for number in range(40)))

    asyncio.run(all_of_them())


def test_redis_cli(relay: Relay) -> None:
    cli = shutil.which("redis-cli")
    assert cli is not None
    command = [cli, "-p", str(relay.port), "-a", PASSWORD, "--no-auth-warning"]
    script = "set a 1\nincr a\nmget a b c\nmulti\nget a\nexec\nselect 3\n"
    done = subprocess.run(command, input=script, capture_output=True, text=True, timeout=20)
    assert done.stdout.split("\n") == [
        "OK", "2", "2", "", "", "OK", "QUEUED", "2", "ERR SELECT is not allowed in cluster mode", "", "",
    ]  # fmt: skip


def test_cross_slot_is_refused(relay: Relay) -> None:
    with relay.wire() as wire:
        for line in ("RENAME a b", "SINTER a b", "ZUNION 2 a b", "MSETNX a 1 b 2", "BLPOP a b 0",
                     "XREAD STREAMS a b 0 0", "WATCH a b", "EVAL x 2 a b", "BITOP AND a a b"):  # fmt: skip
            assert wire.ask(*line.split()) == CROSS
        assert wire.ask("RENAME", "{t}a", "{t}b") == b"-ERR no such key\r\n"


@pytest.mark.parametrize(
    ("words", "reply"),
    [
        (["GET"], b"-ERR wrong number of arguments for 'get' command\r\n"),
        (["get", "a", "b"], b"-ERR wrong number of arguments for 'get' command\r\n"),
        (["MSET", "a", "1", "b"], b"-ERR wrong number of arguments for 'mset' command\r\n"),
        (["NoSuch", "x", "y\r\nz"], b"-ERR unknown command 'NoSuch', with args beginning with: 'x' 'y  z' \r\n"),
        (["EVAL", "x", "-1"], b"-ERR Number of keys can't be negative\r\n"),
        (["EVAL", "x", "2", "a"], b"-ERR Number of keys can't be greater than number of args\r\n"),
        (["ZUNION", "x", "a"], b"-ERR value is not an integer or out of range\r\n"),
        (["SELECT", "0"], b"+OK\r\n"),
        (["SELECT", "1"], b"-ERR SELECT is not allowed in cluster mode\r\n"),
        (["SELECT", "x"], b"-ERR invalid DB index\r\n"),
        (["PING"], b"+PONG\r\n"),
        (["PING", "x"], b"$1\r\nx\r\n"),
        (["CLIENT", "GETNAME"], b"$-1\r\n"),
        (["CLIENT", "SETNAME", "a b"], b"-ERR Client names cannot contain spaces, newlines or special characters.\r\n"),
        (["CLIENT", "SETINFO", "LIB-NAME", "x"], b"+OK\r\n"),
        (["CLIENT", "SETINFO", "OTHER", "x"], b"-ERR Unrecognized option 'other'\r\n"),
        (["CLIENT", "NO-EVICT", "on"], b"+OK\r\n"),
        (["CLIENT", "NO-TOUCH", "off"], b"+OK\r\n"),
        (["EXEC"], b"-ERR EXEC without MULTI\r\n"),
        (["DISCARD"], b"-ERR DISCARD without MULTI\r\n"),
        (["UNWATCH"], b"+OK\r\n"),
        (["WAIT", "0", "0"], b":0\r\n"),
        (["SCAN", "x"], b"-ERR invalid cursor\r\n"),
        (["SCAN", "999"], b"*2\r\n$1\r\n0\r\n*0\r\n"),
        (["CLUSTER", "KEYSLOT", "{a}x"], b":15495\r\n"),
        (["ROLE"], b"*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n"),
    ],
)
def test_answers_to_the_letter(relay: Relay, words: list[str], reply: bytes) -> None:
    with relay.wire() as wire:
        assert wire.ask(*words) == reply


@pytest.mark.parametrize(
    "line",
    ["cluster slots", "cluster nodes", "monitor", "replicaof no one",
     "shutdown", "debug sleep 0", "migrate h 1 k 0 1", "asking", "readonly", "swapdb 0 1", "client pause 1",
     "client reply off", "client tracking on", "config set maxmemory 1", "config rewrite",
     "acl setuser x", "acl list",
     "script kill", "function kill", "save", "bgsave", "slowlog get", "latency doctor", "module list", "failover"],
)  # fmt: skip
def test_what_needs_a_shard_says_so(relay: Relay, line: str) -> None:
    with relay.wire() as wire:
        reply = wire.ask(*line.split())
        assert reply.endswith(b"supported at the ordinary address of a cluster instance; use its direct address\r\n")
        assert reply.startswith(b"-ERR '" + line.split()[0].encode())
        assert wire.ask("PING") == b"+PONG\r\n"


def test_no_reply_tells_of_a_shard(relay: Relay, cluster: Cluster) -> None:
    secrets = [each.encode() for node in cluster.nodes for each in (node.name, node.address, str(node.folder))]
    with relay.wire() as wire:
        replies = [wire.ask(*line.split()) for line in (
            "INFO", "INFO all", "INFO everything", "INFO replication", "CONFIG GET *", "CONFIG GET dir", "HELLO 3",
            "INFO",
            "HELLO 2", "CLIENT INFO", "CLIENT LIST", "CLUSTER SLOTS", "CLUSTER SHARDS", "CLUSTER NODES", "CLUSTER MYID",
            "ROLE", "COMMAND COUNT", "COMMAND INFO get", "COMMAND DOCS get", "LOLWUT", "ACL WHOAMI", "SCRIPT FLUSH",
            "FUNCTION STATS", "MOVE a 1", "OBJECT HELP", "MEMORY DOCTOR", "MEMORY STATS", "XINFO HELP", "LASTSAVE",
            "PUBLISH c m", "SPUBLISH c m", "NOSUCH a b",
        )]  # fmt: skip
    for reply in replies:
        assert reply
        for secret in secrets:
            assert secret not in reply


def test_info_and_config_look_like_one_server(relay: Relay, client: redis.Redis) -> None:
    info = client.info()
    assert info["redis_mode"] == "standalone"
    assert info["cluster_enabled"] == 0
    assert info["role"] == "master"
    assert info["tcp_port"] == relay.port
    assert "run_id" not in info
    assert client.config_get("maxmemory*")["maxmemory-policy"] == "noeviction"
    assert client.config_get("requirepass") == {}
    assert str(client.client_info()["addr"]).startswith("127.0.0.1:")


def test_client_list_and_kill(relay: Relay, cluster: Cluster) -> None:
    with relay.client(client_name="asking") as client, relay.wire() as first, relay.wire() as second:
        second.send("SUBSCRIBE", "c")
        second.reply()
        known = client.client_list()
        assert len(known) == 3
        assert [each["id"] for each in known] == sorted((each["id"] for each in known), key=int)
        assert "asking" in [each["name"] for each in known]
        own = "{}:{}".format(*first.sock.getsockname())
        (subscribed,) = client.client_list(_type="pubsub")
        assert (subscribed["sub"], subscribed["laddr"]) == ("1", f"127.0.0.1:{relay.port}")
        assert client.client_getredir() == -1
        assert client.client_kill_filter(_id="999") == 0
        assert client.client_kill(own)
        assert first.reply() == b""
        assert client.client_kill_filter(_type="pubsub", user="default") == 1
        assert second.reply() == b""
        with pytest.raises(redis.ResponseError, match="No such client"):
            client.client_kill(own)
        assert len(client.client_list()) == 1
        with relay.wire() as last:
            assert last.ask("CLIENT", "KILL", "USER", "default", "SKIPME", "no") == b":2\r\n"
            assert last.reply() == b""


def test_a_user_who_may_not_list_or_kill_clients(relay: Relay, cluster: Cluster) -> None:
    for node in cluster.nodes:
        with node.client() as admin:
            admin.execute_command("ACL", "SETUSER", "low", "on", ">pw", "~*", "+@all", "-@dangerous")
    try:
        with relay.wire(None) as wire:
            assert wire.ask("AUTH", "low", "pw") == b"+OK\r\n"
            assert wire.ask("CLIENT", "LIST").startswith(b"-NOPERM")
            assert wire.ask("CLIENT", "KILL", "USER", "low", "SKIPME", "no").startswith(b"-NOPERM")
            assert wire.ask("GET", "a") == b"$-1\r\n"
    finally:
        for node in cluster.nodes:
            with node.client() as admin:
                admin.execute_command("ACL", "DELUSER", "low")


def test_quit_comes_after_what_was_asked_before(relay: Relay) -> None:
    with relay.wire() as wire:
        wire.send("SET", "a", "1")
        wire.send("GET", "a")
        wire.send("QUIT")
        wire.send("GET", "a")
        assert [wire.reply() for _ in range(4)] == [b"+OK\r\n", b"$1\r\n1\r\n", b"+OK\r\n", b""]


def test_a_client_that_sends_no_more_gets_its_replies(relay: Relay) -> None:
    with relay.wire() as wire:
        for number in range(100):
            wire.send("SET", f"k{number}", "v")
        wire.sock.shutdown(1)
        assert [wire.reply() for _ in range(101)] == [b"+OK\r\n"] * 100 + [b""]


def test_a_web_browser_is_cut_off(relay: Relay) -> None:
    wire = Wire(relay.port)
    wire.sock.sendall(b"POST / HTTP/1.1\r\nHost: x\r\n\r\n")
    with pytest.raises(ConnectionResetError):
        wire.reply()
    wire.close()
