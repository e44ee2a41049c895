"""Two accounts with a VPC each, of the same block, a database at the same address in each; one offered to the other."""

from __future__ import annotations

from typing import NamedTuple

import redis

from tests.nlb.conftest import Network
from tests.privatelink.cloud import ZH, ZI, Side
from tests.redis_once import ONCE
from tests.running import PASSWORD, until
from tests.vpcs.inside import RunningAs

BLOCK = "10.6"
SAME = "10.6.1.100"
"""The address of a database in each VPC."""
PORT = 6379


class Worlds(NamedTuple):
    """:ivar service: the provider's database, offered to the consumer by ``endpoint``, which is Connected."""

    running: RunningAs
    provider: Side
    consumer: Side
    theirs: Network
    ours: Network
    service: str
    endpoint: str
    database: str

    def again(self) -> Worlds:
        """The same after the API came back, maybe elsewhere."""
        return self._replace(provider=self.provider.again(), consumer=self.consumer.again())

    def zones(self) -> dict[str, str]:
        """Zone → address of the endpoint there, inside the consumer's VPC."""
        return {zone: one.eni_ip for zone, one in self.consumer.zones(self.endpoint).items()}

    def domain(self) -> str:
        domain: str = self.consumer.of(self.endpoint).endpoint_domain
        return domain

    def zone_domain(self, zone: str) -> str:
        domain: str = self.consumer.zones(self.endpoint)[zone].zone_domain
        return domain


def database(running: RunningAs, side: Side, network: Network, address: str, who: str, shards: int = 0) -> str:
    """A Tair instance at an address of a VPC, which says who it is; its id."""
    client = side.tair()
    instance = running.create(
        shards, client=client, vpc_id=network.vpc, v_switch_id=network.vswitches[ZH], zone_id=ZH,
        private_ip_address=address,
    )  # fmt: skip
    (host,) = running.names()[running.name(instance, client=client)]
    with redis.Redis(host=host, port=PORT, password=PASSWORD) as found:
        found.set("who", who)
    return instance


def build(running: RunningAs) -> Worlds:
    provider, consumer = Side(running), Side(running, "consumer")
    theirs, ours = provider.nlb.network(BLOCK), consumer.nlb.network(BLOCK)
    theirs_database = database(running, provider, theirs, SAME, "the provider")
    database(running, consumer, ours, SAME, "the consumer")
    group = provider.nlb.group(theirs)
    provider.nlb.add(group, f"{SAME}:{PORT}")
    balancer = provider.nlb.balancer(theirs)
    provider.nlb.listener(balancer, group, PORT)
    service = provider.service(balancer)
    provider("AddUserToVpcEndpointService", service_id=service, user_id=int(consumer.account))
    open_to_all = consumer.security_group(ours.vpc, "0.0.0.0/0")
    endpoint = consumer.endpoint(service, ours, security_group_id=[open_to_all])
    provider.enable(service, endpoint)
    worlds = Worlds(running, provider, consumer, theirs, ours, service, endpoint, theirs_database)
    zones = [address for zone in (ZH, ZI) for address in running.addresses(worlds.zone_domain(zone))]
    for zone in zones:  # a load balancer sends nobody to a server before it has looked at it
        until("the way through", lambda zone=zone: _says(zone) == "the provider")  # type: ignore[misc]
    return worlds


def _says(address: str) -> object:
    """What the database behind an address of this machine calls itself."""
    with redis.Redis(
        host=address, port=PORT, password=PASSWORD, socket_timeout=5, decode_responses=True, retry=ONCE
    ) as client:
        try:
            return client.get("who")
        except redis.RedisError:
            return None
