"""The way of a call through the gateway: the stages, in the order in which they run.

What comes here is a GET or POST with a whole body of bounded size; ``rpc.py`` refuses everything else.

A call that reads runs in a view of the store; one that writes runs in a transaction which also spends its nonce,
remembers its reply for its ClientToken, and holds the encoded answer before it is committed: whatever goes wrong
before, nothing has happened; once it is committed, the answer exists.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Mapping
from typing import Literal, cast

from jackfield.gateway import envelopes
from jackfield.gateway.authentication import Authenticator
from jackfield.gateway.authorisation import Authoriser, stamp
from jackfield.gateway.context import Context
from jackfield.gateway.decode import decode
from jackfield.gateway.errors import (
    AccessKeyInactive,
    AccessKeyNotFound,
    ActionNotFound,
    DryRunOperation,
    InternalError,
    InvalidFormat,
    InvalidVersion,
    MissingParameterValue,
    OperationNotBuilt,
    ServiceUnavailable,
    SignatureNonceUsed,
)
from jackfield.gateway.key_uses import KeyUses
from jackfield.gateway.message import HttpRequest, HttpResponse, first_values, parse_pairs
from jackfield.gateway.nonces import LIFETIME, NonceLog
from jackfield.gateway.regions import region_of
from jackfield.gateway.replay import remember, replay
from jackfield.identity.keys import KeyCache
from jackfield.identity.resources import AccessKey
from jackfield.products.errors import ApiError
from jackfield.products.operation import Call, Product
from jackfield.settings import DAY_SECONDS, REPEAT_SECONDS
from jackfield.store.errors import StoreBusy
from jackfield.store.interface import Store, Tx

log = logging.getLogger("jackfield.gateway")

Stage = Callable[[Context], None]
""":raises ApiError: the call ends here, with this answer."""


class Pipeline:
    """Answers calls.

    :param products: by API version; nothing else tells products apart, since they share operation names.
    :param region: of calls that name none.
    :param pace: seconds that a transition takes beyond its real work.
    :param repeat_seconds: how long some calls cannot be repeated. :param day_seconds: how long a day lasts.
    :param missing: whether this machine lacks a database engine; asked by calls that would start one.
    :param local_clients: see :class:`Call`.
    :param report: is given one line a call, for the log.
    :param clock: seconds since the epoch.
    """

    def __init__(
        self,
        *,
        store: Store,
        keys: KeyCache,
        products: Mapping[str, Product],
        region: str = "cn-hangzhou",
        pace: float = 0.3,
        repeat_seconds: float = REPEAT_SECONDS,
        day_seconds: float = DAY_SECONDS,
        missing: Callable[[str], bool] = lambda engine: False,
        local_clients: Literal["whitelist", "allow"] = "whitelist",
        report: Callable[[str], None] = log.info,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._keys = keys
        self._products = products
        self._region = region
        self._pace = pace
        self._repeat_seconds = repeat_seconds
        self._day_seconds = day_seconds
        self._missing = missing
        self._local_clients = local_clients
        self._report = report
        self._clock = clock
        self._use = KeyUses(store)
        authenticate = Authenticator(keys, NonceLog())
        authorise = Authoriser(keys.seal)
        self.before: tuple[Stage, ...] = (
            parse,
            choose_format,
            self.find_product,
            authenticate,
            self.find_region,
            find_operation,
        )
        self.reading: tuple[Stage, ...] = (
            self.check_key,
            authorise,
            self.make_call,
            decode_request,
            run,
            encode,
        )
        self.writing: tuple[Stage, ...] = (
            spend_nonce,
            self.check_key,
            authorise,
            replay,
            self.make_call,
            decode_request,
            run,
            stamp,
            encode,
        )

    def handle(self, request: HttpRequest) -> HttpResponse:
        """Answers one request; never raises."""
        started = time.perf_counter()
        context = Context(request, self._clock())
        try:
            for stage in self.before:
                stage(context)
            if context.operation.writes:
                self._run_write(context)
            else:
                self._run_read(context)
        except ApiError as error:
            return self._refused(context, error, started)
        except StoreBusy as busy:
            return self._refused(context, ServiceUnavailable(str(busy)), started)
        except Exception:
            log.exception("request %s broke", context.request_id)
            return self._refused(context, InternalError(), started)
        self._note(context, "OK", started)
        return HttpResponse(200, _content_type(context), context.body, context.request_id)

    def refuse(self, request: HttpRequest, error: ApiError, *, close: bool = False) -> HttpResponse:
        """The answer to a request that comes to no call, in the format that it asks for as far as that can be told."""
        started = time.perf_counter()
        context = Context(request, self._clock())
        try:
            parse(context)
            choose_format(context)
        except ApiError:
            pass  # what was wrong before is what is told
        return self._refused(context, error, started)._replace(close=close)

    def _run_read(self, context: Context) -> None:
        with self._store.read() as context.reader:
            for stage in self.reading:
                stage(context)

    def _run_write(self, context: Context) -> None:
        try:
            with self._store.write(request=context.request_id) as context.tx:
                context.reader = context.tx
                for stage in self.writing:
                    stage(context)
        except (SignatureNonceUsed, StoreBusy):
            raise
        except Exception:
            # Nothing of the write is left, but its request was signed and seen: it must not be good for another try.
            with self._store.write(request=context.request_id) as tx:
                tx.spend_nonce(context.key.principal.access_key, context.nonce, tx.now + LIFETIME)
            raise

    def _refused(self, context: Context, error: ApiError, started: float) -> HttpResponse:
        product = context.product.code if context.product else ""
        fields = envelopes.error_fields(context.request_id, context.host, error, product)
        body = envelopes.json_error(fields) if context.json else envelopes.xml_error(fields)
        if error.detail:
            log.info("request %s: %s", context.request_id, error.detail)
        self._note(context, error.wire_code, started)
        return HttpResponse(error.status, _content_type(context), body, context.request_id)

    def _note(self, context: Context, code: str, started: float) -> None:
        """One line a call, in ``key=value``: no secrets, no values of parameters; and the use of its key."""
        account = context.found.principal.account if context.found else "-"
        took = (time.perf_counter() - started) * 1000
        action = _action(context)
        self._report(f"call request={context.request_id} account={account} action={action} code={code} ms={took:.2f}")
        if context.found is not None:
            self._use(context.found, context.now)

    def find_product(self, context: Context) -> None:
        """Sets ``action`` and ``product``."""
        if context.acs3:
            action, version = (context.headers.get(name, b"").decode("latin-1") for name in _ACS3_NAMES)
        else:
            action, version = context.parameters.get("Action", ""), context.parameters.get("Version", "")
        if not version:
            raise MissingParameterValue(name="Version")
        if not action:
            raise MissingParameterValue(name="Action")
        context.action = action
        context.product = self._products.get(version)
        if context.product is None:
            raise InvalidVersion

    def find_region(self, context: Context) -> None:
        """Sets ``region``."""
        context.region = region_of(context.parameters.get("RegionId"), context.host, self._region)

    def check_key(self, context: Context) -> None:
        """The key was read before this transaction began; it must be the same within."""
        key = self._keys.standing(context.reader, context.key)
        if key is None:
            gone = context.reader.get(AccessKey, context.key.principal.access_key) is None
            raise AccessKeyNotFound if gone else AccessKeyInactive
        context.key = key

    def make_call(self, context: Context) -> None:
        """Sets ``call``."""
        context.call = Call(
            principal=context.key.principal,
            request_id=context.request_id,
            region=context.region,
            now=context.reader.now,
            source=context.request.source,
            host=context.host,
            pace=self._pace,
            repeat_seconds=self._repeat_seconds,
            day_seconds=self._day_seconds,
            missing=self._missing,
            seal=self._keys.seal,
            local_clients=self._local_clients,
        )


_ACS3_NAMES = (b"x-acs-action", b"x-acs-version")


def parse(context: Context) -> None:
    """Sets ``query``, ``form`` and ``parameters``."""
    context.query = parse_pairs(context.request.query)
    context.form = parse_pairs(context.request.body)
    context.parameters = first_values(context.query + context.form)


def choose_format(context: Context) -> None:
    """Sets ``json``: ``Format`` in any case, else JSON for ACS3 and XML for v1."""
    wanted = context.parameters.get("Format", "").upper()
    if wanted in ("JSON", "XML"):
        context.json = wanted == "JSON"
    elif wanted:
        raise InvalidFormat


def find_operation(context: Context) -> None:
    """Sets ``operation``."""
    product = context.product
    assert product is not None
    operation = product.find(context.action)
    if operation is None:
        if product.knows(context.action):
            raise OperationNotBuilt(operation=context.action, product=product.code, version=product.version)
        raise ActionNotFound
    context.operation = operation


def spend_nonce(context: Context) -> None:
    """A write is done once, also when this process was restarted between the first and the second try."""
    if not context.tx.spend_nonce(context.key.principal.access_key, context.nonce, context.tx.now + LIFETIME):
        raise SignatureNonceUsed


def decode_request(context: Context) -> None:
    """Sets ``decoded``."""
    if context.reply is None:
        context.decoded = decode(context.operation.request_type, context.parameters)


def run(context: Context) -> None:
    """Sets ``reply``; a dry run ends here, with its transaction undone (reads of VPC have one as well)."""
    if context.reply is not None:
        return
    context.reply = context.operation(cast(Tx, context.reader), context.call, context.decoded)
    if getattr(context.decoded, "dry_run", False) is True:
        raise DryRunOperation
    if context.operation.writes:
        remember(context, context.reply)


def encode(context: Context) -> None:
    """Sets ``body``."""
    if context.json:
        context.body = envelopes.json_reply(context.request_id, context.reply)
    else:
        context.body = envelopes.xml_reply(context.request_id, context.reply, context.operation.name)


def _content_type(context: Context) -> bytes:
    return envelopes.JSON if context.json else envelopes.XML


_readable = re.compile(r"[A-Za-z0-9]{1,80}").fullmatch


def _action(context: Context) -> str:
    service = context.product.ram_code if context.product else "-"
    return f"{service}:{context.action if _readable(context.action) else '-'}"
