"""From a router and its instances to the routes that the relay serves. Pure functions: the same in, the same out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from jackfield.endpoints.resources import Endpoint
from jackfield.products.rds.admission import admitted
from jackfield.products.rds.resources import DBInstance
from jackfield.products.rds.routers import MAX_WEIGHT, Router, shares
from jackfield.relay.route import Backend, HealthCheck, Route, Splitting, Tls

LARGEST = 1000
"""Weight of a backend."""

_LOOKS = HealthCheck(interval=1.0, timeout=2.0, rise=1, fall=1)


def router_routes(
    router: Router,
    primary: DBInstance,
    replicas: Sequence[DBInstance],
    endpoint: Endpoint,
    targets: Mapping[str, str],
    *,
    logins: str,
    drain: float,
    local_clients: Literal["whitelist", "allow"],
    tls: Tls | None = None,
) -> tuple[Route, ...]:
    """One route; none while the endpoint's address is not chosen.

    :param replicas: read-only instances in service. :param targets: id of an instance → where its server listens.
    :param logins: see :class:`Splitting`.
    """
    if not endpoint.addresses:
        return ()
    protocol: Literal["postgres", "mysql"] = "postgres" if primary.engine == "PostgreSQL" else "mysql"
    weights = _scaled(shares(router, primary, replicas))
    splits = router.mode == "ReadWrite" and router.purpose != "nodes"
    members = [primary, *replicas] if splits else replicas
    backends = tuple(Backend(target=targets[one.id], name=one.id, weight=weights[one.id]) for one in members)
    return (
        Route(
            key=f"{endpoint.id}/0:{endpoint.port}",
            owner=endpoint.id,
            address=endpoint.addresses[0],
            port=endpoint.port,
            backends=backends,
            mode="sql" if splits else "tcp",
            balance=None if splits else "turns",
            health=None if splits else _LOOKS,
            whitelist=admitted(primary, endpoint.net),
            local_clients=local_clients,
            drain_seconds=drain,
            tls=tls,
            splitting=Splitting(protocol=protocol, logins=logins, max_delay=router.max_delay) if splits else None,
        ),
    )


def _scaled(found: Mapping[str, int]) -> dict[str, int]:
    """Shares of up to 10,000 as weights of up to 1,000; they come in hundreds."""
    if max(found.values(), default=0) <= LARGEST:
        return dict(found)
    return {id: share * LARGEST // MAX_WEIGHT for id, share in found.items()}
