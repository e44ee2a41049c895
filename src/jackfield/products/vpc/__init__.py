"""VPC: the networks that endpoints belong to."""

from __future__ import annotations

from jackfield.products.operation import Product


def load() -> Product:
    """The product with all its operations declared."""
    from jackfield.products.vpc import geography, route_tables, tagging, vpc_changes, vpcs, vswitch_changes, vswitches  # noqa: F401
    from jackfield.products.vpc.product import VPC

    return VPC
