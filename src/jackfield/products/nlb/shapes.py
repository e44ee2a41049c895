"""Parameters and replies that the operations of NLB share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, TypeVar

from jackfield.products.next_token import NoToken, token_for
from jackfield.products.next_token import offset_of as start_of
from jackfield.products.nlb.errors import IllegalParam, MissingParam
from jackfield.products.operation import Call, Param, Reply, Request, Shape
from jackfield.products.tags import Tag, TagShape
from jackfield.store.interface import Reader
from jackfield.store.resource import Resource

R = TypeVar("R", bound=Resource)

MAX_IDS = 20
"""In one call of a list."""

RegionId = Annotated[str, Param("The region.", "cn-hangzhou")]
Token = Annotated[str, Param("Makes a repeated call answer like the first.", "123e4567-e89b-12d3-a456-426655440000")]
DryRun = Annotated[bool, Param("Only checks.", "false", invalid=IllegalParam)]
Tags = Annotated[tuple[TagShape, ...], Param("Tags of the resource.", invalid=IllegalParam)]
WantedTags = Annotated[tuple[TagShape, ...], Param("Only resources with all of these tags.", invalid=IllegalParam)]
GroupId = Annotated[str, Param("The server group.", "sgp-atstuj3rtoptyui****", missing=MissingParam)]
LoadBalancerId = Annotated[str, Param("The load balancer.", "nlb-wb7r6dlwetvt5j****", missing=MissingParam)]
ListenerId = Annotated[str, Param("The listener.", "lsn-bp1bpn0kn908w4nbw****@80", missing=MissingParam)]
MaxResults = Annotated[int, Param("Entries a page, up to 100.", "20", range=(1, 100), invalid=IllegalParam)]
NextToken = Annotated[str, Param("What the reply with the page before gave; empty for the first page.", "ZnJvbSAyMA==")]


class JobReply(Reply):
    """The reply of a change in the background."""

    job_id: str


class GroupJobReply(JobReply):
    """The same of a server group."""

    server_group_id: str


class DetailTag(Shape):
    """A tag as the replies about one resource have it; lists have Key and Value."""

    tag_key: str
    tag_value: str


class Page(Request):
    """Base of list requests."""

    max_results: MaxResults = 20
    next_token: NextToken = ""


class PageReply(Reply):
    """Base of their replies. :param next_token: empty on the last page."""

    max_results: int
    next_token: str
    total_count: int


def detail_tags(tags: Iterable[Tag]) -> tuple[DetailTag, ...]:
    return tuple(DetailTag(tag_key=tag.key, tag_value=tag.value) for tag in tags)


def offset_of(request: Page) -> int:
    """:raises IllegalParam: the token is none that a page ended with."""
    try:
        return start_of(request.next_token)
    except NoToken:
        raise IllegalParam(name="NextToken") from None


def next_token(request: Page, total: int) -> str:
    """What the next page starts with; empty when this is the last one."""
    end = offset_of(request) + request.max_results
    return token_for(end) if end < total else ""


def cut(request: Page, found: Sequence[R]) -> Sequence[R]:
    """The page of a list that was read as a whole."""
    offset = offset_of(request)
    return found[offset : offset + request.max_results]


def page_of(
    tx: Reader, call: Call, kind: type[R], request: Page, region: str, matching: Callable[[], list[R]] | None
) -> tuple[Sequence[R], int]:
    """A page of the caller's resources of a kind, and how many there are in all.

    :param matching: reads those that the request asks for, if it does not ask for all.
    """
    if matching is None:
        page = tx.page(kind, account=call.account, region=region, offset=offset_of(request), limit=request.max_results)
        return page, tx.count(kind, account=call.account, region=region)
    found = matching()
    return cut(request, found), len(found)


def check_ids(name: str, ids: Sequence[str], most: int = MAX_IDS) -> frozenset[str]:
    """:raises IllegalParam: there are too many."""
    if len(ids) > most:
        raise IllegalParam(name=name)
    return frozenset(ids)
