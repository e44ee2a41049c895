"""Errors of Tair. Codes, statuses and texts are the vendor's (its error tables, spelling included)."""

from __future__ import annotations

from jackfield.products.errors import ApiError


class InvalidInstanceIdNotFound(ApiError):
    """The instance is unknown, as the Describe family says it."""

    code = "InvalidInstanceId.NotFound"
    status = 404
    message = "The InstanceId provided does not exist in our records."


class InvalidDbInstanceIdNotFound(ApiError):
    """The instance is unknown, as the connection family says it."""

    code = "InvalidDbInstanceId.NotFound"
    status = 404
    message = "Specified instance does not exist."


class InstanceStatusNotSupport(ApiError):
    """The instance is in a transitional state."""

    code = "InstanceStatus.NotSupport"
    status = 403
    message = "Instance status does not support this operation."


class IncorrectDBInstanceState(ApiError):
    """The instance is in a transitional state, as the calls about TLS say it."""

    code = "IncorrectDBInstanceState"
    status = 403
    message = "Current DB instance state does not support this operation."


class InvalidParametersFormat(ApiError):
    """SSLEnabled is none of its values, or wants a certificate renewed that is not there."""

    code = "InvalidParameters.Format"
    status = 400
    message = "Specified parameters is not valid."


class NetTypeNotExists(ApiError):
    """There is no endpoint of the kind that the call wants to release."""

    code = "NetTypeNotExists"
    status = 400
    message = "Specified net type not existed."


class DirectConnectionAlreadyExists(ApiError):
    """The instance has its direct endpoint already."""

    code = "DirectConnectionAlreadyExists"
    status = 400
    message = "Specified instance direct connection already exists."


class InvalidConnType(ApiError):
    """The instance's architecture has no direct connection."""

    code = "InvalidConnType"
    status = 400
    message = "Specified DB instance conn type is not valid."


class NetTypeExists(ApiError):
    """The instance has its public endpoint already."""

    code = "NetTypeExists"
    status = 400
    message = "Specified net type already existed."


class AtLeastOneNetTypeExists(ApiError):
    """ReleaseInstancePublicConnection: the string is not that of a public endpoint of the instance.

    The operation documents no other error about it.
    """

    code = "AtLeastOneNetTypeExists"
    status = 400
    message = "Current DB instance net type does not support this operation."


class MissingConnectionStringPrefix(ApiError):
    """AllocateInstancePublicConnection without a prefix."""

    code = "MissingConnectionString"
    status = 400
    message = "ConnectionStringPrefix is mandatory for this action."


class MissingCurrentConnectionString(ApiError):
    """ReleaseInstancePublicConnection without the endpoint's name."""

    code = "MissingConnectionString"
    status = 400
    message = "CurrentConnectionString is mandatory for this action."


class InvalidIpTypeFormat(ApiError):
    """ModifyDBInstanceConnectionString: the network type is none, or not that of the endpoint."""

    code = "InvalidIPType.Format"
    status = 400
    message = "Specified parameter IPType is not supported."


class InvalidConnectionStringOrPortDuplicate(ApiError):
    """ModifyDBInstanceConnectionString: neither the name nor the port would be another one."""

    code = "InvalidConnectionStringOrPort.Duplicate"
    status = 400
    message = "Specified connection string or port want to be modified is the same with current net type."


class ConnectionStringAlreadyExists(ApiError):
    """The name is taken, by whichever account."""

    code = "ConnectionStringAlreadyExists"
    status = 400
    message = "Specified connection string already exists in the Aliyun RDS."


class InvalidConnectionStringFormat(ApiError):
    """The prefix breaks the rule for connection strings."""

    code = "InvalidConnectionString.Format"
    status = 400
    message = "Specified connection string is not valid."


class InvalidPort(ApiError):
    """The port is outside 1024 to 65535, or is the one that the engine keeps for its cluster bus.

    The operation's error table names none for a port; this is the gateway's ``Invalid<Parameter>`` form.
    """

    code = "InvalidPort"
    status = 400
    message = "Specified parameter Port is not valid."


class InvalidRegionFormat(ApiError):
    """The region is unknown."""

    code = "InvalidRegion.Format"
    status = 400
    message = "Specified Region is not valid."


class ZoneIdNotFound(ApiError):
    """The zone is none of the region. The vendor's text speaks of something else; it is kept."""

    code = "ZoneIdNotFound"
    status = 400
    message = "Specify iz not support switch network."


class InstanceClassNotMatch(ApiError):
    """The class is none that this product has."""

    code = "InstanceClass.NotMatch"
    status = 400
    message = "Current instance class and instance type is not match."


