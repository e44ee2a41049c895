"""Stopping what serves: its addresses close, then its server ends. The same for every product."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jackfield.endpoints.resources import Endpoint
from jackfield.engines.engine import EngineFailed
from jackfield.reconcile.endpoints import EndpointWork
from jackfield.reconcile.loop import Later
from jackfield.reconcile.servers import Server


def close_and_stop(work: EndpointWork, endpoints: Sequence[Endpoint], server: Server[Any] | None) -> dict[str, Any]:
    """Closes what is Closing, cutting its clients, then ends the server process; data stay. May be repeated.

    :param server: ``None`` where no engines run.
    :return: what was seen.
    :raises Later: a relay is away, an address still accepts, or the server does not end.
    """
    closed = {one.id: work.close(one) for one in endpoints if one.status == "Closing"}
    if server is None:
        return {"engines": "none"}
    try:
        server.stop()
    except EngineFailed as error:
        raise Later(0.2, str(error)) from error
    return {"closed": closed, "server": server.health().reason}
