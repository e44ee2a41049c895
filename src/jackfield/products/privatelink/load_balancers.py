"""The load balancers that can stand behind a service: network ones in each of their zones, classic ones in one."""

from __future__ import annotations

from jackfield.products.nlb.resources import LoadBalancer as NetworkLoadBalancer
from jackfield.products.nlb.states import DELETING
from jackfield.products.privatelink.errors import AlbNotFound, LoadBalancerNotFound
from jackfield.products.privatelink.resources import EndpointService
from jackfield.products.slb.resources import LoadBalancer as ClassicLoadBalancer
from jackfield.store.interface import Reader


def zones_of_load_balancer(tx: Reader, service: EndpointService, id: str) -> tuple[str, ...]:
    """The zones in which a load balancer of the service's owner has an address: a classic one in its primary zone.

    :raises AlbNotFound, LoadBalancerNotFound: there is none of the service's type.
    """
    if service.resource_type == "alb":
        raise AlbNotFound
    found: NetworkLoadBalancer | ClassicLoadBalancer | None = None
    if service.resource_type == "nlb":
        found = tx.get(NetworkLoadBalancer, id)
    elif service.resource_type == "slb":
        found = tx.get(ClassicLoadBalancer, id)
    if found is None or (found.account, found.region) != (service.account, service.region) or found.status == DELETING:
        raise LoadBalancerNotFound
    if isinstance(found, ClassicLoadBalancer):
        return (found.master_zone_id,)
    return tuple(zone.zone_id for zone in found.zones)
