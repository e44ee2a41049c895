"""Errors of RDS about restarting, stopping and describing instances; the vendor's, spelling included."""

from __future__ import annotations

from jackfield.products.errors import ApiError


class InvalidStatusFormat(ApiError):
    """StopDBInstance and StartDBInstance: the instance is not Running, or not Stopped."""

    code = "InvalidStatus.Format"
    status = 400
    message = "Specified Status is not valid"


class InvalidNodeId(ApiError):
    """The node is none of the instance; CreateDBInstanceEndpoint's code for the same mistake."""

    code = "InvalidNodeItems.NodeId"
    status = 400
    message = "Specified Node id is invalid"


class NoSecondary(ApiError):
    """The edition has no secondary to switch to."""

    code = "IncorrectDBInstanceType"
    status = 403
    message = "Current DB instance engine and type does not support operations."


class InvalidDBInstanceDescriptionFormat(ApiError):
    """A description has 2 to 256 characters and starts neither with http:// nor https://."""

    code = "InvalidDBInstanceDescription.Format"
    status = 400
    message = "Specified DB instance description is not valid."


class ProtectionDeniedPayType(ApiError):
    """Only pay-as-you-go instances can be protected from deletion."""

    code = "OperationDenied.PayType"
    status = 400
    message = "The operation is not permitted due to pay type of instance."


class DestroyedInstanceNotFound(ApiError):
    """DestroyDBInstance: the instance is unknown."""

    code = "InvalidDBInstanceId.NotFound"
    status = 400
    message = "The specified instance is not found."


class NotInRecycleBin(ApiError):
    """DestroyDBInstance: the instance is not in the recycle bin."""

    code = "OperationDenied.DBInstanceStatus"
    status = 400
    message = "The operation is not permitted due to status of instance."


class NotPostgres(ApiError):
    """The operation is about PostgreSQL, the instance is not."""

    code = "IncorrectDBInstanceEngine"
    status = 403
    message = "Current DB Instance engine does not support this operation."
