"""From a connected zone to the routes that the relay serves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from jackfield.endpoints.resources import Endpoint
from jackfield.relay.route import Backend, Rate, Route


def routes(
    endpoint: Endpoint,
    backend: Callable[[int], Backend],
    rules: Callable[[int], tuple[str, ...]],
    *,
    rate: Rate,
    drain: float,
    local_clients: Literal["whitelist", "allow"],
) -> tuple[Route, ...]:
    """One route a port of the load balancer behind; none while the endpoint's address is not chosen.

    :param backend: where a port of the load balancer is dialled.
    :param rules: what the endpoint's security groups say about the clients of a port.
    :param rate: what all zones of the endpoint's connection may carry together.
    """
    if not endpoint.addresses:
        return ()
    return tuple(
        Route(
            key=f"{endpoint.id}/{port}",
            owner=endpoint.id,
            address=endpoint.addresses[0],
            port=port,
            backends=(backend(port),),
            rules=rules(port),
            local_clients=local_clients,
            drain_seconds=drain,
            rate=rate,
        )
        for port in endpoint.ports
    )
