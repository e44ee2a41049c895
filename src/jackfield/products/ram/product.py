"""Resource Access Management, API version 2015-05-01."""

from __future__ import annotations

from jackfield.products.known import known_operations
from jackfield.products.operation import Product

RAM = Product(
    code="Ram", version="2015-05-01", ram_code="ram", host="ram", known=known_operations("jackfield.products.ram")
)
