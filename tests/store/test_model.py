"""Random sequences of everything a store does, against dictionaries that do the same."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from jackfield.store.interface import ClaimTaken, Tx
from jackfield.store.resource import Work
from jackfield.store.sqlite import open_store
from tests.store.kinds import ACCOUNT, OTHER_ACCOUNT, OTHER_REGION, REGION, Clock, Note, note

IDS = st.sampled_from(["a", "b", "c", "d", "e\0", "é"])
NAMES = st.sampled_from(["x", "y", "z"])
ACCOUNTS = st.sampled_from([ACCOUNT, OTHER_ACCOUNT])
REGIONS = st.sampled_from(["", REGION, OTHER_REGION])
LATER = st.integers(min_value=0, max_value=9).map(float)


class Row:
    """A row of work in the model."""

    def __init__(self, due: float) -> None:
        self.due, self.attempt, self.error = due, 0, ""
        self.lease: Work | None = None
        self.again: float | None = None


class Undone(Exception):
    """Leaves a transaction that is to be rolled back."""


class StoreMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.clock = Clock()
        self.open()
        self.notes: dict[str, Note] = {}  # in order of creation, as dictionaries are
        self.claims: dict[str, str] = {}
        self.work: dict[str, Row] = {}
        self.leases: list[tuple[Work, Row]] = []
        self.feed: list[str] = []

    def open(self) -> None:
        self.store = open_store(self.folder / "store.db", clock=self.clock, owner_of_work=True)

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    @rule(id=IDS, account=ACCOUNTS, region=REGIONS, parent=st.sampled_from(["", "p"]), text=st.text())
    def put(self, id: str, account: str, region: str, parent: str, text: str) -> None:
        resource = note(id, text, account=account, region=region, parent=parent)
        with self.store.write() as tx:
            tx.put(resource)
        if id not in self.notes:
            self.feed.append(id)
        self.notes[id] = resource

    @rule(id=IDS)
    def remove(self, id: str) -> None:
        with self.store.write() as tx:
            tx.remove(note(id))
        if self.notes.pop(id, None):
            self.feed.append(id)
        self.claims = {name: holder for name, holder in self.claims.items() if holder != id}
        self.work.pop(id, None)

    @rule(id=IDS, name=NAMES)
    def claim(self, id: str, name: str) -> None:
        if id not in self.notes:
            return
        if self.claims.get(name, id) != id:
            with self.store.write() as tx, pytest.raises(ClaimTaken):
                tx.claim("name", name, note(id))
        else:
            with self.store.write() as tx:
                tx.claim("name", name, note(id))
            self.claims[name] = id

    @rule(id=IDS, name=NAMES)
    def unclaim(self, id: str, name: str) -> None:
        with self.store.write() as tx:
            tx.unclaim("name", name, note(id))
        if self.claims.get(name) == id:
            del self.claims[name]

    @rule(id=IDS, later=st.none() | LATER)
    def schedule(self, id: str, later: float | None) -> None:
        if id not in self.notes:
            return
        due = None if later is None else self.clock.now + later
        with self.store.write() as tx:
            tx.schedule(note(id), due)
        due = self.clock.now if due is None else due
        row = self.work.get(id)
        if row is None:
            self.work[id] = Row(due)
        elif row.lease is None:
            row.due = min(row.due, due)
        else:
            row.again = due if row.again is None else min(row.again, due)

    @rule(later=LATER, limit=st.integers(min_value=1, max_value=4))
    def due(self, later: float, limit: int) -> None:
        now = self.clock.now + later
        ready = sorted(row.due for row in self.work.values() if row.lease is None and row.due <= now)
        works = self.store.due(now, limit)
        assert [work.due for work in works] == ready[:limit]
        for work in works:
            row = self.work[work.id]
            assert row.lease is None
            assert (work.due, work.attempt, work.error) == (row.due, row.attempt, row.error)
            row.lease = work
            self.leases.append((work, row))

    @precondition(lambda self: self.leases)
    @rule(data=st.data(), again=st.none() | LATER, error=st.none() | st.text(max_size=5))
    def finish(self, data: st.DataObject, again: float | None, error: str | None) -> None:
        work, row = self.leases.pop(data.draw(st.integers(min_value=0, max_value=len(self.leases) - 1)))
        date = None if again is None else self.clock.now + again
        if error is not None:
            date = date or self.clock.now
            self.store.failed(work, date, error)
        else:
            self.store.done(work, date)
        if self.work.get(work.id) is not row or row.lease is not work:
            return  # removed, made anew, or void since the store was opened again
        if error is None and date is None and row.again is None:
            del self.work[work.id]
            return
        if error is None:
            row.due = min(each for each in (date, row.again) if each is not None)
            row.attempt, row.error = 0, ""
        else:
            assert date is not None
            row.due, row.attempt, row.error = date, row.attempt + 1, error
        row.lease = row.again = None

    @rule(seconds=LATER)
    def pass_time(self, seconds: float) -> None:
        self.clock.now += seconds

    @rule()
    def open_again(self) -> None:
        self.store.close()
        self.open()
        for row in self.work.values():
            if row.lease is not None:
                row.due = row.due if row.again is None else min(row.due, row.again)
            row.lease = row.again = None

    @rule(id=IDS, name=NAMES)
    def undo(self, id: str, name: str) -> None:
        def everything(tx: Tx) -> None:
            tx.remove(note(id))
            tx.put(note(id, "never"))
            if tx.holder("name", name) is None:
                tx.claim("name", name, note(id))
            tx.schedule(note(id), 0.0)
            raise Undone

        with pytest.raises(Undone), self.store.write() as tx:
            everything(tx)

    @invariant()
    def the_store_says_the_same(self) -> None:
        with self.store.read() as view:
            assert list(view.each(Note)) == list(self.notes.values())
            for account in (ACCOUNT, OTHER_ACCOUNT):
                for region in ("", REGION, OTHER_REGION):
                    expected = [
                        each for each in self.notes.values() if each.account == account and region in ("", each.region)
                    ]
                    assert view.count(Note, account=account, region=region) == len(expected)
                    for offset in range(len(expected) + 1):
                        page = view.page(Note, account=account, region=region, offset=offset, limit=2)
                        assert page == expected[offset : offset + 2]
            assert view.children(Note, "p") == [each for each in self.notes.values() if each.parent == "p"]
            for name in ("x", "y", "z"):
                holder = self.claims.get(name)
                assert view.holder("name", name) == (holder and ("test.note", holder))
            assert view.count_claims("name") == len(self.claims)
            assert view.claimed("name", ["x", "y", "z"]) == set(self.claims)
            assert [change.id for change in view.changes(limit=10**6)] == self.feed
            assert [change.seq for change in view.changes(limit=10**6)] == list(range(1, len(self.feed) + 1))
        waiting = [row.due for row in self.work.values() if row.lease is None]
        assert self.store.next_due() == min(waiting, default=None)


TestStoreMachine = StoreMachine.TestCase
TestStoreMachine.settings = settings(max_examples=50, stateful_step_count=40, deadline=None)
