"""The loop that takes what is due from the store and lets reconcilers do it."""

from __future__ import annotations

import logging
import queue
import random
import threading
import time
from collections.abc import Callable, Mapping
from typing import Protocol

from jackfield.store.interface import Store
from jackfield.store.resource import Resource, Work

BACKOFF_FIRST = 0.1
BACKOFF_LONGEST = 5.0
LONGEST_WAIT = 1.0
"""Seconds after which the loop looks at the store although nothing woke it: another process may have scheduled."""
STORE_RETRY = 0.5
"""Seconds until the store is asked again after it failed."""
ERRORS_KEPT = 32
"""Distinct errors of one resource that are told apart in the log."""
GATHER = 0.003
"""Seconds between being woken and looking, in which more may come due."""
CHUNK = 500

log = logging.getLogger(__name__)

Key = tuple[str, str]


class Later(Exception):
    """Raised by a step that has to wait for something: not an error, and no back-off.

    :param seconds: when to look again. :param why: what it waits for.
    """

    def __init__(self, seconds: float, why: str) -> None:
        super().__init__(why)
        self.seconds, self.why = seconds, why


def wait_until(settle_at: float) -> None:
    """Returns once a state was to be seen as long as the pace says.

    :param settle_at: when that is over, in seconds of the epoch.
    :raises Later: it is not over.
    """
    seconds = settle_at - time.time()
    if seconds > 0:
        raise Later(seconds, "pace")


class Reconciler(Protocol):
    """Makes the world match the resources of one kind."""

    kind: str

    def step(self, id: str) -> float | None:
        """Does one idempotent step for a resource, from what the store says now.

        It runs in a thread of its own, never twice at once for the same id, maybe again after a crash, and maybe for
        a resource that is gone. A step that returned seconds every time is how something is watched.

        :return: seconds until the next look; ``None`` when there is nothing to do until somebody schedules it.
        :raises Later: something else has to happen first.
        """


def backoff(attempt: int) -> float:
    """Seconds until the next try after so many failures in a row.

    They are spread, so that what failed together does not try again together.
    """
    return min(BACKOFF_LONGEST, BACKOFF_FIRST * 2.0 ** min(attempt, 16)) * random.uniform(0.75, 1.0)


