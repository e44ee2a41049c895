"""Tags: pairs of key and value on a resource, and the filter that lists have for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec

from jackfield.products.operation import Param, Shape
from jackfield.store.resource import Resource


class Tag(msgspec.Struct, frozen=True):
    """As the store keeps it."""

    key: str
    value: str


class TaggedResource(Resource, frozen=True, kw_only=True, omit_defaults=True):
    """A resource that can be tagged."""

    tags: tuple[Tag, ...] = ()


class TagShape(Shape):
    """As requests and replies have it."""

    key: Annotated[str, Param("The key.", "FinanceDept")] = ""
    value: Annotated[str, Param("The value.", "FinanceJoshua")] = ""


def stored(tags: Iterable[TagShape]) -> tuple[Tag, ...]:
    return tuple(Tag(tag.key, tag.value) for tag in tags)


def shown(tags: Iterable[Tag]) -> tuple[TagShape, ...]:
    return tuple(TagShape(key=tag.key, value=tag.value) for tag in tags)


def carries(tags: Iterable[Tag], wanted: Iterable[TagShape]) -> bool:
    """Whether a resource has all of the wanted tags; one that is wanted without a value is met by any value."""
    have = {tag.key: tag.value for tag in tags}
    return all(tag.key in have and tag.value in ("", have[tag.key]) for tag in wanted)


def merged(tags: Iterable[Tag], more: Iterable[TagShape]) -> tuple[Tag, ...]:
    """The tags with more of them; a key that is there gets the new value."""
    values = {tag.key: tag.value for tag in tags} | {tag.key: tag.value for tag in more}
    return tuple(Tag(key, value) for key, value in values.items())


def without(tags: Iterable[Tag], keys: Iterable[str]) -> tuple[Tag, ...]:
    gone = set(keys)
    return tuple(tag for tag in tags if tag.key not in gone)


class TagOfResource(Shape):
    """One tag of one resource, as ListTagResources lists it."""

    resource_id: str
    resource_type: str
    tag_key: str
    tag_value: str


class TagsOfResources(Shape):
    tag_resource: tuple[TagOfResource, ...]


def listed(id: str, type: str, tags: Iterable[Tag]) -> list[TagOfResource]:
    """The tags of one resource for ListTagResources."""
    return [TagOfResource(resource_id=id, resource_type=type, tag_key=tag.key, tag_value=tag.value) for tag in tags]
