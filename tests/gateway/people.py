"""RAM users and roles of a data folder, and calls in their name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from jackfield.gateway.message import HttpRequest, HttpResponse
from jackfield.gateway.pipeline import Pipeline
from jackfield.identity.accounts import make_access_key
from jackfield.identity.keys import KeyCache
from jackfield.identity.people import Attachment, Group, Holder, Membership, Role, User
from jackfield.identity.permissions import touch
from jackfield.identity.policies import Policy, policy_id
from jackfield.identity.sessions import begin
from jackfield.products.registry import Products
from tests.gateway.support import Signer, World


class People(World):
    """A data folder with people in it, and the gateway with all products."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.keys = KeyCache(self.store, self.keyring)
        self.ids: dict[str, str] = {}
        """Ids of users by their names."""
        self.calls = Pipeline(store=self.store, keys=self.keys, products=Products(), clock=self.clock, report=print)

    def user(self, name: str, *documents: str, groups: tuple[str, ...] = ()) -> Signer:
        """A RAM user with policies of these documents."""
        id = self.ids[name] = f"2{len(self.ids):017}"
        made = User(
            id=id, account=self.owner, parent=self.owner, name=name, policies=self._attached(name, documents),
            groups=tuple(Membership(group=one, at=0.0) for one in groups),
        )  # fmt: skip
        self._put(made)
        with self.store.write() as tx:
            key, secret = make_access_key(self.keys.seal, tx.now, self.owner, parent=id, user=name)
            tx.put(key)
        return Signer(key.id, secret, clock=self.clock)

    def group(self, name: str, *documents: str) -> str:
        self._put(Group(id=f"g-{name}", account=self.owner, name=name, policies=self._attached(name, documents)))
        return f"g-{name}"

    def session(self, name: str, *documents: str, session: str = "") -> Signer:
        """A session of a role with policies of these documents."""
        role = Role(
            id=f"role-{name}", account=self.owner, name=name, trust="{}", policies=self._attached(name, documents)
        )
        self._put(role)
        made, token = begin(self.keys.seal, role, name="me", policy=session, expires=self.clock() + 900)
        return Signer(made.key_id, made.secret, clock=self.clock, extra={"x-acs-security-token": token})

    def attach(self, name: str, document: str) -> None:
        """Changes what a policy of :meth:`user` says (``<user>-1``)."""
        with self.store.write() as tx:
            policy = tx.get(Policy, policy_id(self.owner, name))
            assert policy is not None
            tx.put(msgspec.structs.replace(policy, document=document))
            touch(tx, self.owner)

    def call(
        self, who: Signer, version: str, action: str, *, format: str = "", source: str = "127.0.0.1", **values: str
    ) -> HttpResponse:
        """One signed call."""
        who.version = version
        wire = who.acs3(action, {**values, **({"Format": format} if format else {})})
        path, _, query = wire.target.partition("?")
        headers = [(name.encode(), value.encode("latin-1")) for name, value in wire.headers]
        return self.calls.handle(HttpRequest(wire.method, path, query.encode(), headers, wire.body, source))

    def _attached(self, name: str, documents: tuple[str, ...]) -> tuple[Attachment, ...]:
        names = [f"{name}-{number}" for number in range(1, len(documents) + 1)]
        with self.store.write() as tx:
            for one, text in zip(names, documents, strict=True):
                tx.put(Policy(id=policy_id(self.owner, one), account=self.owner, name=one, default="v1", document=text))
        return tuple(Attachment(type="Custom", name=one, at=0.0) for one in names)

    def _put(self, holder: Holder) -> None:
        with self.store.write() as tx:
            tx.put(holder)
            tx.claim(holder.space, holder.name.lower(), holder)
            touch(tx, self.owner)


def told(answer: HttpResponse) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(answer.body)
    return decoded
