"""REST products: calls by method and path, signed by HTTP Digest, JSON both ways.

A request goes this way: authenticate (by its head alone: curl's first POST has no body), find the operation, read the
body, check key and project, decode, run, encode. As with RPC a call that reads runs in a view of the store, and one
that writes in a transaction that holds its encoded answer before it is committed.
"""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable, Iterable
from typing import NamedTuple, cast

import msgspec

from jackfield.gateway.digest import DigestAuth
from jackfield.gateway.message import first_values, parse_pairs
from jackfield.gateway.rest_decode import Source, decode, parse_body
from jackfield.gateway.rest_errors import (
    BodyTooLarge,
    Busy,
    MethodNotAllowed,
    ProjectNotYours,
    Unauthorized,
    UnknownError,
)
from jackfield.gateway.rest_paths import Match, Paths
from jackfield.gateway.rpc import ClientGone, Receive, Scope, Send, read_body
from jackfield.identity.keys import Key, KeyCache
from jackfield.identity.projects import Project, latest_project, pass_project
from jackfield.products.errors import ApiError
from jackfield.products.known import KnownPath
from jackfield.products.operation import Call, Product
from jackfield.store.errors import StoreBusy
from jackfield.store.interface import Reader, Store, Tx

log = logging.getLogger("jackfield.gateway")

LARGEST_BODY = 1024 * 1024
"""Bytes."""

JSON = b"application/json;charset=UTF-8"

_encode = msgspec.json.Encoder().encode
_request_id = re.compile(r"[!-~]{1,128}").fullmatch


class Response(NamedTuple):
    """An answer, complete."""

    status: int
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()


