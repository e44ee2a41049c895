"""Classic load balancers, their TCP listeners and backend servers."""

from __future__ import annotations

from jackfield.products.operation import Product


def load() -> Product:
    """The product with all its operations declared."""
    from jackfield.products.slb import (  # noqa: F401
        attributes,
        backend_servers,
        geography,
        health,
        listener_reads,
        listeners,
        load_balancer_reads,
        load_balancers,
        tagging,
        vserver_group_reads,
        vserver_groups,
    )
    from jackfield.products.slb.product import SLB

    return SLB
