"""Errors of RDS about tags; the vendor's, spelling included. Every operation has texts of its own."""

from __future__ import annotations

from jackfield.products.errors import ApiError


class InvalidResourceType(ApiError):
    """The type is not INSTANCE: nothing else can be tagged here."""

    code = "InvalidParameter.ResourceType"
    status = 400
    message = "The parameter ResourceType is invalid."


class TaggedInstanceNotFound(ApiError):
    """One of the instances is unknown, or lies elsewhere."""

    code = "InvalidResourceId.NotFound"
    status = 400
    message = "ResourceId does not refer to an existing DB instance."


class TooManyNewTags(ApiError):
    """TagResources: more than 20 tags."""

    code = "NumberExceed.Tags"
    status = 400
    message = "The maximum number of Tags is exceeded. The maximum value is 20."


class TooManyTagKeys(ApiError):
    """UntagResources: more than 20 keys."""

    code = "NumberExceed.Tags"
    status = 400
    message = "The number of parameter Tags is exceed, Valid : 20"


class TooManyTagsAsked(ApiError):
    """ListTagResources: more than 20 tags."""

    code = "NumberExceed.Tags"
    status = 400
    message = "The number of Tags parameter is exceed, Valid : 20"


class TooManyTaggedResources(ApiError):
    """TagResources: more than 50 instances."""

    code = "NumberExceed.ResourceIds"
    status = 400
    message = "The maximum number of ResourceIds is exceeded. The maximum value is 50."


class TooManyResources(ApiError):
    """UntagResources and ListTagResources: more than 50 instances."""

    code = "NumberExceed.ResourceIds"
    status = 400
    message = "The number of ResourceIds parameter is exceed , Valid : 50"


class TagKeyBlank(ApiError):
    """TagResources: a key is empty, longer than 128 characters, reserved or a URL."""

    code = "InvalidTagKey.Malformed"
    status = 400
    message = "The Tag.N.Key parameter is blank"


class TagValueBlank(ApiError):
    """TagResources: a value is longer than 128 characters or a URL."""

    code = "InvalidTagValue.Malformed"
    status = 400
    message = "The Tag.N.Value parameter is blank"


class TagKeyTwice(ApiError):
    """TagResources: two tags have the same key."""

    code = "Duplicate.TagKey"
    status = 400
    message = "The Tag.N.Key contain duplicate key."


class TagQuotaExceeded(ApiError):
    """An instance would have more than 20 tags."""

    code = "OperationDenied.QuotaExceed"
    status = 400
    message = "The maximum number of Tags is exceeded."


class NothingAsked(ApiError):
    """ListTagResources: neither instances nor tags."""

    code = "BothEmpty.TagsAndResources"
    status = 400
    message = "The specified Tags and ResourcesIds are not allow to both empty."


class LegacyTagKeyMalformed(ApiError):
    """AddTagsToResource: a key is empty, too long, reserved or a URL; the status is the documented one."""

    code = "InvalidTagKey.Malformed"
    status = 401
    message = "Malformed tag key."


class LegacyTagValueTooLong(ApiError):
    """AddTagsToResource: a value is too long, reserved or a URL."""

    code = "Tag.TagValueTooLong"
    status = 400
    message = "the max length of tag value is 128."


class LegacyTagKeyTwice(ApiError):
    """AddTagsToResource: two tags have the same key."""

    code = "Tag.TagKeyDuplex"
    status = 400
    message = "tag key must be sole in one operation."


class LegacyTooManyTags(ApiError):
    """AddTagsToResource and RemoveTagsFromResource: more than 5 tags."""

    code = "Tag.Allow5TagInfos"
    status = 400
    message = "only 5 tags allowed in one operation."


class LegacyTagsAtTwoPlaces(ApiError):
    """Tags stand both in Tags and in Tag.N."""

    code = "Tag.SetTagInfoAtTwoParameter"
    status = 400
    message = "only tags or tagN parameter could be setted."


class LegacyTagsInvalid(ApiError):
    """Tags is no JSON object of texts."""

    code = "Tag.InvalidTagsParameter"
    status = 400
    message = "tags parameter is invalid."


class LegacyNoTags(ApiError):
    """Neither Tags nor Tag.N."""

    code = "Tag.NoTagInfoExist"
    status = 400
    message = "all the tags and tagN parameters is null."


class LegacyTooManyInstances(ApiError):
    """More than 30 instances."""

    code = "Tag.TooManyDBInstanceIds"
    status = 400
    message = "the dbinstance Ids is more than 30."


class LegacyInstanceNotFound(ApiError):
    """One of the instances is unknown."""

    code = "InvalidDBInstanceId.NotFound"
    status = 404
    message = "The DBInstanceId provided does not exist in our records."
