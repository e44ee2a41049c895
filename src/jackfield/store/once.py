"""What keeps a request from happening twice: spent nonces, and the replies to calls with a ClientToken."""

from __future__ import annotations

import sqlite3

SPEND = """INSERT INTO nonces (access_key, nonce, until) VALUES (?, ?, ?)
    ON CONFLICT (access_key, nonce) DO UPDATE SET until = excluded.until WHERE until <= ?"""
REPLAYED = "SELECT digest, reply FROM replies WHERE account = ? AND operation = ? AND token = ? AND until > ?"
REMEMBER = """INSERT INTO replies (account, operation, token, digest, reply, until) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (account, operation, token)
    DO UPDATE SET digest = excluded.digest, reply = excluded.reply, until = excluded.until"""
SWEEP = ("DELETE FROM nonces WHERE until <= ?", "DELETE FROM replies WHERE until <= ?")


def spend(connection: sqlite3.Connection, access_key: str, nonce: str, until: float, now: float) -> bool:
    """Records a nonce; ``False`` when a record of it still holds."""
    return connection.execute(SPEND, (access_key, nonce, until, now)).rowcount == 1


def replayed(
    connection: sqlite3.Connection, account: str, operation: str, token: str, now: float
) -> tuple[str, bytes] | None:
    """(digest of the request, reply) kept for a token."""
    row: tuple[str, bytes] | None = connection.execute(REPLAYED, (account, operation, token, now)).fetchone()
    return row


def remember(
    connection: sqlite3.Connection, account: str, operation: str, token: str, digest: str, reply: bytes, until: float
) -> None:
    """Keeps a reply for a token."""
    connection.execute(REMEMBER, (account, operation, token, digest, reply, until))


def sweep(connection: sqlite3.Connection, now: float) -> None:
    """Deletes what no longer holds."""
    for sql in SWEEP:
        connection.execute(sql, (now,))
