"""The cases of test_every_operation.py for Tair's networks and settings: operation, method, all parameters."""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.running import PASSWORD

OTHER_WRITES = ("Lock", "Unlock", "Reboot", "Transform", "Migrate", "Switch")


class Place(NamedTuple):
    """Where instances go.

    :ivar classic: an instance in the classic network, in that zone. :ivar direct: a cluster with a direct endpoint.
    """

    vpc: str
    vswitch: str
    zone: str
    classic: str
    direct: str


ALWAYS_REFUSED = {"DescribeEncryptionKey"}
"""No instance has what they are about; see test_tair_settings.py."""


def cases(instance: str, cluster: str, place: Place) -> list[tuple[str, str, dict[str, Any]]]:
    """:param instance: with the accounts of test_every_operation.py."""
    this = {"InstanceId": instance}
    named = {"DBInstanceId": instance}
    return [
        ("DescribeAuditLogConfig", "describe_audit_log_config", {**this, "RegionId": "cn-hangzhou"}),
        ("DescribeBackupPolicy", "describe_backup_policy", this),
        ("DescribeEngineVersion", "describe_engine_version", {"InstanceId": cluster}),
        ("DescribeInstanceAutoRenewalAttribute", "describe_instance_auto_renewal_attribute", {
            **named, "RegionId": "cn-hangzhou", "PageNumber": 1, "PageSize": 30, "ClientToken": "ETnLKlblzczshOTUbOCz",
        }),
        ("DescribeInstanceConfig", "describe_instance_config", this),
        ("DescribeInstanceTDEStatus", "describe_instance_tdestatus", this),
        ("DescribeIntranetAttribute", "describe_intranet_attribute", {**this, "ResourceGroupId": None}),
        ("DescribeParameters", "describe_parameters", {
            **named, "RegionId": "cn-hangzhou", "NodeId": f"{instance}-db-0",
        }),
        ("DescribeRoleZoneInfo", "describe_role_zone_info", {
            "InstanceId": cluster, "QueryType": 0, "PageNumber": 1, "PageSize": 10,
        }),
        ("DescribeDBNodeDirectVipInfo", "describe_dbnode_direct_vip_info", {"InstanceId": cluster}),
        ("DescribeSecurityGroupConfiguration", "describe_security_group_configuration", this),
        ("LockDBInstanceWrite", "lock_dbinstance_write", {**named, "LockReason": "锁写操作验证。"}),
        ("UnlockDBInstanceWrite", "unlock_dbinstance_write", named),
        ("ModifyAccountDescription", "modify_account_description", {
            **this, "AccountName": "to_grant", "AccountDescription": "测试 2", "SourceBiz": "SDK",
        }),
        ("ModifyAccountPassword", "modify_account_password", {
            **this, "AccountName": "to_reset", "OldAccountPassword": PASSWORD, "NewAccountPassword": f"{PASSWORD}9",
            "SourceBiz": "SDK",
        }),
        ("ModifyAuditLogConfig", "modify_audit_log_config", {**this, "DbAudit": True, "Retention": 15}),
        ("ModifyBackupPolicy", "modify_backup_policy", {
            **this, "PreferredBackupPeriod": "Monday,Friday", "PreferredBackupTime": "23:00Z-00:00Z",
            "BackupRetentionPeriod": 30, "EnableBackupLog": 0,
        }),
        ("ModifyDBInstanceAutoUpgrade", "modify_dbinstance_auto_upgrade", {**named, "Value": "1"}),
        ("ModifyInstanceBandwidth", "modify_instance_bandwidth", {**this, "TargetIntranetBandwidth": "120"}),
        ("ModifyInstanceConfig", "modify_instance_config", {
            **this, "Config": '{"maxmemory-policy":"noeviction","timeout":0}', "ParamNoLooseSentinelEnabled": "no",
            "ParamNoLooseSentinelPasswordFreeAccess": "no", "ParamNoLooseSentinelPasswordFreeCommands": "",
            "ParamReplMode": "async", "ParamSemisyncReplTimeout": "500", "ParamSentinelCompatEnable": "0",
        }),
        ("ModifyInstanceMaintainTime", "modify_instance_maintain_time", {
            **this, "MaintainStartTime": "23:30Z", "MaintainEndTime": "01:00Z",
        }),
        ("ModifyInstanceVpcAuthMode", "modify_instance_vpc_auth_mode", {**this, "VpcAuthMode": "Close"}),
        ("ModifyInstanceSpec", "modify_instance_spec", {
            **this, "InstanceClass": "redis.master.mid.default", "RegionId": "cn-hangzhou", "ShardCount": 1,
            "ClientToken": "0c593ea2", "AutoPay": True, "BusinessInfo": "0", "CouponNo": "default",
            "EffectiveTime": "Immediately", "ForceTrans": False, "ForceUpgrade": True, "MajorVersion": "5.0",
            "NodeType": "MASTER_SLAVE", "OrderType": "UPGRADE", "ReadOnlyCount": 0, "ReplicaCount": 0,
            "SecondaryZoneId": "cn-hangzhou-j", "SlaveReadOnlyCount": 0, "SlaveReplicaCount": 0, "SourceBiz": "SDK",
            "Storage": 0, "StorageType": "essd_pl1",
        }),
        ("SwitchInstanceProxy", "switch_instance_proxy", {"InstanceId": place.direct}),
        ("ModifyIntranetAttribute", "modify_intranet_attribute", {
            **this, "BandWidth": 10, "NodeId": f"{instance}-db-0",
        }),
        ("ModifyResourceGroup", "modify_resource_group", {
            **this, "RegionId": "cn-hangzhou", "ResourceGroupId": "rg-acfmyiu4ekp1234", "ClientToken": "0c593ea1",
        }),
        ("ModifySecurityGroupConfiguration", "modify_security_group_configuration", {
            **named, "SecurityGroupId": "0",
        }),
        ("MigrateToOtherZone", "migrate_to_other_zone", {
            **named, "ZoneId": place.zone, "SecondaryZoneId": "cn-hangzhou-j", "VSwitchId": place.vswitch,
            "EffectiveTime": "Immediately", "ReadOnlyCount": 1, "ReplicaCount": 1, "SlaveReadOnlyCount": 1,
            "SlaveReplicaCount": 1,
        }),
        ("SwitchNetwork", "switch_network", {
            "InstanceId": place.classic, "TargetNetworkType": "VPC", "VpcId": place.vpc, "VSwitchId": place.vswitch,
            "RetainClassic": "True", "ClassicExpiredDays": "30",
        }),
        ("ModifyInstanceNetExpireTime", "modify_instance_net_expire_time", {
            "InstanceId": place.classic, "ClassicExpiredDays": 14,
            "ConnectionString": f"{place.classic}.redis.rds.aliyuncs.com",
        }),
        ("RebootProxy", "reboot_proxy", {
            "InstanceId": cluster, "ProxyList": None, "ProxyNodeList": None, "RebootMode": "reboot",
        }),
        ("TransformInstanceChargeType", "transform_instance_charge_type", {
            **this, "ChargeType": "PrePaid", "Period": 12, "AutoPay": True, "AutoRenew": "true", "AutoRenewPeriod": 1,
            "CouponNo": "youhuiquan_promotion_option_id_for_blank",
        }),
    ]  # fmt: skip
