"""What a load balancer is to do in one of its zones, from what the store says."""

from __future__ import annotations

from jackfield.endpoints.resources import Endpoint
from jackfield.products.ecs.resources import SecurityGroup
from jackfield.products.nlb.resources import Listener, LoadBalancer, Server, ServerGroup
from jackfield.products.nlb.routes import Pool, routes
from jackfield.products.nlb.servers import zone_of
from jackfield.reconcile.reaching import backend
from jackfield.reconcile.world import World
from jackfield.relay.route import Backend, Route
from jackfield.store.interface import Reader


def planned(world: World, view: Reader, load_balancer: LoadBalancer, endpoint: Endpoint) -> tuple[Route, ...]:
    """The routes of one zone of a load balancer."""
    listeners = view.children(Listener, load_balancer.id)
    pools = {id: _pool(view, id, load_balancer, endpoint) for id in {one.group_id for one in listeners}}

    def reach(server: Server) -> Backend:
        source = endpoint.vpc_address
        return backend(
            world, view, load_balancer.vpc_id, server.address, server.port, source=source, weight=server.weight
        )

    return routes(
        endpoint,
        listeners,
        {id: pool for id, pool in pools.items() if pool is not None},
        _security_groups(view, load_balancer),
        reach,
        drain=world.settings.drain,
        local_clients=world.settings.local_clients,
    )


def _pool(view: Reader, group_id: str, load_balancer: LoadBalancer, endpoint: Endpoint) -> Pool | None:
    """A group as the zone may use it: without cross-zone balancing, servers of other zones are left out (those of no
    zone of the VPC are anybody's).
    """
    group = view.get(ServerGroup, group_id)
    if group is None:
        return None
    servers = view.children(Server, group_id)
    if not load_balancer.cross_zone:
        zone = endpoint.id.rpartition("/")[2]
        servers = [one for one in servers if zone_of(view, group.vpc_id, one.address) in ("", zone)]
    return Pool(group=group, servers=tuple(servers))


def _security_groups(view: Reader, load_balancer: LoadBalancer) -> list[SecurityGroup] | None:
    if not load_balancer.security_group_ids:
        return None
    found = (view.get(SecurityGroup, id) for id in load_balancer.security_group_ids)
    return [group for group in found if group is not None]
