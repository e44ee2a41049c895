from __future__ import annotations

import re
from pathlib import Path

from jackfield.store.sqlite import open_store
from tests.store.kinds import ACCOUNT, EVIDENCE, REGION, Endpoint, Note, endpoint, note

STATEMENT = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE)\b", re.IGNORECASE)


def test_every_statement_finds_its_rows_by_an_index(tmp_path: Path) -> None:
    """Runs everything the store can do, then asks SQLite how it did each statement: no scan, no sorting."""
    store = open_store(tmp_path / "store.db", owner_of_work=True)
    statements: set[str] = set()
    with store.write() as tx:
        tx.run(lambda connection: connection.set_trace_callback(statements.add))
    with store.write() as tx:
        for number in range(300):
            tx.put(note(f"n{number}", parent="p"))
        tx.put(endpoint("e"))
        tx.put(endpoint("e", "Normal"), evidence=EVIDENCE)
        tx.put(note("n1", region="elsewhere"))
        tx.remove(note("n2"))
        tx.claim("name", "x", note("n3"))
        tx.claim("name", "x", note("n3"))
        tx.unclaim("name", "x", note("n3"))
        for id in ("n3", "n4", "n5"):
            tx.schedule(note(id))
        tx.note(note("n3"), EVIDENCE)
        tx.set_meta("k", "v")
        tx.spend_nonce("k", "n", tx.now + 1)
        tx.remember("a", "b", "c", "d", b"", tx.now + 1)
        tx.replayed("a", "b", "c")
        now = tx.now
    with store.read() as view:
        view.get(Note, "n1")
        view.children(Note, "p")
        for region in ("", REGION):
            assert len(view.page(Note, account=ACCOUNT, region=region, offset=150, limit=100)) == 100
            view.count(Note, account=ACCOUNT, region=region)
            for account in ("", ACCOUNT):
                list(view.each(Note, account=account, region=region))
        view.holder("name", "x")
        view.claims("test.note", "n3")
        view.count_claims("name")
        view.holders("name")
        view.claimed("name", ["x", "y"])
        for kind, id in (("", ""), ("test.note", ""), ("", "n1"), ("test.note", "n1")):
            view.changes(kind=kind, id=id)
        view.meta("k")
        view.get(Endpoint, "e")
    first, second, third = store.due(now + 1, 10)
    store.done(first, None)
    store.done(second, now + 5)
    store.failed(third, now + 5, "error")
    store.next_due()
    store.sweep(now)

    plans: dict[str, list[str]] = {}
    with store.read() as view:
        view.run(lambda connection: connection.set_trace_callback(None))
        for statement in filter(STATEMENT.match, statements):
            explain = f"EXPLAIN QUERY PLAN {statement}"
            rows = view.run(lambda connection, sql: connection.execute(sql).fetchall(), explain)
            plans[statement] = [row[3] for row in rows]
    store.close()
    kinds = {re.sub(r"'[^']*'|[0-9.]+", "?", statement) for statement in plans}
    assert len(kinds) >= 40  # the trace saw what ran
    # max(seq) is a SEARCH of the table's key; next_due reads the first entry of an index that holds only what waits.
    allowed = {
        "SCAN work USING INDEX work_due",
        "SCAN work USING COVERING INDEX work_due",
        "SCAN 2 CONSTANT ROWS",  # those of VALUES
        "SCAN 4 CONSTANT ROWS",
    }
    slow = {
        statement: plan
        for statement, plan in plans.items()
        if any(("SCAN" in step and step not in allowed) or "TEMP B-TREE" in step for step in plan)
    }
    assert slow == {}


def test_finding_a_page_reads_few_rows_wherever_it_lies(tmp_path: Path) -> None:
    """SQLite's own count of virtual machine steps, which does not depend on the machine."""
    store = open_store(tmp_path / "store.db")
    with store.write() as tx:
        for number in range(40_000):
            tx.put(note(f"n{number}"))
    steps = 0

    def tick() -> int:
        nonlocal steps
        steps += 1
        return 0

    with store.read() as view:
        view.run(lambda connection: connection.set_progress_handler(tick, 1))
        costs = []
        for offset in (0, 20_050, 39_900):
            steps = 0
            assert len(view.page(Note, account=ACCOUNT, region=REGION, offset=offset, limit=100)) == 100
            costs.append(steps)
        steps = 0
        view.count(Note, account=ACCOUNT, region=REGION)
        counting = steps
        view.run(lambda connection: connection.set_progress_handler(None, 0))
    store.close()
    assert max(costs) < 4 * costs[0] < 10_000
    assert counting < 100
