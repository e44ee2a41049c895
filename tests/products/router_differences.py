"""As :mod:`tests.products.differences`, of read/write splitting, database proxies and custom endpoints."""

from __future__ import annotations

SAME_RULE = "the name that the vendor's other operations have for the same rule"
RETRIED = "said in the wild, and what Terraform retries until the instance is Running"
UNKNOWN_INSTANCE = "what most operations of RDS say of an unknown instance"

WITHOUT_EFFECT: dict[tuple[str, str], str] = {
    ("Rds.ReleaseReadWriteSplittingConnection", "RWAddressType"): "an instance has one splitting endpoint",
}

UNDOCUMENTED: dict[tuple[str, str, int], str] = {
    ("Rds.AllocateReadWriteSplittingConnection", "IncorrectDBInstanceEngine", 403): SAME_RULE,
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
    ("Rds.ReleaseReadWriteSplittingConnection", "ReadUniformNetTypeNotExists", 400): "the modification's",
}

OWN_TEXTS: dict[tuple[str, str, int], str] = {}
