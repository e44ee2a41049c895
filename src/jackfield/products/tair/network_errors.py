"""Errors of the operations that move an instance or open it to its VPC. Codes, statuses and texts are the
vendor's.
"""

from __future__ import annotations

from jackfield.products.errors import ApiError


class VpcVerifyError(ApiError):
    """SwitchNetwork: the VPC is unknown, or in another region."""

    code = "VpcVerifyError"
    status = 400
    message = "VpcId is wrong."


class VpcServiceError(ApiError):
    """SwitchNetwork: the vSwitch is unknown, or none of the VPC."""

    code = "VpcServiceError"
    status = 400
    message = "Invoke vpc service failed."


class IzNotSupportVpcError(ApiError):
    """SwitchNetwork: the vSwitch lies in another zone than the instance."""

    code = "IzNotSupportVpcError"
    status = 400
    message = "Specify iz not support vpc."


class VpcAndVSwitchNotChange(ApiError):
    """SwitchNetwork: the instance is there already."""

    code = "VpcAndVSwitchNotChange"
    status = 400
    message = "VpcId and vSwitchId not change."


class ResourceAlreadyExists(ApiError):
    """SwitchNetwork: the instance has a direct endpoint, which has to be released first, or a name is taken."""

    code = "ResourceAlreadyExists"
    status = 403
    message = "Resource already exists."


class InsufficientResourceCapacity(ApiError):
    """SwitchNetwork: the vSwitch has no free address."""

    code = "InsufficientResourceCapacity"
    status = 403
    message = "ip resource is conflict with other custins."


class VpcFreePasswordNoSupport(ApiError):
    """SwitchNetwork: clients in the VPC need no password, which has to be ended first."""

    code = "VpcFreePasswordNoSupport"
    status = 403
    message = "The custins opend VPCFreePassword not support this operation."


class ClassicExpiredDaysError(ApiError):
    """The days that a classic address is kept are none of 14, 30, 60 and 120."""

    code = "ClassicExpiredDaysError"
    status = 400
    message = "The ClassicExpiredDays can not set to 0."


class DBInstanceNotFound(ApiError):
    """MigrateToOtherZone: the instance is unknown."""

    code = "DBInstanceNotFound"
    status = 404
    message = "Specified instance does not exist."


class MigrationStatusNotSupport(ApiError):
    """MigrateToOtherZone: the instance is in a transitional state. Elsewhere the code comes with 403."""

    code = "InstanceStatus.NotSupport"
    status = 400
    message = "Instance status does not support this operation."


class NetworkTypeNotSupport(ApiError):
    """MigrateToOtherZone: the instance lies in no VPC."""

    code = "NetworkType.NotSupport"
    status = 400
    message = "Specified network type does not support this operation."


class MissingSwitchId(ApiError):
    """MigrateToOtherZone without a vSwitch."""

    code = "MissingSwitchId"
    status = 400
    message = "VSwitchId is mandatory for this action."


class InvalidVSwitchIdMismatch(ApiError):
    """MigrateToOtherZone: the vSwitch is unknown, in another VPC or zone, or has no free address."""

    code = "InvalidVSwitchId.Mismatch"
    status = 400
    message = "The Specified vSwitchId does not matched VPC."


class InvalidIzNoNotSupported(ApiError):
    """MigrateToOtherZone: a zone is none of the region, or nothing would change."""

    code = "InvalidIzNo.NotSupported"
    status = 400
    message = "The Specified Zone does not supported."


class ClusterNotSupport(ApiError):
    """MigrateToOtherZone: the instance has a direct endpoint, which has to be released first."""

    code = "ClusterNotSupport"
    status = 400
    message = "The Specified cluster does not support."


class ParamNotSupportedForCurrentVersion(ApiError):
    """ModifyInstanceVpcAuthMode: the instance lies in no VPC."""

    code = "ParamNotSupportedForCurrentVersion"
    status = 403
    message = "Parameter is not supported for current version."
