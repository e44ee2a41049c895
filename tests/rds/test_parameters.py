"""What parameters of RDS do, by the official client; no servers run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from alibabacloud_rds20140815 import models as rds
from alibabacloud_vpc20160428 import models as vpc
from alibabacloud_vpc20160428.client import Client as VpcClient

from tests.rds.conftest import Rds
from tests.running import Running, refused, until

REGION = "cn-hangzhou"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rds]:
    with Running(tmp_path_factory.mktemp("parameters"), "--engines", "none", "--pace", "instant") as running:
        yield Rds(running)


@pytest.fixture(scope="module")
def instances(found: Rds) -> list[str]:
    """Three, oldest first; the second one is tagged."""
    return [found.create("MySQL", "8.0", tag=_tags(index)) for index in range(3)]


def _tags(index: int) -> list[rds.CreateDBInstanceRequestTag] | None:
    if index != 1:
        return None
    return [rds.CreateDBInstanceRequestTag(key=key, value="on") for key in ("red", "blue")]


def _list(found: Rds, **more: Any) -> rds.DescribeDBInstancesResponseBody:
    return found.api.describe_dbinstances(rds.DescribeDBInstancesRequest(region_id=REGION, **more)).body


def _ids(found: Rds, **more: Any) -> list[str]:
    return [one.dbinstance_id for one in _list(found, **more).items.dbinstance]


def test_pages_by_token(found: Rds, instances: list[str]) -> None:
    """Every instance once; no token with the last page, nor with pages by number; MaxResults wins over PageSize."""
    for filters in ({}, {"engine": "MySQL"}):
        first = _list(found, max_results=2, page_size=1, page_number=3, **filters)
        assert [one.dbinstance_id for one in first.items.dbinstance] == instances[:2]
        assert first.total_record_count == 3
        last = _list(found, max_results=2, next_token=first.next_token, **filters)
        assert [one.dbinstance_id for one in last.items.dbinstance] == instances[2:]
        assert not last.next_token
        assert _ids(found, next_token=first.next_token, **filters) == instances[2:]
    assert not _list(found, page_size=1).next_token


@pytest.mark.parametrize("token", ["x", "aW5zdGFuY2Vz", "ü", "////", "aW5zdGFuY2VzIGZyb20gLTE="])
def test_tokens_that_nobody_gave(found: Rds, token: str) -> None:
    with refused("Invalid.NextToken", 400):
        _list(found, next_token=token)


def test_filters(found: Rds, instances: list[str]) -> None:
    """Any of the tags is enough; what no instance has finds none."""
    assert _ids(found, tags='{"red":"on","green":"on"}') == instances[1:2]
    assert _ids(found, tags='{"red":"off"}') == []
    assert _ids(found, filter='{"babelfishEnabled":"true"}') == []
    assert _ids(found, filter='{"babelfishEnabled":"false"}') == instances
    assert _ids(found, dedicated_host_group_id="dhg-1") == _ids(found, dedicated_host_id="i-1") == []
    assert _ids(found, expired="True") == _ids(found, dbinstance_type="Readonly") == []
    assert {one.category for one in _list(found).items.dbinstance} == {"Basic"}
    assert {one.category for one in _list(found, instance_level=1).items.dbinstance} == {"Basic"}
    assert {one.category for one in _list(found, instance_level=0).items.dbinstance} == {None}
    for wrong, code in (
        ({"tags": "[" * 5000}, "InvalidTags"),
        ({"filter": "no json"}, "InvalidFilter"),
        ({"expired": "perhaps"}, "InvalidExpired.Format"),
        ({"dbinstance_type": "Other"}, "InvalidDBInstanceType.ValueNotSupport"),
    ):
        with refused(code, 400):
            _list(found, **wrong)


def test_the_public_endpoint_is_found_by_its_name(found: Rds, instances: list[str]) -> None:
    name = found.allocate(instances[2], "lookmeup", 3306)
    assert _ids(found, connection_string=name) == instances[2:]


def test_several_at_once(found: Rds, instances: list[str]) -> None:
    """Only TaskId and Message are told; one ClientToken makes one batch; other engines have one at a time."""
    request = {"amount": 3, "region_id": "cn-beijing", "client_token": "a batch"}
    made = [found.api.create_dbinstance(_request(**request)).body for _ in range(2)]
    assert {one.dbinstance_id for one in made} == {None}
    assert len({one.task_id for one in made}) == 1
    listed = found.api.describe_dbinstances(rds.DescribeDBInstancesRequest(region_id="cn-beijing")).body
    assert listed.total_record_count == 3
    for change, code in (
        ({"amount": 21}, "InvalidParam.Amount"),
        ({"amount": 0}, "InvalidParam.Amount"),
        ({"amount": 2, "engine": "PostgreSQL", "engine_version": "15.0"}, "InvalidParam.Engine"),
    ):
        with refused(code, 400):
            found.api.create_dbinstance(_request(**change))


def test_what_creation_refuses(found: Rds) -> None:
    tag = rds.CreateDBInstanceRequestTag
    for change, code in (
        ({"engine": "MariaDB", "engine_version": "10.6"}, "InvalidEngine.Malformed"),
        ({"private_ip_address": "172.16.0"}, "InvalidPrivateIpAddress.Format"),
        ({"private_ip_address": "9.9.9.9"}, "InvalidPrivateIpAddress.Mismatch"),
        ({"engine": "PostgreSQL", "engine_version": "15.0", "port": "6000"}, "InvalidPort.Malformed"),
        ({"port": "999"}, "InvalidPort.Malformed"),
        ({"pay_type": "Prepaid", "period": "Month", "used_time": "0"}, "InvalidUsedTime"),
        ({"used_time": "soon"}, "InvalidUsedTime"),
        ({"tag": [tag(key="a", value="1"), tag(key="a", value="2")]}, "Duplicate.TagKey"),
        ({"tag": [tag(key="", value="1")]}, "InvalidTagKey.Malformed"),
        ({"tag": [tag(key=f"k{index}", value="1") for index in range(21)]}, "NumberExceed.Tags"),
        ({"zone_id_slave_1": "cn-hangzhou-z"}, "InvalidZone.NotSupported"),
        ({"dbinstance_net_type": "Internet"}, "InvalidDBInstanceNetType"),
        ({"period": "Week"}, "InvalidPeriod"),
    ):
        with refused(code, 400):
            found.api.create_dbinstance(_request(**change))


def test_secondaries_are_shown(found: Rds) -> None:
    """Their zones, one Auto; the vSwitch after the comma lies in the secondary's zone."""
    networks = VpcClient(found.running.config())
    made = networks.create_vpc(vpc.CreateVpcRequest(region_id=REGION, cidr_block="10.0.0.0/8")).body.vpc_id
    found.running.wait_idle()
    vswitches = [
        networks.create_vswitch(
            vpc.CreateVSwitchRequest(
                region_id=REGION, vpc_id=made, zone_id=f"{REGION}-{letter}", cidr_block=f"10.0.{place}.0/24"
            )
        ).body.v_switch_id
        for place, letter in enumerate("ij")
    ]
    found.running.wait_idle()
    asked = {
        "vpcid": made, "v_switch_id": ",".join(vswitches), "zone_id": f"{REGION}-i", "zone_id_slave_1": f"{REGION}-j",
        "zone_id_slave_2": "Auto", "auto_upgrade_minor_version": "Manual", "private_ip_address": "10.0.0.9",
    }  # fmt: skip
    instance = found.create("MySQL", "8.0", **asked)
    reply = found.api.describe_dbinstance_attribute(rds.DescribeDBInstanceAttributeRequest(dbinstance_id=instance))
    shown = reply.body.items.dbinstance_attribute[0]
    assert [one.zone_id for one in shown.slave_zones.slave_zone] == [f"{REGION}-j", f"{REGION}-i"]
    assert (shown.zone_id, shown.v_switch_id) == (f"{REGION}-i", vswitches[0])
    assert shown.auto_upgrade_minor_version == "Manual"
    assert found.endpoints(instance)["Private"]["IPAddress"] == "10.0.0.9"
    for change in ({"zone_id_slave_1": f"{REGION}-k"}, {"v_switch_id": ",".join([*vswitches, *vswitches])}):
        with refused("InvalidVswitchId", 403):
            found.api.create_dbinstance(_request(**(asked | {"private_ip_address": ""} | change)))


