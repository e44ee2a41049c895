"""Every declared error of every built operation, as clients meet it: code, HTTP status and text, in JSON and in XML."""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import msgspec
import pytest

from jackfield.products.operation import Operation
from tests.products.differences import NOT_RAISED
from tests.products.tables import bare, built
from tests.running import PASSWORD, Running
from tests.sdk.clients import Account, owner, wait_available, xml_leaves

SMALL = "redis.master.small.default"
CODES = {"R-kvstore": "tair", "Vpc": "vpc", "Sts": "sts", "Location": "location"}


class World(NamedTuple):
    """What the wrong calls are about. Transitions that are begun last 20 s, so that their states are met for sure.

    :ivar full: a vSwitch without a free address. :ivar crowded: a cluster in it. :ivar spare: an empty vSwitch.
    :ivar old: an instance of the version that has no accounts. :ivar managed: one with as many as there may be, of
        which ``pending`` is Unavailable. :ivar protected: from being deleted.
    :ivar guarded_vpc: a VPC with a security group. :ivar used_vpc: a VPC with a server group.
    """

    me: Account
    standard: str
    cluster: str
    direct: str
    moving: str
    deleting: str
    crowded: str
    vpc: str
    other_vpc: str
    vswitch: str
    full: str
    pending_vpc: str
    pending_vswitch: str
    spare: str
    guarded_vpc: str
    used_vpc: str
    old: str
    managed: str
    protected: str


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with Running(tmp_path_factory.mktemp("errors"), "--engines", "none", "--pace", "instant") as running:
        me = owner(running)
        vpc, other, guarded, used = (_make(me, "vpc", "CreateVpc", "VpcId", RegionId="cn-hangzhou") for _ in range(4))
        for made in (vpc, other, guarded, used):
            wait_available(me, made)
        tagged = {"ResourceType": "VPC", "ResourceId.1": guarded, "Tag.1.Key": "one", "Tag.2.Key": "two"}
        assert me.raw("vpc", "TagResources", RegionId="cn-hangzhou", **tagged).status == 200
        _make(me, "ecs", "CreateSecurityGroup", "SecurityGroupId", RegionId="cn-hangzhou", VpcId=guarded)
        _make(me, "nlb", "CreateServerGroup", "ServerGroupId", RegionId="cn-hangzhou", VpcId=used,
              ServerGroupName="used", ServerGroupType="Ip")  # fmt: skip
        inside = {"VpcId": vpc, "ZoneId": "cn-hangzhou-h"}
        vswitch = _make(me, "vpc", "CreateVSwitch", "VSwitchId", **inside, CidrBlock="172.16.0.0/24")
        full = _make(me, "vpc", "CreateVSwitch", "VSwitchId", **inside, CidrBlock="172.16.1.0/29")
        spare = _make(me, "vpc", "CreateVSwitch", "VSwitchId", **inside, CidrBlock="172.16.3.0/24")
        wait_available(me, vpc)
        crowded = running.create(2, "", vpc_id=vpc, v_switch_id=full)
        for _ in range(3):
            running.create(0, "", vpc_id=vpc, v_switch_id=full)
        standard = running.create(0, "", vpc_id=vpc, v_switch_id=vswitch, private_ip_address="172.16.0.9",
                                  connection_string_prefix="taken-name")  # fmt: skip
        cluster, direct, moving, deleting = (running.create(2, "") for _ in range(4))
        old, managed = running.create(0, "", engine_version="2.8"), running.create(0, "")
        protected = running.create(0, "")
        assert me.raw("tair", "ModifyInstanceAttribute", InstanceId=protected,
                      InstanceReleaseProtection="true").status == 200  # fmt: skip
        tags = {"ResourceType": "INSTANCE", "ResourceId.1": protected, "Tag.1.Key": "one", "Tag.2.Key": "two"}
        assert me.raw("tair", "TagResources", RegionId="cn-hangzhou", **tags).status == 200
        public = {"InstanceId": protected, "ConnectionStringPrefix": "taken-public", "Port": "6379"}
        assert me.raw("tair", "AllocateInstancePublicConnection", **public).status == 200
        for account in (*(f"account{number}" for number in range(17)), "pending"):
            _account(me, "CreateAccount", managed, account)
        _account(me, "CreateAccount", standard, "demo")
        running.wait_idle()
        running.allocate(direct)
        running.down()
        running.options = ("--engines", "none", "--pace", "cloud")
        running.up()
        me = owner(running)
        pending = _make(me, "vpc", "CreateVpc", "VpcId", RegionId="cn-hangzhou")
        pending_vswitch = _make(me, "vpc", "CreateVSwitch", "VSwitchId", **inside, CidrBlock="172.16.2.0/24")
        assert me.raw("tair", "AllocateDirectConnection", InstanceId=moving).status == 200
        assert me.raw("tair", "DeleteInstance", InstanceId=deleting).status == 200
        _account(me, "ResetAccountPassword", managed, "pending")
        yield World(me, standard, cluster, direct, moving, deleting, crowded, vpc, other, vswitch, full, pending,
                    pending_vswitch, spare, guarded, used, old, managed, protected)  # fmt: skip


def _make(me: Account, product: str, action: str, name: str, **parameters: str) -> str:
    answer = me.raw(product, action, **parameters)
    assert answer.status == 200, answer.body
    made: str = answer.json[name]
    return made


def _account(me: Account, action: str, instance: str, name: str) -> None:
    answer = me.raw("tair", action, InstanceId=instance, AccountName=name, AccountPassword=PASSWORD)
    assert answer.status == 200, answer.body


