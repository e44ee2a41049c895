"""TagResources, UnTagResources and ListTagResources of VPC, for VPCs and vSwitches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated

import msgspec

from jackfield.products.errors import InvalidParameterValue
from jackfield.products.next_token import NoToken, offset_of, token_for
from jackfield.products.operation import Call, Param, Reply, Request, operation
from jackfield.products.tags import TagOfResource, TagShape, TagsOfResources, carries, listed, merged, without
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

MAX_RESOURCES = 50
MAX_TAGS = 20
"""In one call, and of a resource."""

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
    _check_tags(request.tag)
    for network in _networks(tx, call, request.region_id, request.resource_type, request.resource_id):
        tags = merged(network.tags, request.tag)
        if len(tags) > MAX_TAGS:
            raise TagQuotaExceeded
        tx.put(msgspec.structs.replace(network, tags=tags))
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
    everything = request.all and not request.tag_key
    for network in _networks(tx, call, request.region_id, request.resource_type, request.resource_id):
        tags = () if everything else without(network.tags, request.tag_key)
        tx.put(msgspec.structs.replace(network, tags=tags))
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
    try:
        offset = offset_of(request.next_token)
    except NoToken:
        raise InvalidParameterValue(name="NextToken") from None
    following = offset + request.max_results
    return ListTagResourcesReply(
        next_token=token_for(following) if following < len(found) else "",
        tag_resources=TagsOfResources(tag_resource=tuple(found[offset:following])),
    )


def _named_or_all(
    tx: Reader, kind: type[Vpc] | type[VSwitch], call: Call, region: str, ids: Sequence[str]
) -> Iterable[Vpc | VSwitch]:
    if ids:
        return [network for network in (tx.get(kind, id) for id in dict.fromkeys(ids)) if network is not None]
    return tx.each(kind, account=call.account, region=region)


def _check_tags(tags: Sequence[TagShape]) -> None:
    if len(tags) > MAX_TAGS:
        raise TooManyTags
    if len({tag.key for tag in tags}) < len(tags):
        raise TagKeyDuplicated
    for tag in tags:
        if not 1 <= len(tag.key) <= 128 or tag.key.lower().startswith(("aliyun", "acs:")) or _has_scheme(tag.key):
            raise InvalidTagKey
        if len(tag.value) > 128 or _has_scheme(tag.value):
            raise InvalidTagValue


def _has_scheme(text: str) -> bool:
    return "http://" in text or "https://" in text


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
