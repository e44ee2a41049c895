"""Errors of Tair about accounts. Codes, statuses and texts are the vendor's (its error tables, spelling included)."""

from __future__ import annotations

from jackfield.products.errors import ApiError


class InvalidAccountNameNotFound(ApiError):
    """The account is unknown."""

    code = "InvalidAccountName.NotFound"
    status = 404
    message = "Specified AccountName does not exist."


class InvalidAccountNameDuplicate(ApiError):
    """The instance has an account of that name."""

    code = "InvalidAccountName.Duplicate"
    status = 400
    message = "Specified AccountName already exists in this instance."


class InvalidAccountNameFormat(ApiError):
    """The name breaks the rule for account names."""

    code = "InvalidAccountName.Format"
    status = 400
    message = "Specified AccountName is not valid."


class InvalidAccountNameForbid(ApiError):
    """The name is reserved."""

    code = "InvalidAccountName.Forbid"
    status = 400
    message = "Specified AccountName is a keyword."


class InvalidAccountPasswordFormat(ApiError):
    """The password is not 8 to 32 characters with three of four classes."""

    code = "InvalidAccountPassword.Format"
    status = 400
    message = "Specified AccountPassword is not valid."


class InvalidAccountDescriptionFormat(ApiError):
    """A description has 2 to 256 characters, starts with a letter, and with neither http:// nor https://."""

    code = "InvalidAccountDescription.Format"
    status = 400
    message = "Specified AccountDescription is not valid."


class InvalidAccountPrivilegeMalformed(ApiError):
    """CreateAccount names a privilege that does not exist."""

    code = "InvalidAccountPrivilege.Malformed"
    status = 400
    message = "Specified account privilege is not valid."


class InvalidAccountPrivilegeFormat(ApiError):
    """GrantAccountPrivilege names a privilege that does not exist."""

    code = "InvalidAccountPrivilege.Format"
    status = 400
    message = "Specified AccountPrivilege is not valid."


class AccountLimitExceeded(ApiError):
    """The instance has its 18 accounts."""

    code = "AccountLimitExceeded"
    status = 403
    message = "Exceeding the allowed amount of account."


class InvalidEngineVersionFormat(ApiError):
    """Accounts need Redis 4.0 or later."""

    code = "InvalidEngineVersion.Format"
    status = 400
    message = "Current EngineVersion does not support operations."


class IncorrectAccount(ApiError):
    """GrantAccountPrivilege: the account is being made, changed or deleted."""

    code = "IncorrectAccount"
    status = 400
    message = "Current DB instance account does not support this operation."


class AccountTaskExists(ApiError):
    """ResetAccountPassword: the account is being made, changed or deleted."""

    code = "TaskExists"
    status = 400
    message = "Specified task have existed."


class AccountStatusDenied(ApiError):
    """DeleteAccount: the account is being made, changed or deleted."""

    code = "OperationDenied.AccountStatus"
    status = 403
    message = "The operation is not permitted due to status of account."


class IncorrectDBInstanceState(ApiError):
    """The instance is not Normal."""

    code = "IncorrectDBInstanceState"
    status = 403
    message = "Current DB instance state does not support this operation."
