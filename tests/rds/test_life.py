"""Instances are restarted, stopped, started and switched: what their clients see of it."""

from __future__ import annotations

import time
from itertools import count
from typing import Any

import pytest
from alibabacloud_rds20140815 import models as rds

from jackfield.processes import identify
from jackfield.vantage.client import HolderClient
from tests.chaos.dialling import refuses
from tests.rds.databases import LOST, Database, ask
from tests.running import Running, refused, until


def pid_of(database: Database, instance: str) -> int:
    """The process of the instance's server; 0: none."""
    (found,) = [one for one in database.rds.running.ask("instances")["instances"] if one["id"] == instance]
    pid: int = found["servers"][0]["pid"]
    return pid


@pytest.fixture(scope="module")
def kept(database: Database) -> str:
    """The instance's private address; behind it a table with one row."""
    private = database.rds.endpoints(database.instance)["Private"]["ConnectionString"]
    make_table(database, private)
    with database.connect(private, database.port, database="shop", autocommit=True) as session:
        ask(session, "INSERT INTO kept VALUES (7)")
    return private


def make_table(database: Database, name: str, account: str = "alice") -> None:
    with database.connect(name, database.port, account, autocommit=True) as session:
        ask(session, "CREATE DATABASE shop")
    with database.connect(name, database.port, account, database="shop", autocommit=True) as session:
        ask(session, "CREATE TABLE kept (id int)")


def rows(database: Database, name: str) -> Any:
    with database.connect(name, database.port, database="shop") as session:
        return ask(session, "SELECT id FROM kept")


def connectivity(database: Database, source: str) -> tuple[str, str | None, str | None]:
    body = database.rds.api.describe_dbinstance_connectivity(
        rds.DescribeDBInstanceConnectivityRequest(db_instance_name=database.instance, source_ip_address=source)
    ).body
    assert body.db_instance_name == database.instance
    return body.conn_check_result, body.conn_check_error_code, body.conn_check_error_message


def test_a_restart_ends_the_server_and_keeps_the_data(database: Database, kept: str) -> None:
    api, instance = database.rds.api, database.instance
    before, endpoints = pid_of(database, instance), database.rds.endpoints(instance)
    held = database.connect(kept, database.port)
    api.restart_dbinstance(rds.RestartDBInstanceRequest(dbinstance_id=instance))
    assert database.rds.status(instance) == "Rebooting"
    assert connectivity(database, "1.2.3.4")[:2] == ("Failed", "CONNECTION_ABNORMAL")
    with refused("IncorrectDBInstanceState", 403):
        api.restart_dbinstance(rds.RestartDBInstanceRequest(dbinstance_id=instance))
    database.rds.wait_running(instance)
    assert pid_of(database, instance) not in (0, before)
    assert identify(before) is None
    with pytest.raises(LOST):
        ask(held, "SELECT 1")
    held.close()
    assert rows(database, kept) == (7,)
    assert database.rds.endpoints(instance) == endpoints


def test_a_stopped_instance_keeps_its_names_and_ends_its_server(database: Database, kept: str) -> None:
    api, instance, running = database.rds.api, database.instance, database.rds.running
    public = database.rds.allocate(instance, f"life{database.engine}", database.port)
    endpoints, names, pid = database.rds.endpoints(instance), running.names(), pid_of(database, instance)
    places = [(database.address(name), database.port) for name in (kept, public)]
    held = [database.connect(name, database.port) for name in (kept, public)]

    api.stop_dbinstance(rds.StopDBInstanceRequest(dbinstance_id=instance, region_id="cn-hangzhou"))
    assert database.rds.status(instance) == "Stopping"
    until("Stopped", lambda: database.rds.status(instance) == "Stopped")
    assert identify(pid) is None
    assert pid_of(database, instance) == 0
    assert all(map(refuses, places))
    for session in held:
        with pytest.raises(LOST):
            ask(session, "SELECT 1")
        session.close()
    assert database.rds.endpoints(instance) == endpoints
    assert not {kept, public} & set(running.names())
    assert connectivity(database, "1.2.3.4") == ("Failed", "CONNECTION_ABNORMAL", "The instance is Stopped")
    running.wait_idle()

    with refused("InvalidConnectionString.Duplicate", 404):  # the names stay claimed
        other = database.rds.create(*VERSIONS[database.engine], dbinstance_description="other")
        database.rds.allocate(other, f"life{database.engine}", database.port)
    database.rds.delete(other)
    for call, request in _refused_while_stopped(api, instance):
        with refused(*call):
            request()

    started = api.start_dbinstance(rds.StartDBInstanceRequest(dbinstance_id=instance, region_id="cn-hangzhou"))
    assert isinstance(started.body.task_id, int)
    assert database.rds.status(instance) == "Starting"
    database.rds.wait_running(instance)
    assert database.rds.endpoints(instance) == endpoints
    assert running.names() == names
    assert [rows(database, name) for name in (kept, public)] == [(7,), (7,)]
    assert connectivity(database, "1.2.3.4") == ("Success", None, None)


