"""Errors of what is inside a tenant: databases, and what users may do there. See :mod:`.errors` for the codes."""

from __future__ import annotations

from jackfield.products.errors import ApiError


class DatabaseNotFound(ApiError):
    """The tenant has no such database that was made by this API."""

    code = "E404J109"
    status = 404
    message = "The database does not exist."


class DatabaseNotOnline(ApiError):
    """The database is being made or deleted."""

    code = "E409J116"
    status = 409
    message = "The status of the database does not support this operation."


class DatabaseNameTaken(ApiError):
    """The tenant has a database of that name."""

    code = "E409J117"
    status = 409
    message = "A database of this name exists in the tenant."


class TooManyDatabases(ApiError):
    """A limit of Jackfield's own."""

    code = "E409J118"
    status = 409
    message = "The tenant has {most} databases already."


class EncodingNotSupported(ApiError):
    """The server that runs here knows utf8mb4 and binary; the documents name utf16, gbk and gb18030 besides."""

    code = "E400J117"
    status = 400
    message = "The encoding is not one of utf8mb4 and binary, or the collation is none of it."


class RolesMalformed(ApiError):
    """The list of privileges cannot be read."""

    code = "E400J118"
    status = 400
    message = "The list of privileges is no JSON list of objects with a name and a role."


class RoleUnknown(ApiError):
    """A role that there is not, or not here (OTHER, with single privileges)."""

    code = "E400J119"
    status = 400
    message = "The role is readwrite, readonly, ddl or dml; grant single privileges with SQL, as an ADMIN user."


class AdminHasAll(ApiError):
    """The documents: a privileged user has every privilege by default."""

    code = "E400J120"
    status = 400
    message = "A user of the type ADMIN has every privilege already."


class ModifyTypeUnknown(ApiError):
    """The documents show UPDATE."""

    code = "E400J121"
    status = 400
    message = "The value of modifyType is UPDATE or DELETE."


class UserStatusUnknown(ApiError):
    """The documents name two."""

    code = "E400J122"
    status = 400
    message = "The status of a user is ONLINE or LOCKED."
