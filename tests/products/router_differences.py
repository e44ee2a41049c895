"""As :mod:`tests.products.differences`, of read/write splitting, database proxies and custom endpoints."""

from __future__ import annotations

SAME_RULE = "the name that the vendor's other operations have for the same rule"
RETRIED = "said in the wild, and what Terraform retries until the instance is Running"
REGION = "an instance is found by its ID alone"
ENGINE_TYPE = "reserved, and deprecated by the vendor"
AT_ONCE = "every change is made at once"
GROUP = "an endpoint is in the resource group of its instance"
STAYS = "an address stays in its vSwitch"
UNKNOWN_INSTANCE = "what most operations of RDS say of an unknown instance"

WITHOUT_EFFECT: dict[tuple[str, str], str] = {
    ("Rds.ReleaseReadWriteSplittingConnection", "RWAddressType"): "an instance has one splitting endpoint",
    ("Rds.CreateDBInstanceEndpoint", "ResourceGroupId"): GROUP,
    ("Rds.CreateDBInstanceEndpointAddress", "ResourceGroupId"): GROUP,
    ("Rds.DescribeDBInstanceEndpoints", "ClientToken"): "a read changes nothing, so repeating it is harmless",
    ("Rds.ModifyDBInstanceEndpointAddress", "PrivateIpAddress"): STAYS,
    ("Rds.ModifyDBInstanceEndpointAddress", "VSwitchId"): STAYS,
    ("Rds.ModifyDBInstanceEndpointAddress", "VpcId"): STAYS,
    ("Rds.ModifyDBProxy", "DBProxyEngineType"): ENGINE_TYPE,
    ("Rds.ModifyDBProxy", "RegionId"): REGION,
    ("Rds.ModifyDBProxyInstance", "VSwitchIds"): STAYS,
    ("Rds.ModifyDBProxyInstance", "MigrateAZ"): STAYS,
    ("Rds.ModifyDBProxyInstance", "RegionId"): REGION,
    ("Rds.ModifyDBProxyInstance", "EffectiveTime"): AT_ONCE,
    ("Rds.ModifyDBProxyInstance", "EffectiveSpecificTime"): AT_ONCE,
    ("Rds.ModifyDBProxyInstance", "DBProxyEngineType"): ENGINE_TYPE,
    ("Rds.DescribeDBProxy", "ResourceGroupId"): GROUP,
    ("Rds.DescribeDBProxy", "DBProxyEngineType"): ENGINE_TYPE,
    ("Rds.DescribeDBProxy", "RegionId"): REGION,
    ("Rds.DescribeDBProxyEndpoint", "DBProxyEngineType"): ENGINE_TYPE,
    ("Rds.DescribeDBProxyEndpoint", "RegionId"): REGION,
    ("Rds.ModifyDBProxyEndpoint", "DbEndpointCostThresholdForDuckdb"): "there are no analytic instances",
    (
        "Rds.ModifyDBProxyEndpoint",
        "CausalConsistReadTimeout",
    ): "causal reads are not built; the vendor's default is off",
    ("Rds.ModifyDBProxyEndpoint", "RegionId"): REGION,
    ("Rds.ModifyDBProxyEndpoint", "DbEndpointType"): "what is made is a custom endpoint",
    ("Rds.ModifyDBProxyEndpoint", "EffectiveTime"): AT_ONCE,
    ("Rds.ModifyDBProxyEndpoint", "EffectiveSpecificTime"): AT_ONCE,
    (
        "Rds.ModifyDBProxyEndpoint",
        "DbEndpointMinSlaveCount",
    ): "an endpoint serves with any number of read-only instances",
    ("Rds.ModifyDBProxyEndpoint", "DBProxyEngineType"): ENGINE_TYPE,
    ("Rds.CreateDBProxyEndpointAddress", "ResourceGroupId"): GROUP,
    ("Rds.CreateDBProxyEndpointAddress", "DBProxyEngineType"): ENGINE_TYPE,
    ("Rds.CreateDBProxyEndpointAddress", "RegionId"): REGION,
    ("Rds.ModifyDBProxyEndpointAddress", "DBProxyEngineType"): ENGINE_TYPE,
    ("Rds.DeleteDBProxyEndpointAddress", "DBProxyEngineType"): ENGINE_TYPE,
    ("Rds.DeleteDBProxyEndpointAddress", "RegionId"): REGION,
    ("Rds.GetDbProxyInstanceSsl", "DBProxyEngineType"): ENGINE_TYPE,
    ("Rds.GetDbProxyInstanceSsl", "RegionId"): REGION,
    ("Rds.ModifyDbProxyInstanceSsl", "DBProxyEngineType"): ENGINE_TYPE,
    ("Rds.ModifyDbProxyInstanceSsl", "RegionId"): REGION,
}

REFUSED_VALUES: dict[tuple[str, str], dict[str, str]] = {
    ("Rds.CreateDBInstanceEndpoint", "DBInstanceEndpointType"): {"Primary": "the documents: only Readonly can be made"},
}