class Case(NamedTuple):
    """:ivar wrong: what the call differs in from one that works."""

    operation: str
    code: str
    status: int
    wrong: dict[str, str]


def create(code: str, **wrong: str) -> Case:
    return Case("tair.CreateInstance", code, 400, wrong)


def cases(world: World) -> list[Case]:
    """Each with the parameters of :data:`WORKS` changed; an empty value leaves a parameter out."""
    inside = {"VpcId": world.vpc, "VSwitchId": world.vswitch}
    allocate, modify, subnet = "tair.AllocateDirectConnection", "tair.ModifySecurityIps", "vpc.CreateVSwitch"
    return [
        create("InvalidRegion.Format", RegionId="cn-atlantis"),
        create("ZoneIdNotFound", ZoneId="cn-shanghai-h"),
        create("ZoneIdNotFound", SecondaryZoneId="cn-hangzhou-z"),
        create("InstanceClass.NotMatch", InstanceClass="rds.mysql.s1"),
        create("InstanceClass.NotMatch", InstanceClass=""),
        create("InvalidShardInfo.Format", ShardCount="0"),
        create("InvalidShardInfo.Format", ShardCount="129"),
        create("InvalidShardInfo.Format", ShardCount="two"),
        create("InvalidShardInfo.Format", InstanceClass="redis.logic.sharding.1g.257db.0rodb.4proxy.default"),
        create("InvalidShardInfo.Format", InstanceClass="redis.logic.sharding.1g.0db.0rodb.4proxy.default"),
        create("InvalidCapacity.NotFound", InstanceClass="", Capacity="99999999"),
        create("InvalidCapacity.NotFound", InstanceClass="", Capacity="-1"),
        create("InvalidEngineVersion.Malformed", EngineVersion="3.2"),
        *(
            create("InvalidInstanceName.Malformed", InstanceName=name)
            for name in ("a", "1abc", "a b", "a@b", "a/b", "a=b", 'a"b', "a<b", "a{b", "x" * 129)
        ),
        *(
            create("InvalidPassword.Malformed", Password=password)
            for password in ("Aa1!", "alllowercase", "ALLUPPER1", "Passw0rd" * 5, "Pass word1", "Pässwort123")
        ),
        *(
            create("InvalidConnectionString.Format", ConnectionStringPrefix=prefix)
            for prefix in ("short", "1starts-with-1", "UPPERCASE", "under_score", "ends-with-", "dots.dots", "x" * 41)
        ),
        create("ConnectionStringAlreadyExists", ConnectionStringPrefix="taken-name"),
        *(create("InvalidPort", Port=port) for port in ("1023", "65536", "0", "-1", "6379.0", "redis", "٦٣٧٩")),
        create("InvalidVPCId.NotFound", VpcId="vpc-bp1doesnotexist", VSwitchId=world.vswitch),
        create("InvalidVPCId.NotFound", VSwitchId=world.vswitch),
        create("InvalidVPCId.NotFound", **inside, RegionId="cn-shanghai"),
        create("InvalidvSwitchId", VpcId=world.vpc, VSwitchId="vsw-bp1doesnotexist"),
        create("InvalidvSwitchId", VpcId=world.vpc),
        create("InvalidvSwitchId", VpcId=world.other_vpc, VSwitchId=world.vswitch),
        create("InvalidvSwitchId", VpcId=world.vpc, VSwitchId=world.pending_vswitch),
        Case("tair.CreateInstance", "InvalidvSwitchId", 404, {**inside, "ZoneId": "cn-hangzhou-k"}),
        *(
            create("InvalidIPNotInSubnet", **inside, PrivateIpAddress=address)
            for address in ("172.16.0.9", "172.16.1.9", "172.16.0.0", "172.16.0.253", "172.16.0.255", "nine", "::1")
        ),
        create("QuotaNotEnough", VpcId=world.vpc, VSwitchId=world.full),
        create("MissingParameter", ChargeType="PrePaid"),
        create("InvalidToken.Malformed", Token="x" * 65),
        Case("tair.DeleteInstance", "InvalidInstanceId.NotFound", 404, {"InstanceId": "r-bp1doesnotexist"}),
        Case("tair.DeleteInstance", "InstanceStatus.NotSupport", 403, {"InstanceId": world.moving}),
        Case("tair.DeleteInstance", "InstanceStatus.NotSupport", 403, {"InstanceId": world.deleting}),
        Case("tair.DeleteInstance", "InstanceReleaseProtection", 403, {"InstanceId": world.protected}),
        Case("tair.ModifyInstanceAttribute", "InvalidInstanceId.NotFound", 404, {"InstanceId": "r-1"}),
        Case("tair.ModifyInstanceAttribute", "MissingParameter", 400, {"InstanceName": ""}),
        Case("tair.ModifyInstanceAttribute", "InvalidInstanceName.Malformed", 400, {"InstanceName": "1abc"}),
        Case("tair.ModifyInstanceAttribute", "InvalidPassword.Malformed", 400, {"NewPassword": "alllowercase"}),
        Case("tair.ModifyInstanceAttribute", "TaskExists", 400,
             {"InstanceId": world.moving, "NewPassword": PASSWORD}),
        *(
            Case(f"tair.{action}", code, status, {"InstanceId": instance})
            for action in ("RestartInstance", "FlushInstance")
            for code, status, instance in (
                ("InvalidInstanceId.NotFound", 404, "r-1"),
                ("InstanceStatus.NotSupport", 403, world.moving),
                ("InstanceStatus.NotSupport", 403, world.deleting),
            )
        ),
        Case("tair.DescribeLogicInstanceTopology", "InvalidInstanceId.NotFound", 404, {"InstanceId": "r-1"}),
        Case("tair.DescribeClusterMemberInfo", "InvalidInstanceId.NotFound", 404, {"InstanceId": "r-1"}),
        Case("tair.DescribeDbInstanceConnectivity", "InvalidDbInstanceId.NotFound", 404, {"DBInstanceId": "r-1"}),
        Case("tair.DescribeInstanceAttribute", "InvalidInstanceId.NotFound", 404, {"InstanceId": "r-1"}),
        Case("tair.DescribeInstances", "InvalidInstanceIds.Malformed", 400, {"InstanceIds": "r-1,,r-2"}),
        Case("tair.DescribeInstances", "InvalidInstanceIds.Malformed", 400,
             {"InstanceIds": ",".join(f"r-{number}" for number in range(31))}),
        Case("tair.DescribeDBInstanceNetInfo", "InvalidInstanceId.NotFound", 404, {"InstanceId": "r-1"}),
        Case(allocate, "InvalidDbInstanceId.NotFound", 404, {"InstanceId": "r-1"}),
        Case(allocate, "InstanceStatus.NotSupport", 403, {"InstanceId": world.moving}),
        Case(allocate, "InvalidConnType", 400, {"InstanceId": world.standard}),
        Case(allocate, "DirectConnectionAlreadyExists", 400, {"InstanceId": world.direct}),
        Case(allocate, "InvalidConnectionString.Format", 400, {"ConnectionString": "x"}),
        Case(allocate, "ConnectionStringAlreadyExists", 400, {"ConnectionString": "taken-name"}),
        Case(allocate, "InvalidPort", 400, {"Port": "80"}),
        Case(allocate, "InvalidPort", 400, {"Port": "10000"}),
        Case(allocate, "QuotaNotEnough", 400, {"InstanceId": world.crowded}),
        Case("tair.ReleaseDirectConnection", "NetTypeNotExists", 400, {"InstanceId": world.cluster}),
        Case("tair.ReleaseDirectConnection", "InstanceStatus.NotSupport", 403, {"InstanceId": world.moving}),
        Case("tair.ReleaseDirectConnection", "InvalidDbInstanceId.NotFound", 404, {"InstanceId": "r-1"}),
        *_account_cases(world),
        *_tag_cases(world),
        Case("tair.DescribeZones", "InvalidRegion.Format", 400, {"RegionId": "cn-atlantis"}),
        Case("tair.DescribeSecurityIps", "InvalidInstanceId.NotFound", 404, {"InstanceId": "r-1"}),
        Case(modify, "InvalidInstanceId.NotFound", 404, {"InstanceId": "r-1"}),
        Case(modify, "InstanceStatus.NotSupport", 403, {"InstanceId": world.deleting}),
        *(
            Case(modify, "InvalidGroupName.Format", 400, {"SecurityIpGroupName": name})
            for name in ("Upper", "1digit", "ends_", "with-hyphen", "x" * 33)
        ),
        *(
            Case(modify, "InvalidSecurityIps", 400, {"SecurityIps": entries})
            for entries in ("300.1.1.1", "10.0.0.1,", "10.0.0.0/33", "somewhere", ",".join(_many(1001)))
        ),
        Case(modify, "SecurityIPList.Duplicate", 409, {"SecurityIps": "10.0.0.1,10.0.0.1"}),
        Case(modify, "SecurityIPList.Duplicate", 409, {"SecurityIps": "127.0.0.1", "ModifyMode": "Append"}),
        Case(modify, "InvalidSecurityIPList.NotFound", 404, {"SecurityIps": "10.9.9.9", "ModifyMode": "Delete"}),
        Case(modify, "InvalidSecurityIPList.NotFound", 404,
             {"SecurityIps": "127.0.0.1", "ModifyMode": "Delete", "SecurityIpGroupName": "nobodys"}),
        Case("vpc.CreateVpc", "InvalidRegionId.NotFound", 404, {"RegionId": "cn-atlantis"}),
        *(
            Case("vpc.CreateVpc", "InvalidParameter", 400, {"CidrBlock": block})
            for block in ("11.0.0.0/8", "10.0.0.1/8", "172.0.0.0/11", "192.168.0.0/29", "10.0.0.0/7", "ten", "fd00::/8")
        ),
        Case("vpc.CreateVpc", "InvalidVpcName.Malformed", 400, {"VpcName": "http://x"}),
        Case("vpc.CreateVpc", "InvalidVpcName.Malformed", 400, {"VpcName": "x" * 129}),
        Case("vpc.CreateVpc", "InvalidVpcDiscription.Malformed", 400, {"Description": "https://x"}),
        Case("vpc.CreateVpc", "InvalidVpcDiscription.Malformed", 400, {"Description": "x" * 257}),
        Case("vpc.CreateVpc", "IllegalParam.UserCidr", 400, {"UserCidr": "192.168.0.1/16"}),
        Case("vpc.CreateVpc", "InvalidUserCidr.Malformed", 400, {"UserCidr": "100.64.0.0/16"}),
        Case("vpc.CreateVpc", "InvalidUserCidr.Quota", 400, {"UserCidr": "10.0.0.0/8," * 3 + "11.0.0.0/8"}),
        Case("vpc.CreateVpc", "OperationUnsupported.Ipv6Feature", 400, {"EnableIpv6": "true"}),
        Case("vpc.CreateVpc", "UnsupportedFeature.IPAM", 400, {"Ipv4IpamPoolId": "ipam-pool-1"}),
        Case("vpc.DescribeVpcs", "InvalidRegionId.NotFound", 404, {"RegionId": "cn-atlantis"}),
        Case("vpc.DescribeVpcs", "InvalidVpcIdNumber.NotSupported", 400, {"VpcId": ",".join(_many(21))}),
        Case("vpc.DescribeVpcAttribute", "InvalidVpcId.NotFound", 404, {"VpcId": "vpc-1"}),
        Case("vpc.DescribeVpcAttribute", "InvalidVpcId.NotFound", 404, {"RegionId": "cn-shanghai"}),
        Case("vpc.DescribeVpcAttribute", "InvalidVpcId.NotFound", 404, {"IsDefault": "true"}),
        Case(subnet, "InvalidVpcId.NotFound", 404, {"VpcId": "vpc-1"}),
        Case(subnet, "InvalidVpcId.NotFound", 404, {"RegionId": "cn-shanghai"}),
        Case(subnet, "IncorrectVpcStatus", 400, {"VpcId": world.pending_vpc}),
        Case(subnet, "InvalidZoneId.NotFound", 404, {"ZoneId": "cn-hangzhou-z"}),
        Case(subnet, "InvalidCidrBlock.Malformed", 400, {"CidrBlock": "172.16.9.1/24"}),
        Case(subnet, "InvalidCirdrBlock.MaskLength", 400, {"CidrBlock": "172.16.0.0/15"}),
        Case(subnet, "InvalidCirdrBlock.MaskLength", 400, {"CidrBlock": "172.16.9.0/30"}),
        Case(subnet, "InvalidParameter", 400, {"CidrBlock": "10.0.0.0/24"}),
        Case(subnet, "InvalidCidrBlock.Overlapped", 400, {"CidrBlock": "172.16.0.128/25"}),
        Case(subnet, "InvalidCidrBlock.Overlapped", 400, {"CidrBlock": "172.16.0.0/16"}),
        Case(subnet, "InvalidVSwitchName.Malformed", 400, {"VSwitchName": "http://x"}),
        Case(subnet, "InvalidVSwitchDiscription.Malformed", 400, {"Description": "http://x"}),
        Case(subnet, "OperationFailed.VpcIpv6Disabled", 400, {"Ipv6CidrBlock": "0"}),
        Case("vpc.DescribeVSwitches", "InvalidVSwitchIdNumber.NotSupported", 404, {"VSwitchId": ",".join(_many(21))}),
        Case("vpc.DescribeVSwitchAttributes", "InvalidVSwitchId.NotFound", 400, {"VSwitchId": "vsw-1"}),
        Case("vpc.DescribeZones", "InvalidRegionId.NotFound", 404, {"RegionId": "cn-atlantis"}),
        Case("vpc.ModifyVpcAttribute", "InvalidVpcId.NotFound", 404, {"VpcId": "vpc-1"}),
        Case("vpc.ModifyVpcAttribute", "InvalidVpcId.NotFound", 404, {"RegionId": "cn-shanghai"}),
        Case("vpc.ModifyVpcAttribute", "IncorrectVpcStatus", 400, {"VpcId": world.pending_vpc}),
        Case("vpc.ModifyVpcAttribute", "InvalidVpcName.Malformed", 400, {"VpcName": "http://x"}),
        Case("vpc.ModifyVpcAttribute", "InvalidVpcDiscription.Malformed", 400, {"Description": "x" * 257}),
        Case("vpc.ModifyVpcAttribute", "InvalidCidrBlock.Malformed", 400, {"CidrBlock": "11.0.0.0/8"}),
        Case("vpc.ModifyVpcAttribute", "IllegalCidrBlock", 400, {"CidrBlock": "172.16.0.0/24"}),
        Case("vpc.ModifyVpcAttribute", "OperationUnsupported.Ipv6Feature", 400, {"EnableIPv6": "true"}),
        Case("vpc.DeleteVpc", "InvalidVpcId.NotFound", 404, {"VpcId": "vpc-1"}),
        Case("vpc.DeleteVpc", "InvalidVpcId.NotFound", 404, {"RegionId": "cn-shanghai"}),
        Case("vpc.DeleteVpc", "IncorrectVpcStatus", 400, {"VpcId": world.pending_vpc}),
        Case("vpc.DeleteVpc", "DependencyViolation.VSwitch", 400, {"VpcId": world.vpc}),
        Case("vpc.DeleteVpc", "DependencyViolation.SecurityGroup", 400, {"VpcId": world.guarded_vpc}),
        Case("vpc.DeleteVpc", "DependencyViolation.CloudServiceResource", 400, {"VpcId": world.used_vpc}),
        Case("vpc.ModifyVSwitchAttribute", "InvalidVSwitchId.NotFound", 404, {"VSwitchId": "vsw-1"}),
        Case("vpc.ModifyVSwitchAttribute", "IncorrectStatus.VSwitch", 400, {"VSwitchId": world.pending_vswitch}),
        Case("vpc.ModifyVSwitchAttribute", "InvalidVSwitchName.Malformed", 400, {"VSwitchName": "http://x"}),
        Case("vpc.ModifyVSwitchAttribute", "InvalidVSwitchDiscription.Malformed", 400, {"Description": "http://x"}),
        Case("vpc.ModifyVSwitchAttribute", "OperationFailed.VpcIpv6Disabled", 400, {"EnableIPv6": "true"}),
        Case("vpc.DeleteVSwitch", "InvalidVSwitchId.NotFound", 404, {"VSwitchId": "vsw-1"}),
        Case("vpc.DeleteVSwitch", "IncorrectVSwitchStatus", 400, {"VSwitchId": world.pending_vswitch}),
        Case("vpc.DeleteVSwitch", "DependencyViolation", 400, {"VSwitchId": world.vswitch}),
        *(
            Case(f"vpc.{action}", code, 400, wrong)
            for action in ("TagResources", "UnTagResources")
            for code, wrong in (
                ("InvalidInstanceType.NotFound", {"ResourceType": "EIP"}),
                ("InvalidInstanceIds.NotFound", {"ResourceId.1": "vpc-1"}),
                ("SizeLimitExceeded.ResourceId", {f"ResourceId.{number}": "vpc-1" for number in range(1, 52)}),
            )
        ),
        Case("vpc.TagResources", "SizeLimitExceeded.TagNum", 400,
             {f"Tag.{number}.Key": f"key{number}" for number in range(1, 22)}),
        Case("vpc.UnTagResources", "SizeLimitExceeded.TagNum", 400,
             {f"TagKey.{number}": f"key{number}" for number in range(1, 22)}),
        Case("vpc.TagResources", "Forbidden.TagKey.Duplicated", 400, {"Tag.2.Key": "stage", "Tag.2.Value": "x"}),
        Case("vpc.TagResources", "InvalidTagKey", 400, {"Tag.1.Key": "acs:x"}),
        Case("vpc.TagResources", "InvalidTagValue", 400, {"Tag.1.Value": "http://x"}),
        Case("vpc.TagResources", "QuotaExceeded.TagNum", 400,
             {f"Tag.{number}.Key": f"key{number}" for number in range(1, 21)} | {"ResourceId.1": world.guarded_vpc}),
        Case("vpc.ListTagResources", "InvalidInstanceType.NotFound", 400, {"ResourceType": "EIP"}),
        Case("vpc.ListTagResources", "SizeLimitExceeded.ResourceId", 400,
             {f"ResourceId.{number}": "vpc-1" for number in range(1, 52)}),
        Case("vpc.ListTagResources", "SizeLimitExceeded.TagNum", 400,
             {f"Tag.{number}.Key": f"key{number}" for number in range(1, 22)}),
        Case("vpc.ListTagResources", "BothEmpty.TagsAndResources", 400, {"ResourceId.1": ""}),
        Case("location.DescribeEndpoints", "InvalidRegionId", 400, {"Id": "cn-atlantis"}),
        Case("location.DescribeEndpoints", "Illegal Parameter", 400, {"ServiceCode": "ecs-of-mars"}),
    ]  # fmt: skip


