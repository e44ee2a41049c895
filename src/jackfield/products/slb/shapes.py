"""Parameters, replies and look-ups that the operations share."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated

from jackfield.products.nlb.states import DELETING
from jackfield.products.operation import Call, Param, Request, Shape
from jackfield.products.regions import REGIONS
from jackfield.products.slb.errors import (
    InvalidValue,
    ListenerNotFound,
    LoadBalancerNotFound,
    RegionNotFound,
    TagRefused,
    VServerGroupNotFound,
)
from jackfield.products.slb.resources import Listener, LoadBalancer, VServerGroup, listener_key
from jackfield.products.tagging import TagRules
from jackfield.products.tags import Tag, TagShape
from jackfield.store.interface import Reader

RegionId = Annotated[str, Param("The region.", "cn-hangzhou")]
LoadBalancerId = Annotated[str, Param("The load balancer.", "lb-bp1b6c719dfa08ex****")]
GroupId = Annotated[str, Param("The vServer group.", "rsp-cige6j****")]
ListenerPort = Annotated[int, Param("The listener's port.", "6379", range=(1, 65535), invalid=InvalidValue)]
Protocol = Annotated[str, Param("The listener's protocol; all are tcp.", "tcp")]
Tags = Annotated[tuple[TagShape, ...], Param("Tags of the resource.")]
WantedTags = Annotated[tuple[TagShape, ...], Param("Only with all of these tags.")]

_TEXT = re.compile(r"[\w./-]+")
_NAME = re.compile(r"[^\W\d_][\w.-]{0,79}")


class LoadBalancerRequest(Request):
    """Of the operations about one load balancer."""

    load_balancer_id: LoadBalancerId
    region_id: RegionId = ""


class ShownTag(Shape):
    """A tag as this product's replies have it."""

    tag_key: str
    tag_value: str


class ShownTags(Shape):
    tag: tuple[ShownTag, ...]


def shown_tags(tags: Iterable[Tag]) -> ShownTags:
    return ShownTags(tag=tuple(ShownTag(tag_key=tag.key, tag_value=tag.value) for tag in tags))


TAG_RULES = TagRules(
    too_many=TagRefused,
    duplicate=TagRefused,
    key=TagRefused,
    value=TagRefused,
    longest_key=64,
    reserved_values=True,
)
"""As the SDK documents them."""


def check_region(call: Call, region_id: str) -> str:
    """The region that is meant. :raises RegionNotFound: it is unknown."""
    region = region_id or call.region
    if region not in REGIONS:
        raise RegionNotFound
    return region


def is_name(text: str) -> bool:
    """1 to 80 letters, digits, periods, underscores and hyphens, starting with a letter."""
    return bool(_NAME.fullmatch(text))


def check_text(parameter: str, text: str, longest: int = 80) -> None:
    """Letters, digits, hyphens, slashes, periods and underscores; empty is none.

    :param longest: characters. :raises InvalidValue: it is anything else.
    """
    if text and (len(text) > longest or not _TEXT.fullmatch(text)):
        raise InvalidValue(name=parameter)


def own_load_balancer(tx: Reader, call: Call, id: str, region_id: str = "") -> LoadBalancer:
    """The caller's load balancer. :raises LoadBalancerNotFound: also of another region, if one is named."""
    found = tx.get(LoadBalancer, id)
    if found is None or found.account != call.account or region_id not in ("", found.region):
        raise LoadBalancerNotFound
    return found


def changeable(tx: Reader, call: Call, id: str, region_id: str = "") -> LoadBalancer:
    """The same, unless it is being deleted. :raises LoadBalancerNotFound:"""
    found = own_load_balancer(tx, call, id, region_id)
    if found.status == DELETING:
        raise LoadBalancerNotFound
    return found


def own_listener(tx: Reader, load_balancer: LoadBalancer, port: int, protocol: str = "") -> Listener:
    """:raises ListenerNotFound: the load balancer has no such listener."""
    found = tx.get(Listener, listener_key(load_balancer.id, port))
    if found is None or protocol.lower() not in ("", "tcp"):
        raise ListenerNotFound
    return found


def own_group(tx: Reader, call: Call, id: str, region_id: str = "") -> VServerGroup:
    """The caller's vServer group. :raises VServerGroupNotFound: also of another region, if one is named."""
    found = tx.get(VServerGroup, id)
    if found is None or found.account != call.account or region_id not in ("", found.region):
        raise VServerGroupNotFound
    return found
