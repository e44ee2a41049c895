"""What a read-only session lets through to its server, which refuses the writes among it."""

from __future__ import annotations

import pytest

from jackfield.relay.sql.mysql.read_only import allowed

LET_THROUGH = [
    "SELECT 1", "select * from t for update", " (SELECT 1)", "/* driver */ SELECT @@tx_isolation", "SET NAMES utf8mb4",
    "SET autocommit = 0", "SET @a = 'x'", "START TRANSACTION", "BEGIN", "COMMIT", "rollback", "USE `a;b`",
    "SHOW VARIABLES LIKE \"tx;read_only\"", "EXPLAIN SELECT 1;", "WITH a AS (SELECT 1) SELECT * FROM a",
    "START TRANSACTION READ ONLY", "-- a; b\nSELECT 1", "SELECT '\\';', \"'\" # ;", "SET sql_mode = ''",
]  # fmt: skip
DENIED = [
    "", ";", "INSERT INTO t VALUES (1)", "SET SESSION TRANSACTION READ WRITE", "set transaction read write",
    "SET @@tx_read_only = 0", "SET `tx_read_only` = 0", "SET a = 1, SESSION transaction_read_only = 0",
    "START TRANSACTION READ WRITE", "BEGIN; INSERT INTO t VALUES (1)", "SELECT 1; SELECT 2", "/*!SET tx_read_only=0*/",
    "SELECT /*! 1 */", "PREPARE s FROM 'x'", "EXECUTE s", "CALL p()", "DO SLEEP(1)",
    "SET NAMES gbk", "SET character_set_client = gbk", 'SET "tx_read_only" = 0', "LOAD DATA INFILE 'x' INTO TABLE t",
    "SET GLOBAL read_only = 0", "SET PASSWORD = 'x'", "SET ROLE admin", "-- x", "LOCK TABLES t WRITE",
    "/**/set/**/session tx_read_only=0", "SET/* */@@tx_read_only=0", "SELECT 'a' ; SET tx_read_only=0",
    "SELECT '''; SELECT 2 -- ' ; SET tx_read_only=0", "SELECT 1 -- a\n; SET tx_read_only=0",
]  # fmt: skip


@pytest.mark.parametrize("sql", LET_THROUGH)
def test_let_through(sql: str) -> None:
    assert allowed(sql.encode())


@pytest.mark.parametrize("sql", DENIED)
def test_denied(sql: str) -> None:
    assert not allowed(sql.encode())
