"""From a tenant and its endpoints to the routes that the relay serves."""

from __future__ import annotations

from typing import Literal

from jackfield.endpoints.resources import Endpoint
from jackfield.endpoints.whitelist import union
from jackfield.products.oceanbase.resources import Tenant
from jackfield.relay.route import Backend, Route, Splitting


def routes(
    tenant: Tenant,
    endpoint: Endpoint,
    target: str,
    *,
    drain: float,
    local_clients: Literal["whitelist", "allow"],
    read_only: bool = False,
) -> tuple[Route, ...]:
    """One route for each address straight to the tenant's server; none while the endpoint's address is not chosen.

    A PrivateLink service's own listener, which has no name, admits nobody, whatever the tenant's groups say: clients
    come by connections.

    :param target: where the server listens, as :class:`Backend` wants it.
    :param read_only: its sessions may not write.
    """
    for_clients = bool(endpoint.name)
    return tuple(
        Route(
            key=f"{endpoint.id}/{address}:{endpoint.port}",
            owner=endpoint.id,
            address=address,
            port=endpoint.port,
            backends=(Backend(target=target, name=tenant.id),),
            whitelist=union(tenant.whitelist) if for_clients else (),
            local_clients=local_clients if for_clients else "whitelist",
            drain_seconds=drain,
            mode="sql" if read_only else "tcp",
            splitting=Splitting(protocol="mysql", logins="", read_only=True) if read_only else None,
        )
        for address in endpoint.addresses
    )
