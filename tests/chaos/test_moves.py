"""kill -9 of the API process and of the supervisor while endpoints get other names and ports."""

from __future__ import annotations

import contextlib
import random
import threading
from pathlib import Path
from socket import socket

import pytest
from alibabacloud_r_kvstore20150101 import models as tair

from jackfield.endpoints.resources import NAMES, Endpoint
from jackfield.store.sqlite import open_store
from tests.chaos.dialling import is_closed, logged_in, pings, refuses
from tests.chaos.load import Load, ordinary_places
from tests.running import Running

pytestmark = pytest.mark.chaos

ROUNDS = 18
SEED = 20240517
KINDS = ("api", "both", "api", "supervisor")
PORTS = ("6379", "7001", "7002")
DOMAIN = "redis.rds.aliyuncs.com"


@pytest.mark.timeout(240)
def test_moves_complete(tmp_path: Path) -> None:
    """After each kill the endpoint is behind one door, the acknowledged one, and of the other nothing is left: neither
    name nor claim nor listener. A change of the name alone has cut nobody, whatever was killed.
    """
    print(f"seed {SEED}")
    with Running(tmp_path, "--pace", "instant") as jackfield:
        trial = _Trial(jackfield, random.Random(SEED))
        with Load(ordinary_places(jackfield, trial.bystander)) as load:
            for number in range(ROUNDS):
                try:
                    trial.round(number)
                    load.check()
                except BaseException as error:
                    error.add_note(f"round {number}: {trial.doing}\n{jackfield.log('api')}")
                    raise
        print(f"{trial.moves} moves of {ROUNDS}, {trial.kept} connections outlived another name")
        assert trial.moves >= ROUNDS // 2
        assert trial.kept


class _Trial:
    """A standard instance and a cluster with its direct endpoint, whose endpoints move."""

    def __init__(self, jackfield: Running, chance: random.Random) -> None:
        self.jackfield = jackfield
        self.chance = chance
        self.bystander = jackfield.create(shards=0)
        standard, cluster = jackfield.create(shards=0), jackfield.create(shards=2)
        jackfield.allocate(cluster)
        self.targets = ((standard, "private"), (cluster, "private"), (cluster, "direct"))
        self.doing = ""
        self.moves = self.kept = 0

    def round(self, number: int) -> None:
        """Moves an endpoint while something is killed; then looks at what is true."""
        instance, net = self.targets[number % 3]
        name, port = self._door(instance, net)
        wanted_name = f"round-{number:03}.{DOMAIN}" if self.chance.random() < 0.7 else name
        wanted_port = int(self.chance.choice([one for one in PORTS if int(one) != port]))
        if wanted_name != name and self.chance.random() < 0.5:
            wanted_port = port
        addresses = self.jackfield.names()[name]
        with contextlib.ExitStack() as stack:
            held = [stack.enter_context(logged_in((address, port))) for address in addresses]
            delay = self.chance.uniform(0.0, 0.05)
            self.doing = f"{instance}/{net} {name}:{port} to {wanted_name}:{wanted_port}, killed after {delay:.3f} s"
            killer = threading.Timer(delay, self._kill, (KINDS[number % len(KINDS)],))
            killer.start()
            answered = self._move(instance, name, wanted_name, wanted_port)
            killer.join()
            self.jackfield.wait_ready()
            self.jackfield.wait_normal(instance)
            self.jackfield.wait_idle()
            door = self._door(instance, net)
            assert door == (wanted_name, wanted_port) or (door == (name, port) and not answered)
            self.moves += door != (name, port)
            self._look(addresses, (name, port), door, held)

    def _look(self, addresses: list[str], before: tuple[str, int], now: tuple[str, int], held: list[socket]) -> None:
        for address in addresses:
            with logged_in((address, now[1])):
                pass
        if now[1] == before[1]:
            assert all(pings(connection) for connection in held), "a connection did not outlive another name"
            self.kept += len(held) * (now[0] != before[0])
        else:
            assert all(is_closed(connection) for connection in held)
            assert all(refuses((address, before[1])) for address in addresses)
        with contextlib.closing(open_store(self.jackfield.folder.store)) as store, store.read() as view:
            endpoints = list(view.each(Endpoint))
            assert {one.status for one in endpoints} == {"Serving"}
            assert {one.other for one in endpoints} == {None}
            assert self.jackfield.names() == {one.name: list(one.addresses) for one in endpoints}
            assert view.count_claims(NAMES) == len(endpoints), "a claim is left behind"
            assert all(view.holder(NAMES, one.name) == (one.kind, one.id) for one in endpoints)

    def _door(self, instance: str, net: str) -> tuple[str, int]:
        """Where DescribeDBInstanceNetInfo says that an endpoint is."""
        request = tair.DescribeDBInstanceNetInfoRequest(instance_id=instance)
        infos = self.jackfield.tair.describe_dbinstance_net_info(request).body.net_info_items.instance_net_info
        (info,) = [one for one in infos if one.direct_connection == (net == "direct")]
        return info.connection_string, int(info.port)

    def _move(self, instance: str, current: str, name: str, port: int) -> bool:
        """Whether the call was acknowledged."""
        request = tair.ModifyDBInstanceConnectionStringRequest(
            dbinstance_id=instance,
            current_connection_string=current,
            new_connection_string=name.partition(".")[0],
            port=str(port),
        )
        try:
            self.jackfield.tair.modify_dbinstance_connection_string(request)
        except Exception as broken:  # no answer came: the call may or may not have happened
            if getattr(broken, "code", None) and getattr(broken, "status_code", None):
                raise
            return False
        return True

    def _kill(self, kind: str) -> None:
        if kind == "api":
            self.jackfield.kill_api()
            return
        self.jackfield.kill_supervisor()
        if kind == "both":
            self.jackfield.kill_api()
        self.jackfield.up()
