"""What may not move, what a vSwitch can hold, and what goes along with an instance that moves."""

from __future__ import annotations

from pathlib import Path

import pytest
from alibabacloud_rds20140815 import models as rds
from alibabacloud_vpc20160428 import models as vpc
from alibabacloud_vpc20160428.client import Client as VpcClient

from jackfield.products.rds.migration_errors import IncorrectEffectiveTime
from jackfield.products.rds.zone_migration import switch_over_at
from jackfield.products.times import iso_second
from tests.rds.conftest import Rds
from tests.rds.databases import Database, database_of
from tests.rds.inside import Inside
from tests.rds.moving import DARK, migrate, migrate_connection, private, switch
from tests.rds.networks import ZH, ZI, Network, network, stored
from tests.rds.replicas import replicate
from tests.running import Running, refused

PORT = 5432
BLOCK = "10.41"


def test_what_cannot_move(tmp_path: Path) -> None:
    """Instances of the classic network, and what goes into a vSwitch that is full."""
    with Running(tmp_path, "--engines", "none", "--pace", "instant") as rules:
        own = Rds(rules)
        classic = own.create("MySQL", "8.0", instance_network_type="Classic", dbinstance_storage_type="local_ssd")
        place = network(rules, "10.43")
        database = Database("mariadb", own, classic, 3306)
        with refused("InvalidInstanceKind.NotSupport", 400):
            switch(database, place)
        with refused("ClassicNetworkType.NotSupport", 403):
            migrate(database, zone_id=ZI, v_switch_id=place.vswitches[ZI])
        with refused("InvalidParam", 404):
            migrate_connection(database, own.endpoints(classic)["Inner"]["ConnectionString"], ZI)

        instance = own.create("MySQL", "8.0", vpcid=place.vpc, v_switch_id=place.vswitches[ZH], zone_id=ZH)
        database = Database("mariadb", own, instance, 3306)
        tiny = {}
        for zone, block in ((ZH, "10.43.9.0/29"), (ZI, "10.43.9.8/29")):
            request = vpc.CreateVSwitchRequest(
                vpc_id=place.vpc, zone_id=zone, cidr_block=block, region_id="cn-hangzhou"
            )
            tiny[zone] = VpcClient(rules.config()).create_vswitch(request).body.v_switch_id
        rules.wait_idle()
        for zone, vswitch in tiny.items():
            for _ in range(4):
                own.create("MySQL", "8.0", vpcid=place.vpc, v_switch_id=vswitch, zone_id=zone)
        with refused("VswitchIpExhausted", 400):
            switch(database, Network(place.vpc, tiny))
        with refused("VswitchIpExhausted", 400):
            migrate(database, zone_id=ZI, v_switch_id=tiny[ZI])
        listing = own.api.describe_vswitches(
            rds.DescribeVSwitchesRequest(region_id="cn-hangzhou", vpc_id=place.vpc, zone_id=ZH)
        ).body
        assert {one.v_switch_id: one.available_ip_address_count for one in listing.v_switchs} == {
            place.vswitches[ZH]: "251", tiny[ZH]: "0",
        }  # fmt: skip
        assert (listing.total_count, listing.page_number, listing.page_size) == (2, 1, 30)
        second = own.api.describe_vswitches(
            rds.DescribeVSwitchesRequest(region_id="cn-hangzhou", vpc_id=place.vpc, page_number=2, page_size=3)
        ).body
        assert (len(second.v_switchs), second.total_count) == (1, 4)
        for code, more in (
            ("IncorrecttVpcId", {"vpc_id": "vpc-unknown"}),
            ("InvalidIzNo.NotSupported", {"zone_id": "nowhere"}),
        ):
            with refused(code, 400):
                own.api.describe_vswitches(rds.DescribeVSwitchesRequest(region_id="cn-hangzhou", **more))

        found = own.api.describe_vpcs(rds.DescribeVpcsRequest(region_id="cn-hangzhou", zone_id=ZI)).body
        (shown,) = found.vpcs
        assert (shown.vpc_id, shown.cidr_block, shown.region_no, shown.status, shown.is_default) == (
            place.vpc, "10.43.0.0/16", "cn-hangzhou", "Available", False,
        )  # fmt: skip
        assert {one.v_switch_id for one in shown.v_switchs} == {place.vswitches[ZI], tiny[ZI]}
        assert (found.total_count, found.page_number, found.page_size) == (1, 1, 20)


