from __future__ import annotations

import random
import signal
import sqlite3
from pathlib import Path

import pytest

from jackfield.store.counts import LEVELS
from jackfield.store.sqlite import open_store
from tests.store.children import line, spawn
from tests.store.kinds import Endpoint, Note, note


def check(path: Path) -> None:
    """Everything that must hold between the tables, asked of the file itself."""
    connection = sqlite3.connect(path)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        for table in ("claims", "work"):
            lost = f"SELECT * FROM {table} t LEFT JOIN resources r USING (kind, id) WHERE r.seq IS NULL"
            assert connection.execute(lost).fetchall() == []
        for level in LEVELS:
            counted = """SELECT kind, account, region, bucket, n FROM counts WHERE level = ? AND n <> 0
                ORDER BY 1, 2, 3, 4"""
            real = """SELECT kind, account, region, bucket, count(*) FROM (
                SELECT kind, account, region, seq >> ?1 AS bucket FROM resources WHERE region <> '' UNION ALL
                SELECT kind, account, '', seq >> ?1 FROM resources) GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"""
            assert (
                connection.execute(counted, (level,)).fetchall() == connection.execute(real, (level,)).fetchall() != []
            )
        assert connection.execute("SELECT count(*) FROM counts WHERE n <= 0").fetchone() == (0,)
        first, last, number = connection.execute("SELECT min(seq), max(seq), count(*) FROM changes").fetchone()
        assert (first, last) == (1, number)
        # The feed tells each resource's life without a jump, up to the status it has.
        life: dict[tuple[str, str], str] = {}
        for kind, id, before, after in connection.execute("SELECT kind, id, before, after FROM changes ORDER BY seq"):
            assert life.get((kind, id), "") == before
            life[kind, id] = after
        statuses = connection.execute("SELECT kind, id, status FROM resources WHERE status <> ''").fetchall()
        assert {key: status for key, status in life.items() if status} == {
            (kind, id): status for kind, id, status in statuses
        }
    finally:
        connection.close()


@pytest.mark.chaos
def test_a_killed_process_loses_no_commit_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    chance = random.Random(11)
    path = tmp_path / "store.db"
    acknowledged = 0
    for life in range(10):
        with spawn("churn", path, life) as child:
            for _ in range(chance.randrange(1, 250)):
                acknowledged = int(line(child))
            child.kill()
            assert child.stdout is not None
            for rest in child.stdout:  # told before the end
                acknowledged = int(rest) if rest.endswith("\n") else acknowledged

        check(path)
        store = open_store(path, owner_of_work=True)
        with store.read() as view:
            counter = int(view.meta("counter") or 0)
            assert counter in (acknowledged, acknowledged + 1)  # one may have been committed and not yet told
            assert sum(1 for _ in view.each(Note)) == counter
            waiting = {each.id for each in view.each(Endpoint)}
        leased = {work.id for work in store.due(3e9, 1000)}  # nothing is stuck in a lease of the dead
        assert leased <= waiting
        store.close()
    assert acknowledged > 500


@pytest.mark.chaos
@pytest.mark.parametrize("statements", [1, 2, 3, 5, 10, 20])
def test_a_store_whose_maker_is_killed_is_not_there_at_all(tmp_path: Path, statements: int) -> None:
    path = tmp_path / "store.db"
    with spawn("die_while_making", path, statements) as child:
        assert child.wait() == -signal.SIGKILL
    assert not path.exists()
    store = open_store(path)
    with store.write() as tx:
        tx.put(note("a"))
    store.close()
    check(path)
