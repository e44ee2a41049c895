"""TagResources, UnTagResources and ListTagResources of VPC, for VPCs and vSwitches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Annotated

from jackfield.products.errors import InvalidParameterValue
from jackfield.products.operation import Call, Param, Reply, Request, operation
from jackfield.products.tagging import MAX_RESOURCES, MAX_TAGS, TagRules, add_tags, page_of, remove_tags
from jackfield.products.tags import TagOfResource, TagShape, TagsOfResources, carries, listed
from jackfield.products.vpc.errors import (
    InvalidTagKey,
    InvalidTagValue,
    NothingToList,
    TaggedNotFound,
    TagKeyDuplicated,
    TagQuotaExceeded,
    TagTypeNotFound,
    TooManyTagged,
    TooManyTags,
)
from jackfield.products.vpc.product import VPC
from jackfield.products.vpc.resources import Vpc, VSwitch
from jackfield.store.interface import Reader, Tx

_RULES = TagRules(too_many=TooManyTags, duplicate=TagKeyDuplicated, key=InvalidTagKey, value=InvalidTagValue)

RegionId = Annotated[str, Param("The region of the resources.", "cn-hangzhou")]
ResourceType = Annotated[str, Param("What they are: VPC or VSWITCH.", "VPC")]
ResourceIds = Annotated[tuple[str, ...], Param("Ids of the resources, up to 50.")]


class TagResourcesRequest(Request):
    region_id: RegionId
    resource_type: ResourceType
    resource_id: ResourceIds
    tag: Annotated[tuple[TagShape, ...], Param("Tags to add, up to 20; a key that is there gets the new value.")]


@operation(
    VPC,
    title="Adds tags to resources",
    access="update",
    resource="*",
    errors=(
        TagTypeNotFound,
        TaggedNotFound,
        TooManyTagged,
        TooManyTags,
        TagKeyDuplicated,
        InvalidTagKey,
        InvalidTagValue,
        TagQuotaExceeded,
    ),
)
def tag_resources(tx: Tx, call: Call, request: TagResourcesRequest) -> Reply:
    """Tags all of the resources, or none."""
    _RULES.check(request.tag)
    named = _networks(tx, call, request.region_id, request.resource_type, request.resource_id)
    add_tags(tx, named, request.tag, TagQuotaExceeded)
    return Reply()


class UnTagResourcesRequest(Request):
    region_id: RegionId
    resource_type: ResourceType
    resource_id: ResourceIds
    tag_key: Annotated[tuple[str, ...], Param("Keys of the tags to remove, up to 20.")] = ()
    all: Annotated[bool, Param("Removes every tag, where no key is given.", "false")] = False


@operation(
    VPC,
    name="UnTagResources",
    title="Removes tags from resources",
    access="update",
    resource="*",
    errors=(TagTypeNotFound, TaggedNotFound, TooManyTagged, TooManyTags),
)
def untag_resources(tx: Tx, call: Call, request: UnTagResourcesRequest) -> Reply:
    """Removes tags of all of the resources; a key that one lacks is no error."""
    if len(request.tag_key) > MAX_TAGS:
        raise TooManyTags
    named = _networks(tx, call, request.region_id, request.resource_type, request.resource_id)
    remove_tags(tx, named, request.tag_key, all=request.all)
    return Reply()


class ListTagResourcesRequest(Request):
    region_id: RegionId
    resource_type: ResourceType
    resource_id: ResourceIds = ()
    tag: Annotated[tuple[TagShape, ...], Param("Only resources with all of these tags.")] = ()
    max_results: Annotated[int, Param("Tags a page, 1 to 50.", "50", range=(1, 50))] = 50
    next_token: Annotated[str, Param("What the reply with the page before gave.", "ZnJvbSA1MA==")] = ""


class ListTagResourcesReply(Reply):
    """NextToken is empty when no page follows."""

    next_token: str
    tag_resources: TagsOfResources


@operation(
    VPC,
    title="Queries tags of resources",
    access="get",
    resource="*",
    errors=(TagTypeNotFound, TooManyTagged, TooManyTags, NothingToList),
)
def list_tag_resources(tx: Reader, call: Call, request: ListTagResourcesRequest) -> ListTagResourcesReply:
    """Lists the tags of the named resources, or of those with certain tags; unknown ids are left out."""
    if not request.resource_id and not request.tag:
        raise NothingToList
    if len(request.resource_id) > MAX_RESOURCES:
        raise TooManyTagged
    if len(request.tag) > MAX_TAGS:
        raise TooManyTags
    kind = _kind(request.resource_type)
    found: list[TagOfResource] = []
    for network in _named_or_all(tx, kind, call, request.region_id, request.resource_id):
        if (network.account, network.region) == (call.account, request.region_id) and carries(
            network.tags, request.tag
        ):
            found += listed(network.id, request.resource_type.upper(), network.tags)
    token, page = page_of(
        found, request.next_token, request.max_results, partial(InvalidParameterValue, name="NextToken")
    )
    return ListTagResourcesReply(next_token=token, tag_resources=page)


def _named_or_all(
    tx: Reader, kind: type[Vpc] | type[VSwitch], call: Call, region: str, ids: Sequence[str]
) -> Iterable[Vpc | VSwitch]:
    if ids:
        return [network for network in (tx.get(kind, id) for id in dict.fromkeys(ids)) if network is not None]
    return tx.each(kind, account=call.account, region=region)


def _kind(type: str) -> type[Vpc] | type[VSwitch]:
    match type.upper():
        case "VPC":
            return Vpc
        case "VSWITCH":
            return VSwitch
    raise TagTypeNotFound


def _networks(tx: Reader, call: Call, region: str, type: str, ids: Sequence[str]) -> list[Vpc | VSwitch]:
    kind = _kind(type)
    if len(ids) > MAX_RESOURCES:
        raise TooManyTagged
    found: list[Vpc | VSwitch] = []
    for id in dict.fromkeys(ids):
        network = tx.get(kind, id)
        if network is None or network.account != call.account or network.region != region:
            raise TaggedNotFound
        found.append(network)
    return found
