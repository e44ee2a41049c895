"""Access keys at hand: a secret is read and unsealed once, not once a call."""

from __future__ import annotations

import msgspec

from jackfield.identity.people import Role
from jackfield.identity.principal import Principal
from jackfield.identity.resources import AccessKey
from jackfield.identity.sessions import open_token
from jackfield.store.interface import Reader, Store
from jackfield.store.secrets import KeyRing


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """An access key, ready to verify with.

    :param secret: in clear; never to be logged.
    :param active: ``False`` when the key is switched off.
    :param sealed: the secret as stored, to notice that the key was replaced; the token of a temporary key.
    :param expires: when a temporary key is over, seconds since the epoch; 0: never.
    """

    principal: Principal
    secret: bytes
    active: bool
    sealed: str
    expires: float = 0.0

    def __repr__(self) -> str:
        return f"Key({self.principal.access_key!r}, active={self.active})"


_decode = msgspec.json.Decoder(AccessKey).decode
_DECOY = msgspec.json.encode(
    AccessKey(id="-" * 24, account="0" * 16, parent="0" * 20, status="Active", created=1e9 + 0.1, secret="-" * 81)
)
"""As long as a key is in the store."""


class KeyCache:
    """Keys by id, the latest ``limit`` that were read."""

    def __init__(self, store: Store, keyring: KeyRing, *, limit: int = 10_000) -> None:
        self._store = store
        self._keyring = keyring
        self._limit = limit
        self._keys: dict[str, Key] = {}
        self._sessions: dict[str, Key] = {}
        """Temporary keys by their tokens."""

    def find(self, key_id: str) -> Key | None:
        """The key, active or not; ``None`` when there is none. Only active keys are remembered."""
        key = self._keys.get(key_id)
        if key is None:
            with self._store.read() as reader:
                stored = reader.get(AccessKey, key_id)
            if stored is None:
                return None
            key = self._remember(stored)
        return key

    def look_up(self, key_id: str) -> Key | None:
        """The active key; ``None`` when there is none. The store is asked each time and a key is decoded each time, so
        that what the call costs does not tell which ids exist, as a remembered key would.
        """
        with self._store.read() as reader:
            stored = reader.get(AccessKey, key_id)
        known = stored or _decode(_DECOY)
        key = self._keys.get(known.id)
        if stored is None or stored.status != "Active" or stored.user:
            return None
        return key if key is not None and key.sealed == stored.secret else self._remember(stored)

    def session_key(self, token: str) -> Key:
        """The temporary key of a security token, over or not. :raises MalformedToken: it is no token."""
        key = self._sessions.get(token)
        if key is None:
            session = open_token(self._keyring, token)
            key = Key(
                principal=session.principal,
                secret=session.secret.encode(),
                active=True,
                sealed=token,
                expires=session.expires,
            )
            self._keep(self._sessions, token, key)
        return key

    def standing(self, reader: Reader, key: Key) -> Key | None:
        """The key as it is now: with its user's name of now, or ``None`` and forgotten when it signs nothing any more.

        Asked within a call's own transaction, so that a key that was switched off or deleted, by whomever, signs
        nothing any more. A temporary key stands as long as its role is there.
        """
        if key.principal.role:
            return key if reader.get(Role, key.principal.role) is not None else None
        stored = reader.get(AccessKey, key.principal.access_key)
        if stored is None or stored.secret != key.sealed or stored.status != "Active":
            self.forget(key.principal.access_key)
            return None
        return key if stored.user == key.principal.name else self._remember(stored)

    def stands(self, reader: Reader, key: Key) -> bool:
        """As :meth:`standing`, where only that matters."""
        return self.standing(reader, key) is not None

    def seal(self, text: str, context: str) -> str:
        """Encrypts a secret that a call brought (a database account's password), for the store."""
        return self._keyring.seal(text, context=context)

    def forget(self, key_id: str) -> None:
        """Reads the key again on its next use; to be called after a change of it is committed."""
        self._keys.pop(key_id, None)

    def _remember(self, stored: AccessKey) -> Key:
        key = self._unseal(stored)
        if key.active:
            self._keep(self._keys, stored.id, key)
        return key

    def _keep(self, kept: dict[str, Key], name: str, key: Key) -> None:
        if len(kept) >= self._limit:
            del kept[next(iter(kept))]
        kept[name] = key

    def _unseal(self, stored: AccessKey) -> Key:
        secret = self._keyring.unseal(stored.secret, context=stored.id)
        if stored.user:
            principal = Principal(
                account=stored.account,
                kind="RAMUser",
                id=stored.parent,
                arn=f"acs:ram::{stored.account}:user/{stored.user}",
                access_key=stored.id,
                name=stored.user,
            )
        else:
            principal = Principal(
                account=stored.account,
                kind="Account",
                id=stored.account,
                arn=f"acs:ram::{stored.account}:root",
                access_key=stored.id,
                project=stored.parent if stored.parent != stored.account else "",
            )
        return Key(principal=principal, secret=secret.encode(), active=stored.status == "Active", sealed=stored.secret)
