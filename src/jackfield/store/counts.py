"""Counting and paging that cost the same however many resources there are and wherever the page lies.

For each (kind, account, region) the table ``counts`` says how many resources lie in each bucket of ``seq``. There are
buckets of two sizes, so that a page is found by adding up a few coarse ones, then the fine ones inside one coarse
bucket, then skipping a few index entries. Each resource is counted for its region and for region "", all regions.
"""

from __future__ import annotations

import sqlite3

LEVELS = (14, 7)
"""Sizes of the buckets as powers of two, coarse first."""

ADD = """INSERT INTO counts (kind, account, region, level, bucket, n) VALUES {}
    ON CONFLICT (kind, account, region, level, bucket) DO UPDATE SET n = n + excluded.n"""
ROW = "(?1, ?2, {region}, {level}, ?4 >> {level}, ?5)"
ADD_ALL = ADD.format(", ".join(ROW.format(region="''", level=level) for level in LEVELS))
ADD_BOTH = ADD.format(", ".join(ROW.format(region=region, level=level) for region in ("''", "?3") for level in LEVELS))
DROP_EMPTY = """DELETE FROM counts
    WHERE kind = ? AND account = ? AND region IN ('', ?) AND level = ? AND bucket = ? AND n = 0"""
TOTAL = f"SELECT total(n) FROM counts WHERE kind = ? AND account = ? AND region = ? AND level = {LEVELS[0]}"
BUCKETS = """SELECT bucket, n FROM counts
    WHERE kind = ? AND account = ? AND region = ? AND level = ? AND bucket BETWEEN ? AND ? ORDER BY bucket"""


def add(connection: sqlite3.Connection, kind: str, account: str, region: str, seq: int, n: int) -> None:
    """Counts a resource (``n`` = 1) or no longer (``n`` = -1)."""
    connection.execute(ADD_BOTH if region else ADD_ALL, (kind, account, region, seq, n))
    if n < 0:
        for level in LEVELS:
            connection.execute(DROP_EMPTY, (kind, account, region, level, seq >> level))


def total(connection: sqlite3.Connection, kind: str, account: str, region: str) -> int:
    """How many there are; region "" counts all regions."""
    return int(connection.execute(TOTAL, (kind, account, region)).fetchone()[0])


def locate(connection: sqlite3.Connection, kind: str, account: str, region: str, offset: int) -> tuple[int, int] | None:
    """Finds the resource with ``offset`` older ones before it.

    :return: a ``seq`` to start from and how many to skip from there; ``None`` when there are not so many.
    """
    first, last = 0, (1 << 62)
    for level in LEVELS:
        for bucket, n in connection.execute(BUCKETS, (kind, account, region, level, first >> level, last >> level)):
            if offset < n:
                first = bucket << level
                last = first + (1 << level) - 1
                break
            offset -= n
        else:
            return None
    return first, offset
