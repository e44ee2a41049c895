"""Errors of RDS about accounts. Codes, statuses and texts are the vendor's (its error tables, spelling included)."""

from __future__ import annotations

from jackfield.products.errors import ApiError


class InvalidAccountNameNotFound(ApiError):
    """The account is unknown."""

    code = "InvalidAccountName.NotFound"
    status = 404
    message = "Specified account name does not exist."


class InvalidAccountNameDuplicate(ApiError):
    """The instance has an account of that name."""

    code = "InvalidAccountName.Duplicate"
    status = 400
    message = "Specified account name already exists in this instance."


class InvalidAccountNameMalformed(ApiError):
    """The name breaks the rule for account names."""

    code = "InvalidAccountName.Malformed"
    status = 400
    message = "Specified account name is not valid."


class InvalidAccountNameForbid(ApiError):
    """The name is reserved."""

    code = "InvalidAccountName.Forbid"
    status = 400
    message = "Specified account name is a keyword in RDS."


class InvalidAccountPasswordFormat(ApiError):
    """The password is not 8 to 32 characters with three of four classes."""

    code = "InvalidAccountPassword.Format"
    status = 400
    message = "Specified account password is not valid."


class InvalidAccountDescriptionFormat(ApiError):
    """A description has 2 to 256 characters and starts neither with http:// nor https://."""

    code = "InvalidAccountDescription.Format"
    status = 400
    message = "Specified account description is not valid."


class IncorrectAccountType(ApiError):
    """There is no account of that type for the engine."""

    code = "IncorrectAccountType"
    status = 403
    message = "Current account type does not support this operation."


class IncorrectAccountStatus(ApiError):
    """The account is being made, changed or deleted."""

    code = "IncorrectAccountStatus"
    status = 400
    message = "Current account status does not support this operation."


class AccountLimitExceeded(ApiError):
    """The instance has its 200 accounts."""

    code = "AccountLimitExceeded"
    status = 403
    message = "AccountQuotaExceeded: Exceeding the allowed amount of account"
