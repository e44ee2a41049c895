"""Tair (Redis OSS-compatible), API version 2015-01-01."""

from __future__ import annotations

from jackfield.products.known import known_operations
from jackfield.products.operation import Product
from jackfield.products.tair.adopted import RULE

TAIR = Product(
    code="R-kvstore",
    version="2015-01-01",
    ram_code="kvstore",
    host="r-kvstore",
    known=known_operations("jackfield.products.tair"),
    rule=RULE,
)
