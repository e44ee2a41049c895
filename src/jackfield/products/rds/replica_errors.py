"""Errors of read-only instances. Codes, statuses and texts are the vendor's (its error tables)."""

from __future__ import annotations

from jackfield.products.errors import ApiError


class PrimaryDBInstanceStatus(ApiError):
    """The primary is in a transitional state."""

    code = "OperationDenied.PrimaryDBInstanceStatus"
    status = 403
    message = "The operation is not permitted due to status of primary instance."


class ReadDBInstanceStatus(ApiError):
    """A primary is deleted that has read-only instances. No table has it; Terraform retries it until they are gone."""

    code = "OperationDenied.ReadDBInstanceStatus"
    status = 403
    message = "The operation is not permitted due to status of readonly instance."


class IncorrectCharacterType(ApiError):
    """The instance that is to be a primary is a read-only instance itself."""

    code = "IncorrectCharacterType"
    status = 403
    message = "Current DB instance character type does not support this operation."


class PrimaryNotSupported(ApiError):
    """The server of the instance cannot be followed by another one."""

    code = "InvalidDBInstance.NotFound"
    status = 404
    message = "The specified instance does not exist or is not supported."


class ReadEngineVersionMalformed(ApiError):
    """The engine has no such version; the two blanks are the vendor's."""

    code = "InvalidEngineVersion.Malformed"
    status = 400
    message = "The specified parameter  EngineVersion is not valid."


class InvalidReadEngineVersionPattern(ApiError):
    """EngineVersion is another one than the primary's."""

    code = "InvalidReadEngineVersionPattern"
    status = 400
    message = "The engine versions of the primary instance and the read-only instance do not match."


class InvalidReadStorageTypePattern(ApiError):
    """One of the two lies on local disks, the other on cloud disks."""

    code = "InvalidReadStorageTypePattern"
    status = 403
    message = "The storage type of the primary instance and the read-only instance do not match."


class ReadStorageTooSmall(ApiError):
    """Less storage than the primary has."""

    code = "InvalidReduceDiskSize"
    status = 403
    message = "The storage capacity after the scale-down must be larger than the used amount."


class InvalidReadZone(ApiError):
    """The region has no such zone."""

    code = "InvalidZoneId.NotSupported"
    status = 400
    message = "The Specified vpc Zone not supported."


class PeriodInvalid(ApiError):
    """Prepaid without Period and UsedTime, or with a UsedTime that the unit does not have."""

    code = "Order.PeriodInvalid"
    status = 400
    message = "There is a problem with the period you selected, please choose again."


class PrivateIpInUse(ApiError):
    """PrivateIpAddress is somebody else's."""

    code = "OperationDenied"
    status = 400
    message = "VPC IP is in use, please check."


class ReadInstanceNameDuplicate(ApiError):
    """The connection string made of the new instance's id is somebody else's."""

    code = "InvalidDBInstanceName.Duplicate"
    status = 400
    message = "Specified DB instance name already exists in the Aliyun RDS."


class AnalyticNotSupported(ApiError):
    """IsAnalyticReadOnlyIns: no server here is DuckDB's."""

    code = "Api.NotSupport"
    status = 400
    message = "Specified api is not supported."


class TooManyReadInstances(ApiError):
    """The primary has as many read-only instances as it can have (CreateDBInstance's code; no table has one)."""

    code = "InsufficientResourceCapacity"
    status = 404
    message = "The primary instance has the largest number of read-only instances already."


class IncorrectDBInstanceCharacterType(ApiError):
    """A read-only instance is asked to change accounts: it has its primary's."""

    code = "IncorrectDBInstanceCharacterType"
    status = 403
    message = "Current DB Instance character_type does not support this operation."


class ReadOnlyInstanceStop(ApiError):
    """StopDBInstance of a read-only instance."""

    code = "ReadOnlyInstanceNotSupport"
    status = 400
    message = "Specified ReadOnly Instance not support this operation."


class HasReadOnlyInstanceStop(ApiError):
    """StopDBInstance of a primary that has read-only instances."""

    code = "InstanceHasReadOnlyInstanceNotSupportStop"
    status = 400
    message = "The instance has read-only instance , stop is not supported"


class ReadOnlyInstanceMigration(ApiError):
    """MigrateToOtherZone of a read-only instance, or of a primary that has some."""

    code = "InstanceHasReadOnlyInstanceNotSupportThisOperation"
    status = 400
    message = "The instance has read-only instance or is read-only instance, this operation is not supported"


class WeightInstanceType(ApiError):
    """CalculateDBInstanceWeight of a read-only instance: the same code, a text of its own."""

    code = "IncorrectDBInstanceType"
    status = 403
    message = "Current DB instance engine and type does not support operations."
