"""What PostgreSQL's statements mean for where they run."""

from __future__ import annotations

import pytest

from jackfield.relay.sql.postgres.classify import classify
from jackfield.relay.sql.verdict import Verdict

READS = """
SELECT 1
select count(*) from t where a in (1, 2) and b = any(array[1])
WITH a(b) AS (SELECT 1), c AS MATERIALIZED (SELECT 2) SELECT * FROM a, c
(SELECT 1) UNION (VALUES (2))
TABLE t
SELECT 'for update; insert into t' /* delete /* nested */ */ -- update
SELECT $$ update $$, $a$ ; drop $$ $a$
SELECT extract(year FROM now()), cast(1 AS numeric(3, 2)), x::varchar(3)
SELECT e'it\\'s', U&'\\0041', b'1'
SELECT pg_catalog.lower('A')
SELECT 1; SELECT 2;
SELECT sum(a) FILTER (WHERE b) OVER (PARTITION BY c ORDER BY d ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t
SELECT * FROM generate_series(1, 3) AS g(n)
""".strip().splitlines()

PRIMARY = """
INSERT INTO t (a, b) VALUES (1, now()) ON CONFLICT (a) DO UPDATE SET (a, b) = (1, 2) RETURNING a
UPDATE t SET a = 1
SELECT * FROM t FOR UPDATE
SELECT * FROM t FOR NO KEY UPDATE SKIP LOCKED
SELECT * FROM t FOR KEY SHARE
WITH x AS (INSERT INTO t VALUES (1) RETURNING a) SELECT * FROM x
SELECT * INTO copied FROM t
SELECT nextval('s')
SELECT 1; INSERT INTO t VALUES (1)
SELECT * FROM pg_stat_activity
SELECT * FROM pg_locks
SELECT pg_advisory_xact_lock(1)
BEGIN
COMMIT; BEGIN
CREATE TABLE t (a int DEFAULT nextval('x'))
SHOW transaction_read_only
SET LOCAL work_mem = '1MB'
SET TRANSACTION READ ONLY
EXPLAIN ANALYZE SELECT 1
COPY t FROM STDIN
NOTIFY n
-- nothing
""".strip().splitlines()

PINS = """
SET work_mem = '1MB'
SET SESSION work_mem = '1MB'
RESET ALL
DISCARD ALL
LISTEN n
DO $$ BEGIN END $$
CALL p()
LOAD 'x'
SELECT set_config('a', 'b', false)
INSERT INTO t SELECT set_config('a', 'b', false)
SELECT pg_advisory_lock(1)
COPY (SELECT pg_advisory_lock(1)) TO STDOUT
SELECT mine(1)
SELECT public.lower('A')
SELECT "lower"('A')
SELECT lower.it(1)
CREATE TEMP TABLE x (a int)
CREATE LOCAL TEMPORARY TABLE x (a int)
CREATE OR REPLACE TEMP VIEW x AS SELECT 1
SELECT 1 INTO TEMP x
SELECT * FROM pg_temp.x
DECLARE c CURSOR WITH HOLD FOR SELECT 1
SELECT 1; SET x = 1
SELECT 'unfinished
SELECT /* unfinished
SELECT e'a' 'b\\' ; SELECT set_config('a','b',false) --'
FROBNICATE
""".strip().splitlines()


@pytest.mark.parametrize("sql", READS)
def test_reads(sql: str) -> None:
    assert classify(sql.encode()) is Verdict.READ


@pytest.mark.parametrize("sql", [*PRIMARY, "", ";"])
def test_for_the_primary(sql: str) -> None:
    assert classify(sql.encode()) is Verdict.PRIMARY


@pytest.mark.parametrize("sql", PINS)
def test_what_pins(sql: str) -> None:
    assert classify(sql.encode()) is Verdict.PIN


def test_long_and_strange_texts() -> None:
    rows = ", ".join(["(1)"] * 20_000)
    assert classify(f"INSERT INTO t VALUES {rows}".encode()) is Verdict.PRIMARY
    assert classify(f"INSERT INTO t VALUES {rows}; SET x = 1".encode()) is Verdict.PIN
    assert classify(f"SELECT * FROM (VALUES {rows}) v".encode()) is Verdict.PIN
    assert classify(b"SELECT '\xff\xfe'") is Verdict.PIN
    assert classify("SELECT name\u00a0from t".encode()) is Verdict.READ  # one name, as PostgreSQL sees it
