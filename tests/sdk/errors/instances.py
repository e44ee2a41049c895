"""Wrong calls about Tair instances, their whitelists and what is read of them."""

from __future__ import annotations

from tests.running import PASSWORD
from tests.sdk.errors.world import Case, Works, World, addresses

SMALL = "redis.master.small.default"

WORKS: Works = {
    "tair.CreateInstance": lambda world: {"RegionId": "cn-hangzhou", "InstanceClass": SMALL, "Password": PASSWORD},
    "tair.DeleteInstance": lambda world: {"InstanceId": world.standard},
    "tair.DescribeInstanceAttribute": lambda world: {"InstanceId": world.standard},
    "tair.DescribeInstances": lambda world: {},
    "tair.ModifyInstanceAttribute": lambda world: {"InstanceId": world.standard, "InstanceName": "renamed"},
    "tair.RestartInstance": lambda world: {"InstanceId": world.standard},
    "tair.FlushInstance": lambda world: {"InstanceId": world.standard},
    "tair.DescribeLogicInstanceTopology": lambda world: {"InstanceId": world.cluster},
    "tair.DescribeClusterMemberInfo": lambda world: {"InstanceId": world.cluster},
    "tair.DescribeDbInstanceConnectivity": lambda world: {"DBInstanceId": world.standard, "SrcIp": "10.0.0.1"},
    "tair.DescribeRegions": lambda world: {},
    "tair.DescribeZones": lambda world: {},
    "tair.DescribeSecurityIps": lambda world: {"InstanceId": world.standard},
    "tair.ModifySecurityIps": lambda world: {"InstanceId": world.standard, "SecurityIps": "10.0.0.1"},
}  # fmt: skip


def create(code: str, **wrong: str) -> Case:
    return Case("tair.CreateInstance", code, 400, wrong)


def cases(world: World) -> list[Case]:
    inside = {"VpcId": world.vpc, "VSwitchId": world.vswitch}
    modify = "tair.ModifySecurityIps"
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
            for entries in ("300.1.1.1", "10.0.0.1,", "10.0.0.0/33", "somewhere", ",".join(addresses(1001)))
        ),
        Case(modify, "SecurityIPList.Duplicate", 409, {"SecurityIps": "10.0.0.1,10.0.0.1"}),
        Case(modify, "SecurityIPList.Duplicate", 409, {"SecurityIps": "127.0.0.1", "ModifyMode": "Append"}),
        Case(modify, "InvalidSecurityIPList.NotFound", 404, {"SecurityIps": "10.9.9.9", "ModifyMode": "Delete"}),
        Case(modify, "InvalidSecurityIPList.NotFound", 404,
             {"SecurityIps": "127.0.0.1", "ModifyMode": "Delete", "SecurityIpGroupName": "nobodys"}),
    ]  # fmt: skip
