"""What may be done with RDS instances whose database somebody else runs."""

from __future__ import annotations

from jackfield.products.adopted import AdoptedRule
from jackfield.products.errors import ApiError
from jackfield.products.rds.resources import DBInstance


class AdoptedNotSupported(ApiError):
    """The operation wants the database server itself, which is not Jackfield's."""

    code = "IncorrectDBInstanceType"
    status = 403
    message = "Current DB instance type does not support this operation."


RULE = AdoptedRule(
    DBInstance,
    frozenset(
        (
            *("AllocateInstancePublicConnection", "ReleaseInstancePublicConnection", "ReleaseInstanceConnection"),
            *("ModifyDBInstanceConnectionString", "SwitchDBInstanceNetType", "ModifyDBInstanceNetworkType"),
            *("ModifyDBInstanceNetworkExpireTime", "SwitchDBInstanceVpc", "MigrateConnectionToOtherZone"),
            *("MigrateToOtherZone", "ModifySecurityIps", "ModifySecurityGroupConfiguration", "MigrateSecurityIPMode"),
            *("ModifyDBInstanceSSL",),
            *("ModifyDBInstanceDescription", "ModifyDBInstanceDeletionProtection", "ModifyResourceGroup"),
            *("TagResources", "UntagResources", "AddTagsToResource", "RemoveTagsFromResource"),
            *("DeleteDBInstance", "DestroyDBInstance"),
        )
    ),
    AdoptedNotSupported,
)
