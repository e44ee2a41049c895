"""Elastic Compute Service, API version 2014-05-26."""

from __future__ import annotations

from jackfield.products.known import known_operations
from jackfield.products.operation import Product

ECS = Product(
    code="Ecs", version="2014-05-26", ram_code="ecs", host="ecs", known=known_operations("jackfield.products.ecs")
)
