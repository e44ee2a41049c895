from __future__ import annotations

import logging
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jackfield.reconcile import loop as loop_module
from jackfield.reconcile.loop import BACKOFF_LONGEST, Later, backoff
from jackfield.store.sqlite import SqliteStore, open_store
from tests.reconcile.helpers import LONG, Run, Steps, awaited, left, put, until
from tests.store.kinds import EVIDENCE, Endpoint, Note, endpoint, note


def test_what_is_scheduled_is_done_once(store: SqliteStore, run: Run) -> None:
    def settle(id: str) -> None:
        with store.write() as tx:
            found = tx.get(Endpoint, id)
            assert found is not None
            tx.put(endpoint(id, "Normal"), evidence=EVIDENCE)

    put(store, *(endpoint(f"e{number}") for number in range(50)))
    steps = Steps(settle, Endpoint)
    loop = run(steps)
    loop.wait_idle(LONG)
    assert steps.asked == {f"e{number}": 1 for number in range(50)}
    with store.read() as view:
        assert {each.status for each in view.each(Endpoint)} == {"Normal"}
    assert left(store) == []


def test_a_commit_wakes_the_loop(store: SqliteStore, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop_module, "LONGEST_WAIT", 3600.0)
    seen = threading.Event()
    loop = run(Steps(lambda _: seen.set()))
    loop.wait_idle(LONG)
    put(store, note("a"))
    awaited(seen)


def test_a_date_wakes_the_loop(store: SqliteStore, run: Run) -> None:
    seen = threading.Event()
    at: list[float] = []

    def step(_: str) -> None:
        at.append(time.time())
        seen.set()

    run(Steps(step))
    with store.write() as tx:
        due = tx.now + 0.2
        tx.put(note("a"))
        tx.schedule(note("a"), due)
    awaited(seen)
    assert at[0] >= due


def test_what_another_handle_schedules_is_found(store: SqliteStore, run: Run) -> None:
    seen = threading.Event()
    run(Steps(lambda _: seen.set())).wait_idle(LONG)
    other = open_store(store.path)
    put(other, note("a"))
    other.close()
    awaited(seen)


def test_a_number_of_seconds_is_the_next_look(store: SqliteStore, run: Run) -> None:
    three = threading.Event()

    def watch(id: str) -> float:
        if steps.asked[id] >= 3:
            three.set()
            return 3600.0
        return 0.01

    put(store, note("a"))
    steps = Steps(watch)
    loop = run(steps)
    awaited(three)
    loop.wait_idle(LONG)
    assert steps.asked["a"] == 3
    with pytest.raises(TimeoutError):
        loop.wait_idle(0.05, within=7200.0)
    (work,) = left(store)
    assert work.due > time.time() + 3000


def test_later_is_no_error(store: SqliteStore, run: Run, caplog: pytest.LogCaptureFixture) -> None:
    ready = threading.Event()

    def step(id: str) -> None:
        if steps.asked[id] < 5:
            raise Later(0.01, "the relay is not there")
        ready.set()
        raise Later(3600.0, "nothing to do for long")

    put(store, note("a"))
    steps = Steps(step)
    with caplog.at_level(logging.INFO, "jackfield"):
        loop = run(steps)
        awaited(ready)
        loop.wait_idle(LONG)
    (work,) = left(store)
    assert (work.attempt, work.error) == (0, "")
    assert caplog.records == []


def test_an_error_is_noted_retried_and_logged_once(
    store: SqliteStore, run: Run, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop_module, "BACKOFF_FIRST", 0.001)
    monkeypatch.setattr(loop_module, "BACKOFF_LONGEST", 0.01)
    enough = threading.Event()

    def step(id: str) -> None:
        if steps.asked[id] == 8:
            enough.set()
            monkeypatch.setattr(loop_module, "BACKOFF_FIRST", 3600.0)
            monkeypatch.setattr(loop_module, "BACKOFF_LONGEST", 3600.0)
        raise OSError("odd" if steps.asked[id] % 2 else "even")

    put(store, note("a"))
    steps = Steps(step)
    loop = run(steps)
    awaited(enough)
    loop.wait_idle(LONG)
    (work,) = left(store)
    assert (work.attempt, work.error) == (8, "OSError: even")
    assert work.due > time.time() + 2000
    logged = [record.exc_info[1] for record in caplog.records if record.exc_info]
    assert [str(error) for error in logged] == ["odd", "even"]


