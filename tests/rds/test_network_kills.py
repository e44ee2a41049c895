"""kill -9 of the API process and the supervisor while an instance goes to another VPC, or its classic address ends."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from alibabacloud_rds20140815 import models as rds

from jackfield.products.times import iso_second
from tests.chaos.dialling import refuses
from tests.rds.conftest import Rds
from tests.rds.databases import Load, ask, database_of
from tests.rds.inside import Inside
from tests.rds.moving import DARK
from tests.rds.networks import ZH, ZI, Network, attribute, network, stored
from tests.running import Running, until

pytestmark = pytest.mark.chaos

ROUNDS = 6
PORT = 3306
SEED = 20240903
KINDS = ("api", "both", "supervisor")
BLOCK = "10.51"
"""Of both VPCs."""


def kill(running: Running, kind: str) -> None:
    """Kills, and starts again what nobody else starts."""
    if kind == "api":
        running.kill_api()
        return
    running.kill_supervisor()
    if kind == "both":
        running.kill_api()
    running.up()


def killed_during(running: Running, chance: random.Random, kind: str, call: Callable[[], None]) -> bool:
    """Makes a call while something is killed; whether it was acknowledged."""
    killer = threading.Timer(chance.uniform(0.0, 0.05), kill, (running, kind))
    killer.start()
    answered = True
    try:
        call()
    except Exception as broken:  # no answer came: the call may or may not have happened
        if getattr(broken, "code", None) and getattr(broken, "status_code", None):
            raise
        answered = False
    killer.join()
    running.wait_ready()
    return answered


def switch(running: Running, instance: str, to: Network) -> None:
    Rds(running).api.switch_dbinstance_vpc(
        rds.SwitchDBInstanceVpcRequest(dbinstance_id=instance, vpcid=to.vpc, v_switch_id=to.vswitches[ZH])
    )


def to_vpc(running: Running, instance: str) -> None:
    Rds(running).api.modify_dbinstance_network_type(
        rds.ModifyDBInstanceNetworkTypeRequest(
            dbinstance_id=instance, instance_network_type="VPC", retain_classic="True", classic_expired_days="1"
        )
    )


@pytest.mark.timeout(120)
def test_moves_between_vpcs_complete(tmp_path: Path) -> None:
    """After each kill the private endpoint is in one VPC, the acknowledged one: there its name leads to it; in the
    other there is neither name nor listener nor claim. Clients of the public endpoint have not missed a query.
    """
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    with Running(tmp_path, "--pace", "instant") as running:
        client = Rds(running)
        first, second = network(running, BLOCK), network(running, BLOCK)
        instance = client.create("PostgreSQL", "15.0", vpcid=first.vpc, v_switch_id=first.vswitches[ZH], zone_id=ZH)
        client.create_account(instance)
        info = client.endpoints(instance)["Private"]
        name, port = info["ConnectionString"], int(info["Port"])
        public = client.allocate(instance, "killed-moves", 5433)
        load = Load(database_of("postgres", client, instance).connect(public, 5433))
        load.start()
        moves = 0
        with Inside(running.folder.root, first.vpc) as one, Inside(running.folder.root, second.vpc) as two:
            for number in range(ROUNDS):
                before = Rds(running).endpoints(instance)["Private"]
                target = second if before["VPCId"] == first.vpc else first
                answered = killed_during(running, chance, KINDS[number % 3], partial(switch, running, instance, target))
                Rds(running).wait_running(instance)
                running.wait_idle()
                now = Rds(running).endpoints(instance)["Private"]
                moved = now["VPCId"] == target.vpc
                assert moved or not answered, f"round {number}"
                assert moved or now == before
                moves += moved
                here, there = (one, two) if now["VPCId"] == first.vpc else (two, one)
                assert here.ask("resolve", name) == [now["IPAddress"]]
                assert here.ask("hold", str(number), name, port)
                assert there.ask("resolve", name) == []
                assert there.ask("dial", (before if moved else info)["IPAddress"], port) in DARK
                endpoint = stored(running, instance)["private"]
                assert (endpoint.status, endpoint.other) == ("Serving", None)
                assert attribute(Rds(running), instance)["VpcId"] == now["VPCId"]
                assert load.failures == [], f"round {number}"
        assert moves >= ROUNDS // 2
        assert load.end() == []


@pytest.mark.timeout(120)
@pytest.mark.parametrize("kind", ["api", "both"])
def test_a_classic_address_ends_whatever_is_killed(tmp_path: Path, kind: str) -> None:
    """Killed while the instance becomes hybrid, and again near the end of the days: the classic address ends, and with
    it its claims; the one in the VPC serves.
    """
    print(f"seed {SEED}")
    chance = random.Random(f"{SEED} {kind}")
    with Running(tmp_path, "--pace", "instant", "--day-seconds", "1") as running:
        instance = Rds(running).create(
            "MySQL", "8.0", instance_network_type="Classic", dbinstance_storage_type="local_ssd"
        )
        Rds(running).create_account(instance)
        name = Rds(running).endpoints(instance)["Inner"]["ConnectionString"]
        address = database_of("mariadb", Rds(running), instance).address(name)
        answered = killed_during(running, chance, kind, partial(to_vpc, running, instance))
        Rds(running).wait_running(instance)
        if set(stored(running, instance)) == {"classic"}:
            assert not answered
            to_vpc(running, instance)
            Rds(running).wait_running(instance)
        killer = threading.Timer(chance.uniform(0.5, 1.0), kill, (running, kind))
        killer.start()
        killer.join()
        running.wait_ready()
        until("the end of the classic address", lambda: set(stored(running, instance)) == {"private"})
        assert refuses((address, PORT))
        assert name not in running.names()
        private = Rds(running).endpoints(instance)["Private"]["ConnectionString"]
        with database_of("mariadb", Rds(running), instance).connect(private, PORT) as session:
            assert ask(session, "SELECT 1") == (1,)
        assert Rds(running).status(instance) == "Running"


@pytest.mark.timeout(60)
def test_a_planned_migration_outlives_the_api(tmp_path: Path) -> None:
    """Killed while the instance waits for its time and again when it has come: it is in the other zone, once."""
    print(f"seed {SEED}")
    chance = random.Random(f"{SEED} zones")
    with Running(tmp_path, "--pace", "instant") as running:
        client, place = Rds(running), network(running, BLOCK)
        instance = client.create("PostgreSQL", "15.0", vpcid=place.vpc, v_switch_id=place.vswitches[ZH], zone_id=ZH)
        client.create_account(instance)
        before = client.endpoints(instance)["Private"]
        at = int(time.time()) + 3
        client.api.migrate_to_other_zone(
            rds.MigrateToOtherZoneRequest(
                dbinstance_id=instance,
                zone_id=ZI,
                v_switch_id=place.vswitches[ZI],
                effective_time="ScheduleTime",
                switch_time=iso_second(at),
            )
        )
        kill(running, "api")
        running.wait_ready()
        if time.time() < at - 0.5:
            assert Rds(running).status(instance) == "TRANSING"
            assert Rds(running).endpoints(instance)["Private"] == before
        killer = threading.Timer(max(0.0, at - time.time()) + chance.uniform(0.0, 0.05), kill, (running, "both"))
        killer.start()
        killer.join()
        Rds(running).wait_running(instance)
        now = Rds(running).endpoints(instance)["Private"]
        assert (now["VSwitchId"], now["ConnectionString"]) == (place.vswitches[ZI], before["ConnectionString"])
        assert attribute(Rds(running), instance)["ZoneId"] == ZI
        (endpoint,) = stored(running, instance).values()
        assert (endpoint.status, endpoint.other) == ("Serving", None)
        with Inside(running.folder.root, place.vpc) as inside:
            assert inside.ask("resolve", now["ConnectionString"]) == [now["IPAddress"]]
            assert inside.ask("hold", "now", now["ConnectionString"], int(now["Port"]))
            assert inside.ask("dial", before["IPAddress"], int(now["Port"])) in DARK
