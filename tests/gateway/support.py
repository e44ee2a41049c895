"""A served gateway, and a client that signs without using the gateway's own code."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote

from hypothesis import HealthCheck, settings

from jackfield.gateway.connection import Limits
from jackfield.gateway.pipeline import Pipeline
from jackfield.gateway.rpc import ASGIApp, RpcApp
from jackfield.gateway.server import serve
from jackfield.identity.accounts import create_account
from jackfield.identity.keys import KeyCache
from jackfield.store.secrets import KeyRing
from jackfield.store.sqlite import SqliteStore, open_store
from tests.gateway.cans import PRODUCTS

PATIENT = settings(
    max_examples=150,
    deadline=None,
    # On its first run on a machine, hypothesis spends seconds on its Unicode tables.
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        decoded: dict[str, Any] = json.loads(self.body)
        return decoded

    @property
    def code(self) -> str:
        return str(self.json.get("Code", ""))


@dataclass
class Wire:
    """A signed request, to be sent as it is or changed before."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes = b""

    def raw(self) -> bytes:
        lines = [f"{self.method} {self.target} HTTP/1.1", *[f"{name}: {value}" for name, value in self.headers]]
        if self.body:
            lines.append(f"content-length: {len(self.body)}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body

    def send(self, port: int) -> Answer:
        with contextlib.closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
            connection.putrequest(self.method, self.target, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers:
                connection.putheader(name, value)
            if self.body or self.method == "POST":
                connection.putheader("Content-Length", str(len(self.body)))
            connection.endheaders(self.body or None)
            return read_answer(connection)


def read_answer(connection: HTTPConnection) -> Answer:
    response = connection.getresponse()
    return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())


def encoded(parameters: Mapping[str, str]) -> str:
    return "&".join(f"{quote(k, safe='~')}={quote(v, safe='~')}" for k, v in sorted(parameters.items()))


@dataclass
class Signer:
    key_id: str
    secret: str
    host: str = "127.0.0.1"
    version: str = "2030-01-01"
    clock: Callable[[], float] = time.time
    extra: dict[str, str] = field(default_factory=dict)
    """Common parameters of v1 (or headers of ACS3) that are to be other than usual."""

    def stamp(self) -> str:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.clock()))

    def v1(
        self, action: str, query: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None, *,
        method: str = "POST", format: str | None = "JSON", all_in_form: bool = False,
    ) -> Wire:  # fmt: skip
        common = {
            "Action": action, "Version": self.version, "AccessKeyId": self.key_id, "SignatureMethod": "HMAC-SHA1",
            "SignatureVersion": "1.0", "SignatureNonce": uuid.uuid4().hex, "Timestamp": self.stamp(), **self.extra,
        }  # fmt: skip
        if format is not None:
            common["Format"] = format
        common = {name: value for name, value in common.items() if value != "-"}
        union = {**common, **(query or {}), **(form or {})}
        text = f"{method}&%2F&{quote(encoded(union), safe='~')}"
        digest = hmac.new(f"{self.secret}&".encode(), text.encode(), hashlib.sha1).digest()
        common["Signature"] = base64.b64encode(digest).decode()
        if self.extra.get("Signature") == "-":
            del common["Signature"]
        in_query = {} if all_in_form else {**common, **(query or {})}
        in_form = {**common, **(query or {}), **(form or {})} if all_in_form else dict(form or {})
        headers = [("host", self.host)]
        if in_form:
            headers.append(("content-type", "application/x-www-form-urlencoded"))
        return Wire(method, f"/?{encoded(in_query)}" if in_query else "/", headers, encoded(in_form).encode())

    def acs3(
        self, action: str, query: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None, *,
        method: str = "POST", leave_out: str = "", unsigned: str = "", body: bytes | None = None,
        content_type: str = "application/x-www-form-urlencoded",
    ) -> Wire:  # fmt: skip
        content = encoded(form).encode() if form else b""
        if body is not None:
            content = body
        digest = hashlib.sha256(content).hexdigest()
        headers = {
            "host": self.host, "x-acs-action": action, "x-acs-version": self.version, "x-acs-date": self.stamp(),
            "x-acs-signature-nonce": uuid.uuid4().hex, "x-acs-content-sha256": digest, "accept": "application/json",
            "user-agent": "tests (like  gecko)", **self.extra,
        }  # fmt: skip
        if content:
            headers["content-type"] = content_type
        headers.pop(leave_out, None)
        signed = sorted(name for name in headers if name != unsigned)
        canonical = "\n".join(
            [method, "/", encoded(query or {}), *[f"{name}:{headers[name].strip()}" for name in signed], "",
             ";".join(signed), digest]
        )  # fmt: skip
        text = f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        signature = hmac.new(self.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        headers["authorization"] = (
            f"ACS3-HMAC-SHA256 Credential={self.key_id},SignedHeaders={';'.join(signed)},Signature={signature}"
        )
        return Wire(method, f"/?{encoded(query)}" if query else "/", list(headers.items()), content)


def altered(signer: Signer, **extra: str) -> Signer:
    """The same key, with other common parameters (v1) or headers (ACS3, ``_`` for ``-``); ``-`` leaves one out."""
    values = {name.replace("_", "-"): value for name, value in extra.items()}
    return Signer(signer.key_id, signer.secret, clock=signer.clock, extra=values)


class Served:
    """An application behind the real server, on a port of its own, in a thread of its own."""

    def __init__(self, app: ASGIApp, limits: Limits | None = None) -> None:
        listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port: int = listener.getsockname()[1]
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(app, listener, limits), daemon=True)
        self._thread.start()
        assert self._ready.wait(10)

    def _run(self, app: ASGIApp, listener: socket.socket, limits: Limits | None) -> None:
        import uvloop

        async def main() -> None:
            self._stop = asyncio.Event()
            self._loop = asyncio.get_running_loop()
            await serve(app, [listener], on_ready=self._ready.set, stop=self._stop, limits=limits)

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(main())

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(20)
        assert not self._thread.is_alive()