def _tag_cases(world: World) -> list[Case]:
    tagged = {"ResourceId.1": world.protected}
    found = [
        Case("tair.TagResources", "Duplicate.TagKey", 400, {"Tag.2.Key": "stage", "Tag.2.Value": "x"}),
        *(Case("tair.TagResources", "InvalidTagKey.Malformed", 400, {"Tag.1.Key": key})
          for key in ("acs:x", "aliyun", "http://x", "x" * 129)),
        *(Case("tair.TagResources", "InvalidTagValue.Malformed", 400, {"Tag.1.Value": value})
          for value in ("https://x", "x" * 129)),
        Case("tair.TagResources", "OperationDenied.QuotaExceed", 400,
             tagged | {f"Tag.{number}.Key": f"key{number}" for number in range(1, 21)}),
        Case("tair.ListTagResources", "MissParameter.TagOrResourceId", 400, {"ResourceId.1": ""}),
    ]  # fmt: skip
    for action in ("TagResources", "UntagResources", "ListTagResources"):
        name = "TagKey.{}" if action == "UntagResources" else "Tag.{}.Key"
        found += [
            Case(f"tair.{action}", "InvalidParameter.ResourceType", 400, {"ResourceType": "PROXY"}),
            Case(f"tair.{action}", "InvalidDbInstanceId.NotFound", 404, {"ResourceId.1": "r-1"}),
            Case(f"tair.{action}", "InvalidDbInstanceId.NotFound", 404, {"RegionId": "cn-shanghai"}),
            Case(f"tair.{action}", "NumberExceed.ResourceIds", 400,
                 {f"ResourceId.{number}": "r-1" for number in range(1, 52)}),
            Case(f"tair.{action}", "NumberExceed.Tags", 400,
                 {name.format(number): f"key{number}" for number in range(1, 22)}),
        ]  # fmt: skip
    return found


