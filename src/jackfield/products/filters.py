"""What the lists of all products share."""

from __future__ import annotations

import msgspec

from jackfield.products.operation import Request

_PAGING = frozenset({"region_id", "page_number", "page_size", "max_results", "next_token", "dry_run"})


def is_filtered(request: Request) -> bool:
    """Whether a list request asks for anything but a page of a region, which the store answers without reading all."""
    return any(
        getattr(request, field.name) != field.default
        for field in msgspec.structs.fields(type(request))
        if field.name not in _PAGING
    )
