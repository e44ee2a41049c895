"""Errors of RDS's whitelists. Codes, statuses and texts are the vendor's."""

from __future__ import annotations

from jackfield.products.errors import ApiError


class InvalidSecurityIpListFormat(ApiError):
    """CreateDBInstance: an entry of SecurityIPList is no address and no CIDR block."""

    code = "InvalidSecurityIPList.Format"
    status = 400
    message = "The specified parameter securityIPList is not valid."


class SecurityIpListFormat(ApiError):
    """ModifySecurityIps: an entry is no address and no CIDR block, or there are more than 1,000."""

    code = "SecurityIPList.Format"
    status = 400
    message = "Specified SecurityIPList is not valid."


class InvalidSecurityIpListDuplicate(ApiError):
    """ModifySecurityIps: an entry stands twice."""

    code = "InvalidSecurityIPList.Duplicate"
    status = 400
    message = "Specified security IP list is not valid: Duplicate IP address in the list."


class ReadinsNotFound(ApiError):
    """ModifySecurityIps: read-only instances are named; there are none."""

    code = "Readins.NotFound"
    status = 404
    message = "The current instance does not contain any read only instance. The operation is not supported."


class InvalidWhitelistNetType(ApiError):
    """ModifySecurityIps: WhitelistNetworkType is none of the list; the two spaces are the vendor's."""

    code = "InvalidWhitelistNetType.Malformed"
    status = 400
    message = "Specified WhitelistNetType  is not valid."


class WhitelistNetTypeFormat(ApiError):
    """DescribeDBInstanceIPArrayList: the same."""

    code = "WhitelistNetType.Format"
    status = 400
    message = "The specified is WhitelistNetType not valid."