def _account_cases(world: World) -> list[Case]:
    pending = {"InstanceId": world.managed, "AccountName": "pending"}
    found = [
        Case("tair.CreateAccount", "InvalidEngineVersion.Format", 400, {"InstanceId": world.old}),
        *(
            Case("tair.CreateAccount", "InvalidAccountName.Format", 400, {"AccountName": name})
            for name in ("1a", "_a", "Upper", "a-b", "ä", "a b", "x" * 101)
        ),
        Case("tair.CreateAccount", "InvalidAccountName.Forbid", 400, {"AccountName": "default"}),
        Case("tair.CreateAccount", "InvalidAccountName.Forbid", 400, {"AccountName": "jackfield"}),
        Case("tair.CreateAccount", "InvalidAccountName.Duplicate", 400, {"AccountName": "demo"}),
        Case("tair.CreateAccount", "InvalidAccountPassword.Format", 400, {"AccountPassword": "alllowercase"}),
        *(
            Case("tair.CreateAccount", "InvalidAccountDescription.Format", 400, {"AccountDescription": text})
            for text in ("a", "1a", "http://a", "x" * 257)
        ),
        Case("tair.CreateAccount", "InvalidAccountPrivilege.Malformed", 400, {"AccountPrivilege": "RoleRoot"}),
        Case("tair.CreateAccount", "AccountLimitExceeded", 403, {"InstanceId": world.managed}),
        Case("tair.ResetAccountPassword", "InvalidAccountPassword.Format", 400, {"AccountPassword": "Aa1!"}),
        Case("tair.ResetAccountPassword", "TaskExists", 400, pending),
        Case("tair.GrantAccountPrivilege", "InvalidAccountPrivilege.Format", 400, {"AccountPrivilege": "RoleRoot"}),
        Case("tair.GrantAccountPrivilege", "IncorrectAccount", 400, pending),
        Case("tair.DeleteAccount", "OperationDenied.AccountStatus", 403, pending),
        Case("tair.DescribeAccounts", "InvalidInstanceId.NotFound", 404, {"InstanceId": "r-1"}),
    ]
    allocate, release = "tair.AllocateInstancePublicConnection", "tair.ReleaseInstancePublicConnection"
    move, secure = "tair.ModifyDBInstanceConnectionString", "tair.ModifyInstanceSSL"
    found += [
        Case(allocate, "MissingConnectionString", 400, {"ConnectionStringPrefix": ""}),
        Case(allocate, "NetTypeExists", 400, {"InstanceId": world.protected}),
        Case(allocate, "InvalidConnectionString.Format", 400, {"ConnectionStringPrefix": "short"}),
        Case(allocate, "ConnectionStringAlreadyExists", 400, {"ConnectionStringPrefix": "taken-name"}),
        Case(allocate, "InvalidPort", 400, {"Port": "1023"}),
        Case(release, "MissingConnectionString", 400, {"CurrentConnectionString": ""}),
        Case(release, "AtLeastOneNetTypeExists", 400, {"CurrentConnectionString": "nobody.redis.rds.aliyuncs.com"}),
        Case(move, "NetTypeNotExists", 400, {"CurrentConnectionString": "nobody.redis.rds.aliyuncs.com"}),
        Case(move, "InvalidIPType.Format", 400, {"IPType": "Public"}),
        Case(move, "InvalidConnectionString.Format", 400, {"NewConnectionString": "short"}),
        Case(move, "InvalidPort", 400, {"Port": "70000"}),
        Case(move, "InvalidConnectionStringOrPort.Duplicate", 400, {"NewConnectionString": ""}),
        Case(move, "ConnectionStringAlreadyExists", 400, {"NewConnectionString": "taken-public"}),
        Case(move, "InvalidInstanceId.NotFound", 404, {"DBInstanceId": "r-1"}),
        Case(move, "InstanceStatus.NotSupport", 403, {"DBInstanceId": world.moving}),
        Case(secure, "InvalidInstanceId.NotFound", 404, {"InstanceId": "r-1"}),
        Case(secure, "IncorrectDBInstanceState", 403, {"InstanceId": world.moving}),
        Case(secure, "InvalidParameters.Format", 400, {"SSLEnabled": "Update"}),
        Case("tair.DescribeInstanceSSL", "InvalidInstanceId.NotFound", 404, {"InstanceId": "r-1"}),
    ]
    for action in (allocate, release):
        found.append(Case(action, "InvalidInstanceId.NotFound", 404, {"InstanceId": "r-1"}))
        found.append(Case(action, "InstanceStatus.NotSupport", 403, {"InstanceId": world.moving}))
    for action in ("CreateAccount", "ResetAccountPassword", "GrantAccountPrivilege", "DeleteAccount"):
        found.append(Case(f"tair.{action}", "InvalidInstanceId.NotFound", 404, {"InstanceId": "r-1"}))
        found.append(Case(f"tair.{action}", "IncorrectDBInstanceState", 403, {"InstanceId": world.moving}))
        if action != "CreateAccount":
            found.append(Case(f"tair.{action}", "InvalidAccountName.NotFound", 404, {"AccountName": "nobody"}))
    return found


