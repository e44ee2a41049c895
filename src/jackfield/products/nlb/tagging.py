"""TagResources, UntagResources and ListTagResources of NLB."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Annotated, TypeAlias

from jackfield.products.errors import ApiError
from jackfield.products.nlb.errors import (
    IllegalParam,
    ListenerNotFound,
    LoadBalancerNotFound,
    MissingParam,
    ServerGroupNotFound,
)
from jackfield.products.nlb.product import NLB
from jackfield.products.nlb.resources import Listener, LoadBalancer, ServerGroup
from jackfield.products.nlb.shapes import DryRun, Page, PageReply, RegionId, Token, WantedTags, next_token, offset_of
from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.tagging import MAX_RESOURCES, MAX_TAGS, TagRules, add_tags, remove_tags
from jackfield.products.tags import TagShape, carries
from jackfield.store.interface import Reader, Tx

Tagged: TypeAlias = LoadBalancer | Listener | ServerGroup

_FULL = partial(IllegalParam, name="Tag")

_RULES = TagRules(
    too_many=_FULL,
    duplicate=_FULL,
    key=partial(IllegalParam, name="Tag.Key"),
    value=partial(IllegalParam, name="Tag.Value"),
    longest_key=64,
    reserved_values=True,
)
"""As the documents of TagResources have them."""

_KINDS: dict[str, type[Tagged]] = {"loadbalancer": LoadBalancer, "listener": Listener, "servergroup": ServerGroup}

ResourceType = Annotated[
    str, Param("What they are: loadbalancer, listener or servergroup.", "loadbalancer", missing=MissingParam)
]
ResourceIds = Annotated[
    tuple[str, ...], Param("Ids of the resources, up to 50.", missing=MissingParam, invalid=IllegalParam)
]
_NOT_FOUND = (LoadBalancerNotFound, ListenerNotFound, ServerGroupNotFound)


class TagResourcesRequest(Request):
    resource_type: ResourceType
    resource_id: ResourceIds
    tag: Annotated[
        tuple[TagShape, ...],
        Param("Tags to add; a key that is there gets the new value.", missing=MissingParam, invalid=IllegalParam),
    ]
    region_id: RegionId = ""
    client_token: Token = ""
    dry_run: DryRun = False


@operation(
    NLB,
    title="Adds tags to resources",
    access="update",
    resource="*",
    errors=(MissingParam, IllegalParam, *_NOT_FOUND),
    token="ClientToken",
)
def tag_resources(tx: Tx, call: Call, request: TagResourcesRequest) -> Reply:
    """Tags all of the resources, or none."""
    _RULES.check(request.tag)
    named = _named(tx, call, request.resource_type, request.resource_id, request.region_id)
    add_tags(tx, named, request.tag, _FULL)
    return Reply()


class UntagResourcesRequest(Request):
    resource_type: ResourceType
    resource_id: ResourceIds
    tag_key: Annotated[tuple[str, ...], Param("Keys of the tags to remove, up to 20.", invalid=IllegalParam)] = ()
    all: Annotated[bool, Param("Removes every tag, where no key is given.", "false", invalid=IllegalParam)] = False
    region_id: RegionId = ""
    client_token: Token = ""
    dry_run: DryRun = False


@operation(
    NLB,
    title="Removes tags from resources",
    access="update",
    resource="*",
    errors=(MissingParam, IllegalParam, *_NOT_FOUND),
    token="ClientToken",
)
def untag_resources(tx: Tx, call: Call, request: UntagResourcesRequest) -> Reply:
    """Removes tags of all of the resources; a key that one lacks is no error."""
    if len(request.tag_key) > MAX_TAGS:
        raise IllegalParam(name="TagKey")
    named = _named(tx, call, request.resource_type, request.resource_id, request.region_id)
    remove_tags(tx, named, request.tag_key, all=request.all)
    return Reply()


class ListTagResourcesRequest(Page, kw_only=True):
    resource_type: ResourceType
    resource_id: Annotated[tuple[str, ...], Param("Only of these, up to 50.", invalid=IllegalParam)] = ()
    tag: WantedTags = ()
    region_id: RegionId = ""
    max_results: Annotated[int, Param("Tags a page, up to 50.", "50", range=(1, 50), invalid=IllegalParam)] = 50


class TagOfResource(Shape):
    resource_id: str
    resource_type: str
    tag_key: str
    tag_value: str
    region_no: str
    ali_uid: int
    category: str = "Custom"
    scope: str = "public"


class ListTagResourcesReply(PageReply):
    tag_resources: tuple[TagOfResource, ...]


@operation(NLB, title="Queries tags of resources", access="list", resource="*", errors=(MissingParam, IllegalParam))
def list_tag_resources(tx: Reader, call: Call, request: ListTagResourcesRequest) -> ListTagResourcesReply:
    """Lists the tags of the named resources, or of all with certain tags; unknown ids are left out."""
    region = request.region_id or call.region
    kind = _kind(request.resource_type)
    if len(request.resource_id) > MAX_RESOURCES:
        raise IllegalParam(name="ResourceId")
    candidates: Iterable[Tagged]
    if request.resource_id:
        candidates = [one for one in (tx.get(kind, id) for id in dict.fromkeys(request.resource_id)) if one]
    else:
        candidates = tx.each(kind, account=call.account, region=region)
    found = [
        TagOfResource(
            resource_id=one.id,
            resource_type=request.resource_type.lower(),
            tag_key=tag.key,
            tag_value=tag.value,
            region_no=one.region,
            ali_uid=int(one.account),
        )
        for one in candidates
        if (one.account, one.region) == (call.account, region) and carries(one.tags, request.tag)
        for tag in one.tags
    ]
    offset = offset_of(request)
    return ListTagResourcesReply(
        tag_resources=tuple(found[offset : offset + request.max_results]),
        max_results=request.max_results,
        next_token=next_token(request, len(found)),
        total_count=len(found),
    )


def _kind(name: str) -> type[Tagged]:
    found = _KINDS.get(name.lower())
    if found is None:
        raise IllegalParam(name="ResourceType")
    return found


def _named(tx: Reader, call: Call, type: str, ids: Sequence[str], region_id: str) -> list[Tagged]:
    kind = _kind(type)
    if len(ids) > MAX_RESOURCES:
        raise IllegalParam(name="ResourceId")
    found: list[Tagged] = []
    for id in dict.fromkeys(ids):
        one = tx.get(kind, id)
        if one is None or one.account != call.account or region_id not in ("", one.region):
            raise _not_found(kind)
        found.append(one)
    return found


def _not_found(kind: type[Tagged]) -> ApiError:
    if kind is LoadBalancer:
        return LoadBalancerNotFound()
    return ListenerNotFound() if kind is Listener else ServerGroupNotFound()
