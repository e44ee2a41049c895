"""OceanBase Cloud, the multi-cloud REST API v2."""

from __future__ import annotations

from jackfield.products.known import KnownPath, known_paths
from jackfield.products.operation import Product

PACKAGE = "jackfield.products.oceanbase"


def known() -> tuple[KnownPath, ...]:
    """All operations of the vendor's (its documents, and the interface file of its Terraform provider)."""
    return known_paths(PACKAGE)


OCEANBASE = Product(
    code="OceanBase",
    version="v2",
    ram_code="oceanbase",
    host="api-cloud",
    known=lambda: frozenset(one.name for one in known()),
)
