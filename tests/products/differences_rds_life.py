"""As differences.py, of the operations on the life and the contents of RDS instances."""

from __future__ import annotations

READ = "a read changes nothing, so repeating it is harmless"
DEDICATED = "of dedicated clusters; there are none"
UNKNOWN_INSTANCE = "what most operations of RDS say of an unknown instance"
WRONG_STATE = "what other operations say of an instance that is not Running"

NAMED = "the instance is named"
DEPRECATED = "deprecated by the vendor"

WITHOUT_EFFECT: dict[tuple[str, str], str] = {
    ("Rds.AddTagsToResource", "ResourceGroupId"): NAMED,
    ("Rds.AddTagsToResource", "proxyId"): DEPRECATED,
    ("Rds.DescribeDBInstanceEncryptionKey", "EncryptionKey"): "there are no keys",
    ("Rds.DescribeDBInstanceEncryptionKey", "RegionId"): NAMED,
    ("Rds.DescribeDBInstanceEncryptionKey", "TargetRegionId"): "there are no keys",
    ("Rds.DescribeDBInstanceMonitor", "ClientToken"): READ,
    ("Rds.DescribeInstanceAutoRenewalAttribute", "ClientToken"): READ,
    ("Rds.DescribeInstanceAutoRenewalAttribute", "proxyId"): DEPRECATED,
    ("Rds.DescribeInstanceLinkedWhitelistTemplate", "ResourceGroupId"): NAMED,
    ("Rds.DescribePGHbaConfig", "ClientToken"): READ,
    ("Rds.DescribePGHbaConfig", "ResourceGroupId"): NAMED,
    ("Rds.DescribeParameters", "ClientToken"): READ,
    ("Rds.DescribeSQLCollectorPolicy", "ClientToken"): READ,
    ("Rds.DescribeSQLCollectorPolicy", "ResourceGroupId"): NAMED,
    ("Rds.DescribeSQLCollectorRetention", "ResourceGroupId"): NAMED,
    ("Rds.DescribeTags", "ClientToken"): READ,
    ("Rds.DescribeTags", "proxyId"): DEPRECATED,
    ("Rds.RemoveTagsFromResource", "ResourceGroupId"): NAMED,
    ("Rds.RemoveTagsFromResource", "proxyId"): DEPRECATED,
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

NO_CUSTOM = dict.fromkeys(
    ("CUSTOM", "CUSTOMDEPLOYMENTSET", "CUSTOMDISK", "CUSTOMSNAPSHOT"), "of RDS Custom, which is not built"
)

REFUSED_VALUES: dict[tuple[str, str], dict[str, str]] = {
    ("Rds.ListTagResources", "ResourceType"): NO_CUSTOM,
    ("Rds.TagResources", "ResourceType"): NO_CUSTOM,
    ("Rds.UntagResources", "ResourceType"): NO_CUSTOM,
    ("Rds.SwitchDBInstanceHA", "EffectiveTime"): {"MaintainTime": "nothing is maintained, so there is no such time"},
}

BY_ACCOUNT = "GrantAccountPrivilege's, for the same rule"
BY_DATABASE = "DeleteDatabase's, for the same rule"

BY_DESCRIBE = "DescribeTags', for the same rule"

UNDOCUMENTED: dict[tuple[str, str, int], str] = {
    ("Rds.AddTagsToResource", "InvalidDBInstanceId.NotFound", 404): BY_DESCRIBE,
    ("Rds.AddTagsToResource", "OperationDenied.QuotaExceed", 400): "TagResources', for the same rule",
    ("Rds.AddTagsToResource", "Tag.Allow5TagInfos", 400): BY_DESCRIBE,
    ("Rds.AddTagsToResource", "Tag.InvalidTagsParameter", 400): BY_DESCRIBE,
    ("Rds.AddTagsToResource", "Tag.NoTagInfoExist", 400): BY_DESCRIBE,
    ("Rds.AddTagsToResource", "Tag.SetTagInfoAtTwoParameter", 400): BY_DESCRIBE,
    ("Rds.AddTagsToResource", "Tag.TagKeyDuplex", 400): BY_DESCRIBE,
    ("Rds.AddTagsToResource", "Tag.TagValueTooLong", 400): BY_DESCRIBE,
    ("Rds.AddTagsToResource", "Tag.TooManyDBInstanceIds", 400): BY_DESCRIBE,
    ("Rds.CreateDatabase", "IncorrectDBInstanceCharacterType", 403): BY_ACCOUNT,
    ("Rds.ListTagResources", "InvalidResourceId.NotFound", 400): "UntagResources', for the same rule",
    ("Rds.RevokeAccountPrivilege", "IncorrectDBInstanceCharacterType", 403): BY_ACCOUNT,
    ("Rds.TagResources", "InvalidParameter.ResourceType", 400): "ListTagResources', for the same rule",
    ("Rds.TagResources", "InvalidResourceId.NotFound", 400): "UntagResources', for the same rule",
    ("Rds.UntagResources", "InvalidParameter.ResourceType", 400): "ListTagResources', for the same rule",
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
