"""Errors of RDS. Codes, statuses and texts are the vendor's (its error tables, spelling included)."""

from __future__ import annotations

from jackfield.products.errors import ApiError


class InvalidDBInstanceNameNotFound(ApiError):
    """The instance is unknown; the commonest form."""

    code = "InvalidDBInstanceName.NotFound"
    status = 404
    message = "The database instance does not exist."


class NetInfoInstanceNotFound(ApiError):
    """The instance is unknown, as DescribeDBInstanceNetInfo says it: the same code, status 400."""

    code = "InvalidDBInstanceName.NotFound"
    status = 400
    message = "DB instance name not found."


class InvalidDBInstanceIdNotFound(ApiError):
    """The instance is unknown, as DescribeDBInstanceAttribute and DescribeDBInstanceIPArrayList say it."""

    code = "InvalidDBInstanceId.NotFound"
    status = 400
    message = "The DBInstanceId provided does not exist in records."


class OperationDeniedDBInstanceStatus(ApiError):
    """The instance is in a transitional state, for the connection family; Terraform retries it (403 in the wild)."""

    code = "OperationDenied.DBInstanceStatus"
    status = 403
    message = "The operation is not permitted due to status of instance."


class IncorrectDBInstanceState(ApiError):
    """The instance is in a transitional state, for everything else."""

    code = "IncorrectDBInstanceState"
    status = 403
    message = "Current DB instance state does not support this operation."


class EndpointNotFound(ApiError):
    """ReleaseInstanceConnection: string and network type are not those of a public endpoint of the instance."""

    code = "Endpoint.NotFound"
    status = 404
    message = "Specified endpoint is not existed."


class PublicEndpointNotFound(ApiError):
    """ReleaseInstancePublicConnection: the same situation, status 400."""

    code = "Endpoint.NotFound"
    status = 400
    message = "Specified endpoint is not found."


class OtherEndpointExist(ApiError):
    """The instance has its public endpoint already."""

    code = "OtherEndpoint.Exist"
    status = 400
    message = "Other endpoint exist."


class InvalidConnectionStringFormat(ApiError):
    """The prefix breaks the rule for connection strings."""

    code = "InvalidConnectionString.Format"
    status = 400
    message = "Specified connection string is not valid."


class InvalidConnectionStringDuplicate(ApiError):
    """The name is taken, by whichever account."""

    code = "InvalidConnectionString.Duplicate"
    status = 404
    message = "Specified connection string already exists in the Aliyun RDS."


class InvalidPortMalformed(ApiError):
    """The port is outside what the operation allows."""

    code = "InvalidPort.Malformed"
    status = 400
    message = "Specified port is not valid."


class InvalidEngineMalformed(ApiError):
    """The engine is none that this product has; ours serves MySQL and PostgreSQL."""

    code = "InvalidEngine.Malformed"
    status = 400
    message = "Specified engine is not valid."


class InvalidEngineVersionMalformed(ApiError):
    """The version is none of the engine's."""

    code = "InvalidEngineVersion.Malformed"
    status = 400
    message = "The specified parameter EngineVersion is not valid."


class InvalidDBInstanceClassMalformed(ApiError):
    """The class is no class name of the engine."""

    code = "InvalidDBInstanceClass.Malformed"
    status = 400
    message = "The specified parameter DBInstanceClass is not valid."


class InvalidZoneNotSupported(ApiError):
    """The zone is none of the region."""

    code = "InvalidZone.NotSupported"
    status = 400
    message = "The Specified Zone not supported."


class InvalidRegionIdNotFound(ApiError):
    """The region is unknown; the form of the vendor's gateway for regions."""

    code = "InvalidRegionId.NotFound"
    status = 404
    message = "The RegionId provided does not exist in our records."


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


class InvalidVpcId(ApiError):
    """The VPC is unknown."""

    code = "InvalidVpcId.NotFound"
    status = 404
    message = "The VpcId provided does not exist in our records."


class InvalidVswitchId(ApiError):
    """The vSwitch is unknown, or none of the VPC and zone."""

    code = "InvalidVswitchId"
    status = 403
    message = "Specified conn vswitch id is not valid."


class VswitchIpExhausted(ApiError):
    """The vSwitch has no free address."""

    code = "VswitchIpExhausted"
    status = 400
    message = "Vswitch IP exhausted."


class InvalidPrivateIpAddressAlreadyUsed(ApiError):
    """The wanted address is in use, or none of the vSwitch."""

    code = "InvalidPrivateIpAddress.AlreadyUsed"
    status = 400
    message = "The specified IP is already used."


class DeletionProtection(ApiError):
    """The instance is protected from deletion."""

    code = "OperationDenied.DeletionProtection"
    status = 400
    message = "The operation is not permitted when the instance enabled deletion protection."


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


class EngineMissing(ApiError):
    """This machine has no server for the engine. Ours; ``jackfield doctor`` says how to get one."""

    code = "InsufficientResourceCapacity"
    status = 404
    message = "No server of this engine is available on this machine: run 'jackfield doctor'."
