"""A cluster of three real shards, and a relay loop in a thread that shows it as one server."""

from __future__ import annotations

import hashlib
import random
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest
import redis

from jackfield.relay.loop import Handler, Loop
from jackfield.relay.resp.upstream import RespUpstream
from jackfield.relay.route import Backend, Route
from jackfield.relay.session import Session

PASSWORD = "s3cret-of-the-tests"
T = TypeVar("T")


class Node:
    """One redis-server of the cluster."""

    def __init__(self, folder: Path, index: int, network: str, first: int, last: int, password: str) -> None:
        self.folder = folder
        self.index = index
        self.address = f"{network}.{index + 1}"
        self.announced = f"{self.address}:6379"
        self.name = hashlib.sha1(f"{network}/{index}".encode()).hexdigest()
        self.socket = folder / "redis.sock"
        self.first, self.last = first, last
        self.password = password
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def backend(self) -> Backend:
        return Backend(target=f"unix:{self.socket}", name=self.name, announced=self.announced)

    def write_files(self, nodes: list[Node]) -> None:
        self.folder.mkdir(exist_ok=True)
        rule = f"#{hashlib.sha256(self.password.encode()).hexdigest()}" if self.password else "nopass"
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "bind": self.address,
            "dir": str(self.folder),
            "cluster-enabled": "yes",
            "cluster-config-file": "nodes.conf",
            "cluster-announce-ip": self.address,
            "cluster-announce-port": "6379",
            "cluster-announce-bus-port": "10000",
            "cluster-require-full-coverage": "no",
            "cluster-node-timeout": "3000",
            "user default on": f"{rule} ~* &* +@all",
            "save": '""',
        }
        lines = [f"{key} {value}" for key, value in settings.items()]
        (self.folder / "redis.conf").write_text("\n".join(lines) + "\n")
        known = [
            f"{node.name} {node.address}:6379@10000 {'myself,' if node is self else ''}master - 0 0 {node.index + 1} "
            f"connected {node.first}-{node.last}"
            for node in nodes
        ]
        text = "\n".join([*known, f"vars currentEpoch {len(nodes)} lastVoteEpoch 0", ""])
        (self.folder / "nodes.conf").write_text(text)

    def start(self) -> None:
        server = shutil.which("redis-server")
        assert server is not None
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [server, "redis.conf"], cwd=self.folder, stdout=log, stderr=log, start_new_session=True
            )

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def client(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.socket), password=self.password or None, decode_responses=True)