def test_whitelists(found: Rds, instances: list[str]) -> None:
    """Default is default; the modes have numbers, too; nothing is IPv6, read-only or of another network."""
    instance = instances[0]

    def modify(**more: Any) -> None:
        found.api.modify_security_ips(rds.ModifySecurityIpsRequest(dbinstance_id=instance, **more))

    def groups(network: str = "") -> list[tuple[str, str]]:
        request = rds.DescribeDBInstanceIPArrayListRequest(dbinstance_id=instance, whitelist_network_type=network)
        listed = found.api.describe_dbinstance_iparray_list(request).body.items.dbinstance_iparray
        return [(one.dbinstance_iparray_name, one.security_iplist) for one in listed]

    modify(security_ips="10.0.0.1", dbinstance_iparray_name="Default", modify_mode="1", whitelist_network_type="VPC")
    assert groups() == groups("MIX") == [("default", "0.0.0.0/0,10.0.0.1")]
    assert groups("VPC") == groups("Classic") == []
    for change, code, status in (
        ({"fresh_white_list_readins": "pgr-1"}, "Readins.NotFound", 404),
        ({"whitelist_network_type": "Moon"}, "InvalidWhitelistNetType.Malformed", 400),
        ({"security_iptype": "IPv6"}, "InvalidSecurityIPType", 400),
        ({"modify_mode": "3"}, "InvalidModifyMode", 400),
    ):
        with refused(code, status):
            modify(security_ips="10.0.0.2", **change)
    with refused("WhitelistNetType.Format", 400):
        groups("Moon")


