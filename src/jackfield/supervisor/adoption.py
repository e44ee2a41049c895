"""An administrator adopts databases that run already, and gives them up again."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from jackfield.endpoints.addresses import pool
from jackfield.endpoints.resources import Endpoint
from jackfield.engines.external import ExternalEngine, ExternalNode, Found, Protocol
from jackfield.engines.external.node import NO_PATH, check
from jackfield.gateway.adoption import Refused
from jackfield.identity.principal import Principal
from jackfield.identity.resources import Account
from jackfield.products.adopted import ADOPTED, Adopted, Wanted
from jackfield.products.errors import ApiError
from jackfield.products.operation import Call
from jackfield.products.rds.adoption import adopt_db_instance
from jackfield.products.rds.instances import DeleteDBInstanceRequest, delete_db_instance
from jackfield.products.rds.resources import DBInstance
from jackfield.products.regions import DEFAULT_REGION
from jackfield.products.tair.adoption import adopt_instance
from jackfield.products.tair.instances import DeleteInstanceRequest, delete_instance
from jackfield.products.tair.resources import Instance
from jackfield.products.vpc.resources import VSwitch
from jackfield.reconcile.adopted_servers import OWN_ADDRESS
from jackfield.reconcile.world import World
from jackfield.settings import PACES
from jackfield.store.interface import Reader, Tx

ENGINES: dict[tuple[str, str], Protocol] = {
    ("rds", "mysql"): "mysql",
    ("rds", "postgresql"): "postgres",
    ("tair", "redis"): "redis",
}
"""(product, engine) → what it speaks."""

_SPOKEN: dict[Protocol, str] = {"mysql": "MySQL", "postgres": "PostgreSQL", "redis": "Redis"}


class AdoptionRequest(Wanted, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """:param product: ``rds`` or ``tair``.

    :param host: name or address where the database listens, with ``port``; or ``socket``, the path of its Unix socket.
    :param user: who looks whether it answers, with ``password``; both empty: its greeting is proof enough.
    :param account_id: whose instance it becomes; empty: the first account's.
    """

    product: str
    host: str = ""
    port: int = 0
    socket: str = ""
    user: str = ""
    password: str = ""
    account_id: str = ""


class Adoption:
    """:param account: gives the id of the first account, for requests that name none."""

    def __init__(self, world: World, account: Callable[[], str]) -> None:
        self._world = world
        self._account = account
        self._engine = ExternalEngine()

    def adopt(self, body: dict[str, Any]) -> dict[str, Any]:
        """Looks whether the database is there, and makes the instance, whose reconciler proves its endpoint.

        :param body: an :class:`AdoptionRequest`. :return: what was made; no secret is in it.
        :raises Refused: it is not there, is something else, or the instance can not be as it is wanted.
        """
        try:
            request = msgspec.convert(body, AdoptionRequest)
        except msgspec.ValidationError as error:
            raise Refused(400, str(error)) from None
        if not self._world.real:
            raise Refused(409, "this Jackfield runs with --engines none: it dials no database")
        node = self._node(request)
        found = self._find(node)
        if not found.health.answers:
            raise Refused(502, f"no {_SPOKEN[node.protocol]} at {node.place}: {found.health.reason}")
        if not request.account_id:
            request = msgspec.structs.replace(request, account_id=self._account())
        try:
            with self._world.store.write() as tx:
                endpoint, adopted = self._make(tx, request, node, found)
        except ApiError as error:
            taken = "Duplicate" in error.wire_code or "AlreadyExists" in error.wire_code
            raise Refused(409 if taken else 400, f"{error.wire_code}: {error.text}") from None
        return {
            "id": endpoint.parent,
            "product": request.product,
            "account": endpoint.account,
            "region": endpoint.region,
            "adopted": adopted.place,
            "version": adopted.version,
            "connection_string": endpoint.name,
            "port": endpoint.port,
            "vpc_address": endpoint.vpc_address,
        }

    def end(self, id: str) -> None:
        """Deletes the instance of an adopted database as its owner's call would; the database is left alone.

        :raises Refused: there is none such, or its product refuses.
        """
        try:
            with self._world.store.write() as tx:
                holder = tx.holder(ADOPTED, id)
                if holder is None:
                    raise Refused(404, f"there is no adopted instance {id}")
                if holder[0] == DBInstance.kind:
                    rds = tx.get(DBInstance, id)
                    assert rds is not None
                    delete_db_instance(tx, self._call(tx, rds.account), DeleteDBInstanceRequest(db_instance_id=id))
                else:
                    tair = tx.get(Instance, id)
                    assert tair is not None
                    delete_instance(tx, self._call(tx, tair.account), DeleteInstanceRequest(instance_id=id))
        except ApiError as error:
            raise Refused(409, f"{error.wire_code}: {error.text}") from None

    def _node(self, request: AdoptionRequest) -> ExternalNode:
        protocol = ENGINES.get((request.product, request.engine))
        if protocol is None:
            known = ", ".join(f"{engine} of {product}" for product, engine in ENGINES)
            raise Refused(400, f"product and engine are one of: {known}")
        if request.password and not request.user and protocol != "redis":
            raise Refused(400, "a password needs a user")
        if request.user and not request.password and protocol == "redis":
            raise Refused(400, "a user needs a password")
        node = ExternalNode(
            id="",
            protocol=protocol,
            host=request.host.strip("[]"),
            port=request.port,
            socket=Path(request.socket) if request.socket else NO_PATH,
            user=request.user,
            password=request.password,
        )
        try:
            check(node)
        except ValueError as error:
            raise Refused(400, f"host and port, or socket: {error}") from None
        return node

    def _find(self, node: ExternalNode) -> Found:
        """:raises Refused: it is one of ours."""
        folder = self._world.folder
        if node.socket != NO_PATH:
            if any(node.socket.resolve().is_relative_to(own.resolve()) for own in (folder.root, folder.run)):
                raise Refused(400, f"{node.socket} is a socket of this Jackfield's own")
            return self._engine.find(node)
        with self._world.store.read() as view:
            own = pool(view)
        found = self._engine.find(node, avoid=(own,), shun=OWN_ADDRESS)
        if found.health.reason == OWN_ADDRESS:
            raise Refused(400, f"{node.place} can not be adopted: {OWN_ADDRESS}")
        return found

    def _make(self, tx: Tx, request: AdoptionRequest, node: ExternalNode, found: Found) -> tuple[Endpoint, Adopted]:
        account = tx.get(Account, request.account_id)
        if account is None:
            raise Refused(404, f"there is no account {request.account_id}")
        if request.vswitch_id and not request.vpc_id:
            request = msgspec.structs.replace(request, vpc_id=self._vpc_of(tx, request.vswitch_id))
        adopted = Adopted(
            protocol=node.protocol,
            target=found.target,
            host=node.host,
            port=node.port,
            socket=request.socket,
            user=node.user,
            version=found.health.version,
        )
        call = self._call(tx, account.id)
        if request.product == "tair":
            endpoint = adopt_instance(tx, call, request, adopted, request.password)
        else:
            endpoint = adopt_db_instance(tx, call, request, adopted, request.password)
        return endpoint, adopted

    def _vpc_of(self, tx: Reader, vswitch_id: str) -> str:
        vswitch = tx.get(VSwitch, vswitch_id)
        if vswitch is None:
            raise Refused(404, f"there is no vSwitch {vswitch_id}")
        return vswitch.parent

    def _call(self, tx: Reader, account: str) -> Call:
        """A call of the account's root."""
        return Call(
            principal=Principal(
                account=account, kind="Account", id=account, arn=f"acs:ram::{account}:root", access_key=""
            ),
            request_id=secrets.token_hex(16),
            region=DEFAULT_REGION,
            now=tx.now,
            pace=PACES[self._world.settings.pace],
            missing=lambda engine: False,
            seal=lambda text, context: self._world.keyring.seal(text, context=context),
        )
