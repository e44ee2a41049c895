"""Tair: importing a file of this package declares its operations; :func:`load` imports them all."""

from __future__ import annotations

from jackfield.products.operation import Product


def load() -> Product:
    """The product with all its operations declared."""
    from jackfield.products.tair import (  # noqa: F401
        accounts,
        connection_strings,
        connections,
        creation,
        geography,
        instances,
        public_connections,
        sharding,
        switching,
        tagging,
        tls,
        topology,
        upkeep,
        whitelists,
    )
    from jackfield.products.tair.product import TAIR

    return TAIR
