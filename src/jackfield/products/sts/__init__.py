"""STS: who am I, and who I may become for a while."""

from __future__ import annotations

from jackfield.products.operation import Product


def load() -> Product:
    """The product with all its operations declared."""
    from jackfield.products.sts import identity, roles  # noqa: F401
    from jackfield.products.sts.product import STS

    return STS
