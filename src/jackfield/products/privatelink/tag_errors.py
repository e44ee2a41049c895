"""Errors of PrivateLink's tag and resource group operations, as the vendor's tables have them."""

from __future__ import annotations

from jackfield.products.errors import ApiError


class DuplicatedTagKey(ApiError):
    """A key is given twice."""

    code = "DuplicatedTagKey"
    status = 400
    message = "The tag keys is duplicated."


class MissingTagKeyParam(ApiError):
    """A key is empty."""

    code = "MissingTagKeyParam"
    status = 400
    message = "The tag key is empty."


class MissingTagValueParam(ApiError):
    """A value is empty."""

    code = "MissingTagValueParam"
    status = 400
    message = "The tag value is empty."


class MissingResourceIdOrTagParam(ApiError):
    """Neither resources nor tags are named."""

    code = "MissingResourceIdOrTagParam"
    status = 400
    message = "The resource id and tag is empty."


class IllegalTagKeyParam(ApiError):
    """A key is too long, reserved or an address."""

    code = "IllegalTagKeyParam"
    status = 400
    message = "IllegalTagKeyParam"


class IllegalTagValueParam(ApiError):
    """A value is too long or an address."""

    code = "IllegalTagValueParam"
    status = 400
    message = "The tag value is Illegal."


class TagQuotaExceeded(ApiError):
    """A resource would have more than 20 tags, or more are given at once."""

    code = "QuotaExceed.TagsPerResource"
    status = 400
    message = "The maximum number of tags for each resource is exceeded"


class TaggedNotFound(ApiError):
    """A resource is unknown, not the caller's, or of another region or type."""

    code = "InvalidResourceId.NotFound"
    status = 400
    message = "The specified ResourceIds are not found in our records."


class TagInfoNotExist(ApiError):
    """None of the resources has any of the tags."""

    code = "TagInfoNotExist"
    status = 400
    message = "Tag info not exist"


class InvalidResourceGroup(ApiError):
    """The text is no id of a resource group."""

    code = "InvalidResourceGroup"
    status = 400
    message = "The specified ResourceGroupId is invalid"


class ResourceNotFound(ApiError):
    """The resource that is to change its group is unknown, or not the caller's."""

    code = "ResourceNotFound"
    status = 400
    message = "The specified resource is not found"
