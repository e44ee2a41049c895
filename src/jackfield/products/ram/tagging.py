"""Tags of roles and custom policies."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from jackfield.identity.people import Role
from jackfield.identity.policies import Policy
from jackfield.products.next_token import NoToken, offset_of, token_for
from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.ram.errors import InvalidParameter, MissingParameter, PolicyNotExist, RoleNotExist
from jackfield.products.ram.own import MOST_TAGS, NAME_ERRORS, custom_policy, given_tags, has_tags, own_role
from jackfield.products.ram.product import RAM
from jackfield.products.ram.roles import TAG
from jackfield.store.interface import Reader, Tx

MOST_NAMES = 50
"""Resources that one call may name."""

Tagged: TypeAlias = Role | Policy

TYPE = Param("What is tagged: role or policy.", "role")
NAMES = Param("The names of the roles or policies, at most 50, as a JSON list.", '["ECSAdmin"]')
ERRORS = (*NAME_ERRORS, InvalidParameter, RoleNotExist, PolicyNotExist)


class TagResourcesRequest(Request):
    resource_type: Annotated[str, TYPE] = ""
    resource_names: Annotated[str, NAMES] = ""
    tag: Annotated[str, TAG] = ""


@operation(RAM, title="Adds tags to roles or policies", access="update", resource="*", errors=ERRORS)
def tag_resources(tx: Tx, call: Call, request: TagResourcesRequest) -> Reply:
    """A tag with a key that is there gets the new value. All resources that are named get the tags, or none does."""
    given = given_tags(request.tag)
    if not given:
        raise MissingParameter(name="Tag")
    for found in _named(tx, call, request.resource_type, request.resource_names):
        tags = tuple({**dict(found.tags), **dict(given)}.items())
        if len(tags) > MOST_TAGS:
            raise InvalidParameter(name="Tag")
        tx.put(msgspec.structs.replace(found, tags=tags))
    return Reply()


class UntagResourcesRequest(Request):
    resource_type: Annotated[str, TYPE] = ""
    resource_names: Annotated[str, NAMES] = ""
    tag_keys: Annotated[str, Param("The keys, as a JSON list.", '["team"]')] = ""
    all: Annotated[bool, Param("Whether all tags go, if no keys are given.", "false")] = False


@operation(RAM, title="Removes tags from roles or policies", access="update", resource="*", errors=ERRORS)
def untag_resources(tx: Tx, call: Call, request: UntagResourcesRequest) -> Reply:
    """Keys that are not there are none the less fine."""
    keys = _texts(request.tag_keys, "TagKeys")
    if not keys and not request.all:
        raise MissingParameter(name="TagKeys")
    for found in _named(tx, call, request.resource_type, request.resource_names):
        left = tuple(tag for tag in found.tags if keys and tag[0] not in keys)
        tx.put(msgspec.structs.replace(found, tags=left))
    return Reply()


class ListTagResourcesRequest(Request):
    resource_type: Annotated[str, TYPE] = ""
    resource_names: Annotated[str, NAMES] = ""
    tag: Annotated[
        str, Param("Only resources with all of these, as TagResources takes them; without a value: any.", TAG.example)
    ] = ""
    next_token: Annotated[str, Param("Where the page starts: what the page before said.", "ZnJvbSA1MA==")] = ""
    page_size: Annotated[int, Param("The tags of a page.", "50", range=(1, 100), invalid=InvalidParameter)] = 50


class TagResource(Shape):
    resource_type: str
    resource_name: str
    tag_key: str
    tag_value: str


class ListTagResourcesReply(Reply, kw_only=True):
    tag_resources: tuple[TagResource, ...]
    next_token: str | UnsetType = UNSET


@operation(RAM, title="Lists the tags of roles or policies", access="list", resource="*", errors=ERRORS)
def list_tag_resources(tx: Reader, call: Call, request: ListTagResourcesRequest) -> ListTagResourcesReply:
    """Of those that are named, or of all of the type."""
    wanted = given_tags(request.tag)
    found: list[Tagged]
    if request.resource_names:
        found = _named(tx, call, request.resource_type, request.resource_names)
    else:
        found = list(tx.each(_kind(request.resource_type), account=call.account))
    lines = [
        TagResource(resource_type=request.resource_type, resource_name=one.name, tag_key=key, tag_value=value)
        for one in found
        if has_tags(one.tags, wanted)
        for key, value in one.tags
    ]
    try:
        start = offset_of(request.next_token)
    except NoToken:
        raise InvalidParameter(name="NextToken") from None
    end = start + request.page_size
    return ListTagResourcesReply(
        tag_resources=tuple(lines[start:end]), next_token=token_for(end) if end < len(lines) else UNSET
    )


def _kind(given: str) -> type[Role] | type[Policy]:
    if not given:
        raise MissingParameter(name="ResourceType")
    if given not in ("role", "policy"):
        raise InvalidParameter(name="ResourceType")
    return Role if given == "role" else Policy


def _named(reader: Reader, call: Call, type: str, given: str) -> list[Tagged]:
    """Each once. :raises RoleNotExist, PolicyNotExist: one of them is not there."""
    kind = _kind(type)
    names = _texts(given, "ResourceNames")
    if not names:
        raise MissingParameter(name="ResourceNames")
    if len(names) > MOST_NAMES:
        raise InvalidParameter(name="ResourceNames")
    find = own_role if kind is Role else custom_policy
    return list({one.id: one for one in (find(reader, call, name) for name in names)}.values())


def _texts(given: str, parameter: str) -> list[str]:
    """The texts of a JSON list; none of an empty parameter. :raises InvalidParameter: it is something else."""
    if not given:
        return []
    try:
        return msgspec.json.decode(given, type=list[str])
    except msgspec.DecodeError:
        raise InvalidParameter(name=parameter) from None
