"""How an operation is declared: once, with everything that dispatch, checks, documents and tests need.

    @operation(
        TAIR,
        title="Releases the private endpoint of a cluster instance",
        access="delete",
        resource="instance/{InstanceId}",
        errors=(NetTypeNotExists, InstanceStatusNotSupport, InvalidDbInstanceIdNotFound),
    )
    def release_direct_connection(tx: Tx, call: Call, request: ReleaseDirectConnectionRequest) -> Reply: ...

The function is plain and synchronous: it reads and writes through ``tx``, raises :class:`ApiError`, and does no
input or output, looks at no clock (``call.now``) and never waits. Its name is the operation's in snake case, its
annotations name the request and reply types.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Generic, Literal, TypeVar

import msgspec

from jackfield.identity.principal import Principal
from jackfield.products.errors import ApiError
from jackfield.products.names import vendor_name
from jackfield.settings import DAY_SECONDS, REPEAT_SECONDS
from jackfield.store.interface import Tx

Access = Literal["create", "delete", "update", "get", "list", "none"]

READS: frozenset[str] = frozenset({"get", "list", "none"})


class Request(msgspec.Struct, kw_only=True, rename=vendor_name):
    """Base of request types. Fields without a default are mandatory; ``Annotated[…, Param(…)]`` documents them."""


class Reply(msgspec.Struct, kw_only=True, rename=vendor_name):
    """Base of reply types, and the reply of operations that answer with the request id alone.

    The gateway puts ``RequestId`` in. Fields that are ``msgspec.UNSET`` are left out, as the vendor leaves them out.
    """


class Shape(msgspec.Struct, kw_only=True, rename=vendor_name):
    """Base of the objects inside requests and replies."""


class Param(msgspec.Struct, frozen=True):
    """What the documents say of a parameter.

    :param text: one or two sentences. :param example: a value as it goes over the wire.
    :param enum: the values that are accepted; empty means any. :param range: smallest and largest number accepted.
    :param invalid: the error for a value outside ``enum`` or ``range``; left out, the gateway's ``Invalid<Name>``.
    :param missing: the error when it is absent although mandatory; left out, the gateway's ``Missing<Name>``.
    :param empty: whether an empty text is a value although it is mandatory.
    """

    text: str
    example: str = ""
    enum: tuple[str, ...] = ()
    range: tuple[int, int] | None = None
    invalid: type[ApiError] | None = None
    missing: type[ApiError] | None = None
    empty: bool = False


class ChangeNote(msgspec.Struct, frozen=True):
    """One line of an operation's change history. :param date: ``YYYY-MM-DD``."""

    date: str
    summary: str


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One authenticated call, as an operation sees it.

    :param region: ``RegionId`` of the request, else the region of the Host name it came to, else the default.
    :param now: seconds since the epoch.
    :param source: the caller's address.
    :param host: the API's own ``HOST:PORT``, as clients reach it.
    :param pace: seconds that a transition takes beyond its real work.
    :param repeat_seconds: how long some calls cannot be repeated.
    :param day_seconds: how long a day lasts for which something is retained.
    :param missing: whether this machine lacks a database engine (``redis``); a create call for it is refused.
    :param seal: encrypts a secret (first argument) for the store; the second says what it is for.
    :param local_clients: ``allow`` where clients of this machine are admitted whatever a whitelist says.
    :param project: the OceanBase Cloud project that the call is confined to; empty: all of the account's.
    """

    principal: Principal
    request_id: str
    region: str
    now: float
    source: str = ""
    host: str = ""
    pace: float = 0.3
    repeat_seconds: float = REPEAT_SECONDS
    day_seconds: float = DAY_SECONDS
    missing: Callable[[str], bool]
    seal: Callable[[str, str], str]
    local_clients: Literal["whitelist", "allow"] = "whitelist"
    project: str = ""

    @property
    def account(self) -> str:
        return self.principal.account


Rule = Callable[[str, Tx, Call, Any], None]
"""Judges an operation by its name and its request; raises :class:`ApiError`."""

Req = TypeVar("Req", bound=Request)
Rep = TypeVar("Rep", bound=Reply)


class Operation(Generic[Req, Rep]):
    """A declared operation; calling it runs its function."""

    def __init__(
        self,
        product: Product,
        run: Callable[[Tx, Call, Req], Rep],
        *,
        title: str,
        access: Access,
        resource: str,
        errors: Iterable[type[ApiError]],
        mandatory: bool,
        conditions: Iterable[str],
        associated: Iterable[str],
        token: str,
        changes: Iterable[ChangeNote],
        source: str,
        name: str,
        rest: tuple[str, str],
    ) -> None:
        self.product = product
        self.run = run
        self.name = name or "".join(word.capitalize() for word in run.__name__.split("_"))
        self.title = title
        self.description = inspect.getdoc(run) or ""
        self.access = access
        self.resource = resource
        self.mandatory = mandatory
        self.errors = tuple(errors)
        self.conditions = tuple(conditions)
        self.associated = tuple(associated)
        self.token = token
        self.changes = tuple(changes)
        self.source = source
        self.method, self.path = rest
        self._types: tuple[type[Req], type[Rep]] | None = None

    @property
    def action(self) -> str:
        """What a policy names: ``kvstore:ReleaseDirectConnection``."""
        return f"{self.product.ram_code}:{self.name}"

    @property
    def arn(self) -> str:
        """The pattern of the resource that permission is asked for; ``*`` where it is all resources."""
        if self.resource == "*":
            return "*"
        return f"acs:{self.product.ram_code}:{{#regionId}}:{{#accountId}}:{self.resource}"

    @property
    def writes(self) -> bool:
        return self.access not in READS

    @property
    def request_type(self) -> type[Req]:
        return self._annotated()[0]

    @property
    def reply_type(self) -> type[Rep]:
        return self._annotated()[1]

    def __call__(self, tx: Tx, call: Call, request: Req) -> Rep:
        """:raises ApiError: the product's rule, or the operation itself, refuses it."""
        if self.writes and self.product.rule is not None:
            self.product.rule(self.name, tx, call, request)
        return self.run(tx, call, request)

    def _annotated(self) -> tuple[type[Req], type[Rep]]:
        if self._types is None:  # resolved on first use: no work at import
            hints = typing.get_type_hints(self.run)
            self._types = (hints["request"], hints["return"])
        return self._types


