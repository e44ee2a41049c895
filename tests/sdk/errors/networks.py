"""Wrong calls about VPCs and vSwitches."""

from __future__ import annotations

from tests.sdk.errors.world import Case, Works, World, addresses

WORKS: Works = {
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
}  # fmt: skip


def cases(world: World) -> list[Case]:
    subnet = "vpc.CreateVSwitch"
    return [
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
        Case("vpc.DescribeVpcs", "InvalidVpcIdNumber.NotSupported", 400, {"VpcId": ",".join(addresses(21))}),
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
        Case("vpc.DescribeVSwitches", "InvalidVSwitchIdNumber.NotSupported", 404,
             {"VSwitchId": ",".join(addresses(21))}),
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
    ]  # fmt: skip
