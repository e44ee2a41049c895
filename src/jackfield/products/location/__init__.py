"""Location: where the other products are."""

from __future__ import annotations

from jackfield.products.operation import Product


def load() -> Product:
    """The product with all its operations declared."""
    from jackfield.products.location import endpoints  # noqa: F401
    from jackfield.products.location.product import LOCATION

    return LOCATION