UNDOCUMENTED: dict[tuple[str, str, int], str] = {
    ("Rds.AllocateReadWriteSplittingConnection", "IncorrectDBInstanceType", 403): SAME_RULE,
    ("Rds.AllocateReadWriteSplittingConnection", "InvalidConnectionString.Format", 400): SAME_RULE,
    ("Rds.AllocateReadWriteSplittingConnection", "InvalidPort.Malformed", 400): SAME_RULE,
    ("Rds.AllocateReadWriteSplittingConnection", "InvalidWeight.Format", 404): "CreateDBInstanceEndpoint's",
    ("Rds.AllocateReadWriteSplittingConnection", "NetTypeExists", 400): "CreateDBProxyEndpointAddress', for the same",
    ("Rds.AllocateReadWriteSplittingConnection", "OperationDenied.DBInstanceStatus", 403): RETRIED,
    ("Rds.AllocateReadWriteSplittingConnection", "ReadDBInstance.NotFound", 403): "the modification's",
    ("Rds.AllocateReadWriteSplittingConnection", "VswitchIpExhausted", 400): SAME_RULE,
    ("Rds.ModifyReadWriteSplittingConnection", "InvalidConnectionString.Duplicate", 400): "the allocation's",
    ("Rds.ModifyReadWriteSplittingConnection", "InvalidConnectionString.Format", 400): SAME_RULE,
    ("Rds.ModifyReadWriteSplittingConnection", "InvalidDBInstanceId.NotFound", 400): UNKNOWN_INSTANCE,
    ("Rds.ModifyReadWriteSplittingConnection", "InvalidPort.Malformed", 400): SAME_RULE,
    ("Rds.ModifyReadWriteSplittingConnection", "InvalidWeight.Format", 404): "CreateDBInstanceEndpoint's",
    ("Rds.ModifyReadWriteSplittingConnection", "OperationDenied.DBInstanceStatus", 403): RETRIED,
    ("Rds.ModifyReadWriteSplittingConnection", "RequiredParam.NotFound", 400): "the allocation's",
    ("Rds.ReleaseReadWriteSplittingConnection", "InvalidDBInstanceId.NotFound", 400): UNKNOWN_INSTANCE,
    ("Rds.ReleaseReadWriteSplittingConnection", "OperationDenied.DBInstanceStatus", 403): RETRIED,
    ("Rds.ReleaseReadWriteSplittingConnection", "InvalidRwSplitNetType.NotFound", 404): "what Terraform takes for gone",
    ("Rds.CreateDBInstanceEndpoint", "InvalidPrivateIpAddress.Mismatch", 400): SAME_RULE,
    ("Rds.CreateDBInstanceEndpoint", "InvalidPrivateIpAddress.Format", 400): SAME_RULE,
    ("Rds.CreateDBInstanceEndpoint", "InvalidPrivateIpAddress.AlreadyUsed", 400): SAME_RULE,
    ("Rds.CreateDBInstanceEndpoint", "InvalidConnectionString.Format", 400): SAME_RULE,
    ("Rds.CreateDBInstanceEndpoint", "VswitchIpExhausted", 400): SAME_RULE,
    ("Rds.ModifyDBInstanceEndpoint", "InvalidNodeItems.DBInstanceId", 400): SAME_RULE,
    ("Rds.ModifyDBInstanceEndpoint", "InvalidNodeItems.DuplicateNodeId", 400): SAME_RULE,
    ("Rds.ModifyDBInstanceEndpoint", "InvalidNodeItems.NodeId", 400): SAME_RULE,
    ("Rds.CreateDBInstanceEndpointAddress", "InvalidConnectionString.Format", 400): SAME_RULE,
    ("Rds.CreateDBInstanceEndpointAddress", "InvalidPort.Malformed", 400): SAME_RULE,
    ("Rds.ModifyDBInstanceEndpointAddress", "InvalidPort.Malformed", 400): SAME_RULE,
    ("Rds.ModifyDBProxy", "InvalidConnectionString.Duplicate", 404): SAME_RULE,
    ("Rds.ModifyDBProxy", "VswitchIpExhausted", 400): SAME_RULE,
    ("Rds.ModifyDBProxyInstance", "InvalidDBInstanceName.NotFound", 404): UNKNOWN_INSTANCE,
    ("Rds.DescribeDBProxyEndpoint", "InvalidDBInstanceName.NotFound", 404): UNKNOWN_INSTANCE,
    ("Rds.ModifyDBProxyEndpoint", "InvalidDBInstanceName.NotFound", 404): UNKNOWN_INSTANCE,
    ("Rds.ModifyDBProxyEndpoint", "InvalidParameters.Format", 400): SAME_RULE,
    ("Rds.ModifyDBProxyEndpoint", "InvalidConnectionString.Duplicate", 404): SAME_RULE,
    ("Rds.ModifyDBProxyEndpoint", "VswitchIpExhausted", 400): SAME_RULE,
    ("Rds.ModifyDBProxyEndpointAddress", "InvalidDBInstanceName.NotFound", 404): UNKNOWN_INSTANCE,
    ("Rds.DescribeDBInstanceProxyConfiguration", "InvalidDBInstanceName.NotFound", 404): UNKNOWN_INSTANCE,
}

OWN_TEXTS: dict[tuple[str, str, int], str] = {
    ("Rds.ModifyDBProxyEndpoint", "IncorrectDBInstanceState", 403): "as the vendor's other operations word it",
    (
        "Rds.CreateDBProxyEndpointAddress",
        "InvalidDBInstanceName.NotFound",
        404,
    ): "as the vendor's other operations word it",
    ("Rds.CreateDBProxyEndpointAddress", "VswitchIpExhausted", 400): "as the vendor's other operations word it",
}