def _many(number: int) -> list[str]:
    return [f"10.{index >> 8}.{index & 255}.1" for index in range(number)]


WORKS: dict[str, Callable[[World], dict[str, str]]] = {
    "tair.CreateInstance": lambda world: {"RegionId": "cn-hangzhou", "InstanceClass": SMALL, "Password": PASSWORD},
    "tair.DeleteInstance": lambda world: {"InstanceId": world.standard},
    "tair.DescribeInstanceAttribute": lambda world: {"InstanceId": world.standard},
    "tair.DescribeInstances": lambda world: {},
    "tair.DescribeDBInstanceNetInfo": lambda world: {"InstanceId": world.standard},
    "tair.AllocateDirectConnection": lambda world: {"InstanceId": world.cluster},
    "tair.ReleaseDirectConnection": lambda world: {"InstanceId": world.direct},
    "tair.CreateAccount": lambda world: {
        "InstanceId": world.standard, "AccountName": "another", "AccountPassword": PASSWORD,
    },
    "tair.AllocateInstancePublicConnection": lambda world: {
        "InstanceId": world.standard, "ConnectionStringPrefix": "another-public", "Port": "6379",
    },
    "tair.ReleaseInstancePublicConnection": lambda world: {
        "InstanceId": world.protected, "CurrentConnectionString": "taken-public.redis.rds.aliyuncs.com",
    },
    "tair.ModifyDBInstanceConnectionString": lambda world: {
        "DBInstanceId": world.standard, "CurrentConnectionString": "taken-name.redis.rds.aliyuncs.com",
        "NewConnectionString": "other-name", "IPType": "Private",
    },
    "tair.ModifyInstanceSSL": lambda world: {"InstanceId": world.standard, "SSLEnabled": "Enable"},
    "tair.DescribeInstanceSSL": lambda world: {"InstanceId": world.standard},
    "tair.ModifyInstanceAttribute": lambda world: {"InstanceId": world.standard, "InstanceName": "renamed"},
    "tair.RestartInstance": lambda world: {"InstanceId": world.standard},
    "tair.FlushInstance": lambda world: {"InstanceId": world.standard},
    "tair.TagResources": lambda world: {
        "RegionId": "cn-hangzhou", "ResourceType": "INSTANCE", "ResourceId.1": world.standard, "Tag.1.Key": "stage",
    },
    "tair.UntagResources": lambda world: {
        "RegionId": "cn-hangzhou", "ResourceType": "INSTANCE", "ResourceId.1": world.standard,
    },
    "tair.ListTagResources": lambda world: {
        "RegionId": "cn-hangzhou", "ResourceType": "INSTANCE", "ResourceId.1": world.standard,
    },
    "tair.DescribeLogicInstanceTopology": lambda world: {"InstanceId": world.cluster},
    "tair.DescribeClusterMemberInfo": lambda world: {"InstanceId": world.cluster},
    "tair.DescribeDbInstanceConnectivity": lambda world: {"DBInstanceId": world.standard, "SrcIp": "10.0.0.1"},
    "tair.DescribeAccounts": lambda world: {"InstanceId": world.standard},
    "tair.ResetAccountPassword": lambda world: {
        "InstanceId": world.standard, "AccountName": "demo", "AccountPassword": PASSWORD,
    },
    "tair.GrantAccountPrivilege": lambda world: {
        "InstanceId": world.standard, "AccountName": "demo", "AccountPrivilege": "RoleReadOnly",
    },
    "tair.DeleteAccount": lambda world: {"InstanceId": world.standard, "AccountName": "demo"},
    "tair.DescribeRegions": lambda world: {},
    "tair.DescribeZones": lambda world: {},
    "tair.DescribeSecurityIps": lambda world: {"InstanceId": world.standard},
    "tair.ModifySecurityIps": lambda world: {"InstanceId": world.standard, "SecurityIps": "10.0.0.1"},
    "vpc.CreateVpc": lambda world: {"RegionId": "cn-hangzhou"},
    "vpc.DescribeVpcs": lambda world: {"RegionId": "cn-hangzhou"},
    "vpc.DescribeVpcAttribute": lambda world: {"RegionId": "cn-hangzhou", "VpcId": world.vpc},
    "vpc.CreateVSwitch": lambda world: {
        "VpcId": world.vpc, "ZoneId": "cn-hangzhou-h", "CidrBlock": "172.16.9.0/24", "RegionId": "cn-hangzhou",
    },
    "vpc.DescribeVSwitches": lambda world: {},
    "vpc.DescribeVSwitchAttributes": lambda world: {"VSwitchId": world.vswitch},
    "vpc.DescribeRegions": lambda world: {},
    "vpc.DescribeZones": lambda world: {"RegionId": "cn-hangzhou"},
    "vpc.DescribeRouteTableList": lambda world: {"RegionId": "cn-hangzhou"},
    "vpc.ModifyVpcAttribute": lambda world: {"VpcId": world.vpc},
    "vpc.DeleteVpc": lambda world: {"VpcId": world.other_vpc},
    "vpc.ModifyVSwitchAttribute": lambda world: {"VSwitchId": world.vswitch},
    "vpc.DeleteVSwitch": lambda world: {"VSwitchId": world.spare},
    "vpc.TagResources": lambda world: {
        "RegionId": "cn-hangzhou", "ResourceType": "VPC", "ResourceId.1": world.vpc, "Tag.1.Key": "stage",
    },
    "vpc.UnTagResources": lambda world: {
        "RegionId": "cn-hangzhou", "ResourceType": "VPC", "ResourceId.1": world.vpc,
    },
    "vpc.ListTagResources": lambda world: {
        "RegionId": "cn-hangzhou", "ResourceType": "VPC", "ResourceId.1": world.vpc,
    },
    "sts.GetCallerIdentity": lambda world: {},
    "location.DescribeEndpoints": lambda world: {"Id": "cn-hangzhou", "ServiceCode": "redisa"},
}  # fmt: skip
"""Parameters of a call that works."""

