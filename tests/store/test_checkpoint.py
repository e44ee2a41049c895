"""The log is copied back by a thread of its own, and does not grow without bound."""

from __future__ import annotations

from pathlib import Path

from jackfield.store.checkpoint import LOG_BYTES
from jackfield.store.sqlite import open_store
from tests.running import until
from tests.store.kinds import ACCOUNT, Note, note


def test_the_log_is_reused_while_writes_go_on(tmp_path: Path) -> None:
    """Twice as much is written as makes a checkpoint worth while; the log goes back to its start in between."""
    store = open_store(tmp_path / "store.db", owner_of_work=True)
    log = tmp_path / "store.db-wal"
    written = 0

    def write_some() -> int:
        nonlocal written
        with store.write() as tx:
            for _ in range(200):
                written += 1
                tx.put(note(f"t-{written}", "x" * 2000))
        return log.stat().st_size

    try:
        until("a log worth a checkpoint", lambda: write_some() >= LOG_BYTES)
        until("a commit that begins the log anew", lambda: log.stat().st_size == write_some())
    finally:
        store.close()
    with open_store(tmp_path / "store.db").read() as view:
        assert view.count(Note, account=ACCOUNT, region="") == written