class Product:
    """One public API.

    :param code: as the vendor's gateway names it, also the ``product`` of error pages (``R-kvstore``).
    :param version: the API version; the gateway dispatches on it alone, since operations share names.
    :param ram_code: the service part of actions and ARNs (``kvstore``).
    :param host: first labels of its host names (``r-kvstore``).
    :param known: names of all operations of the vendor's product, built here or not.
    :param rule: judges each writing operation before it runs.
    """

    def __init__(
        self,
        *,
        code: str,
        version: str,
        ram_code: str,
        host: str,
        known: Callable[[], frozenset[str]],
        rule: Rule | None = None,
    ) -> None:
        self.code = code
        self.version = version
        self.ram_code = ram_code
        self.host = host
        self.rule = rule
        self._known = known
        self._operations: dict[str, Operation[Any, Any]] = {}

    @property
    def operations(self) -> Mapping[str, Operation[Any, Any]]:
        return MappingProxyType(self._operations)

    @property
    def names(self) -> frozenset[str]:
        """Every operation of the vendor's product, built here or not."""
        return self._known()

    def find(self, name: str) -> Operation[Any, Any] | None:
        return self._operations.get(name)

    def knows(self, name: str) -> bool:
        """Whether the vendor's product has such an operation."""
        return name in self._operations or name in self._known()

    def add(self, declared: Operation[Any, Any]) -> None:
        if declared.name in self._operations:
            raise ValueError(f"{self.code} {declared.name} is declared twice")
        self._operations[declared.name] = declared


def operation(
    product: Product,
    *,
    title: str,
    access: Access,
    resource: str = "*",
    errors: Iterable[type[ApiError]] = (),
    mandatory: bool = True,
    conditions: Iterable[str] = (),
    associated: Iterable[str] = (),
    token: str = "",
    changes: Iterable[ChangeNote] = (),
    source: str = "",
    name: str = "",
    rest: tuple[str, str] = ("", ""),
) -> Callable[[Callable[[Tx, Call, Req], Rep]], Operation[Req, Rep]]:
    """Declares an operation.

    :param title: what it does, as the documents' heading says it.
    :param access: the access level for policies; ``create``, ``delete`` and ``update`` write.
    :param resource: relative ARN with ``{Parameter}`` placeholders, ``*`` for all resources.
    :param errors: what it raises beyond the gateway's own.
    :param mandatory: whether a policy must name the resource (the documents mark such types with ``*``).
    :param conditions: condition keys of the product that it judges.
    :param associated: actions that the caller needs besides.
    :param token: the parameter that carries the idempotence token (``ClientToken``, Tair's ``Token``), if it has one.
    :param changes: history as the documents give it.
    :param source: where the rules come from.
    :param name: only where the vendor's spelling is not the capitalised function name (``DescribeDBInstanceNetInfo``).
    :param rest: method and path with ``{parameter}`` segments, where it is not called by name (RPC) but so.
    """

    def declare(run: Callable[[Tx, Call, Req], Rep]) -> Operation[Req, Rep]:
        declared = Operation(
            product, run, title=title, access=access, resource=resource, errors=errors, mandatory=mandatory,
            conditions=conditions, associated=associated, token=token, changes=changes, source=source, name=name,
            rest=rest,
        )  # fmt: skip
        product.add(declared)
        return declared

    return declare
