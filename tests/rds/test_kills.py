"""kill -9 of the API process and the supervisor while a public endpoint comes or goes."""

from __future__ import annotations

import random
import threading
from pathlib import Path

import pytest
from alibabacloud_rds20140815 import models

from tests.chaos.dialling import refuses
from tests.rds.conftest import Rds
from tests.rds.databases import LOST, Database, Load, ask, database_of
from tests.running import Running, until

pytestmark = pytest.mark.chaos

ROUNDS = 10
SEED = 20240412


@pytest.mark.timeout(240)
@pytest.mark.parametrize("engine", ["PostgreSQL", "MySQL"])
def test_public_endpoints_complete(engine: str, tmp_path: Path) -> None:
    """After each kill the instance is Running, the endpoint serves or is really gone, and the load on the private
    address has not missed a query. Accounts become Available, whatever was killed.
    """
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    with Running(tmp_path, "--pace", "instant") as running:
        rds = Rds(running)
        instance = rds.create(engine, "15.0" if engine == "PostgreSQL" else "8.0")
        database = database_of("postgres" if engine == "PostgreSQL" else "mariadb", rds, instance)
        rds.create_account(instance)
        private = rds.endpoints(instance)["Private"]["ConnectionString"]
        load = Load(database.connect(private, database.port))
        load.start()
        for number in range(ROUNDS):
            _round(running, database, chance, number)
            assert load.failures == [], number
        answered = load.answered
        until("the load going on", lambda: load.answered > answered + 20)
        assert load.end() == []
        assert {f"user{number}" for number in range(ROUNDS)} <= set(Rds(running).accounts(instance))


@pytest.mark.timeout(240)
def test_moves_complete(tmp_path: Path) -> None:
    """The public endpoint changes name and port in turn: after each kill it is behind one door, and a session that was
    open outlives another name, not another port.
    """
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    with Running(tmp_path, "--pace", "instant") as running:
        rds = Rds(running)
        instance = rds.create("PostgreSQL", "15.0")
        database = database_of("postgres", rds, instance)
        rds.create_account(instance)
        rds.allocate(instance, "kill-moves", 5432)
        load = Load(database.connect(rds.endpoints(instance)["Private"]["ConnectionString"], 5432))
        load.start()
        moves = sum(_move(running, instance, chance, number) for number in range(ROUNDS))
        assert moves >= ROUNDS // 2
        assert load.end() == []


def _move(running: Running, instance: str, chance: random.Random, number: int) -> bool:
    """Whether the endpoint has moved, which it has if the call was answered."""
    rds = Rds(running)
    database = database_of("postgres", rds, instance)
    before = rds.endpoints(instance)["Public"]
    name, port = before["ConnectionString"], int(before["Port"])
    wanted = (f"kill-move{number}", port) if number % 2 else (name.partition(".")[0], 5432 + (port == 5432))
    address = database.address(name)
    held = database.connect(name, port)
    killer = threading.Timer(chance.uniform(0.0, 0.05), _kill, (running, ("api", "both", "supervisor")[number % 3]))
    killer.start()
    answered = True
    try:
        rds.api.modify_dbinstance_connection_string(
            models.ModifyDBInstanceConnectionStringRequest(
                dbinstance_id=instance,
                current_connection_string=name,
                connection_string_prefix=wanted[0],
                port=str(wanted[1]),
            )
        )
    except Exception as broken:  # no answer came: the call may or may not have happened
        print(f"round {number}: {type(broken).__name__}")
        answered = False
    killer.join()
    running.wait_ready()
    rds = Rds(running)
    rds.wait_running(instance)
    running.wait_idle()
    after = rds.endpoints(instance)["Public"]
    now = (after["ConnectionString"].partition(".")[0], int(after["Port"]))
    assert now == wanted or (now == (name.partition(".")[0], port) and not answered)
    assert set(running.names()) == {one["ConnectionString"] for one in rds.endpoints(instance).values()}
    with database_of("postgres", rds, instance).connect(after["ConnectionString"], now[1]) as session:
        assert ask(session, "SELECT 1") == (1,)
    if now[1] == port:
        assert ask(held, "SELECT 2") == (2,)
    else:
        with pytest.raises(LOST):
            ask(held, "SELECT 2")
        assert refuses((address, port))
    held.close()
    return now == wanted


def _round(running: Running, database: Database, chance: random.Random, number: int) -> None:
    rds = Rds(running)  # the port may be another one after both were killed
    instance = database.instance
    before = rds.endpoints(instance).get("Public")
    held = database.connect(before["ConnectionString"], database.port) if before else None
    address = database.address(before["ConnectionString"]) if before else ""
    killer = threading.Timer(chance.uniform(0.0, 0.08), _kill, (running, ("api", "both", "supervisor")[number % 3]))
    killer.start()
    try:
        if before:
            rds.release(instance, before["ConnectionString"])
        else:
            if number:
                rds.api.create_account(_account(instance, number))
            rds.allocate(instance, f"kills{number}", database.port)
    except Exception as broken:  # no answer came: the call may or may not have happened
        print(f"round {number}: {type(broken).__name__}")
    killer.join()
    running.wait_ready()
    rds = Rds(running)
    rds.wait_running(instance)
    if f"user{number}" not in rds.accounts(instance):
        rds.create_account(instance, f"user{number}", "Test-123456", "Normal")
    rds.wait_account(instance, f"user{number}")
    after = rds.endpoints(instance).get("Public")
    if after:
        with database.connect(after["ConnectionString"], database.port) as session:
            assert ask(session, "SELECT 1") == (1,)
    elif held is not None:
        with pytest.raises(LOST):
            ask(held, "SELECT 2")
        assert refuses((address, database.port))
    if held is not None:
        held.close()


def _kill(running: Running, kind: str) -> None:
    if kind == "api":
        running.kill_api()
        return
    running.kill_supervisor()
    if kind == "both":
        running.kill_api()
    running.up()


def _account(instance: str, number: int) -> models.CreateAccountRequest:
    return models.CreateAccountRequest(
        dbinstance_id=instance, account_name=f"user{number}", account_password="Test-123456", account_type="Normal"
    )
