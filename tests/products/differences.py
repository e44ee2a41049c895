"""Where an operation differs from the vendor's table on purpose, each with its reason.

A line that is not needed any more makes a test fail.
"""

from __future__ import annotations

LATER = "what it asks for is not built; the vendor's default holds"
NO_MONEY = "orders, coupons and renewals cost nothing here"

WITHOUT_EFFECT: dict[tuple[str, str], str] = {
    ("R-kvstore.CreateInstance", "Appendonly"): "every server runs without persistence of its own choice",
    ("R-kvstore.CreateInstance", "AutoRenew"): NO_MONEY,
    ("R-kvstore.CreateInstance", "AutoRenewPeriod"): NO_MONEY,
    ("R-kvstore.CreateInstance", "AutoUseCoupon"): NO_MONEY,
    ("R-kvstore.CreateInstance", "BackupId"): LATER,
    ("R-kvstore.CreateInstance", "BusinessInfo"): NO_MONEY,
    ("R-kvstore.CreateInstance", "ClusterBackupId"): LATER,
    ("R-kvstore.CreateInstance", "CouponNo"): NO_MONEY,
    ("R-kvstore.CreateInstance", "DedicatedHostGroupId"): LATER,
    ("R-kvstore.CreateInstance", "GlobalInstance"): LATER,
    ("R-kvstore.CreateInstance", "GlobalInstanceId"): LATER,
    ("R-kvstore.CreateInstance", "GlobalSecurityGroupIds"): LATER,
    ("R-kvstore.CreateInstance", "InstanceEndpointType"): LATER,
    ("R-kvstore.CreateInstance", "MaintainEndTime"): "nothing is maintained; the vendor's default is shown",
    ("R-kvstore.CreateInstance", "MaintainStartTime"): "nothing is maintained; the vendor's default is shown",
    ("R-kvstore.CreateInstance", "ParamGroupId"): LATER,
    ("R-kvstore.CreateInstance", "ReadOnlyCount"): LATER,
    ("R-kvstore.CreateInstance", "RecoverConfigMode"): LATER,
    ("R-kvstore.CreateInstance", "ReplicaCount"): LATER,
    ("R-kvstore.CreateInstance", "RestoreTime"): LATER,
    ("R-kvstore.CreateInstance", "SlaveReadOnlyCount"): LATER,
    ("R-kvstore.CreateInstance", "SlaveReplicaCount"): LATER,
    ("R-kvstore.CreateInstance", "SrcDBInstanceId"): LATER,
    ("Vpc.CreateVpc", "EnableDnsHostname"): "no host inside a VPC has a name of its own",
    ("Vpc.CreateVpc", "Ipv4CidrMask"): "only with Ipv4IpamPoolId, which is refused",
    ("Vpc.CreateVpc", "Ipv6CidrMask"): "only with Ipv6IpamPoolId, which is refused",
    ("Vpc.CreateVpc", "Ipv6Isp"): "only with EnableIpv6, which is refused",
    ("Vpc.CreateVSwitch", "CidrMask"): "only where CidrBlock is left out, which the gateway does not allow",
    ("Vpc.CreateVSwitch", "Ipv6CidrMask"): "only with an IPv6 block, which is refused",
    ("Vpc.CreateVSwitch", "VpcIpv6CidrBlock"): "only with an IPv6 block, which is refused",
    ("Vpc.DescribeRegions", "ProductType"): "every region has every product",
    ("Vpc.DescribeZones", "ZoneType"): "there are availability zones only",
}
"""Documented parameters that are accepted and change nothing."""

REFUSED_VALUES: dict[tuple[str, str], dict[str, str]] = {
    ("R-kvstore.CreateInstance", "InstanceType"): {"Memcache": "no engine speaks it"},
}
"""Documented values of a parameter that are refused."""

UNDOCUMENTED: dict[tuple[str, str, int], str] = {
    ("R-kvstore.CreateInstance", "ConnectionStringAlreadyExists", 400): "AllocateDirectConnection's, for the same rule",
    (
        "R-kvstore.CreateInstance",
        "InvalidConnectionString.Format",
        400,
    ): "AllocateDirectConnection's, for the same rule",
    ("R-kvstore.CreateInstance", "InvalidPort", 400): "the gateway's form; the port's range is documented, no error is",
    ("R-kvstore.AllocateDirectConnection", "InvalidPort", 400): "as in CreateInstance",
    ("R-kvstore.AllocateDirectConnection", "QuotaNotEnough", 400): "CreateInstance's, for a vSwitch without addresses",
    ("R-kvstore.DeleteInstance", "InvalidInstanceId.NotFound", 404): "what Terraform expects of it",
    (
        "R-kvstore.DeleteInstance",
        "InstanceStatus.NotSupport",
        403,
    ): "the connection family's; Normal is required in prose",
    ("R-kvstore.DescribeInstanceAttribute", "InvalidInstanceId.NotFound", 404): "what Terraform polls for",
    ("R-kvstore.DescribeDBInstanceNetInfo", "InvalidInstanceId.NotFound", 404): "what Terraform expects of it",
    ("R-kvstore.DescribeZones", "InvalidRegion.Format", 400): "CreateInstance's, for the same rule",
    ("R-kvstore.ModifySecurityIps", "InvalidInstanceId.NotFound", 404): "DescribeSecurityIps', for the same rule",
    ("R-kvstore.ModifySecurityIps", "InstanceStatus.NotSupport", 403): "the connection family's; while it is deleted",
    ("R-kvstore.ModifySecurityIps", "InvalidSecurityIps", 400): "the gateway's form for an entry that is no address",
    ("Vpc.DescribeVpcs", "InvalidRegionId.NotFound", 404): "CreateVpc's, for the same rule",
    ("Vpc.DescribeVpcAttribute", "InvalidVpcId.NotFound", 404): "CreateVSwitch's, for the same rule",
}
"""Errors that the operation's own table lacks, and why they are said all the same."""

OWN_TEXTS: dict[tuple[str, str, int], str] = {
    (
        "R-kvstore.CreateInstance",
        "ResourceNotAvailable",
        400,
    ): "the machine lacks an engine; the vendor's is about finance",
    ("Vpc.CreateVpc", "OperationUnsupported.Ipv6Feature", 400): "the vendor's text is filled in by the service",
    ("Vpc.CreateVSwitch", "OperationFailed.VpcIpv6Disabled", 400): "the vendor's text is filled in by the service",
}
"""Errors whose text is not the documented one."""

NOT_RAISED: dict[tuple[str, str], str] = {
    ("R-kvstore.DeleteInstance", "InstanceReleaseProtection"): "no operation that protects an instance is built",
}
"""Declared errors that nothing raises yet."""

ALL_RESOURCES = {
    "R-kvstore.DescribeRegions",
    "R-kvstore.DescribeZones",
    "Vpc.DescribeRegions",
    "Vpc.DescribeZones",
    "Sts.GetCallerIdentity",
    "Location.DescribeEndpoints",
}
"""Operations that are about no resource of an account."""

NO_TABLE = {"Location"}
"""Products whose metadata the vendor does not publish."""

NOT_YET_COMPARED = {"Rds"}
"""Products whose differences from their table were not judged one by one so far."""
