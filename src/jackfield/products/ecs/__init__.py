"""ECS: security groups only. They judge who gets through an endpoint or a load balancer that they are attached to."""

from __future__ import annotations

from jackfield.products.operation import Product


def load() -> Product:
    """The product with all its operations declared."""
    from jackfield.products.ecs import authorising, geography, groups, listing, rule_changes, tagging  # noqa: F401
    from jackfield.products.ecs.product import ECS

    return ECS
