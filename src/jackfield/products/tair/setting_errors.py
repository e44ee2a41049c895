"""Errors of the operations about settings. Codes, statuses and texts are the vendor's, those of its other operations
where it documents none for one of these.
"""

from __future__ import annotations

from jackfield.products.errors import ApiError


class InvalidSettingFormat(ApiError):
    """A value breaks the rule for it, or the name is that of no setting."""

    code = "InvalidParameters.Format"
    status = 400
    message = "Specified parameters is not valid."


class TdeNotSupported(ApiError):
    """DescribeEncryptionKey: the instance has no key, since its data are not encrypted by the service."""

    code = "InstanceType.NotSupport"
    status = 400
    message = "The instance type does not support this operation."


class InvalidSecurityGroupParam(ApiError):
    """A security group is unknown."""

    code = "InvalidParam"
    status = 400
    message = "Specified ecs security group id is not valid."


class SecurityGroupQuotaExceeded(ApiError):
    """More security groups than an instance may have."""

    code = "AssociatedEcsSecurityGroupId.QuotaExceed"
    status = 403
    message = "SecurityGroupIdQuotaExceeded exceeding the allowed amount of SecurityGroupId."


class SecurityGroupInstanceNotFound(ApiError):
    """ModifySecurityGroupConfiguration: the instance is unknown; the text is this operation's."""

    code = "InvalidInstanceId.NotFound"
    status = 404
    message = "Specified instance does not exist."
