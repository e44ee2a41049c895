"""Classic load balancers behind a service: attached, refused, limited, and what clients see through them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
import redis
from alibabacloud_privatelink20200415 import models

from tests.nlb.conftest import Network
from tests.privatelink.cloud import ZH, ZI, Side
from tests.privatelink.linked import PORT, Linked, Load, answers, connect, inside, refuses
from tests.running import PASSWORD, Running, refused, until
from tests.slb.conftest import Slb, server, text


def attach(side: Side, service: str, balancer: str, **more: Any) -> None:
    side("AttachResourceToVpcEndpointService", service_id=service, resource_id=balancer, resource_type="slb", **more)
    side.wait_service(service)


@pytest.fixture(scope="module", name="classic")
def classic_load_balancer(states: Running, inside: Network) -> str:
    return Slb(states).balancer(inside)


def test_it_stands_behind_a_service_in_its_primary_zone(
    provider: Side, states: Running, inside: Network, classic: str
) -> None:
    api = Slb(states)
    service = provider.service(service_resource_type="slb")
    with refused("EndpointServiceNotSupportedZone", 400):
        attach(provider, service, classic, zone_id=ZI)
    with refused("EndpointServiceResourceTypeNotEqual", 400):
        provider.attach(service, classic, ZH)
    attach(provider, service, classic)
    with refused("EndpointServiceResourceExist", 400):
        attach(provider, service, classic, zone_id=ZH)
    (seen,) = provider("ListVpcEndpointServiceResources", service_id=service).resources
    assert (seen.resource_id, seen.resource_type, seen.zone_id) == (classic, "slb", ZH)
    assert (seen.ip, seen.vpc_id, seen.v_switch_id) == (api.of(classic).address, inside.vpc, inside.vswitches[ZH])
    attributes = provider("GetVpcEndpointServiceAttribute", service_id=service)
    assert (attributes.max_bandwidth, attributes.zones) == (10240, [ZH])
    with refused("OperationDenied.PrivateLinkInUse", 400):
        api("delete_load_balancer", load_balancer_id=classic)
    other = api.balancer(inside)
    attach(provider, service, other, zone_id=ZH)
    about = {"service_id": service, "resource_id": classic, "auto_allocated_enabled": False}
    provider("UpdateVpcEndpointServiceResourceAttribute", **about)
    provider.wait_service(service)
    listed = provider("ListVpcEndpointServiceResources", service_id=service).resources
    assert {one.resource_id: one.auto_allocated_enabled for one in listed} == {classic: False, other: True}
    provider("DetachResourceFromVpcEndpointService", service_id=service, resource_id=other, resource_type="slb")
    provider.wait_service(service)
    api("delete_load_balancer", load_balancer_id=other)
    until("it gone", lambda: not api("describe_load_balancers", load_balancer_id=other).total_count)


def test_one_that_is_named_when_the_service_is_made(provider: Side, classic: str) -> None:
    named = models.CreateVpcEndpointServiceRequestResource(resource_id=classic, resource_type="slb")
    service = provider("CreateVpcEndpointService", resource=[named]).service_id  # slb is the default type
    provider.wait_service(service)
    assert provider("GetVpcEndpointServiceAttribute", service_id=service).zones == [ZH]


def test_bandwidth_is_always_a_limit(provider: Side, consumer: Side, network: Network, classic: str) -> None:
    service = provider.service(service_resource_type="slb")
    attach(provider, service, classic)
    provider("AddUserToVpcEndpointService", service_id=service, user_id=int(consumer.account))
    id = consumer.endpoint(service, network, zones=(ZH,))
    about = {"service_id": service, "endpoint_id": id}
    with refused("InvalidTrafficControlMode", 400):
        provider("EnableVpcEndpointConnection", traffic_control_mode="Scalability", **about)
    provider.enable(service, id)
    shown = provider.connection(service, id)
    assert (shown.traffic_control_mode, shown.bandwidth) == ("BandwidthLimit", 3072)
    with refused("InvalidTrafficControlMode", 400):
        provider("UpdateVpcEndpointConnectionAttribute", traffic_control_mode="Scalability", **about)
    with refused("InvalidBandwidth", 400):
        provider("UpdateVpcEndpointConnectionAttribute", bandwidth=10241, **about)
    provider("UpdateVpcEndpointConnectionAttribute", bandwidth=10240, **about)
    provider.wait_connection(service, id, "Connected")
    assert provider.connection(service, id).bandwidth == 10240
    with refused("EndpointServiceConnectionDependence", 400):
        provider("DetachResourceFromVpcEndpointService", service_id=service, resource_id=classic)
    with refused("OperationDenied.PrivateLinkInUse", 400):
        Slb(provider.running)("delete_load_balancer", load_balancer_id=classic)


def test_somebody_elses(consumer: Side, classic: str) -> None:
    service = consumer.service(service_resource_type="slb")
    with refused("LoadBalancerNotFound", 400):
        attach(consumer, service, classic)


class Chain(NamedTuple):
    """Redis, a classic load balancer in each of two zones, a service, and an endpoint in both."""

    linked: Linked
    slb: Slb
    inside: Network
    balancers: dict[str, str]


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    with Running(tmp_path_factory.mktemp("chain"), "--repeat-seconds", "0") as running:
        provider, consumer = Side(running), Side(running, "consumer")
        provided, network = provider.nlb.network("10.6"), consumer.nlb.network("10.7")
        instance = running.create(0, vpc_id=provided.vpc, v_switch_id=provided.vswitches[ZH], zone_id=ZH,
                                  private_ip_address="10.6.1.100")  # fmt: skip
        (host,) = running.names()[running.name(instance)]
        with redis.Redis(host=host, port=PORT, password=PASSWORD) as client:
            client.set("who", "the provider")
        slb = Slb(running)
        service = provider.service(service_resource_type="slb")
        balancers = {}
        for zone in (ZH, ZI):
            balancers[zone] = balanced(slb, provided, zone)
            attach(provider, service, balancers[zone])
        provider("AddUserToVpcEndpointService", service_id=service, user_id=int(consumer.account))
        open_to_all = consumer.security_group(network.vpc, "0.0.0.0/0")
        endpoint = consumer.endpoint(service, network, security_group_id=[open_to_all])
        provider.enable(service, endpoint)
        linked = Linked(provider, consumer, network, balancers[ZH], "", service, endpoint)
        yield Chain(linked, slb, provided, balancers)


def balanced(slb: Slb, network: Network, zone: str) -> str:
    """A load balancer in a zone with a running listener before the Redis server."""
    id = slb.balancer(network, v_switch_id=network.vswitches[zone])
    slb("add_backend_servers", load_balancer_id=id, backend_servers=text(server("10.6.1.100")))
    slb.listener(id, PORT, backend_server_port=PORT)
    until("the server healthy", lambda: set(slb.health(id).values()) == {"normal"})
    return id


def test_clients_of_the_host_and_of_a_vpc(chain: Chain) -> None:
    linked = chain.linked
    for zone in (ZH, ZI):
        connect(linked.zone_address(zone)).close()
    names = [linked.domain, *(linked.consumer.zones(linked.endpoint)[zone].zone_domain for zone in (ZH, ZI))]
    assert [inside(linked, name) for name in names] == ["the provider"] * 3


def test_a_zone_goes_dark_and_comes_back(chain: Chain) -> None:
    linked = chain.linked
    dark, load = linked.zone_address(ZH), Load(linked.zone_address(ZI))
    held = connect(dark)
    linked.provider.toggle("Disable", linked.service, linked.endpoint, ZH)
    linked.consumer.wait_zone(linked.endpoint, ZH, "Disconnected")
    assert refuses(dark)
    with pytest.raises(redis.ConnectionError):
        held.get("who")
    assert inside(linked, linked.domain) == "the provider"
    assert inside(linked, linked.consumer.zones(linked.endpoint)[ZH].zone_domain) == "ConnectionError"
    load.goes_on()
    linked.provider.toggle("Enable", linked.service, linked.endpoint, ZH)
    linked.consumer.wait_zone(linked.endpoint, ZH, "Connected")
    assert answers(linked.zone_address(ZH))
    load.goes_on()
    load.end()


def test_zones_follow_the_listeners_and_the_status(chain: Chain) -> None:
    linked, slb, id = chain.linked, chain.slb, chain.balancers[ZI]
    address = linked.zone_address(ZI)
    slb.listener(id, 7000, backend_server_port=PORT)
    until("the new port open", lambda: answers(address, 7000))
    slb.stop(id, 7000)
    until("the port closed", lambda: refuses(address, 7000))
    slb("set_load_balancer_status", load_balancer_id=id, load_balancer_status="inactive")
    slb.wait(id, "inactive")
    until("nobody there", lambda: refuses(address))
    slb("set_load_balancer_status", load_balancer_id=id, load_balancer_status="active")
    until("it answering again", lambda: answers(address))


def test_a_zone_is_migrated_to_another_one(chain: Chain) -> None:
    linked, provider = chain.linked, chain.linked.provider
    other = balanced(chain.slb, chain.inside, ZH)
    attach(provider, linked.service, other)
    about = {"service_id": linked.service, "zone_id": ZH}
    provider("UpdateVpcEndpointServiceResourceAttribute", resource_id=chain.balancers[ZH],
             auto_allocated_enabled=False, **about)  # fmt: skip
    provider.wait_service(linked.service)
    held, load = connect(linked.zone_address(ZH)), Load(linked.zone_address(ZI))
    provider(
        "UpdateVpcEndpointZoneConnectionResourceAttribute", endpoint_id=linked.endpoint, resource_id=other,
        resource_type="slb", resource_replace_mode="Graceful", **about,
    )  # fmt: skip
    linked.consumer.wait_zone(linked.endpoint, ZH, "Migrated")
    assert held.get("who") == "the provider"
    chain.slb.stop(chain.balancers[ZH], PORT)  # new clients do not go there
    assert answers(linked.zone_address(ZH))
    load.goes_on()
    load.end()
    held.close()
