"""Accounts of Tair: users of the real servers, seen by clients of a standard instance and of a cluster."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
import redis
from alibabacloud_r_kvstore20150101 import models as tair
from redis.backoff import NoBackoff
from redis.retry import Retry

from jackfield.processes import ProcessId
from tests.running import PASSWORD, Running, kill, refused, until

ONCE = Retry(NoBackoff(), 0)
FIRST, SECOND = "First-123456", "Second-123456"


@pytest.fixture(scope="module")
def jackfield(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with Running(tmp_path_factory.mktemp("accounts"), "--pace", "instant") as running:
        yield running


@pytest.fixture(scope="module", params=[0, 3], ids=["standard", "cluster"])
def instance(jackfield: Running, request: pytest.FixtureRequest) -> str:
    return jackfield.create(request.param)


def accounts(jackfield: Running, instance: str) -> dict[str, str]:
    """Name → state."""
    reply = jackfield.tair.describe_accounts(tair.DescribeAccountsRequest(instance_id=instance)).body
    assert reply.total_count == len(reply.accounts.account)
    return {one.account_name: one.account_status for one in reply.accounts.account}


def wait_available(jackfield: Running, instance: str, name: str) -> None:
    until(f"{name} Available", lambda: accounts(jackfield, instance)[name] == "Available")


def create(jackfield: Running, instance: str, name: str, privilege: str | None = None, password: str = FIRST) -> None:
    jackfield.tair.create_account(
        tair.CreateAccountRequest(
            instance_id=instance, account_name=name, account_password=password, account_privilege=privilege
        )
    )
    wait_available(jackfield, instance, name)


def delete(jackfield: Running, instance: str, name: str) -> None:
    jackfield.tair.delete_account(tair.DeleteAccountRequest(instance_id=instance, account_name=name))
    until(f"{name} gone", lambda: name not in accounts(jackfield, instance))


def client(jackfield: Running, instance: str, user: str | None, password: str) -> redis.Redis:
    """Without retries: an error is the server's."""
    host = jackfield.names()[jackfield.name(instance)][0]
    return redis.Redis(host=host, port=6379, username=user, password=password, decode_responses=True, retry=ONCE)


def keys(number: int = 32) -> list[str]:
    """On every shard of a small cluster."""
    return [f"key:{index}" for index in range(number)]


def test_life_of_an_account(jackfield: Running, instance: str) -> None:
    """What the API says of an account and what a client finds are the same at every moment."""
    create(jackfield, instance, "bob")
    with client(jackfield, instance, "bob", FIRST) as bob:
        for key in keys():
            assert bob.set(key, "value")
        assert [bob.get(key) for key in keys()] == ["value"] * len(keys())
    for user, password in (("bob", SECOND), ("nobody", FIRST), ("bob", PASSWORD), ("jackfield", FIRST)):
        with client(jackfield, instance, user, password) as wrong, pytest.raises(redis.AuthenticationError):
            wrong.ping()
    jackfield.tair.reset_account_password(
        tair.ResetAccountPasswordRequest(instance_id=instance, account_name="bob", account_password=SECOND)
    )
    wait_available(jackfield, instance, "bob")
    with client(jackfield, instance, "bob", FIRST) as old, pytest.raises(redis.AuthenticationError):
        old.ping()
    with client(jackfield, instance, "bob", SECOND) as bob:
        assert bob.get("key:1") == "value"
        delete(jackfield, instance, "bob")
        with pytest.raises(redis.RedisError):
            bob.get("key:1")
    with client(jackfield, instance, "bob", SECOND) as gone, pytest.raises(redis.AuthenticationError):
        gone.ping()
    with refused("InvalidAccountName.NotFound", 404):
        jackfield.tair.delete_account(tair.DeleteAccountRequest(instance_id=instance, account_name="bob"))
    with client(jackfield, instance, None, PASSWORD) as default:
        assert default.get("key:1") == "value"


def test_readers_do_not_write(jackfield: Running, instance: str) -> None:
    create(jackfield, instance, "reader", "RoleReadOnly")
    with client(jackfield, instance, None, PASSWORD) as default, client(jackfield, instance, "reader", FIRST) as reader:
        for key in keys():
            default.set(key, "kept")
            assert reader.get(key) == "kept"
            with pytest.raises(redis.exceptions.NoPermissionError):
                reader.set(key, "x")
            with pytest.raises(redis.exceptions.NoPermissionError):
                reader.delete(key)
        with pytest.raises(redis.RedisError):
            reader.flushall()
        assert default.get("key:0") == "kept"
        jackfield.tair.grant_account_privilege(
            tair.GrantAccountPrivilegeRequest(
                instance_id=instance, account_name="reader", account_privilege="RoleReadWrite"
            )
        )
        wait_available(jackfield, instance, "reader")
        for key in keys():
            assert reader.set(key, "mine")
    delete(jackfield, instance, "reader")


def test_accounts_survive_their_servers(jackfield: Running, instance: str) -> None:
    """Also the one that was deleted stays away."""
    create(jackfield, instance, "survivor", "RoleReadOnly")
    create(jackfield, instance, "gone")
    delete(jackfield, instance, "gone")
    records = sorted((jackfield.folder.engines / instance).glob("*/process.json"))
    assert len(records) in (1, 3)
    for record in records:
        kill(msgspec.json.decode(record.read_bytes(), type=ProcessId))

    def answers() -> bool:
        try:
            with client(jackfield, instance, "survivor", FIRST) as survivor:
                return all(survivor.exists(key) in (0, 1) for key in keys())
        except redis.RedisError:
            return False

    until("the servers back", answers)
    with (
        client(jackfield, instance, "survivor", FIRST) as survivor,
        pytest.raises(redis.RedisError, match="permission"),
    ):
        survivor.set("key:0", "x")
    with client(jackfield, instance, "gone", FIRST) as gone, pytest.raises(redis.AuthenticationError):
        gone.ping()
    delete(jackfield, instance, "survivor")


def test_no_more_than_eighteen(jackfield: Running, instance: str) -> None:
    for number in range(18):
        jackfield.tair.create_account(
            tair.CreateAccountRequest(instance_id=instance, account_name=f"a{number}", account_password=FIRST)
        )
    with refused("AccountLimitExceeded", 403):
        create(jackfield, instance, "one_more")
    until("all Available", lambda: set(accounts(jackfield, instance).values()) == {"Available"})
    for number in range(18):
        with client(jackfield, instance, f"a{number}", FIRST) as one:
            assert one.ping()
