"""Errors of RDS but for accounts. Codes, statuses and texts are the vendor's (its error tables, spelling included)."""

from __future__ import annotations

from jackfield.products.errors import ApiError


class InvalidDBInstanceNameNotFound(ApiError):
    """The instance is unknown; the commonest form."""

    code = "InvalidDBInstanceName.NotFound"
    status = 404
    message = "The database instance does not exist."


class DeletedInstanceNotFound(ApiError):
    """The instance is unknown, as DeleteDBInstance says it: a text of its own."""

    code = "InvalidDBInstanceName.NotFound"
    status = 404
    message = "Invalid DBInstanceId NotFound."


class PrimaryInstanceNotFound(ApiError):
    """The instance is unknown, as DescribeAvailableZones says it."""

    code = "InvalidDBInstanceName.NotFound"
    status = 404
    message = "DBInstanceName not found"


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


class ModifyDeniedDBInstanceStatus(ApiError):
    """ModifyDBInstanceConnectionString: as :class:`OperationDeniedDBInstanceStatus`, with the documented status."""

    code = "OperationDenied.DBInstanceStatus"
    status = 400
    message = "The operation is not permitted due to status of instance."


class CurrentConnectionStringNotFound(ApiError):
    """ModifyDBInstanceConnectionString: the string is that of no endpoint of the instance."""

    code = "InvalidConnectionString.NotFound"
    status = 400
    message = "The specified connection string or network type is not found."


class InvalidConnectionStringMalformed(ApiError):
    """ModifyDBInstanceConnectionString: the prefix breaks the rule."""

    code = "InvalidConnectionString.Malformed"
    status = 400
    message = "The specified parameter ConnectionStringPrefix is not valid."


class InvalidPortFormat(ApiError):
    """ModifyDBInstanceConnectionString: the port is outside what the endpoint may have."""

    code = "InvalidPort.Format"
    status = 400
    message = "Specified Port is not valid."


class InvalidRwSplitNetTypeNotFound(ApiError):
    """The instance has no endpoint of read/write splitting."""

    code = "InvalidRwSplitNetType.NotFound"
    status = 404
    message = "The RwSplitNetType is not found."


class InvalidSslStatus(ApiError):
    """SSLEnabled is neither 0 nor 1, or ForceEncryption neither "0" nor "1"."""

    code = "InvalidSSLStatus"
    status = 400
    message = "Specify ssl status is invalid."


class IncorrectDbSslStatus(ApiError):
    """TLS is turned off where it is not on, or plain clients are to be refused where it is off."""

    code = "IncorrectDBSslStatus"
    status = 400
    message = "Specified DB SSLStatus does not support this operation."


class InvalidCaTypeNotFound(ApiError):
    """The kind of authority is none that this machine has: certificates of the user's own are not served."""

    code = "InvalidCAType.NotFound"
    status = 400
    message = "Specify ca type is not found."


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


class NewConnectionStringDuplicate(ApiError):
    """CreateDBInstance: the name is taken; status 400 there."""

    code = "InvalidConnectionString.Duplicate"
    status = 400
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
    """The wanted address is in use."""

    code = "InvalidPrivateIpAddress.AlreadyUsed"
    status = 400
    message = "The specified IP is already used."


class InvalidPrivateIpAddressFormat(ApiError):
    """The wanted address is no IPv4 address."""

    code = "InvalidPrivateIpAddress.Format"
    status = 400
    message = "The specified private IP address format is incorrect."


class InvalidPrivateIpAddressMismatch(ApiError):
    """The wanted address is none of the vSwitch that instances may have."""

    code = "InvalidPrivateIpAddress.Mismatch"
    status = 400
    message = "Specified private IP address is not in the CIDR block of virtual switch."


class InvalidUsedTime(ApiError):
    """UsedTime is no positive number."""

    code = "InvalidUsedTime"
    status = 400
    message = "UsedTime can not Less than or equal to zero."


class InvalidAmount(ApiError):
    """Amount is not 1 to 20."""

    code = "InvalidParam.Amount"
    status = 400
    message = "Amount is allowed from 1 to 20."


class InvalidEngineOfSeveral(ApiError):
    """Several instances at once, and not MySQL."""

    code = "InvalidParam.Engine"
    status = 400
    message = "Only MySQL is allowed when Amount > 1."


class InvalidTagKeyMalformed(ApiError):
    """A tag has no key."""

    code = "InvalidTagKey.Malformed"
    status = 400
    message = "The Tag.N.Key parameter is empty."


class DuplicateTagKey(ApiError):
    """Two tags have the same key."""

    code = "Duplicate.TagKey"
    status = 400
    message = "The Tag.N.Key contains duplicate keys."


class TooManyTags(ApiError):
    """More than 20 tags."""

    code = "NumberExceed.Tags"
    status = 400
    message = "The maximum number of Tags is exceeded. The maximum is 20."


class InvalidNextToken(ApiError):
    """DescribeDBInstances: the token is none that it gave."""

    code = "Invalid.NextToken"
    status = 400
    message = "The parameter NextToken is invalid."


class InvalidDBInstanceType(ApiError):
    """DescribeDBInstances: DBInstanceType is none of the list; the two spaces are the vendor's."""

    code = "InvalidDBInstanceType.ValueNotSupport"
    status = 400
    message = "The specified  parameter DBInstanceType is not valid."


class InvalidExpired(ApiError):
    """DescribeDBInstances: Expired is neither True nor False."""

    code = "InvalidExpired.Format"
    status = 400
    message = "The instance expiration status parameter is incorrect."


class InvalidAcceptLanguage(ApiError):
    """DescribeRegions: a language that it has no names in."""

    code = "InvalidAcceptLanguage.NotFound"
    status = 404
    message = "Only Chinese (zh-CN) and English (en-US) are allowed."


class InvalidReleasedKeepPolicy(ApiError):
    """DeleteDBInstance: ReleasedKeepPolicy is none of the list."""

    code = "InvalidReleasedKeepPolicy.Format"
    status = 400
    message = "Specified Released Keep Policy is not valid."


class DeletionProtection(ApiError):
    """The instance is protected from deletion."""

    code = "OperationDenied.DeletionProtection"
    status = 400
    message = "The operation is not permitted when the instance enabled deletion protection."


class EngineMissing(ApiError):
    """This machine has no server for the engine. Ours; ``jackfield doctor`` says how to get one."""

    code = "InsufficientResourceCapacity"
    status = 404
    message = "No server of this engine is available on this machine: run 'jackfield doctor'."
