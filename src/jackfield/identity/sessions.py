"""Sessions of assumed roles: a temporary key pair, and a token that holds everything about it.

Nothing of a session is stored. The token is sealed by the data folder's key ring, so nobody else makes or changes
one, and it is good on every process of the folder until it is over. A session is nothing without its role: the role
is looked up in each call's own transaction.
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable

import msgspec

from jackfield.identity.people import Role
from jackfield.identity.principal import Principal
from jackfield.store.secrets import KeyLost, KeyRing

PREFIX = "STS."
"""What the ids of temporary keys begin with."""

LONGEST_TOKEN = 32_768

_CONTEXT = "security token"
_ALPHABET = string.ascii_letters + string.digits


class MalformedToken(ValueError):
    """The text is no token of this data folder."""


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """What a token holds.

    :param key_id: ``STS.…``. :param secret: in clear; never to be logged.
    :param role: id. :param role_name: as it is spelt. :param name: RoleSessionName.
    :param policy: JSON that narrows what the role allows; empty: nothing does.
    :param expires: seconds since the epoch. :param source: SourceIdentity.
    """

    key_id: str
    secret: str
    account: str
    role: str
    role_name: str
    name: str
    policy: str
    expires: float
    source: str = ""

    def __repr__(self) -> str:
        return f"Session({self.key_id!r}, role={self.role!r})"

    @property
    def arn(self) -> str:
        return f"acs:ram::{self.account}:role/{self.role_name}/{self.name}"

    @property
    def principal_id(self) -> str:
        """AssumedRoleId, and PrincipalId of the session's calls."""
        return f"{self.role}:{self.name}"

    @property
    def principal(self) -> Principal:
        return Principal(
            account=self.account,
            kind="AssumedRoleUser",
            id=self.principal_id,
            arn=self.arn,
            access_key=self.key_id,
            name=self.name,
            role=self.role,
            session_policy=self.policy,
        )


def begin(
    seal: Callable[[str, str], str], role: Role, *, name: str, policy: str, expires: float, source: str = ""
) -> tuple[Session, str]:
    """A session of a role, and its token.

    :param seal: encrypts a secret (first argument); the second says what it is for.
    """
    session = Session(
        key_id=PREFIX + _letters(26),
        secret=_letters(44),
        account=role.account,
        role=role.id,
        role_name=role.name,
        name=name,
        policy=policy,
        expires=expires,
        source=source,
    )
    return session, seal(msgspec.json.encode(session).decode(), _CONTEXT)


def open_token(keyring: KeyRing, token: str) -> Session:
    """Reads a token. :raises MalformedToken: it is none of this data folder's."""
    if len(token) > LONGEST_TOKEN:
        raise MalformedToken
    try:
        return msgspec.json.decode(keyring.unseal(token, context=_CONTEXT), type=Session)
    except (KeyLost, msgspec.DecodeError):
        raise MalformedToken from None


def _letters(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
