"""TagResources, UntagResources and ListTagResources of ECS, for security groups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated

from jackfield.products.ecs.errors import (
    DuplicateTagKey,
    InvalidNextToken,
    InvalidResourceIdNotFound,
    InvalidResourceTypeNotFound,
    InvalidTagKey,
    InvalidTagValue,
    TagQuotaExceed,
    TooManyResourceIds,
    TooManyTags,
)
from jackfield.products.ecs.own import own_group
from jackfield.products.ecs.product import ECS
from jackfield.products.ecs.resources import SecurityGroup
from jackfield.products.operation import Call, Param, Reply, Request, operation
from jackfield.products.tagging import MAX_RESOURCES, MAX_TAGS, TagRules, add_tags, page_of, remove_tags
from jackfield.products.tags import (
    Tag,
    TagOfResource,
    TagShape,
    TagsOfResources,
    carries,
    listed,
    stored,
)
from jackfield.store.interface import Reader, Tx

_PAGE = 50
"""Tags a page of ListTagResources."""

_RULES = TagRules(too_many=TooManyTags, duplicate=DuplicateTagKey, key=InvalidTagKey, value=InvalidTagValue)

_TYPE = "securitygroup"

RegionId = Annotated[str, Param("The region of the resources.", "cn-hangzhou")]
ResourceType = Annotated[str, Param("What they are: securitygroup.", "securitygroup")]
ResourceIds = Annotated[tuple[str, ...], Param("Ids of the resources, up to 50.")]


class TagResourcesRequest(Request):
    region_id: RegionId
    resource_type: ResourceType
    resource_id: ResourceIds
    tag: Annotated[tuple[TagShape, ...], Param("Tags to add, up to 20; a key that is there gets the new value.")]


@operation(
    ECS,
    title="Adds tags to resources",
    access="update",
    resource="securitygroup/*",
    errors=(
        InvalidResourceTypeNotFound,
        InvalidResourceIdNotFound,
        TooManyResourceIds,
        TooManyTags,
        DuplicateTagKey,
        InvalidTagKey,
        InvalidTagValue,
        TagQuotaExceed,
    ),
    source="ECS documents, TagResources",
)
def tag_resources(tx: Tx, call: Call, request: TagResourcesRequest) -> Reply:
    """Tags all of the resources, or none."""
    checked_tags(request.tag)
    named = _groups(tx, call, request.region_id, request.resource_type, request.resource_id)
    add_tags(tx, named, request.tag, TagQuotaExceed)
    return Reply()


class UntagResourcesRequest(Request):
    region_id: RegionId
    resource_type: ResourceType
    resource_id: ResourceIds
    tag_key: Annotated[tuple[str, ...], Param("Keys of the tags to remove, up to 20.")] = ()
    all: Annotated[bool, Param("Removes every tag, where no key is given.", "false")] = False


@operation(
    ECS,
    title="Removes tags from resources",
    access="update",
    resource="securitygroup/*",
    errors=(InvalidResourceTypeNotFound, InvalidResourceIdNotFound, TooManyResourceIds, TooManyTags),
    source="ECS documents, UntagResources",
)
def untag_resources(tx: Tx, call: Call, request: UntagResourcesRequest) -> Reply:
    """Removes tags of all of the resources; a key that one lacks is no error."""
    if len(request.tag_key) > MAX_TAGS:
        raise TooManyTags
    named = _groups(tx, call, request.region_id, request.resource_type, request.resource_id)
    remove_tags(tx, named, request.tag_key, all=request.all)
    return Reply()


class ListTagResourcesRequest(Request):
    region_id: RegionId
    resource_type: ResourceType
    resource_id: ResourceIds = ()
    tag: Annotated[tuple[TagShape, ...], Param("Only resources with all of these tags.")] = ()
    next_token: Annotated[str, Param("What the reply with the page before gave.", "ZnJvbSA1MA==")] = ""


class ListTagResourcesReply(Reply):
    """NextToken is empty when no page follows."""

    next_token: str
    tag_resources: TagsOfResources


@operation(
    ECS,
    title="Queries tags of resources",
    access="list",
    resource="securitygroup/*",
    errors=(InvalidResourceTypeNotFound, TooManyResourceIds, TooManyTags, InvalidNextToken),
    source="ECS documents, ListTagResources",
)
def list_tag_resources(tx: Reader, call: Call, request: ListTagResourcesRequest) -> ListTagResourcesReply:
    """Lists the tags of the named resources, or of all in the region; unknown ids are left out."""
    if request.resource_type.lower() != _TYPE:
        raise InvalidResourceTypeNotFound
    if len(request.resource_id) > MAX_RESOURCES:
        raise TooManyResourceIds
    if len(request.tag) > MAX_TAGS:
        raise TooManyTags
    found: list[TagOfResource] = []
    for group in _named_or_all(tx, call, request.region_id, request.resource_id):
        if group.account == call.account and group.region == request.region_id and carries(group.tags, request.tag):
            found += listed(group.id, _TYPE, group.tags)
    token, page = page_of(found, request.next_token, _PAGE, InvalidNextToken)
    return ListTagResourcesReply(next_token=token, tag_resources=page)


def _named_or_all(tx: Reader, call: Call, region: str, ids: Sequence[str]) -> Iterable[SecurityGroup]:
    if ids:
        return [group for group in (tx.get(SecurityGroup, id) for id in dict.fromkeys(ids)) if group is not None]
    return tx.each(SecurityGroup, account=call.account, region=region)


def checked_tags(tags: Sequence[TagShape]) -> tuple[Tag, ...]:
    """Tags that a resource may get.

    :raises TooManyTags, DuplicateTagKey, InvalidTagKey, InvalidTagValue:
    """
    _RULES.check(tags)
    return stored(tags)


def _groups(tx: Reader, call: Call, region: str, type: str, ids: Sequence[str]) -> list[SecurityGroup]:
    if type.lower() != _TYPE:
        raise InvalidResourceTypeNotFound
    if len(ids) > MAX_RESOURCES:
        raise TooManyResourceIds
    return [own_group(tx, call, id, region, InvalidResourceIdNotFound) for id in dict.fromkeys(ids)]
