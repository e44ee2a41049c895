"""Pages as PrivateLink asks for them: MaxResults and NextToken."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, NamedTuple, TypeVar

from msgspec import UNSET, UnsetType

from jackfield.products.errors import InvalidParameterValue
from jackfield.products.operation import Param

DEFAULT_RESULTS = 50

MaxResults = Annotated[int, Param("Entries a page, up to 1000; 0 is 50.", "50", range=(0, 1000))]
NextToken = Annotated[str, Param("What the reply with the page before gave.", "caeba0bbb2be03f84eb48b699f0a4883")]

_TOKEN = re.compile(r"[0-9a-f]{32}")
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
        return f"{end:032x}" if end < total else UNSET


def page(max_results: int, next_token: str) -> Page:
    """A token stands for a place in the list, so what is deleted meanwhile shifts what follows.

    :raises InvalidParameterValue: the token is none.
    """
    if next_token and not _TOKEN.fullmatch(next_token):
        raise InvalidParameterValue(name="NextToken")
    offset = int(next_token, 16) if next_token else 0
    if offset >= 2**31:
        raise InvalidParameterValue(name="NextToken")
    return Page(offset, max_results or DEFAULT_RESULTS)
