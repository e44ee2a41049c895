"""An instance goes to another VPC, vSwitch or zone: its name leads there, and the former address is dark."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from alibabacloud_rds20140815 import models as rds
from alibabacloud_vpc20160428 import models as vpc
from alibabacloud_vpc20160428.client import Client as VpcClient

from jackfield.products.times import iso_second
from tests.rds.conftest import Rds
from tests.rds.databases import Database, Load, database_of
from tests.rds.inside import Inside
from tests.rds.moving import DARK, migrate, migrate_connection, private, switch
from tests.rds.networks import ZH, ZI, Network, attribute, feed, network, stored, vpc_status
from tests.running import Running, refused, until

PORT = 5432
BLOCK = "10.41"
"""Of both VPCs: the same addresses are apart."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with Running(tmp_path_factory.mktemp("moves")) as running:
        yield running


@pytest.fixture(scope="module")
def client(running: Running) -> Rds:
    return Rds(running)


@pytest.fixture(scope="module")
def here(running: Running) -> Network:
    return network(running, BLOCK)


@pytest.fixture(scope="module")
def there(running: Running) -> Network:
    return network(running, BLOCK)


@pytest.fixture(scope="module")
def database(client: Rds, here: Network) -> Database:
    instance = client.create("PostgreSQL", "15.0", vpcid=here.vpc, v_switch_id=here.vswitches[ZH], zone_id=ZH)
    client.create_account(instance)
    return database_of("postgres", client, instance)


@pytest.fixture
def home(database: Database, here: Network) -> Iterator[str]:
    """The private connection string, of an instance that is and will be in its first vSwitch."""
    name = private(database)["ConnectionString"]
    yield name
    request = {"v_switch_id": here.vswitches[ZH], "zone_id": ZH}
    if attribute(database.rds, database.instance)["ZoneId"] != ZH:
        migrate(database, **request)
    elif private(database)["VSwitchId"] != here.vswitches[ZH]:
        switch(database, here, ZH)
    database.rds.wait_running(database.instance)


def test_to_another_vpc(database: Database, home: str, here: Network, there: Network) -> None:
    """The name leads to the chosen address in the new VPC; in the former one there is neither name nor listener, and a
    session there is cut. So is one of a client of this machine, which can dial again at once.
    """
    client, running, instance = database.rds, database.rds.running, database.instance
    before = private(database)
    load = Load(database.connect(home, PORT))
    load.start()
    with Inside(running.folder.root, here.vpc) as former, Inside(running.folder.root, there.vpc) as latter:
        assert former.ask("resolve", home) == [before["IPAddress"]]
        assert former.ask("hold", "former", home, PORT)
        assert latter.ask("resolve", home) == []
        switch(database, there, private_ip_address="10.41.1.77")
        assert client.status(instance) == "DBInstanceNetTypeChanging"
        with refused("OperationDenied.DBInstanceStatus", 403):
            switch(database, here)
        with refused("DBInstanceStatusNotActive", 403):
            migrate_connection(database, home, ZI)
        with refused("IncorrectDBInstanceState", 400):
            migrate(database, zone_id=ZI)
        client.wait_running(instance)
        assert not former.ask("held", "former")
        assert former.ask("resolve", home) == []
        assert former.ask("dial", before["IPAddress"], PORT) in DARK
        assert latter.ask("resolve", home) == ["10.41.1.77"]
        assert latter.ask("hold", "latter", home, PORT)
        after = private(database)
        assert after == {
            **before,
            "IPAddress": "10.41.1.77",
            "VPCId": there.vpc,
            "VSwitchId": there.vswitches[ZH],
        }
        shown = attribute(client, instance)
        assert (shown["VpcId"], shown["VSwitchId"], shown["ConnectionString"]) == (
            there.vpc, there.vswitches[ZH], home,
        )  # fmt: skip
        (endpoint,) = stored(running, instance).values()
        assert (endpoint.vpc_address, endpoint.other) == ("10.41.1.77", None)
        opened, left = feed(running, endpoint.id)[-2:]
        assert any("10.41.1.77" in place for place in opened.evidence["answered"])
        assert (left.before, left.after) == ("Leaving", "Serving")
        assert any(before["IPAddress"] in place for place in left.evidence["refused"])
        switch(database, here)
        client.wait_running(instance)
        assert not latter.ask("held", "latter")
        assert latter.ask("dial", "10.41.1.77", PORT) in DARK
        assert former.ask("hold", "back", home, PORT)
    (cut,) = load.end()
    assert isinstance(cut, psycopg.OperationalError)
    database.connect(home, PORT).close()


