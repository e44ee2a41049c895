"""A Tair instance is restarted, emptied, renamed, protected and given another password: what its clients see."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import msgspec
import pytest
import redis
from alibabacloud_r_kvstore20150101 import models as tair
from redis.backoff import NoBackoff
from redis.retry import Retry

from jackfield.processes import ProcessId, alive
from tests.running import PASSWORD, Running, refused, until

ONCE = Retry(NoBackoff(), 0)
KEYS = [f"key:{index}" for index in range(48)]
OTHER = "Other-123456"


@pytest.fixture(scope="module")
def jackfield(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with Running(tmp_path_factory.mktemp("upkeep")) as running:
        yield running


@pytest.fixture(scope="module", params=[0, 3], ids=["standard", "cluster"])
def instance(jackfield: Running, request: pytest.FixtureRequest) -> str:
    return jackfield.create(request.param)


def client(jackfield: Running, instance: str, password: str = PASSWORD, user: str | None = None) -> redis.Redis:
    """Without retries: an error is the server's."""
    host = jackfield.names()[jackfield.name(instance)][0]
    return redis.Redis(host=host, port=6379, username=user, password=password, decode_responses=True, retry=ONCE)


def servers(jackfield: Running, instance: str) -> set[ProcessId]:
    records = (jackfield.folder.engines / instance).glob("*/process.json")
    return {msgspec.json.decode(record.read_bytes(), type=ProcessId) for record in records}


def modify(jackfield: Running, instance: str, **changes: object) -> None:
    jackfield.tair.modify_instance_attribute(tair.ModifyInstanceAttributeRequest(instance_id=instance, **changes))


def test_a_restart_ends_every_process_and_keeps_the_data(jackfield: Running, instance: str) -> None:
    with client(jackfield, instance) as writer:
        for key in KEYS:
            writer.set(key, f"of {key}")
    before = servers(jackfield, instance)
    reply = jackfield.tair.restart_instance(tair.RestartInstanceRequest(instance_id=instance)).body
    assert reply.instance_id == instance
    assert reply.task_id.isdigit()
    assert jackfield.status(instance) == "Rebooting"
    with refused("InstanceStatus.NotSupport", 403):
        jackfield.tair.restart_instance(tair.RestartInstanceRequest(instance_id=instance))
    jackfield.wait_normal(instance)
    after = servers(jackfield, instance)
    assert len(after) == len(before)
    assert not after & before
    assert not any(alive(process) for process in before)
    with client(jackfield, instance) as reader:
        assert [reader.get(key) for key in KEYS] == [f"of {key}" for key in KEYS]


def test_a_restart_goes_on_after_a_death(jackfield: Running, instance: str) -> None:
    """The next API process ends only what ran when the restart was asked for."""
    before = servers(jackfield, instance)
    jackfield.tair.restart_instance(tair.RestartInstanceRequest(instance_id=instance))
    jackfield.kill_api()
    jackfield.wait_ready()
    jackfield.wait_normal(instance)
    after = servers(jackfield, instance)
    assert len(after) == len(before)
    assert not after & before


def test_users_go_on_after_a_death(jackfield: Running, instance: str) -> None:
    """What was asked for before the API process died is done by the next one, in every server."""

    def states() -> dict[str, str]:
        shown = jackfield.tair.describe_accounts(tair.DescribeAccountsRequest(instance_id=instance)).body
        return {one.account_name: one.account_status for one in shown.accounts.account}

    jackfield.tair.create_account(
        tair.CreateAccountRequest(instance_id=instance, account_name="late", account_password=OTHER)
    )
    assert states() == {"late": "Unavailable"}
    jackfield.kill_api()
    jackfield.wait_ready()
    until("late Available", lambda: states() == {"late": "Available"})
    with client(jackfield, instance, OTHER, "late") as late:
        assert all(late.set(key, "of late") for key in KEYS)
    jackfield.tair.delete_account(tair.DeleteAccountRequest(instance_id=instance, account_name="late"))
    jackfield.kill_api()
    jackfield.wait_ready()
    until("late gone", lambda: states() == {})
    with client(jackfield, instance, OTHER, "late") as late, pytest.raises(redis.AuthenticationError):
        late.ping()


