from __future__ import annotations

import logging
import threading

import pytest

from jackfield.reconcile import loop as loop_module
from jackfield.reconcile.loop import ReconcileLoop
from jackfield.store import session
from jackfield.store.sqlite import SqliteStore
from tests.reconcile.helpers import LONG, Run, Steps, awaited, left, put
from tests.store.children import line, spawn
from tests.store.kinds import Endpoint, Note, endpoint, note


def test_stop_lets_running_steps_finish_and_begins_no_more(store: SqliteStore) -> None:
    begun, go = threading.Event(), threading.Event()

    def step(_: str) -> None:
        begun.set()
        awaited(go)

    put(store, *(note(f"n{number}") for number in range(10)))
    steps = Steps(step)
    loop = ReconcileLoop(store, {Note.kind: steps}, 1)
    loop.start()
    awaited(begun)
    assert not loop.stop(0.05)
    put(store, note("late"))
    go.set()
    assert loop.stop(LONG)
    assert steps.asked.total() == 1
    ids = {work.id for work in left(store)}  # nothing is left in a lease
    assert ids == {"late", *(f"n{number}" for number in range(10))} - set(steps.asked)


def test_a_loop_starts_once(store: SqliteStore, run: Run) -> None:
    with pytest.raises(RuntimeError):
        run().start()


def test_a_kind_without_reconciler_is_noted_and_holds_nobody_up(
    store: SqliteStore, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop_module, "BACKOFF_FIRST", 3600.0)
    monkeypatch.setattr(loop_module, "BACKOFF_LONGEST", 3600.0)
    put(store, endpoint("e"), note("a"))
    steps = Steps(lambda _: None)
    run(steps).wait_idle(LONG)
    assert steps.asked == {"a": 1}
    (work,) = left(store)
    assert (work.kind, work.attempt) == ("test.endpoint", 1)
    assert "no reconciler" in work.error


def test_watched_kinds_are_looked_at_after_a_start(store: SqliteStore) -> None:
    with store.write() as tx:
        for number in range(1200):
            tx.put(note(f"n{number}"))
        tx.put(endpoint("e"))
    steps, others = Steps(lambda _: None), Steps(lambda _: None, Endpoint)
    loop = ReconcileLoop(store, {Note.kind: steps, Endpoint.kind: others})
    loop.watch(Note)
    loop.start()
    loop.wait_idle(LONG)
    assert steps.asked == {f"n{number}": 1 for number in range(1200)}
    assert others.asked == {}
    loop.watch(Endpoint)
    loop.wait_idle(LONG)
    assert others.asked == {"e": 1}
    assert loop.stop(LONG)


def test_the_end_of_a_step_outlasts_a_locked_store(
    store: SqliteStore, run: Run, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(session, "BUSY_TIMEOUT", 0.02)  # before the loop's threads connect
    monkeypatch.setattr(loop_module, "STORE_RETRY", 0.02)
    refused = threading.Event()

    class Refusals(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            refused.set()

    handler = Refusals()
    loop_module.log.addHandler(handler)
    begun, go = threading.Event(), threading.Event()

    def step(_: str) -> None:
        begun.set()
        awaited(go)

    put(store, note("a"))
    steps = Steps(step)
    loop = run(steps)
    awaited(begun)
    with spawn("hold", store.path) as child:
        assert line(child) == "holding"
        go.set()
        awaited(refused)
        child.communicate("\n")
    loop_module.log.removeHandler(handler)
    loop.wait_idle(LONG)
    assert steps.asked == {"a": 1}
    assert left(store) == []
    assert [record.message for record in caplog.records] == ["the store does not take the end of a step"]
