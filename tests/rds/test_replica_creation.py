"""What CreateReadOnlyDBInstance takes and refuses, by the official client; no servers run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from alibabacloud_rds20140815 import models
from alibabacloud_vpc20160428 import models as vpc
from alibabacloud_vpc20160428.client import Client as VpcClient

from tests.rds.conftest import Rds
from tests.rds.replicas import ZONE, attribute, creation, delete, listed, replicate
from tests.running import Running, refused


class Place(NamedTuple):
    """Two instances, and two vSwitches of a VPC of their own."""

    rds: Rds
    cloud: str
    local: str
    vpc: str
    vswitches: tuple[str, str]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with Running(tmp_path_factory.mktemp("creation"), "--engines", "none", "--pace", "instant") as running:
        rds = Rds(running)
        network = VpcClient(running.config())
        vpc_id = network.create_vpc(vpc.CreateVpcRequest(region_id="cn-hangzhou", cidr_block="10.0.0.0/8")).body.vpc_id
        running.wait_idle()
        vswitches = tuple(
            network.create_vswitch(
                vpc.CreateVSwitchRequest(
                    region_id="cn-hangzhou",
                    vpc_id=vpc_id,
                    zone_id=f"cn-hangzhou-{letter}",
                    cidr_block=f"10.{at}.0.0/24",
                )
            ).body.v_switch_id
            for at, letter in enumerate("hi")
        )
        running.wait_idle()
        cloud = rds.create(
            *("MySQL", "8.0"), vpcid=vpc_id, v_switch_id=vswitches[0], zone_id=ZONE, resource_group_id="rg-1"
        )
        local = rds.create("PostgreSQL", "15.0", dbinstance_storage_type="local_ssd")
        yield Place(rds, cloud, local, vpc_id, (vswitches[0], vswitches[1]))


REFUSALS: tuple[tuple[dict[str, Any], str, int], ...] = (
    ({"dbinstance_id": "rm-unknown"}, "InvalidDBInstanceId.NotFound", 400),
    ({"region_id": "cn-shanghai"}, "InvalidDBInstanceId.NotFound", 400),
    ({"region_id": "nowhere"}, "InvalidRegionId.NotFound", 404),
    ({"engine_version": "4.0"}, "InvalidEngineVersion.Malformed", 400),
    ({"engine_version": "5.7"}, "InvalidReadEngineVersionPattern", 400),
    ({"dbinstance_class": "Large!"}, "InvalidDBInstanceClass.Malformed", 400),
    ({"dbinstance_storage": 10}, "InvalidReduceDiskSize", 403),
    ({"dbinstance_storage_type": "local_ssd"}, "InvalidReadStorageTypePattern", 403),
    ({"instance_network_type": "Classic"}, "InvalidNetworkTypeClassicWhenCloudStorage", 400),
    ({"pay_type": "Prepaid"}, "Order.PeriodInvalid", 400),
    ({"pay_type": "Prepaid", "period": "Year", "used_time": "6"}, "Order.PeriodInvalid", 400),
    ({"zone_id": "cn-hangzhou-z"}, "InvalidZoneId.NotSupported", 400),
    ({"zone_id": "cn-hangzhou-k"}, "InvalidVswitchId", 403),
    ({"v_switch_id": "vsw-unknown"}, "InvalidVswitchId", 403),
    ({"vpcid": "vpc-unknown"}, "InvalidVswitchId", 403),
    ({"port": "999"}, "InvalidPort.Malformed", 400),
    ({"private_ip_address": "10.0.0"}, "InvalidPrivateIpAddress.Format", 400),
    ({"private_ip_address": "10.1.0.9"}, "InvalidPrivateIpAddress.Mismatch", 400),
    ({"is_analytic_read_only_ins": True}, "Api.NotSupport", 400),
)


@pytest.mark.parametrize(
    ("more", "code", "status"), REFUSALS, ids=[f"{one[1]}-{next(iter(one[0]))}" for one in REFUSALS]
)
def test_refusals(place: Place, more: dict[str, Any], code: str, status: int) -> None:
    """Nothing is made by any of them."""
    before = listed(place.rds)
    with refused(code, status):
        place.rds.api.create_read_only_dbinstance(creation(place.cloud, "8.0", **more))
    assert listed(place.rds) == before


def test_where_it_lies_and_what_it_has(place: Place) -> None:
    """Left out: the primary's VPC and vSwitch. In another zone: another vSwitch of the VPC."""
    rds = place.rds
    reply = rds.api.create_read_only_dbinstance(
        creation(place.cloud, "8.0", private_ip_address="10.0.0.77", port="3307", client_token="once")
    ).body
    again = rds.api.create_read_only_dbinstance(
        creation(place.cloud, "8.0", private_ip_address="10.0.0.77", port="3307", client_token="once")
    ).body
    assert (again.dbinstance_id, again.port) == (reply.dbinstance_id, "3307")
    assert reply.connection_string == f"{reply.dbinstance_id}.mysql.rds.aliyuncs.com"
    assert reply.order_id
    rds.wait_running(reply.dbinstance_id)
    made = attribute(rds, reply.dbinstance_id)
    assert (made.vpc_id, made.v_switch_id, made.zone_id) == (place.vpc, place.vswitches[0], ZONE)
    assert (made.port, made.resource_group_id, made.category) == ("3307", "rg-1", "HighAvailability")
    assert (made.engine, made.engine_version, made.dbinstance_storage) == ("MySQL", "8.0", 20)
    with refused("OperationDenied", 400):
        rds.api.create_read_only_dbinstance(creation(place.cloud, "8.0", private_ip_address="10.0.0.77"))

    elsewhere = attribute(rds, replicate(rds, place.cloud, "8.0", zone_id="cn-hangzhou-i:cn-hangzhou-h"))
    assert (elsewhere.v_switch_id, elsewhere.zone_id) == (place.vswitches[1], "cn-hangzhou-i")
    assert [one.zone_id for one in elsewhere.slave_zones.slave_zone] == [ZONE]
    for id in (reply.dbinstance_id, elsewhere.dbinstance_id):
        delete(rds, id)


