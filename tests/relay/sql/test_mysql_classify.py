"""What MySQL's statements mean for where they run."""

from __future__ import annotations

import pytest

from jackfield.relay.sql.mysql.classify import charset_set, classify, used_database
from jackfield.relay.sql.verdict import Verdict

READS = """
SELECT 1
SELECT count(*), `order`.`x` FROM `order` WHERE a IN (1, 2) # comment; delete
SELECT 'it\\'s; update', "it""s" -- select @x
SELECT @@read_only, @@global.server_id, @@session.sql_mode
WITH a AS (SELECT 1) SELECT * FROM a
(SELECT 1) UNION (SELECT 2)
SELECT /*+ NO_ICP(t) */ replace(insert('a', 1, 1, 'b'), 'b', 'c') FROM t USE INDEX (x) WHERE a BETWEEN 1 AND 2
SELECT json_extract(a, '$.b'), a->>'$.b', CAST(a AS decimal(10, 2)) FROM t
SELECT 1; SELECT 2
""".strip().splitlines()

LAST = ["SHOW WARNINGS", "show errors", "SHOW COUNT(*) WARNINGS", "SELECT found_rows()", "SELECT @@warning_count"]

PRIMARY = """
INSERT INTO t (a, b) VALUES (1, now()) ON DUPLICATE KEY UPDATE a = VALUES(a)
REPLACE t (a) VALUES (1)
SELECT * FROM t FOR UPDATE
SELECT * FROM t FOR SHARE
SELECT * FROM t LOCK IN SHARE MODE
SELECT * INTO OUTFILE 'x' FROM t
SELECT last_insert_id()
SELECT NEXT VALUE FOR s
SELECT * FROM information_schema.processlist
SELECT @@identity
SHOW TABLES
EXPLAIN SELECT 1
BEGIN
CREATE TABLE t (a int)
SET NAMES utf8mb4
SET NAMES 'latin1' COLLATE 'latin1_bin'
SET autocommit = 0
SET @@session.autocommit=ON
USE shop
SELECT 1; DELETE FROM t
""".strip().splitlines()

PINS = """
SET @x = 1
SELECT @x
SELECT a INTO @x FROM t
SELECT @x := 1
SET sql_mode = 'ANSI'
SET NAMES gbk
SET NAMES utf8mb4, @x = 1
SET CHARACTER SET utf8mb4
SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED
CREATE TEMPORARY TABLE x (a int)
LOCK TABLES t READ
UNLOCK TABLES
PREPARE x FROM 'SELECT 1'
EXECUTE x
CALL p()
DO sleep(1)
HANDLER t OPEN
XA START 'x'
BEGIN NOT ATOMIC SET @x = 1; END
SELECT get_lock('x', 1)
SELECT mine(1)
SELECT db.lower('A')
SELECT `lower`('A')
SELECT "lower"('A')
SELECT /*!50000 1 */
SELECT /*M! 1 */
SELECT 'unfinished
FROBNICATE
""".strip().splitlines()


@pytest.mark.parametrize("sql", READS)
def test_reads(sql: str) -> None:
    assert classify(sql.encode()) is Verdict.READ


@pytest.mark.parametrize("sql", LAST)
def test_about_the_statement_before(sql: str) -> None:
    assert classify(sql.encode()) is Verdict.LAST


@pytest.mark.parametrize("sql", [*PRIMARY, ""])
def test_for_the_primary(sql: str) -> None:
    assert classify(sql.encode()) is Verdict.PRIMARY


@pytest.mark.parametrize("sql", PINS)
def test_what_pins(sql: str) -> None:
    assert classify(sql.encode()) is Verdict.PIN


def test_what_is_said_to_every_server() -> None:
    assert charset_set(b" set names utf8mb4 collate utf8mb4_bin ; ")
    assert not charset_set(b"SET NAMES utf8mb4; DELETE FROM t")
    assert used_database(b"USE `my shop`") == b"my shop"
    assert used_database(b"use shop;") == b"shop"
    assert used_database(b"use shop; delete from t") == b""
