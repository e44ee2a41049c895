from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest

from jackfield.store.errors import Orphan
from jackfield.store.interface import Store, Tx
from tests.store.kinds import ACCOUNT, EVIDENCE, Clock, endpoint, note


def fail_after(store: Store, write: Callable[[Tx], None]) -> None:
    with contextlib.suppress(ZeroDivisionError), store.write() as tx:
        write(tx)
        raise ZeroDivisionError


def test_the_feed_tells_the_life_of_a_resource(store: Store, clock: Clock) -> None:
    with store.write(request="R1") as tx:
        tx.put(endpoint("e"))
    clock.now += 1
    with store.write() as tx:
        tx.put(endpoint("e", "Normal"), evidence={"acknowledged": 7})
    with store.write(request="R2") as tx:
        tx.put(endpoint("e", "Normal"))  # nothing new: no entry
        tx.put(endpoint("e", "Normal"), evidence={"looked": True})
        tx.note(endpoint("e"), {"cut": [1, 2]})  # an old struct in hand does not change what the feed says
        tx.put(endpoint("e", "Deleting"))
    with store.write() as tx:
        tx.remove(endpoint("e"), evidence={"gone": "yes"})
    with store.read() as view:
        changes = view.changes()
    assert [(change.before, change.after) for change in changes] == [
        ("", "Creating"),
        ("Creating", "Normal"),
        ("Normal", "Normal"),
        ("Normal", "Normal"),
        ("Normal", "Deleting"),
        ("Deleting", ""),
    ]
    evidence = [change.evidence for change in changes]
    assert evidence == [{}, {"acknowledged": 7}, {"looked": True}, {"cut": [1, 2]}, {}, {"gone": "yes"}]
    assert [change.request for change in changes] == ["R1", "", "R2", "R2", "R2", ""]
    assert [change.seq for change in changes] == [1, 2, 3, 4, 5, 6]
    assert changes[1].at == changes[0].at + 1 == clock.now
    assert {(change.kind, change.id, change.account) for change in changes} == {("test.endpoint", "e", ACCOUNT)}


def test_the_feed_is_read_from_any_number_by_kind_and_by_id(store: Store) -> None:
    with store.write() as tx:
        for number in range(6):
            tx.put(note(f"x{number % 3}"), evidence=EVIDENCE)
            tx.put(endpoint(f"x{number % 3}"), evidence=EVIDENCE)
    with store.read() as view:
        assert [change.seq for change in view.changes(after=10)] == [11, 12]
        assert [change.seq for change in view.changes(limit=3)] == [1, 2, 3]
        assert [change.seq for change in view.changes(kind="test.note", after=3)] == [5, 7, 9, 11]
        assert [change.seq for change in view.changes(id="x1", after=3)] == [4, 9, 10]
        assert [change.seq for change in view.changes(kind="test.endpoint", id="x1")] == [4, 10]
        assert view.changes(after=12) == []
        assert view.changes(limit=0) == []


def test_a_transaction_that_fails_leaves_no_gap(store: Store) -> None:
    with store.write() as tx:
        tx.put(note("a"))
    fail_after(store, lambda tx: tx.put(note("b")))
    with store.write() as tx:
        tx.put(note("c"))
    with store.read() as view:
        assert [(change.seq, change.id) for change in view.changes()] == [(1, "a"), (2, "c")]


def test_a_note_needs_its_resource(store: Store) -> None:
    with store.write() as tx, pytest.raises(Orphan):
        tx.note(note("a"), EVIDENCE)
