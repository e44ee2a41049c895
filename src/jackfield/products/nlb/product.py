"""Network Load Balancer, API version 2022-04-30."""

from __future__ import annotations

from jackfield.products.known import known_operations
from jackfield.products.operation import Product

NLB = Product(
    code="Nlb", version="2022-04-30", ram_code="nlb", host="nlb", known=known_operations("jackfield.products.nlb")
)