NOBODY = World(None, *[""] * (len(World._fields) - 1))  # type: ignore[arg-type]
NUMBERS = range(len(cases(NOBODY)))
OPERATIONS = {f"{CODES[one.operation.product.code]}.{one.operation.name}": one.operation
              for one in built() if one.operation.product.code in CODES}  # fmt: skip


def _missing_is_told_otherwise(operation: Operation[Any, Any], field: str) -> bool:
    """Whether an absent parameter has an error of its own, which then is one of the cases."""
    hints = typing.get_type_hints(operation.request_type, include_extras=True)
    _, param = bare(hints[field])
    return param is not None and param.missing is not None


def test_transitional_states_are_shown(world: World) -> None:
    """The states that the refusals above were about."""

    def status(instance: str) -> str:
        answer = world.me.raw("tair", "DescribeInstanceAttribute", InstanceId=instance).json
        shown: str = answer["Instances"]["DBInstanceAttribute"][0]["InstanceStatus"]
        return shown

    assert (status(world.moving), status(world.deleting)) == ("NetworkModifying", "Changing")
    made = _make(world.me, "tair", "CreateInstance", "InstanceId", **WORKS["tair.CreateInstance"](world))
    assert status(made) == "Creating"
    assert world.me.raw("vpc", "DescribeVpcAttribute", VpcId=world.pending_vpc,
                        RegionId="cn-hangzhou").json["Status"] == "Pending"  # fmt: skip


