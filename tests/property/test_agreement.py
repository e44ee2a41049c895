"""Whatever is called, in whatever order: what the API says, what listens and what is recorded agree."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

import pytest
from alibabacloud_r_kvstore20150101 import models as tair
from alibabacloud_r_kvstore20150101.client import Client as TairClient

from tests.chaos.observing import listening_in
from tests.property.actions import OK, Action, Burst, Delete, Instance, Release, Single, World, draw, flat, full
from tests.property.agreement import check_databases, check_feed, check_places, check_replies, describe, look
from tests.running import Running

SEEDS = tuple(range(101, 111))
STEPS = 25


class Subject:
    """A running Jackfield with two accounts, each with a cluster that stays."""

    def __init__(self, jackfield: Running) -> None:
        self.jackfield = jackfield
        other = jackfield.ask("accounts", {"name": "other"})
        self.accounts = (jackfield.ready.account_id, other["account_id"])
        config = jackfield.config(other["access_key_id"], other["access_key_secret"])
        self.world = World((jackfield.tair, TairClient(config)))
        self.answers: Counter[str] = Counter()
        self.checked = 0
        for account, client in enumerate(self.world.clients):
            made = client.create_instance(
                tair.CreateInstanceRequest(
                    region_id="cn-hangzhou",
                    instance_class="redis.logic.sharding.1g.2db.0rodb.4proxy.default",
                    password="Pass!123456",
                )
            ).body
            self.world.instances.append(Instance(made.instance_id, account, True, made.connection_domain, 6379))

    def perform(self, action: Action) -> None:
        """Calls, and compares the answers with what was to be expected.

        In a burst an instance may still be changing, and a name still be held by what is being taken away.
        """
        held = self.world.names if isinstance(action, Burst) else set()
        for call in flat(action):
            expected = call.expected(self.world)
            code = self._answer(call)
            self.answers[f"{type(call).__name__} {code}".strip()] += 1
            early = isinstance(action, Burst) and (
                code == "InstanceStatus.NotSupport"
                or (code == "ConnectionStringAlreadyExists" and full(getattr(call, "prefix", "")) in held)
            )
            assert code == expected or early, f"{call}: {code or 'done'} instead of {expected or 'done'}"

    def agree(self) -> None:
        """Waits until all is settled, then compares everything with everything."""
        self.jackfield.wait_idle()
        seen = look(self.jackfield)
        try:
            assert {(one.id, one.name, one.port) for one in seen.endpoints} == {
                (f"{one.id}/{net}", name, port)
                for one in self.world.instances
                for net, name, port in (("private", one.name, one.port), ("direct", one.direct, one.direct_port))
                if name
            }
            places = check_places(self.jackfield, seen)
            check_replies(self.world.clients, self.accounts, seen)
            check_databases(self.jackfield, seen, places)
            check_feed(seen, self.checked)
        except AssertionError as error:
            error.add_note(describe(seen))
            raise
        self.checked = seen.feed[-1].seq

    def clear(self) -> None:
        """Back to the two clusters."""
        for number in reversed(range(len(self.world.instances))):
            one = self.world.instances[number]
            if not one.cluster:
                Delete(one.account, number).call(self.world)
            elif one.direct:
                Release(one.account, number).call(self.world)
        self.jackfield.wait_idle()

    def _answer(self, call: Single) -> str:
        try:
            call.call(self.world)
        except Exception as error:
            code = getattr(error, "code", None)
            if not isinstance(code, str):
                raise
            return code
        return OK


@pytest.fixture(scope="module")
def subject(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Subject]:
    chance = random.SystemRandom()
    block = f"127.{chance.randint(56, 63)}.{chance.randrange(0, 256, 16)}.0/20"  # no data folder's own
    with Running(tmp_path_factory.mktemp("agreement"), "--pace", "instant", "--addresses", block) as jackfield:
        yield Subject(jackfield)


def test_everything_agrees_after_every_step(subject: Subject) -> None:
    subject.agree()
    for seed in SEEDS:
        chance = random.Random(seed)
        subject.clear()
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
    for call in ("Create", "Allocate", "Release", "Move", "Admit", "Delete"):
        assert subject.answers[call], f"no {call} was legal"
        assert any(answer.startswith(f"{call} ") for answer in subject.answers), f"no {call} was illegal"


def test_nothing_is_left(subject: Subject) -> None:
    """With the last instance gone no address, no name and no claim is held, and the feed tells the whole story."""
    for one in list(subject.world.instances):
        subject.world.clients[one.account].delete_instance(tair.DeleteInstanceRequest(instance_id=one.id))
        subject.world.instances.remove(one)
    subject.agree()
    seen = look(subject.jackfield)
    assert (seen.instances, seen.endpoints, subject.jackfield.names()) == ([], [], {})
    assert listening_in(seen.network) == set()
    assert set(seen.counts.values()) == {0}
    assert list(subject.jackfield.folder.engines.glob("*/*")) == []