def test_clients_of_a_cluster_wait_for_a_restart(jackfield: Running) -> None:
    """Through the ordinary address: no error, on the connection that they have."""
    instance = jackfield.create(2)
    done, written = threading.Event(), 0
    errors: list[Exception] = []

    def write() -> None:
        nonlocal written
        with redis.Redis(host=host, port=6379, password=PASSWORD, retry=ONCE, socket_timeout=30) as writer:
            try:
                identity = writer.client_id()
                while not done.is_set():
                    writer.set(KEYS[written % len(KEYS)], written)
                    written += 1
                assert writer.client_id() == identity
            except Exception as error:
                errors.append(error)

    host = jackfield.names()[jackfield.name(instance)][0]
    thread = threading.Thread(target=write)
    thread.start()
    try:
        until("some writes", lambda: written > 100 or errors)
        jackfield.tair.restart_instance(tair.RestartInstanceRequest(instance_id=instance))
        jackfield.wait_normal(instance)
        reached = written
        until("more writes", lambda: written > reached + 100 or errors)
    finally:
        done.set()
        thread.join()
    assert errors == []
    with client(jackfield, instance) as reader:
        assert max(int(reader.get(key) or 0) for key in KEYS) == written - 1


def test_a_flush_leaves_no_key(jackfield: Running, instance: str) -> None:
    """Nor does a restart bring one back."""
    with client(jackfield, instance) as writer:
        for key in KEYS:
            writer.set(key, "value")
        if len(servers(jackfield, instance)) == 1:
            with client(jackfield, instance) as other:
                other.select(3)
                other.set("elsewhere", "value")
        jackfield.tair.flush_instance(tair.FlushInstanceRequest(instance_id=instance))
        assert jackfield.status(instance) == "Flushing"
        jackfield.wait_normal(instance)
        assert not any(writer.exists(key) for key in KEYS)
        assert writer.dbsize() == 0
        writer.set("after", "value")
    jackfield.tair.restart_instance(tair.RestartInstanceRequest(instance_id=instance))
    jackfield.wait_normal(instance)
    with client(jackfield, instance) as reader:
        assert [reader.get(key) for key in (*KEYS, "after")] == [None] * len(KEYS) + ["value"]
        if len(servers(jackfield, instance)) == 1:
            assert set(reader.info("keyspace")) == {"db0"}


def test_another_password(jackfield: Running, instance: str) -> None:
    """It logs in when the instance is Normal again, the old one does not, and a restart keeps it so."""
    with client(jackfield, instance) as inside:
        assert inside.ping()
        modify(jackfield, instance, new_password=OTHER)
        assert jackfield.status(instance) == "Changing"
        with refused("TaskExists", 400):
            modify(jackfield, instance, new_password=PASSWORD)
        jackfield.wait_normal(instance)
        assert inside.ping(), "who is logged in stays so"
    jackfield.tair.restart_instance(tair.RestartInstanceRequest(instance_id=instance))
    jackfield.wait_normal(instance)
    for user in (None, "default", instance):
        with client(jackfield, instance, OTHER, user) as new:
            assert new.ping()
        with client(jackfield, instance, PASSWORD, user) as old, pytest.raises(redis.AuthenticationError):
            old.ping()
    modify(jackfield, instance, new_password=PASSWORD)
    jackfield.wait_normal(instance)


def test_name_and_protection(jackfield: Running) -> None:
    """Take effect at once; what is not given stays."""
    instance = jackfield.create(0)

    def shown() -> tuple[str, str, bool]:
        request = tair.DescribeInstanceAttributeRequest(instance_id=instance)
        one = jackfield.tair.describe_instance_attribute(request).body.instances.dbinstance_attribute[0]
        return one.instance_name, one.instance_status, one.instance_release_protection

    modify(jackfield, instance, instance_name="another-name")
    assert shown() == ("another-name", "Normal", False)
    modify(jackfield, instance, instance_release_protection=True)
    assert shown() == ("another-name", "Normal", True)
    with refused("InstanceReleaseProtection", 403):
        jackfield.tair.delete_instance(tair.DeleteInstanceRequest(instance_id=instance))
    with client(jackfield, instance) as still:
        assert still.ping()
    modify(jackfield, instance, instance_release_protection=False)
    jackfield.tair.delete_instance(tair.DeleteInstanceRequest(instance_id=instance))
    assert shown()[1] == "Changing"
