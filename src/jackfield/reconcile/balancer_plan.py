"""What a load balancer is to do in one of its zones, from what the store says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from jackfield.endpoints.resources import Endpoint
from jackfield.products.ecs.resources import SecurityGroup
from jackfield.products.nlb.listeners import end_group_use
from jackfield.products.nlb.resources import Balancer, Listener, LoadBalancer, Port, Server, ServerGroup
from jackfield.products.nlb.routes import Pool, Target, pool_of, routes
from jackfield.products.nlb.servers import zone_of
from jackfield.products.slb import resources as classic
from jackfield.products.slb.routes import pool_of_listener
from jackfield.reconcile.reaching import backend
from jackfield.reconcile.world import World
from jackfield.relay.route import Backend, Route
from jackfield.store.interface import Reader, Tx

B = TypeVar("B", bound=Balancer)
P = TypeVar("P", bound=Port)


class Family(NamedTuple, Generic[B, P]):
    """A kind of load balancer.

    :param pool: the servers of a listener, as a zone may use them (an empty zone: all); ``None``: it has no port.
    :param removed: what else happens when a listener goes.
    """

    balancer: type[B]
    listener: type[P]
    pool: Callable[[Reader, B, P, str], Pool | None]
    removed: Callable[[Tx, B, P], None]


def planned(world: World, view: Reader, family: Family[B, P], balancer: B, endpoint: Endpoint) -> tuple[Route, ...]:
    """The routes of one zone of a load balancer."""
    zone = endpoint.id.rpartition("/")[2]
    listeners = [one for one in view.children(family.listener, balancer.id) if one.listens]
    pools = {one.port: family.pool(view, balancer, one, zone) for one in listeners}

    def reach(target: Target) -> Backend:
        return backend(
            world,
            view,
            balancer.vpc_id,
            target.address,
            target.port,
            source=endpoint.vpc_address,
            weight=target.weight,
        )

    return routes(
        endpoint,
        {port: pool for port, pool in pools.items() if pool is not None},
        _security_groups(view, balancer),
        reach,
        drain=world.settings.drain,
        local_clients=world.settings.local_clients,
    )


def _network_pool(view: Reader, balancer: LoadBalancer, listener: Listener, zone: str) -> Pool | None:
    """The listener's group: without cross-zone balancing, servers of other zones are left out (those of no zone of the
    VPC are anybody's).
    """
    group = view.get(ServerGroup, listener.group_id)
    if group is None:
        return None
    servers = view.children(Server, group.id)
    if zone and not balancer.cross_zone:
        servers = [one for one in servers if zone_of(view, group.vpc_id, one.address) in ("", zone)]
    return pool_of(group, servers)


def _security_groups(view: Reader, balancer: Balancer) -> list[SecurityGroup] | None:
    if not balancer.security_group_ids:
        return None
    found = (view.get(SecurityGroup, id) for id in balancer.security_group_ids)
    return [group for group in found if group is not None]


NETWORK = Family(balancer=LoadBalancer, listener=Listener, pool=_network_pool, removed=end_group_use)

CLASSIC = Family(
    balancer=classic.LoadBalancer,
    listener=classic.Listener,
    pool=lambda view, balancer, listener, zone: pool_of_listener(view, listener),
    removed=lambda tx, balancer, listener: None,
)
