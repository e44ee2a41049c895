"""TagResources, UntagResources and ListTagResources of classic load balancers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, TypeAlias

from jackfield.products.errors import ApiError
from jackfield.products.operation import Call, Param, Reply, Request, operation
from jackfield.products.slb.errors import (
    InvalidValue,
    ListenerNotFound,
    LoadBalancerNotFound,
    TagRefused,
    VServerGroupNotFound,
)
from jackfield.products.slb.product import SLB
from jackfield.products.slb.resources import Listener, LoadBalancer, VServerGroup
from jackfield.products.slb.shapes import TAG_RULES, RegionId
from jackfield.products.tagging import MAX_TAGS, add_tags, page_of, remove_tags
from jackfield.products.tags import TagOfResource, TagShape, TagsOfResources, carries, listed
from jackfield.store.interface import Reader, Tx

Tagged: TypeAlias = LoadBalancer | Listener | VServerGroup

MAX_RESOURCES = 20
"""In one call (the SDK documents)."""

PAGE = 50

_KINDS: dict[str, type[Tagged]] = {"instance": LoadBalancer, "listener": Listener, "vservergroup": VServerGroup}

ResourceType = Annotated[str, Param("What they are: instance, listener or vservergroup.", "instance")]
ResourceIds = Annotated[
    tuple[str, ...], Param("Ids of the resources, up to 20; a listener's is <load balancer>_tcp_<port>.")
]
_NOT_FOUND = (LoadBalancerNotFound, ListenerNotFound, VServerGroupNotFound)


class TagResourcesRequest(Request):
    region_id: RegionId
    resource_type: ResourceType
    resource_id: ResourceIds
    tag: Annotated[tuple[TagShape, ...], Param("Tags to add; a key that is there gets the new value.")]


@operation(SLB, title="Adds tags to resources", access="update", errors=(InvalidValue, TagRefused, *_NOT_FOUND))
def tag_resources(tx: Tx, call: Call, request: TagResourcesRequest) -> Reply:
    """Tags all of the resources, or none."""
    TAG_RULES.check(request.tag)
    named = _named(tx, call, request.resource_type, request.resource_id, request.region_id)
    add_tags(tx, named, request.tag, TagRefused)
    return Reply()


class UntagResourcesRequest(Request):
    region_id: RegionId
    resource_type: ResourceType
    resource_id: ResourceIds
    tag_key: Annotated[tuple[str, ...], Param("Keys of the tags to remove, up to 20.")] = ()
    all: Annotated[bool, Param("Removes every tag, where no key is given.", "false")] = False


@operation(SLB, title="Removes tags from resources", access="update", errors=(InvalidValue, *_NOT_FOUND))
def untag_resources(tx: Tx, call: Call, request: UntagResourcesRequest) -> Reply:
    """Removes tags of all of the resources; a key that one lacks is no error."""
    if len(request.tag_key) > MAX_TAGS:
        raise InvalidValue(name="TagKey")
    named = _named(tx, call, request.resource_type, request.resource_id, request.region_id)
    remove_tags(tx, named, request.tag_key, all=request.all)
    return Reply()


class ListTagResourcesRequest(Request):
    region_id: RegionId
    resource_type: ResourceType
    resource_id: Annotated[tuple[str, ...], Param("Only of these, up to 20.")] = ()
    tag: Annotated[tuple[TagShape, ...], Param("Only of resources with all of these tags.")] = ()
    next_token: Annotated[str, Param("What the page before ended with.", "ZnJvbSA1MA==")] = ""


class ListTagResourcesReply(Reply):
    next_token: str
    tag_resources: TagsOfResources


@operation(SLB, title="Queries tags of resources", access="list", errors=(InvalidValue,))
def list_tag_resources(tx: Reader, call: Call, request: ListTagResourcesRequest) -> ListTagResourcesReply:
    """Lists the tags of the named resources, or of all with certain tags, 50 a page; unknown ids are left out."""
    kind = _kind(request.resource_type)
    if len(request.resource_id) > MAX_RESOURCES:
        raise InvalidValue(name="ResourceId")
    candidates: Iterable[Tagged]
    if request.resource_id:
        candidates = [one for one in (tx.get(kind, id) for id in dict.fromkeys(request.resource_id)) if one]
    else:
        candidates = tx.each(kind, account=call.account, region=request.region_id)
    found: list[TagOfResource] = []
    for one in candidates:
        if (one.account, one.region) == (call.account, request.region_id) and carries(one.tags, request.tag):
            found += listed(one.id, request.resource_type, one.tags)
    token, tags = page_of(found, request.next_token, PAGE, lambda: InvalidValue(name="NextToken"))
    return ListTagResourcesReply(next_token=token, tag_resources=tags)


def _kind(name: str) -> type[Tagged]:
    found = _KINDS.get(name.lower())
    if found is None:
        raise InvalidValue(name="ResourceType")
    return found


def _named(tx: Reader, call: Call, type: str, ids: Sequence[str], region: str) -> list[Tagged]:
    kind = _kind(type)
    if len(ids) > MAX_RESOURCES:
        raise InvalidValue(name="ResourceId")
    found: list[Tagged] = []
    for id in dict.fromkeys(ids):
        one = tx.get(kind, id)
        if one is None or (one.account, one.region) != (call.account, region):
            raise _not_found(kind)
        found.append(one)
    return found


def _not_found(kind: type[Tagged]) -> ApiError:
    if kind is LoadBalancer:
        return LoadBalancerNotFound()
    return ListenerNotFound() if kind is Listener else VServerGroupNotFound()
