"""As test_agreement.py, for RDS: endpoints come, go, change name and port, VPC and zone, network and expiry."""

from __future__ import annotations

import random
import socket
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from alibabacloud_rds20140815 import models as rds
from alibabacloud_rds20140815.client import Client
from alibabacloud_vpc20160428 import models as vpc
from alibabacloud_vpc20160428.client import Client as VpcClient

from jackfield.endpoints.resources import Endpoint
from tests.chaos.observing import listening_in
from tests.property.agreement import Seen, check_feed, check_places, describe, look
from tests.property.rds_actions import (
    DUPLICATE,
    EARLY,
    OK,
    SHORT,
    ZONES,
    Action,
    Burst,
    Call,
    Expire,
    Network,
    World,
    create,
    draw,
    flat,
)
from tests.running import Running, until

SEEDS = tuple(range(201, 205))
STEPS = 25
DAY = 0.4
IP_TYPES = {"private": "Private", "classic": "Inner", "public": "Public"}


class Subject:
    """A running Jackfield with two accounts, each with two VPCs of the same block, a PostgreSQL instance that stays and
    a MySQL instance.
    """

    def __init__(self, jackfield: Running) -> None:
        self.jackfield = jackfield
        other = jackfield.ask("accounts", {"name": "other"})
        keys = (("", ""), (other["access_key_id"], other["access_key_secret"]))
        self.accounts = (jackfield.ready.account_id, other["account_id"])
        networks = tuple(tuple(self._network(key) for _ in range(2)) for key in keys)
        self.world = World(tuple(Client(jackfield.config(*key)) for key in keys), networks)
        self.answers: Counter[str] = Counter()
        self.checked = 0
        for account in range(2):
            create(self.world, account, classic=False)

    def _network(self, key: tuple[str, str]) -> Network:
        client = VpcClient(self.jackfield.config(*key))
        region = "cn-hangzhou"
        made = client.create_vpc(vpc.CreateVpcRequest(region_id=region, cidr_block="10.61.0.0/16")).body.vpc_id
        self.jackfield.wait_idle()
        vswitches = {
            zone: client.create_vswitch(
                vpc.CreateVSwitchRequest(region_id=region, vpc_id=made, zone_id=zone, cidr_block=f"10.61.{number}.0/24")
            ).body.v_switch_id
            for number, zone in enumerate(ZONES, 1)
        }
        self.jackfield.wait_idle()
        return Network(made, vswitches)

    def perform(self, action: Action) -> None:
        """Calls, and compares the answers with what was to be expected."""
        held = self.world.names if isinstance(action, Burst) else set()
        for call in flat(action):
            expected = call.expected(self.world)
            code = self._answer(call)
            self.answers[f"{type(call).__name__} {code}".strip()] += 1
            early = isinstance(action, Burst) and (code in EARLY or (code == DUPLICATE and bool(held)))
            assert code == expected or early, f"{call}: {code or 'done'} instead of {expected or 'done'}"

    def agree(self) -> None:
        """Waits until all is settled and what ends soon has ended, then compares everything with everything."""
        until("the end of what ends soon", self._is_settled)
        seen = look(self.jackfield)
        try:
            assert {(one.id, one.name, one.port, one.vpc_id, one.vswitch_id) for one in seen.endpoints} == {
                (f"{one.id}/{net}", door.name, door.port, door.vpc, door.vswitch)
                for one in self.world.instances
                for net, door in one.doors.items()
            }
            places = check_places(self.jackfield, seen)
            self._check_replies(seen)
            for place, endpoint in places.items():
                _check_database(place, endpoint, self._engine(endpoint))
            check_feed(seen, self.checked)
        except AssertionError as error:
            error.add_note(describe(seen))
            raise
        self.checked = seen.feed[-1].seq

    def clear(self) -> None:
        """Each account has a MySQL instance that is in the classic network, with one endpoint there."""
        for number in reversed(range(len(self.world.instances))):
            one = self.world.instances[number]
            if one.retained:
                Expire(one.account, number, SHORT).call(self.world)
            if one.engine == "MySQL" and set(one.doors) != {"classic"}:
                self.world.instances.remove(one)
                self._delete(one.account, one.id)
        for account in range(2):
            if not any(one.engine == "MySQL" and one.account == account for one in self.world.instances):
                create(self.world, account, classic=True)

    def remove_all(self) -> None:
        for one in self.world.instances:
            self._delete(one.account, one.id)
        self.world.instances.clear()

    def _delete(self, account: int, instance: str) -> None:
        self.jackfield.wait_idle()
        self.world.clients[account].delete_dbinstance(rds.DeleteDBInstanceRequest(dbinstance_id=instance))

    def _is_settled(self) -> bool:
        self.jackfield.wait_idle()
        soon = time.time() + 10 * DAY
        return not any(0 < one.expires < soon for one in look(self.jackfield).endpoints)

    def _engine(self, endpoint: Endpoint) -> str:
        return next(one.engine for one in self.world.instances if one.id == endpoint.parent)

    def _check_replies(self, seen: Seen) -> None:
        """Each account's replies name its own endpoints, and nothing else."""
        for client, account in zip(self.world.clients, self.accounts, strict=True):
            own = [one for one in seen.databases if one.account == account]
            listed = client.describe_dbinstances(
                rds.DescribeDBInstancesRequest(region_id="cn-hangzhou", page_size=100)
            ).body
            assert listed.total_record_count == len(own)
            for shown, instance in zip(listed.items.dbinstance, own, strict=True):
                endpoints = {one.net: one for one in seen.endpoints if one.parent == instance.id}
                private = endpoints.get("private")
                assert (shown.dbinstance_id, shown.dbinstance_status) == (instance.id, "Running")
                assert (shown.instance_network_type, shown.vpc_id, shown.v_switch_id) == (
                    ("VPC", private.vpc_id, private.vswitch_id) if private else ("Classic", "", "")
                )
                told = client.describe_dbinstance_net_info(
                    rds.DescribeDBInstanceNetInfoRequest(dbinstance_id=instance.id)
                ).body
                assert told.instance_network_type == shown.instance_network_type
                infos = told.dbinstance_net_infos.dbinstance_net_info
                assert {
                    (one.connection_string, one.port, one.ipaddress, one.iptype, one.vpcid, one.v_switch_id)
                    for one in infos
                } == {
                    (one.name, str(one.port), one.vpc_address or one.addresses[0], IP_TYPES[one.net], one.vpc_id,
                     one.vswitch_id)
                    for one in endpoints.values()
                }  # fmt: skip
                assert {one.connection_string for one in infos if one.expired_time != "0"} == {
                    one.name for one in endpoints.values() if one.expires
                }

    def _answer(self, call: Call) -> str:
        try:
            call.call(self.world)
        except Exception as error:
            code = getattr(error, "code", None)
            if not isinstance(code, str):
                raise
            return code
        return OK