def test_the_former_vpc_can_be_deleted(database: Database, home: str, here: Network) -> None:
    """Nothing of a moved instance is left there, so the vSwitch and the VPC go."""
    client, running = database.rds, database.rds.running
    short = network(running, "10.42")
    switch(database, short)
    client.wait_running(database.instance)
    networks = VpcClient(running.config())
    with refused("DependencyViolation", 400):
        networks.delete_vswitch(vpc.DeleteVSwitchRequest(v_switch_id=short.vswitches[ZH], region_id="cn-hangzhou"))
    switch(database, here)
    client.wait_running(database.instance)
    for vswitch in short.vswitches.values():
        networks.delete_vswitch(vpc.DeleteVSwitchRequest(v_switch_id=vswitch, region_id="cn-hangzhou"))

    def deleted() -> bool:
        try:
            networks.delete_vpc(vpc.DeleteVpcRequest(vpc_id=short.vpc, region_id="cn-hangzhou"))
        except Exception as error:
            if "DependencyViolation" not in str(getattr(error, "code", "")):
                raise
            return False
        return True

    until("the VPC empty", deleted)
    until("the VPC gone", lambda: not vpc_status(running, short.vpc))


def test_an_address_in_the_same_vswitch(database: Database, home: str, here: Network) -> None:
    client = database.rds
    before = private(database)["IPAddress"]
    wanted = "10.41.1.100" if before != "10.41.1.100" else "10.41.1.101"
    with Inside(client.running.folder.root, here.vpc) as inside:
        switch(database, here, private_ip_address=wanted)
        client.wait_running(database.instance)
        assert inside.ask("resolve", home) == [wanted]
        assert inside.ask("dial", before, PORT) in DARK
        assert inside.ask("hold", "new", home, PORT)
    with refused("MigrateAlreadyExistsFault", 400):
        switch(database, here, private_ip_address=wanted)


def test_only_the_connection_to_another_zone(database: Database, home: str, here: Network) -> None:
    """The endpoint is in a vSwitch of the other zone, the instance stays in its own."""
    client = database.rds
    client.allocate(database.instance, "zones-public", 5433)
    for code, status, name, zone, instance in (
        ("ConnectionNotFound", 403, "unknown.pg.rds.aliyuncs.com", ZI, ""),
        ("InvalidParam", 404, "zones-public.pg.rds.aliyuncs.com", ZI, ""),
        ("ZoneIdNotSupported", 403, home, ZH, ""),
        ("ZoneIdNotSupported", 403, home, "cn-hangzhou-j", ""),
        ("ZoneIdNotSupported", 403, home, "nowhere", ""),
        ("InvalidDBInstance.NotFound", 404, home, ZI, "pgm-unknown"),
    ):
        with refused(code, status):
            migrate_connection(database, name, zone, instance)
    with Inside(client.running.folder.root, here.vpc) as inside:
        before = private(database)["IPAddress"]
        assert inside.ask("hold", "before", home, PORT)
        migrate_connection(database, home.partition(".")[0], ZI)
        client.wait_running(database.instance)
        now = private(database)
        assert (now["VSwitchId"], now["ConnectionString"]) == (here.vswitches[ZI], home)
        assert inside.ask("resolve", home) == [now["IPAddress"]]
        assert now["IPAddress"].startswith("10.41.2.")
        assert not inside.ask("held", "before")
        assert inside.ask("dial", before, PORT) in DARK
        assert inside.ask("hold", "after", home, PORT)
    assert attribute(client, database.instance)["ZoneId"] == ZH
    client.release(database.instance, "zones-public.pg.rds.aliyuncs.com")
    client.wait_running(database.instance)


