"""ModifyDBInstanceConnectionString on every engine: renamed under load, moved to another port."""

from __future__ import annotations

import socket

import pytest
from alibabacloud_rds20140815 import models as rds

from tests.rds.databases import LOST, Database, Load, ask
from tests.running import refused, until


def move(database: Database, current: str, prefix: str, port: int, instance: str = "") -> None:
    database.rds.api.modify_dbinstance_connection_string(
        rds.ModifyDBInstanceConnectionStringRequest(
            dbinstance_id=instance or database.instance,
            current_connection_string=current,
            connection_string_prefix=prefix,
            port=str(port),
        )
    )


@pytest.fixture
def private(database: Database) -> str:
    """The private endpoint's name, at the engine's usual port."""
    found = database.rds.endpoints(database.instance)["Private"]
    assert found["Port"] == str(database.port)
    return found["ConnectionString"]


def test_a_new_name_cuts_no_transaction(database: Database, private: str) -> None:
    rds_, instance = database.rds, database.instance
    new = private.replace(instance, f"renamed-{instance}")
    load = Load(database.connect(private, database.port))
    load.start()
    session = database.connect(private, database.port)
    ask(session, "SELECT 1")
    move(database, private, f"renamed-{instance}", database.port)
    assert rds_.status(instance) == "DBInstanceNetTypeChanging"
    with refused("OperationDenied.DBInstanceStatus", 400):
        move(database, private, f"renamed-{instance}", 4000)

    def over() -> bool:
        names = rds_.running.names()
        assert (private in names) != (new in names), names
        return rds_.status(instance) == "Running"

    until("Running", over)
    assert private not in rds_.running.names()
    assert rds_.endpoints(instance)["Private"]["ConnectionString"] == new
    with database.connect(new, database.port) as another:
        assert ask(another, "SELECT 2") == (2,)
    assert ask(session, "SELECT 3") == (3,), "the transaction goes on"
    session.close()
    answered = load.answered
    until("the load going on", lambda: load.answered > answered + 50)
    assert load.end() == []
    move(database, new, instance, database.port)
    rds_.wait_running(instance)
    assert rds_.endpoints(instance)["Private"]["ConnectionString"] == private


def test_a_new_port_cuts_the_old_one(database: Database, private: str) -> None:
    """Sessions end after the drain; the public endpoint's do not."""
    rds_, instance = database.rds, database.instance
    public = rds_.allocate(instance, "pub-moves", database.port)
    address = database.address(private)
    load = Load(database.connect(public, database.port))
    load.start()
    session = database.connect(private, database.port)
    ask(session, "SELECT 1")
    move(database, private, instance, 4100)
    rds_.wait_running(instance)
    with pytest.raises(LOST):
        ask(session, "SELECT 2")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address, database.port))
    with database.connect(private, 4100) as another:
        assert ask(another, "SELECT 3") == (3,)
    attribute = rds_.api.describe_dbinstance_attribute(rds.DescribeDBInstanceAttributeRequest(dbinstance_id=instance))
    assert attribute.body.items.dbinstance_attribute[0].port == "4100"
    assert load.end() == []
    move(database, private, instance, database.port)
    rds_.wait_running(instance)

    move(database, public, "pub-moved", 4200)
    rds_.wait_running(instance)
    moved = public.replace("pub-moves", "pub-moved")
    with database.connect(moved, 4200) as another:
        assert ask(another, "SELECT 4") == (4,)
    with refused("Endpoint.NotFound", 404):
        rds_.release(instance, public)
    shown = rds_.api.describe_dbinstance_net_info_for_channel(
        rds.DescribeDBInstanceNetInfoForChannelRequest(dbinstance_id=instance)
    ).body.dbinstance_net_infos.dbinstance_net_info
    assert [(one.connection_string, one.port, one.availability, one.expired_time) for one in shown] == [
        (private, str(database.port), "Available", "0"),
        (moved, "4200", "Available", "0"),
    ]
    rds_.release(instance, moved)
    rds_.wait_running(instance)


def test_refusals_change_nothing(database: Database, private: str) -> None:
    rds_, instance = database.rds, database.instance
    before = rds_.endpoints(instance)
    for code, status, prefix, port in (
        ("InvalidConnectionString.Malformed", 400, "short", database.port),
        ("InvalidConnectionString.Malformed", 400, "Upper-case", database.port),
        ("InvalidConnectionString.Malformed", 400, "a" * 64, database.port),
        ("InvalidPort.Format", 400, "fine-prefix", 999),
        ("InvalidPort.Format", 400, "fine-prefix", 65535),
        ("InvalidConnectionString.Duplicate", 404, instance, database.port),
    ):
        with refused(code, status):
            move(database, private, prefix, port)
    with refused("InvalidConnectionString.NotFound", 400):
        move(database, private.upper(), "fine-prefix", database.port)
    with refused("InvalidDBInstanceId.NotFound", 400):
        move(database, private, "fine-prefix", database.port, "rm-unknown")
    for net_type, instance_id, code in (
        ("1", instance, "InvalidRwSplitNetType.NotFound"),
        ("0", "rm-unknown", "InvalidDBInstanceName.NotFound"),
    ):
        with refused(code, 404):
            rds_.api.describe_dbinstance_net_info_for_channel(
                rds.DescribeDBInstanceNetInfoForChannelRequest(
                    dbinstance_id=instance_id, dbinstance_net_rwsplit_type=net_type
                )
            )
    assert rds_.status(instance) == "Running"
    assert rds_.endpoints(instance) == before
