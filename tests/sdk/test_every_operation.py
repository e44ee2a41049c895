"""Every built operation through the vendor's clients: every documented parameter sent, replies read by their models."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest
from alibabacloud_r_kvstore20150101 import models as tair_models
from alibabacloud_sts20150401 import models as sts_models
from alibabacloud_vpc20160428 import models as vpc_models

from tests.products.tables import built
from tests.running import PASSWORD, Running
from tests.sdk import tair_cases
from tests.sdk.clients import Account, check_types, same_but_for_the_request_id, wait_available

PUBLIC = "everypublic"
MODELS = {"tair": tair_models, "vpc": vpc_models, "sts": sts_models}
OTHER_WRITES = (*tair_cases.OTHER_WRITES, "Reset", "Grant", "Restart", "Flush", "Untag", "Add", "Switch", "Master")
TAGS = [{"Key": "存储类型", "Value": "开发"}, {"Key": "stage", "Value": "test"}]


class World(NamedTuple):
    """What the calls are about; each write has an instance of its own."""

    vpc: str
    vswitch: str
    standard: str
    cluster: str
    direct: str
    public: str
    doomed: str
    doomed_vpc: str
    doomed_vswitch: str
    managed: str
    restarted: str
    flushed: str
    modified: str
    secured: str
    grown: str
    shrunk: str
    switched: str
    failing: str
    settled: str
    routed: str
    classic: str
    bypassed: str


@pytest.fixture(scope="module")
def world(states: Running, me: Account) -> World:
    vpc = me.raw("vpc", "CreateVpc", RegionId="cn-hangzhou", CidrBlock="192.168.0.0/16").json["VpcId"]
    wait_available(me, vpc)
    vswitch = me.raw(
        "vpc", "CreateVSwitch", VpcId=vpc, ZoneId="cn-hangzhou-i", CidrBlock="192.168.1.0/24"
    ).json["VSwitchId"]  # fmt: skip
    doomed_vpc = me.raw("vpc", "CreateVpc", RegionId="cn-hangzhou").json["VpcId"]
    doomed_vswitch = me.raw(
        "vpc", "CreateVSwitch", VpcId=vpc, ZoneId="cn-hangzhou-i", CidrBlock="192.168.9.0/24"
    ).json["VSwitchId"]  # fmt: skip
    elsewhere = me.raw(
        "vpc", "CreateVSwitch", VpcId=vpc, ZoneId="cn-hangzhou-h", CidrBlock="192.168.8.0/24"
    ).json["VSwitchId"]  # fmt: skip
    wait_available(me, vpc)
    wait_available(me, doomed_vpc)
    direct = states.create(2, "")
    states.allocate(direct)
    switched = states.create(2, "")
    states.allocate(switched)
    public = states.create(0, "")
    me.raw("tair", "AllocateInstancePublicConnection", InstanceId=public, ConnectionStringPrefix=PUBLIC, Port="6379")
    states.wait_normal(public)
    return World(
        vpc, vswitch, states.create(0, ""), states.create(2, ""), direct, public, states.create(0, ""), doomed_vpc,
        doomed_vswitch, _with_accounts(states, me), states.create(2, ""), states.create(0, ""), states.create(0, ""),
        states.create(0, ""), states.create(2, ""), states.create(4, ""), states.create(2, ""),
        states.create(2, ""), _with_accounts(states, me, vpc_id=vpc, v_switch_id=elsewhere), states.create(2, ""),
        states.create(0, "", network_type="CLASSIC", zone_id="cn-hangzhou-i"), switched,
    )  # fmt: skip


def _with_accounts(states: Running, me: Account, **more: Any) -> str:
    """An instance with an account for each operation on one."""
    instance = states.create(0, "", **more)
    for name in ("to_reset", "to_grant", "to_delete"):
        wanted = {"InstanceId": instance, "AccountName": name, "AccountPassword": PASSWORD}
        assert me.raw("tair", "CreateAccount", **wanted).status == 200
    states.wait_idle()
    return instance


class Case(NamedTuple):
    """:ivar method: of the current SDK's client. :ivar parameters: all documented ones, by the vendor's names."""

    product: str
    operation: str
    method: str
    parameters: dict[str, Any]

    @property
    def writes(self) -> bool:
        return self.operation.startswith(
            ("Create", "Delete", "Allocate", "Release", "Modify", "Tag", "UnTag", *OTHER_WRITES)
        )


def cases(world: World) -> list[Case]:
    reads = {"DryRun": False, "IsDefault": False}
    place = tair_cases.Place(world.vpc, world.vswitch, "cn-hangzhou-i", world.classic, world.bypassed)
    return [
        Case("tair", "CreateInstance", "create_instance", {
            "RegionId": "cn-hangzhou", "ZoneId": "cn-hangzhou-i", "SecondaryZoneId": "cn-hangzhou-j",
            "InstanceClass": "redis.logic.sharding.2g.4db.0rodb.4proxy.default", "Capacity": 4096, "ShardCount": 4,
            "InstanceName": "测试-1", "Password": PASSWORD, "EngineVersion": "6.0", "InstanceType": "Redis",
            "NetworkType": "VPC", "VpcId": world.vpc, "VSwitchId": world.vswitch, "PrivateIpAddress": "192.168.1.77",
            "Port": "6380", "ConnectionStringPrefix": "all-documented", "ChargeType": "PrePaid", "Period": "12",
            "NodeType": "MASTER_SLAVE", "ResourceGroupId": "rg-acfmyiu4ekp1234", "Token": "a token of 0 surprises",
            "DryRun": False, "Tag": TAGS, "Appendonly": "yes", "AutoRenew": "true", "AutoRenewPeriod": "3",
            "AutoUseCoupon": "false", "BackupId": "1", "BusinessInfo": "0", "ClusterBackupId": "cb-hyxdof5x9kqb1234",
            "CouponNo": "youhuiquan_promotion_option_id_for_blank", "DedicatedHostGroupId": "dhg-uv4fnk6r7zff1234",
            "GlobalInstance": False, "GlobalInstanceId": "gr-bp14rkqrhac1234", "MaintainEndTime": "07:00Z",
            "GlobalSecurityGroupIds": "g-zsldxfiwjmti0kcm1234", "InstanceEndpointType": "UnifiedEndpoint",
            "MaintainStartTime": "03:00Z", "ParamGroupId": "rpg-test12", "ReadOnlyCount": 2, "ReplicaCount": 2,
            "RecoverConfigMode": "whitelist,config,account", "RestoreTime": "2019-06-19T16:00:00Z",
            "SlaveReadOnlyCount": 2, "SlaveReplicaCount": 2, "SrcDBInstanceId": "r-bp1zxszhcgatnx1234",
        }),
        Case("tair", "CreateTairInstance", "create_tair_instance", {
            "RegionId": "cn-hangzhou", "ZoneId": "cn-hangzhou-i", "SecondaryZoneId": "cn-hangzhou-j",
            "InstanceClass": "tair.rdb.2g", "InstanceType": "tair_rdb", "ShardCount": 2, "ShardType": "MASTER_SLAVE",
            "InstanceName": "测试-2", "Password": PASSWORD, "EngineVersion": "6.0", "VpcId": world.vpc,
            "VSwitchId": world.vswitch, "PrivateIpAddress": "192.168.1.78", "Port": 6381, "Storage": 60,
            "StorageType": "essd_pl1", "ConnectionStringPrefix": "tair-all-documented", "ChargeType": "PrePaid",
            "Period": 1, "ResourceGroupId": "rg-acfmyiu4ekp1234", "ClientToken": "another token", "DryRun": False,
            "Tag": TAGS, "AutoPay": True, "AutoRenew": "true", "AutoRenewPeriod": "3", "AutoUseCoupon": "false",
            "BackupId": "1", "BusinessInfo": "0", "ClusterBackupId": "cb-hyxdof5x9kqb1234", "CouponNo": "default",
            "GlobalInstanceId": "gr-bp14rkqrhac1234", "GlobalSecurityGroupIds": "g-zsldxfiwjmti0kcm1234",
            "InstanceEndpointType": "UnifiedEndpoint", "MaintainStartTime": "03:00Z", "MaintainEndTime": "07:00Z",
            "ParamGroupId": "g-50npzjcqb1ua6q6j1234", "ReadOnlyCount": 2, "RecoverConfigMode": "whitelist",
            "ReplicaCount": 2, "RestoreTime": "2021-07-06T07:25:57Z", "SlaveReadOnlyCount": 1,
            "SlaveReplicaCount": 2, "SrcDBInstanceId": "r-bp1zxszhcgatnx1234",
        }),
        Case("tair", "DescribeInstances", "describe_instances", {
            "RegionId": "cn-hangzhou", "ArchitectureType": "standard", "ChargeType": "PostPaid",
            "EditionType": "Community", "EngineVersion": "5.0", "Expired": "false", "GlobalInstance": False,
            "InstanceClass": "redis.master.small.default", "InstanceIds": world.standard, "InstanceStatus": "Normal",
            "InstanceType": "Redis", "NetworkType": "VPC", "NodeType": "double", "PageNumber": 1, "PageSize": 30,
            "PrivateIp": None, "ResourceGroupId": None, "SearchKey": world.standard[:10], "Tag": [], "VSwitchId": None,
            "VpcId": None, "ZoneId": "cn-hangzhou-h",
        }),
        Case("tair", "DescribeInstanceAttribute", "describe_instance_attribute", {"InstanceId": world.cluster}),
        Case("tair", "DescribeDBInstanceNetInfo", "describe_dbinstance_net_info", {
            "InstanceId": world.direct, "NetType": "2",
        }),
        Case("tair", "DescribeSecurityIps", "describe_security_ips", {"InstanceId": world.standard}),
        Case("tair", "DescribeRegions", "describe_regions", {"AcceptLanguage": "en-US"}),
        Case("tair", "DescribeZones", "describe_zones", {"AcceptLanguage": "zh-CN", "RegionId": "cn-shanghai"}),
        Case("tair", "DescribeInstanceSSL", "describe_instance_ssl", {"InstanceId": world.cluster}),
        Case("tair", "ModifyInstanceSSL", "modify_instance_ssl", {
            "InstanceId": world.secured, "SSLEnabled": "Enable",
        }),
        Case("tair", "ModifySecurityIps", "modify_security_ips", {
            "InstanceId": world.standard, "SecurityIps": "100.64.10.0/24,10.101.11.1", "ModifyMode": "Append",
            "SecurityIpGroupName": "group_1", "SecurityIpGroupAttribute": "hidden",
        }),
        Case("tair", "AllocateDirectConnection", "allocate_direct_connection", {
            "InstanceId": world.cluster, "ConnectionString": "redisdirect123", "Port": "6399",
        }),
        Case("tair", "AllocateInstancePublicConnection", "allocate_instance_public_connection", {
            "InstanceId": world.standard, "ConnectionStringPrefix": "standardpublic", "Port": "6400",
        }),
        Case("tair", "ModifyDBInstanceConnectionString", "modify_dbinstance_connection_string", {
            "DBInstanceId": world.doomed, "NewConnectionString": "renamed1234", "Port": "6401", "IPType": "Private",
            "CurrentConnectionString": f"{world.doomed}.redis.rds.aliyuncs.com",
        }),
        Case("tair", "ReleaseInstancePublicConnection", "release_instance_public_connection", {
            "InstanceId": world.public, "CurrentConnectionString": f"{PUBLIC}.redis.rds.aliyuncs.com",
        }),
        Case("tair", "CreateAccount", "create_account", {
            "InstanceId": world.managed, "AccountName": "demoaccount", "AccountPassword": PASSWORD,
            "AccountDescription": "测试 1", "AccountPrivilege": "RoleReadOnly", "AccountType": "Normal",
            "Parameters": '{"access-db-id":"1","cu-limit":"10"}', "SourceBiz": "SDK",
        }),
        Case("tair", "ModifyInstanceAttribute", "modify_instance_attribute", {
            "InstanceId": world.modified, "InstanceName": "测试-2", "NewPassword": PASSWORD,
            "InstanceReleaseProtection": True,
        }),
        Case("tair", "RestartInstance", "restart_instance", {
            "InstanceId": world.restarted, "EffectiveTime": "Immediately", "UpgradeMinorVersion": True,
        }),
        Case("tair", "AddShardingNode", "add_sharding_node", {
            "InstanceId": world.grown, "ShardCount": 2, "VSwitchId": None, "AutoPay": True, "BusinessInfo": "0",
            "CouponNo": "youhuiquan_promotion_option_id_for_blank", "ForceTrans": True, "SourceBiz": "SDK",
        }),
        Case("tair", "DeleteShardingNode", "delete_sharding_node", {
            "InstanceId": world.shrunk, "NodeId": f"{world.shrunk}-db-0,{world.shrunk}-db-2", "ShardCount": 1,
            "EffectiveTime": "Immediately", "ForceTrans": False,
        }),
        Case("tair", "MasterNodeShutDownFailOver", "master_node_shut_down_fail_over", {
            "InstanceId": world.failing, "Category": "instance", "FailMode": "Hard", "DBFaultMode": "Random",
            "DBNodes": f"{world.failing}-db-0", "ProxyFaultMode": "Random", "ProxyInstanceIds": None,
        }),
        Case("tair", "SwitchInstanceHA", "switch_instance_ha", {
            "InstanceId": world.switched, "NodeId": "all", "SwitchType": "AvailablePriority", "SwitchMode": 0,
            "SourceNodeId": f"{world.switched}-db-1", "TargetNodeId": "52717403",
            "TargetShardName": f"{world.switched}-db-1",
        }),
        Case("tair", "FlushInstance", "flush_instance", {"InstanceId": world.flushed}),
        Case("tair", "TagResources", "tag_resources", {
            "RegionId": "cn-hangzhou", "ResourceType": "INSTANCE", "ResourceId": [world.standard], "Tag": TAGS,
        }),
        Case("tair", "ListTagResources", "list_tag_resources", {
            "RegionId": "cn-hangzhou", "ResourceType": "instance", "ResourceId": [world.standard], "Tag": [],
            "NextToken": None,
        }),
        Case("tair", "UntagResources", "untag_resources", {
            "RegionId": "cn-hangzhou", "ResourceType": "INSTANCE", "ResourceId": [world.standard],
            "TagKey": ["stage"], "All": False,
        }),
        Case("tair", "DescribeLogicInstanceTopology", "describe_logic_instance_topology", {
            "InstanceId": world.direct,
        }),
        Case("tair", "DescribeClusterMemberInfo", "describe_cluster_member_info", {
            "InstanceId": world.direct, "PageNumber": 1, "PageSize": 50,
        }),
        Case("tair", "DescribeDbInstanceConnectivity", "describe_db_instance_connectivity", {
            "DBInstanceId": world.standard, "SrcIp": "172.28.134.96",
        }),
        Case("tair", "DescribeAccounts", "describe_accounts", {
            "InstanceId": world.managed, "AccountName": "to_grant", "SearchAccountName": "grant", "PageNumber": 1,
            "PageSize": 50,
        }),
        Case("tair", "ResetAccountPassword", "reset_account_password", {
            "InstanceId": world.managed, "AccountName": "to_reset", "AccountPassword": PASSWORD, "SourceBiz": "SDK",
        }),
        Case("tair", "GrantAccountPrivilege", "grant_account_privilege", {
            "InstanceId": world.managed, "AccountName": "to_grant", "AccountPrivilege": "RoleReadOnly",
            "SourceBiz": "SDK",
        }),
        Case("tair", "DeleteAccount", "delete_account", {
            "InstanceId": world.managed, "AccountName": "to_delete", "SourceBiz": "SDK",
        }),
        *(Case("tair", *more) for more in tair_cases.cases(world.settled, world.routed, place)),
        Case("tair", "ReleaseDirectConnection", "release_direct_connection", {"InstanceId": world.direct}),
        Case("tair", "DeleteInstance", "delete_instance", {
            "InstanceId": world.doomed, "GlobalInstanceId": "gr-bp14rkqrhac1234",
        }),
        Case("vpc", "CreateVpc", "create_vpc", {
            "RegionId": "cn-hangzhou", "CidrBlock": "10.0.0.0/8", "VpcName": "名字", "Description": "a <b> & \"c\"",
            "ResourceGroupId": "rg-1", "ClientToken": "123e4567-e89b-12d3", "DryRun": False, "Tag": TAGS,
            "UserCidr": "192.168.0.0/16,172.16.0.0/12", "EnableIpv6": False, "EnableDnsHostname": False,
            "Ipv4CidrMask": 12, "Ipv4IpamPoolId": None, "Ipv6CidrBlock": None, "Ipv6CidrMask": 56,
            "Ipv6IpamPoolId": None, "Ipv6Isp": "BGP",
        }),
        Case("vpc", "DescribeVpcs", "describe_vpcs", {
            **reads, "RegionId": "cn-hangzhou", "VpcId": world.vpc, "VpcName": None, "ResourceGroupId": None, "Tag": [],
            "VpcOwnerId": None, "EnableIpv6": False, "DhcpOptionsSetId": None, "PageNumber": 1, "PageSize": 50,
        }),
        Case("vpc", "DescribeVpcAttribute", "describe_vpc_attribute", {
            **reads, "RegionId": "cn-hangzhou", "VpcId": world.vpc,
        }),
        Case("vpc", "CreateVSwitch", "create_vswitch", {
            "VpcId": world.vpc, "ZoneId": "cn-hangzhou-h", "CidrBlock": "192.168.2.0/28", "RegionId": "cn-hangzhou",
            "VSwitchName": "vSwitch-1", "Description": "🙂", "ClientToken": "0c593ea1", "Tag": TAGS, "CidrMask": 28,
            "Ipv6CidrBlock": None, "Ipv6CidrMask": None, "VpcIpv6CidrBlock": None,
        }),
        Case("vpc", "DescribeVSwitches", "describe_vswitches", {
            **reads, "RegionId": "cn-hangzhou", "VpcId": world.vpc, "VSwitchId": world.vswitch, "VSwitchName": None,
            "ZoneId": "cn-hangzhou-i", "ResourceGroupId": None, "RouteTableId": None, "Tag": [], "VSwitchOwnerId": None,
            "EnableIpv6": False, "PageNumber": 1, "PageSize": 10,
        }),
        Case("vpc", "DescribeVSwitchAttributes", "describe_vswitch_attributes", {
            "VSwitchId": world.vswitch, "RegionId": "cn-hangzhou", "DryRun": False,
        }),
        Case("vpc", "DescribeRegions", "describe_regions", {"AcceptLanguage": "zh-CN", "ProductType": "VPC"}),
        Case("vpc", "DescribeZones", "describe_zones", {
            "RegionId": "cn-hangzhou", "AcceptLanguage": "en-us", "ZoneType": "AvailabilityZone",
        }),
        Case("vpc", "DescribeRouteTableList", "describe_route_table_list", {
            "RegionId": "cn-hangzhou", "VpcId": world.vpc, "RouteTableId": None, "RouteTableName": None,
            "RouteTableType": "System", "RouterId": None, "RouterType": "VRouter", "ResourceGroupId": None, "Tag": [],
            "PageNumber": 1, "PageSize": 50,
        }),
        Case("vpc", "ModifyVpcAttribute", "modify_vpc_attribute", {
            "VpcId": world.vpc, "RegionId": "cn-hangzhou", "VpcName": "名字", "Description": "d", "CidrBlock": None,
            "EnableIPv6": False, "EnableDnsHostname": False, "Ipv6CidrBlock": None, "Ipv6Isp": "BGP",
        }),
        Case("vpc", "ModifyVSwitchAttribute", "modify_vswitch_attribute", {
            "VSwitchId": world.vswitch, "RegionId": "cn-hangzhou", "VSwitchName": "vSwitch-2", "Description": "d",
            "EnableIPv6": False, "Ipv6CidrBlock": None, "Ipv6CidrMask": None, "VpcIpv6CidrBlock": None,
        }),
        Case("vpc", "TagResources", "tag_resources", {
            "RegionId": "cn-hangzhou", "ResourceType": "VPC", "ResourceId": [world.vpc], "Tag": TAGS,
        }),
        Case("vpc", "ListTagResources", "list_tag_resources", {
            "RegionId": "cn-hangzhou", "ResourceType": "VPC", "ResourceId": [world.vpc], "Tag": [], "MaxResults": 50,
            "NextToken": None,
        }),
        Case("vpc", "UnTagResources", "un_tag_resources", {
            "RegionId": "cn-hangzhou", "ResourceType": "VPC", "ResourceId": [world.vpc], "TagKey": ["stage"],
            "All": False,
        }),
        Case("vpc", "DeleteVSwitch", "delete_vswitch", {
            "VSwitchId": world.doomed_vswitch, "RegionId": "cn-hangzhou", "DryRun": False,
        }),
        Case("vpc", "DeleteVpc", "delete_vpc", {
            "VpcId": world.doomed_vpc, "RegionId": "cn-hangzhou", "ClientToken": "123e4567", "DryRun": False,
            "ForceDelete": False,
        }),
        Case("sts", "GetCallerIdentity", "get_caller_identity", {}),
    ]  # fmt: skip


NAMES = [(case.product, case.operation) for case in cases(World(*[""] * len(World._fields)))]


@pytest.fixture
def case(request: pytest.FixtureRequest, world: World) -> Case:
    return next(one for one in cases(world) if (one.product, one.operation) == request.param)


def test_every_operation_has_a_case() -> None:
    """Location has its own tests: no SDK of the vendor's has a class for it. So has AssumeRole, in tests/ram."""
    ours = {(one.operation.product.code, one.operation.name) for one in built()} - {("Sts", "AssumeRole")}
    codes = {"tair": "R-kvstore", "vpc": "Vpc", "sts": "Sts"}
    wanted = {key for key in ours if key[0] in codes.values() and key[1] not in tair_cases.ALWAYS_REFUSED}
    assert {(codes[product], name) for product, name in NAMES} == wanted


