"""The rows that say what is due, and their leases.

A row without ``leased_by`` waits. A leased row is being worked on: a date given meanwhile goes into ``rescheduled`` and
counts when the lease ends. Every lease has a mark of its own, so that the end of one cannot end another that came
after a removal and a new creation of the same id.
"""

from __future__ import annotations

import sqlite3

from jackfield.store.resource import Work

SCHEDULE = """INSERT INTO work (kind, id, due) VALUES (?, ?, ?)
    ON CONFLICT (kind, id) DO UPDATE SET
        due = CASE WHEN leased_by IS NULL THEN min(due, excluded.due) ELSE due END,
        rescheduled = CASE WHEN leased_by IS NULL THEN NULL
            ELSE min(coalesce(rescheduled, excluded.due), excluded.due) END"""
DUE = """SELECT kind, id, due, attempt, error FROM work INDEXED BY work_due
    WHERE leased_by IS NULL AND due <= ? ORDER BY due LIMIT ?"""
NEXT = "SELECT due FROM work INDEXED BY work_due WHERE leased_by IS NULL ORDER BY due LIMIT 1"
LEASE = "UPDATE work SET leased_by = ? WHERE kind = ? AND id = ?"
LEASED = "SELECT rescheduled FROM work WHERE kind = ? AND id = ? AND leased_by = ?"
FINISH = """UPDATE work SET due = ?, attempt = ?, error = ?, leased_by = NULL, rescheduled = NULL
    WHERE kind = ? AND id = ?"""
FORGET = "DELETE FROM work WHERE kind = ? AND id = ?"
VOID = """UPDATE work SET due = min(due, coalesce(rescheduled, due)), leased_by = NULL, rescheduled = NULL
    WHERE leased_by IS NOT NULL"""


class Leased(Work, frozen=True, kw_only=True):
    """Work with the mark of its lease."""

    mark: str


def some_due(connection: sqlite3.Connection, now: float) -> bool:
    """Whether anything is due; takes no lock."""
    return connection.execute(DUE, (now, 1)).fetchone() is not None


def lease(connection: sqlite3.Connection, now: float, limit: int, mark: str) -> list[Work]:
    """Leases what is due, earliest first, and returns it."""
    rows = connection.execute(DUE, (now, limit)).fetchall()
    connection.executemany(LEASE, [(mark, row[0], row[1]) for row in rows])
    return [Leased(kind=row[0], id=row[1], due=row[2], attempt=row[3], error=row[4], mark=mark) for row in rows]


def next_due(connection: sqlite3.Connection) -> float | None:
    """The date of the earliest row that is not leased."""
    row = connection.execute(NEXT).fetchone()
    return None if row is None else float(row[0])


def done(connection: sqlite3.Connection, work: Work, again: float | None) -> None:
    """Ends a lease well: what comes first counts, ``again`` or a date given meanwhile."""
    row = _leased(connection, work)
    if row is None:
        return
    dates = [date for date in (again, row[0]) if date is not None]
    if dates:
        connection.execute(FINISH, (min(dates), 0, "", work.kind, work.id))
    else:
        connection.execute(FORGET, (work.kind, work.id))


def failed(connection: sqlite3.Connection, work: Work, again: float, error: str) -> None:
    """Ends a lease after an error.

    A date given meanwhile is covered by ``again``: a step that schedules its own resource and then fails must not
    escape its back-off.
    """
    if _leased(connection, work) is not None:
        connection.execute(FINISH, (again, work.attempt + 1, error, work.kind, work.id))


def _leased(connection: sqlite3.Connection, work: Work) -> tuple[float | None] | None:
    if not isinstance(work, Leased):
        raise TypeError("only work that due() gave out can end")
    row: tuple[float | None] | None = connection.execute(LEASED, (work.kind, work.id, work.mark)).fetchone()
    return row


def void(connection: sqlite3.Connection) -> None:
    """Ends the leases that an earlier owner of the work left behind."""
    connection.execute(VOID)
