from __future__ import annotations

import pytest

from jackfield.store.errors import Orphan
from jackfield.store.interface import ClaimTaken, Store
from tests.store.kinds import Note, endpoint, note


def test_a_claim_has_one_holder(store: Store) -> None:
    with store.write() as tx:
        tx.put(note("a"))
        tx.put(note("b"))
        tx.claim("name", "x", note("a"))
        tx.claim("name", "x", note("a"))
        tx.claim("address", "x", note("b"))
        with pytest.raises(ClaimTaken) as caught:
            tx.claim("name", "x", note("b"))
    assert caught.value.holder == ("test.note", "a")
    assert (caught.value.space, caught.value.value) == ("name", "x")
    with store.read() as view:
        assert view.holder("name", "x") == ("test.note", "a")
        assert view.holder("address", "x") == ("test.note", "b")
        assert view.holder("name", "y") is None


def test_the_same_id_of_another_kind_is_somebody_else(store: Store) -> None:
    with store.write() as tx:
        tx.put(note("a"))
        tx.put(endpoint("a"))
        tx.claim("name", "x", note("a"))
        with pytest.raises(ClaimTaken):
            tx.claim("name", "x", endpoint("a"))


def test_only_the_holder_gives_a_claim_back(store: Store) -> None:
    with store.write() as tx:
        tx.put(note("a"))
        tx.put(note("b"))
        tx.claim("name", "x", note("a"))
        tx.unclaim("name", "x", note("b"))
        assert tx.holder("name", "x") == ("test.note", "a")
        tx.unclaim("name", "x", note("a"))
        tx.unclaim("name", "x", note("a"))
        tx.claim("name", "x", note("b"))
    with store.read() as view:
        assert view.claims("test.note", "a") == []
        assert view.claims("test.note", "b") == [("name", "x")]


def test_claimed_answers_for_many_values_at_once(store: Store) -> None:
    with store.write() as tx:
        tx.put(note("a"))
        for number in range(0, 3000, 3):
            tx.claim("address", f"10.0.{number // 250}.{number % 250}", note("a"))
        tx.claim("other", "10.0.0.1", note("a"))
    asked = [f"10.0.{number // 250}.{number % 250}" for number in range(3000)]
    with store.read() as view:
        assert view.claimed("address", asked) == set(asked[::3])
        assert view.claimed("address", []) == set()
        assert len(view.claims("test.note", "a")) == 1001
        assert [view.count_claims(space) for space in ("address", "other", "none")] == [1000, 1, 0]


def test_a_claim_may_come_before_its_resource_but_not_without_it(store: Store) -> None:
    with store.write() as tx:
        tx.claim("name", "x", note("a"))
        tx.put(note("a"))

    def forget() -> None:
        with store.write() as tx:
            tx.put(note("b"))
            tx.claim("name", "y", note("c"))

    with pytest.raises(Orphan):
        forget()
    with store.read() as view:
        assert view.holder("name", "x") == ("test.note", "a")
        assert view.holder("name", "y") is None
        assert view.get(Note, "b") is None


def test_a_claim_for_a_resource_removed_in_the_same_transaction_is_an_orphan(store: Store) -> None:
    with store.write() as tx:
        tx.put(note("a"))

    def cling() -> None:
        with store.write() as tx:
            tx.remove(note("a"))
            tx.claim("name", "x", note("a"))

    with pytest.raises(Orphan):
        cling()
    with store.read() as view:
        assert view.get(Note, "a") == note("a")


def test_what_was_claimed_and_scheduled_may_be_removed_in_the_same_transaction(store: Store) -> None:
    with store.write() as tx:
        tx.put(note("a"))
        tx.claim("name", "x", note("a"))
        tx.schedule(note("a"))
        tx.remove(note("a"))
    with store.read() as view:
        assert view.holder("name", "x") is None
    assert store.next_due() is None


def test_everybody_who_holds_a_claim_in_a_space_is_listed_and_woken(store: Store) -> None:
    with store.write() as tx:
        for name in ("a", "b", "c"):
            tx.put(note(name))
        tx.claim("uses:x", "2", note("a"))
        tx.claim("uses:x", "1", note("b"))
        tx.claim("uses:x", "3", note("b"))
        tx.claim("uses:y", "1", note("c"))
        tx.wake("uses:x")
        tx.wake("nobody")
        assert tx.holders("uses:x") == [("test.note", "b"), ("test.note", "a"), ("test.note", "b")]
        now = tx.now
    assert sorted(work.id for work in store.due(now, 10)) == ["a", "b"]
