"""Calls of Tair operations whose refusals are tried in files of their own, and cases that those files lack."""

from __future__ import annotations

from tests.running import PASSWORD
from tests.sdk.errors.world import Case, Works, World

TAIR_CLASS = "tair.rdb.2g"


def _instance(world: World) -> dict[str, str]:
    return {"InstanceId": world.standard}


def _db_instance(world: World) -> dict[str, str]:
    return {"DBInstanceId": world.standard}


def _cluster(world: World) -> dict[str, str]:
    return {"InstanceId": world.cluster}


WORKS: Works = {
    "tair.AddShardingNode": _cluster,
    "tair.CreateTairInstance": lambda world: {
        "RegionId": "cn-hangzhou", "InstanceClass": TAIR_CLASS, "InstanceType": "tair_rdb", "VpcId": world.vpc,
        "VSwitchId": world.vswitch, "ChargeType": "PostPaid",
    },
    "tair.DeleteShardingNode": _cluster,
    "tair.DescribeAuditLogConfig": lambda world: {**_instance(world), "RegionId": "cn-hangzhou"},
    "tair.DescribeBackupPolicy": _instance,
    "tair.DescribeDBNodeDirectVipInfo": _cluster,
    "tair.DescribeEncryptionKey": _instance,
    "tair.DescribeEngineVersion": _instance,
    "tair.DescribeInstanceAutoRenewalAttribute": lambda world: {"RegionId": "cn-hangzhou"},
    "tair.DescribeInstanceConfig": _instance,
    "tair.DescribeInstanceTDEStatus": _instance,
    "tair.DescribeIntranetAttribute": _instance,
    "tair.DescribeParameters": _db_instance,
    "tair.DescribeRoleZoneInfo": _instance,
    "tair.DescribeSecurityGroupConfiguration": _instance,
    "tair.LockDBInstanceWrite": lambda world: {**_db_instance(world), "LockReason": "a test"},
    "tair.MasterNodeShutDownFailOver": _cluster,
    "tair.MigrateToOtherZone": lambda world: {**_db_instance(world), "ZoneId": "cn-hangzhou-i"},
    "tair.ModifyAccountDescription": lambda world: {
        **_instance(world), "AccountName": "demo", "AccountDescription": "a test",
    },
    "tair.ModifyAccountPassword": lambda world: {
        **_instance(world), "AccountName": "demo", "OldAccountPassword": PASSWORD, "NewAccountPassword": PASSWORD,
    },
    "tair.ModifyAuditLogConfig": _instance,
    "tair.ModifyBackupPolicy": lambda world: {
        **_instance(world), "PreferredBackupPeriod": "Monday", "PreferredBackupTime": "01:00Z-02:00Z",
    },
    "tair.ModifyDBInstanceAutoUpgrade": lambda world: {**_db_instance(world), "Value": "1"},
    "tair.ModifyInstanceBandwidth": lambda world: {**_instance(world), "TargetIntranetBandwidth": "20"},
    "tair.ModifyInstanceConfig": _instance,
    "tair.ModifyInstanceMaintainTime": lambda world: {
        **_instance(world), "MaintainStartTime": "01:00Z", "MaintainEndTime": "02:00Z",
    },
    "tair.ModifyInstanceNetExpireTime": lambda world: {
        **_instance(world), "ConnectionString": "taken-name.redis.rds.aliyuncs.com", "ClassicExpiredDays": "14",
    },
    "tair.ModifyInstanceVpcAuthMode": lambda world: {**_instance(world), "VpcAuthMode": "Open"},
    "tair.ModifyInstanceSpec": lambda world: {**_instance(world), "InstanceClass": "redis.master.mid.default"},
    "tair.ModifyIntranetAttribute": _instance,
    "tair.ModifyResourceGroup": lambda world: {
        **_instance(world), "RegionId": "cn-hangzhou", "ResourceGroupId": "rg-acfmyiu4ekp****",
    },
    "tair.ModifySecurityGroupConfiguration": lambda world: {**_db_instance(world), "SecurityGroupId": "sg-1"},
    "tair.RebootProxy": _cluster,
    "tair.SwitchInstanceHA": _instance,
    "tair.SwitchInstanceProxy": _cluster,
    "tair.SwitchNetwork": _instance,
    "tair.TransformInstanceChargeType": lambda world: {**_instance(world), "ChargeType": "PostPaid"},
    "tair.UnlockDBInstanceWrite": _db_instance,
}  # fmt: skip


def cases(world: World) -> list[Case]:
    return [
        Case("tair.CreateTairInstance", "QuotaNotEnough", 400, {"VSwitchId": world.full}),
        Case("tair.ModifyAccountPassword", "IncorrectDBInstanceState", 403, {"InstanceId": world.moving}),
    ]
