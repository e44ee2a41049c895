"""What may be done with Tair instances whose database somebody else runs."""

from __future__ import annotations

from jackfield.products.adopted import AdoptedRule
from jackfield.products.errors import ApiError
from jackfield.products.tair.resources import Instance


class AdoptedNotSupported(ApiError):
    """The operation wants the database server itself, which is not Jackfield's.

    The code is one that Terraform expects; its status and text are not verified against the vendor.
    """

    code = "InstanceType.NotSupport"
    status = 403
    message = "Instance type does not support this operation."


RULE = AdoptedRule(
    Instance,
    frozenset(
        (
            *("AllocateInstancePublicConnection", "ReleaseInstancePublicConnection"),
            *("AllocateDirectConnection", "ReleaseDirectConnection"),  # refused by themselves: it is no cluster
            *("ModifyDBInstanceConnectionString", "SwitchNetwork", "ModifyInstanceNetExpireTime"),
            *("ModifyIntranetAttribute", "ModifySecurityIps", "ModifySecurityGroupConfiguration", "ModifyInstanceSSL"),
            *("ModifyInstanceAttribute", "ModifyResourceGroup", "TagResources", "UntagResources"),
            *("MigrateToOtherZone", "ModifyInstanceMaintainTime", "TransformInstanceChargeType", "DeleteInstance"),
        )
    ),
    AdoptedNotSupported,
    unless=(("ModifyInstanceAttribute", "new_password"),),
)
