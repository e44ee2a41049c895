"""Real clients of a real Redis through PrivateLink, from this machine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis
from alibabacloud_nlb20220430 import models as nlb

from jackfield.products.privatelink.resources import EndpointZone, zone_key
from tests.chaos.observing import changes, kill_relay
from tests.nlb.conftest import Network
from tests.privatelink.cloud import ZH, ZI
from tests.privatelink.linked import PORT, Linked, Load, answers, build, connect, inside, refuses
from tests.running import Running, until


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Linked]:
    with Running(tmp_path_factory.mktemp("linked"), "--repeat-seconds", "0") as running:
        yield build(running)


def test_every_zone_leads_to_the_provider(linked: Linked) -> None:
    places = {zone: linked.zone_address(zone) for zone in (ZH, ZI)}
    assert len(set(places.values())) == 2
    assert linked.reached() == set(places.values())
    for address in places.values():
        connect(address).close()


def test_a_zone_goes_dark_and_its_sibling_misses_nothing(linked: Linked) -> None:
    """By the time Disconnected shows: the zone's connections are cut, its address refuses, its name leads nowhere."""
    provider, consumer = linked.provider, linked.consumer
    dark, bright = linked.zone_address(ZH), linked.zone_address(ZI)
    held, load = connect(dark), Load(bright)
    provider.toggle("Disable", linked.service, linked.endpoint, ZH)
    until("Disconnected", lambda: consumer.zone_status(linked.endpoint)[ZH] == "Disconnected")
    assert refuses(dark)
    assert linked.zone_address(ZH) == ""
    assert linked.reached() == {bright}
    with pytest.raises(redis.ConnectionError):
        held.get("who")
    load.goes_on()
    seen = _settlement(linked, ZH, "Disconnected")["released"]
    assert (seen["cut"], seen["live"]) == (1, 0)
    assert {
        f"{dark}:{PORT}",
        f"{linked.consumer.zones(linked.endpoint)[ZH].eni_ip}:{PORT} in {linked.network.vpc}",
    } == set(seen["refused"])
    provider.toggle("Enable", linked.service, linked.endpoint, ZH)
    until("Connected", lambda: consumer.zone_status(linked.endpoint)[ZH] == "Connected")
    back = linked.zone_address(ZH)
    assert answers(back)
    assert f"{back}:{PORT}" in _settlement(linked, ZH, "Connected")["answered"]
    assert linked.reached() == {back, bright}
    load.goes_on()
    load.end()


def test_the_bandwidth_is_a_limit_of_all_zones_together(linked: Linked) -> None:
    """20 Mbit/s are 2.5 MB a second; how close to it one comes is measured in ``bench/``."""
    provider, about = linked.provider, {"service_id": linked.service, "endpoint_id": linked.endpoint}
    mode = {"traffic_control_mode": "BandwidthLimit"}
    clients = [connect(linked.zone_address(zone)) for zone in (ZH, ZI)]
    value = "x" * 500_000
    clients[0].set("large", value)
    provider("UpdateVpcEndpointConnectionAttribute", bandwidth=20, **mode, **about)
    assert provider.connection(linked.service, linked.endpoint).connection_status == "Pending"
    provider.wait_connection(linked.service, linked.endpoint, "Connected")
    shown = provider.connection(linked.service, linked.endpoint)
    assert (shown.bandwidth, shown.traffic_control_mode) == (20, "BandwidthLimit")
    slow = _speed(clients, 10)
    assert slow <= 1.05 * 2_500_000
    provider("UpdateVpcEndpointConnectionAttribute", bandwidth=200, **about)
    provider.wait_connection(linked.service, linked.endpoint, "Connected")
    fast = _speed(clients, 40)
    assert 1.5 * slow < fast <= 1.05 * 25_000_000
    provider("UpdateVpcEndpointConnectionAttribute", traffic_control_mode="Scalability", **about)
    provider.wait_connection(linked.service, linked.endpoint, "Connected")
    assert provider.connection(linked.service, linked.endpoint).bandwidth == 200
    for client in clients:
        client.close()


