"""AddTagsToResource, RemoveTagsFromResource and DescribeTags: RDS's own tag operations, older than TagResources."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.rds.instances import own_instance
from jackfield.products.rds.product import RDS
from jackfield.products.rds.resources import DBInstance
from jackfield.products.rds.tag_errors import (
    LegacyInstanceNotFound,
    LegacyNoTags,
    LegacyTagKeyMalformed,
    LegacyTagKeyTwice,
    LegacyTagsAtTwoPlaces,
    LegacyTagsInvalid,
    LegacyTagValueTooLong,
    LegacyTooManyInstances,
    LegacyTooManyTags,
    TagQuotaExceeded,
)
from jackfield.products.tagging import TagRules, add_tags, remove_tags
from jackfield.products.tags import TagShape
from jackfield.store.interface import Reader, Tx

MAX_INSTANCES = 30
"""In one call."""

MAX_NEW = 5
"""Tags in one call."""

_RULES = TagRules(
    too_many=LegacyTooManyTags,
    duplicate=LegacyTagKeyTwice,
    key=LegacyTagKeyMalformed,
    value=LegacyTagValueTooLong,
    longest_key=64,
    reserved_values=True,
)


class LegacyTag(Shape):
    """Whose names are in small letters on the wire."""

    key: Annotated[str, Param("The key.", "FinanceDept")] = msgspec.field(default="", name="key")
    value: Annotated[str, Param("The value.", "FinanceJoshua")] = msgspec.field(default="", name="value")


class TagsRequest(Request):
    region_id: Annotated[str, Param("The region of the instances.", "cn-hangzhou")]
    db_instance_id: Annotated[str, Param("Up to 30 ids, separated by commas.", "rm-uf6wjk5xxxxxxx")]
    tags: Annotated[str, Param("The tags, a JSON object; or Tag.N.", '{"key1":"value1","key2":""}')] = ""
    tag: Annotated[tuple[LegacyTag, ...], Param("The tags.")] = ()
    client_token: Annotated[str, Param("Makes a repeated call answer like the first.", "ETnLKlblzczshOTUbOCz****")] = ""


@operation(
    RDS,
    title="Adds tags to instances",
    access="create",
    resource="dbinstance/*",
    errors=(
        LegacyTagKeyMalformed,
        LegacyTagKeyTwice,
        LegacyTagValueTooLong,
        LegacyTooManyTags,
        LegacyTagsAtTwoPlaces,
        LegacyTagsInvalid,
        LegacyNoTags,
        LegacyTooManyInstances,
        LegacyInstanceNotFound,
        TagQuotaExceeded,
    ),
    token="ClientToken",
)
def add_tags_to_resource(tx: Tx, call: Call, request: TagsRequest) -> Reply:
    """Tags all of the instances, or none; a key that is there gets the new value."""
    tags = _tags(request)
    _RULES.check(tags)
    add_tags(tx, _named(tx, call, request.region_id, request.db_instance_id), tags, TagQuotaExceeded)
    return Reply()


@operation(
    RDS,
    title="Removes tags from instances",
    access="delete",
    resource="dbinstance/*",
    errors=(
        LegacyTagsAtTwoPlaces,
        LegacyTagsInvalid,
        LegacyNoTags,
        LegacyTooManyTags,
        LegacyTooManyInstances,
        LegacyInstanceNotFound,
    ),
    token="ClientToken",
)
def remove_tags_from_resource(tx: Tx, call: Call, request: TagsRequest) -> Reply:
    """Removes the tags with these keys; one with a value goes only where it has that value."""
    tags = _tags(request)
    for instance in _named(tx, call, request.region_id, request.db_instance_id):
        has = {tag.key: tag.value for tag in instance.tags}
        keys = [tag.key for tag in tags if tag.value in ("", has.get(tag.key))]
        remove_tags(tx, [instance], keys, all=False)
    return Reply()


class DescribeTagsRequest(Request):
    region_id: Annotated[str, Param("The region of the instances.", "cn-hangzhou")]
    db_instance_id: Annotated[str, Param("Up to 30 ids, separated by commas.", "rm-uf6wjk5****")] = ""
    resource_type: Annotated[str, Param("What they are: INSTANCE.", "INSTANCE")] = ""
    tags: Annotated[str, Param("Only these tags, a JSON object.", '{"key1":"value1"}')] = ""


class TaggedIds(Shape):
    db_instance_ids: tuple[str, ...] = msgspec.field(name="DBInstanceIds")


class TagInfo(Shape):
    tag_key: str
    tag_value: str
    db_instance_ids: TaggedIds = msgspec.field(name="DBInstanceIds")


class TagInfos(Shape):
    tag_infos: tuple[TagInfo, ...]


class DescribeTagsReply(Reply):
    items: TagInfos


@operation(
    RDS,
    title="Queries tags",
    access="get",
    resource="dbinstance/*",
    errors=(LegacyTagsInvalid, LegacyTooManyInstances, LegacyInstanceNotFound),
)
def describe_tags(tx: Reader, call: Call, request: DescribeTagsRequest) -> DescribeTagsReply:
    """Lists the tags of the named instances, or of all in the region, each with the instances that have it."""
    wanted = {(tag.key, tag.value) for tag in _json(request.tags)}
    instances = (
        _named(tx, call, request.region_id, request.db_instance_id)
        if request.db_instance_id
        else list(tx.each(DBInstance, account=call.account, region=request.region_id))
    )
    found: dict[tuple[str, str], list[str]] = {}
    for instance in instances:
        for tag in instance.tags:
            if not wanted or (tag.key, tag.value) in wanted or (tag.key, "") in wanted:
                found.setdefault((tag.key, tag.value), []).append(instance.id)
    return DescribeTagsReply(
        items=TagInfos(
            tag_infos=tuple(
                TagInfo(tag_key=key, tag_value=value, db_instance_ids=TaggedIds(db_instance_ids=tuple(ids)))
                for (key, value), ids in found.items()
            )
        )
    )


def _tags(request: TagsRequest) -> list[TagShape]:
    if request.tags and request.tag:
        raise LegacyTagsAtTwoPlaces
    found = _json(request.tags) or [TagShape(key=tag.key, value=tag.value) for tag in request.tag]
    if not found:
        raise LegacyNoTags
    if len(found) > MAX_NEW:
        raise LegacyTooManyTags
    return found


def _json(text: str) -> list[TagShape]:
    """
    :raises LegacyTagsInvalid: it is no JSON object of texts.
    """
    try:
        pairs = msgspec.json.decode(text, type=dict[str, str]) if text else {}
    except msgspec.DecodeError:
        raise LegacyTagsInvalid from None
    return [TagShape(key=key, value=value) for key, value in pairs.items()]


def _named(tx: Reader, call: Call, region: str, ids: str) -> list[DBInstance]:
    names = list(dict.fromkeys(ids.split(",")))
    if len(names) > MAX_INSTANCES:
        raise LegacyTooManyInstances
    found = [own_instance(tx, call, id, LegacyInstanceNotFound) for id in names]
    if any(instance.region != region for instance in found):
        raise LegacyInstanceNotFound
    return found
