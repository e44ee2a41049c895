"""As differences.py, of the operations on the life and the contents of RDS instances."""

from __future__ import annotations

READ = "a read changes nothing, so repeating it is harmless"
DEDICATED = "of dedicated clusters; there are none"
UNKNOWN_INSTANCE = "what most operations of RDS say of an unknown instance"
WRONG_STATE = "what other operations say of an instance that is not Running"

WITHOUT_EFFECT: dict[tuple[str, str], str] = {
    ("Rds.CheckAccountNameAvailable", "ClientToken"): READ,
    ("Rds.CheckDBNameAvailable", "ClientToken"): READ,
    ("Rds.DescribeDBInstanceConnectivity", "ResourceGroupId"): "the instance is named",
    ("Rds.StartDBInstance", "DBInstanceTransType"): DEDICATED,
    ("Rds.StartDBInstance", "DedicatedHostGroupId"): DEDICATED,
    ("Rds.StartDBInstance", "EffectiveTime"): DEDICATED,
    ("Rds.StartDBInstance", "EngineVersion"): DEDICATED,
    ("Rds.StartDBInstance", "SpecifiedTime"): DEDICATED,
    ("Rds.StartDBInstance", "Storage"): DEDICATED,
    ("Rds.StartDBInstance", "TargetDBInstanceClass"): DEDICATED,
    ("Rds.StartDBInstance", "TargetDedicatedHostIdForLog"): DEDICATED,
    ("Rds.StartDBInstance", "TargetDedicatedHostIdForMaster"): DEDICATED,
    ("Rds.StartDBInstance", "TargetDedicatedHostIdForSlave"): DEDICATED,
    ("Rds.StartDBInstance", "VSwitchId"): DEDICATED,
    ("Rds.StartDBInstance", "ZoneId"): DEDICATED,
}

REFUSED_VALUES: dict[tuple[str, str], dict[str, str]] = {
    ("Rds.SwitchDBInstanceHA", "EffectiveTime"): {"MaintainTime": "nothing is maintained, so there is no such time"},
}

BY_ACCOUNT = "GrantAccountPrivilege's, for the same rule"
BY_DATABASE = "DeleteDatabase's, for the same rule"

UNDOCUMENTED: dict[tuple[str, str, int], str] = {
    ("Rds.CreateDatabase", "IncorrectAccountStatus", 400): BY_ACCOUNT,
    ("Rds.CreateDatabase", "IncorrectAccountType", 403): BY_ACCOUNT,
    ("Rds.CreateDatabase", "IncorrectDBInstanceState", 403): WRONG_STATE,
    ("Rds.CreateDatabase", "InvalidAccountName.NotFound", 404): BY_ACCOUNT,
    ("Rds.GrantAccountPrivilege", "InvalidDBName.NotFound", 404): BY_DATABASE,
    ("Rds.RevokeAccountPrivilege", "IncorrectAccountStatus", 400): BY_ACCOUNT,
    ("Rds.RevokeAccountPrivilege", "IncorrectAccountType", 403): BY_ACCOUNT,
    ("Rds.RevokeAccountPrivilege", "IncorrectDBInstanceState", 403): WRONG_STATE,
    ("Rds.RevokeAccountPrivilege", "InvalidAccountName.NotFound", 404): BY_ACCOUNT,
    ("Rds.RevokeAccountPrivilege", "InvalidDBName.NotFound", 404): BY_DATABASE,
    ("Rds.DescribeDBInstanceConnectivity", "InvalidDBInstanceName.NotFound", 404): UNKNOWN_INSTANCE,
    ("Rds.ModifyDBInstanceDeletionProtection", "InvalidDBInstanceName.NotFound", 404): UNKNOWN_INSTANCE,
    ("Rds.RestartDBInstance", "InvalidNodeItems.NodeId", 400): "CreateDBInstanceEndpoint's, for the same mistake",
    ("Rds.StartDBInstance", "InvalidDBInstanceName.NotFound", 404): UNKNOWN_INSTANCE,
    ("Rds.StopDBInstance", "InvalidDBInstanceName.NotFound", 404): UNKNOWN_INSTANCE,
    ("Rds.SwitchDBInstanceHA", "IncorrectDBInstanceState", 403): WRONG_STATE,
    ("Rds.SwitchDBInstanceHA", "IncorrectDBInstanceType", 403): "DescribeDBInstanceHAConfig's",
    ("Rds.SwitchDBInstanceHA", "InvalidDBInstanceName.NotFound", 404): UNKNOWN_INSTANCE,
    ("Rds.SwitchDBInstanceHA", "InvalidNodeItems.NodeId", 400): "CreateDBInstanceEndpoint's, for the same mistake",
}

OWN_TEXTS: dict[tuple[str, str, int], str] = {}
