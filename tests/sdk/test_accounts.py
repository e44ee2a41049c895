"""Accounts are apart: nobody sees or changes what is another's, and learns no more than that it is not there."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from tests.running import PASSWORD, Running
from tests.sdk.clients import Account, stranger, wait_available


class Mine(NamedTuple):
    instance: str
    direct: str
    vpc: str
    vswitch: str
    other: Account


@pytest.fixture(scope="module")
def mine(states: Running, me: Account) -> Mine:
    vpc = me.raw("vpc", "CreateVpc", RegionId="cn-hangzhou").json["VpcId"]
    wait_available(me, vpc)
    made = me.raw("vpc", "CreateVSwitch", VpcId=vpc, ZoneId="cn-hangzhou-h", CidrBlock="172.16.0.0/24").json
    wait_available(me, vpc)
    direct = states.create(2, "")
    states.allocate(direct)
    return Mine(states.create(0, ""), direct, vpc, made["VSwitchId"], stranger(states))


@pytest.mark.parametrize(
    ("action", "code", "more"),
    [
        ("DescribeInstanceAttribute", "InvalidInstanceId.NotFound", {}),
        ("DescribeDBInstanceNetInfo", "InvalidInstanceId.NotFound", {}),
        ("DescribeSecurityIps", "InvalidInstanceId.NotFound", {}),
        ("ModifySecurityIps", "InvalidInstanceId.NotFound", {"SecurityIps": "0.0.0.0/0"}),
        ("CreateAccount", "InvalidInstanceId.NotFound", {"AccountName": "eve", "AccountPassword": PASSWORD}),
        ("ModifyInstanceAttribute", "InvalidInstanceId.NotFound", {"NewPassword": PASSWORD}),
        ("RestartInstance", "InvalidInstanceId.NotFound", {}),
        ("FlushInstance", "InvalidInstanceId.NotFound", {}),
        ("DescribeLogicInstanceTopology", "InvalidInstanceId.NotFound", {}),
        ("DescribeClusterMemberInfo", "InvalidInstanceId.NotFound", {}),
        ("DescribeAccounts", "InvalidInstanceId.NotFound", {}),
        ("DeleteAccount", "InvalidInstanceId.NotFound", {"AccountName": "alice"}),
        ("AllocateDirectConnection", "InvalidDbInstanceId.NotFound", {}),
        ("ReleaseDirectConnection", "InvalidDbInstanceId.NotFound", {}),
        ("DeleteInstance", "InvalidInstanceId.NotFound", {}),
    ],
)
def test_instances_of_others_do_not_exist(
    me: Account, mine: Mine, action: str, code: str, more: dict[str, str]
) -> None:
    """Word for word what is said of an id that nobody has; and nothing has changed."""

    def state() -> list[bytes]:
        return [
            me.raw("tair", question, InstanceId=id).body.split(b",", 1)[1]
            for question in ("DescribeInstanceAttribute", "DescribeSecurityIps", "DescribeDBInstanceNetInfo")
            for id in (mine.instance, mine.direct)
        ]

    before = state()
    for id in (mine.instance, mine.direct):
        answer = mine.other.raw("tair", action, InstanceId=id, **more)
        nobodys = mine.other.raw("tair", action, InstanceId="r-bp1doesnotexist", **more)
        assert (answer.status, answer.code) == (404, code)
        assert (nobodys.status, nobodys.code, nobodys.json["Message"]) == (404, code, answer.json["Message"])
    assert state() == before


def test_lists_hold_ones_own_only(me: Account, mine: Mine) -> None:
    """Also where ids, addresses or networks of another account are asked for by name."""
    for asked in ({}, {"InstanceIds": mine.instance}, {"VpcId": mine.vpc}, {"SearchKey": "r-"}):
        reply = mine.other.raw("tair", "DescribeInstances", **asked).json
        assert (reply["TotalCount"], reply["Instances"]["KVStoreInstance"]) == (0, [])
    for asked in ({}, {"VpcId": mine.vpc}, {"VpcOwnerId": me.id}):
        reply = mine.other.raw("vpc", "DescribeVpcs", RegionId="cn-hangzhou", **asked).json
        assert (reply["TotalCount"], reply["Vpcs"]["Vpc"]) == (0, [])
    for asked in ({}, {"VpcId": mine.vpc}, {"VSwitchId": mine.vswitch}, {"VSwitchOwnerId": me.id}):
        reply = mine.other.raw("vpc", "DescribeVSwitches", **asked).json
        assert (reply["TotalCount"], reply["VSwitches"]["VSwitch"]) == (0, [])
    assert me.raw("tair", "DescribeInstances").json["TotalCount"] == 2


@pytest.mark.parametrize(
    ("action", "status", "code"),
    [
        ("DescribeVpcAttribute", 404, "InvalidVpcId.NotFound"),
        ("CreateVSwitch", 404, "InvalidVpcId.NotFound"),
        ("DescribeVSwitchAttributes", 400, "InvalidVSwitchId.NotFound"),
    ],
)
def test_networks_of_others_do_not_exist(mine: Mine, action: str, status: int, code: str) -> None:
    answer = mine.other.raw("vpc", action, RegionId="cn-hangzhou", VpcId=mine.vpc, VSwitchId=mine.vswitch,
                            ZoneId="cn-hangzhou-h", CidrBlock="172.16.9.0/24")  # fmt: skip
    assert (answer.status, answer.code) == (status, code)


def test_nobody_moves_into_anothers_network(mine: Mine) -> None:
    """Neither by the VPC nor by a VPC of one's own with another's vSwitch."""
    wanted = {"RegionId": "cn-hangzhou", "InstanceClass": "redis.master.small.default", "Password": PASSWORD}
    answer = mine.other.raw("tair", "CreateInstance", **wanted, VpcId=mine.vpc, VSwitchId=mine.vswitch)
    assert (answer.status, answer.code) == (400, "InvalidVPCId.NotFound")
    own = mine.other.raw("vpc", "CreateVpc", RegionId="cn-hangzhou").json["VpcId"]
    wait_available(mine.other, own)
    answer = mine.other.raw("tair", "CreateInstance", **wanted, VpcId=own, VSwitchId=mine.vswitch)
    assert (answer.status, answer.code) == (400, "InvalidvSwitchId")


def test_default_networks_are_ones_own(me: Account, mine: Mine) -> None:
    wanted = {"RegionId": "cn-hangzhou", "InstanceClass": "redis.master.small.default", "Password": PASSWORD}
    made = mine.other.raw("tair", "CreateInstance", **wanted).json
    assert mine.other.raw("vpc", "DescribeVpcAttribute", VpcId=made["VpcId"], RegionId="cn-hangzhou").json["IsDefault"]
    assert me.raw("vpc", "DescribeVpcAttribute", VpcId=made["VpcId"], RegionId="cn-hangzhou").status == 404


def test_who_the_other_is(me: Account, mine: Mine) -> None:
    assert mine.other.sts.get_caller_identity().body.account_id == mine.other.id != me.id
