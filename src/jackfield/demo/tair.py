"""Tair: a cluster's direct connection is allocated, used, and released in the middle of its use."""

from __future__ import annotations

import socket
import time
from typing import Any

import redis
from alibabacloud_r_kvstore20150101 import models
from alibabacloud_r_kvstore20150101.client import Client

from jackfield.cli.client import ask
from jackfield.demo.clients import Held, Load, impatient, latencies, refuses, resolve, resolves
from jackfield.demo.sdk import config
from jackfield.demo.stage import Stage
from jackfield.supervisor.ready import Ready

PASSWORD = "Jackfield-2026"
SHARDS = 3
KEYS = 1000
HELD_A_SHARD = 25


class TairStory:
    """One run of the story on a Jackfield that is ready."""

    def __init__(self, stage: Stage, ready: Ready) -> None:
        self._stage = stage
        self._ready = ready
        self._api = Client(config(ready))
        self._instance = ""

    def tell(self) -> None:
        """:raises NotSeen: a state did not come."""
        ordinary = self._create()
        self._open_whitelist(ordinary)
        direct = self._allocate(ordinary)
        self._measure(ordinary, direct)
        self._release(ordinary, direct)
        self._again()

    def _create(self) -> str:
        stage = self._stage
        stage.title(f"A {SHARDS}-shard cluster, by the official SDK")
        request = models.CreateInstanceRequest(
            region_id=self._ready.region,
            instance_class=f"redis.logic.sharding.1g.{SHARDS}db.0rodb.4proxy.default",
            instance_name="demo",
            password=PASSWORD,
        )
        created = self._api.create_instance(request).body
        self._instance = created.instance_id
        stage.say(f"CreateInstance → {created.instance_id}, {created.instance_status}")
        states = self._until_normal()
        stage.show("the instance went from Creating to Normal", states == ["Creating", "Normal"], " → ".join(states))
        return str(self._net_info(direct=False)["ConnectionString"])

    def _open_whitelist(self, ordinary: str) -> None:
        stage = self._stage
        stage.say(f"its ordinary address: {ordinary}:6379, {socket.gethostbyname(ordinary)}")
        client = impatient(ordinary, PASSWORD)
        try:
            client.ping()
            admitted = True
        except redis.ConnectionError:
            admitted = False
        stage.show("nobody gets in by default", not admitted, "whitelist 127.0.0.1")
        self._api.modify_security_ips(
            models.ModifySecurityIpsRequest(instance_id=self._instance, security_ips="0.0.0.0/0")
        )
        begun = time.monotonic()
        stage.wait("a client admitted", lambda: _answers(client))
        stage.say(f"ModifySecurityIps 0.0.0.0/0 → admitted {(time.monotonic() - begun) * 1000:.0f} ms later")
        with client.pipeline(transaction=False) as pipeline:
            for number in range(KEYS):
                pipeline.set(f"key:{number}", number)
            pipeline.execute()
        read = client.mget([f"key:{number}" for number in range(KEYS)])
        stage.show(
            "written and read through the ordinary address",
            read == [b"%d" % number for number in range(KEYS)],
            f"{KEYS} keys, MGET over {SHARDS} shards",
        )
        client.close()

    def _allocate(self, ordinary: str) -> str:
        stage = self._stage
        stage.title("The direct connection")
        self._api.allocate_direct_connection(models.AllocateDirectConnectionRequest(instance_id=self._instance))
        states = self._until_normal()
        stage.say(f"AllocateDirectConnection → {' → '.join(states)}")
        info = self._net_info(direct=True)
        name = info["ConnectionString"]
        places = sorted(resolve(name))
        stage.say(f"{name}:{info['Port']} → {', '.join(places)}")
        with redis.RedisCluster(host=name, port=6379, password=PASSWORD) as shards:
            seen = sorted({node.host for node in shards.get_nodes()})
            right = all(shards.get(f"key:{number}") == b"%d" % number for number in range(KEYS))
            for number in range(KEYS):
                shards.set(f"direct:{number}", number)
        with redis.Redis(host=ordinary, password=PASSWORD) as client:
            back = client.mget([f"direct:{number}" for number in range(KEYS)])
        stage.show("a cluster client learns an address for each shard", seen == places, f"{len(seen)} addresses")
        stage.show(
            "both addresses show the same data",
            right and back == [b"%d" % number for number in range(KEYS)],
            f"{KEYS} keys each way",
        )
        return str(name)

    def _measure(self, ordinary: str, direct: str) -> None:
        """The same plain client on both: a key's shard dialled directly, and the router in front of all shards."""
        key, address = "key:1", ""
        for candidate in resolve(direct):
            with redis.Redis(host=candidate, password=PASSWORD) as shard:
                try:
                    shard.get(key)
                    address = candidate
                except redis.ResponseError:
                    continue
        with (
            redis.Redis(host=ordinary, password=PASSWORD) as proxied,
            redis.Redis(host=address, password=PASSWORD) as one,
        ):
            through, past = latencies((proxied, one), key, 2000)
        self._stage.show("the direct connection is the faster one", past < through, f"GET {past:.0f} µs, ordinary {through:.0f} µs")  # fmt: skip  # noqa: E501

    def _release(self, ordinary: str, direct: str) -> None:
        stage = self._stage
        stage.title("ReleaseDirectConnection, in the middle of use")
        places = resolve(direct)
        held = [Held(address, 6379, PASSWORD) for address in places for _ in range(HELD_A_SHARD)]
        load = Load(ordinary, PASSWORD)
        load.start()
        stage.wait("a load on the ordinary address", lambda: load.answered > 200)
        clients = ask(self._ready, f"connections?endpoint={direct}")["connections"]
        by_shard = [sum(one["route"].endswith(f"/{shard}") for one in clients) for shard in range(SHARDS)]
        stage.say(f"who will be cut: {len(clients)} clients, by shard {by_shard}, the first is {clients[0]['client']}")
        before = ask(self._ready, "changes?after=0&limit=1000")["changes"][-1]["seq"]
        begun = time.monotonic()
        self._api.release_direct_connection(models.ReleaseDirectConnectionRequest(instance_id=self._instance))
        stage.say(f"ReleaseDirectConnection answered after {(time.monotonic() - begun) * 1000:.1f} ms")
        states: list[str] = []
        closed_at: float | None = None
        while not states or states[-1] != "Normal":
            status = self._status()
            closed = sum(connection.look() for connection in held)
            if closed == len(held) and closed_at is None:
                closed_at = time.monotonic() - begun
                stage.say(f"{closed} of {len(held)} held connections closed, while {status}")
            if status not in states[-1:]:
                states.append(status)
                stage.say(f"{status}, {closed} of {len(held)} held connections closed")
            if time.monotonic() - begun > 20:
                break
        stage.show("the transition was to be seen", states == ["NetworkModifying", "Normal"], " → ".join(states))
        stage.show(
            "at Normal every held connection was closed",
            sum(connection.look() for connection in held) == len(held),
            f"{len(held)} of {len(held)}, last after {(closed_at or 0) * 1000:.0f} ms",
        )
        refused = [address for address in places if refuses(address, 6379)]
        stage.show("every shard's direct address refuses", refused == places, f"{len(refused)} of {len(places)}")
        stage.show("the direct name is gone", not resolves(direct))
        told = self._told(before)
        stage.show(
            "the change feed says how many were cut", told >= len(held), f"{told} cut, {len(held)} of them held here"
        )
        answered = load.answered
        stage.wait("the load going on", lambda: load.answered > answered + 500)
        load.end()
        stage.show(
            "the ordinary address missed no query",
            not load.failures,
            f"{load.answered} answered, {len(load.failures)} failed, slowest {load.slowest * 1000:.1f} ms",
        )
        for connection in held:
            connection.end()
        stage.show("a second release is refused", self._refusal() == ("NetTypeNotExists", 400), "400 NetTypeNotExists")

    def _again(self) -> None:
        self._stage.title("And again")
        self._api.allocate_direct_connection(models.AllocateDirectConnectionRequest(instance_id=self._instance))
        self._until_normal()
        name = self._net_info(direct=True)["ConnectionString"]
        with redis.RedisCluster(host=name, port=6379, password=PASSWORD) as shards:
            self._stage.show("a released endpoint can be allocated again", shards.get("key:7") == b"7", name)

    def _until_normal(self) -> list[str]:
        """Waits for Normal; the states in the order in which they were seen."""
        states: list[str] = []

        def look() -> bool:
            status = self._status()
            if status not in states[-1:]:
                states.append(status)
            return status == "Normal"

        self._stage.wait(f"{self._instance} Normal", look)
        return states

    def _status(self) -> str:
        reply = self._api.describe_instance_attribute(
            models.DescribeInstanceAttributeRequest(instance_id=self._instance)
        )
        return str(reply.body.instances.dbinstance_attribute[0].instance_status)

    def _net_info(self, *, direct: bool) -> dict[str, Any]:
        reply = self._api.describe_dbinstance_net_info(
            models.DescribeDBInstanceNetInfoRequest(instance_id=self._instance)
        ).body.to_map()
        for info in reply["NetInfoItems"]["InstanceNetInfo"]:
            if info["DirectConnection"] == int(direct):
                found: dict[str, Any] = info
                return found
        raise LookupError("no such endpoint is reported")

    def _told(self, before: int) -> int:
        """How many connections the change feed says that the release cut."""
        changes = ask(self._ready, f"changes?after={before}&kind=endpoint")["changes"]
        return sum(change["evidence"].get("cut", 0) for change in changes if not change["after"])

    def _refusal(self) -> tuple[str, int]:
        try:
            self._api.release_direct_connection(models.ReleaseDirectConnectionRequest(instance_id=self._instance))
        except Exception as error:
            return str(getattr(error, "code", "")), int(getattr(error, "status_code", 0) or 0)
        return "", 200


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False
