"""How one thing in a VPC reaches another: where the relay has to dial for an address of a VPC."""

from __future__ import annotations

from jackfield.endpoints.resources import Endpoint, vpc_space
from jackfield.relay.route import Backend
from jackfield.store.interface import Reader

_NOBODY = "tcp:127.0.0.1:9"
"""Where nothing listens (the discard port): what leads nowhere refuses."""


def backend(view: Reader, vpc_id: str, address: str, port: int, *, source: str = "", weight: int = 100) -> Backend:
    """The backend for ``address:port`` of a VPC.

    :param source: the address of the VPC that the target is to see; empty: any.
    :param weight: see :class:`Backend`.
    """
    for _, id in view.holders(vpc_space(vpc_id)):
        endpoint = view.get(Endpoint, id)
        if endpoint is not None and endpoint.vpc_address == address and port in endpoint.ports and endpoint.addresses:
            target = f"tcp:{endpoint.addresses[0]}:{port}"
            return Backend(target=target, name=f"{address}:{port}", weight=weight)
    return Backend(target=_NOBODY, name=f"{address}:{port}", weight=weight)