class Cluster:
    """Three masters; the slots are divided as ``slot * 3 // 16384``."""

    def __init__(self, folder: Path, network: str, password: str = PASSWORD) -> None:
        bounds = [(index * 16384 + 2) // 3 for index in range(4)]
        self.nodes = [
            Node(folder / str(index), index, network, bounds[index], bounds[index + 1] - 1, password)
            for index in range(3)
        ]
        self.password = password

    def start(self) -> None:
        for node in self.nodes:
            node.write_files(self.nodes)
            node.start()
        until(lambda: all(self._settled(node) for node in self.nodes), 30)

    def _settled(self, node: Node) -> bool:
        try:
            with node.client() as client:
                return bool(client.execute_command("CLUSTER INFO")["cluster_state"] == "ok")
        except redis.RedisError:
            return False

    def wait_for(self, node: Node) -> None:
        """Until a node that was started again serves."""
        until(lambda: self._settled(node), 30)

    def stop(self) -> None:
        for node in self.nodes:
            node.stop()

    def blocked(self) -> int:
        """Clients that wait in a blocking command."""
        total = 0
        for node in self.nodes:
            with node.client() as client:
                total += int(client.info("clients")["blocked_clients"])
        return total

    def version(self) -> tuple[int, ...]:
        with self.nodes[0].client() as client:
            return tuple(int(part) for part in str(client.info("server")["redis_version"]).split("."))

    def flush(self) -> None:
        for node in self.nodes:
            with node.client() as client:
                client.flushall()


def free_network() -> str:
    """The first three numbers of addresses whose bus port nobody uses, so that test runs do not meet."""
    for _ in range(100):
        network = f"127.{random.randint(16, 31)}.{random.randint(1, 250)}"
        try:
            for last in (1, 2, 3):
                with socket.create_server((f"{network}.{last}", 10000)):
                    pass
        except OSError:
            continue
        return network
    pytest.fail("no free addresses")


def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Waits until the condition holds; fails when it does not in time."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.01)):
        if condition():
            return
        pause.wait(0.01)
    pytest.fail("waited in vain")


class Relay:
    """A thread with a loop and one listening socket."""

    def __init__(self, backends: tuple[Backend, ...]) -> None:
        self.errors: list[Exception] = []
        self.sessions: set[Session] = set()
        self.refusals: list[str] = []
        self.loop = Loop(self._failed)
        self._wake, self._waker = socket.socketpair()
        self._jobs: list[Callable[[], None]] = []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.listener.setblocking(False)
        self.port: int = self.listener.getsockname()[1]
        self.route = Route(
            key="t", owner="t", address="127.0.0.1", port=self.port, backends=backends, mode="resp",
            local_clients="allow",
        )  # fmt: skip
        self.upstream = RespUpstream(self.loop, self.route)
        self._wake.setblocking(False)
        self.loop.register(self.listener.fileno(), self)
        self.loop.register(self._wake.fileno(), _Jobs(self))
        self._thread = threading.Thread(target=self.loop.run, daemon=True)
        self._thread.start()

    def _failed(self, handler: Handler, error: Exception) -> None:
        self.errors.append(error)

    def on_event(self, events: int) -> None:
        while True:
            try:
                client, address = self.listener.accept()
            except BlockingIOError:
                return
            client.setblocking(False)
            session = self.upstream.open(self, client, f"{address[0]}:{address[1]}")
            if session is not None:
                self.sessions.add(session)

    def refused(self, client: str, reason: str) -> None:
        self.refusals.append(reason)

    def ended(self, session: Session) -> None:
        self.sessions.remove(session)

    def run_jobs(self) -> None:
        self._wake.recv(4096)
        while self._jobs:
            self._jobs.pop(0)()

    def do(self, work: Callable[[], T]) -> T:
        """Runs ``work`` in the loop's thread."""
        future: Future[T] = Future()

        def job() -> None:
            try:
                future.set_result(work())
            except Exception as error:
                future.set_exception(error)

        self._jobs.append(job)
        self._waker.send(b"x")
        return future.result(20)

    def close(self) -> None:
        self.do(self.upstream.close)
        assert not self.sessions
        self.do(self.loop.stop)
        self._thread.join(10)
        assert not self._thread.is_alive()
        for sock in (self.listener, self._wake, self._waker):
            sock.close()
        assert not self.errors

    def with_backends(self, backends: tuple[Backend, ...]) -> Route:
        return msgspec.structs.replace(self.route, backends=backends)

    def client(self, password: str | None = PASSWORD, **options: Any) -> redis.Redis:
        return redis.Redis(host="127.0.0.1", port=self.port, password=password, decode_responses=True, **options)

    def wire(self, password: str | None = PASSWORD) -> Wire:
        return Wire(self.port, password)


class _Jobs:
    def __init__(self, relay: Relay) -> None:
        self._relay = relay

    def on_event(self, events: int) -> None:
        self._relay.run_jobs()


class Wire:
    """A client by hand."""

    def __init__(self, port: int, password: str | None = None) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.file = self.sock.makefile("rb")
        if password is not None:
            assert self.ask("AUTH", password) == b"+OK\r\n"

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.file.close()
        self.sock.close()

    def send(self, *words: str | bytes) -> None:
        self.sock.sendall(packed(*words))

    def ask(self, *words: str | bytes) -> bytes:
        self.send(*words)
        return self.reply()

    def reply(self) -> bytes:
        """One whole reply; nothing when the connection ended."""
        line = self.file.readline()
        kind = line[:1]
        if kind in (b"$", b"=") and int(line[1:]) >= 0:
            return line + self.file.read(int(line[1:]) + 2)
        if kind in (b"*", b"~", b"%", b">") and int(line[1:]) > 0:
            count = int(line[1:]) * (2 if kind == b"%" else 1)
            return line + b"".join(self.reply() for _ in range(count))
        return line


def packed(*words: str | bytes) -> bytes:
    raw = [word.encode() if isinstance(word, str) else word for word in words]
    return b"*%d\r\n" % len(raw) + b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in raw)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    folder = Path(tempfile.mkdtemp(prefix="jf-"))  # short: a socket's path has 107 bytes
    made = Cluster(folder, free_network())
    try:
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder)


@pytest.fixture
def relay(cluster: Cluster) -> Iterator[Relay]:
    """Fresh connections to a cluster that is empty."""
    cluster.flush()
    made = Relay(tuple(node.backend for node in cluster.nodes))
    yield made
    made.close()


@pytest.fixture
def client(relay: Relay) -> Iterator[redis.Redis]:
    with relay.client() as made:
        yield made
