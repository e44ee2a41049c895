"""Read/write splitting by the official SDK: reads at read-only instances, everything else at the primary."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from alibabacloud_rds20140815 import models

from tests.rds.databases import ACCOUNT, LOST, PASSWORD, ask
from tests.rds.replicas import delete, replicate
from tests.rds.splitting import VERSIONS, Splitting, splitting
from tests.running import refused, until

__all__ = ["splitting"]


@pytest.fixture
def name(splitting: Splitting) -> Iterator[str]:
    """An endpoint whose reads all go to the read-only instance."""
    yield splitting.allocate(
        distribution_type="Custom", weight=f'{{"{splitting.replica}":"500","master":0}}', max_delay_time="30"
    )
    splitting.release()


def test_reads_and_writes_part(splitting: Splitting, name: str) -> None:
    assert name.startswith(f"{splitting.primary}rw.")
    with splitting.connect(name) as connection:
        assert splitting.reads(connection) == {True}
        ask(connection, "BEGIN")
        assert not bool(ask(connection, splitting.where)[0])
        ask(connection, "COMMIT")
        assert splitting.reads(connection) == {True}


def test_what_the_descriptions_say(splitting: Splitting, name: str) -> None:
    info = splitting.net_info()
    assert info["ConnectionString"] == name
    assert info["ConnectionStringType"] == "ReadWriteSplitting"
    assert (info["MaxDelayTime"], info["DistributionType"], info["IPType"]) == ("30", "Custom", "Private")
    assert info["Port"] == str(splitting.database.port)
    weights = {one["DBInstanceId"]: one for one in info["DBInstanceWeights"]["DBInstanceWeight"]}
    assert weights[splitting.primary] == {
        "DBInstanceId": splitting.primary, "DBInstanceType": "Master", "Weight": "0", "Availability": "Available",
    }  # fmt: skip
    assert weights[splitting.replica]["Weight"] == "500"
    assert weights[splitting.replica]["DBInstanceType"] == "Readonly"
    assert [one["ConnectionStringType"] for one in splitting.net_infos("Normal")] == ["Normal"]
    assert {one["ConnectionStringType"] for one in splitting.net_infos(None)} == {"Normal", "ReadWriteSplitting"}
    channel = splitting.rds.api.describe_dbinstance_net_info_for_channel(
        models.DescribeDBInstanceNetInfoForChannelRequest(
            dbinstance_id=splitting.primary, dbinstance_net_rwsplit_type="1"
        )
    ).body.to_map()["DBInstanceNetInfos"]["DBInstanceNetInfo"]
    assert [(one["ConnectionString"], one["Availability"]) for one in channel] == [(name, "Available")]


def test_weights_change_under_open_sessions(splitting: Splitting, name: str) -> None:
    with splitting.connect(name) as connection:
        assert splitting.reads(connection) == {True}
        splitting.modify(distribution_type="Standard")
        splitting.rds.wait_running(splitting.primary)
        assert splitting.reads(connection) == {True, False}
        splitting.modify(distribution_type="Custom", weight='{"master":100}')
        splitting.rds.wait_running(splitting.primary)
        assert splitting.reads(connection) == {False}
        assert splitting.net_info()["DistributionType"] == "Custom"


def test_another_name_and_port(splitting: Splitting, name: str) -> None:
    with splitting.connect(name) as connection:
        splitting.modify(connection_string_prefix="elsewhere-rw", port="4321", max_delay_time="7")
        assert splitting.rds.status(splitting.primary) == "DBInstanceNetTypeChanging"
        splitting.rds.wait_running(splitting.primary)
        with pytest.raises(LOST):
            splitting.reads(connection)
    info = splitting.net_info()
    assert (info["Port"], info["MaxDelayTime"]) == ("4321", "7")
    assert info["ConnectionString"].startswith("elsewhere-rw.")
    with splitting.connect(info["ConnectionString"], 4321) as connection:
        assert splitting.reads(connection) == {True}
    with pytest.raises(KeyError):
        splitting.database.address(name)


def test_a_release_cuts_and_frees_the_name(splitting: Splitting) -> None:
    name = splitting.allocate(connection_string_prefix="short-lived", port="5001")
    connection = splitting.connect(name, 5001)
    assert splitting.reads(connection, 20) == {True, False}  # Standard: the primary reads as well
    splitting.release()
    with pytest.raises(LOST):
        splitting.reads(connection)
    assert splitting.net_infos() == []
    with refused("InvalidRwSplitNetType.NotFound", 404):
        splitting.rds.api.describe_dbinstance_net_info_for_channel(
            models.DescribeDBInstanceNetInfoForChannelRequest(
                dbinstance_id=splitting.primary, dbinstance_net_rwsplit_type="1"
            )
        )
    assert splitting.allocate(connection_string_prefix="short-lived").startswith("short-lived.")
    splitting.release()


def test_a_public_one(splitting: Splitting) -> None:
    name = splitting.allocate(net_type="Internet", connection_string_prefix="open-rw")
    info = splitting.net_info()
    assert (info["IPType"], info["VPCId"], info["VSwitchId"]) == ("Public", "", "")
    with splitting.connect(name) as connection:
        assert True in splitting.reads(connection)
    splitting.release()


def test_reads_go_on_while_a_read_only_instance_goes_and_another_comes(splitting: Splitting, name: str) -> None:
    second = replicate(splitting.rds, splitting.primary, VERSIONS[splitting.database.engine][1])
    splitting.modify(distribution_type="Custom", weight=f'{{"{second}":100}}')
    splitting.rds.wait_running(splitting.primary)
    failures: list[BaseException] = []
    ended = threading.Event()
    answers: list[bool] = []

    def read() -> None:
        try:
            with splitting.connect(name) as connection:
                while not ended.is_set():
                    answers.append(bool(ask(connection, splitting.where)[0]))
        except BaseException as error:
            failures.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        until("reads at the second", lambda: answers.count(True) > 10)
        delete(splitting.rds, second)
        seen = len(answers)
        until("reads at the primary", lambda: answers[seen:].count(False) > 10)
    finally:
        ended.set()
        reader.join()
    assert failures == []


def test_whitelists_hold(splitting: Splitting, name: str) -> None:
    def admit(ips: str) -> None:
        splitting.rds.api.modify_security_ips(
            models.ModifySecurityIpsRequest(dbinstance_id=splitting.primary, security_ips=ips)
        )

    admit("10.0.0.1")
    try:
        until("nobody is let in", lambda: _is_refused(splitting, name))
    finally:
        admit("0.0.0.0/0")
    until("everybody is let in", lambda: not _is_refused(splitting, name))


def _is_refused(splitting: Splitting, name: str) -> bool:
    try:
        splitting.connect(name).close()
    except LOST:
        return True
    return False


def test_refusals(splitting: Splitting, name: str) -> None:
    with refused("NetTypeExists", 400):
        splitting.allocate()
    with refused("InvalidDBInstanceId.NotFound", 400):
        splitting.rds.api.allocate_read_write_splitting_connection(
            models.AllocateReadWriteSplittingConnectionRequest(dbinstance_id="rm-nothing")
        )
    with refused("IncorrectDBInstanceType", 403):
        splitting.rds.api.allocate_read_write_splitting_connection(
            models.AllocateReadWriteSplittingConnectionRequest(dbinstance_id=splitting.replica)
        )
    for weight in ("{", "[]", '{"rm-none":100}', '{"master":150}', '{"master":10100}', '{"master":"x"}'):
        with refused("InvalidWeight.Format", 404):
            splitting.modify(distribution_type="Custom", weight=weight)
    with refused("RequiredParam.NotFound", 400):
        splitting.modify(distribution_type="Custom")
    with refused("InvalidMaxDelayTime", 400):
        splitting.modify(max_delay_time="7201")
    with refused("InvalidDistributionType", 400):
        splitting.modify(distribution_type="Fair")
    with refused("InvalidConnectionString.Format", 400):
        splitting.modify(connection_string_prefix="Upper")
    with refused("InvalidConnectionString.Duplicate", 400):
        splitting.modify(connection_string_prefix=splitting.replica)
    for port in ("999", "6000", "x"):
        with refused("InvalidPort.Malformed", 400):
            splitting.modify(port=port)
    with refused("InvalidConnectionString.NotFound", 400):  # it is changed by its own operation alone
        splitting.rds.api.modify_dbinstance_connection_string(
            models.ModifyDBInstanceConnectionStringRequest(
                dbinstance_id=splitting.primary, current_connection_string=name,
                connection_string_prefix="another-name", port="3333",
            )
        )  # fmt: skip
    splitting.modify(max_delay_time="10")
    for call in (splitting.release, lambda: splitting.modify(max_delay_time="11")):
        with refused("OperationDenied.DBInstanceStatus", 403):
            call()
    splitting.rds.wait_running(splitting.primary)


def test_who_has_none_can_neither_change_nor_release(splitting: Splitting) -> None:
    with refused("InvalidRwSplitNetType.NotFound", 404):
        splitting.release()
    with refused("ReadUniformNetTypeNotExists", 400):
        splitting.modify()
    lonely = splitting.rds.create(*VERSIONS[splitting.database.engine])
    with refused("ReadDBInstance.NotFound", 403):
        splitting.rds.api.allocate_read_write_splitting_connection(
            models.AllocateReadWriteSplittingConnectionRequest(dbinstance_id=lonely)
        )
    delete(splitting.rds, lonely)


def test_the_account_is_the_clients_own(splitting: Splitting, name: str) -> None:
    with splitting.connect(name) as connection:
        who = (
            "SELECT current_user"
            if splitting.database.engine == "postgres"
            else "SELECT substring_index(user(), '@', 1)"
        )
        assert ask(connection, who)[0].startswith(ACCOUNT)
    with pytest.raises(LOST):
        splitting.connect(name, password=PASSWORD + "x")