@pytest.mark.parametrize("case", NAMES, indirect=True, ids=[f"{product}.{name}" for product, name in NAMES])
def test_current_sdk(me: Account, states: Running, case: Case) -> None:
    """All documented parameters are accepted; the models find every field that is sent, with its type."""
    table = next(one.table for one in built() if one.operation.name == case.operation and _code(one) == case.product)
    assert table is not None
    assert set(case.parameters) == set(table["in"])
    client = getattr(me, case.product)
    states.wait_idle()
    if case.parameters:
        model = getattr(MODELS[case.product], f"{case.operation}Request")()
        sent = model.from_map(case.parameters)
        assert set(sent.to_map()) >= {name for name, value in case.parameters.items() if value is not None}
        body = getattr(client, case.method)(sent).body
    else:
        body = getattr(client, case.method)().body
    assert check_types(body) >= 1
    if case.writes:
        return
    raw = me.raw(case.product, case.operation, **_flat(case.parameters)).json
    assert _without_id(body.to_map()) == _without_id(raw)


@pytest.mark.parametrize(
    "case",
    [key for key in NAMES if key[1].startswith(("Describe", "Get", "List"))],
    indirect=True,
    ids=lambda key: f"{key[0]}.{key[1]}",
)
def test_older_sdk(me: Account, case: Case) -> None:
    """XML and JSON say the same."""
    parameters = _flat(case.parameters)
    in_json = me.common(case.product, case.operation, "JSON", **parameters)
    in_xml = me.common(case.product, case.operation, "XML", **parameters)
    same_but_for_the_request_id(in_json, in_xml, case.operation)
    assert len(json.loads(in_json)) > 1


