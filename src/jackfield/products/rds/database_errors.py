"""Errors of RDS about databases and privileges in them; the vendor's, spelling included."""

from __future__ import annotations

from jackfield.products.errors import ApiError


class InvalidDBNameNotFound(ApiError):
    """The instance has no such database."""

    code = "InvalidDBName.NotFound"
    status = 404
    message = "Specified one or more DB name does not exist or DB status does not support."


class InvalidDBNameDuplicate(ApiError):
    """The instance has a database of that name."""

    code = "InvalidDBName.Duplicate"
    status = 400
    message = "Specified DB name already exists in the This instance."


class InvalidDBNameForbid(ApiError):
    """The name is one of the server's own."""

    code = "InvalidDBName.Forbid"
    status = 400
    message = "Specified DB name is a keyword in RDS."


class DatabaseNameMalformed(ApiError):
    """The name breaks the rule for names of databases; the code for values with special characters."""

    code = "Database.QueryError"
    status = 400
    message = "invalid value, may include special character."


class DatabaseAddError(ApiError):
    """The character set or the collation is none of the engine's."""

    code = "Database.AddError"
    status = 400
    message = "Create Db failed, please check input value and instance status."


class TooManyDatabases(ApiError):
    """The instance has as many databases as DescribeDBInstanceAttribute says (DBMaxQuantity)."""

    code = "SqlExcutionFailed"
    status = 400
    message = "Due to the limit number you can't create a database."


class InvalidDescriptionFormat(ApiError):
    """A description has 2 to 256 characters and starts neither with http:// nor https://."""

    code = "InvalidDescription.Format"
    status = 400
    message = "Specified description is not valid."


class IncorrectDBState(ApiError):
    """The database is being created or deleted."""

    code = "IncorrectDBState"
    status = 403
    message = "The current DB state does not support this operation."


class InvalidAccountPrivilege(ApiError):
    """The privilege is none of the engine's."""

    code = "InvalidAccountPrivilege.Malformed"
    status = 400
    message = "Specified account privilege is not valid."
