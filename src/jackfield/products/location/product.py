"""The location service, API version 2015-06-12: older SDKs and Terraform ask it where a product's API is."""

from __future__ import annotations

from jackfield.products.known import known_operations
from jackfield.products.operation import Product

LOCATION = Product(
    code="Location",
    version="2015-06-12",
    ram_code="location",
    host="location",
    known=known_operations("jackfield.products.location"),
)
