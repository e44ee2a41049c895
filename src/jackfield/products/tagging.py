"""What the tag operations of every product have in common; their declarations and errors are the products' own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from jackfield.products.errors import ApiError
from jackfield.products.next_token import NoToken, offset_of, token_for
from jackfield.products.tags import TaggedResource, TagOfResource, TagShape, TagsOfResources, merged, without
from jackfield.store.interface import Tx

MAX_RESOURCES = 50
"""In one call."""

MAX_TAGS = 20
"""In one call, and of a resource."""

_RESERVED = ("aliyun", "acs:")


class TagRules(msgspec.Struct, frozen=True, kw_only=True):
    """What a new tag has to be like, and with which errors a product refuses one that is not.

    :param longest_key: characters. :param reserved_values: values, too, must not begin with a reserved word.
    """

    too_many: Callable[[], ApiError]
    duplicate: Callable[[], ApiError]
    key: Callable[[], ApiError]
    value: Callable[[], ApiError]
    longest_key: int = 128
    reserved_values: bool = False

    def check(self, tags: Sequence[TagShape]) -> None:
        """Returns if all of the tags may be given at once."""
        if len(tags) > MAX_TAGS:
            raise self.too_many()
        if len({tag.key for tag in tags}) < len(tags):
            raise self.duplicate()
        for tag in tags:
            if not 1 <= len(tag.key) <= self.longest_key or _is_reserved(tag.key) or _has_scheme(tag.key):
                raise self.key()
            if len(tag.value) > 128 or _has_scheme(tag.value) or (self.reserved_values and _is_reserved(tag.value)):
                raise self.value()


def add_tags(
    tx: Tx, resources: Iterable[TaggedResource], more: Sequence[TagShape], full: Callable[[], ApiError]
) -> None:
    """Tags all of the resources; a key that is there gets the new value.

    :param full: raised when a resource would have too many.
    """
    for one in resources:
        tags = merged(one.tags, more)
        if len(tags) > MAX_TAGS:
            raise full()
        tx.put(msgspec.structs.replace(one, tags=tags))


def remove_tags(tx: Tx, resources: Iterable[TaggedResource], keys: Sequence[str], *, all: bool) -> None:
    """Takes tags away from all of the resources; a key that one lacks is no error.

    :param all: every tag, where no key is given.
    """
    for one in resources:
        tags = () if all and not keys else without(one.tags, keys)
        tx.put(msgspec.structs.replace(one, tags=tags))


def page_of(
    found: Sequence[TagOfResource], token: str, size: int, wrong: Callable[[], ApiError]
) -> tuple[str, TagsOfResources]:
    """A page of ListTagResources.

    :param size: tags a page. :param wrong: raised for a token that was never given out.
    :return: the token of the next page, empty when none follows, and the tags.
    """
    try:
        offset = offset_of(token)
    except NoToken:
        raise wrong() from None
    following = offset + size
    return (
        token_for(following) if following < len(found) else "",
        TagsOfResources(tag_resource=tuple(found[offset:following])),
    )


def _is_reserved(text: str) -> bool:
    return text.lower().startswith(_RESERVED)


def _has_scheme(text: str) -> bool:
    return "http://" in text or "https://" in text
