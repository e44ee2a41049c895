"""RAM: who there is in an account, and what they may do."""

from __future__ import annotations

from jackfield.products.operation import Product


def load() -> Product:
    """The product with all its operations declared."""
    from jackfield.products.ram import (  # noqa: F401
        access_keys,
        attachment_lists,
        attachments,
        groups,
        memberships,
        policies,
        policy_versions,
        roles,
        tagging,
        users,
    )
    from jackfield.products.ram.product import RAM

    return RAM
