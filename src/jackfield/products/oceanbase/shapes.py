"""The forms that requests and replies of this product share: names in lower camel case, data under ``data``.

The gateway adds ``success`` and ``requestId`` to a reply's fields. Fields that are ``msgspec.UNSET`` are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeVar

import msgspec

from jackfield.products.operation import Param, Reply, Request, Shape

Item = TypeVar("Item")
Kept = TypeVar("Kept")


class RestRequest(Request, kw_only=True, rename="camel"):
    """Base of requests. Fields without a default are mandatory."""


class RestShape(Shape, kw_only=True, rename="camel"):
    """Base of the objects inside replies."""


class Empty(RestShape):
    """``{}``."""


class Done(Reply, kw_only=True, rename="camel"):
    """A reply whose data is ``{}``."""

    data: Empty = msgspec.field(default_factory=Empty)


class Agreed(Reply, kw_only=True, rename="camel"):
    """A reply whose data is ``true``."""

    data: bool = True


class Accepted(Reply, kw_only=True, rename="camel"):
    """A reply without data, as the documents show some."""

    data: Empty | msgspec.UnsetType = msgspec.UNSET


class CreatedAddress(RestShape):
    address_id: str


class CreatedAddressReply(Reply, kw_only=True, rename="camel"):
    """A reply that names the address that is being made."""

    data: CreatedAddress


class InstanceRequest(RestRequest):
    instance_id: Annotated[str, Param("The ID of the instance.", "ob317v4uif****")]


class TenantRequest(InstanceRequest):
    tenant_id: Annotated[str, Param("The ID of the tenant.", "t33h8y08k****")]


PageNumber = Annotated[int, Param("The page, from 1.", "1", range=(1, 2**31 - 1))]
PageSize = Annotated[int, Param("Entries a page.", "10", range=(1, 1000))]


class Page(RestShape, Generic[Item]):
    """:param has_more: whether another page follows."""

    data_list: tuple[Item, ...]
    total: int
    has_more: bool


def page_of(found: Sequence[Kept], number: int, size: int, show: Callable[[Kept], Item]) -> Page[Item]:
    """One page of what was found. :param number: from 1. :param show: is called for what stands on it."""
    begin = (number - 1) * size
    end = begin + size
    return Page(data_list=tuple(show(one) for one in found[begin:end]), total=len(found), has_more=end < len(found))
