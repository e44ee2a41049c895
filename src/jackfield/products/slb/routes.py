"""From a classic load balancer's listener to the servers that its clients are sent to."""

from __future__ import annotations

from jackfield.products.nlb.routes import Pool, Target
from jackfield.products.slb.resources import BackendServer, Listener
from jackfield.store.interface import Reader


def pool_of_listener(view: Reader, listener: Listener) -> Pool:
    """The vServer group's servers at their own ports, or the load balancer's at the listener's backend port.

    Session persistence is by a client's address, for as long as the servers are the same ones: longer than its seconds.
    """
    servers = sorted(view.children(BackendServer, listener.group_id or listener.parent), key=lambda one: one.id)
    return Pool(
        targets=tuple(
            Target(address=one.address, port=one.port or listener.backend_port, weight=one.weight) for one in servers
        ),
        scheduler="Sch" if listener.persistence else listener.scheduler,
        check=listener.check,
    )
