"""Security Token Service, API version 2015-04-01."""

from __future__ import annotations

from jackfield.products.known import known_operations
from jackfield.products.operation import Product

STS = Product(
    code="Sts", version="2015-04-01", ram_code="sts", host="sts", known=known_operations("jackfield.products.sts")
)
