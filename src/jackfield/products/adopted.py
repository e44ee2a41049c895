"""Databases that run already, somebody else's, behind instances of ours: what the store keeps of them, and which
operations may be done on such an instance.

Endpoints, whitelists, TLS at the relay and the record itself are Jackfield's: operations on them work. Everything that
would change the database (its accounts, its data, its process) is refused, in one place, before the operation runs.
"""

from __future__ import annotations

from typing import Any, Literal, Protocol

import msgspec

from jackfield.products.errors import ApiError
from jackfield.store.interface import Reader
from jackfield.store.resource import Resource

ADOPTED = "adopted"
"""Claim space of instances whose database was adopted, each under its own id."""

NAMED_BY = ("db_instance_id", "instance_id", "db_instance_name")
"""The parameters by which writing operations name an instance."""

AWAY = "The database of the instance does not answer"
"""What connectivity checks tell the owner, who need not know where it runs."""


class Adopted(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a database runs, and what was last seen of it.

    :param protocol: what it speaks.
    :param host: a name or an IP address; empty where it is reached by ``socket``.
    :param port: of its TCP listener; 0 where there is none.
    :param socket: path of its Unix socket.
    :param user: who looks whether it answers, with ``secret``; both empty: only its greeting is looked at. Redis before
        6 has a password and no user.
    :param secret: the password, sealed with the instance's id as context.
    :param target: where the relay dials it, ``unix:PATH`` or ``tcp:ADDRESS:PORT``: the address that the host's name
        had, and that answered, when it was last looked at.
    :param version: as it was last told; empty where nothing tells it.
    :param away: why the database did not answer when it was last looked at; empty: it did.
    """

    protocol: Literal["mysql", "postgres", "redis"]
    target: str
    host: str = ""
    port: int = 0
    socket: str = ""
    user: str = ""
    secret: str = ""
    version: str = ""
    away: str = ""

    @property
    def place(self) -> str:
        """As the administrator named it."""
        if self.socket:
            return self.socket
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """How the instance of an adopted database is to look. Empty fields get what a create call would give them.

    :param engine: ``mysql``, ``postgresql`` or ``redis``.
    :param engine_version: what Describe calls tell; left out, the vendor's nearest to what the database says.
    :param vswitch_id: where the private endpoint lies; its VPC and zone follow from it.
    :param private_ip_address: an address of the vSwitch.
    :param endpoint_port: of the private endpoint; 0: the engine's usual one.
    :param connection_string_prefix: first label of the private endpoint's name; left out, the instance's id.
    :param security_ips: who may connect, separated by commas; left out, 127.0.0.1, which admits nobody.
    """

    engine: str
    engine_version: str = ""
    region_id: str = "cn-hangzhou"
    zone_id: str = ""
    vpc_id: str = ""
    vswitch_id: str = ""
    private_ip_address: str = ""
    endpoint_port: int = 0
    connection_string_prefix: str = ""
    description: str = ""
    security_ips: str = ""


class Caller(Protocol):
    """What is needed of a call."""

    @property
    def account(self) -> str: ...


class AdoptedRule:
    """Judges the writing operations of a product.

    Which operations may be done is listed, not which may not: one that is built later is refused until somebody has
    thought about it.

    :param resource: the product's instances.
    :param allowed: names of operations that leave the database alone.
    :param error: how the product refuses an operation that the type of an instance does not have.
    :param unless: (operation, parameter) pairs: an operation that is allowed unless this parameter is given.
    """

    def __init__(
        self,
        resource: type[Resource],
        allowed: frozenset[str],
        error: type[ApiError],
        unless: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self._resource = resource
        self.allowed = allowed
        self.error = error
        self.unless = unless

    def __call__(self, operation: str, tx: Reader, call: Caller, request: Any) -> None:
        """:raises ApiError: the request names an adopted instance of the caller's, and the operation is not listed."""
        if operation in self.allowed and not any(
            operation == name and getattr(request, parameter) for name, parameter in self.unless
        ):
            return
        for parameter in NAMED_BY:
            id = getattr(request, parameter, None)
            if isinstance(id, str) and id and tx.holder(ADOPTED, id):
                instance = tx.get(self._resource, id)
                if instance is not None and instance.account == call.account:
                    raise self.error
