"""NLB: load balancers, their listeners and server groups."""

from __future__ import annotations

from jackfield.products.operation import Product


def load() -> Product:
    """The product with all its operations declared."""
    from jackfield.products.nlb import (  # noqa: F401
        geography,
        jobs,
        listener_reads,
        listeners,
        load_balancer_reads,
        load_balancers,
        protection,
        server_group_lists,
        server_groups,
        servers,
        tagging,
    )
    from jackfield.products.nlb.product import NLB

    return NLB