def _check_database(place: tuple[str, int], endpoint: Endpoint, engine: str) -> None:
    """A server of the right kind answers; that it is the right one the relay's routes say."""
    with socket.create_connection(place, timeout=10) as connection:
        if engine == "MySQL":
            assert b"mysql_native_password" in connection.recv(256), endpoint.id
        else:
            connection.sendall(b"\0\0\0\x08\x04\xd2\x16\x2f")  # SSLRequest
            assert connection.recv(1) == b"N", endpoint.id


@pytest.fixture(scope="module")
def subject(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Subject]:
    chance = random.SystemRandom()
    block = f"127.{chance.randint(48, 55)}.{chance.randrange(0, 256, 16)}.0/20"  # no data folder's own
    options = ("--pace", "instant", "--addresses", block, "--day-seconds", str(DAY))
    with Running(tmp_path_factory.mktemp("agreement"), *options) as jackfield:
        yield Subject(jackfield)


def test_everything_agrees_after_every_step(subject: Subject) -> None:
    for seed in SEEDS:
        chance = random.Random(seed)
        subject.clear()
        subject.agree()
        done: list[Action] = []
        for _ in range(STEPS):
            done.append(draw(chance, subject.world))
            try:
                subject.perform(done[-1])
                subject.agree()
            except BaseException as error:
                error.add_note(f"seed {seed}, step {len(done)} of {done}")
                raise
    print(f"seeds {SEEDS}: {sum(subject.answers.values())} calls, {dict(sorted(subject.answers.items()))}")
    for call in ("Allocate", "Release", "Rename", "Exchange", "Enter", "Expire", "Switch", "MoveConnection", "Move"):
        assert subject.answers[call], f"no {call} was legal"
        assert any(answer.startswith(f"{call} ") for answer in subject.answers), f"no {call} was illegal"


def test_nothing_is_left(subject: Subject) -> None:
    """With the last instance gone no address, no name and no claim is held."""
    subject.remove_all()
    subject.agree()
    seen = look(subject.jackfield)
    assert (seen.databases, seen.endpoints, subject.jackfield.names()) == ([], [], {})
    assert listening_in(seen.network) == set()
    assert set(seen.counts.values()) == {0}
