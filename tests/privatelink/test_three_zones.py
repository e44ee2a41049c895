"""Three zones under load: what happens in one is nobody else's affair."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest
import redis

from tests.nlb.conftest import ZONES, Network
from tests.privatelink.cloud import Side
from tests.privatelink.linked import PORT, Load, refuses
from tests.running import PASSWORD, Running, until

THREE = (*ZONES, "cn-hangzhou-j")
DISABLED, MIGRATED, UNTOUCHED = THREE


class World(NamedTuple):
    provider: Side
    consumer: Side
    inside: Network
    balancer: str
    service: str
    endpoint: str

    def load(self, zone: str) -> Load:
        """Queries through a zone, over and over."""
        (address,) = self.provider.running.addresses(self.consumer.zones(self.endpoint)[zone].zone_domain)
        return Load(address)

    def another_balancer(self) -> str:
        """One more in front of the same database, attached in the zone that is migrated."""
        id = _balancer(self.provider, self.inside)
        self.provider.attach(self.service, id, MIGRATED)
        return id

    def migrate(self, balancer: str) -> None:
        """Graceful; waits until the zone is Migrated."""
        about = {"service_id": self.service, "zone_id": MIGRATED}
        self.provider("UpdateVpcEndpointServiceResourceAttribute", resource_id=self.balancer,
                      auto_allocated_enabled=False, **about)  # fmt: skip
        self.provider.wait_service(self.service)
        self.provider(
            "UpdateVpcEndpointZoneConnectionResourceAttribute", resource_id=balancer, resource_replace_mode="Graceful",
            endpoint_id=self.endpoint, **about,
        )  # fmt: skip
        self.consumer.wait_zone(self.endpoint, MIGRATED, "Migrated")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with Running(tmp_path_factory.mktemp("three"), "--repeat-seconds", "0") as running:
        provider, consumer = Side(running), Side(running, "consumer")
        inside = provider.nlb.network("10.6", THREE)
        network = consumer.nlb.network("10.7", THREE)
        instance = running.create(0, vpc_id=inside.vpc, v_switch_id=inside.vswitches[DISABLED], zone_id=DISABLED,
                                  private_ip_address="10.6.1.100")  # fmt: skip
        (host,) = running.names()[running.name(instance)]
        with redis.Redis(host=host, port=PORT, password=PASSWORD) as client:
            client.set("who", "the provider")
        balancer = _balancer(provider, inside)
        service = provider.service(balancer, THREE)
        provider("AddUserToVpcEndpointService", service_id=service, user_id=int(consumer.account))
        group = consumer.security_group(network.vpc, "0.0.0.0/0")
        endpoint = consumer.endpoint(service, network, THREE, security_group_id=[group])
        provider.enable(service, endpoint)
        yield World(provider, consumer, inside, balancer, service, endpoint)


def _balancer(provider: Side, inside: Network) -> str:
    group = provider.nlb.group(inside)
    provider.nlb.add(group, f"10.6.1.100:{PORT}")
    id = provider.nlb.balancer(inside)
    provider.nlb.listener(id, group, PORT)
    return id


def test_one_is_disabled_and_enabled_and_one_is_migrated(world: World) -> None:
    """Clients of the zones that nothing is done to miss no query, from the first to the last."""
    loads = {zone: world.load(zone) for zone in THREE}
    address = world.provider.running.addresses(world.consumer.zones(world.endpoint)[DISABLED].zone_domain)[0]

    world.provider.toggle("Disable", world.service, world.endpoint, DISABLED)
    world.consumer.wait_zone(world.endpoint, DISABLED, "Disconnected")
    until("the clients of the zone cut off", lambda: bool(loads[DISABLED].failure))
    assert refuses(address)
    for zone in (MIGRATED, UNTOUCHED):
        loads[zone].goes_on()

    world.provider.toggle("Enable", world.service, world.endpoint, DISABLED)
    world.consumer.wait_zone(world.endpoint, DISABLED, "Connected")
    loads[DISABLED] = world.load(DISABLED)

    world.migrate(world.another_balancer())
    for load in loads.values():
        load.goes_on()
    world.provider.toggle("Disable", world.service, world.endpoint, MIGRATED, replaced_resource=True)
    world.consumer.wait_zone(world.endpoint, MIGRATED, "Connected")
    until("the old connections of the migrated zone cut off", lambda: bool(loads[MIGRATED].failure))
    loads[MIGRATED] = world.load(MIGRATED)
    for load in loads.values():
        load.goes_on()
        load.end()
    assert loads[UNTOUCHED].answered > 100
    assert not any(load.failure for load in loads.values())
