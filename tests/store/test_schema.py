from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

import pytest

from jackfield.store.errors import NotAStore, NotTheOwner, StoreTooNew
from jackfield.store.schema import FIRST, MIGRATIONS, prepare
from jackfield.store.session import connect
from jackfield.store.sqlite import Durability, open_store
from tests.store.kinds import Note, note


def execute(path: Path, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    try:
        rows = connection.execute(sql).fetchall()
        connection.commit()
        return rows
    finally:
        connection.close()


def test_only_the_owner_can_read_the_files(tmp_path: Path) -> None:
    mask = os.umask(0)
    try:
        store = open_store(tmp_path / "data" / "store.db")
        with store.write() as tx:
            tx.put(note("a"))
        modes = {entry.name: stat.S_IMODE(entry.stat().st_mode) for entry in (tmp_path / "data").iterdir()}
        store.close()
    finally:
        os.umask(mask)
    assert modes == {"store.db": 0o600, "store.db-wal": 0o600, "store.db-shm": 0o600}
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_a_file_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    open_store(path).close()
    path.chmod(0o644)
    open_store(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_newer_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    open_store(path).close()
    execute(path, f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    before = path.read_bytes()
    with pytest.raises(StoreTooNew) as caught:
        open_store(path)
    assert (caught.value.found, caught.value.known) == (len(MIGRATIONS) + 1, len(MIGRATIONS))
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"no database at all" * 100, None])
def test_another_programs_file_is_refused_and_left_alone(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "store.db"
    if content is None:
        execute(path, "CREATE TABLE resources (x)")
    else:
        path.write_bytes(content)
    before = path.read_bytes()
    with pytest.raises(NotAStore):
        open_store(path)
    assert path.read_bytes() == before


def test_an_older_file_is_brought_forward_with_what_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    store = open_store(path)
    with store.write() as tx:
        tx.put(note("a"))
    store.close()
    second = ("ALTER TABLE meta ADD COLUMN extra TEXT NOT NULL DEFAULT 'x'", "INSERT INTO meta VALUES ('k', 'v', 'y')")
    prepare(path, connect, (FIRST, second))
    prepare(path, connect, (FIRST, second))
    assert execute(path, "SELECT * FROM meta") == [("k", "v", "y")]
    assert execute(path, "PRAGMA user_version") == [(2,)]
    assert execute(path, "SELECT id FROM resources") == [("a",)]
    with pytest.raises(StoreTooNew):
        prepare(path, connect, (FIRST,))


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    open_store(path).close()
    broken = ("CREATE TABLE extra (x)", "INSERT INTO nowhere VALUES (1)")
    with pytest.raises(sqlite3.OperationalError):
        prepare(path, connect, (FIRST, broken))
    assert execute(path, "PRAGMA user_version") == [(1,)]
    assert execute(path, "SELECT name FROM sqlite_master WHERE name = 'extra'") == []
    open_store(path).close()


@pytest.mark.parametrize(("durability", "synchronous"), [("normal", 1), ("strict", 2)])
def test_durability_is_what_was_asked_for(tmp_path: Path, durability: Durability, synchronous: int) -> None:
    store = open_store(tmp_path / "store.db", durability=durability)
    with store.write() as tx:
        assert tx.run(lambda connection: connection.execute("PRAGMA journal_mode").fetchone()) == ("wal",)
        assert tx.run(lambda connection: connection.execute("PRAGMA synchronous").fetchone()) == (synchronous,)
        tx.put(note("a"))
    with store.read() as view:
        assert view.get(Note, "a") == note("a")
    store.close()


def test_a_store_opened_to_look_gives_out_no_work_and_ends_no_lease(tmp_path: Path) -> None:
    owner = open_store(tmp_path / "store.db", owner_of_work=True)
    with owner.write() as tx:
        tx.put(note("a"))
        tx.schedule(note("a"))
    (work,) = owner.due(3e9, 10)
    tool = open_store(tmp_path / "store.db")
    with pytest.raises(NotTheOwner):
        tool.due(3e9, 10)
    assert owner.due(3e9, 10) == []
    owner.done(work, 1.0)
    assert tool.next_due() == 1.0
    tool.close()
    owner.close()
