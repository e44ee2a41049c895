"""Opening accounts."""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable

from jackfield.identity.resources import AccessKey, Account
from jackfield.store.interface import Tx
from jackfield.store.secrets import KeyRing

_ALPHABET = string.ascii_letters + string.digits


def create_account(tx: Tx, keyring: KeyRing, now: float, name: str = "") -> tuple[Account, str, str]:
    """Opens an account with one active root key pair.

    :param now: seconds since the epoch.
    :return: the account, the id of its key, and the key's secret, which is nowhere else to be had in clear.
    """
    number = _account_number()
    while tx.get(Account, number) is not None:
        number = _account_number()
    account = Account(id=number, account=number, name=name, created=now)
    tx.put(account)
    key_id, secret = create_access_key(tx, keyring, now, account)
    return account, key_id, secret


def create_access_key(tx: Tx, keyring: KeyRing, now: float, account: Account, parent: str = "") -> tuple[str, str]:
    """Gives an account's root one more active key pair.

    :param parent: the project that the key belongs to; empty for the account itself.
    :return: the key's id, 24 characters as the vendor's are, and its secret of 30.
    """
    key, secret = make_access_key(
        lambda text, context: keyring.seal(text, context=context), now, account.id, parent=parent
    )
    tx.put(key)
    return key.id, secret


def make_access_key(
    seal: Callable[[str, str], str], now: float, account: str, *, parent: str = "", user: str = ""
) -> tuple[AccessKey, str]:
    """An active key pair, which is not stored yet.

    :param seal: encrypts a secret (first argument); the second says what it is for.
    :param parent: whose key it is, if it is not the account's. :param user: the RAM user's name, if it is a user's.
    :return: the key and its secret.
    """
    key_id = "LTAI5t" + _letters(18)
    secret = _letters(30)
    key = AccessKey(
        id=key_id,
        account=account,
        parent=parent or account,
        status="Active",
        created=now,
        secret=seal(secret, key_id),
        user=user,
    )
    return key, secret


def _account_number() -> str:
    return str(secrets.choice("123456789")) + "".join(secrets.choice(string.digits) for _ in range(15))


def _letters(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
