from __future__ import annotations

from collections.abc import Callable

import pytest

from jackfield.store.interface import Store
from jackfield.store.resource import IllegalTransition
from tests.store.kinds import (
    ACCOUNT,
    EVIDENCE,
    OTHER_ACCOUNT,
    OTHER_REGION,
    REGION,
    Endpoint,
    Note,
    endpoint,
    note,
)


def test_put_and_get_give_the_same_struct(store: Store) -> None:
    saved = Endpoint(id="e", account=ACCOUNT, region=REGION, status="Creating", created=1.5, name="名", ports=(1, 2))
    with store.write() as tx:
        tx.put(saved)
        assert tx.get(Endpoint, "e") == saved
    with store.read() as view:
        assert view.get(Endpoint, "e") == saved
        assert view.get(Endpoint, "f") is None
        assert view.get(Note, "e") is None


def test_what_was_written_is_there_after_opening_again(backend: Callable[[], Store]) -> None:
    first = backend()
    with first.write() as tx:
        tx.put(note("n", "kept"))
    first.close()
    with backend().read() as view:
        assert view.get(Note, "n") == note("n", "kept")


@pytest.mark.parametrize(
    "text", ["", "\0", "a\0b", "\U0010ffff", "\ufeff", "𝒥 🎛 ‮", "'; DROP TABLE resources --", "\x85\u2028"]
)
def test_any_text_comes_back_unchanged(store: Store, text: str) -> None:
    with store.write() as tx:
        tx.put(note("n", text))
        tx.put(note(f"id{text}", "by id"))
        tx.claim("space", text, note("n"))
        tx.set_meta("key", text)
    with store.read() as view:
        found = view.get(Note, "n")
        assert found is not None
        assert found.text == text
        assert view.get(Note, f"id{text}") == note(f"id{text}", "by id")
        assert view.holder("space", text) == ("test.note", "n")
        assert view.meta("key") == text


@pytest.mark.parametrize("id", ["abc\0", "\0abc", "ab\0c", "abc\0def", "\0", "", "ABC", "abc ", "%", "*"])
def test_an_id_that_is_only_alike_is_not_found(store: Store, id: str) -> None:
    with store.write() as tx:
        tx.put(note("abc", parent="abc"))
        tx.claim("space", "abc", note("abc"))
    with store.read() as view:
        assert view.get(Note, id) is None
        assert view.holder("space", id) is None
        assert view.children(Note, id) == []
        assert view.claims("test.note", id) == []
        assert view.claimed("space", [id]) == set()
        assert view.page(Note, account=ACCOUNT, region=id or "x", offset=0, limit=10) == []
        assert view.changes(id=id or "x") == []


def test_children_are_in_order_of_creation_and_follow_a_change_of_parent(store: Store) -> None:
    with store.write() as tx:
        for id in ("c", "a", "b"):
            tx.put(note(id, parent="p"))
        tx.put(note("orphan"))
        tx.put(note("a", "replaced", parent="p"))
        tx.put(note("b", parent="q"))
    with store.read() as view:
        assert [child.id for child in view.children(Note, "p")] == ["c", "a"]
        assert [child.id for child in view.children(Note, "q")] == ["b"]
        assert view.children(Note, "") == []
        assert view.children(Endpoint, "p") == []


def test_each_filters_and_keeps_the_order_of_creation(store: Store) -> None:
    with store.write() as tx:
        for number in range(1100):  # more than the backend reads at a time
            tx.put(
                note(
                    f"n{number:04d}",
                    account=(ACCOUNT, OTHER_ACCOUNT)[number % 2],
                    region=(REGION, REGION, OTHER_REGION)[number % 3],
                )
            )
    everything = [f"n{number:04d}" for number in range(1100)]
    with store.read() as view:
        assert [each.id for each in view.each(Note)] == everything
        assert [each.id for each in view.each(Note, account=ACCOUNT)] == everything[::2]
        assert [each.id for each in view.each(Note, region=OTHER_REGION)] == everything[2::3]
        assert [each.id for each in view.each(Note, account=ACCOUNT, region=OTHER_REGION)] == everything[2::6]
        assert list(view.each(Endpoint)) == []