def test_a_success_forgets_the_errors(store: SqliteStore, run: Run, caplog: pytest.LogCaptureFixture) -> None:
    def step(id: str) -> None:
        if steps.asked[id] % 2:
            raise OSError("again")

    steps = Steps(step)
    loop = run(steps)
    for looks in (2, 4):
        put(store, note("a"))
        loop.wait_idle(LONG, within=BACKOFF_LONGEST + 1)
        assert steps.asked["a"] == looks
    assert left(store) == []
    assert len(caplog.records) == 2


@given(attempt=st.integers(min_value=0, max_value=10**6))
def test_the_back_off_doubles_up_to_its_limit(attempt: int) -> None:
    full = min(5.0, 0.1 * 2.0 ** min(attempt, 50))
    assert 0.75 * full <= backoff(attempt) <= full


def test_a_worker_outlives_whatever_a_step_raises(store: SqliteStore, run: Run) -> None:
    def step(id: str) -> None:
        if steps.asked[id] == 1:
            raise SystemExit(1)

    put(store, *(note(f"n{number}") for number in range(5)))
    steps = Steps(step)
    run(steps, workers=2).wait_idle(LONG, within=1.0)
    assert steps.asked == {f"n{number}": 2 for number in range(5)}


def test_steps_of_several_resources_run_at_once(store: SqliteStore, run: Run) -> None:
    together = threading.Barrier(4, timeout=LONG)
    put(store, *(note(f"n{number}") for number in range(4)))

    def step(_: str) -> None:
        together.wait()

    steps = Steps(step)
    run(steps, workers=4).wait_idle(LONG)
    assert steps.asked == {f"n{number}": 1 for number in range(4)}  # a broken barrier would have been retried


def test_there_are_no_more_steps_at_once_than_workers(store: SqliteStore, run: Run) -> None:
    inside, most, lock = 0, 0, threading.Lock()

    def step(_: str) -> None:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        put(store, endpoint(f"{threading.get_ident()}"))  # something that takes a moment
        with lock:
            inside -= 1

    put(store, *(note(f"n{number}") for number in range(40)))
    run(Steps(step), Steps(lambda _: None, Endpoint), workers=2).wait_idle(LONG)
    assert 1 <= most <= 2


def test_two_steps_of_one_resource_never_overlap(store: SqliteStore, run: Run) -> None:
    """Not while it is scheduled from several threads, and not when it is removed and made anew."""

    def step(id: str) -> float | None:
        with store.write() as tx:
            found = tx.get(Note, id)
            if found is not None and steps.asked[id] % 3 == 0:
                tx.remove(found)
                tx.put(note(id, "new"))
                tx.schedule(note(id))
        return 0.0 if steps.asked[id] < 100 else None

    def trouble() -> None:
        for _ in range(40):
            put(store, note("a"), note("b"))

    steps = Steps(step)
    loop = run(steps)
    threads = [threading.Thread(target=trouble) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    loop.wait_idle(LONG)
    assert not steps.overlapped
    assert min(steps.asked["a"], steps.asked["b"]) >= 100


def test_the_step_of_a_new_resource_waits_for_that_of_the_old_one(store: SqliteStore, run: Run) -> None:
    begun, go, again = threading.Event(), threading.Event(), threading.Event()

    def step(id: str) -> None:
        if steps.asked[id] == 1:
            begun.set()
            awaited(go)
        else:
            again.set()

    put(store, note("a"))
    steps = Steps(step)
    loop = run(steps)
    awaited(begun)
    with store.write() as tx:
        tx.remove(note("a"))
        tx.put(note("a", "new"))
        tx.schedule(note("a"))
    put(store, note("b"))
    until(lambda: store.next_due() is None)  # the new work is leased, but its step does not run
    assert steps.asked["a"] == 1
    assert not loop.idle()
    go.set()
    awaited(again)
    loop.wait_idle(LONG)
    assert not steps.overlapped
    assert left(store) == []


def test_a_date_given_while_a_step_runs_is_kept(store: SqliteStore, run: Run) -> None:
    begun, go = threading.Event(), threading.Event()

    def step(id: str) -> None:
        begun.set()
        awaited(go)

    put(store, note("a"))
    steps = Steps(step)
    loop = run(steps)
    awaited(begun)
    put(store, note("a", "changed"))
    go.set()
    loop.wait_idle(LONG)
    assert steps.asked["a"] == 2
    assert left(store) == []
