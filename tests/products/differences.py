"""Where an operation differs from the vendor's table on purpose, each with its reason.

A line that is not needed any more makes a test fail.
"""

from __future__ import annotations

from tests.products import differences_ram, differences_rds_life, differences_slb, differences_tair, router_differences

LATER = "what it asks for is not built; the vendor's default holds"
NO_MONEY = "orders, coupons and renewals cost nothing here"
READ = "a read changes nothing, so repeating it is harmless"
NO_GROUP = "there are no dedicated clusters"
ONE_REGION = "a service is reached from its own region; endpoints elsewhere are refused"
NO_GROWTH = "storage is the machine's and does not grow by itself"
NO_TLS = "of TCPSSL listeners, which are refused"
NO_RANGE = "of a listener on a range of ports, which is refused"
ONE_VERSION = "the server is this machine's; it has one version"
SOURCE = "the calling tool, for the vendor's figures"

NO_CLIENT_CA = "clients show no certificates; they log in by password"
NO_ECS = "there are no instances to buy"
RESERVED = "the vendor's documents call it reserved"

NO_CLASSIC_SPLITTING = "only where read/write splitting has a classic endpoint; none is made here"

WITHOUT_EFFECT: dict[tuple[str, str], str] = {
    ("Ecs.CreateSecurityGroup", "ServiceManaged"): "the vendor's documents: not publicly available",
    ("Ecs.DescribeRegions", "InstanceChargeType"): NO_ECS,
    ("Ecs.DescribeRegions", "ResourceType"): NO_ECS,
    ("Ecs.DescribeSecurityGroups", "FuzzyQuery"): "deprecated by the vendor",
    ("Ecs.DescribeZones", "InstanceChargeType"): NO_ECS,
    ("Ecs.DescribeZones", "SpotStrategy"): NO_ECS,
    ("Ecs.DescribeZones", "Verbose"): NO_ECS,
    ("Ecs.ListTagResources", "TagFilter"): "the vendor's documents: not publicly available",
    ("Nlb.CreateListener", "AlpnEnabled"): NO_TLS,
    ("Nlb.CreateListener", "AlpnPolicy"): NO_TLS,
    ("Nlb.CreateListener", "CaCertificateIds"): NO_TLS,
    ("Nlb.CreateListener", "CaEnabled"): NO_TLS,
    ("Nlb.CreateListener", "CertificateIds"): NO_TLS,
    ("Nlb.CreateListener", "EndPort"): NO_RANGE,
    ("Nlb.CreateListener", "ProxyProtocolV2Config"): "of the Proxy protocol, which is refused",
    ("Nlb.CreateListener", "SecurityPolicyId"): NO_TLS,
    ("Nlb.CreateListener", "StartPort"): NO_RANGE,
    ("Nlb.CreateLoadBalancer", "BandwidthPackageId"): "of public addresses; there are none",
    ("Nlb.CreateServerGroup", "IpVersionAffinityMode"): "of DualStack groups, which are refused",
    ("Nlb.DescribeRegions", "ClientToken"): READ,
    ("Nlb.DescribeRegions", "ServiceCode"): "it is nlb",
    ("Nlb.DescribeZones", "ClientToken"): READ,
    ("Nlb.DescribeZones", "ServiceCode"): "it is nlb",
    ("Nlb.GetJobStatus", "ClientToken"): READ,
    ("Nlb.GetListenerAttribute", "ClientToken"): READ,
    ("Nlb.GetLoadBalancerAttribute", "ClientToken"): READ,
    ("Nlb.UpdateListenerAttribute", "AlpnEnabled"): NO_TLS,
    ("Nlb.UpdateListenerAttribute", "AlpnPolicy"): NO_TLS,
    ("Nlb.UpdateListenerAttribute", "CaCertificateIds"): NO_TLS,
    ("Nlb.UpdateListenerAttribute", "CaEnabled"): NO_TLS,
    ("Nlb.UpdateListenerAttribute", "CertificateIds"): NO_TLS,
    ("Nlb.UpdateListenerAttribute", "ProxyProtocolV2Config"): "of the Proxy protocol, which is refused",
    ("Nlb.UpdateListenerAttribute", "SecurityPolicyId"): NO_TLS,
    ("Nlb.UpdateServerGroupAttribute", "IpVersionAffinityMode"): "of DualStack groups, which are refused",
    ("R-kvstore.RestartInstance", "UpgradeMinorVersion"): ONE_VERSION,
    ("R-kvstore.AddShardingNode", "AutoPay"): NO_MONEY,
    ("R-kvstore.AddShardingNode", "BusinessInfo"): NO_MONEY,
    ("R-kvstore.AddShardingNode", "CouponNo"): NO_MONEY,
    ("R-kvstore.AddShardingNode", "ForceTrans"): ONE_VERSION,
    ("R-kvstore.AddShardingNode", "SourceBiz"): SOURCE,
    ("R-kvstore.DeleteShardingNode", "EffectiveTime"): "about proxy nodes; one router serves all clients",
    ("R-kvstore.DeleteShardingNode", "ForceTrans"): ONE_VERSION,
    ("R-kvstore.SwitchInstanceHA", "TargetNodeId"): "a shard has one server, and the one that takes over is made then",
    ("R-kvstore.CreateAccount", "Parameters"): "limits of Tair editions that no server here has",
    ("R-kvstore.CreateAccount", "SourceBiz"): SOURCE,
    ("R-kvstore.DeleteAccount", "SourceBiz"): SOURCE,
    ("R-kvstore.GrantAccountPrivilege", "SourceBiz"): SOURCE,
    ("R-kvstore.ResetAccountPassword", "SourceBiz"): SOURCE,
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
    ("R-kvstore.CreateInstance", "ParamGroupId"): LATER,
    ("R-kvstore.CreateInstance", "ReadOnlyCount"): LATER,
    ("R-kvstore.CreateInstance", "RecoverConfigMode"): LATER,
    ("R-kvstore.CreateInstance", "ReplicaCount"): LATER,
    ("R-kvstore.CreateInstance", "RestoreTime"): LATER,
    ("R-kvstore.CreateInstance", "SlaveReadOnlyCount"): LATER,
    ("R-kvstore.CreateInstance", "SlaveReplicaCount"): LATER,
    ("R-kvstore.CreateInstance", "SrcDBInstanceId"): LATER,
    ("R-kvstore.CreateTairInstance", "AutoPay"): NO_MONEY,
    ("R-kvstore.CreateTairInstance", "AutoRenew"): NO_MONEY,
    ("R-kvstore.CreateTairInstance", "AutoRenewPeriod"): NO_MONEY,
    ("R-kvstore.CreateTairInstance", "AutoUseCoupon"): NO_MONEY,
    ("R-kvstore.CreateTairInstance", "BackupId"): LATER,
    ("R-kvstore.CreateTairInstance", "BusinessInfo"): NO_MONEY,
    ("R-kvstore.CreateTairInstance", "ClusterBackupId"): LATER,
    ("R-kvstore.CreateTairInstance", "CouponNo"): NO_MONEY,
    ("R-kvstore.CreateTairInstance", "GlobalInstanceId"): LATER,
    ("R-kvstore.CreateTairInstance", "GlobalSecurityGroupIds"): LATER,
    ("R-kvstore.CreateTairInstance", "InstanceEndpointType"): LATER,
    ("R-kvstore.CreateTairInstance", "ParamGroupId"): LATER,
    ("R-kvstore.CreateTairInstance", "ReadOnlyCount"): LATER,
    ("R-kvstore.CreateTairInstance", "RecoverConfigMode"): LATER,
    ("R-kvstore.CreateTairInstance", "ReplicaCount"): LATER,
    ("R-kvstore.CreateTairInstance", "RestoreTime"): LATER,
    ("R-kvstore.CreateTairInstance", "SlaveReadOnlyCount"): LATER,
    ("R-kvstore.CreateTairInstance", "SlaveReplicaCount"): LATER,
    ("R-kvstore.CreateTairInstance", "SrcDBInstanceId"): LATER,
    ("Privatelink.CreateVpcEndpoint", "CrossRegionBandwidth"): ONE_REGION,
    ("Privatelink.CreateVpcEndpointService", "SupportedRegionList"): ONE_REGION,
    ("Privatelink.DescribeZones", "CrossRegion"): ONE_REGION,
    ("Privatelink.DescribeZones", "CrossRegionSide"): ONE_REGION,
    ("Privatelink.UpdateVpcEndpointAttribute", "CrossRegionBandwidth"): ONE_REGION,
    ("Privatelink.UpdateVpcEndpointServiceAttribute", "AddSupportedRegionSet"): ONE_REGION,
    ("Privatelink.UpdateVpcEndpointServiceAttribute", "DeleteSupportedRegionSet"): ONE_REGION,
    ("Rds.ModifyDBInstanceSSL", "ACL"): NO_CLIENT_CA,
    ("Rds.ModifyDBInstanceSSL", "Certificate"): "of SQL Server",
    ("Rds.ModifyDBInstanceSSL", "ClientCACert"): NO_CLIENT_CA,
    ("Rds.ModifyDBInstanceSSL", "ClientCAEnabled"): NO_CLIENT_CA,
    ("Rds.ModifyDBInstanceSSL", "ClientCertRevocationList"): NO_CLIENT_CA,
    ("Rds.ModifyDBInstanceSSL", "ClientCrlEnabled"): NO_CLIENT_CA,
    ("Rds.ModifyDBInstanceSSL", "PassWord"): "of SQL Server",
    ("Rds.ModifyDBInstanceSSL", "ReplicationACL"): NO_CLIENT_CA,
    ("Rds.ModifyDBInstanceSSL", "ServerCert"): "of the CAType custom, which is refused",
    ("Rds.ModifyDBInstanceSSL", "ServerKey"): "of the CAType custom, which is refused",
    ("Rds.ModifyDBInstanceSSL", "TlsVersion"): "of SQL Server; TLS 1.2 and 1.3 are spoken",
    ("Rds.AllocateInstancePublicConnection", "BabelfishPort"): "no server speaks Babelfish",
    ("Rds.AllocateInstancePublicConnection", "GeneralGroupName"): NO_GROUP,
    ("Rds.AllocateInstancePublicConnection", "PGBouncerPort"): "no PgBouncer runs",
    ("Rds.CreateAccount", "CheckPolicy"): "a policy of SQL Server, which is refused",
    ("Rds.CreateDBInstance", "AutoCreateProxy"): "there is no database proxy",
    ("Rds.CreateDBInstance", "AutoPay"): NO_MONEY,
    ("Rds.CreateDBInstance", "AutoRenew"): NO_MONEY,
    ("Rds.CreateDBInstance", "AutoUseCoupon"): NO_MONEY,
    ("Rds.CreateDBInstance", "BabelfishConfig"): LATER,
    ("Rds.CreateDBInstance", "BpeEnabled"): LATER,
    ("Rds.CreateDBInstance", "BurstingEnabled"): LATER,
    ("Rds.CreateDBInstance", "BusinessInfo"): NO_MONEY,
    ("Rds.CreateDBInstance", "ColdDataEnabled"): LATER,
    ("Rds.CreateDBInstance", "ConnectionMode"): "Safe is the database proxy's; there is none",
    ("Rds.CreateDBInstance", "ConnectionString"): "the name is made of the instance's id, which no caller knows yet",
    ("Rds.CreateDBInstance", "CreateStrategy"): "all instances of a call are created or none, the vendor's default",
    ("Rds.CreateDBInstance", "CustomExtraInfo"): "the vendor says nothing of it",
    ("Rds.CreateDBInstance", "DBIsIgnoreCase"): LATER,
    ("Rds.CreateDBInstance", "DBParamGroupId"): LATER,
    ("Rds.CreateDBInstance", "DBTimeZone"): LATER,
    ("Rds.CreateDBInstance", "DedicatedHostGroupId"): NO_GROUP,
    ("Rds.CreateDBInstance", "EncryptionKey"): LATER,
    ("Rds.CreateDBInstance", "ExternalReplication"): LATER,
    ("Rds.CreateDBInstance", "IoAccelerationEnabled"): LATER,
    ("Rds.CreateDBInstance", "OptimizedWrites"): LATER,
    ("Rds.CreateDBInstance", "PromotionCode"): NO_MONEY,
    ("Rds.CreateDBInstance", "RoleARN"): LATER,
    ("Rds.CreateDBInstance", "ServerlessConfig"): LATER,
    ("Rds.CreateDBInstance", "StorageAutoScale"): NO_GROWTH,
    ("Rds.CreateDBInstance", "StorageThreshold"): NO_GROWTH,
    ("Rds.CreateDBInstance", "StorageUpperBound"): NO_GROWTH,
    ("Rds.CreateDBInstance", "SystemDBCharset"): "deprecated by the vendor",
    ("Rds.CreateDBInstance", "TargetDedicatedHostIdForLog"): NO_GROUP,
    ("Rds.CreateDBInstance", "TargetDedicatedHostIdForMaster"): NO_GROUP,
    ("Rds.CreateDBInstance", "TargetDedicatedHostIdForSlave"): NO_GROUP,
    ("Rds.CreateDBInstance", "TargetMinorVersion"): LATER,
    ("Rds.CreateDBInstance", "UserBackupId"): LATER,
    ("Rds.CreateDBInstance", "WhitelistTemplateList"): LATER,
    ("Rds.CreateReadOnlyDBInstance", "AutoCreateProxy"): "there is no database proxy",
    ("Rds.CreateReadOnlyDBInstance", "AutoPay"): NO_MONEY,
    ("Rds.CreateReadOnlyDBInstance", "AutoRenew"): NO_MONEY,
    ("Rds.CreateReadOnlyDBInstance", "AutoUseCoupon"): NO_MONEY,
    ("Rds.CreateReadOnlyDBInstance", "BpeEnabled"): LATER,
    ("Rds.CreateReadOnlyDBInstance", "BurstingEnabled"): LATER,
    ("Rds.CreateReadOnlyDBInstance", "CustomExtraInfo"): RESERVED,
    ("Rds.CreateReadOnlyDBInstance", "DedicatedHostGroupId"): NO_GROUP,
    ("Rds.CreateReadOnlyDBInstance", "GdnInstanceName"): RESERVED,
    ("Rds.CreateReadOnlyDBInstance", "InstructionSetArch"): RESERVED,
    ("Rds.CreateReadOnlyDBInstance", "IoAccelerationEnabled"): LATER,
    ("Rds.CreateReadOnlyDBInstance", "PromotionCode"): NO_MONEY,
    ("Rds.CreateReadOnlyDBInstance", "TargetDedicatedHostIdForMaster"): NO_GROUP,
    ("Rds.CreateReadOnlyDBInstance", "TddlBizType"): RESERVED,
    ("Rds.CreateReadOnlyDBInstance", "TddlRegionConfig"): RESERVED,
    ("Rds.DescribeAvailableZones", "DispenseMode"): "about zones of the Finance edition; every zone has every edition",
    ("Rds.DescribeDBInstanceNetInfo", "ClientToken"): READ,
    ("Rds.DescribeDBInstanceNetInfo", "Flag"): "the vendor's documents call it spare",
    ("Rds.DescribeDBInstanceNetInfo", "GeneralGroupName"): NO_GROUP,
    ("Rds.DescribeDBInstanceNetInfoForChannel", "ClientToken"): READ,
    ("Rds.DescribeDBInstanceNetInfoForChannel", "Flag"): "the vendor's documents call it spare",
    ("Rds.DescribeDBInstances", "ClientToken"): READ,
    ("Rds.DescribeDBInstances", "proxyId"): "deprecated by the vendor",
    ("Rds.DescribeDBInstances", "QueryAutoRenewal"): "the vendor's documents call it reserved",
    ("Rds.ModifyDBInstanceConnectionString", "BabelfishPort"): "no server speaks Babelfish",
    ("Rds.ModifyDBInstanceConnectionString", "GeneralGroupName"): NO_GROUP,
    ("Rds.ModifyDBInstanceConnectionString", "PGBouncerPort"): "no PgBouncer runs",
    ("Rds.ModifyDBInstanceConnectionString", "RetainVip"): "the address always stays",
    ("Rds.ModifyDBInstanceConnectionString", "TargetDBInstanceId"): "no document says what it does",
    ("Rds.DescribeVSwitches", "DedicatedHostGroupId"): NO_GROUP,
    ("Rds.DescribeVpcs", "Product"): "it is RDS",
    ("Rds.MigrateToOtherZone", "CustomExtraInfo"): "the vendor says nothing of it",
    ("Rds.MigrateToOtherZone", "IoAccelerationEnabled"): LATER,
    ("Rds.ModifyDBInstanceNetworkType", "ReadWriteSplittingClassicExpiredDays"): NO_CLASSIC_SPLITTING,
    ("Rds.ModifyDBInstanceNetworkType", "ReadWriteSplittingPrivateIpAddress"): NO_CLASSIC_SPLITTING,
    ("Vpc.CreateVpc", "EnableDnsHostname"): "no host inside a VPC has a name of its own",
    ("Vpc.CreateVpc", "Ipv4CidrMask"): "only with Ipv4IpamPoolId, which is refused",
    ("Vpc.CreateVpc", "Ipv6CidrMask"): "only with Ipv6IpamPoolId, which is refused",
    ("Vpc.CreateVpc", "Ipv6Isp"): "only with EnableIpv6, which is refused",
    ("Vpc.CreateVSwitch", "CidrMask"): "only where CidrBlock is left out, which the gateway does not allow",
    ("Vpc.CreateVSwitch", "Ipv6CidrMask"): "only with an IPv6 block, which is refused",
    ("Vpc.CreateVSwitch", "VpcIpv6CidrBlock"): "only with an IPv6 block, which is refused",
    ("Vpc.DeleteVpc", "ForceDelete"): "about VPCs with nothing but gateways in them; there are no gateways",
    ("Vpc.DescribeRegions", "ProductType"): "every region has every product",
    ("Vpc.DescribeZones", "ZoneType"): "there are availability zones only",
    ("Vpc.ModifyVpcAttribute", "EnableDnsHostname"): "no host inside a VPC has a name of its own",
    ("Vpc.ModifyVpcAttribute", "Ipv6Isp"): "only with EnableIPv6, which is refused",
    ("Vpc.ModifyVSwitchAttribute", "Ipv6CidrMask"): "only with an IPv6 block, which is refused",
    ("Vpc.ModifyVSwitchAttribute", "VpcIpv6CidrBlock"): "only with an IPv6 block, which is refused",
}
"""Documented parameters that are accepted and change nothing."""

