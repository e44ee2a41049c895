"""Tokens of assumed roles: they hold what they were given, end on time, and only their own folder opens them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jackfield.gateway.authentication import Authenticator
from jackfield.gateway.context import Context
from jackfield.gateway.errors import SecurityTokenExpired
from jackfield.gateway.message import HttpRequest
from jackfield.gateway.nonces import NonceLog
from jackfield.gateway.pipeline import choose_format, parse
from jackfield.identity.keys import KeyCache
from jackfield.identity.people import Role
from jackfield.identity.sessions import LONGEST_TOKEN, MalformedToken, Session, begin, open_token
from jackfield.store.secrets import KeyRing
from jackfield.store.sqlite import SqliteStore, open_store
from tests.gateway.support import Signer

ROLE = Role(id="2" * 18, account="1" * 16, parent="1" * 16, name="Admin", trust="{}")
RING = KeyRing(b"k" * 32)


def seal(text: str, context: str) -> str:
    return RING.seal(text, context=context)


def made(policy: str = "", expires: float = 4000.0) -> tuple[Session, str]:
    return begin(seal, ROLE, name="ci", policy=policy, expires=expires)


def test_a_token_holds_its_session() -> None:
    session, token = made('{"Version":"1"}')
    assert open_token(RING, token) == session
    principal = session.principal
    assert (principal.kind, principal.role, principal.session_policy) == ("AssumedRoleUser", ROLE.id, '{"Version":"1"}')
    assert (principal.arn, principal.id) == (f"{ROLE.arn}/ci", f"{ROLE.id}:ci")
    assert session.secret not in repr(session)
    assert session.secret not in token


def test_no_two_are_alike() -> None:
    assert len({made()[0].key_id for _ in range(100)} | {made()[0].secret for _ in range(100)}) == 200


@given(st.text(max_size=200))
def test_nothing_else_is_a_token(text: str) -> None:
    with pytest.raises(MalformedToken):
        open_token(RING, text)


def test_other_tokens_of_the_ring_are_none() -> None:
    for text in (RING.seal("{}", context="security token"), seal(made()[1], "LTAI"), "v1." + "A" * LONGEST_TOKEN):
        with pytest.raises(MalformedToken):
            open_token(RING, text)
    with pytest.raises(MalformedToken):
        open_token(KeyRing(b"o" * 32), made()[1])


@pytest.mark.parametrize("at", [3, 40, -1])
def test_a_changed_token_is_none(at: int) -> None:
    token = made()[1]
    place = at % len(token)
    changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
    if at == -1:  # the last digits of base64 may hold bits that count for nothing
        changed = token[:-4]
    with pytest.raises(MalformedToken):
        open_token(RING, changed)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = open_store(tmp_path / "store.db")
    yield store
    store.close()


@pytest.mark.parametrize("form", ["v1", "acs3"])
def test_a_session_ends_on_time(store: SqliteStore, form: str) -> None:
    """Judged by the clock of the call: accepted a second before its end, refused from then on."""
    session, token = made(expires=1_800_000_000.0)
    authenticate = Authenticator(KeyCache(store, RING), NonceLog())
    extra = {"v1": {"SecurityToken": token}, "acs3": {"x-acs-security-token": token}}[form]

    def context(now: float) -> Context:
        wire = getattr(Signer(session.key_id, session.secret, clock=lambda: now, extra=extra), form)("WhoAmI")
        path, _, query = wire.target.partition("?")
        headers = [(name.encode(), value.encode()) for name, value in wire.headers]
        context = Context(HttpRequest(wire.method, path, query.encode(), headers, wire.body), now)
        parse(context)
        choose_format(context)
        return context

    before = context(session.expires - 1)
    authenticate(before)
    assert before.key.principal == session.principal
    for late in (0, 1, 100_000):
        with pytest.raises(SecurityTokenExpired):
            authenticate(context(session.expires + late))
