"""TagResources, UntagResources and ListTagResources of PrivateLink, for endpoints and services."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Annotated, TypeAlias

from msgspec import UNSET, UnsetType

from jackfield.products.errors import InvalidParameterValue
from jackfield.products.operation import Call, Param, Reply, Request, operation
from jackfield.products.privatelink.parameters import ClientToken, DryRun, RegionId
from jackfield.products.privatelink.product import PRIVATELINK
from jackfield.products.privatelink.resources import EndpointService, VpcEndpoint
from jackfield.products.privatelink.tag_errors import (
    DuplicatedTagKey,
    IllegalTagKeyParam,
    IllegalTagValueParam,
    MissingResourceIdOrTagParam,
    MissingTagKeyParam,
    MissingTagValueParam,
    TaggedNotFound,
    TagInfoNotExist,
    TagQuotaExceeded,
)
from jackfield.products.tagging import MAX_RESOURCES, TagRules, add_tags, page_of, remove_tags
from jackfield.products.tags import TagOfResource, TagShape, carries, listed
from jackfield.store.interface import Reader, Tx

Tagged: TypeAlias = EndpointService | VpcEndpoint

KINDS: dict[str, type[EndpointService] | type[VpcEndpoint]] = {
    "vpcendpoint": VpcEndpoint,
    "vpcendpointservice": EndpointService,
}

PAGE = 50
"""Tags a page of ListTagResources; the vendor gives no figure and no parameter for it."""

_RULES = TagRules(
    too_many=TagQuotaExceeded, duplicate=DuplicatedTagKey, key=IllegalTagKeyParam, value=IllegalTagValueParam
)

ResourceType = Annotated[str, Param("vpcendpoint or vpcendpointservice.", "vpcendpoint", enum=tuple(KINDS))]
ResourceIds = Annotated[tuple[str, ...], Param("Ids of endpoints or services, up to 50.", "ep-hp3i05294c2d2d****")]


class TagResourcesRequest(Request):
    region_id: RegionId
    resource_type: ResourceType
    resource_id: ResourceIds
    tag: Annotated[tuple[TagShape, ...], Param("Tags to add, up to 20; a key that is there gets the new value.")]
    client_token: ClientToken = ""
    dry_run: DryRun = False


@operation(
    PRIVATELINK,
    title="Adds tags to endpoints or services",
    access="update",
    resource="*",
    errors=(
        MissingTagKeyParam,
        MissingTagValueParam,
        DuplicatedTagKey,
        IllegalTagKeyParam,
        IllegalTagValueParam,
        TagQuotaExceeded,
        TaggedNotFound,
    ),
    token="ClientToken",
)
def tag_resources(tx: Tx, call: Call, request: TagResourcesRequest) -> Reply:
    """Tags all of the resources, or none."""
    _check_given(request.tag)
    _RULES.check(request.tag)
    named = _named(tx, call, request.region_id, request.resource_type, request.resource_id)
    add_tags(tx, named, request.tag, TagQuotaExceeded)
    return Reply()


class UntagResourcesRequest(Request):
    region_id: RegionId
    resource_type: ResourceType
    resource_id: ResourceIds
    tag_key: Annotated[tuple[str, ...], Param("Keys of the tags to remove, up to 20.", "FinanceDept")] = ()
    all: Annotated[bool, Param("Removes every tag, where no key is given.", "false")] = False
    client_token: ClientToken = ""
    dry_run: DryRun = False


@operation(
    PRIVATELINK,
    title="Removes tags from endpoints or services",
    access="update",
    resource="*",
    errors=(DuplicatedTagKey, TaggedNotFound, TagInfoNotExist),
    token="ClientToken",
)
def untag_resources(tx: Tx, call: Call, request: UntagResourcesRequest) -> Reply:
    """Removes tags of all of the resources; a key has to be on one of them."""
    if len(set(request.tag_key)) < len(request.tag_key):
        raise DuplicatedTagKey
    named = _named(tx, call, request.region_id, request.resource_type, request.resource_id)
    present = {tag.key for one in named for tag in one.tags}
    if request.tag_key and not present & set(request.tag_key):
        raise TagInfoNotExist
    remove_tags(tx, named, request.tag_key, all=request.all)
    return Reply()


class ListTagResourcesRequest(Request):
    region_id: RegionId
    resource_type: ResourceType
    resource_id: ResourceIds = ()
    tag: Annotated[tuple[TagShape, ...], Param("Only resources with all of these tags.")] = ()
    next_token: Annotated[str, Param("What the reply with the page before gave.", "caeba0bbb2be03f84eb48b699f0a")] = ""
    client_token: ClientToken = ""


class ListTagResourcesReply(Reply):
    tag_resources: tuple[TagOfResource, ...]
    next_token: str | UnsetType = UNSET


@operation(
    PRIVATELINK,
    title="Queries tags of endpoints or services",
    access="get",
    resource="*",
    errors=(MissingResourceIdOrTagParam, MissingTagKeyParam, DuplicatedTagKey),
)
def list_tag_resources(tx: Reader, call: Call, request: ListTagResourcesRequest) -> ListTagResourcesReply:
    """Lists the tags of the named resources, or of those with certain tags; unknown ids are left out."""
    if not request.resource_id and not request.tag:
        raise MissingResourceIdOrTagParam
    if not all(tag.key for tag in request.tag):
        raise MissingTagKeyParam
    if len({tag.key for tag in request.tag}) < len(request.tag):
        raise DuplicatedTagKey
    if len(request.resource_id) > MAX_RESOURCES:
        raise InvalidParameterValue(name="ResourceId")
    kind = KINDS[request.resource_type]
    candidates: Iterable[Tagged | None]
    if request.resource_id:
        candidates = (tx.get(kind, id) for id in dict.fromkeys(request.resource_id))
    else:
        candidates = tx.each(kind, account=call.account, region=request.region_id)
    found: list[TagOfResource] = []
    for one in candidates:
        ours = one is not None and (one.account, one.region) == (call.account, request.region_id)
        if one is not None and ours and carries(one.tags, request.tag):
            found += listed(one.id, request.resource_type, one.tags)
    token, page = page_of(found, request.next_token, PAGE, partial(InvalidParameterValue, name="NextToken"))
    return ListTagResourcesReply(tag_resources=page.tag_resource, next_token=token or UNSET)


def _check_given(tags: Sequence[TagShape]) -> None:
    if not all(tag.key for tag in tags):
        raise MissingTagKeyParam
    if not all(tag.value for tag in tags):
        raise MissingTagValueParam


def _named(tx: Reader, call: Call, region: str, type: str, ids: Sequence[str]) -> list[Tagged]:
    if len(ids) > MAX_RESOURCES:
        raise InvalidParameterValue(name="ResourceId")
    found: list[Tagged] = []
    for id in dict.fromkeys(ids):
        one = tx.get(KINDS[type], id)
        if one is None or (one.account, one.region) != (call.account, region):
            raise TaggedNotFound
        found.append(one)
    return found
