"""Errors of Tair about tags. Codes, statuses and texts are the vendor's (its error tables)."""

from __future__ import annotations

from jackfield.products.errors import ApiError


class InvalidTagResourceType(ApiError):
    """The type is not INSTANCE."""

    code = "InvalidParameter.ResourceType"
    status = 400
    message = "The specified parameter ResourceType is not valid."


class TooManyResourceIds(ApiError):
    """More than 50 ids."""

    code = "NumberExceed.ResourceIds"
    status = 400
    message = "The ResourceIds parameter number is exceed."


class TooManyNewTags(ApiError):
    """TagResources: more than 20 tags."""

    code = "NumberExceed.Tags"
    status = 400
    message = "The Tags parameter number is exceed, Valid is 20."


class TooManyTags(ApiError):
    """UntagResources and ListTagResources: more than 20 tags."""

    code = "NumberExceed.Tags"
    status = 400
    message = "The Tags parameter number is exceed."


class TagQuotaExceeded(ApiError):
    """An instance would have more than 20 tags."""

    code = "OperationDenied.QuotaExceed"
    status = 400
    message = "The Tags parameter number is exceed. Valid is 20."


class DuplicateTagKey(ApiError):
    """A key stands twice."""

    code = "Duplicate.TagKey"
    status = 400
    message = "The specified parameter Tag.n.Key is duplicated."


class InvalidTagKey(ApiError):
    """A key has 1 to 128 characters, starts neither with aliyun nor acs:, and holds neither http:// nor https://."""

    code = "InvalidTagKey.Malformed"
    status = 400
    message = "The specified parameter Tag.n.Key or TagKey.n is not valid."


class InvalidTagValue(ApiError):
    """A value has up to 128 characters and holds neither http:// nor https://."""

    code = "InvalidTagValue.Malformed"
    status = 400
    message = "The specified parameter Tag.n.Value is not valid."


class TagOrResourceIdMissing(ApiError):
    """ListTagResources needs ids or tags."""

    code = "MissParameter.TagOrResourceId"
    status = 400
    message = "The parameter Tag.n or ResourceId.n is needed."
