"""kill -9 of the API process, and of the relay, while splitting endpoints and proxies come, change and go."""

from __future__ import annotations

import os
import random
import signal
import threading
from pathlib import Path

import pytest
from alibabacloud_rds20140815 import models

from tests.rds.conftest import Rds
from tests.rds.databases import LOST, Load, ask, database_of
from tests.rds.splitting import Splitting
from tests.running import Running, until

pytestmark = pytest.mark.chaos

ROUNDS = 6
SEED = 20261122


@pytest.mark.timeout(240)
def test_what_was_begun_is_finished(tmp_path: Path) -> None:
    """After each kill the primary is Running, and the splitting endpoint splits or is really gone; a session at a
    proxy's address, whose reads are split all the while, misses nothing.
    """
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    with Running(tmp_path, "--pace", "instant") as running:
        rds = Rds(running)
        primary = rds.create("PostgreSQL", "15.0")
        rds.create_account(primary)
        splitting = Splitting(database_of("postgres", rds, primary))
        rds.api.modify_dbproxy(models.ModifyDBProxyRequest(dbinstance_id=primary, config_dbproxy_service="Startup"))
        rds.wait_running(primary)
        [proxy] = rds.api.describe_dbproxy(
            models.DescribeDBProxyRequest(dbinstance_id=primary)
        ).body.dbproxy_connect_string_items.dbproxy_connect_string_items
        load = Load(splitting.connect(proxy.dbproxy_connect_string))
        load.start()
        for number in range(ROUNDS):
            _round(running, splitting, chance, number)
            assert load.failures == [], number
        answered = load.answered
        until("the load going on", lambda: load.answered > answered + 20)
        assert load.end() == []


def _round(running: Running, splitting: Splitting, chance: random.Random, number: int) -> None:
    """Allocates, changes and releases in turn."""
    calls = splitting.rds.api
    primary, step = splitting.primary, ("allocate", "modify", "release")[number % 3]
    if not splitting.net_infos() and step != "allocate":
        step = "allocate"
    held = splitting.connect(splitting.net_info()["ConnectionString"]) if splitting.net_infos() else None
    killer = threading.Timer(chance.uniform(0.0, 0.08), running.kill_api)
    killer.start()
    try:
        if step == "allocate":
            calls.allocate_read_write_splitting_connection(
                models.AllocateReadWriteSplittingConnectionRequest(dbinstance_id=primary)
            )
        elif step == "modify":
            calls.modify_read_write_splitting_connection(
                models.ModifyReadWriteSplittingConnectionRequest(dbinstance_id=primary, max_delay_time=str(number))
            )
        else:
            calls.release_read_write_splitting_connection(
                models.ReleaseReadWriteSplittingConnectionRequest(dbinstance_id=primary)
            )
    except Exception as broken:  # no answer came: the call may or may not have happened
        print(f"round {number}: {step} {type(broken).__name__}")
    killer.join()
    running.wait_ready()
    splitting.rds.wait_running(primary)
    running.wait_idle()
    infos = splitting.net_infos()
    if infos:
        with splitting.connect(infos[0]["ConnectionString"]) as session:
            assert splitting.reads(session, 20) == {True, False}
    if held is not None and not infos:
        with pytest.raises(LOST):
            ask(held, "SELECT 1")
    elif held is not None:
        assert ask(held, "SELECT 1") == (1,)
    if held is not None:
        held.close()


@pytest.mark.timeout(120)
def test_a_relay_that_died_splits_again(tmp_path: Path) -> None:
    with Running(tmp_path) as running:
        rds = Rds(running)
        primary = rds.create("PostgreSQL", "15.0")
        rds.create_account(primary)
        splitting = Splitting(database_of("postgres", rds, primary))
        name = splitting.allocate(distribution_type="Custom", weight=f'{{"{splitting.replica}":100}}')
        held = splitting.connect(name)
        assert splitting.reads(held) == {True}
        pid = running.ask("health")["relays"]["resp"]["pid"]
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(LOST):
            ask(held, "SELECT 1")

        def splits() -> bool:
            try:
                with splitting.connect(name) as session:
                    return splitting.reads(session) == {True}
            except LOST:
                return False

        until("it splits again", splits)