def test_every_declared_error_has_a_case() -> None:
    """Only a machine without Redis is not tried here; test_create_instance.py has it."""
    declared = {
        (name, error.code, error.status)
        for name, operation in OPERATIONS.items()
        for error in operation.errors
        if (f"{operation.product.code}.{operation.name}", error.__name__) not in NOT_RAISED
    }
    tried = {(case.operation, case.code, case.status) for case in cases(NOBODY)}
    assert declared - tried == {("tair.CreateInstance", "ResourceNotAvailable", 400)}
    assert tried <= declared
    assert set(WORKS) == set(OPERATIONS)


@pytest.mark.parametrize(
    "number", NUMBERS, ids=[f"{case.operation}-{case.code}-{number}" for number, case in enumerate(cases(NOBODY))]
)
def test_refused(world: World, number: int) -> None:
    case = cases(world)[number]
    parameters = {name: value for name, value in {**WORKS[case.operation](world), **case.wrong}.items() if value}
    error = next(
        error for error in OPERATIONS[case.operation].errors if (error.code, error.status) == (case.code, case.status)
    )
    refused(world.me, case.operation, parameters, case.code, case.status, error.message)


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        (name, info.encode_name)
        for name, operation in OPERATIONS.items()
        for info in msgspec.structs.fields(operation.request_type)
        if info.required and not _missing_is_told_otherwise(operation, info.name)
    ],
)
@pytest.mark.parametrize("empty", [False, True])
def test_mandatory_parameters(world: World, name: str, parameter: str, empty: bool) -> None:
    """Absent or empty: the gateway says which one. The older SDK adds a RegionId of its own."""
    parameters = {given: value for given, value in WORKS[name](world).items() if given.partition(".")[0] != parameter}
    if empty:
        parameters[parameter] = ""
    text = f"{parameter} is mandatory for this action."
    adds_it = parameter == "RegionId" and not empty
    refused(world.me, name, parameters, f"Missing{parameter}", 400, text, older=not adds_it)