class InvalidShardInfoFormat(ApiError):
    """The number of shards is out of range, or is given for a class that is no cluster."""

    code = "InvalidShardInfo.Format"
    status = 400
    message = "Shard total number is out of range."


class InvalidEngineVersionMalformed(ApiError):
    """The engine version is none of the documented ones."""

    code = "InvalidEngineVersion.Malformed"
    status = 400
    message = "Specified engine version is not valid."


class InvalidInstanceNameMalformed(ApiError):
    """The instance's name breaks the rule for names."""

    code = "InvalidInstanceName.Malformed"
    status = 400
    message = "The Specified parameter InstanceName is not valid."


class InvalidPasswordMalformed(ApiError):
    """The password is not 8 to 32 characters with three of four classes."""

    code = "InvalidPassword.Malformed"
    status = 400
    message = "The Specified parameter Password is not valid."


class InvalidNewPasswordMalformed(ApiError):
    """As :class:`InvalidPasswordMalformed`, of ModifyInstanceAttribute."""

    code = "InvalidPassword.Malformed"
    status = 400
    message = "The Specified parameter NewPassword is not valid."


class AttributeMissing(ApiError):
    """ModifyInstanceAttribute was given nothing to change."""

    code = "MissingParameter"
    status = 400
    message = "InstanceName or NewPassword at least one is mandatory for this action."


class TaskExists(ApiError):
    """A new password has to wait for what is being done to the instance."""

    code = "TaskExists"
    status = 400
    message = "Specified task have existed."


class InvalidTokenMalformed(ApiError):
    """The idempotence token is longer than 64 characters, or not ASCII."""

    code = "InvalidToken.Malformed"
    status = 400
    message = "The Specified parameter Token is not valid."


class InvalidCapacityNotFound(ApiError):
    """There is no class of that capacity."""

    code = "InvalidCapacity.NotFound"
    status = 400
    message = "The Capacity provided does not exist in our records."


class InvalidVpcIdNotFound(ApiError):
    """The VPC is unknown."""

    code = "InvalidVPCId.NotFound"
    status = 400
    message = "Specified virtual vpc is not found."


class InvalidVSwitchId(ApiError):
    """The vSwitch is unknown, or none of the VPC. The code's small v is the vendor's."""

    code = "InvalidvSwitchId"
    status = 400
    message = "The vpc does not cover the vswitch."


class VSwitchZoneNotSupported(ApiError):
    """The vSwitch lies in another zone than the instance."""

    code = "InvalidvSwitchId"
    status = 404
    message = "The Specified vSwitchId zone not supported."


class InvalidIpNotInSubnet(ApiError):
    """The wanted private address is not free in the vSwitch."""

    code = "InvalidIPNotInSubnet"
    status = 400
    message = "Error ip not in subnet."


class QuotaNotEnough(ApiError):
    """The vSwitch, or this machine's pool of addresses, has no free address."""

    code = "QuotaNotEnough"
    status = 400
    message = "Quota not enough in this zone."


class MissingPeriod(ApiError):
    """A PrePaid instance needs a period."""

    code = "MissingParameter"
    status = 400
    message = "Period is mandatory for this action."


class InstanceReleaseProtection(ApiError):
    """The instance is protected from release."""

    code = "InstanceReleaseProtection"
    status = 403
    message = "The operation is not permitted due to instance release protection."


class InvalidInstanceIdsMalformed(ApiError):
    """The list of instance ids is empty between commas, or longer than 30."""

    code = "InvalidInstanceIds.Malformed"
    status = 400
    message = "The Specified parameter InstanceIds is not valid."


class InvalidGroupNameFormat(ApiError):
    """The whitelist group's name breaks the rule. The spelling of the text is the vendor's."""

    code = "InvalidGroupName.Format"
    status = 400
    message = "Sepecified group name is not valid."


class InvalidSecurityIpListNotFound(ApiError):
    """Delete names an entry that is not in the group."""

    code = "InvalidSecurityIPList.NotFound"
    status = 404
    message = "Specified same security IP does not exist or at least one security IP need."


class SecurityIpListDuplicate(ApiError):
    """An entry stands twice."""

    code = "SecurityIPList.Duplicate"
    status = 409
    message = "Specified same security IP already exists."


class InvalidSecurityIps(ApiError):
    """An entry is no address and no CIDR block, or there are more than 1,000.

    The operation's error table names none for this; this is the gateway's ``Invalid<Parameter>`` form.
    """

    code = "InvalidSecurityIps"
    status = 400
    message = "Specified parameter SecurityIps is not valid."


class EngineMissing(ApiError):
    """This machine has no Redis server. Ours, not the vendor's; ``jackfield doctor`` says how to get one."""

    code = "ResourceNotAvailable"
    status = 400
    message = "No Redis server is available on this machine: run 'jackfield doctor'."