class World:
    """A data folder with an account, and gateways that answer from it."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.opened: list[str] = []
        self.keyring = KeyRing.open(folder)
        self.store: SqliteStore = open_store(folder / "store.db", clock=clock)
        self.signer = self.account()
        self.owner = self.opened[-1]

    def account(self) -> Signer:
        with self.store.write() as tx:
            account, key_id, secret = create_account(tx, self.keyring, tx.now)
        self.opened.append(account.id)
        return Signer(key_id, secret, clock=self.clock)

    def pipeline(self) -> Pipeline:
        return Pipeline(store=self.store, keys=KeyCache(self.store, self.keyring), products=PRODUCTS, clock=self.clock)

    @contextlib.contextmanager
    def served(self, limits: Limits | None = None, **mounts: Callable[[], ASGIApp]) -> Iterator[int]:
        """:return: the port."""
        server = Served(RpcApp(self.pipeline(), mounts), limits)
        try:
            yield server.port
        finally:
            server.stop()


@contextlib.contextmanager
def dialled(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        yield connection


def until_closed(connection: socket.socket) -> bytes:
    """All that comes before the server closes; a reset counts as closed."""
    parts = []
    with contextlib.suppress(ConnectionResetError):
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


def receive(connection: socket.socket, answers: int = 1) -> list[tuple[int, dict[str, str], bytes]]:
    """Exactly so many answers, read off the socket by their lengths."""
    stream = connection.makefile("rb")
    found = []
    for _ in range(answers):
        status = int(stream.readline().split()[1])
        headers = {}
        while line := stream.readline().strip():
            name, _, value = line.decode().partition(": ")
            headers[name.lower()] = value
        found.append((status, headers, stream.read(int(headers.get("content-length", "0")))))
    return found


class Http(HTTPConnection):
    def __init__(self, port: int) -> None:
        super().__init__("127.0.0.1", port, timeout=10)

    def __enter__(self) -> Http:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
