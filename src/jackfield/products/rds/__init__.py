"""RDS: MySQL and PostgreSQL instances, their endpoints and accounts."""

from __future__ import annotations

from jackfield.products.operation import Product


def load() -> Product:
    """The product with all its operations declared."""
    from jackfield.products.rds import (  # noqa: F401
        accounts,
        attributes,
        connection_strings,
        connections,
        connectivity,
        creation,
        databases,
        geography,
        high_availability,
        instances,
        legacy_tagging,
        lifecycle,
        listing,
        network_lists,
        network_moves,
        network_type,
        node_addresses,
        node_endpoints,
        privileges,
        proxies,
        proxy_addresses,
        proxy_endpoints,
        proxy_tls,
        replica_creation,
        replica_reads,
        security_groups,
        security_modes,
        service_reads,
        settings_reads,
        splitting,
        tagging,
        tasks,
        tls,
        whitelists,
        zone_migration,
    )
    from jackfield.products.rds.product import RDS

    return RDS