def test_the_instance_to_another_zone_at_a_time(database: Database, home: str, here: Network) -> None:
    """It serves at the former address until the time has come; then zone, secondaries and class are the new ones."""
    client = database.rds
    before = private(database)
    with Inside(client.running.folder.root, here.vpc) as inside:
        assert inside.ask("hold", "before", home, PORT)
        at = time.time() + 3
        migrate(
            database, zone_id=ZI, vpcid=here.vpc, v_switch_id=f"{here.vswitches[ZI]},{here.vswitches[ZH]}",
            zone_id_slave_1=ZH, category="HighAvailability", effective_time="ScheduleTime", switch_time=iso_second(at),
            is_modify_spec="true", dbinstance_class="pg.n4.medium.1", dbinstance_storage=50,
            dbinstance_storage_type="cloud_essd2",
        )  # fmt: skip
        with refused("OperationDenied.DBInstanceStatus", 403):
            switch(database, here, ZI)
        # A change of the whitelist reaches the relays meanwhile.
        client.api.modify_security_ips(
            rds.ModifySecurityIpsRequest(
                dbinstance_id=database.instance, security_ips="10.9.9.9", dbinstance_iparray_name="meanwhile"
            )
        )
        while time.time() < int(at) - 0.3:
            assert client.status(database.instance) == "TRANSING"
            assert private(database) == before
            assert inside.ask("held", "before")
        client.wait_running(database.instance)
        assert time.time() >= int(at)
        now = private(database)
        assert (now["VSwitchId"], now["ConnectionString"]) == (here.vswitches[ZI], home)
        assert not inside.ask("held", "before")
        assert inside.ask("dial", before["IPAddress"], PORT) in DARK
        assert inside.ask("hold", "after", home, PORT)
    shown = attribute(client, database.instance)
    assert (shown["ZoneId"], shown["VSwitchId"], shown["Category"], shown["DBInstanceClass"]) == (
        ZI, here.vswitches[ZI], "HighAvailability", "pg.n4.medium.1",
    )  # fmt: skip
    assert (shown["DBInstanceStorage"], shown["DBInstanceStorageType"]) == (50, "cloud_essd2")
    assert shown["SlaveZones"] == {"SlaveZone": [{"ZoneId": ZH}]}
    migrate(database, zone_id=ZH, v_switch_id=here.vswitches[ZH], category="Basic")
    client.wait_running(database.instance)
    assert attribute(client, database.instance)["SlaveZones"] == {"SlaveZone": []}


def test_refusals_change_nothing(database: Database, home: str, here: Network, there: Network) -> None:
    client, instance = database.rds, database.instance
    before = client.endpoints(instance)
    other = client.create("PostgreSQL", "15.0", vpcid=here.vpc, v_switch_id=here.vswitches[ZH], zone_id=ZH,
                          private_ip_address="10.41.1.200")  # fmt: skip
    for code, status, more in (
        ("InvalidConnVPCId", 400, {"vpcid": "vpc-unknown"}),
        ("InvalidVswitchId", 403, {"v_switch_id": "vsw-unknown"}),
        ("InvalidVswitchId", 403, {"v_switch_id": there.vswitches[ZH]}),
        ("InvalidVswitchId", 403, {"v_switch_id": here.vswitches[ZI]}),
        ("MigrateAlreadyExistsFault", 400, {}),
        ("InvalidPrivateIpAddress.Format", 400, {"private_ip_address": "here"}),
        ("InvalidPrivateIpAddress.Mismatch", 400, {"private_ip_address": "10.41.2.9"}),
        ("InvalidPrivateIpAddress.AlreadyUsed", 400, {"private_ip_address": "10.41.1.200"}),
        ("InvalidDBInstanceName.NotFound", 404, {"dbinstance_id": "pgm-unknown"}),
    ):
        with refused(code, status):
            switch(database, here, **more)
    wanted: dict[str, Any] = {"zone_id": ZI, "v_switch_id": here.vswitches[ZI]}
    cases: list[tuple[str, int, dict[str, Any]]] = [
        ("InvalidDBInstanceName.NotFound", 404, {"dbinstance_id": "pgm-unknown"}),
        ("InvalidZoneId.NotEqual", 400, {"zone_id": ZH}),
        ("ZoneIdNotSupported", 403, {"zone_id": "nowhere"}),
        ("ZoneIdNotSupported", 403, {"zone_id_slave_1": "nowhere"}),
        ("InvalidZoneIdSlave1.Missing", 400, {"category": "HighAvailability"}),
        ("InvalidVpcInfo.NotFound", 403, {"vpcid": there.vpc}),
        ("IncorrectVswitchId", 404, {"v_switch_id": ""}),
        ("IncorrectVswitchId", 404, {"v_switch_id": here.vswitches[ZH]}),
        ("IncorrectVswitchId", 404, {"v_switch_id": there.vswitches[ZI]}),
        ("IncorrectEffectiveTime", 403, {"effective_time": "Sometime"}),
        ("IncorrectEffectiveTime", 403, {"effective_time": "ScheduleTime"}),
        ("IncorrectEffectiveTime", 403, {"effective_time": "ScheduleTime", "switch_time": "2021-12-14T15:15:15Z"}),
        ("InvalidMigrateModifyClassOrStorage", 400, {"is_modify_spec": "true"}),
        ("InvalidMigrateModifyClassOrStorage", 400, {"is_modify_spec": "true", "dbinstance_class": "Huge"}),
        ("InvalidMigrateModifyClassOrStorage", 400, {"is_modify_spec": "true", "dbinstance_storage": 5}),
    ]
    for code, status, asked in cases:
        with refused(code, status):
            migrate(database, **{**wanted, **asked})
    assert client.status(instance) == "Running"
    assert client.endpoints(instance) == before
    assert stored(client.running, instance)
    client.api.delete_dbinstance(rds.DeleteDBInstanceRequest(dbinstance_id=other))