class ReconcileLoop:
    """Runs the steps of reconcilers, each resource in turn, several resources at once.

    :param store: opened with ``owner_of_work``.
    :param reconcilers: by kind.
    :param workers: how many steps may run at once.
    :param clock: the store's.
    """

    def __init__(
        self,
        store: Store,
        reconcilers: Mapping[str, Reconciler],
        workers: int = 8,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._reconcilers = dict(reconcilers)
        self._workers = workers
        self._clock = clock
        self._changed = threading.Condition()
        # All of the following is guarded by _changed.
        self._poked = False
        self._leasing = False
        self._running: set[Key] = set()
        self._accepted = 0
        self._parked: dict[Key, Work] = {}
        self._watched: list[type[Resource]] = []
        self._started = False
        # Not by a condition: these are awaited where the condition is not held.
        self._stopping = threading.Event()
        self._steps: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._errors: dict[Key, set[str]] = {}
        store.on_work(self._poke)

    def start(self) -> None:
        """Starts the threads; they do not keep a process alive that wants to end.

        An orderly end calls :meth:`stop` all the same: Python aborts if a daemon thread is
        writing a log line at that moment.
        """
        with self._changed:
            if self._started:
                raise RuntimeError("a reconcile loop starts once")
            self._started = True
            watched = list(self._watched)
        for kind in watched:
            self._look_again(kind)
        names = ["reconcile"] + [f"reconcile-{number}" for number in range(self._workers)]
        targets = [self._dispatch] + [self._work] * self._workers
        for name, target in zip(names, targets, strict=True):
            thread = threading.Thread(target=target, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self, timeout: float) -> bool:
        """Begins no more steps and waits for those that run.

        :return: whether all of them ended in time.
        """
        self._stopping.set()
        self._poke()
        end = time.monotonic() + timeout
        for number, thread in enumerate(self._threads):
            thread.join(max(0.0, end - time.monotonic()))
            if number == 0:  # the dispatcher hands out nothing more: now the workers may go
                for _ in range(self._workers):
                    self._steps.put(None)
        return not any(thread.is_alive() for thread in self._threads)

    def watch(self, kind: type[Resource]) -> None:
        """Looks at every resource of a kind when the loop starts (now, if it has); the step says when to look next."""
        with self._changed:
            self._watched.append(kind)
            started = self._started
        if started:
            self._look_again(kind)

    def idle(self, *, within: float = 0.0) -> bool:
        """Whether no step runs and nothing is due in the next ``within`` seconds."""
        before = self._quiet_since()
        due = self._store.next_due()
        # What was leased at that moment is not in next_due: the same quiet must have lasted.
        return before is not None and before == self._quiet_since() and (due is None or due > self._clock() + within)

    def _quiet_since(self) -> int | None:
        """The number of steps handed out so far, if none of them runs."""
        with self._changed:
            return None if self._leasing or self._running else self._accepted

    def wait_idle(self, timeout: float, *, within: float = 0.0) -> None:
        """Waits until the loop is :meth:`idle`.

        :raises TimeoutError: it was not in time.
        """
        end = time.monotonic() + timeout
        while not self.idle(within=within):
            left = end - time.monotonic()
            if left <= 0:
                with self._changed:
                    raise TimeoutError(f"still running after {timeout} s: {sorted(self._running) or 'work is due'}")
            with self._changed:
                # The end of a step wakes; what becomes due (or was forgotten) by time alone is found by looking.
                self._changed.wait(min(left, 0.02))

    def _poke(self) -> None:
        with self._changed:
            self._poked = True
            self._changed.notify_all()

    def _look_again(self, kind: type[Resource]) -> None:
        with self._store.read() as view:
            ids = [resource.id for resource in view.each(kind)]
        for start in range(0, len(ids), CHUNK):
            with self._store.write() as tx:
                for id in ids[start : start + CHUNK]:
                    resource = tx.get(kind, id)
                    if resource is not None:
                        tx.schedule(resource)

    def _dispatch(self) -> None:
        complained = False
        while not self._stopping.is_set():
            with self._changed:
                self._poked = False
                free = self._workers - len(self._running)
                self._leasing = free > 0
            pause = LONGEST_WAIT
            try:
                if free > 0:
                    pause = self._lease(free)
                complained = False
            except Exception:
                if not complained:
                    log.exception("the store does not say what is due")
                complained, pause = True, 0.0
                self._stopping.wait(STORE_RETRY)
            finally:
                with self._changed:
                    self._leasing = False
                    self._changed.notify_all()
            with self._changed:
                poked = self._changed.wait_for(lambda: self._poked or self._stopping.is_set(), pause)
            if poked:  # calls come in bursts: one lease for all of them spares their thread the interpreter's lock
                self._stopping.wait(GATHER)

    def _lease(self, free: int) -> float:
        """Hands out what is due; returns the seconds until there may be more."""
        works = self._store.due(self._clock(), free)
        for work in works:
            self._accept(work)
        if len(works) == free:
            return 0.0  # more may be due; when all are busy, the end of a step wakes
        due = self._store.next_due()
        return LONGEST_WAIT if due is None else min(LONGEST_WAIT, max(0.0, due - self._clock()))

    def _accept(self, work: Work) -> None:
        key = (work.kind, work.id)
        with self._changed:
            if key in self._running:
                # The resource was removed and made anew while a step of the old one runs.
                self._parked[key] = work
                return
            self._running.add(key)
            self._accepted += 1
        self._steps.put(work)

    def _work(self) -> None:
        while (work := self._steps.get()) is not None:
            next_of_key: Work | None = work
            while next_of_key is not None:
                if self._stopping.is_set():
                    self._give_back(next_of_key)
                else:
                    self._run(next_of_key)
                next_of_key = self._finished(next_of_key)

    def _finished(self, work: Work) -> Work | None:
        """Frees a resource for its next step; returns that step's work if it waited for this one."""
        key = (work.kind, work.id)
        with self._changed:
            parked = self._parked.pop(key, None)
            if parked is None:
                self._running.discard(key)
            self._poked = True
            self._changed.notify_all()
        return parked

    def _run(self, work: Work) -> None:
        try:
            reconciler = self._reconcilers.get(work.kind)
            if reconciler is None:
                raise LookupError(f"no reconciler for {work.kind}")
            seconds = reconciler.step(work.id)
        except Later as later:
            log.debug("%s %s: later, %s", work.kind, work.id, later.why)
            self._done(work, later.seconds)
        except BaseException as error:  # a worker must outlive whatever a step does, SystemExit included
            self._failed(work, error)
        else:
            self._errors.pop((work.kind, work.id), None)
            self._done(work, seconds)

    def _give_back(self, work: Work) -> None:
        self._end(lambda: self._store.done(work, work.due))

    def _done(self, work: Work, seconds: float | None) -> None:
        again = None if seconds is None else self._clock() + seconds
        self._end(lambda: self._store.done(work, again))

    def _failed(self, work: Work, error: BaseException) -> None:
        text = f"{type(error).__name__}: {error}"
        seen = self._errors.setdefault((work.kind, work.id), set())
        if text not in seen and len(seen) < ERRORS_KEPT:
            seen.add(text)
            log.warning("%s %s: a step failed and is tried again", work.kind, work.id, exc_info=error)
        again = self._clock() + backoff(work.attempt)
        self._end(lambda: self._store.failed(work, again, text))

    def _end(self, end: Callable[[], None]) -> None:
        """Ends a lease, however often the store has to be asked: one that stays would be looked at by nobody."""
        complained = False
        while True:
            try:
                return end()
            except Exception:
                if not complained:
                    log.exception("the store does not take the end of a step")
                complained = True
            if self._stopping.wait(STORE_RETRY):
                return None  # the next owner of the store ends it
