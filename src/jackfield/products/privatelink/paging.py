"""Pages as PrivateLink asks for them: MaxResults and NextToken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, NamedTuple, TypeVar

from msgspec import UNSET, UnsetType

from jackfield.products.errors import InvalidParameterValue
from jackfield.products.next_token import NoToken, offset_of, token_for
from jackfield.products.operation import Param

DEFAULT_RESULTS = 50

MaxResults = Annotated[int, Param("Entries a page, up to 1000; 0 is 50.", "50", range=(0, 1000))]
NextToken = Annotated[str, Param("What the reply with the page before gave.", "caeba0bbb2be03f84eb48b699f0a4883")]

T = TypeVar("T")


class Page(NamedTuple):
    """Where a page lies. :param limit: entries."""

    offset: int
    limit: int

    def of(self, entries: Sequence[T]) -> Sequence[T]:
        return entries[self.offset : self.offset + self.limit]

    def following(self, total: int) -> str | UnsetType:
        """NextToken of the reply; left out with the last page."""
        end = self.offset + self.limit
        return token_for(end) if end < total else UNSET


def page(max_results: int, next_token: str) -> Page:
    """A token stands for a place in the list, so what is deleted meanwhile shifts what follows.

    :raises InvalidParameterValue: the token is none.
    """
    try:
        offset = offset_of(next_token)
    except NoToken:
        raise InvalidParameterValue(name="NextToken") from None
    return Page(offset, max_results or DEFAULT_RESULTS)
