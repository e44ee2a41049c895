"""Instances of the classic network: their way into a VPC, hybrid mode and its end, internal and public exchanged."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alibabacloud_rds20140815 import models as rds

from tests.chaos.dialling import refuses
from tests.rds.conftest import Rds
from tests.rds.databases import LOST, Database, Load, ask, database_of
from tests.rds.inside import Inside
from tests.rds.networks import ZH, ZI, Network, attribute, feed, network, network_of, stored
from tests.running import Running, refused, until

PORT = 3306
DAY = 2.0
CLASSIC: dict[str, Any] = {"instance_network_type": "Classic", "dbinstance_storage_type": "local_ssd"}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with Running(tmp_path_factory.mktemp("classic"), "--day-seconds", str(DAY)) as running:
        yield running


@pytest.fixture(scope="module")
def client(running: Running) -> Rds:
    return Rds(running)


@pytest.fixture(scope="module")
def ours(running: Running) -> Network:
    return network(running, "10.31")


def classic(client: Rds) -> Database:
    """A MySQL instance of the classic network with an account."""
    instance = client.create("MySQL", "8.0", **CLASSIC)
    client.create_account(instance)
    return database_of("mariadb", client, instance)


def to_vpc(client: Rds, instance: str, vswitch: str, **more: Any) -> str:
    """The connection string of the endpoint in the VPC."""
    request = rds.ModifyDBInstanceNetworkTypeRequest(
        dbinstance_id=instance, instance_network_type="VPC", v_switch_id=vswitch, **more
    )
    reply = client.api.modify_dbinstance_network_type(request).body
    assert reply.task_id.isdigit()
    name: str = reply.connection_string
    return name


def keep(client: Rds, instance: str, name: str, days: int) -> None:
    client.api.modify_dbinstance_network_expire_time(
        rds.ModifyDBInstanceNetworkExpireTimeRequest(
            dbinstance_id=instance, connection_string=name, classic_expired_days=days
        )
    )


def switch(client: Rds, instance: str, prefix: str, **more: Any) -> tuple[str, str]:
    """The new connection string and the old one."""
    reply = client.api.switch_dbinstance_net_type(
        rds.SwitchDBInstanceNetTypeRequest(dbinstance_id=instance, connection_string_prefix=prefix, **more)
    ).body
    return reply.new_connection_string, reply.old_connection_string


def listed(client: Rds, network_type: str) -> set[str]:
    request = rds.DescribeDBInstancesRequest(region_id="cn-hangzhou", instance_network_type=network_type)
    return {one.dbinstance_id for one in client.api.describe_dbinstances(request).body.items.dbinstance}


def is_lost(connection: Any) -> bool:
    try:
        ask(connection, "SELECT 1")
    except LOST:
        return True
    return False


def test_internal_and_public_are_exchanged(client: Rds) -> None:
    """Each way the other kind of address serves and the former one ends, with its name and its sessions."""
    database = classic(client)
    instance = database.instance
    (old,) = client.endpoints(instance).values()
    name = old["ConnectionString"]
    assert (old["IPType"], old["VPCId"], old["VSwitchId"], old["ExpiredTime"]) == ("Inner", "", "", "0")
    assert old["IPAddress"] == database.address(name)
    assert network_of(client, instance) == "Classic"
    shown = attribute(client, instance)
    assert (shown["InstanceNetworkType"], shown["DBInstanceNetType"], shown["VpcId"]) == ("Classic", "Intranet", "")
    assert instance in listed(client, "Classic")
    assert instance not in listed(client, "VPC")

    for code, status, prefix, more in (
        ("InvalidConnectionString.Malformed", 400, "short", {}),
        ("InvalidConnectionString.Malformed", 400, "with-hyphen", {}),
        ("InvalidConnectionString.Malformed", 400, "a" * 64, {}),
        ("InvalidPort.Malformed", 400, "exchanged", {"port": "3000"}),
        ("InvalidPort.Malformed", 400, "exchanged", {"port": "4000"}),
        ("IncorrectDBInstanceNetType", 400, "exchanged", {"connection_string_type": "ReadWriteSplitting"}),
    ):
        with refused(code, status):
            switch(client, instance, prefix, **more)
    with refused("InvalidDBInstanceName.NotFound", 404):
        switch(client, "rm-unknown", "exchanged")

    session, address = database.connect(name, PORT), database.address(name)
    for _ in range(2):  # the second call is the first one's echo
        assert switch(client, instance, "exchanged1", port="3307", client_token="once") == (
            "exchanged1.mysql.rds.aliyuncs.com", name,
        )  # fmt: skip
    assert client.status(instance) == "DBInstanceNetTypeChanging"
    with refused("OperationDenied.DBInstanceStatus", 403):
        switch(client, instance, "exchanged2")
    client.wait_running(instance)
    (new,) = client.endpoints(instance).values()
    public = new["ConnectionString"]
    assert (new["IPType"], public, new["Port"]) == ("Public", "exchanged1.mysql.rds.aliyuncs.com", "3307")
    assert is_lost(session)
    assert refuses((address, PORT))
    assert name not in client.running.names()
    shown = attribute(client, instance)
    assert (shown["DBInstanceNetType"], shown["ConnectionString"], shown["Port"]) == ("Internet", public, "3307")
    with database.connect(public, 3307) as connection:
        assert ask(connection, "SELECT 1") == (1,)
    client.create_account(instance, "bob")  # the proof of an account goes the way of a client

    with refused("AtLeastOneNetTypeExists", 400):
        client.release(instance, public, "1")
    with refused("Endpoint.NotFound", 404):
        client.release(instance, public, "0")
    with refused("OperationDenied.DBInstanceNetType", 400):
        to_vpc(client, instance, "vsw-unknown")

    assert switch(client, instance, "exchanged2") == ("exchanged2.mysql.rds.aliyuncs.com", public)
    client.wait_running(instance)
    assert set(client.endpoints(instance)) == {"Inner"}
    assert attribute(client, instance)["DBInstanceNetType"] == "Intranet"
    with database.connect("exchanged2.mysql.rds.aliyuncs.com", PORT) as connection:
        assert ask(connection, "SELECT 1") == (1,)

    client.allocate(instance, "two-endpoints", PORT)
    with refused("IncorrectDBInstanceNetType", 400):
        switch(client, instance, "exchanged3")
    client.release(instance, "two-endpoints.mysql.rds.aliyuncs.com", "1")
    client.wait_running(instance)
    assert set(stored(client.running, instance)) == {"classic"}


def test_a_classic_address_is_retained_and_then_ends(client: Rds, ours: Network) -> None:
    """In hybrid mode both serve, the original name without a break; at the end of its days nothing of it is left."""
    database = classic(client)
    running, instance = client.running, database.instance
    (old,) = client.endpoints(instance).values()
    original = old["ConnectionString"]
    load = Load(database.connect(original, PORT))
    load.start()

    for code, status, vswitch, more in (
        ("InvalidVpcId.NotFound", 404, ours.vswitches[ZH], {"vpcid": "vpc-unknown"}),
        ("InvalidVswitchId", 403, "vsw-unknown", {}),
        ("InvalidVswitchId", 403, ours.vswitches[ZI], {}),
        ("InvalidPrivateIpAddress.Format", 400, ours.vswitches[ZH], {"private_ip_address": "here"}),
        ("InvalidPrivateIpAddress.Mismatch", 400, ours.vswitches[ZH], {"private_ip_address": "10.31.2.9"}),
        ("InvalidClassicExpiredDays", 400, ours.vswitches[ZH], {"classic_expired_days": "121"}),
        ("InvalidClassicExpiredDays", 400, ours.vswitches[ZH], {"classic_expired_days": "0"}),
        ("MissingVSwitchId", 400, "", {"vpcid": ours.vpc}),
    ):
        with refused(code, status):
            to_vpc(client, instance, vswitch, **more)
    with refused("InvalidConnectionString.NotFound", 404):
        keep(client, instance, original, 1)
    assert client.endpoints(instance) == {"Inner": old}

    name = to_vpc(
        client, instance, ours.vswitches[ZH], vpcid=ours.vpc, private_ip_address="10.31.1.9",
        retain_classic="True", classic_expired_days="120",
    )  # fmt: skip
    assert client.status(instance) == "DBInstanceNetTypeChanging"
    with refused("OperationDenied.DBInstanceStatus", 403):
        keep(client, instance, original, 1)
    client.wait_running(instance)
    both = client.endpoints(instance)
    assert (both["Inner"]["ConnectionString"], both["Private"]["ConnectionString"]) == (original, name)
    assert original != name
    private = both["Private"]
    assert (private["IPAddress"], private["VPCId"], private["VSwitchId"], private["ExpiredTime"]) == (
        "10.31.1.9", ours.vpc, ours.vswitches[ZH], "0",
    )  # fmt: skip
    assert 0 < int(both["Inner"]["ExpiredTime"]) <= 120 * DAY
    assert network_of(client, instance) == "VPC"
    shown = attribute(client, instance)
    assert (shown["InstanceNetworkType"], shown["VpcId"], shown["ConnectionString"]) == ("VPC", ours.vpc, name)
    for each in (original, name):
        with database.connect(each, PORT) as connection:
            assert ask(connection, "SELECT 1") == (1,)
    with Inside(running.folder.root, ours.vpc, "mysql") as inside:
        assert inside.ask("resolve", name) == ["10.31.1.9"]
        assert inside.ask("resolve", original) == []
        assert inside.ask("hold", "one", name, PORT)
    with refused("NetTypeExists", 400):
        to_vpc(client, instance, ours.vswitches[ZH])
    with refused("IncorrectDBInstanceNetType", 400):
        switch(client, instance, "exchanged9")
    for days in (0, 121):
        with refused("InvalidClassicExpiredDays", 400):
            keep(client, instance, original, days)
    for unknown in (name, "unknown.mysql.rds.aliyuncs.com"):
        with refused("InvalidConnectionString.NotFound", 404):
            keep(client, instance, unknown, 1)
    with refused("InvalidDBInstanceName.NotFound", 404):
        keep(client, "rm-unknown", original, 1)
    assert load.failures == []

    address = database.address(original)
    held = database.connect(original, PORT)
    other = database.connect(name, PORT)
    keep(client, instance, original, 1)
    assert int(client.endpoints(instance)["Inner"]["ExpiredTime"]) <= DAY
    assert ask(held, "SELECT 1") == (1,)
    until("the end of the classic endpoint", lambda: set(client.endpoints(instance)) == {"Private"}, DAY + 10)
    assert is_lost(held)
    assert len(load.end()) == 1
    assert refuses((address, PORT))
    assert original not in running.names()
    assert ask(other, "SELECT 1") == (1,)
    assert client.status(instance) == "Running"
    assert set(stored(running, instance)) == {"private"}
    first, *_, last = feed(running, f"{instance}/classic")
    assert (first.after, last.before, last.after) == ("Creating", "Releasing", "")
    assert last.evidence["refused"] == [f"{address}:{PORT}"]
    assert last.evidence["cut"] >= 2
    with refused("InvalidConnectionString.NotFound", 404):
        keep(client, instance, original, 1)
    assert client.allocate(instance, original.partition(".")[0], PORT) == original, "the name is not free"


def test_a_classic_address_is_not_retained(client: Rds, ours: Network) -> None:
    """The name becomes the new endpoint's; the classic address ends with its sessions."""
    database = classic(client)
    running, instance = client.running, database.instance
    original = client.endpoints(instance)["Inner"]["ConnectionString"]
    address, held = database.address(original), database.connect(original, PORT)
    assert to_vpc(client, instance, ours.vswitches[ZH]) == original
    client.wait_running(instance)
    (private,) = client.endpoints(instance).values()
    assert (private["IPType"], private["ConnectionString"], private["VPCId"]) == ("Private", original, ours.vpc)
    assert is_lost(held)
    assert refuses((address, PORT))
    assert running.names()[original] == list(stored(running, instance)["private"].addresses)
    with database.connect(original, PORT) as connection, Inside(running.folder.root, ours.vpc, "mysql") as inside:
        assert ask(connection, "SELECT 1") == (1,)
        assert inside.ask("hold", "one", original, PORT)


