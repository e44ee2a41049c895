from __future__ import annotations

from collections.abc import Callable

import pytest

from jackfield.store.errors import Orphan
from jackfield.store.interface import Store
from jackfield.store.resource import Resource, Work
from tests.store.kinds import EVIDENCE, Clock, Note, endpoint, note


def put(store: Store, *resources: Resource) -> None:
    with store.write() as tx:
        for resource in resources:
            tx.put(resource)


def schedule(store: Store, resource: Resource, due: float | None = None) -> None:
    with store.write() as tx:
        tx.schedule(resource, due)


def schedule_and_fail(store: Store, resource: Resource) -> None:
    with store.write() as tx:
        tx.schedule(resource)
        raise ZeroDivisionError


def take(store: Store, now: float) -> Work:
    """Leases the one piece of work that is due."""
    (work,) = store.due(now, 10)
    return work


def test_work_comes_when_it_is_due_earliest_first(store: Store, clock: Clock) -> None:
    put(store, note("a"), note("b"), note("c"), note("d"))
    with store.write() as tx:
        for id, later in (("a", 2.0), ("b", 1.0), ("c", 3.0), ("d", 9.0)):
            tx.schedule(note(id), clock.now + later)
    assert store.next_due() == clock.now + 1
    assert store.due(clock.now + 0.5, 10) == []
    assert [work.id for work in store.due(clock.now + 4, 2)] == ["b", "a"]
    assert [work.id for work in store.due(clock.now + 4, 2)] == ["c"]
    assert store.due(clock.now + 4, 2) == []
    assert store.next_due() == clock.now + 9


def test_without_a_date_it_is_due_now(store: Store, clock: Clock) -> None:
    put(store, note("a"))
    schedule(store, note("a"))
    work = take(store, clock.now)
    assert (work.kind, work.id, work.due, work.attempt, work.error) == ("test.note", "a", clock.now, 0, "")


@pytest.mark.parametrize(("first", "second"), [(1.0, 5.0), (5.0, 1.0)])
def test_the_earlier_of_two_dates_stands(store: Store, clock: Clock, first: float, second: float) -> None:
    put(store, note("a"))
    schedule(store, note("a"), clock.now + first)
    schedule(store, note("a"), clock.now + second)
    assert store.next_due() == clock.now + 1


def test_done_for_good_leaves_nothing(store: Store, clock: Clock) -> None:
    put(store, note("a"))
    schedule(store, note("a"))
    store.done(take(store, clock.now), None)
    assert store.next_due() is None


def test_done_again_comes_back(store: Store, clock: Clock) -> None:
    put(store, note("a"))
    schedule(store, note("a"))
    work = take(store, clock.now)
    assert store.next_due() is None
    store.done(work, clock.now + 3)
    assert store.next_due() == clock.now + 3


@pytest.mark.parametrize(("again", "expected"), [(None, 4.0), (9.0, 4.0), (2.0, 2.0)])
def test_a_date_given_during_a_lease_is_not_lost(
    store: Store, clock: Clock, again: float | None, expected: float
) -> None:
    put(store, note("a"))
    schedule(store, note("a"))
    work = take(store, clock.now)
    for later in (6.0, 4.0, 5.0):
        schedule(store, note("a"), clock.now + later)
    assert store.due(clock.now + 100, 10) == []  # still leased
    store.done(work, None if again is None else clock.now + again)
    assert store.next_due() == clock.now + expected
    store.done(take(store, clock.now + expected), None)
    assert store.next_due() is None


def test_failures_count_up_and_a_success_ends_the_count(store: Store, clock: Clock) -> None:
    put(store, note("a"))
    schedule(store, note("a"))
    store.failed(take(store, clock.now), clock.now + 1, "first")
    work = take(store, clock.now + 1)
    assert (work.attempt, work.error) == (1, "first")
    store.failed(work, clock.now + 2, "second")
    work = take(store, clock.now + 2)
    assert (work.attempt, work.error) == (2, "second")
    store.done(work, clock.now + 3)
    work = take(store, clock.now + 3)
    assert (work.attempt, work.error) == (0, "")