def test_each_may_be_written_to_while_it_is_read(store: Store) -> None:
    with store.write() as tx:
        for number in range(700):
            tx.put(note(f"n{number:04d}"))
        met = []
        for each in tx.each(Note):
            met.append(each.id)
            tx.put(note(f"new-{each.id}"))
            tx.put(note(each.id, "seen"))
        assert met == [f"n{number:04d}" for number in range(700)]
        assert tx.count(Note, account=ACCOUNT, region="") == 1400


@pytest.mark.parametrize(
    ("before", "after", "evidence"),
    [
        ("", "Normal", EVIDENCE),  # not an initial state
        ("", "", EVIDENCE),  # a kind with states needs one
        ("Creating", "Normal", None),  # a settlement without evidence
        ("Creating", "Normal", {}),
        ("Creating", "Deleting", EVIDENCE),  # not declared
        ("Creating", "", EVIDENCE),  # not declared: neither a removal nor an empty status
        ("Deleting", "", EVIDENCE),  # declared, but for a removal
        ("Normal", "Gone", EVIDENCE),
    ],
)
def test_an_undeclared_step_raises_and_writes_nothing(
    store: Store, before: str, after: str, evidence: dict[str, int] | None
) -> None:
    with store.write() as tx:
        for status in {"Creating": ["Creating"], "Normal": ["Creating", "Normal"], "": []}.get(
            before, ["Creating", "Normal", before]
        ):
            tx.put(endpoint("e", status), evidence=EVIDENCE)
    with store.read() as view:
        kept, feed = view.get(Endpoint, "e"), view.changes()

    with store.write() as tx, pytest.raises(IllegalTransition):
        tx.put(endpoint("e", after), evidence=evidence)

    with store.read() as view:
        assert view.get(Endpoint, "e") == kept
        assert view.changes() == feed
        assert view.count(Endpoint, account=ACCOUNT, region="") == (kept is not None)


def test_a_removal_that_is_not_declared_or_not_proven_writes_nothing(store: Store) -> None:
    made = endpoint("e")
    with store.write() as tx:
        tx.put(made)
        tx.claim("name", "e", made)
        tx.schedule(made)
    for status, evidence in (("Creating", EVIDENCE), ("Deleting", None)):
        if status == "Deleting":
            with store.write() as tx:
                tx.put(endpoint("e", "Normal"), evidence=EVIDENCE)
                tx.put(endpoint("e", "Deleting"))
        with store.write() as tx, pytest.raises(IllegalTransition):
            tx.remove(made, evidence=evidence)
        with store.read() as view:
            assert view.get(Endpoint, "e") == endpoint("e", status)
            assert view.holder("name", "e") == ("test.endpoint", "e")
        assert store.next_due() is not None


def test_the_status_in_the_store_counts_not_the_one_in_hand(store: Store) -> None:
    with store.write() as tx:
        tx.put(endpoint("e"))
    with store.write() as tx, pytest.raises(IllegalTransition):
        tx.remove(endpoint("e", "Deleting"), evidence=EVIDENCE)
    with store.read() as view:
        assert view.get(Endpoint, "e") == endpoint("e")


def test_a_kind_without_states_refuses_a_status(store: Store) -> None:
    with store.write() as tx, pytest.raises(IllegalTransition):
        tx.put(Note(id="n", account=ACCOUNT, status="Normal"))


def test_a_removed_resource_takes_its_claims_and_its_count_along(store: Store) -> None:
    with store.write() as tx:
        tx.put(note("n"))
        tx.claim("name", "a", note("n"))
        tx.claim("address", "b", note("n"))
        tx.schedule(note("n"))
    with store.write() as tx:
        tx.remove(note("n"))
        tx.remove(note("n"))
    with store.read() as view:
        assert view.get(Note, "n") is None
        assert view.claims("test.note", "n") == []
        assert view.holder("name", "a") is None
        assert view.count(Note, account=ACCOUNT, region=REGION) == 0
        assert len(view.changes()) == 2
    assert store.next_due() is None
