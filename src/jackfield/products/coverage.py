"""Writes ``docs/coverage.md``: every operation of the products' official SDKs, built or not, with a reason.

``python -m jackfield.products.coverage > docs/coverage.md`` (``make coverage``). What is built comes from the
operations' declarations, why something is not from each product's ``not_built.toml``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from typing import NamedTuple

from jackfield.products.not_built import Group, grouped, groups_of
from jackfield.products.operation import Product

TITLES = {
    "tair": "Tair (Redis)",
    "rds": "RDS",
    "privatelink": "PrivateLink",
    "oceanbase": "OceanBase Cloud",
    "vpc": "VPC",
    "ecs": "ECS (security groups)",
    "nlb": "NLB",
    "slb": "Classic load balancers",
    "ram": "RAM",
    "sts": "STS",
    "location": "Location",
}
"""Packages of the products in the page's order, with their headings."""

_INTRODUCTION = """\
# Coverage

Every operation of the official SDKs of the products that Jackfield answers (of OceanBase Cloud, which has no SDK: of
its documents): built, or not, with the reason. A call of one that is not built is refused with
`JackfieldOperationNotBuilt`.

This page is generated (`make coverage`) from the operations' declarations and each product's `not_built.toml`.
"""


class Covered(NamedTuple):
    """One product."""

    title: str
    product: Product
    groups: tuple[Group, ...]

    @property
    def missing(self) -> frozenset[str]:
        return self.product.names - self.product.operations.keys()


def covered() -> tuple[Covered, ...]:
    """All products, in the page's order."""
    found = []
    for name, title in TITLES.items():
        package = f"jackfield.products.{name}"
        found.append(Covered(title, import_module(package).load(), groups_of(package)))
    return tuple(found)


def page() -> str:
    """The whole page."""
    products = covered()
    return "\n".join((_INTRODUCTION, *_summary(products), *(line for one in products for line in _section(one))))


def _summary(products: tuple[Covered, ...]) -> Iterator[str]:
    yield "| Product | API | Built | Operations |"
    yield "|---|---|---:|---:|"
    for one in products:
        product = one.product
        yield f"| {one.title} | {product.code} {product.version} | {len(product.operations)} | {len(product.names)} |"
    yield ""


def _section(one: Covered) -> Iterator[str]:
    product = one.product
    yield f"## {one.title}"
    yield ""
    yield f"{len(product.operations)} of {len(product.names)} operations are built."
    yield ""
    yield "| Built | |"
    yield "|---|---|"
    for name, operation in sorted(product.operations.items()):
        yield f"| `{name}` | {operation.title} |"
    yield ""
    if not one.missing:
        return
    yield "| Not built | Why | Operations |"
    yield "|---|---|---|"
    for group, names in grouped(one.groups, one.missing).items():
        about, why = (group.name, group.why) if group else ("", "no reason is given")
        yield f"| {about} | {why} | {', '.join(f'`{name}`' for name in names)} |"
    yield ""


if __name__ == "__main__":
    sys.stdout.write(page())