def test_local_disks(place: Place) -> None:
    """Such a primary's may lie in another VPC; those of MySQL may lie in the classic network."""
    rds = place.rds
    with refused("InvalidReadStorageTypePattern", 403):
        rds.api.create_read_only_dbinstance(creation(place.local, "15.0", dbinstance_storage_type="cloud_essd"))
    with refused("InvalidNetworkTypeClassicWhenCloudStorage", 400):
        rds.api.create_read_only_dbinstance(creation(place.local, "15.0", instance_network_type="Classic"))
    made = attribute(rds, replicate(rds, place.local, "15.0", vpcid=place.vpc, v_switch_id=place.vswitches[0]))
    assert (made.vpc_id, made.dbinstance_storage_type) == (place.vpc, "local_ssd")
    delete(rds, made.dbinstance_id)

    classic = rds.create("MySQL", "8.0", dbinstance_storage_type="local_ssd", instance_network_type="Classic")
    in_vpc = attribute(rds, replicate(rds, classic, "8.0"))
    assert in_vpc.instance_network_type == "VPC"
    assert in_vpc.vpc_id
    outside = attribute(rds, replicate(rds, classic, "8.0", instance_network_type="Classic"))
    assert (outside.instance_network_type, outside.vpc_id, outside.zone_id) == ("Classic", "", ZONE)
    for instance in (in_vpc.dbinstance_id, outside.dbinstance_id, classic):
        delete(rds, instance)


def test_who_may_have_one(place: Place) -> None:
    """Not a primary that is on its way, and ten of one primary at most."""
    rds = place.rds
    ten = [replicate(rds, place.cloud, "8.0") for _ in range(10)]
    with refused("InsufficientResourceCapacity", 404):
        rds.api.create_read_only_dbinstance(creation(place.cloud, "8.0"))
    for stopped, code in (
        (place.cloud, "InstanceHasReadOnlyInstanceNotSupportStop"),
        (ten[0], "ReadOnlyInstanceNotSupport"),
    ):
        with refused(code, 400):
            rds.api.stop_dbinstance(models.StopDBInstanceRequest(dbinstance_id=stopped, region_id="cn-hangzhou"))
        with refused("InstanceHasReadOnlyInstanceNotSupportThisOperation", 400):
            rds.api.migrate_to_other_zone(
                models.MigrateToOtherZoneRequest(
                    dbinstance_id=stopped, zone_id="cn-hangzhou-i", v_switch_id=place.vswitches[1]
                )
            )
    with refused("IncorrectCharacterType", 403):
        rds.api.create_read_only_dbinstance(creation(ten[0], "8.0"))
    with refused("IncorrectDBInstanceType", 403):
        rds.api.calculate_dbinstance_weight(models.CalculateDBInstanceWeightRequest(dbinstance_id=ten[0]))
    with refused("InvalidDBInstanceName.NotFound", 404):
        rds.api.calculate_dbinstance_weight(models.CalculateDBInstanceWeightRequest(dbinstance_id="rm-unknown"))
    with refused("Readins.NotFound", 404):
        rds.api.describe_read_dbinstance_delay(
            models.DescribeReadDBInstanceDelayRequest(dbinstance_id=place.local, read_instance_id=ten[0])
        )
    for id in ten:
        delete(rds, id)


def test_a_primary_that_is_on_its_way(tmp_path_factory: pytest.TempPathFactory) -> None:
    with Running(tmp_path_factory.mktemp("states"), "--engines", "none", "--pace", "cloud") as running:
        rds = Rds(running)
        request = models.CreateDBInstanceRequest(
            region_id="cn-hangzhou", engine="MySQL", engine_version="8.0", dbinstance_class="rds.n2.small.1",
            dbinstance_storage=20, dbinstance_net_type="Intranet", security_iplist="0.0.0.0/0", pay_type="Postpaid",
        )  # fmt: skip
        primary = rds.api.create_dbinstance(request).body.dbinstance_id
        with refused("OperationDenied.PrimaryDBInstanceStatus", 403):
            rds.api.create_read_only_dbinstance(creation(primary, "8.0"))