NO_ENGINE = {
    "SQLServer": "no server of it is managed",
    "MariaDB": "a machine's MariaDB serves MySQL instances; where MySQL or seekdb does, it would be no MariaDB",
}

REFUSED_VALUES: dict[tuple[str, str], dict[str, str]] = {
    ("R-kvstore.RestartInstance", "EffectiveTime"): {"MaintainTime": "nothing is maintained, so there is no such time"},
    ("R-kvstore.CreateInstance", "InstanceType"): {"Memcache": "no engine speaks it"},
    ("Rds.CreateDBInstance", "Engine"): NO_ENGINE,
    ("Rds.ModifyDBInstanceSSL", "CAType"): {"custom": "certificates of the user's own are not served"},
    ("Rds.DescribeAvailableZones", "Engine"): NO_ENGINE,
}
"""Documented values of a parameter that are refused."""

AS_CREATED = "CreateInstance's, for the same rule"
TERRAFORM_RETRIES = "ModifyInstanceSSL's; Terraform retries it until the instance is Normal"
UNKNOWN_INSTANCE = "what most operations of RDS say of an unknown instance"
RETRIED = "said in the wild, and what Terraform retries until the instance is Running"
ATTACH = "AttachResourceToVpcEndpointService's, for the same rule"
REPEATED = "that it cannot be repeated is documented without a code; Terraform retries this one"
PUBLIC_FAMILY = "what Terraform expects of the release; said by all that deal with public endpoints"
LIKE_CREATION = "CreateDBInstance's, for the same rule"
REGION = "VPC's (DescribeZones), for an unknown region; RDS documents none"

