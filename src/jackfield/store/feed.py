"""The change feed: append-only, numbered without gaps."""

from __future__ import annotations

import sqlite3
from typing import Any

import msgspec

from jackfield.store.resource import Change, Evidence, Resource

APPEND = """INSERT INTO changes (at, kind, id, account, before, after, evidence, request)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
READ = "SELECT seq, at, kind, id, account, before, after, evidence, request FROM changes"
READ_ALL = f"{READ} WHERE seq > ? ORDER BY seq LIMIT ?"
READ_KIND = f"{READ} INDEXED BY change_kind WHERE kind = ? AND seq > ? ORDER BY seq LIMIT ?"
READ_ID = f"{READ} INDEXED BY change_id WHERE id = ? AND seq > ? ORDER BY seq LIMIT ?"
READ_BOTH = f"{READ} INDEXED BY change_id WHERE id = ? AND kind = ? AND seq > ? ORDER BY seq LIMIT ?"

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(dict[str, Any]).decode


def append(
    connection: sqlite3.Connection,
    *,
    at: float,
    resource: Resource,
    before: str,
    after: str,
    evidence: Evidence | None,
    request: str,
) -> None:
    """Writes one entry."""
    saved = _encode(dict(evidence)) if evidence else b"{}"
    row = (at, type(resource).kind, resource.id, resource.account, before, after, saved, request)
    connection.execute(APPEND, row)


def read(connection: sqlite3.Connection, after: int, kind: str, id: str, limit: int) -> list[Change]:
    """Entries numbered above ``after``, oldest first; an empty ``kind`` or ``id`` stands for all."""
    if limit <= 0:
        return []
    if id and kind:
        rows = connection.execute(READ_BOTH, (id, kind, after, limit))
    elif id:
        rows = connection.execute(READ_ID, (id, after, limit))
    elif kind:
        rows = connection.execute(READ_KIND, (kind, after, limit))
    else:
        rows = connection.execute(READ_ALL, (after, limit))
    return [
        Change(
            seq=row[0],
            at=row[1],
            kind=row[2],
            id=row[3],
            account=row[4],
            before=row[5],
            after=row[6],
            evidence=_decode(row[7]),
            request=row[8],
        )
        for row in rows
    ]