VERSIONS = {"postgres": ("PostgreSQL", "15.0"), "mariadb": ("MySQL", "8.0"), "seekdb": ("MySQL", "8.0")}


def _refused_while_stopped(api: Any, instance: str) -> list[Any]:
    name, password = "carol", "Test-123456"
    return [
        (("InvalidStatus.Format", 400), lambda: api.stop_dbinstance(
            rds.StopDBInstanceRequest(dbinstance_id=instance, region_id="cn-hangzhou"))),
        (("IncorrectDBInstanceState", 403), lambda: api.restart_dbinstance(
            rds.RestartDBInstanceRequest(dbinstance_id=instance))),
        (("IncorrectDBInstanceState", 403), lambda: api.create_account(
            rds.CreateAccountRequest(dbinstance_id=instance, account_name=name, account_password=password))),
        (("OperationDenied.DBInstanceStatus", 403), lambda: api.allocate_instance_public_connection(
            rds.AllocateInstancePublicConnectionRequest(
                dbinstance_id=instance, connection_string_prefix="while-stopped", port="3306"))),
    ]  # fmt: skip


def test_a_stop_survives_the_death_of_the_api(database: Database, kept: str) -> None:
    """Killed in the middle, and again while stopped: it stays stopped until somebody starts it."""
    api, instance, running = database.rds.api, database.instance, database.rds.running
    api.stop_dbinstance(rds.StopDBInstanceRequest(dbinstance_id=instance, region_id="cn-hangzhou"))
    running.kill_api()
    running.wait_ready()
    until("Stopped", lambda: database.rds.status(instance) == "Stopped")
    running.kill_api()
    running.wait_ready()
    running.wait_idle()
    assert database.rds.status(instance) == "Stopped"
    assert pid_of(database, instance) == 0
    api.start_dbinstance(rds.StartDBInstanceRequest(dbinstance_id=instance))
    running.kill_api()
    running.wait_ready()
    database.rds.wait_running(instance)
    assert rows(database, kept) == (7,)


def test_a_switch_of_the_primary_loses_no_acknowledged_write(database: Database, kept: str) -> None:
    api = database.rds.api
    with refused("IncorrectDBInstanceType", 403):
        _switch(database, database.instance, "349054")
    instance = database.rds.create(*VERSIONS[database.engine], category="HighAvailability")
    database.rds.create_account(instance, "bob")
    name = database.rds.endpoints(instance)["Private"]["ConnectionString"]
    make_table(database, name, "bob")
    session = database.connect(name, database.port, "bob", database="shop", autocommit=True)
    before = {node.node_type: node for node in _nodes(database, instance)}
    assert set(before) == {"Master", "Slave"}
    for wrong in (before["Master"].node_id, "1"):
        with refused("InvalidNodeItems.NodeId", 400):
            _switch(database, instance, wrong)

    _switch(database, instance, before["Slave"].node_id)
    assert database.rds.status(instance) == "GuardSwitching"
    acknowledged = _write_until_lost(session)
    session.close()
    database.rds.wait_running(instance)
    after = {node.node_type: node for node in _nodes(database, instance)}
    assert after["Master"].node_id == before["Slave"].node_id
    assert after["Slave"].node_id == before["Master"].node_id
    with database.connect(name, database.port, "bob", database="shop") as again:
        (written,) = ask(again, "SELECT count(*) FROM kept")
    # The one that was under way may have been written although nobody was told.
    assert written in (acknowledged, acknowledged + 1)
    database.rds.delete(instance)
    with refused("InvalidDBInstanceName.NotFound", 404):
        api.describe_dbinstance_haconfig(rds.DescribeDBInstanceHAConfigRequest(dbinstance_id=instance))


