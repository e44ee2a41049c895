from __future__ import annotations

import stat
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest

from jackfield.store import session, sqlite
from jackfield.store.errors import StoreBusy
from jackfield.store.interface import ClaimTaken
from jackfield.store.sqlite import open_store
from tests.store.children import add, line, spawn
from tests.store.kinds import ACCOUNT, Note, note

TIMES = 150


def test_two_threads_and_two_processes_lose_no_update(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    store = open_store(path)
    with spawn("count_up", path, TIMES) as one, spawn("count_up", path, TIMES) as two:
        line(one)
        line(two)  # both have begun
        threads = [threading.Thread(target=add, args=(store, TIMES)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for child in (one, two):
            child.communicate()
            assert child.returncode == 0
    with store.read() as view:
        assert view.get(Note, "sum") == note("sum", str(4 * TIMES))
        assert view.count(Note, account=ACCOUNT, region="") == 5
        holders = [view.holder("turn", str(number)) for number in range(TIMES)]
        assert None not in holders
        assert view.changes(after=5) == []
        assert [change.seq for change in view.changes()] == [1, 2, 3, 4, 5]
    store.close()


def test_several_processes_may_make_the_same_new_store(tmp_path: Path) -> None:
    path = tmp_path / "data" / "store.db"
    with ExitStack() as stack:
        children = [stack.enter_context(spawn("open_once", path)) for _ in range(4)]
        for child in children:
            assert line(child) == "ready"
        for child in children:
            assert child.stdin is not None
            child.stdin.write("go\n")
            child.stdin.flush()
        for child in children:
            child.communicate()
            assert child.returncode == 0
    store = open_store(path)
    with store.read() as view:
        assert view.count(Note, account=ACCOUNT, region="") == 4
    store.close()
    assert [each.name for each in path.parent.iterdir()] == ["store.db"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_writer_that_waits_too_long_is_told_and_readers_do_not_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "BUSY_TIMEOUT", 0.05)
    path = tmp_path / "store.db"
    store = open_store(path)
    with spawn("hold", path) as child:
        assert line(child) == "holding"
        with store.read() as view:
            assert view.get(Note, "held") is None
        with pytest.raises(StoreBusy), store.write():
            pass
        child.communicate("\n")
    with store.write() as tx:  # neither the thread nor the lock among threads was left behind
        assert tx.get(Note, "held") == note("held")
    store.close()


def test_a_thread_that_waits_too_long_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT", 0.05)
    store = open_store(tmp_path / "store.db")
    told: list[StoreBusy] = []

    def wait() -> None:
        try:
            with store.write():
                pass
        except StoreBusy as error:
            told.append(error)

    with store.write():
        other = threading.Thread(target=wait)
        other.start()
        other.join()
    assert len(told) == 1
    store.close()


def test_one_of_many_threads_gets_the_name(tmp_path: Path) -> None:
    store = open_store(tmp_path / "store.db")
    start = threading.Barrier(8)
    winners: list[str] = []

    def take(me: Note) -> None:
        start.wait()
        try:
            with store.write() as tx:
                tx.put(me)
                tx.claim("name", "only", me)
            winners.append(me.id)
        except ClaimTaken:
            pass

    threads = [threading.Thread(target=take, args=(note(f"n{number}"),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as view:
        assert view.holder("name", "only") == ("test.note", winners[0])
        assert [each.id for each in view.each(Note)] == winners
    store.close()


def test_the_connection_of_a_thread_goes_with_it(tmp_path: Path) -> None:
    store = open_store(tmp_path / "of-threads.db")

    def use() -> None:
        with store.write() as tx:
            tx.put(note("n"))

    for _ in range(20):
        thread = threading.Thread(target=use)
        thread.start()
        thread.join()
    descriptors = Path("/proc/self/fd")
    if descriptors.exists():
        names = [entry.resolve().name for entry in descriptors.iterdir() if entry.exists()]
        assert names.count("of-threads.db") <= 1
    store.close()
