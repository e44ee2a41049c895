"""TagResources, UntagResources and ListTagResources of RDS, for instances."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Annotated

from jackfield.products.errors import InvalidParameterValue
from jackfield.products.operation import Call, Param, Reply, Request, operation
from jackfield.products.rds.instances import own_instance
from jackfield.products.rds.product import RDS
from jackfield.products.rds.resources import DBInstance
from jackfield.products.rds.tag_errors import (
    InvalidResourceType,
    NothingAsked,
    TaggedInstanceNotFound,
    TagKeyBlank,
    TagKeyTwice,
    TagQuotaExceeded,
    TagValueBlank,
    TooManyNewTags,
    TooManyResources,
    TooManyTaggedResources,
    TooManyTagKeys,
    TooManyTagsAsked,
)
from jackfield.products.tagging import MAX_RESOURCES, MAX_TAGS, TagRules, add_tags, page_of, remove_tags
from jackfield.products.tags import TagOfResource, TagShape, TagsOfResources, carries, listed
from jackfield.store.interface import Reader, Tx

PAGE = 1000
"""Tags a page of ListTagResources; the vendor gives no figure and no parameter for it."""

LISTED_TYPE = "ALIYUN::RDS::INSTANCE"
"""How replies name the type (the documents' example)."""

_RULES = TagRules(too_many=TooManyNewTags, duplicate=TagKeyTwice, key=TagKeyBlank, value=TagValueBlank)

RegionId = Annotated[str, Param("The region of the instances.", "cn-hangzhou")]
ResourceType = Annotated[
    str, Param("What they are: INSTANCE.", "INSTANCE", enum=("INSTANCE",), invalid=InvalidResourceType)
]
ResourceIds = Annotated[tuple[str, ...], Param("Ids of instances, up to 50.")]


class TagResourcesRequest(Request):
    region_id: RegionId
    resource_type: ResourceType
    resource_id: ResourceIds
    tag: Annotated[tuple[TagShape, ...], Param("Tags to add, up to 20; a key that is there gets the new value.")] = ()


@operation(
    RDS,
    title="Adds tags to instances",
    access="create",
    resource="dbinstance/*",
    errors=(
        InvalidResourceType,
        TaggedInstanceNotFound,
        TooManyTaggedResources,
        TooManyNewTags,
        TagKeyTwice,
        TagKeyBlank,
        TagValueBlank,
        TagQuotaExceeded,
    ),
)
def tag_resources(tx: Tx, call: Call, request: TagResourcesRequest) -> Reply:
    """Tags all of the instances, or none."""
    _RULES.check(request.tag)
    if len(request.resource_id) > MAX_RESOURCES:
        raise TooManyTaggedResources
    add_tags(tx, _named(tx, call, request.region_id, request.resource_id), request.tag, TagQuotaExceeded)
    return Reply()


class UntagResourcesRequest(Request):
    region_id: RegionId
    resource_type: ResourceType
    resource_id: ResourceIds
    tag_key: Annotated[tuple[str, ...], Param("Keys of the tags to remove, up to 20.")] = ()
    all: Annotated[bool, Param("Removes every tag, where no key is given.", "false")] = False


@operation(
    RDS,
    title="Removes tags from instances",
    access="delete",
    resource="dbinstance/*",
    errors=(InvalidResourceType, TaggedInstanceNotFound, TooManyResources, TooManyTagKeys),
)
def untag_resources(tx: Tx, call: Call, request: UntagResourcesRequest) -> Reply:
    """Removes tags of all of the instances; a key that one lacks is no error."""
    if len(request.tag_key) > MAX_TAGS:
        raise TooManyTagKeys
    if len(request.resource_id) > MAX_RESOURCES:
        raise TooManyResources
    remove_tags(tx, _named(tx, call, request.region_id, request.resource_id), request.tag_key, all=request.all)
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
    RDS,
    title="Queries tags of instances",
    access="get",
    resource="dbinstance/*",
    errors=(InvalidResourceType, TaggedInstanceNotFound, TooManyResources, TooManyTagsAsked, NothingAsked),
)
def list_tag_resources(tx: Reader, call: Call, request: ListTagResourcesRequest) -> ListTagResourcesReply:
    """Lists the tags of the named instances, or of those with certain tags."""
    if not request.resource_id and not request.tag:
        raise NothingAsked
    if len(request.tag) > MAX_TAGS:
        raise TooManyTagsAsked
    if len(request.resource_id) > MAX_RESOURCES:
        raise TooManyResources
    instances: Iterable[DBInstance] = _named(tx, call, request.region_id, request.resource_id)
    if not request.resource_id:
        instances = tx.each(DBInstance, account=call.account, region=request.region_id)
    found: list[TagOfResource] = []
    for instance in instances:
        if carries(instance.tags, request.tag):
            found += listed(instance.id, LISTED_TYPE, instance.tags)
    token, page = page_of(found, request.next_token, PAGE, partial(InvalidParameterValue, name="NextToken"))
    return ListTagResourcesReply(next_token=token, tag_resources=page)


def _named(tx: Reader, call: Call, region: str, ids: Sequence[str]) -> list[DBInstance]:
    found = [own_instance(tx, call, id, TaggedInstanceNotFound) for id in dict.fromkeys(ids)]
    if any(instance.region != region for instance in found):
        raise TaggedInstanceNotFound
    return found