class Exchange:
    """One request, and what was found out about it."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.method: str = scope["method"]
        self.path: bytes = scope["raw_path"]
        self.query: bytes = scope["query_string"]
        self.started = time.perf_counter()
        self.request_id = str(uuid.uuid4())
        self.key: Key | None = None
        self.match: Match | None = None
        self.parameters: dict[str, str] = {}
        self.body = b""

    @property
    def target(self) -> bytes:
        """As it stood in the request line."""
        return self.path + b"?" + self.query if self.query else self.path

    def header(self, name: bytes) -> list[bytes]:
        """The values of all headers of a name (lower case)."""
        return [value for key, value in self.scope["headers"] if key == name]


class RestApp:
    """The ASGI application of one product.

    :param known: all operations of the vendor's, so that one which is not built can say so.
    :param pace: seconds that a transition takes beyond its real work.
    :param missing: whether this machine lacks a database engine.
    :param report: is given one line a call, for the log.
    """

    def __init__(
        self,
        product: Product,
        *,
        known: Iterable[KnownPath],
        store: Store,
        keys: KeyCache,
        auth: DigestAuth,
        pace: float = 0.3,
        missing: Callable[[str], bool] = lambda engine: False,
        report: Callable[[str], None] = log.info,
    ) -> None:
        self._product = product
        self._paths = Paths(product.operations.values(), known)
        self._store = store
        self._keys = keys
        self._auth = auth
        self._pace = pace
        self._missing = missing
        self._write = report

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"no {scope['type']} here")
        exchange = Exchange(scope)
        unread = _has_body(exchange)
        response = self._guarded(exchange, self._begin)
        if response is None:
            try:
                exchange.body = await read_body(scope, receive, LARGEST_BODY)
                unread = False
                response = self._guarded(exchange, self._run)
            except ClientGone:
                return
            except ApiError:
                response = self._refused(exchange, BodyTooLarge(most=LARGEST_BODY))
        assert response is not None
        await _respond(response, send, close=unread and not _is_small(exchange))

    def _guarded(self, exchange: Exchange, do: Callable[[Exchange], Response | None]) -> Response | None:
        """Turns whatever goes wrong into an answer."""
        try:
            return do(exchange)
        except ApiError as error:
            return self._refused(exchange, error)
        except StoreBusy as busy:
            return self._refused(exchange, Busy(str(busy)))
        except Exception:
            log.exception("request %s broke", exchange.request_id)
            return self._refused(exchange, UnknownError())

    def _begin(self, exchange: Exchange) -> Response | None:
        """What can be told by the head alone.

        :return: ``None`` when the body is wanted.
        """
        verdict = self._auth.verify(exchange.header(b"authorization"), exchange.method, exchange.target)
        if verdict.key is None:
            return self._refused(exchange, Unauthorized(verdict.why), stale=verdict.stale)
        exchange.key = verdict.key
        exchange.parameters = first_values(parse_pairs(exchange.query))
        given = exchange.parameters.get("requestId", "")
        if _request_id(given):
            exchange.request_id = given
        exchange.match = self._paths.find(exchange.method, exchange.path)
        return None

    def _run(self, exchange: Exchange) -> Response:
        assert exchange.match is not None
        source = Source(exchange.match.values, exchange.parameters, parse_body(exchange.body))
        if exchange.match.operation.writes:
            with self._store.write(request=exchange.request_id) as tx:
                project, passed = self._project(exchange, tx)
                if passed is not None:
                    pass_project(tx, passed)
                body = self._call(exchange, tx, source, project)
        else:
            with self._store.read() as view:
                project, passed = self._project(exchange, view)
                body = self._call(exchange, view, source, project)
            if passed is not None:
                with self._store.write(request=exchange.request_id) as tx:
                    pass_project(tx, passed)
        self._report(exchange, "OK")
        return Response(200, body)

    def _project(self, exchange: Exchange, reader: Reader) -> tuple[str, Project | None]:
        """The project that the call is confined to, and the one to be remembered as passed last, if it is not yet.

        :raises Unauthorized: the key was switched off since it was read. :raises ProjectNotYours: as it says.
        """
        key = exchange.key
        assert key is not None
        if not self._keys.stands(reader, key) or key.principal.kind != "Account":
            raise Unauthorized  # nobody but the account itself and its projects has keys here
        principal = key.principal
        given = exchange.header(b"x-ob-project-id")
        named = given[0].decode("latin-1") if given else ""
        if not named:
            return principal.project, None
        project = reader.get(Project, named)
        if project is None or project.account != principal.account or principal.project not in ("", project.id):
            raise ProjectNotYours
        latest = latest_project(reader, principal.account)
        is_latest = latest is not None and latest.id == project.id and project.passed > 0
        return project.id, None if is_latest else project

    def _call(self, exchange: Exchange, reader: Reader, source: Source, project: str) -> bytes:
        assert exchange.key is not None
        assert exchange.match is not None
        operation = exchange.match.operation
        client = exchange.scope.get("client")
        hosts = exchange.header(b"host")
        call = Call(
            principal=exchange.key.principal,
            request_id=exchange.request_id,
            region="",
            now=reader.now,
            source=client[0] if client else "",
            host=hosts[0].decode("latin-1") if hosts else "",
            pace=self._pace,
            missing=self._missing,
            seal=self._keys.seal,
            project=project,
        )
        reply = operation(cast(Tx, reader), call, decode(operation.request_type, source))
        inner = _encode(reply)[1:-1]
        return b'{"success":true,' + inner + b"," * bool(inner) + b'"requestId":' + _encode(exchange.request_id) + b"}"

    def _refused(self, exchange: Exchange, error: ApiError, *, stale: bool = False) -> Response:
        self._report(exchange, error.wire_code, error.detail)
        fields = {
            "success": False,
            "errorCode": error.wire_code,
            "errorMessage": error.text.encode("utf-8", "replace").decode(),
            "requestId": exchange.request_id,
        }
        headers: tuple[tuple[bytes, bytes], ...] = ()
        if error.status == 401:
            headers = ((b"www-authenticate", self._auth.challenge(stale=stale)),)
        elif isinstance(error, MethodNotAllowed):
            headers = ((b"allow", error.values["allowed"].encode()),)
        return Response(error.status, _encode(fields), headers)

    def _report(self, exchange: Exchange, code: str, detail: str = "") -> None:
        """One line a call, in ``key=value``: no secrets, no values of parameters."""
        account = exchange.key.principal.account if exchange.key else "-"
        name = exchange.match.operation.name if exchange.match else "-"
        took = (time.perf_counter() - exchange.started) * 1000
        self._write(
            f"call request={exchange.request_id} account={account} action={self._product.ram_code}:{name} "
            f"code={code} ms={took:.2f}" + (f" why={detail!r}" if detail else "")
        )


async def _respond(response: Response, send: Send, *, close: bool) -> None:
    headers = [
        (b"content-type", JSON),
        (b"content-length", str(len(response.body)).encode()),
        *response.headers,
    ]
    if close:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})


def _has_body(exchange: Exchange) -> bool:
    return any(value != b"0" for name in (b"content-length", b"transfer-encoding") for value in exchange.header(name))


def _is_small(exchange: Exchange) -> bool:
    """Whether a body that nobody read is small enough to be thrown away as it comes; else the connection ends."""
    lengths = exchange.header(b"content-length")
    return bool(lengths) and not exchange.header(b"transfer-encoding") and int(lengths[0]) <= LARGEST_BODY
