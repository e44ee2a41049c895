"""Errors of ECS. Codes, statuses and texts are the vendor's (its API documents' error tables, spelling included)."""

from __future__ import annotations

from jackfield.products.errors import ApiError


class InvalidRegionIdNotFound(ApiError):
    """The region is unknown."""

    code = "InvalidRegionId.NotFound"
    status = 404
    message = "The specified RegionId does not exist."


class InvalidSecurityGroupIdNotFound(ApiError):
    """The group is unknown."""

    code = "InvalidSecurityGroupId.NotFound"
    status = 404
    message = "The specified SecurityGroupId does not exist."


class InvalidSecurityGroupNotFound(ApiError):
    """The group is unknown, as DeleteSecurityGroup says it."""

    code = "InvalidSecurityGroup.NotFound"
    status = 404
    message = "The specified security group is not found."


class VpcIdMissing(ApiError):
    """There is no classic network, so every group needs a VPC."""

    code = "InvalidVpcId.NotFound"
    status = 403
    message = "The VpcId must not empty when only support vpc vm."


class InvalidVpcIdNotFound(ApiError):
    """The VPC is unknown."""

    code = "InvalidVpcId.NotFound"
    status = 404
    message = "Specified VPC does not exist."


class IncorrectVpcStatus(ApiError):
    """The VPC is being made or deleted."""

    code = "IncorrectVpcStatus"
    status = 400
    message = "Current VPC status does not support this operation."


class InvalidSecurityGroupNameMalformed(ApiError):
    """A name has 2 to 128 characters, starts with a letter and goes on with letters, digits and ``:_.-``."""

    code = "InvalidSecurityGroupName.Malformed"
    status = 400
    message = "Specified security group name is not valid."


class InvalidDescriptionMalformed(ApiError):
    """A group's description has 2 to 256 characters and does not start with a scheme. The code's spelling is theirs."""

    code = "InvalidSecurityGroupDiscription.Malformed"
    status = 400
    message = "Specified security group description is not valid."


class InvalidGroupType(ApiError):
    """Neither normal nor enterprise."""

    code = "InvalidParams.GroupType"
    status = 400
    message = "The specified security group type is not valid."


class InvalidListedGroupType(ApiError):
    """The same, as DescribeSecurityGroups says it."""

    code = "InvalidParameter.SecurityGroupType"
    status = 400
    message = "The specified SecurityGroupType is not valid."


class InvalidNextToken(ApiError):
    """The page mark is none that was given out. The code's spelling is the vendor's."""

    code = "InValidParameter.NextToken"
    status = 400
    message = "The parameter NextToken is invalid."


class InvalidParamter(ApiError):
    """A value that DescribeSecurityGroupAttribute does not take. The code's spelling is the vendor's."""

    code = "InvalidParamter"
    status = 400
    message = "Invalid Parameter."


class AttributeNotSupported(ApiError):
    """DescribeSecurityGroupAttribute is asked for something else than snapshot policies."""

    code = "InvalidParameter.AttributeNotSupported"
    status = 400
    message = "The specified value for parameter Attribute is not supported. Valid values: snapshotPolicyIds."


class InnerAccessPolicyMalformed(ApiError):
    """Neither Accept nor Drop."""

    code = "InvalidPolicy.Malformed"
    status = 400
    message = "The Policy is invalid. Only 'Accept' and 'Drop' are supported. Ignore case."


class InnerAccessPolicyFixed(ApiError):
    """An enterprise group keeps its members apart; the status is the vendor's."""

    code = "InvalidParameter.InnerAccessPolicy"
    status = 404
    message = "The InnerAccessPolicy attribute of enterprise level security group can't be modified."


class GroupInUse(ApiError):
    """Something is attached to the group."""

    code = "DependencyViolation"
    status = 403
    message = "There is still instance(s) in the specified security group."


class GroupAuthorised(ApiError):
    """A rule of another group is about the group."""

    code = "DependencyViolation"
    status = 403
    message = "The specified security group has been authorized in another one."


class InvalidResourceTypeNotFound(ApiError):
    """Only security groups have tags here."""

    code = "InvalidResourceType.NotFound"
    status = 404
    message = "The ResourceType provided does not exist in our records."


class InvalidResourceIdNotFound(ApiError):
    """A resource to tag is unknown."""

    code = "InvalidResourceId.NotFound"
    status = 404
    message = "The specified ResourceIds are not found in our records."


class TooManyResourceIds(ApiError):
    """More than 50 resources in one call."""

    code = "NumberExceed.ResourceIds"
    status = 400
    message = "The ResourceIds parameter's number is exceed , Valid : 50"


class TooManyTags(ApiError):
    """More than 20 tags in one call."""

    code = "NumberExceed.Tags"
    status = 400
    message = "The Tags parameter's number is exceed , Valid : 20"


class DuplicateTagKey(ApiError):
    """The same key twice in one call."""

    code = "Duplicate.TagKey"
    status = 400
    message = "The Tag.N.Key contain duplicate key."


class InvalidTagKey(ApiError):
    """A key has 1 to 128 characters, does not start with ``aliyun`` or ``acs:`` and holds no scheme."""

    code = "InvalidTagKey.Malformed"
    status = 400
    message = "The specified Tag.n.Key is not valid."


class InvalidTagValue(ApiError):
    """A value has up to 128 characters and holds no scheme."""

    code = "InvalidTagValue.Malformed"
    status = 400
    message = "The specified Tag.n.Value is not valid."


class TagQuotaExceed(ApiError):
    """A resource has at most 20 tags."""

    code = "OperationDenied.QuotaExceed"
    status = 400
    message = "The quota of tags on resource is beyond permitted range."