def test_when_an_instance_switches_over() -> None:
    """The maintenance window is 18:00Z to 22:00Z, as DescribeDBInstanceAttribute shows it."""
    day = 20_000 * 86400.0
    for hour, begins in ((0, 18), (17.99, 18), (18, 18), (21.99, 21.99), (22, 42), (23.5, 42)):
        assert switch_over_at(day + hour * 3600, "MaintainTime") == pytest.approx(day + begins * 3600)
        assert switch_over_at(day + hour * 3600, "Immediate") == day + hour * 3600
    assert switch_over_at(day, "ScheduleTime", iso_second(day + 90)) == day + 90
    for wrong in ("", "tomorrow", iso_second(day - 1)):
        with pytest.raises(IncorrectEffectiveTime):
            switch_over_at(day, "ScheduleTime", wrong)


def test_what_forbids_a_migration(tmp_path: Path) -> None:
    with Running(tmp_path, "--engines", "none", "--pace", "instant") as running:
        client, place = Rds(running), network(running, "10.44")
        instance = client.create("MySQL", "8.0", vpcid=place.vpc, v_switch_id=place.vswitches[ZH], zone_id=ZH)
        database = Database("mariadb", client, instance, 3306)
        client.api.modify_dbinstance_ssl(
            rds.ModifyDBInstanceSSLRequest(
                dbinstance_id=instance, connection_string=private(database)["ConnectionString"], sslenabled=1
            )
        )
        client.wait_running(instance)
        with refused("SSLInstanceNotSupportThisOperation", 400):
            migrate(database, zone_id=ZI, v_switch_id=place.vswitches[ZI])
        replicate(client, instance, "8.0")
        with refused("InstanceHasReadOnlyInstanceNotSupportThisOperation", 400):
            migrate(database, zone_id=ZI, v_switch_id=place.vswitches[ZI])


@pytest.mark.timeout(90)
def test_the_splitting_endpoint_goes_along(tmp_path: Path) -> None:
    """Both names of an instance lead to the new VPC; reads still part from writes there."""
    with Running(tmp_path) as running:
        client, first, second = Rds(running), network(running, BLOCK), network(running, BLOCK)
        instance = client.create("PostgreSQL", "15.0", vpcid=first.vpc, v_switch_id=first.vswitches[ZH], zone_id=ZH)
        client.create_account(instance)
        database = database_of("postgres", client, instance)
        replicate(client, instance, "15.0")
        client.api.allocate_read_write_splitting_connection(
            rds.AllocateReadWriteSplittingConnectionRequest(dbinstance_id=instance)
        )
        client.wait_running(instance)
        before = _doors(client, instance)
        assert {door[1] for door in before.values()} == {first.vpc}
        switch(database, second, private_ip_address="10.41.1.66")
        client.wait_running(instance)
        after = _doors(client, instance)
        assert after.keys() == before.keys()
        assert {door[1] for door in after.values()} == {second.vpc}
        with Inside(running.folder.root, first.vpc) as former, Inside(running.folder.root, second.vpc) as latter:
            for name, (address, _) in after.items():
                assert latter.ask("resolve", name) == [address]
                assert latter.ask("hold", name, name, PORT)
                assert former.ask("resolve", name) == []
                assert former.ask("dial", before[name][0], PORT) in DARK
        assert set(stored(running, instance)) == {"private", "router"}


def _doors(client: Rds, instance: str) -> dict[str, tuple[str, str]]:
    """Name → address and VPC of every endpoint of an instance."""
    found = (
        client.api.describe_dbinstance_net_info(
            rds.DescribeDBInstanceNetInfoRequest(dbinstance_id=instance, dbinstance_net_rwsplit_type=type)
        ).body.dbinstance_net_infos.dbinstance_net_info
        for type in ("Normal", "ReadWriteSplitting")
    )
    return {one.connection_string: (one.ipaddress, one.vpcid) for infos in found for one in infos}