def test_zones_of_read_only_instances(found: Rds, instances: list[str]) -> None:
    """None, for an instance that exists."""

    def zones(**more: Any) -> int:
        request = rds.DescribeAvailableZonesRequest(region_id=REGION, engine="MySQL", **more)
        return len(found.api.describe_available_zones(request).body.available_zones)

    assert zones(commodity_code="bards") == 4
    assert zones(commodity_code="rords", dbinstance_name=instances[0]) == 0
    for more in ({"commodity_code": "rords"}, {"dbinstance_name": "rm-unknown"}):
        with refused("InvalidDBInstanceName.NotFound", 404):
            zones(**more)
    with refused("InvalidAcceptLanguage.NotFound", 404):
        found.api.describe_regions(rds.DescribeRegionsRequest(accept_language="fr"))


def test_deletion(found: Rds) -> None:
    """Only a documented policy; afterwards the instance is unknown, in a text of this operation's own."""
    instance = found.create("MySQL", "8.0")
    with refused("InvalidReleasedKeepPolicy.Format", 400):
        found.api.delete_dbinstance(rds.DeleteDBInstanceRequest(dbinstance_id=instance, released_keep_policy="Some"))
    found.api.delete_dbinstance(rds.DeleteDBInstanceRequest(dbinstance_id=instance, released_keep_policy="Lastest"))
    until(f"{instance} gone", lambda: instance not in _ids(found))
    with pytest.raises(Exception, match="Invalid DBInstanceId NotFound"):
        found.api.delete_dbinstance(rds.DeleteDBInstanceRequest(dbinstance_id=instance))


def _request(**more: Any) -> rds.CreateDBInstanceRequest:
    values: dict[str, Any] = {
        "region_id": REGION, "engine": "MySQL", "engine_version": "8.0", "dbinstance_class": "rds.n2.small.1",
        "dbinstance_storage": 20, "dbinstance_net_type": "Intranet", "security_iplist": "0.0.0.0/0",
        "pay_type": "Postpaid",
    }  # fmt: skip
    return rds.CreateDBInstanceRequest(**(values | more))
