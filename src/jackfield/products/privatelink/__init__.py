"""PrivateLink: services of one VPC, reached from others through endpoints."""

from __future__ import annotations

from jackfield.products.operation import Product


def load() -> Product:
    """The product with all its operations declared."""
    from jackfield.products.privatelink import (  # noqa: F401
        activation,
        connection_lists,
        connections,
        endpoint_creation,
        endpoint_groups,
        endpoint_zones,
        endpoints,
        geography,
        migration,
        resource_groups,
        service_lists,
        service_resources,
        services,
        tagging,
        users,
        zone_connections,
    )
    from jackfield.products.privatelink.product import PRIVATELINK

    return PRIVATELINK