def _write_until_lost(session: Any) -> int:
    """How many writes were acknowledged."""
    for number in count():
        try:
            ask(session, f"INSERT INTO kept VALUES ({number})")
        except LOST:
            return number
    raise AssertionError


def _switch(database: Database, instance: str, node: str) -> None:
    database.rds.api.switch_dbinstance_ha(rds.SwitchDBInstanceHARequest(dbinstance_id=instance, node_id=node))


def _nodes(database: Database, instance: str) -> Any:
    reply = database.rds.api.describe_dbinstance_haconfig(rds.DescribeDBInstanceHAConfigRequest(dbinstance_id=instance))
    return reply.body.host_instance_infos.node_info


def test_a_closed_endpoint_is_gone_from_its_vpc(database: Database, kept: str) -> None:
    """Also after another API process compared what it finds with the store."""
    running, instance = database.rds.running, database.instance
    info = database.rds.endpoints(instance)["Private"]
    place = (info["IPAddress"], int(info["Port"]))
    assert place in listeners(running, info["VPCId"])
    database.rds.api.stop_dbinstance(rds.StopDBInstanceRequest(dbinstance_id=instance, region_id="cn-hangzhou"))
    until("Stopped", lambda: database.rds.status(instance) == "Stopped")
    assert place not in listeners(running, info["VPCId"])
    running.kill_api()
    running.wait_ready()
    assert place not in listeners(running, info["VPCId"])
    database.rds.api.start_dbinstance(rds.StartDBInstanceRequest(dbinstance_id=instance))
    database.rds.wait_running(instance)
    assert place in listeners(running, info["VPCId"])


def listeners(running: Running, vpc: str) -> tuple[tuple[str, int], ...]:
    """Where something listens inside a VPC."""
    with HolderClient(running.folder.vpc_socket("holder")) as holder:
        return next(network.listeners for network in holder.networks() if network.vpc == vpc)


def test_a_stopped_instance_can_be_deleted(database: Database) -> None:
    instance = database.rds.create(*VERSIONS[database.engine])
    database.rds.api.stop_dbinstance(rds.StopDBInstanceRequest(dbinstance_id=instance, region_id="cn-hangzhou"))
    until("Stopped", lambda: database.rds.status(instance) == "Stopped")
    database.rds.delete(instance)


def test_connectivity_is_what_the_relay_does(database: Database, kept: str) -> None:
    """This machine's clients come from 127.0.0.1."""
    api, instance = database.rds.api, database.instance
    for whitelist, code in (("10.0.0.0/8", "SRC_IP_NOT_IN_USER_WHITELIST"), ("127.0.0.0/8", None), ("0.0.0.0/0", None)):
        api.modify_security_ips(rds.ModifySecurityIpsRequest(dbinstance_id=instance, security_ips=whitelist))
        database.rds.running.wait_idle()
        assert connectivity(database, "127.0.0.1")[1] == code
        if code:
            with pytest.raises(LOST):
                database.connect(kept, database.port)
        else:
            assert rows(database, kept) == (7,)


@pytest.mark.parametrize("pause", [0.0, 0.05, 0.2])
def test_a_restart_happens_once_whenever_the_api_dies(database: Database, kept: str, pause: float) -> None:
    api, instance, running = database.rds.api, database.instance, database.rds.running
    before = pid_of(database, instance)
    api.restart_dbinstance(rds.RestartDBInstanceRequest(dbinstance_id=instance))
    time.sleep(pause)  # where in the restart it dies is what differs
    running.kill_api()
    running.wait_ready()
    database.rds.wait_running(instance)
    after = pid_of(database, instance)
    assert after not in (0, before)
    assert identify(before) is None
    running.wait_idle()
    assert pid_of(database, instance) == after
    assert rows(database, kept) == (7,)
