"""ReleaseInstanceConnection on every engine, in the middle of a transaction."""

from __future__ import annotations

import socket

import pytest
from alibabacloud_rds20140815 import models as rds

from tests.rds.databases import LOST, Database, Load, ask
from tests.running import refused, until


@pytest.fixture
def public(database: Database) -> str:
    """The public endpoint's name; it serves."""
    found = database.rds.endpoints(database.instance).get("Public")
    if found:
        return found["ConnectionString"]
    return database.rds.allocate(database.instance, f"pub{database.engine}1", database.port)


def test_the_right_string_and_network_cut_the_session_and_nothing_else(database: Database, public: str) -> None:
    """An open transaction is cut by the time the instance reads Running again; the private address misses no query."""
    rds_, instance = database.rds, database.instance
    private = rds_.endpoints(instance)["Private"]["ConnectionString"]
    address = database.address(public)
    load = Load(database.connect(private, database.port))
    load.start()
    session = database.connect(public, database.port)
    ask(session, "BEGIN") if database.engine != "postgres" else None
    assert ask(session, "SELECT 1") == (1,)

    other = private.replace(instance, "somebody")
    for name, network in ((private, "0"), (other, "0"), (public, "1"), (public, "2"), (public.upper(), "0")):
        with refused("Endpoint.NotFound", 404):
            rds_.release(instance, name, network)
        assert rds_.status(instance) == "Running"
    assert ask(session, "SELECT 2") == (2,), "a refused release must change nothing"

    rds_.release(instance, public)
    assert rds_.status(instance) == "DBInstanceNetTypeChanging"
    with refused("OperationDenied.DBInstanceStatus", 403):
        rds_.release(instance, public)
    rds_.wait_running(instance)
    with pytest.raises(LOST):
        ask(session, "SELECT 3")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address, database.port))
    assert public not in rds_.running.names()
    assert "Public" not in rds_.endpoints(instance)
    with refused("Endpoint.NotFound", 404):
        rds_.release(instance, public)
    with refused("Endpoint.NotFound", 400):
        rds_.api.release_instance_public_connection(
            rds.ReleaseInstancePublicConnectionRequest(dbinstance_id=instance, current_connection_string=public)
        )
    answered = load.answered
    until("the private address going on", lambda: load.answered > answered + 50)
    assert load.end() == []


def test_a_released_name_can_be_had_again(database: Database, public: str) -> None:
    rds_, instance = database.rds, database.instance
    rds_.api.release_instance_public_connection(
        rds.ReleaseInstancePublicConnectionRequest(dbinstance_id=instance, current_connection_string=public)
    )
    rds_.wait_running(instance)
    prefix = public.partition(".")[0]
    assert rds_.allocate(instance, prefix, 4000) == public
    with database.connect(public, 4000) as session:
        assert ask(session, "SELECT 4") == (4,)
    with refused("OtherEndpoint.Exist", 400):
        rds_.allocate(instance, "another1", 4001)


def test_whitelists_judge_new_connections(database: Database) -> None:
    rds_, instance = database.rds, database.instance
    private = rds_.endpoints(instance)["Private"]["ConnectionString"]
    with database.connect(private, database.port) as before:
        rds_.api.modify_security_ips(rds.ModifySecurityIpsRequest(dbinstance_id=instance, security_ips="10.0.0.0/8"))
        rds_.running.wait_idle()
        with pytest.raises(LOST):
            database.connect(private, database.port)
        assert ask(before, "SELECT 5") == (5,)
    rds_.api.modify_security_ips(rds.ModifySecurityIpsRequest(dbinstance_id=instance, security_ips="0.0.0.0/0"))
    rds_.running.wait_idle()
    database.connect(private, database.port).close()


def test_data_and_addresses_survive_everything(database: Database) -> None:
    """Every process killed at once: after the next start the data, the account and the names are there."""
    rds_, instance = database.rds, database.instance
    private = rds_.endpoints(instance)["Private"]["ConnectionString"]
    with database.connect(private, database.port, autocommit=True) as session:
        ask(session, "CREATE DATABASE kept")
    with database.connect(private, database.port, database="kept") as session:
        ask(session, "CREATE TABLE kept (value INT)")
        ask(session, "INSERT INTO kept VALUES (7)")
        session.commit()
    names = rds_.running.names()
    rds_.running.kill_all()
    rds_.running.up()
    assert rds_.running.names() == names
    with database.connect(private, database.port, database="kept") as session:
        assert ask(session, "SELECT value FROM kept") == (7,)


def test_a_killed_server_comes_back_with_its_data(database: Database) -> None:
    import os
    import signal

    rds_, instance = database.rds, database.instance
    private = rds_.endpoints(instance)["Private"]["ConnectionString"]
    server = next(one for one in rds_.running.ask("instances")["instances"] if one["id"] == instance)["servers"][0]
    os.kill(server["pid"], signal.SIGKILL)

    def answers() -> bool:
        try:
            with database.connect(private, database.port) as session:
                return bool(ask(session, "SELECT 6") == (6,))
        except LOST:
            return False

    until("the server answering again", answers, 60)
    again = next(one for one in rds_.running.ask("instances")["instances"] if one["id"] == instance)["servers"][0]
    assert again["pid"] != server["pid"]
    assert rds_.status(instance) == "Running"
