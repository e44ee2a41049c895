"""Classic Load Balancer (also known as Server Load Balancer), API version 2014-05-15."""

from __future__ import annotations

from jackfield.products.known import known_operations
from jackfield.products.operation import Product

SLB = Product(
    code="Slb", version="2014-05-15", ram_code="slb", host="slb", known=known_operations("jackfield.products.slb")
)
