"""Fields of the official SDKs' models that are left out on purpose, each with its reason.

The vendor, too, leaves out (or empty) what an instance does not have. A line that is not needed any more makes a test
fail. Parameters at the top of a request stand in ``differences.WITHOUT_EFFECT``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

PLANNED = "planned, with what it is about"
NO_COPIES = "of a copy in another place; one machine is one place"
NO_SIZES = "of storage and processors that the vendor adds, saves or compresses; the machine's are what they are"
NO_SALE = "nothing is sold here"
NO_GROUP = "there are no dedicated clusters"
NO_SERVERLESS = "of serverless instances, which are refused"
NO_CLIENT_CA = "clients show no certificates; they log in by password"
NO_IPV6 = "IPv6 blocks and addresses are refused"
NO_PUBLIC = "load balancers are private"
NO_MACHINES = "there are no virtual machines"
NO_OTHER_PORTS = "no server speaks Babelfish, and no PgBouncer runs"
TCP_CHECKS = "of health checks by UDP or HTTP; servers are checked by TCP"
ONE_REGION = "a service is reached from its own region"
NO_ACL = "of access control lists, which are refused"
NO_PAIRS = "of primary and secondary server groups, which are refused"
SQL_SERVER = "of SQL Server, which is refused"

Listed = dict[tuple[str, str], str]


def _fields(why: str, inside: str, fields: str, *operations: str) -> Iterable[tuple[tuple[str, str], str]]:
    """Lines for some fields. :param inside: the path of the object that has them; empty for the reply itself."""
    prefix = f"{inside}." if inside else ""
    return [((operation, f"{prefix}{field}"), why) for operation in operations for field in fields.split()]


def _table(*groups: Iterable[tuple[tuple[str, str], str]]) -> Listed:
    lines = [line for group in groups for line in group]
    table = dict(lines)
    twice = [field for field, times in Counter(field for field, _ in lines).items() if times > 1]
    if twice:
        raise ValueError(f"listed twice: {twice}")
    return table


_ATTRIBUTE = "R-kvstore.DescribeInstanceAttribute"
_INSTANCES = "R-kvstore.DescribeInstances"
_DB_ATTRIBUTE = "Rds.DescribeDBInstanceAttribute"
_DB_INSTANCES = "Rds.DescribeDBInstances"
_DB = "Items.DBInstanceAttribute"
_NET = "DBInstanceNetInfos.DBInstanceNetInfo"
_CHECK = "HealthCheckConfig"
_HTTP_CHECK = "HealthCheckDomain HealthCheckHttpCode HealthCheckMethod HealthCheckURI"

LEFT_OUT: Listed = _table(
    _fields(NO_COPIES, "Instances.DBInstanceAttribute", "GlobalInstanceId ReplicaId", _ATTRIBUTE),
    _fields(NO_COPIES, "Instances.KVStoreInstance", "GlobalInstanceId ReplacateId", _INSTANCES),
    _fields(
        "replicas are servers of the instance itself, and counted nowhere",
        "Instances.DBInstanceAttribute",
        "SlaveReplicaCount AutoSecondaryZone",
        _ATTRIBUTE,
    ),
    _fields(
        "replicas are servers of the instance itself, and counted nowhere",
        "Instances.KVStoreInstance",
        "ReplicaCount SlaveReplicaCount SlaveReadOnlyCount",
        _INSTANCES,
    ),
    _fields(PLANNED, "Instances.KVStoreInstance", "ShardClass", _INSTANCES),
    _fields(
        "of kinds of hosts that the vendor chooses among", "Instances.DBInstanceAttribute", "CloudType ComputingType",
        _ATTRIBUTE,
    ),
    _fields(
        "of kinds of hosts that the vendor chooses among", "Instances.KVStoreInstance",
        "CloudType ComputingType QuotaCount UsedCount WorkspaceId", _INSTANCES,
    ),
    _fields("nothing is backed up", "Instances.DBInstanceAttribute", "BackupLogStartTime", _ATTRIBUTE),
    _fields(
        "limits of Tair editions that no server here has", "Accounts.Account", "Parameters",
        "R-kvstore.DescribeAccounts",
    ),
    _fields(
        "of read-only replicas' own addresses, which no instance has", "NetInfoItems.InstanceNetInfo", "IsSlaveProxy",
        "R-kvstore.DescribeDBInstanceNetInfo",
    ),
    _fields(NO_SIZES, "ClusterChildren", "BinlogRetentionDays DiskSizeMB", "R-kvstore.DescribeClusterMemberInfo"),
    _fields(NO_GROUP, "ClusterChildren", "ResourceGroupName", "R-kvstore.DescribeClusterMemberInfo"),
    _fields(
        PLANNED, _DB,
        "GuardDBInstanceId IncrementSourceDBInstanceId ReadOnlyStatus TempDBInstanceId TimeZone Collation",
        _DB_ATTRIBUTE,
    ),
    _fields(NO_SIZES, f"{_DB}.DBClusterNodes.DBClusterNode", "ClassType Cpu Memory", _DB_ATTRIBUTE),
    _fields(NO_COPIES, f"{_DB}.DBClusterNodes.DBClusterNode", "DisasterRecoveryNode", _DB_ATTRIBUTE),
    _fields(PLANNED, "Items.DBInstance", "GuardDBInstanceId TempDBInstanceId", _DB_INSTANCES),
    _fields(
        NO_COPIES, _DB,
        "BlueGreenDeploymentName BlueInstanceName GreenInstanceName DisasterRecoveryInfo DisasterRecoveryInstances "
        "DrReplicaInfo IsAnalyticIns IsAnalyticReadOnlyIns WarmStandbyInfo",
        _DB_ATTRIBUTE,
    ),
    _fields(
        NO_COPIES, "Items.DBInstance",
        "BlueGreenDeploymentName BlueInstanceName GreenInstanceName IsAnalyticIns IsAnalyticReadOnlyIns SwitchWeight",
        _DB_INSTANCES,
    ),
    _fields(
        NO_SIZES, _DB,
        "AdvancedFeatures BpeEnabled BurstingEnabled ColdDataEnabled CompressionMode CompressionRatio "
        "ComputeBurstEnabled DBInstanceDiskUsed IoAccelerationEnabled NodePerformance OptimizedWritesInfo "
        "SupportCompression VectorSupportStatus",
        _DB_ATTRIBUTE,
    ),
    _fields(
        NO_SIZES, "Items.DBInstance", "BpeEnabled BurstingEnabled ColdDataEnabled IoAccelerationEnabled", _DB_INSTANCES
    ),
    _fields(
        NO_SALE, _DB, "CanTempUpgrade MultipleTempUpgrade TempUpgradeTimeEnd TempUpgradeTimeStart", _DB_ATTRIBUTE
    ),
    _fields(NO_SALE, "Items.DBInstance", "AutoRenewal DestroyTime", _DB_INSTANCES),
    _fields(NO_SALE, "", "OrderId", "Nlb.CreateLoadBalancer"),
    _fields(NO_GROUP, _DB, "DedicatedHostGroupId GeneralGroupName", _DB_ATTRIBUTE),
    _fields(
        NO_GROUP, "Items.DBInstance",
        "DedicatedHostGroupId DedicatedHostGroupName DedicatedHostIdForLog DedicatedHostIdForMaster "
        "DedicatedHostIdForSlave DedicatedHostNameForLog DedicatedHostNameForMaster DedicatedHostNameForSlave "
        "DedicatedHostZoneIdForLog DedicatedHostZoneIdForMaster DedicatedHostZoneIdForSlave GeneralGroupName",
        _DB_INSTANCES,
    ),
    _fields(NO_SERVERLESS, f"{_DB}.ServerlessConfig", "AutoPause ScaleMax ScaleMin SwitchForce", _DB_ATTRIBUTE),
    _fields(NO_OTHER_PORTS, _DB, "BabelfishConfig PGBouncerEnabled", _DB_ATTRIBUTE),
    _fields(NO_OTHER_PORTS, _NET, "BabelfishPort PGBouncerPort", "Rds.DescribeDBInstanceNetInfo"),
    _fields(SQL_SERVER, f"{_DB}.Extra", "AccountSecurityPolicy RecoveryModel", _DB_ATTRIBUTE),
    _fields(SQL_SERVER, "Accounts.DBInstanceAccount", "CheckPolicy PasswordExpireTime", "Rds.DescribeAccounts"),
    _fields(SQL_SERVER, "", "SystemAdminAccountFirstActivationTime", "Rds.DescribeAccounts"),
    _fields(SQL_SERVER, "", "TlsVersion", "Rds.DescribeDBInstanceSSL"),
    _fields("certificates of the user's own are not served", "", "ServerCert ServerKey", "Rds.DescribeDBInstanceSSL"),
    _fields(
        NO_CLIENT_CA, "", "ACL ReplicationACL ClientCACert ClientCACertExpireTime ClientCertRevocationList",
        "Rds.DescribeDBInstanceSSL",
    ),
    _fields(
        "RequireUpdate itself tells whether the certificate is to be renewed", "",
        "ModifyStatusReason RequireUpdateItem RequireUpdateReason", "Rds.DescribeDBInstanceSSL",
    ),
    _fields(SQL_SERVER, "Databases.Database", "AdvancedInfo BasicInfo RuntimeInfo", "Rds.DescribeDatabases"),
    _fields("of an engine that is not managed", "Databases.Database", "DuckDBEnabled", "Rds.DescribeDatabases"),
    _fields(
        "of an engine that is not managed", "", "DBProxyEndpointCostThresholdForDuckdb", "Rds.DescribeDBProxyEndpoint"
    ),
    _fields("the resource group is told by the instance", "", "ResourceGroupId", "Rds.DescribeAccounts"),
    _fields(PLANNED, f"{_NET}.DBInstanceWeights.DBInstanceWeight", "Role", "Rds.DescribeDBInstanceNetInfo"),
    _fields(
        "nothing is backed up", "", "AccessDeniedDetail BackupLogStartTime DbsInstance PreferredNextBackupTime",
        "R-kvstore.DescribeBackupPolicy",
    ),
    _fields(
        "a server has the machine's one version", "",
        "DBLatestMinorVersion DBVersionRelease IsOpenNGLB IsRedisCompatibleVersion ProxyLatestMinorVersion "
        "ProxyVersionRelease",
        "R-kvstore.DescribeEngineVersion",
    ),
    _fields(
        NO_SALE, "", "AutoRenewal BandwidthExpireTime BandwidthPrePaid HasPrePaidBandWidthOrderRunning",
        "R-kvstore.DescribeIntranetAttribute",
    ),
    _fields(
        "of Sentinel's protocol and of semi-synchronous copies, which no server here has", "",
        "ParamNoLooseSentinelEnabled ParamNoLooseSentinelPasswordFreeAccess "
        "ParamNoLooseSentinelPasswordFreeCommands ParamReplMode ParamReplTimeout ParamSentinelCompatEnable",
        "R-kvstore.DescribeInstanceConfig",
    ),
    _fields(
        "no instance has a key; it always refuses", "",
        "Creator DeleteDate Description EncryptionKey EncryptionKeyStatus EncryptionName KeyUsage MaterialExpireTime "
        "Origin RoleArn",
        "R-kvstore.DescribeEncryptionKey",
    ),
    _fields("nothing is migrated from elsewhere", "", "MigrationId", "Rds.StartDBInstance"),
    _fields(
        "PostgreSQL tells them itself (pg_stat_replication); the delay of the replay is told",
        "Items.Items.ReadonlyInstanceDelay.ReadonlyInstanceDelay",
        "FlushLag FlushLatency ReplayLag SendLatency WriteLag WriteLatency", "Rds.DescribeReadDBInstanceDelay",
    ),
    _fields(
        "a dry run is answered by the error DryRunOperation; tags are set or the call fails", "",
        "DryRun DryRunResult TagResult", "Rds.CreateDBInstance",
    ),
    _fields("no machine leases an address", "Vpcs.Vpc", "DhcpOptionsSetId DhcpOptionsSetStatus", "Vpc.DescribeVpcs"),
    _fields("no machine leases an address", "", "DhcpOptionsSetId DhcpOptionsSetStatus", "Vpc.DescribeVpcAttribute"),
    _fields("no host inside a VPC has a name of its own", "Vpcs.Vpc", "DnsHostnameStatus", "Vpc.DescribeVpcs"),
    _fields("no host inside a VPC has a name of its own", "", "DnsHostnameStatus", "Vpc.DescribeVpcAttribute"),
    _fields(NO_IPV6, "Vpcs.Vpc", "Ipv6CidrBlocks", "Vpc.DescribeVpcs"),
    _fields(NO_IPV6, "", "Ipv6CidrBlocks", "Vpc.DescribeVpcAttribute"),
    _fields(
        "nothing leaves a VPC but through PrivateLink", "",
        "AssociatedCens AssociatedPropagationSources Ipv4GatewayId SupportIpv4Gateway", "Vpc.DescribeVpcAttribute",
    ),
    _fields(
        NO_MACHINES, "Zones.Zone",
        "AvailableDedicatedHostTypes AvailableResources AvailableVolumeCategories DedicatedHostGenerations",
        "Ecs.DescribeZones",
    ),
    _fields(NO_MACHINES, "SecurityGroups.SecurityGroup", "AvailableInstanceAmount", "Ecs.DescribeSecurityGroups"),
    _fields(
        "no other service of the vendor's manages a group here", "SecurityGroups.SecurityGroup", "ServiceID",
        "Ecs.DescribeSecurityGroups",
    ),
    _fields(
        "rules name their ports themselves", "Permissions.Permission", "PortRangeListId PortRangeListName",
        "Ecs.DescribeSecurityGroupAttribute",
    ),
    _fields("of the Proxy protocol, which is refused", "", "ProxyProtocolV2Config", "Nlb.GetListenerAttribute"),
    _fields("of the Proxy protocol, which is refused", "Listeners", "ProxyProtocolV2Config", "Nlb.ListListeners"),
    _fields(NO_PUBLIC, "", "BandwidthPackageId", "Nlb.GetLoadBalancerAttribute"),
    _fields(NO_PUBLIC, "LoadBalancers", "BandwidthPackageId", "Nlb.ListLoadBalancers"),
    _fields(
        NO_PUBLIC, "ZoneMappings.LoadBalancerAddresses", "AllocationId PublicIPv4Address",
        "Nlb.GetLoadBalancerAttribute",
    ),
    _fields(
        NO_PUBLIC, "LoadBalancers.ZoneMappings.LoadBalancerAddresses", "AllocationId PublicIPv4Address",
        "Nlb.ListLoadBalancers",
    ),
    _fields(NO_IPV6, "", "Ipv6AddressType", "Nlb.GetLoadBalancerAttribute"),
    _fields(NO_IPV6, "LoadBalancers", "Ipv6AddressType", "Nlb.ListLoadBalancers"),
    _fields(
        NO_IPV6, "ZoneMappings.LoadBalancerAddresses", "Ipv6Address Ipv6LocalAddresses PrivateIPv6HcStatus",
        "Nlb.GetLoadBalancerAttribute",
    ),
    _fields(
        NO_IPV6, "LoadBalancers.ZoneMappings.LoadBalancerAddresses", "Ipv6Address PrivateIPv6HcStatus",
        "Nlb.ListLoadBalancers",
    ),
    _fields(
        "addresses of the vendor's own forwarding servers", "ZoneMappings.LoadBalancerAddresses",
        "Ipv4LocalAddresses PrivateIPv4HcStatus", "Nlb.GetLoadBalancerAttribute",
    ),
    _fields(
        "addresses of the vendor's own forwarding servers", "LoadBalancers.ZoneMappings.LoadBalancerAddresses",
        "PrivateIPv4HcStatus", "Nlb.ListLoadBalancers",
    ),
    _fields(
        TCP_CHECKS, "ServerGroups.HealthCheck", "HealthCheckExp HealthCheckHttpVersion HealthCheckReq",
        "Nlb.ListServerGroups",
    ),
    _fields("of DualStack groups, which are refused", "ServerGroups", "IpVersionAffinityMode", "Nlb.ListServerGroups"),
    _fields(ONE_REGION, "", "CrossRegionBandwidth", "Privatelink.CreateVpcEndpoint",
            "Privatelink.GetVpcEndpointAttribute"),
    _fields(ONE_REGION, "Endpoints", "CrossRegionBandwidth", "Privatelink.ListVpcEndpoints"),
    _fields(ONE_REGION, "", "SupportedRegionSet", "Privatelink.CreateVpcEndpointService",
            "Privatelink.GetVpcEndpointServiceAttribute"),
    _fields(ONE_REGION, "Services", "SupportedRegionSet", "Privatelink.ListVpcEndpointServices"),
    _fields("a migrated zone keeps its interface and address", "Connections.Zones", "ReplacedEniId",
            "Privatelink.ListVpcEndpointConnections"),
    _fields(NO_IPV6, "Zones", "ZoneIpv6Address", "Privatelink.ListVpcEndpointZones"),
    _fields(NO_SALE, "", "OrderId", "Slb.CreateLoadBalancer", "Slb.ModifyLoadBalancerInstanceSpec"),
    _fields(
        NO_SALE, "", "AutoReleaseTime EndTime EndTimeStamp RenewalCycUnit RenewalDuration RenewalStatus",
        "Slb.DescribeLoadBalancerAttribute",
    ),
    _fields(
        "of HTTP listeners", "ListenerPortsAndProtocol.ListenerPortAndProtocol", "ForwardPort ListenerForward",
        "Slb.DescribeLoadBalancerAttribute",
    ),
    _fields(NO_ACL, "", "AclId AclIds AclType", "Slb.DescribeLoadBalancerTCPListenerAttribute"),
    _fields(NO_ACL, "Listeners", "AclId AclType", "Slb.DescribeLoadBalancerListeners"),
    _fields(TCP_CHECKS, "", _HTTP_CHECK, "Slb.DescribeLoadBalancerTCPListenerAttribute"),
    _fields(TCP_CHECKS, "Listeners.TCPListenerConfig", _HTTP_CHECK, "Slb.DescribeLoadBalancerListeners"),
    _fields(NO_PAIRS, "", "MasterSlaveServerGroupId", "Slb.DescribeLoadBalancerTCPListenerAttribute"),
    _fields(NO_PAIRS, "Listeners.TCPListenerConfig", "MasterSlaveServerGroupId", "Slb.DescribeLoadBalancerListeners"),
    _fields(
        "listeners are TCP", "Listeners", "HTTPListenerConfig HTTPSListenerConfig UDPListenerConfig",
        "Slb.DescribeLoadBalancerListeners",
    ),
    _fields("nobody logs on to a console here", "User", "LastLoginDate", "Ram.GetUser"),
    _fields("the default version has it; the vendor's example says N/A", "Policy", "PolicyDocument", "Ram.GetPolicy"),
    _fields("roles are gone at once", "Role", "LatestDeletionTask", "Ram.GetRole"),
)  # fmt: skip
"""Fields of replies."""

NESTED_WITHOUT_EFFECT: Listed = _table(
    _fields(NO_IPV6, "ZoneMappings", "Ipv6Address Ipv6LocalAddresses", "Nlb.CreateLoadBalancer"),
    _fields(
        TCP_CHECKS, _CHECK,
        "HealthCheckDomain HealthCheckExp HealthCheckHttpCode HealthCheckHttpVersion HealthCheckReq HealthCheckUrl "
        "HttpCheckMethod",
        "Nlb.CreateServerGroup", "Nlb.UpdateServerGroupAttribute",
    ),
)  # fmt: skip
"""Parameters inside objects that are accepted and change nothing."""