SAME_PLACE = "CreateDBInstance's, for the same rule"
NO_TABLE_OF_ERRORS = "its own table has errors of orders only; the rule is documented in prose"
LAST_ONE = "what Terraform expects of releases in RDS; documented for DeleteDBProxyEndpointAddress"

UNDOCUMENTED: dict[tuple[str, str, int], str] = {
    ("R-kvstore.CreateAccount", "IncorrectDBInstanceState", 403): TERRAFORM_RETRIES,
    ("R-kvstore.CreateAccount", "InvalidInstanceId.NotFound", 404): "the Describe family's",
    ("R-kvstore.DeleteAccount", "IncorrectDBInstanceState", 403): "CreateAccount's",
    ("R-kvstore.DeleteAccount", "InvalidInstanceId.NotFound", 404): "the Describe family's",
    ("R-kvstore.DescribeAccounts", "InvalidInstanceId.NotFound", 404): "the Describe family's",
    ("R-kvstore.GrantAccountPrivilege", "IncorrectDBInstanceState", 403): "CreateAccount's",
    ("R-kvstore.GrantAccountPrivilege", "InvalidInstanceId.NotFound", 404): "the Describe family's",
    ("R-kvstore.ResetAccountPassword", "IncorrectDBInstanceState", 403): "CreateAccount's",
    ("R-kvstore.ResetAccountPassword", "InvalidAccountName.NotFound", 404): "DeleteAccount's, for the same rule",
    ("R-kvstore.ResetAccountPassword", "InvalidInstanceId.NotFound", 404): "the Describe family's",
    ("R-kvstore.FlushInstance", "InstanceStatus.NotSupport", 403): "the connection family's",
    ("R-kvstore.FlushInstance", "InvalidInstanceId.NotFound", 404): "the Describe family's",
    ("R-kvstore.ModifyInstanceAttribute", "InvalidInstanceId.NotFound", 404): "the Describe family's",
    ("R-kvstore.RestartInstance", "InstanceStatus.NotSupport", 403): "the connection family's",
    ("R-kvstore.RestartInstance", "InvalidInstanceId.NotFound", 404): "the Describe family's",
    ("R-kvstore.DescribeClusterMemberInfo", "InvalidInstanceId.NotFound", 404): "the Describe family's",
    ("R-kvstore.DescribeDbInstanceConnectivity", "InvalidDbInstanceId.NotFound", 404): "the connection family's",
    ("R-kvstore.DescribeLogicInstanceTopology", "InvalidInstanceId.NotFound", 404): "the Describe family's",
    ("R-kvstore.CreateInstance", "ConnectionStringAlreadyExists", 400): "AllocateDirectConnection's, for the same rule",
    (
        "R-kvstore.CreateInstance",
        "InvalidConnectionString.Format",
        400,
    ): "AllocateDirectConnection's, for the same rule",
    ("R-kvstore.CreateInstance", "InvalidPort", 400): "the gateway's form; the port's range is documented, no error is",
    ("R-kvstore.CreateTairInstance", "ConnectionStringAlreadyExists", 400): AS_CREATED,
    ("R-kvstore.CreateTairInstance", "InvalidConnectionString.Format", 400): AS_CREATED,
    ("R-kvstore.CreateTairInstance", "InvalidPort", 400): AS_CREATED,
    ("R-kvstore.CreateTairInstance", "InvalidShardInfo.Format", 400): AS_CREATED,
    ("R-kvstore.CreateTairInstance", "ZoneIdNotFound", 400): AS_CREATED,
    ("R-kvstore.AllocateDirectConnection", "InvalidPort", 400): "as in CreateInstance",
    ("R-kvstore.AllocateDirectConnection", "QuotaNotEnough", 400): "CreateInstance's, for a vSwitch without addresses",
    ("R-kvstore.AllocateInstancePublicConnection", "InvalidInstanceId.NotFound", 404): PUBLIC_FAMILY,
    (
        "R-kvstore.AllocateInstancePublicConnection",
        "InstanceStatus.NotSupport",
        403,
    ): "the direct connection's; Normal is required in prose",
    ("R-kvstore.AllocateInstancePublicConnection", "InvalidPort", 400): "as in CreateInstance",
    (
        "R-kvstore.AllocateInstancePublicConnection",
        "ConnectionStringAlreadyExists",
        400,
    ): "AllocateDirectConnection's, for the same rule",
    ("R-kvstore.ReleaseInstancePublicConnection", "InvalidInstanceId.NotFound", 404): PUBLIC_FAMILY,
    (
        "R-kvstore.ReleaseInstancePublicConnection",
        "InstanceStatus.NotSupport",
        403,
    ): "the direct connection's; Normal is required in prose",
    ("R-kvstore.ModifyDBInstanceConnectionString", "InvalidInstanceId.NotFound", 404): PUBLIC_FAMILY,
    (
        "R-kvstore.ModifyDBInstanceConnectionString",
        "InstanceStatus.NotSupport",
        403,
    ): "the direct connection's; Normal is required in prose",
    ("R-kvstore.ModifyDBInstanceConnectionString", "InvalidPort", 400): "as in CreateInstance",
    (
        "R-kvstore.ModifyDBInstanceConnectionString",
        "ConnectionStringAlreadyExists",
        400,
    ): "AllocateDirectConnection's, for the same rule",
    (
        "R-kvstore.ModifyDBInstanceConnectionString",
        "NetTypeNotExists",
        400,
    ): "ReleaseDirectConnection's: no endpoint has that name",
    ("R-kvstore.DeleteInstance", "InvalidInstanceId.NotFound", 404): "what Terraform expects of it",
    (
        "R-kvstore.DeleteInstance",
        "InstanceStatus.NotSupport",
        403,
    ): "the connection family's; Normal is required in prose",
    ("R-kvstore.DescribeInstanceAttribute", "InvalidInstanceId.NotFound", 404): "what Terraform polls for",
    ("R-kvstore.DescribeDBInstanceNetInfo", "InvalidInstanceId.NotFound", 404): "what Terraform expects of it",
    ("R-kvstore.DescribeZones", "InvalidRegion.Format", 400): "CreateInstance's, for the same rule",
    ("R-kvstore.ModifyInstanceSSL", "InvalidInstanceId.NotFound", 404): "DescribeInstanceSSL's, for the same rule",
    ("R-kvstore.ModifySecurityIps", "InvalidInstanceId.NotFound", 404): "DescribeSecurityIps', for the same rule",
    ("R-kvstore.ModifySecurityIps", "InstanceStatus.NotSupport", 403): "the connection family's; while it is deleted",
    ("R-kvstore.ModifySecurityIps", "InvalidSecurityIps", 400): "the gateway's form for an entry that is no address",
    ("Privatelink.AddUserToVpcEndpointService", "EndpointServiceOperationDenied", 400): "Active is required in prose",
    ("Privatelink.CreateVpcEndpointService", "EndpointServiceResourceExist", 400): ATTACH,
    ("Privatelink.CreateVpcEndpointService", "EndpointServiceResourceTypeNotEqual", 400): ATTACH,
    ("Privatelink.CreateVpcEndpointService", "EndpointServiceResourceTypeNotSupport", 400): ATTACH,
    ("Privatelink.DetachResourceFromVpcEndpointService", "EndpointServiceOperationDenied", 400): "Attach's, likewise",
    ("Privatelink.DisableVpcEndpointZoneConnection", "ConcurrentCallNotSupported", 400): REPEATED,
    ("Privatelink.EnableVpcEndpointZoneConnection", "ConcurrentCallNotSupported", 400): REPEATED,
    ("Rds.DescribeDBInstanceSSL", "InvalidDBInstanceName.NotFound", 404): UNKNOWN_INSTANCE,
    ("Rds.ModifyDBInstanceSSL", "InvalidDBInstanceName.NotFound", 404): UNKNOWN_INSTANCE,
    ("Rds.ModifyDBInstanceSSL", "OperationDenied.DBInstanceStatus", 403): RETRIED,
    ("Rds.AllocateInstancePublicConnection", "InvalidDBInstanceName.NotFound", 404): UNKNOWN_INSTANCE,
    ("Rds.AllocateInstancePublicConnection", "OperationDenied.DBInstanceStatus", 403): RETRIED,
    ("Rds.CreateAccount", "InvalidAccountName.Malformed", 400): "the form of the other errors about account names",
    ("Rds.CreateDBInstance", "InvalidEngine.Malformed", 400): "DescribeAccounts', for an engine that is refused",
    ("Rds.CreateDBInstance", "InvalidRegionId.NotFound", 404): REGION,
    ("Rds.CreateDBInstance", "InvalidVpcId.NotFound", 404): "VPC's, for the same rule; only the vSwitch has one here",
    ("Rds.CreateAccount", "IncorrectDBInstanceCharacterType", 403): "DeleteAccount's, for the same rule",
    ("Rds.CreateReadOnlyDBInstance", "InsufficientResourceCapacity", 404): LIKE_CREATION,
    ("Rds.CreateReadOnlyDBInstance", "InvalidDBInstanceClass.Malformed", 400): LIKE_CREATION,
    ("Rds.CreateReadOnlyDBInstance", "InvalidPort.Malformed", 400): LIKE_CREATION,
    ("Rds.CreateReadOnlyDBInstance", "InvalidPrivateIpAddress.Format", 400): LIKE_CREATION,
    ("Rds.CreateReadOnlyDBInstance", "InvalidPrivateIpAddress.Mismatch", 400): LIKE_CREATION,
    ("Rds.CreateReadOnlyDBInstance", "InvalidRegionId.NotFound", 404): REGION,
    ("Rds.CreateReadOnlyDBInstance", "VswitchIpExhausted", 400): LIKE_CREATION,
    ("Rds.DeleteDBInstance", "OperationDenied.ReadDBInstanceStatus", 403): "what Terraform retries until they are gone",
    ("Rds.DescribeAvailableZones", "InvalidEngine.Malformed", 400): "as in CreateDBInstance",
    ("Rds.DescribeAvailableZones", "InvalidRegionId.NotFound", 404): REGION,
    ("Rds.ReleaseInstanceConnection", "InvalidDBInstanceName.NotFound", 404): UNKNOWN_INSTANCE,
    ("Rds.ReleaseInstanceConnection", "OperationDenied.DBInstanceStatus", 403): RETRIED,
    ("Rds.ReleaseInstancePublicConnection", "InvalidDBInstanceName.NotFound", 404): UNKNOWN_INSTANCE,
    ("Rds.ReleaseInstancePublicConnection", "OperationDenied.DBInstanceStatus", 403): RETRIED,
    ("Rds.DescribeSecurityGroupConfiguration", "InvalidDBInstanceName.NotFound", 404): UNKNOWN_INSTANCE,
    ("Rds.MigrateSecurityIPMode", "InvalidDBInstanceName.NotFound", 404): UNKNOWN_INSTANCE,
    ("Rds.MigrateSecurityIPMode", "OperationDenied.DBInstanceStatus", 403): RETRIED,
    ("Rds.ModifySecurityGroupConfiguration", "InvalidDBInstanceName.NotFound", 404): UNKNOWN_INSTANCE,
    ("Rds.ModifySecurityGroupConfiguration", "OperationDenied.DBInstanceStatus", 403): RETRIED,
    ("Rds.ModifyDBInstanceNetworkExpireTime", "InvalidConnectionString.NotFound", 404): NO_TABLE_OF_ERRORS,
    ("Rds.ModifyDBInstanceNetworkExpireTime", "InvalidDBInstanceName.NotFound", 404): UNKNOWN_INSTANCE,
    ("Rds.ModifyDBInstanceNetworkExpireTime", "OperationDenied.DBInstanceStatus", 403): RETRIED,
    ("Rds.ModifyDBInstanceNetworkType", "InvalidDBInstanceName.NotFound", 404): UNKNOWN_INSTANCE,
    ("Rds.ModifyDBInstanceNetworkType", "InvalidPrivateIpAddress.AlreadyUsed", 400): SAME_PLACE,
    ("Rds.ModifyDBInstanceNetworkType", "InvalidPrivateIpAddress.Format", 400): SAME_PLACE,
    ("Rds.ModifyDBInstanceNetworkType", "InvalidPrivateIpAddress.Mismatch", 400): SAME_PLACE,
    ("Rds.ModifyDBInstanceNetworkType", "InvalidVpcId.NotFound", 404): SAME_PLACE,
    ("Rds.ModifyDBInstanceNetworkType", "InvalidVswitchId", 403): SAME_PLACE,
    ("Rds.ReleaseInstanceConnection", "AtLeastOneNetTypeExists", 400): LAST_ONE,
    ("Rds.ReleaseInstancePublicConnection", "AtLeastOneNetTypeExists", 400): LAST_ONE,
    ("Rds.SwitchDBInstanceNetType", "EngineNotSupported", 400): NO_TABLE_OF_ERRORS,
    ("Rds.SwitchDBInstanceNetType", "IncorrectDBInstanceNetType", 400): NO_TABLE_OF_ERRORS,
    ("Rds.SwitchDBInstanceNetType", "InvalidConnectionString.Duplicate", 404): NO_TABLE_OF_ERRORS,
    ("Rds.SwitchDBInstanceNetType", "InvalidConnectionString.Malformed", 400): NO_TABLE_OF_ERRORS,
    ("Rds.SwitchDBInstanceNetType", "InvalidDBInstanceName.NotFound", 404): UNKNOWN_INSTANCE,
    ("Rds.SwitchDBInstanceNetType", "InvalidPort.Malformed", 400): NO_TABLE_OF_ERRORS,
    ("Rds.SwitchDBInstanceNetType", "NetTypeChangeTimesExceeded", 403): NO_TABLE_OF_ERRORS,
    ("Rds.SwitchDBInstanceNetType", "OperationDenied.DBInstanceStatus", 403): RETRIED,
    ("Rds.SwitchDBInstanceVpc", "InvalidDBInstanceName.NotFound", 404): UNKNOWN_INSTANCE,
    ("Rds.SwitchDBInstanceVpc", "InvalidPrivateIpAddress.AlreadyUsed", 400): SAME_PLACE,
    ("Rds.SwitchDBInstanceVpc", "InvalidPrivateIpAddress.Format", 400): SAME_PLACE,
    ("Rds.SwitchDBInstanceVpc", "InvalidVswitchId", 403): SAME_PLACE,
    ("Rds.SwitchDBInstanceVpc", "OperationDenied.DBInstanceStatus", 403): RETRIED,
    ("Rds.SwitchDBInstanceVpc", "VswitchIpExhausted", 400): SAME_PLACE,
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
    ("R-kvstore.CreateTairInstance", "ResourceNotAvailable", 400): "as in CreateInstance",
    ("Rds.CreateDBInstance", "InsufficientResourceCapacity", 404): "the machine lacks an engine; the vendor's: a zone",
    ("Vpc.CreateVpc", "OperationUnsupported.Ipv6Feature", 400): "the vendor's text is filled in by the service",
    ("Vpc.CreateVSwitch", "OperationFailed.VpcIpv6Disabled", 400): "the vendor's text is filled in by the service",
    ("Vpc.DeleteVpc", "DependencyViolation.CloudServiceResource", 400): "the vendor's text is filled in by the service",
    ("Vpc.ModifyVSwitchAttribute", "InvalidVSwitchDiscription.Malformed", 400): "CreateVSwitch's, with one blank more",
    (
        "Vpc.ModifyVpcAttribute",
        "OperationUnsupported.Ipv6Feature",
        400,
    ): "the vendor's text is filled in by the service",
    (
        "Vpc.ModifyVSwitchAttribute",
        "OperationFailed.VpcIpv6Disabled",
        400,
    ): "the vendor's text is filled in by the service",
}
"""Errors whose text is not the documented one."""

