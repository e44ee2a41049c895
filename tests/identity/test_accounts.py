"""Accounts, their keys, and keys at hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from jackfield.identity.accounts import create_access_key, create_account
from jackfield.identity.keys import KeyCache
from jackfield.identity.resources import AccessKey, Account
from jackfield.store.resource import IllegalTransition
from jackfield.store.secrets import KeyLost, KeyRing
from jackfield.store.sqlite import SqliteStore, open_store


@pytest.fixture
def keyring(tmp_path: Path) -> KeyRing:
    return KeyRing.open(tmp_path)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = open_store(tmp_path / "store.db")
    yield opened
    opened.close()


def opened_account(store: SqliteStore, keyring: KeyRing, name: str = "") -> tuple[Account, str, str]:
    with store.write() as tx:
        return create_account(tx, keyring, 1000.0, name)


def switch(store: SqliteStore, key_id: str, status: str) -> None:
    with store.write() as tx:
        key = tx.get(AccessKey, key_id)
        assert key is not None
        tx.put(msgspec.structs.replace(key, status=status))


def test_account_is_stored_with_its_key(store: SqliteStore, keyring: KeyRing) -> None:
    account, key_id, secret = opened_account(store, keyring, "tests")
    assert re.fullmatch(r"[1-9]\d{15}", account.id)
    assert re.fullmatch(r"LTAI5t[A-Za-z0-9]{18}", key_id)
    assert re.fullmatch(r"[A-Za-z0-9]{30}", secret)
    with store.read() as reader:
        assert reader.get(Account, account.id) == account
        [key] = reader.children(AccessKey, account.id)
    assert (account.name, account.account, account.created) == ("tests", account.id, 1000.0)
    assert (key.id, key.account, key.status, key.created) == (key_id, account.id, "Active", 1000.0)


def test_accounts_differ(store: SqliteStore, keyring: KeyRing) -> None:
    made = [opened_account(store, keyring) for _ in range(20)]
    assert len({account.id for account, _, _ in made}) == 20
    assert len({key_id for _, key_id, _ in made}) == 20
    assert len({secret for _, _, secret in made}) == 20


def test_secret_is_not_stored_in_clear(store: SqliteStore, keyring: KeyRing, tmp_path: Path) -> None:
    _, _, secret = opened_account(store, keyring)
    store.close()
    for path in tmp_path.iterdir():
        assert secret.encode() not in path.read_bytes()


def test_account_may_have_more_keys(store: SqliteStore, keyring: KeyRing) -> None:
    account, first, _ = opened_account(store, keyring)
    with store.write() as tx:
        second, secret = create_access_key(tx, keyring, 2000.0, account)
    keys = KeyCache(store, keyring)
    found, other = keys.find(second), keys.find(first)
    assert found is not None
    assert other is not None
    assert found.secret == secret.encode()
    assert found.principal.account == other.principal.account == account.id


def test_states_of_a_key(store: SqliteStore, keyring: KeyRing) -> None:
    _, key_id, _ = opened_account(store, keyring)
    for status in ("Inactive", "Active", "Inactive"):
        switch(store, key_id, status)
    with pytest.raises(IllegalTransition):
        switch(store, key_id, "Lost")
    with store.write() as tx:
        key = tx.get(AccessKey, key_id)
        assert key is not None
        tx.remove(key)
    with store.read() as reader:
        assert reader.get(AccessKey, key_id) is None


def test_key_stands_for_the_root_of_its_account(store: SqliteStore, keyring: KeyRing) -> None:
    account, key_id, secret = opened_account(store, keyring)
    key = KeyCache(store, keyring).find(key_id)
    assert key is not None
    assert key.active
    assert key.secret == secret.encode()
    assert key.principal.kind == "Account"
    assert key.principal.id == key.principal.account == account.id
    assert key.principal.arn == f"acs:ram::{account.id}:root"
    assert key.principal.access_key == key_id
    assert secret not in repr(key)


def test_key_is_unsealed_once(store: SqliteStore, keyring: KeyRing) -> None:
    _, key_id, _ = opened_account(store, keyring)
    keys = KeyCache(store, keyring)
    first = keys.find(key_id)
    assert keys.find(key_id) is first
    keys.forget(key_id)
    again = keys.find(key_id)
    assert again == first
    assert again is not first
    keys.forget("nobody's")


def test_unknown_key(store: SqliteStore, keyring: KeyRing) -> None:
    keys = KeyCache(store, keyring)
    assert keys.find("LTAI5tX") is None


def test_cache_is_bounded(store: SqliteStore, keyring: KeyRing) -> None:
    ids = [opened_account(store, keyring)[1] for _ in range(4)]
    keys = KeyCache(store, keyring, limit=2)
    first = keys.find(ids[0])
    second = keys.find(ids[1])
    third = keys.find(ids[2])
    assert keys.find(ids[1]) is second
    assert keys.find(ids[2]) is third
    assert keys.find(ids[0]) is not first


def test_switched_off_key_stands_no_more(store: SqliteStore, keyring: KeyRing) -> None:
    _, key_id, _ = opened_account(store, keyring)
    keys = KeyCache(store, keyring)
    key = keys.find(key_id)
    assert key is not None
    with store.read() as reader:
        assert keys.stands(reader, key)
    switch(store, key_id, "Inactive")
    with store.read() as reader:
        assert not keys.stands(reader, key)
    off = keys.find(key_id)
    assert off is not None
    assert not off.active
    switch(store, key_id, "Active")
    on = keys.find(key_id)
    assert on is not None
    assert on.active


def test_deleted_key_stands_no_more(store: SqliteStore, keyring: KeyRing) -> None:
    _, key_id, _ = opened_account(store, keyring)
    keys = KeyCache(store, keyring)
    key = keys.find(key_id)
    assert key is not None
    with store.write() as tx:
        stored = tx.get(AccessKey, key_id)
        assert stored is not None
        tx.remove(stored)
        assert not keys.stands(tx, key)
    assert keys.find(key_id) is None


def test_secret_moved_to_another_key_does_not_open(store: SqliteStore, keyring: KeyRing) -> None:
    _, key_id, _ = opened_account(store, keyring)
    with store.write() as tx:
        key = tx.get(AccessKey, key_id)
        assert key is not None
        tx.put(msgspec.structs.replace(key, id="LTAI5tOTHER"))
    with pytest.raises(KeyLost):
        KeyCache(store, keyring).find("LTAI5tOTHER")
