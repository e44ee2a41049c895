"""DescribeInstances, DescribeVpcs and DescribeVSwitches: pages, totals, filters."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from alibabacloud_r_kvstore20150101 import models as tair

from tests.naming import readable
from tests.running import PASSWORD, Running
from tests.sdk.clients import Account, wait_available

STANDARD = "redis.master.small.default"
CLUSTER = "redis.logic.sharding.2g.3db.0rodb.4proxy.default"


class Lists(NamedTuple):
    """Ids in order of creation; ``instances`` holds their attributes, too."""

    instances: dict[str, dict[str, Any]]
    vpcs: list[str]
    vswitches: list[str]
    tables: list[str]


@pytest.fixture(scope="module")
def lists(states: Running, me: Account) -> Lists:
    vpcs = []
    for number in range(7):
        more = {"Tag.1.Key": "even", "Tag.1.Value": str(number)} if number % 2 == 0 else {"ResourceGroupId": "rg-odd"}
        answer = me.raw("vpc", "CreateVpc", RegionId="cn-hangzhou", VpcName=f"net-{number // 3}", **more)
        vpcs.append(answer.json["VpcId"])
    for vpc in vpcs:
        wait_available(me, vpc)
    vswitches = []
    for number in range(5):
        zone = f"cn-hangzhou-{'hi'[number % 2]}"
        answer = me.raw("vpc", "CreateVSwitch", VpcId=vpcs[0], ZoneId=zone, CidrBlock=f"172.16.{number}.0/24",
                        VSwitchName=f"sub-{number // 2}", **{"Tag.1.Key": "n", "Tag.1.Value": str(number)})  # fmt: skip
        vswitches.append(answer.json["VSwitchId"])
    wait_available(me, vpcs[0])
    shapes: list[dict[str, Any]] = [
        {"instance_name": "alpha-one", "engine_version": "5.0"},
        {"instance_name": "alpha-two", "engine_version": "6.0", "zone_id": "cn-hangzhou-j"},
        {"instance_name": "beta", "charge_type": "PrePaid", "period": "1", "node_type": "MASTER_SLAVE"},
        {"instance_name": "gamma", "instance_class": CLUSTER, "resource_group_id": "rg-gamma"},
        {"instance_name": "delta", "vpc_id": vpcs[0], "v_switch_id": vswitches[0], "private_ip_address": "172.16.0.50"},
        {"instance_name": "epsilon", "tag": [_tag("color", "red"), _tag("size", "")]},
        {"instance_name": "zeta", "tag": [_tag("color", "blue")]},
    ]
    instances = {}
    for shape in shapes:
        request = tair.CreateInstanceRequest(**{
            "region_id": "cn-hangzhou", "instance_class": STANDARD, "password": PASSWORD, **shape,
        })  # fmt: skip
        made = me.tair.create_instance(request).body.instance_id
        instances[made] = shape
        states.wait_normal(made)
    away = tair.CreateInstanceRequest(region_id="cn-shanghai", instance_class=STANDARD, password=PASSWORD)
    made = me.tair.create_instance(away).body.instance_id
    instances[made] = {"instance_name": "away"}
    states.wait_normal(made)
    tables = [one["RouterTableIds"]["RouterTableIds"][0] for one in _vpcs(me)["Vpcs"]["Vpc"]]
    return Lists(instances, vpcs, vswitches, tables)


def _tag(key: str, value: str) -> tair.CreateInstanceRequestTag:
    return tair.CreateInstanceRequestTag(key=key, value=value)


def _vpcs(me: Account, **more: str) -> dict[str, Any]:
    return me.raw("vpc", "DescribeVpcs", **{"RegionId": "cn-hangzhou", "PageSize": "50", **more}).json


def _vswitches(me: Account, **more: str) -> dict[str, Any]:
    return me.raw("vpc", "DescribeVSwitches", **{"PageSize": "50", **more}).json


@pytest.mark.parametrize("size", [1, 2, 3, 4, 7, 1000])
def test_pages_of_instances(me: Account, lists: Lists, size: int) -> None:
    """Every entry comes once, in order of creation; totals are the same on every page, those beyond the end too."""
    here = [id for id, shape in lists.instances.items() if shape["instance_name"] != "away"]
    seen: list[str] = []
    pages = -(-len(here) // size)
    for number in range(1, pages + 2):
        request = tair.DescribeInstancesRequest(region_id="cn-hangzhou", page_number=number, page_size=size)
        body = me.tair.describe_instances(request).body
        assert (body.page_number, body.page_size, body.total_count) == (number, size, len(here))
        ids = [one.instance_id for one in body.instances.kvstore_instance]
        assert len(ids) == (min(size, len(here) - (number - 1) * size) if number <= pages else 0)
        seen += ids
    assert seen == here


def test_default_pages(me: Account, lists: Lists) -> None:
    """What the documents say where nothing is asked for; instances of all regions come where none is named."""
    body = me.tair.describe_instances(tair.DescribeInstancesRequest()).body
    assert (body.page_number, body.page_size, body.total_count) == (1, 30, len(lists.instances))
    for reply in (me.raw("vpc", "DescribeVpcs", RegionId="cn-hangzhou").json, me.raw("vpc", "DescribeVSwitches").json):
        assert (reply["PageNumber"], reply["PageSize"]) == (1, 10)


@pytest.mark.parametrize("filtered", [False, True])
def test_pages_of_instances_with_a_filter(me: Account, lists: Lists, filtered: bool) -> None:
    request = tair.DescribeInstancesRequest(page_number=2, page_size=2, network_type="VPC" if filtered else None)
    body = me.tair.describe_instances(request).body
    assert body.total_count == len(lists.instances)
    assert [one.instance_id for one in body.instances.kvstore_instance] == list(lists.instances)[2:4]


ALL = {"alpha-one", "alpha-two", "beta", "gamma", "delta", "epsilon", "zeta", "away"}


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"region_id": "cn-shanghai"}, {"away"}),
        ({"region_id": "eu-west-1"}, set()),
        ({"instance_status": "Normal"}, ALL),
        ({"instance_status": "Creating"}, set()),
        ({"instance_class": CLUSTER}, {"gamma"}),
        ({"instance_type": "Redis"}, ALL),
        ({"instance_type": "Memcache"}, set()),
        ({"architecture_type": "cluster"}, {"gamma"}),
        ({"architecture_type": "standard"}, ALL - {"gamma"}),
        ({"architecture_type": "rwsplit"}, set()),
        ({"engine_version": "6.0"}, {"alpha-two"}),
        ({"charge_type": "PrePaid"}, {"beta"}),
        ({"network_type": "CLASSIC"}, set()),
        ({"zone_id": "cn-hangzhou-j"}, {"alpha-two"}),
        ({"private_ip": "172.16.0.50"}, {"delta"}),
        ({"private_ip": "172.16.0.51"}, set()),
        ({"resource_group_id": "rg-gamma"}, {"gamma"}),
        ({"node_type": "MASTER_SLAVE"}, {"beta"}),
        ({"edition_type": "Enterprise"}, set()),
        ({"edition_type": "Community"}, ALL),
        ({"expired": "true"}, set()),
        ({"expired": "false"}, ALL),
        ({"global_instance": True}, set()),
        ({"global_instance": False}, ALL),
        ({"search_key": "alpha"}, {"alpha-one", "alpha-two"}),
        ({"search_key": "r-"}, ALL),
        ({"search_key": "omega"}, set()),
        ({"tag": [tair.DescribeInstancesRequestTag(key="color", value="red")]}, {"epsilon"}),
        ({"tag": [tair.DescribeInstancesRequestTag(key="color")]}, {"epsilon", "zeta"}),
        ({"tag": [tair.DescribeInstancesRequestTag(key="size")]}, {"epsilon"}),
        ({"tag": [tair.DescribeInstancesRequestTag(key=key) for key in ("color", "size")]}, {"epsilon"}),
        ({"tag": [tair.DescribeInstancesRequestTag(key="color", value="green")]}, set()),
        ({"search_key": "alpha", "engine_version": "5.0"}, {"alpha-one"}),
    ],
    ids=readable,
)
def test_filters_of_instances(me: Account, lists: Lists, wanted: dict[str, Any], found: set[str]) -> None:
    body = me.tair.describe_instances(tair.DescribeInstancesRequest(**wanted)).body
    assert {lists.instances[one.instance_id]["instance_name"] for one in body.instances.kvstore_instance} == found
    assert body.total_count == len(found)


def test_instances_by_id_and_place(me: Account, lists: Lists) -> None:
    """Unknown ids are left out; an id given twice comes once."""
    ids = list(lists.instances)
    asked = ",".join([ids[3], "r-bp1doesnotexist", ids[0], ids[3]])
    body = me.tair.describe_instances(tair.DescribeInstancesRequest(instance_ids=asked)).body
    assert {one.instance_id for one in body.instances.kvstore_instance} == {ids[0], ids[3]}
    assert body.total_count == 2
    for wanted in ({"vpc_id": lists.vpcs[0]}, {"v_switch_id": lists.vswitches[0]}):
        body = me.tair.describe_instances(tair.DescribeInstancesRequest(**wanted)).body
        assert [one.instance_name for one in body.instances.kvstore_instance] == ["delta"]


@pytest.mark.parametrize("size", [1, 3, 8, 50])
def test_pages_of_vpcs(me: Account, lists: Lists, size: int) -> None:
    """As for instances; the default VPC that CreateInstance made is among them."""
    every = [one["VpcId"] for one in _vpcs(me)["Vpcs"]["Vpc"]]
    assert every[:7] == lists.vpcs
    assert len(every) == 8
    seen: list[str] = []
    for number in range(1, -(-len(every) // size) + 2):
        reply = _vpcs(me, PageNumber=str(number), PageSize=str(size))
        assert (reply["PageNumber"], reply["PageSize"], reply["TotalCount"]) == (number, size, 8)
        seen += [one["VpcId"] for one in reply["Vpcs"]["Vpc"]]
    assert seen == every
    assert reply["Vpcs"]["Vpc"] == []


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"VpcName": "net-0"}, {0, 1, 2}),
        ({"VpcName": "net"}, set()),
        ({"IsDefault": "true"}, {7}),
        ({"IsDefault": "false"}, set(range(7))),
        ({"ResourceGroupId": "rg-odd"}, {1, 3, 5}),
        ({"Tag.1.Key": "even"}, {0, 2, 4, 6}),
        ({"Tag.1.Key": "even", "Tag.1.Value": "4"}, {4}),
        ({"Tag.1.Key": "even", "VpcName": "net-0"}, {0, 2}),
        ({"EnableIpv6": "true"}, set()),
        ({"EnableIpv6": "false"}, set(range(8))),
        ({"DhcpOptionsSetId": "dopt-1"}, set()),
        ({"VpcOwnerId": "1"}, set()),
        ({"RegionId": "cn-beijing"}, set()),
    ],
    ids=readable,
)
def test_filters_of_vpcs(me: Account, lists: Lists, wanted: dict[str, str], found: set[int]) -> None:
    every = [one["VpcId"] for one in _vpcs(me)["Vpcs"]["Vpc"]]
    reply = _vpcs(me, **wanted)
    assert {every.index(one["VpcId"]) for one in reply["Vpcs"]["Vpc"]} == found
    assert reply["TotalCount"] == len(found)


def test_vpcs_by_id_and_owner(me: Account, lists: Lists) -> None:
    asked = ",".join([lists.vpcs[2], "vpc-bp1doesnotexist", lists.vpcs[1]])
    assert {one["VpcId"] for one in _vpcs(me, VpcId=asked)["Vpcs"]["Vpc"]} == {lists.vpcs[1], lists.vpcs[2]}
    assert _vpcs(me, VpcOwnerId=me.id)["TotalCount"] == 8


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"ZoneId": "cn-hangzhou-i"}, {1, 3}),
        ({"VSwitchName": "sub-1"}, {2, 3}),
        ({"IsDefault": "false"}, {0, 1, 2, 3, 4}),
        ({"Tag.1.Key": "n", "Tag.1.Value": "3"}, {3}),
        ({"Tag.1.Key": "n"}, {0, 1, 2, 3, 4}),
        ({"ResourceGroupId": "rg-none"}, set()),
        ({"EnableIpv6": "true"}, set()),
        ({"VSwitchOwnerId": "1"}, set()),
        ({"VpcId": "vpc-bp1doesnotexist"}, set()),
        ({"RegionId": "cn-beijing"}, set()),
    ],
    ids=readable,
)
def test_filters_of_vswitches(me: Account, lists: Lists, wanted: dict[str, str], found: set[int]) -> None:
    reply = _vswitches(me, **wanted)
    ids = [one["VSwitchId"] for one in reply["VSwitches"]["VSwitch"] if not one["IsDefault"]]
    assert {lists.vswitches.index(id) for id in ids} == found


def test_vswitches_of_a_vpc(me: Account, lists: Lists) -> None:
    """By VPC, by route table, by id, in pages; a VPC lists its own."""
    for wanted in (
        {"VpcId": lists.vpcs[0]},
        {"RouteTableId": lists.tables[0]},
        {"VSwitchId": ",".join(lists.vswitches)},
    ):
        reply = _vswitches(me, **wanted)
        assert [one["VSwitchId"] for one in reply["VSwitches"]["VSwitch"]] == lists.vswitches
    page = _vswitches(me, VpcId=lists.vpcs[0], PageNumber="3", PageSize="2")
    assert ([one["VSwitchId"] for one in page["VSwitches"]["VSwitch"]], page["TotalCount"]) == ([lists.vswitches[4]], 5)
    vpc = me.raw("vpc", "DescribeVpcAttribute", VpcId=lists.vpcs[0], RegionId="cn-hangzhou").json
    assert vpc["VSwitchIds"]["VSwitchId"] == lists.vswitches
    assert vpc["CloudResources"]["CloudResourceSetType"] == [{"ResourceType": "VSwitch", "ResourceCount": 5}]


def test_free_addresses_are_counted(me: Account, lists: Lists) -> None:
    """A /24 less the vendor's four, less the instance's."""
    free = {
        one["VSwitchId"]: one["AvailableIpAddressCount"]
        for one in _vswitches(me, VpcId=lists.vpcs[0])["VSwitches"]["VSwitch"]
    }
    assert [free[id] for id in lists.vswitches] == [251, 252, 252, 252, 252]
