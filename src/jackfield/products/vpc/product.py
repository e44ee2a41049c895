"""Virtual Private Cloud, API version 2016-04-28."""

from __future__ import annotations

from jackfield.products.known import known_operations
from jackfield.products.operation import Product

VPC = Product(
    code="Vpc", version="2016-04-28", ram_code="vpc", host="vpc", known=known_operations("jackfield.products.vpc")
)
