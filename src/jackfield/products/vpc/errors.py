"""Errors of VPC. Codes, statuses and texts are the vendor's (its error tables, spelling included)."""

from __future__ import annotations

from jackfield.products.errors import ApiError


class InvalidRegionIdNotFound(ApiError):
    """The region is unknown."""

    code = "InvalidRegionId.NotFound"
    status = 404
    message = 'Specified value of "regionId" is not supported.'


class RegionNotInRecords(ApiError):
    """The region is unknown, as DescribeZones says it."""

    code = "InvalidRegionId.NotFound"
    status = 404
    message = "The RegionId provided does not exist in our records."


class InvalidZoneIdNotFound(ApiError):
    """The zone is none of the region."""

    code = "InvalidZoneId.NotFound"
    status = 404
    message = "Specified zone does not exist."


class InvalidVpcIdNotFound(ApiError):
    """The VPC is unknown."""

    code = "InvalidVpcId.NotFound"
    status = 404
    message = "Specified VPC does not exist."


class TooManyVpcIds(ApiError):
    """More than 20 ids in DescribeVpcs."""

    code = "InvalidVpcIdNumber.NotSupported"
    status = 400
    message = "The number of vpcIds exceeds the limit."


class TooManyVSwitchIds(ApiError):
    """More than 20 ids in DescribeVSwitches; the status is the vendor's."""

    code = "InvalidVSwitchIdNumber.NotSupported"
    status = 404
    message = "The number of vSwitchIds exceeds the limit."


class UserCidrNotStrict(ApiError):
    """A user block has bits beyond its mask, or is none."""

    code = "IllegalParam.UserCidr"
    status = 400
    message = "UserCidr is not a valid or strict address."


class TooManyUserCidrs(ApiError):
    """More than three user blocks. The text's two blanks are the vendor's."""

    code = "InvalidUserCidr.Quota"
    status = 400
    message = "Specified  UserCidr number is greater than 3."


class UserCidrOverlapsSharedSpace(ApiError):
    """A user block meets the addresses that the cloud keeps for itself. The text's blanks are the vendor's."""

    code = "InvalidUserCidr.Malformed"
    status = 400
    message = "Specified  UserCidr  overlapping in of 100.64.0.0/10."


class Ipv6NotSupported(ApiError):
    """VPCs have no IPv6 block here. The vendor's text is filled in by the service; the words are ours."""

    code = "OperationUnsupported.Ipv6Feature"
    status = 400
    message = "The operation is not supported: VPCs have no IPv6 CIDR block here."


class VpcIpv6Disabled(ApiError):
    """A vSwitch is to have an IPv6 block, but its VPC has none. The vendor's text is filled in; the words are ours."""

    code = "OperationFailed.VpcIpv6Disabled"
    status = 400
    message = "The VPC has no IPv6 CIDR block."


class IpamNotSupported(ApiError):
    """A block is to come out of an IPAM pool; there are none here."""

    code = "UnsupportedFeature.IPAM"
    status = 400
    message = "VPCs cannot be created by using IPAM."


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
    """A description has at most 256 characters of any Unicode and starts neither with http:// nor https://."""

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
