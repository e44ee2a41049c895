"""From an instance and its endpoints to the routes that the relay serves."""

from __future__ import annotations

from typing import Literal

from jackfield.endpoints.resources import Endpoint
from jackfield.products.rds.admission import admitted
from jackfield.products.rds.resources import DBInstance
from jackfield.relay.route import Backend, Route, Tls


def routes(
    instance: DBInstance,
    endpoint: Endpoint,
    target: str,
    *,
    drain: float,
    local_clients: Literal["whitelist", "allow"],
    tls: Tls | None = None,
) -> tuple[Route, ...]:
    """One route straight to the server; none while the endpoint's address is not chosen.

    :param target: where the server listens, as :class:`Backend` wants it.
    :param tls: how clients of this endpoint may, or have to, encrypt.
    """
    if not endpoint.addresses:
        return ()
    return (
        Route(
            key=f"{endpoint.id}/0:{endpoint.port}",
            owner=endpoint.id,
            address=endpoint.addresses[0],
            port=endpoint.port,
            backends=(Backend(target=target, name=instance.id),),
            whitelist=admitted(instance, endpoint.net),
            local_clients=local_clients,
            drain_seconds=drain,
            tls=tls,
        ),
    )