def _speed(clients: list[redis.Redis], times: int) -> float:
    """Bytes a second that the clients get when they read a large value so many times, all at once."""

    def read(client: redis.Redis) -> int:
        return sum(len(client.get("large") or "") for _ in range(times // len(clients)))

    start = time.monotonic()
    with ThreadPoolExecutor(len(clients)) as pool:
        size = sum(pool.map(read, clients))
    return size / (time.monotonic() - start)


def _settlement(linked: Linked, zone: str, status: str) -> dict[str, Any]:
    """What was seen when a zone got into a state, for the last time."""
    feed = changes(linked.running, kind=EndpointZone.kind, id=zone_key(linked.endpoint, zone))
    assert feed[-1].after == status
    return feed[-1].evidence


def test_no_zone_settles_without_its_relay(linked: Linked) -> None:
    """While nothing starts the relay again, a zone stays Disconnecting, then Connecting."""
    for what, before, after in (("Disable", "Disconnecting", "Disconnected"), ("Enable", "Connecting", "Connected")):
        linked.running.kill_supervisor()
        try:
            kill_relay(linked.running, "plain")
            linked.provider.toggle(what, linked.service, linked.endpoint, ZH)
            end = time.monotonic() + 1.0
            while time.monotonic() < end:
                assert linked.consumer.zone_status(linked.endpoint)[ZH] == before
        finally:
            linked.running.up()
        linked = linked.again()
        linked.consumer.wait_zone(linked.endpoint, ZH, after)
        assert bool(linked.zone_address(ZH)) == (what == "Enable")
    until("the server healthy again", lambda: all(answers(address) for address in linked.reached()))


def test_a_connection_is_closed_and_opened(linked: Linked) -> None:
    addresses = linked.reached()
    held = [connect(address) for address in addresses]
    linked.provider.disable(linked.service, linked.endpoint)
    assert linked.reached() == set()
    assert all(refuses(address) for address in addresses)
    for client in held:
        with pytest.raises(redis.ConnectionError):
            client.get("who")
    linked.provider.enable(linked.service, linked.endpoint)
    assert len(linked.reached()) == 2
    assert all(answers(address) for address in linked.reached())


def test_clients_in_the_consumers_vpc(linked: Linked) -> None:
    """They dial endpoint and zones by name; a security group judges their own addresses there."""
    consumer = linked.consumer
    first, second = (consumer.zones(linked.endpoint)[zone].zone_domain for zone in (ZH, ZI))
    assert [inside(linked, name) for name in (linked.domain, first, second)] == ["the provider"] * 3
    linked.provider.toggle("Disable", linked.service, linked.endpoint, ZH)
    consumer.wait_zone(linked.endpoint, ZH, "Disconnected")
    assert inside(linked, linked.domain) == inside(linked, second) == "the provider"
    assert inside(linked, first) == "ConnectionError"
    assert inside(linked, consumer.zones(linked.endpoint)[ZH].eni_ip) == "ConnectionError"
    linked.provider.toggle("Enable", linked.service, linked.endpoint, ZH)
    consumer.wait_zone(linked.endpoint, ZH, "Connected")
    assert inside(linked, first) == "the provider"
    only = consumer.security_group(linked.network.vpc, "10.7.1.99/32")
    strict = consumer.endpoint(linked.service, linked.network, zones=(ZI,), security_group_id=[only])
    linked.provider.enable(linked.service, strict)
    domain = consumer.of(strict).endpoint_domain
    assert inside(linked, domain, "--from", "10.7.1.99") == "the provider"
    assert inside(linked, domain, "--from", "10.7.1.98") == "ConnectionError"


def test_security_groups_judge_clients(linked: Linked) -> None:
    """A client of this machine comes from 127.0.0.1, which a rule for another block does not cover."""
    consumer = linked.consumer
    elsewhere = consumer.security_group(linked.network.vpc, "10.0.0.0/8")
    strict = consumer.endpoint(linked.service, linked.network, zones=(ZI,), security_group_id=[elsewhere])
    linked.provider.enable(linked.service, strict)
    (address,) = linked.addresses(consumer.of(strict).endpoint_domain)
    assert not answers(address)
    here = consumer.security_group(linked.network.vpc, "127.0.0.0/8")
    consumer("AttachSecurityGroupToVpcEndpoint", endpoint_id=strict, security_group_id=here)
    consumer.wait_endpoint(strict)
    assert answers(address)
    consumer("DetachSecurityGroupFromVpcEndpoint", endpoint_id=strict, security_group_id=here)
    consumer.wait_endpoint(strict)
    assert not answers(address)
    consumer.accept(elsewhere, "127.0.0.1/32")
    until("the new rule in effect", lambda: answers(address))


def test_zones_listen_where_the_load_balancer_listens(linked: Linked) -> None:
    address = linked.zone_address(ZI)
    load = Load(address)
    listener = linked.provider.nlb.listener(linked.balancer, linked.group, 7000)
    until("the new port open", lambda: answers(address, 7000))
    api = linked.provider.nlb.api
    linked.provider.nlb.finish(api.delete_listener(nlb.DeleteListenerRequest(listener_id=listener)).body)
    until("the port closed", lambda: refuses(address, 7000))
    assert answers(address, PORT)
    load.goes_on()
    load.end()


def test_a_load_balancer_that_gets_its_first_listener_late(linked: Linked) -> None:
    """Its zones are Connected before, and refuse; then they serve."""
    provider, consumer = linked.provider, linked.consumer
    network = provider.nlb.balancer_of(linked.balancer)
    vswitches = {one.zone_id: one.v_switch_id for one in network.zone_mappings}
    balancer = provider.nlb.balancer(Network(network.vpc_id, vswitches))
    service = provider.service(balancer)
    provider("AddUserToVpcEndpointService", service_id=service, user_id=int(consumer.account))
    group = consumer.security_group(linked.network.vpc, "0.0.0.0/0")
    id = consumer.endpoint(service, linked.network, zones=(ZH,), security_group_id=[group])
    provider.enable(service, id)
    domain = consumer.of(id).endpoint_domain
    (address,) = linked.addresses(domain)
    assert refuses(address)
    listener = provider.nlb.listener(balancer, linked.group, PORT)
    until("the server healthy", lambda: answers(address))
    api = provider.nlb.api
    provider.nlb.finish(api.delete_listener(nlb.DeleteListenerRequest(listener_id=listener)).body)
    until("the port closed", lambda: refuses(address))
    provider.disable(service, id)
    assert linked.addresses(domain) == []


def test_a_removed_zone_is_gone(linked: Linked) -> None:
    consumer = linked.consumer
    id = consumer.endpoint(linked.service, linked.network, security_group_id=[
        consumer.security_group(linked.network.vpc, "0.0.0.0/0")
    ])  # fmt: skip
    linked.provider.enable(linked.service, id)
    (address,) = linked.addresses(consumer.zones(id)[ZH].zone_domain)
    held = connect(address)
    consumer("RemoveZoneFromVpcEndpoint", endpoint_id=id, zone_id=ZH)
    until("the zone gone", lambda: set(consumer.zones(id)) == {ZI})
    assert refuses(address)
    with pytest.raises(redis.ConnectionError):
        held.get("who")
    assert len(linked.addresses(consumer.of(id).endpoint_domain)) == 1


def test_everything_serves_again_before_ready(linked: Linked) -> None:
    """The load balancer then looks at its servers before it sends them anybody."""
    before = linked.reached()
    linked.running.kill_all()
    linked.running.up()
    assert linked.again().reached() == before
    assert not any(refuses(address) for address in before)  # they may cut, while no server is known to be healthy
    until("the server healthy again", lambda: all(answers(address) for address in before))