def test_older_sdk_writes(me: Account, states: Running) -> None:
    """The older SDK's own classes for Tair, from creation to deletion."""
    from aliyunsdkr_kvstore.request.v20150101 import (
        AllocateDirectConnectionRequest,
        CreateInstanceRequest,
        DeleteInstanceRequest,
        ModifySecurityIpsRequest,
        ReleaseDirectConnectionRequest,
    )

    create = CreateInstanceRequest.CreateInstanceRequest()
    create.set_InstanceClass("redis.logic.sharding.1g.2db.0rodb.4proxy.default")
    create.set_Password(PASSWORD)
    create.set_Tags([{"Key": "a", "Value": "b"}])
    instance = json.loads(me.core(create))["InstanceId"]
    states.wait_normal(instance)
    for module in (ModifySecurityIpsRequest, AllocateDirectConnectionRequest, ReleaseDirectConnectionRequest):
        request = getattr(module, module.__name__.rpartition(".")[2])()
        request.set_InstanceId(instance)
        if module is ModifySecurityIpsRequest:
            request.set_SecurityIps("10.0.0.1")
        answer = me.core(request, "XML")
        assert answer.startswith("<?xml version='1.0' encoding='UTF-8'?><")
        assert f"{module.__name__.rpartition('.')[2].removesuffix('Request')}Response>" in answer
        states.wait_normal(instance)
    delete = DeleteInstanceRequest.DeleteInstanceRequest()
    delete.set_InstanceId(instance)
    assert json.loads(me.core(delete)).keys() == {"RequestId"}


def test_xml_without_a_format(me: Account) -> None:
    """Signature version 1 without ``Format`` is answered in XML."""
    answer = me.signer("sts").v1("GetCallerIdentity", format=None).send(me.port)
    assert answer.headers["content-type"] == "text/xml;charset=utf-8"
    assert b"<GetCallerIdentityResponse><RequestId>" in answer.body


def test_who_am_i(me: Account) -> None:
    body = me.sts.get_caller_identity().body
    assert (body.account_id, body.user_id, body.identity_type) == (me.id, me.id, "Account")
    assert body.arn == f"acs:ram::{me.id}:root"


def _code(one: Any) -> str:
    return {"R-kvstore": "tair", "Vpc": "vpc", "Sts": "sts"}.get(one.operation.product.code, "")


def _flat(parameters: dict[str, Any]) -> dict[str, str]:
    """As they go over the wire; lists are of texts."""
    flat: dict[str, str] = {}
    for name, value in parameters.items():
        if isinstance(value, list):
            flat |= {f"{name}.{number}": one for number, one in enumerate(value, 1)}
        elif value is not None:
            flat[name] = str(value).lower() if isinstance(value, bool) else str(value)
    return flat


def _without_id(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != "RequestId"}
