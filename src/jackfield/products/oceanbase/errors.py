"""Errors of OceanBase Cloud's operations. The documents have no table: codes and texts are Jackfield's own, see
:mod:`jackfield.gateway.rest_errors` for the family and the choice of statuses.
"""

from __future__ import annotations

from jackfield.products.errors import ApiError


class InstanceNotFound(ApiError):
    """There is no such instance, or it is another account's or project's."""

    code = "E404J101"
    status = 404
    message = "The instance does not exist."


class TenantNotFound(ApiError):
    """The instance has no such tenant."""

    code = "E404J102"
    status = 404
    message = "The tenant does not exist."


class UserNotFound(ApiError):
    """The tenant has no such user."""

    code = "E404J103"
    status = 404
    message = "The user does not exist."


class AddressNotFound(ApiError):
    """The tenant has no such private address, be it a PrivateLink service or an address in a VPC."""

    code = "E404J104"
    status = 404
    message = "The private address does not exist."


class EndpointNotFound(ApiError):
    """The private address is not connected with this endpoint."""

    code = "E404J105"
    status = 404
    message = "The endpoint is not connected with the private address."


class SecurityIpGroupNotFound(ApiError):
    """The tenant has no such group of admitted addresses."""

    code = "E404J106"
    status = 404
    message = "The security IP group does not exist."


class VpcNotFound(ApiError):
    """There is no such VPC, or it is another account's."""

    code = "E404J107"
    status = 404
    message = "The VPC does not exist, or userVpcOwnerId is not the account that owns it."


class VSwitchNotFound(ApiError):
    """The VPC has no such vSwitch."""

    code = "E404J108"
    status = 404
    message = "The vSwitch does not exist in the VPC."


class ProjectMismatch(ApiError):
    """The instance exists, in another project of the account than ``X-Ob-Project-Id`` says."""

    code = "E403J101"
    status = 403
    message = "The project in X-Ob-Project-Id is not the one that owns the instance."


class InstanceNotOnline(ApiError):
    """The instance is being made or deleted."""

    code = "E409J101"
    status = 409
    message = "The status of the instance does not support this operation."


class TenantNotOnline(ApiError):
    """The tenant is being made or deleted."""

    code = "E409J102"
    status = 409
    message = "The status of the tenant does not support this operation."


class UserNotOnline(ApiError):
    """The user is being made, changed or deleted."""

    code = "E409J103"
    status = 409
    message = "The status of the user does not support this operation."


class AddressNotOnline(ApiError):
    """The private address is being made or deleted."""

    code = "E409J104"
    status = 409
    message = "The status of the private address does not support this operation."


class EndpointNotOnline(ApiError):
    """The connection with the endpoint is being made or ended."""

    code = "E409J105"
    status = 409
    message = "The connection with the endpoint is not established."


class TenantNameTaken(ApiError):
    """The instance has a tenant of that name."""

    code = "E409J106"
    status = 409
    message = "A tenant of this name exists in the instance."


class UserNameTaken(ApiError):
    """The tenant has a user of that name."""

    code = "E409J107"
    status = 409
    message = "A user of this name exists in the tenant."


class ServiceExists(ApiError):
    """The tenant has its primary private address already."""

    code = "E409J108"
    status = 409
    message = "The tenant has a PrivateLink service already."


class UserAccountExists(ApiError):
    """The cloud account is admitted already."""

    code = "E409J109"
    status = 409
    message = "The user account is in the allowlist already."


class EndpointConnected(ApiError):
    """The account's endpoint is connected already, with this private address or another."""

    code = "E409J110"
    status = 409
    message = "The endpoint is connected already."


class EndpointAddressTaken(ApiError):
    """The address that was wished for belongs to another endpoint."""

    code = "E409J111"
    status = 409
    message = "The value of userEndpointAddress is in use."


class SecurityIpGroupTaken(ApiError):
    """The tenant has a group of that name."""

    code = "E409J112"
    status = 409
    message = "A security IP group of this name exists."


class VpcAddressExists(ApiError):
    """The tenant has an address in that VPC, or one there is being made or deleted."""

    code = "E409J113"
    status = 409
    message = "The tenant has an address in this VPC already."


class NetworkNotAvailable(ApiError):
    """The VPC or the vSwitch is being made."""

    code = "E409J114"
    status = 409
    message = "The status of the VPC or of the vSwitch does not support this operation."


class VSwitchFull(ApiError):
    """All addresses of the vSwitch are in use."""

    code = "E409J115"
    status = 409
    message = "The vSwitch has no free address."


class NotForAlibabaCloud(ApiError):
    """The documents' note: PrivateLink operations are not for Alibaba Cloud instances."""

    code = "E400J101"
    status = 400
    message = "This operation cannot be called for Alibaba Cloud instances."


class EngineMissing(ApiError):
    """This machine has no server to run a tenant with."""

    code = "E400J102"
    status = 400
    message = "This machine has no OceanBase server; jackfield doctor says how to get one."


class ModeNotSupported(ApiError):
    """Only the MySQL mode has a server here."""

    code = "E400J103"
    status = 400
    message = "Jackfield runs tenants in MySQL mode only."


class NameMalformed(ApiError):
    """A name breaks its rule."""

    code = "E400J106"
    status = 400
    message = "The value of {name} is no valid name: {rule}."


class PasswordMalformed(ApiError):
    """The password breaks the rule."""

    code = "E400J107"
    status = 400
    message = (
        "The password must have 10 to 32 characters of at least three of: upper-case letters, lower-case letters, "
        "digits and !@#$%^&*()_+-=."
    )


class SecurityIpsMalformed(ApiError):
    """An entry is no address or CIDR block, stands twice, or there are too many."""

    code = "E400J108"
    status = 400
    message = "The security IP list is not valid."


class EndpointIdMalformed(ApiError):
    """The endpoint id could not be one of a cloud's."""

    code = "E400J109"
    status = 400
    message = "The value of endpointId is not valid."


class EndpointAddressMalformed(ApiError):
    """No IPv4 address, or one that no endpoint can have (0.0.0.0, multicast, 127.0.0.1)."""

    code = "E400J110"
    status = 400
    message = "The value of userEndpointAddress is no usable IPv4 address."


class ZonesMalformed(ApiError):
    """No zones, or a primary zone that is none of them."""

    code = "E400J111"
    status = 400
    message = "The value of {name} is not valid."


class EncryptionNotBuilt(ApiError):
    """Encrypted passwords are not built."""

    code = "E400J112"
    status = 400
    message = "Jackfield takes passwords in clear only; leave encryptionType out."


class UserTypeUnknown(ApiError):
    """A type of user that there is not, or not here (ReadonlyAccount)."""

    code = "E400J113"
    status = 400
    message = "The user type is NORMAL or ADMIN."


class OnlyForAlibabaCloud(ApiError):
    """The documents' note: addresses in a user's VPC are for Alibaba Cloud instances only."""

    code = "E400J114"
    status = 400
    message = "This operation can be called for Alibaba Cloud instances only."


class AddressTypeNotBuilt(ApiError):
    """The operation does not make addresses of that type; those of peered VPCs are not built."""

    code = "E400J115"
    status = 400
    message = "Jackfield does not build addresses of this type here."


class VpcElsewhere(ApiError):
    """An address lies in the region of its instance."""

    code = "E400J116"
    status = 400
    message = "The VPC is not in the region of the instance."
