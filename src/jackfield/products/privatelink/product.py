"""PrivateLink, API version 2020-04-15."""

from __future__ import annotations

from jackfield.products.known import known_operations
from jackfield.products.operation import Product

PRIVATELINK = Product(
    code="Privatelink",
    version="2020-04-15",
    ram_code="privatelink",
    host="privatelink",
    known=known_operations("jackfield.products.privatelink"),
)
