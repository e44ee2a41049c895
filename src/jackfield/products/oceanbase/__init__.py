"""OceanBase Cloud: importing a file of this package declares its operations; :func:`load` imports them all."""

from __future__ import annotations

from jackfield.products.operation import Product


def load() -> Product:
    """The product with all its operations declared."""
    from jackfield.products.oceanbase import (  # noqa: F401
        address_changes,
        addresses,
        allowed_addresses,
        databases,
        instances,
        lifecycle,
        privatelink,
        privatelink_connections,
        privatelink_readonly,
        proxy_addresses,
        sizes,
        tenant_changes,
        tenants,
        user_changes,
        users,
    )
    from jackfield.products.oceanbase.product import OCEANBASE

    return OCEANBASE
