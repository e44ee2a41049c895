"""Errors of VPC. Codes, statuses and texts are the vendor's (its error tables, spelling included)."""

from __future__ import annotations

from jackfield.products.errors import ApiError


class InvalidRegionIdNotFound(ApiError):
    """The region is unknown."""

    code = "InvalidRegionId.NotFound"
    status = 404
    message = 'Specified value of "regionId" is not supported.'


class InvalidVpcIdNotFound(ApiError):
    """The VPC is unknown."""

    code = "InvalidVpcId.NotFound"
    status = 404
    message = "Specified VPC can not found."


class InvalidVSwitchIdNotFound(ApiError):
    """The vSwitch is unknown (DescribeVSwitchAttributes says it with status 400)."""

    code = "InvalidVSwitchId.NotFound"
    status = 400
    message = "Specified VSwitch can not found."


class InvalidCidrBlockMalformed(ApiError):
    """Not a block, or not inside what the call allows."""

    code = "InvalidCidrBlock.Malformed"
    status = 400
    message = "Specified CIDR block is not valid."


class InvalidVpcCidr(ApiError):
    """A VPC's block is not inside 10/8, 172.16/12 or 192.168/16, or its mask is not 8 to 28."""

    code = "InvalidParameter"
    status = 400
    message = "Specified CIDR block is not valid"


class InvalidVSwitchCidr(ApiError):
    """A vSwitch's block is not inside its VPC's."""

    code = "InvalidParameter"
    status = 400
    message = "Specified CIDR block is not valid in VPC."


class InvalidMaskLength(ApiError):
    """A vSwitch's mask is not 16 to 29. The code's spelling is the vendor's."""

    code = "InvalidCirdrBlock.MaskLength"
    status = 400
    message = "Specified CIDR block is not valid ."


class InvalidCidrBlockOverlapped(ApiError):
    """Another vSwitch of the VPC has addresses of this block."""

    code = "InvalidCidrBlock.Overlapped"
    status = 400
    message = "Specified CIDR block overlapped with other subnets."


class InvalidVpcNameMalformed(ApiError):
    """A name is 1 to 128 characters and starts neither with http:// nor https://."""

    code = "InvalidVpcName.Malformed"
    status = 400
    message = "Specified VPC name is not valid."


class InvalidVpcDescriptionMalformed(ApiError):
    """A description is at most 256 characters and starts neither with http:// nor https://; any Unicode may stand in it."""

    code = "InvalidVpcDiscription.Malformed"
    status = 400
    message = "Specified VPC description is not valid."


class InvalidVSwitchNameMalformed(ApiError):
    """As for a VPC's name."""

    code = "InvalidVSwitchName.Malformed"
    status = 400
    message = "Specified virtual switch name is not valid."


class InvalidVSwitchDescriptionMalformed(ApiError):
    """As for a VPC's description."""

    code = "InvalidVSwitchDiscription.Malformed"
    status = 400
    message = "Specified  virtual switch description is not valid."


class IncorrectVpcStatus(ApiError):
    """The VPC is in a transitional state."""

    code = "IncorrectVpcStatus"
    status = 400
    message = "Current VPC status does not support this operation."


class ResourceNotAvailable(ApiError):
    """The zone is none of the region."""

    code = "ResourceNotAvailable"
    status = 400
    message = "Resource you requested is not available in this region or zone."
