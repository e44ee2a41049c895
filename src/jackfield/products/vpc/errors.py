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


class VpcHasVSwitches(ApiError):
    """A VPC is deleted after its vSwitches."""

    code = "DependencyViolation.VSwitch"
    status = 400
    message = "Specified object has dependent resources"


class VpcHasSecurityGroups(ApiError):
    """A VPC is deleted after its security groups."""

    code = "DependencyViolation.SecurityGroup"
    status = 400
    message = "Specified object has dependent resources SecurityGroup."


class VpcIsUsed(ApiError):
    """Something else is in the VPC. The vendor's text is filled in by the service; the words are ours."""

    code = "DependencyViolation.CloudServiceResource"
    status = 400
    message = "Specified object has dependent resources of a cloud service."


class CidrBlockTooSmall(ApiError):
    """A VPC's new block leaves out a vSwitch."""

    code = "IllegalCidrBlock"
    status = 400
    message = "Some subnet cidrBlock is not in the cidrBlock."


class VSwitchNotExist(ApiError):
    """The vSwitch is unknown, as DeleteVSwitch says it."""

    code = "InvalidVSwitchId.NotFound"
    status = 404
    message = "VSwitch not exist."


class VirtualSwitchNotFound(ApiError):
    """The vSwitch is unknown, as ModifyVSwitchAttribute says it."""

    code = "InvalidVSwitchId.NotFound"
    status = 404
    message = "The specified virtual switch does not exists."


class IncorrectVSwitchStatus(ApiError):
    """The vSwitch is in a transitional state, as DeleteVSwitch says it."""

    code = "IncorrectVSwitchStatus"
    status = 400
    message = "vpc subnet is in middle status."


class IncorrectStatusVSwitch(ApiError):
    """The vSwitch is in a transitional state, as ModifyVSwitchAttribute says it."""

    code = "IncorrectStatus.VSwitch"
    status = 400
    message = "The status of the specified VSwitch is invalid."


class VSwitchIsUsed(ApiError):
    """Something has an address of the vSwitch, or is in it otherwise."""

    code = "DependencyViolation"
    status = 400
    message = "Resources deployed in the vSwitch have not been deleted."


class TagTypeNotFound(ApiError):
    """Only VPCs and vSwitches have tags here."""

    code = "InvalidInstanceType.NotFound"
    status = 400
    message = "The instance type is not found"


class TaggedNotFound(ApiError):
    """A resource to tag is unknown."""

    code = "InvalidInstanceIds.NotFound"
    status = 400
    message = "The instanceIds are not found"


class TooManyTagged(ApiError):
    """More than 50 resources in one call."""

    code = "SizeLimitExceeded.ResourceId"
    status = 400
    message = "The maximum number of resource IDs is exceeded."


class TooManyTags(ApiError):
    """More than 20 tags in one call."""

    code = "SizeLimitExceeded.TagNum"
    status = 400
    message = "The maximum number of tags is exceeded."


class TagQuotaExceeded(ApiError):
    """A resource has at most 20 tags."""

    code = "QuotaExceeded.TagNum"
    status = 400
    message = "Custom Tags quota exceeded"


class TagKeyDuplicated(ApiError):
    """The same key twice in one call."""

    code = "Forbidden.TagKey.Duplicated"
    status = 400
    message = "The specified tag key already exists."


class InvalidTagKey(ApiError):
    """A key has 1 to 128 characters, does not start with ``aliyun`` or ``acs:`` and holds no scheme."""

    code = "InvalidTagKey"
    status = 400
    message = "The tag keys are not valid."


class InvalidTagValue(ApiError):
    """A value has up to 128 characters and holds no scheme."""

    code = "InvalidTagValue"
    status = 400
    message = "The tag values are not valid."


class NothingToList(ApiError):
    """ListTagResources without ids and without tags."""

    code = "BothEmpty.TagsAndResources"
    status = 400
    message = "The specified Tags and ResourcesIds are not allow to both empty."
