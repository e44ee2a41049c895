"""Tair: importing a file of this package declares its operations; :func:`load` imports them all."""

from __future__ import annotations

from jackfield.products.operation import Product


def load() -> Product:
    """The product with all its operations declared."""
    from jackfield.products.tair import (  # noqa: F401
        account_changes,
        accounts,
        authentication,
        bandwidth,
        billing,
        configuration,
        connection_strings,
        connections,
        creation,
        faults,
        geography,
        instances,
        maintenance,
        networks,
        nodes,
        proxies,
        public_connections,
        security_groups,
        sharding,
        specifications,
        switching,
        tagging,
        tair_creation,
        tls,
        topology,
        upkeep,
        whitelists,
        write_lock,
    )
    from jackfield.products.tair.product import TAIR

    return TAIR