NOT_RAISED: dict[tuple[str, str], str] = {
    ("Privatelink.CheckProductOpen", "NeedOpenProduct"): "it is open for every account",
}
"""Declared errors that nothing raises yet."""

ALL_RESOURCES = {
    "Ecs.AuthorizeSecurityGroupEgress",
    "Ecs.ModifySecurityGroupRule",
    "Ecs.DescribeRegions",
    "Ecs.DescribeZones",
    "Privatelink.ChangeResourceGroup",
    "Privatelink.CheckProductOpen",
    "Privatelink.DescribeRegions",
    "Privatelink.DescribeZones",
    "Privatelink.ListTagResources",
    "Privatelink.OpenPrivateLinkService",
    "Privatelink.TagResources",
    "Privatelink.UntagResources",
    "R-kvstore.DescribeRegions",
    "R-kvstore.DescribeZones",
    "Rds.DescribeRegions",
    "Rds.DescribeAvailableZones",
    "Vpc.DescribeRegions",
    "Vpc.DescribeZones",
    "Vpc.TagResources",
    "Vpc.UnTagResources",
    "Vpc.ListTagResources",
    "Nlb.DescribeRegions",
    "Nlb.DescribeZones",
    "Nlb.GetJobStatus",
    "Nlb.ListTagResources",
    "Nlb.TagResources",
    "Nlb.UntagResources",
    "Slb.DescribeRegions",
    "Slb.DescribeZones",
    "Slb.ListTagResources",
    "Slb.TagResources",
    "Slb.UntagResources",
    "Ram.TagResources",
    "Ram.UntagResources",
    "Ram.ListTagResources",
    "Sts.GetCallerIdentity",
    "Location.DescribeEndpoints",
}
"""Operations that are about no resource of an account, or (rules of security groups) for which policies name none."""

NO_TABLE = {"Location"}
"""Products whose metadata the vendor does not publish."""

NOT_YET_COMPARED: set[str] = set()
"""Products whose differences from their table were not judged one by one so far."""

WITHOUT_EFFECT |= differences_tair.WITHOUT_EFFECT
REFUSED_VALUES |= differences_tair.REFUSED_VALUES
UNDOCUMENTED |= differences_tair.UNDOCUMENTED
UNDOCUMENTED |= differences_ram.UNDOCUMENTED
OWN_TEXTS |= differences_ram.OWN_TEXTS
WITHOUT_EFFECT |= differences_rds_life.WITHOUT_EFFECT
REFUSED_VALUES |= differences_rds_life.REFUSED_VALUES
UNDOCUMENTED |= differences_rds_life.UNDOCUMENTED
OWN_TEXTS |= differences_rds_life.OWN_TEXTS
WITHOUT_EFFECT |= router_differences.WITHOUT_EFFECT
UNDOCUMENTED |= router_differences.UNDOCUMENTED
OWN_TEXTS |= router_differences.OWN_TEXTS
REFUSED_VALUES |= router_differences.REFUSED_VALUES
WITHOUT_EFFECT |= differences_slb.WITHOUT_EFFECT
