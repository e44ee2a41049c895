"""Errors of MigrateToOtherZone. Codes, statuses and texts are the vendor's."""

from __future__ import annotations

from jackfield.products.errors import ApiError


class InvalidZoneIdNotEqual(ApiError):
    """The instance is in that zone already."""

    code = "InvalidZoneId.NotEqual"
    status = 400
    message = "The parameter ZoneId is the same as the previous one"


class InvalidZoneIdSlave1Missing(ApiError):
    """An edition with a secondary instance needs the secondary's zone."""

    code = "InvalidZoneIdSlave1.Missing"
    status = 400
    message = "The parameter ZoneIdSlave1 must be specified."


class InvalidMigrationVpc(ApiError):
    """The VPC is another one than the instance's."""

    code = "InvalidVpcInfo.NotFound"
    status = 403
    message = "Specified VPC info does not exist."


class InvalidMigrationVSwitch(ApiError):
    """The vSwitch is missing, unknown, or none of the VPC and the zone."""

    code = "IncorrectVswitchId"
    status = 404
    message = "The specified parameter VSwitchId is not valid."


class MigrationVSwitchExhausted(ApiError):
    """The vSwitch has no free address."""

    code = "VswitchIpExhausted"
    status = 400
    message = "No available ip in the specified vswitch."


class ClassicNetworkTypeNotSupport(ApiError):
    """The instance lies in no VPC."""

    code = "ClassicNetworkType.NotSupport"
    status = 403
    message = "The Classic instance network create is not support."


class IncorrectEffectiveTime(ApiError):
    """EffectiveTime is none of the words, or SwitchTime no time to come."""

    code = "IncorrectEffectiveTime"
    status = 403
    message = "The specified EffectiveTime params is not valid."


class InvalidMigrateModifyClassOrStorage(ApiError):
    """The specification is to change, and nothing says to what; or it is not a class or a size."""

    code = "InvalidMigrateModifyClassOrStorage"
    status = 400
    message = "Specified parameter DBInstanceClass or Storage is invalid."


class SSLInstanceNotSupported(ApiError):
    """TLS is on."""

    code = "SSLInstanceNotSupportThisOperation"
    status = 400
    message = "The instance opened SSL, upgrade is not this operation"


class MigrationState(ApiError):
    """The instance is not Running, as MigrateToOtherZone says it: status 400."""

    code = "IncorrectDBInstanceState"
    status = 400
    message = "Current DB instance state does not support this operation."
