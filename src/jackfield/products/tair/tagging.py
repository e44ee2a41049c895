"""TagResources, UntagResources and ListTagResources of Tair, for instances."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Annotated

from jackfield.products.errors import InvalidParameterValue
from jackfield.products.operation import Call, Param, Reply, Request, operation
from jackfield.products.tagging import MAX_RESOURCES, MAX_TAGS, TagRules, add_tags, page_of, remove_tags
from jackfield.products.tags import TagOfResource, TagShape, TagsOfResources, carries, listed
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

PAGE = 1000
"""Tags a page of ListTagResources; the vendor gives no figure and no parameter for it."""

LISTED_TYPE = "ALIYUN::KVSTORE::INSTANCE"
"""How replies name the type (the documents' example), whatever the call's spelling."""

_RULES = TagRules(too_many=TooManyNewTags, duplicate=DuplicateTagKey, key=InvalidTagKey, value=InvalidTagValue)

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
    _RULES.check(request.tag)
    named = _named(tx, call, request.region_id, request.resource_type, request.resource_id)
    add_tags(tx, named, request.tag, TagQuotaExceeded)
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
    named = _named(tx, call, request.region_id, request.resource_type, request.resource_id)
    remove_tags(tx, named, request.tag_key, all=request.all)
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
    token, page = page_of(found, request.next_token, PAGE, partial(InvalidParameterValue, name="NextToken"))
    return ListTagResourcesReply(next_token=token, tag_resources=page)


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
