"""As differences.py: the part about Tair's networks and settings."""

from __future__ import annotations

_DESCRIBE = "the Describe family's"
_CONNECTION = "the connection family's"
_SETTING = "no error is documented; the one of the calls about TLS"

WITHOUT_EFFECT: dict[tuple[str, str], str] = {
    ("R-kvstore.DescribeInstanceAutoRenewalAttribute", "ClientToken"): "a read changes nothing",
    ("R-kvstore.DescribeParameters", "RegionId"): "the instance says it",
    ("R-kvstore.ModifyAccountDescription", "SourceBiz"): "the calling tool, for the vendor's figures",
    ("R-kvstore.ModifyAccountPassword", "SourceBiz"): "the calling tool, for the vendor's figures",
    ("R-kvstore.TransformInstanceChargeType", "AutoPay"): "orders cost nothing here",
    ("R-kvstore.TransformInstanceChargeType", "AutoRenew"): "no instance ends here",
    ("R-kvstore.TransformInstanceChargeType", "AutoRenewPeriod"): "no instance ends here",
    ("R-kvstore.TransformInstanceChargeType", "CouponNo"): "orders cost nothing here",
    **{
        ("R-kvstore.ModifyInstanceSpec", name): why
        for names, why in (
            ("AutoPay BusinessInfo CouponNo OrderType", "orders cost nothing here"),
            ("EffectiveTime ForceTrans ForceUpgrade", "it happens at once, while the servers run"),
            ("MajorVersion", "the server is this machine's; it has one version"),
            ("NodeType ReadOnlyCount ReplicaCount SlaveReadOnlyCount SlaveReplicaCount", "of replicas"),
            ("SecondaryZoneId", "MigrateToOtherZone changes it"),
            ("SourceBiz", "the calling tool, for the vendor's figures"),
            ("Storage StorageType", "storage is the machine's"),
        )
        for name in names.split()
    },
    **{
        ("R-kvstore.MigrateToOtherZone", name): "of replicas, which are not placed one by one"
        for name in ("ReadOnlyCount", "ReplicaCount", "SlaveReadOnlyCount", "SlaveReplicaCount")
    },
    **{
        ("R-kvstore.ModifyInstanceConfig", name): "of replicas and Sentinel, which no instance here has"
        for name in (
            "ParamNoLooseSentinelEnabled",
            "ParamNoLooseSentinelPasswordFreeAccess",
            "ParamNoLooseSentinelPasswordFreeCommands",
            "ParamReplMode",
            "ParamSemisyncReplTimeout",
            "ParamSentinelCompatEnable",
        )
    },
}

REFUSED_VALUES: dict[tuple[str, str], dict[str, str]] = {
    ("R-kvstore.MigrateToOtherZone", "EffectiveTime"): {"MaintainTime": "as in RestartInstance"},
}

UNDOCUMENTED: dict[tuple[str, str, int], str] = {
    ("R-kvstore.DescribeDBNodeDirectVipInfo", "InvalidInstanceId.NotFound", 404): _DESCRIBE,
    ("R-kvstore.DescribeIntranetAttribute", "InvalidInstanceId.NotFound", 404): _DESCRIBE,
    ("R-kvstore.DescribeRoleZoneInfo", "InvalidInstanceId.NotFound", 404): _DESCRIBE,
    ("R-kvstore.LockDBInstanceWrite", "InstanceStatus.NotSupport", 403): _CONNECTION,
    ("R-kvstore.LockDBInstanceWrite", "InvalidDbInstanceId.NotFound", 404): _CONNECTION,
    ("R-kvstore.UnlockDBInstanceWrite", "InstanceStatus.NotSupport", 403): _CONNECTION,
    ("R-kvstore.UnlockDBInstanceWrite", "InvalidDbInstanceId.NotFound", 404): _CONNECTION,
    ("R-kvstore.ModifyAccountPassword", "IncorrectDBInstanceState", 403): "CreateAccount's",
    ("R-kvstore.ModifyAccountPassword", "InvalidAccountName.NotFound", 404): "DeleteAccount's, for the same rule",
    ("R-kvstore.ModifyAccountPassword", "InvalidAccountPassword.Format", 400): "ResetAccountPassword's",
    ("R-kvstore.ModifyAccountPassword", "TaskExists", 400): "ResetAccountPassword's",
    ("R-kvstore.ModifyAccountPassword", "InvalidInstanceId.NotFound", 404): _DESCRIBE,
    ("R-kvstore.ModifyInstanceNetExpireTime", "InstanceStatus.NotSupport", 403): _CONNECTION,
    ("R-kvstore.ModifyInstanceNetExpireTime", "InvalidInstanceId.NotFound", 404): _DESCRIBE,
    ("R-kvstore.ModifyInstanceNetExpireTime", "NetTypeNotExists", 400): "ReleaseDirectConnection's: no such endpoint",
    ("R-kvstore.SwitchInstanceProxy", "InstanceStatus.NotSupport", 403): _CONNECTION,
    ("R-kvstore.SwitchInstanceProxy", "InvalidConnType", 400): "AllocateDirectConnection's: there is no proxy",
    ("R-kvstore.SwitchInstanceProxy", "InvalidInstanceId.NotFound", 404): _DESCRIBE,
    (
        "R-kvstore.SwitchInstanceProxy",
        "NetTypeNotExists",
        400,
    ): "ReleaseDirectConnection's: it has none",
    ("R-kvstore.SwitchNetwork", "ClassicExpiredDaysError", 400): "ModifyInstanceNetExpireTime's, for the same rule",
    ("R-kvstore.SwitchNetwork", "InstanceStatus.NotSupport", 403): _CONNECTION,
    ("R-kvstore.SwitchNetwork", "InvalidInstanceId.NotFound", 404): _DESCRIBE,
    ("R-kvstore.ModifyInstanceVpcAuthMode", "InstanceStatus.NotSupport", 403): _CONNECTION,
    ("R-kvstore.ModifyInstanceVpcAuthMode", "InvalidInstanceId.NotFound", 404): _DESCRIBE,
    ("R-kvstore.ModifyIntranetAttribute", "InstanceStatus.NotSupport", 403): _CONNECTION,
    ("R-kvstore.ModifyIntranetAttribute", "InvalidInstanceId.NotFound", 404): _DESCRIBE,
    ("R-kvstore.ModifyIntranetAttribute", "InvalidParameters.Format", 400): _SETTING,
}