def test_a_step_that_schedules_itself_and_fails_does_not_escape_its_back_off(store: Store, clock: Clock) -> None:
    put(store, note("a"))
    schedule(store, note("a"))
    work = take(store, clock.now)
    schedule(store, note("a"), clock.now)
    store.failed(work, clock.now + 5, "no")
    assert store.next_due() == clock.now + 5
    schedule(store, note("a"), clock.now + 1)  # somebody else's wish, afterwards, is heard
    assert store.next_due() == clock.now + 1


@pytest.mark.parametrize("end", ["done", "failed"])
def test_the_end_of_a_lease_does_not_bring_removed_work_back(store: Store, clock: Clock, end: str) -> None:
    put(store, note("a"))
    schedule(store, note("a"))
    work = take(store, clock.now)
    with store.write() as tx:
        tx.remove(note("a"))
    if end == "done":
        store.done(work, clock.now)
    else:
        store.failed(work, clock.now, "gone")
    assert store.next_due() is None
    assert store.due(clock.now + 100, 10) == []


@pytest.mark.parametrize("end", ["done", "failed"])
def test_an_old_lease_does_not_end_the_one_of_a_new_resource_of_the_same_id(
    store: Store, clock: Clock, end: str
) -> None:
    put(store, note("a"))
    schedule(store, note("a"))
    old = take(store, clock.now)
    with store.write() as tx:
        tx.remove(note("a"))
        tx.put(note("a", "new"))
        tx.schedule(note("a"))
    new = take(store, clock.now)
    if end == "done":
        store.done(old, None)
    else:
        store.failed(old, clock.now, "old")
    assert store.due(clock.now + 100, 10) == []  # the new lease holds
    store.done(new, clock.now + 1)
    assert store.next_due() == clock.now + 1


def test_a_lease_ends_once(store: Store, clock: Clock) -> None:
    put(store, note("a"))
    schedule(store, note("a"))
    work = take(store, clock.now)
    store.done(work, clock.now + 1)
    store.done(work, None)
    store.failed(work, clock.now, "late")
    assert store.next_due() == clock.now + 1


def test_work_that_was_not_leased_cannot_end(store: Store) -> None:
    with pytest.raises(TypeError):
        store.done(Work(kind="test.note", id="a", due=0.0), None)


def test_leases_of_a_dead_owner_end_when_the_next_one_opens(backend: Callable[[], Store], clock: Clock) -> None:
    first = backend()
    put(first, note("a"), note("b"))
    schedule(first, note("a"))
    schedule(first, note("b"), clock.now + 1)
    assert len(first.due(clock.now + 1, 10)) == 2
    schedule(first, note("b"), clock.now + 0.5)  # while leased
    second = backend()  # the first never ended its leases
    assert [(work.id, work.due) for work in second.due(clock.now + 1, 10)] == [
        ("a", clock.now),
        ("b", clock.now + 0.5),
    ]


def test_work_goes_with_the_transaction_that_failed(store: Store) -> None:
    put(store, note("a"))
    with pytest.raises(ZeroDivisionError):
        schedule_and_fail(store, note("a"))
    assert store.next_due() is None
    with pytest.raises(Orphan):
        schedule(store, note("missing"))
    assert store.next_due() is None


def test_a_commit_that_scheduled_wakes_and_others_do_not(store: Store) -> None:
    seen: list[Note | None] = []

    def wake() -> None:
        with store.read() as view:  # committed by now, and the thread may use the store
            seen.append(view.get(Note, "a"))

    def broken() -> None:
        raise RuntimeError("not the writer's affair")

    store.on_work(broken)
    store.on_work(wake)
    put(store, note("a"))
    assert seen == []
    schedule(store, note("a"))
    assert seen == [note("a")]
    with pytest.raises(ZeroDivisionError):
        schedule_and_fail(store, note("a"))
    assert len(seen) == 1


def test_the_same_id_of_two_kinds_is_work_of_its_own(store: Store, clock: Clock) -> None:
    put(store, note("a"), endpoint("a"))
    schedule(store, note("a"))
    schedule(store, endpoint("a"))
    works = {work.kind: work for work in store.due(clock.now, 10)}
    store.done(works["test.note"], None)
    with store.write() as tx:
        tx.put(endpoint("a", "Normal"), evidence=EVIDENCE)
    store.done(works["test.endpoint"], clock.now + 1)
    assert store.next_due() == clock.now + 1