def test_an_end_that_passed_while_nothing_ran(tmp_path: Path) -> None:
    """The end of the days is stored: a start after it takes the classic address away, without being told to."""
    with Running(tmp_path, "--day-seconds", "1", "--engines", "none") as running:
        client = Rds(running)
        instance = client.create("MySQL", "8.0", **CLASSIC)
        to_vpc(client, instance, "", retain_classic="True", classic_expired_days="2")
        client.wait_running(instance)
        ends = stored(running, instance)["classic"].expires
        running.down()
        until("the end of the days", lambda: time.time() > ends)
        running.up()
        client = Rds(running)
        until("the end of the classic endpoint", lambda: set(client.endpoints(instance)) == {"Private"})
        assert feed(running, f"{instance}/classic")[-1].after == ""


def test_the_classic_network_is_for_mysql_on_local_storage(client: Rds) -> None:
    for engine, version, storage in (
        ("PostgreSQL", "15.0", "local_ssd"),
        ("MySQL", "8.0", "cloud_essd"),
        ("MySQL", "8.0", None),
    ):
        with refused("InvalidNetworkTypeClassicWhenCloudStorage", 400):
            client.create(engine, version, instance_network_type="Classic", dbinstance_storage_type=storage)


def test_exchanges_are_counted(tmp_path: Path) -> None:
    """Twenty in 24 hours; and only MySQL has them."""
    with Running(tmp_path, "--engines", "none", "--pace", "instant") as running:
        client = Rds(running)
        instance = client.create("MySQL", "8.0", **CLASSIC)
        for number in range(20):
            switch(client, instance, f"exchange{number}")
            client.wait_running(instance)
        with refused("NetTypeChangeTimesExceeded", 403):
            switch(client, instance, "exchange20")
        postgres = client.create("PostgreSQL", "15.0")
        with refused("EngineNotSupported", 400):
            switch(client, postgres, "exchange20")
        with refused("NetTypeExists", 400):
            to_vpc(client, postgres, "")
