"""Errors of RDS about the network in which an instance lies. Codes, statuses and texts are the vendor's."""

from __future__ import annotations

from jackfield.products.errors import ApiError


class NetTypeExists(ApiError):
    """The instance has an address of that network already."""

    code = "NetTypeExists"
    status = 400
    message = "Specified network type already exists."


class OperationDeniedDBInstanceNetType(ApiError):
    """The instance has no address that could become one of a VPC."""

    code = "OperationDenied.DBInstanceNetType"
    status = 400
    message = "Operation is denied by the network type of current database instance."


class NetworkTypeDeniedStatus(ApiError):
    """The instance is not Running, as ModifyDBInstanceNetworkType says it: status 400."""

    code = "OperationDenied.DBInstanceStatus"
    status = 400
    message = "Operation is denied by the current database instance status."


class AtLeastOneNetTypeExists(ApiError):
    """The last endpoint of an instance cannot be released; Terraform expects the code of RDS's releases."""

    code = "AtLeastOneNetTypeExists"
    status = 400
    message = "The current database instance network type does not support the operation"


class IncorrectDBInstanceNetType(ApiError):
    """The instance lies in a VPC, or has not exactly one endpoint to exchange."""

    code = "IncorrectDBInstanceNetType"
    status = 400
    message = "Current DB instance net type does not support this operation."


class NetTypeChangeTimesExceeded(ApiError):
    """Twenty exchanges within 24 hours."""

    code = "NetTypeChangeTimesExceeded"
    status = 403
    message = "Exceeding the daily net type change times of the DB instance."


class NetTypeEngineNotSupported(ApiError):
    """The engine has no addresses in the classic network."""

    code = "EngineNotSupported"
    status = 400
    message = "The engine does not support the operation."


class ClassicConnectionNotFound(ApiError):
    """No retained classic endpoint has that name."""

    code = "InvalidConnectionString.NotFound"
    status = 404
    message = "Specified connection string or net type is not found."


class ClassicWhenCloudStorage(ApiError):
    """The classic network is for MySQL instances on local storage."""

    code = "InvalidNetworkTypeClassicWhenCloudStorage"
    status = 400
    message = "The Specified InstanceNetworkType value Classic is not valid when choose cloud storage type."


class InvalidConnVPCId(ApiError):
    """The VPC is unknown, or of another region."""

    code = "InvalidConnVPCId"
    status = 400
    message = "Specified conn vpc id is not valid."


class MigrateAlreadyExistsFault(ApiError):
    """The instance is there already, or on its way."""

    code = "MigrateAlreadyExistsFault"
    status = 400
    message = "Duplicate migration is forbidden."


class InvalidInstanceKindNotSupport(ApiError):
    """The instance lies in no VPC."""

    code = "InvalidInstanceKind.NotSupport"
    status = 400
    message = "The instance kind does not support this operation."


class ZoneIdNotSupported(ApiError):
    """The zone is unknown, or nothing can be placed there."""

    code = "ZoneIdNotSupported"
    status = 403
    message = "The zone ID is not supported."


class ConnectionNotFound(ApiError):
    """No endpoint of the instance has that name."""

    code = "ConnectionNotFound"
    status = 403
    message = "The connection is not found."


class DBInstanceStatusNotActive(ApiError):
    """The instance is not Running, as MigrateConnectionToOtherZone says it."""

    code = "DBInstanceStatusNotActive"
    status = 403
    message = "The status of the current instance is not active."


class InvalidConnectionParam(ApiError):
    """The endpoint lies in no zone."""

    code = "InvalidParam"
    status = 404
    message = "The specified parameter is invalid."


class MigratedInstanceNotFound(ApiError):
    """The instance is unknown, as MigrateConnectionToOtherZone says it."""

    code = "InvalidDBInstance.NotFound"
    status = 404
    message = "The specified instance does not exist or is not supported."


class IncorrectVpcId(ApiError):
    """The VPC is unknown, as DescribeVSwitches says it; the spelling is the vendor's."""

    code = "IncorrecttVpcId"
    status = 400
    message = "The specified  parameter VPCId is not valid."


class InvalidIzNo(ApiError):
    """The zone is unknown, as DescribeVSwitches says it."""

    code = "InvalidIzNo.NotSupported"
    status = 400
    message = "Specified VPC zone is not supported."
