"""TagResources, UntagResources and ListTagResources of Tair, for instances."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated

import msgspec

from jackfield.products.errors import InvalidParameterValue
from jackfield.products.next_token import NoToken, offset_of, token_for
from jackfield.products.operation import Call, Param, Reply, Request, operation
from jackfield.products.tags import TagOfResource, TagShape, TagsOfResources, carries, listed, merged, without
from jackfield.products.tair.errors import InvalidDbInstanceIdNotFound
from jackfield.products.tair.instances import own_instance
from jackfield.products.tair.product import TAIR
from jackfield.products.tair.resources import Instance
from jackfield.products.tair.tag_errors import (
    DuplicateTagKey,
    InvalidTagKey,
    InvalidTagResourceType,
    InvalidTagValue,
    TagOrResourceIdMissing,
    TagQuotaExceeded,
    TooManyNewTags,
    TooManyResourceIds,
    TooManyTags,
)
from jackfield.store.interface import Reader, Tx

MAX_RESOURCES = 50
MAX_TAGS = 20
"""In one call, and of an instance."""

PAGE = 1000
"""Tags a page of ListTagResources; the vendor gives no figure and no parameter for it."""

LISTED_TYPE = "ALIYUN::KVSTORE::INSTANCE"
"""How replies name the type (the documents' example), whatever the call's spelling."""

RegionId = Annotated[str, Param("The region of the instances.", "cn-hangzhou")]
ResourceType = Annotated[str, Param("What they are: INSTANCE.", "INSTANCE")]
ResourceIds = Annotated[tuple[str, ...], Param("Ids of instances, up to 50.")]


class TagResourcesRequest(Request):
    region_id: RegionId
    resource_type: ResourceType
    resource_id: ResourceIds
    tag: Annotated[tuple[TagShape, ...], Param("Tags to add, up to 20; a key that is there gets the new value.")]


@operation(
    TAIR,
    title="Adds tags to instances",
    access="create",
    resource="instance/*",
    errors=(
        InvalidTagResourceType,
        InvalidDbInstanceIdNotFound,
        TooManyResourceIds,
        TooManyNewTags,
        DuplicateTagKey,
        InvalidTagKey,
        InvalidTagValue,
        TagQuotaExceeded,
    ),
)
def tag_resources(tx: Tx, call: Call, request: TagResourcesRequest) -> Reply:
    """Tags all of the instances, or none."""
    if len(request.tag) > MAX_TAGS:
        raise TooManyNewTags
    if len({tag.key for tag in request.tag}) < len(request.tag):
        raise DuplicateTagKey
    for tag in request.tag:
        if not 1 <= len(tag.key) <= 128 or tag.key.lower().startswith(("aliyun", "acs:")) or _has_scheme(tag.key):
            raise InvalidTagKey
        if len(tag.value) > 128 or _has_scheme(tag.value):
            raise InvalidTagValue
    for instance in _named(tx, call, request.region_id, request.resource_type, request.resource_id):
        tags = merged(instance.tags, request.tag)
        if len(tags) > MAX_TAGS:
            raise TagQuotaExceeded
        tx.put(msgspec.structs.replace(instance, tags=tags))
    return Reply()


class UntagResourcesRequest(Request):
    region_id: RegionId
    resource_type: ResourceType
    resource_id: ResourceIds
    tag_key: Annotated[tuple[str, ...], Param("Keys of the tags to remove, up to 20.")] = ()
    all: Annotated[bool, Param("Removes every tag, where no key is given.", "false")] = False


@operation(
    TAIR,
    title="Removes tags from instances",
    access="delete",
    resource="instance/*",
    errors=(InvalidTagResourceType, InvalidDbInstanceIdNotFound, TooManyResourceIds, TooManyTags),
)
def untag_resources(tx: Tx, call: Call, request: UntagResourcesRequest) -> Reply:
    """Removes tags of all of the instances; a key that one lacks is no error."""
    if len(request.tag_key) > MAX_TAGS:
        raise TooManyTags
    everything = request.all and not request.tag_key
    for instance in _named(tx, call, request.region_id, request.resource_type, request.resource_id):
        tags = () if everything else without(instance.tags, request.tag_key)
        tx.put(msgspec.structs.replace(instance, tags=tags))
    return Reply()


class ListTagResourcesRequest(Request):
    region_id: RegionId
    resource_type: ResourceType
    resource_id: ResourceIds = ()
    tag: Annotated[tuple[TagShape, ...], Param("Only instances with all of these tags.")] = ()
    next_token: Annotated[str, Param("What the reply with the page before gave.", "ZnJvbSA1MA==")] = ""


class ListTagResourcesReply(Reply):
    """NextToken is empty when no page follows."""

    next_token: str
    tag_resources: TagsOfResources


@operation(
    TAIR,
    title="Queries tags of instances",
    access="get",
    resource="instance/*",
    errors=(
        InvalidTagResourceType,
        InvalidDbInstanceIdNotFound,
        TooManyResourceIds,
        TooManyTags,
        TagOrResourceIdMissing,
    ),
)
def list_tag_resources(tx: Reader, call: Call, request: ListTagResourcesRequest) -> ListTagResourcesReply:
    """Lists the tags of the named instances, or of those with certain tags."""
    if not request.resource_id and not request.tag:
        raise TagOrResourceIdMissing
    if len(request.tag) > MAX_TAGS:
        raise TooManyTags
    instances: Iterable[Instance] = _named(tx, call, request.region_id, request.resource_type, request.resource_id)
    if not request.resource_id:
        instances = tx.each(Instance, account=call.account, region=request.region_id)
    found: list[TagOfResource] = []
    for instance in instances:
        if carries(instance.tags, request.tag):
            found += listed(instance.id, LISTED_TYPE, instance.tags)
    try:
        offset = offset_of(request.next_token)
    except NoToken:
        raise InvalidParameterValue(name="NextToken") from None
    following = offset + PAGE
    return ListTagResourcesReply(
        next_token=token_for(following) if following < len(found) else "",
        tag_resources=TagsOfResources(tag_resource=tuple(found[offset:following])),
    )


def _named(tx: Reader, call: Call, region: str, type: str, ids: Sequence[str]) -> list[Instance]:
    if type.upper() != "INSTANCE":
        raise InvalidTagResourceType
    if len(ids) > MAX_RESOURCES:
        raise TooManyResourceIds
    found = [own_instance(tx, call, id, InvalidDbInstanceIdNotFound) for id in dict.fromkeys(ids)]
    if any(instance.region != region for instance in found):
        raise InvalidDbInstanceIdNotFound
    return found


def _has_scheme(text: str) -> bool:
    return "http://" in text or "https://" in text