def _limited() -> list[tuple[str, str, str, str]]:
    """Operation, parameter, a value that it does not allow, and the code for that."""
    found = []
    for name, operation in OPERATIONS.items():
        hints = {info.name: info for info in msgspec.structs.fields(operation.request_type)}
        for field, hint in typing.get_type_hints(operation.request_type, include_extras=True).items():
            inner, param = bare(hint)
            wire = hints[field].encode_name
            code = param.invalid.code if param and param.invalid else f"Invalid{wire}"
            if inner is bool:
                found.append((name, wire, "perhaps", code))
            elif inner is int:
                found += [(name, wire, value, code) for value in ("one", "1.5", "99999999999999999999")]
            elif param and param.enum:
                found.append((name, wire, "Nonsense", code))
            if param and param.range:
                found += [(name, wire, str(param.range[0] - 1), code), (name, wire, str(param.range[1] + 1), code)]
    return found


@pytest.mark.parametrize(("name", "parameter", "value", "code"), _limited())
def test_values_that_no_parameter_may_have(world: World, name: str, parameter: str, value: str, code: str) -> None:
    """Numbers, switches, choices and ranges."""
    answer = world.me.raw(*name.split("."), **{**WORKS[name](world), parameter: value})
    assert (answer.status, answer.code) == (400, code), answer.body


@pytest.mark.parametrize(
    "name", [name for name, one in OPERATIONS.items() if "dry_run" in one.request_type.__struct_fields__]
)
def test_dry_runs(world: World, name: str) -> None:
    """A dry run that finds nothing wrong is an error, and nothing has happened."""
    count = len(world.me.raw("vpc", "DescribeVSwitches", PageSize="50").json["VSwitches"]["VSwitch"])
    answer = world.me.raw(*name.split("."), **{**WORKS[name](world), "DryRun": "true"})
    assert (answer.status, answer.code) == (400, "DryRunOperation")
    assert answer.json["Message"] == "Request validation has been passed with DryRun flag set."
    assert len(world.me.raw("vpc", "DescribeVSwitches", PageSize="50").json["VSwitches"]["VSwitch"]) == count


def refused(
    me: Account, name: str, parameters: dict[str, str], code: str, status: int, text: str, *, older: bool = True
) -> None:
    """Asserts that a call is refused so: to both SDKs, in JSON and in XML."""
    product, action = name.split(".")
    with pytest.raises(Exception) as caught:  # noqa: PT011 - the type is the client's, its fields are what counts
        me.call(product, action, parameters)
    error: Any = caught.value
    assert (error.code, error.status_code) == (code, status)
    assert error.message == f"code: {status}, {text} request id: {error.request_id}"
    if older:
        with pytest.raises(Exception) as caught:  # noqa: PT011
            me.common(product, action, **parameters)
        error = caught.value
        assert (error.get_error_code(), error.get_http_status(), error.get_error_msg()) == (code, status, text)
    answer = me.signer(product).v1(action, parameters, format="XML").send(me.port)
    root, fields = xml_leaves(answer.body.decode())
    assert (answer.status, root) == (status, "Error")
    assert (fields["/Code"], fields["/Message"]) == ([code], [text])
