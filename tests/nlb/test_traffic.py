"""Real servers behind a load balancer, reached by its names from this machine."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
import redis
from alibabacloud_ecs20140526 import models as ecs
from alibabacloud_ecs20140526.client import Client as EcsClient
from alibabacloud_nlb20220430 import models as nlb
from alibabacloud_r_kvstore20150101 import models as tair

from tests.nlb.conftest import Network, Nlb
from tests.redis_once import ONCE
from tests.running import PASSWORD, Running, kill, until

PORT = 6379
CHECK = nlb.CreateServerGroupRequestHealthCheckConfig(
    health_check_enabled=True, health_check_interval=1, healthy_threshold=2, unhealthy_threshold=2
)


class Site(NamedTuple):
    """Two Redis instances in a VPC, and a load balancer there. ``first`` and ``second`` are ``address:port``."""

    nlb: Nlb
    network: Network
    balancer: str
    first: str
    second: str
    instances: dict[str, str]
    """Their ids, by ``address:port``."""

    @property
    def name(self) -> str:
        name: str = self.nlb.balancer_of(self.balancer).dnsname
        return name

    def addresses(self, name: str = "") -> list[str]:
        """Where a name of the load balancer leads, from the hosts file."""
        wanted = name or self.name
        lines = [line.split() for line in self.nlb.running.folder.hosts.read_text().splitlines()]
        return [words[0] for words in lines if len(words) == 2 and words[1] == wanted]

    def who(self, address: str, port: int = PORT) -> str:
        """The server that answers a new connection, by the key ``who`` in it."""
        with redis.Redis(
            host=address, port=port, password=PASSWORD, socket_timeout=5, decode_responses=True, retry=ONCE
        ) as client:
            found = client.get("who")
        assert isinstance(found, str)
        return found

    def spread(self, port: int = PORT, times: int = 8) -> Counter[str]:
        """Who answers so many connections to the first zone."""
        address = self.addresses()[0]
        return Counter(self.who(address, port) for _ in range(times))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Running(tmp_path_factory.mktemp("traffic"), "--pace", "instant") as running:
        api = Nlb(running)
        network = api.network()
        vswitch = network.vswitches["cn-hangzhou-h"]
        servers: dict[str, str] = {}
        for who in ("first", "second"):
            place = f"10.5.1.{100 + len(servers)}"
            instance = running.create(
                0, vpc_id=network.vpc, v_switch_id=vswitch, zone_id="cn-hangzhou-h", private_ip_address=place
            )
            (host,) = running.names()[running.name(instance)]
            with redis.Redis(host=host, port=PORT, password=PASSWORD) as client:
                client.set("who", who)
            servers[f"{place}:{PORT}"] = instance
        first, second = servers
        yield Site(api, network, api.balancer(network), first, second, servers)


@pytest.fixture
def group(site: Site) -> str:
    """An Available server group with both servers."""
    id = site.nlb.group(site.network, health_check_config=CHECK)
    site.nlb.add(id, site.first, site.second)
    return id


@pytest.fixture
def listener(site: Site, group: str) -> Iterator[str]:
    """A Running listener at the usual port."""
    id = site.nlb.listener(site.balancer, group, PORT)
    until("both servers healthy", lambda: not site.nlb.ailing(id))
    yield id
    site.nlb.finish(site.nlb.api.delete_listener(nlb.DeleteListenerRequest(listener_id=id)).body)


def refuses(address: str, port: int = PORT) -> bool:
    with socket.socket() as sock:
        return sock.connect_ex((address, port)) != 0


def test_every_zone_answers_under_its_names(site: Site, listener: str) -> None:
    both = site.addresses()
    each = [site.addresses(f"{zone}.{site.name}") for zone in site.network.vswitches]
    assert len(set(both)) == 2
    assert sorted(both) == sorted(address for found in each for address in found)
    assert {site.who(address) for address in both for _ in range(4)} == {"first", "second"}


def test_turns(site: Site, listener: str) -> None:
    assert site.spread() == {"first": 4, "second": 4}


def test_weights_and_weight_0(site: Site, group: str, listener: str) -> None:
    site.nlb.weigh(group, site.second, 0)
    assert site.spread() == {"first": 8}
    assert not site.nlb.ailing(listener)
    site.nlb.weigh(group, site.second, 50)
    spread = site.spread(times=12)
    assert spread["first"] + spread["second"] == 12
    assert 3 <= spread["second"] <= 5  # what was owed before the change is made up for


def test_a_client_stays_with_its_server_by_source(site: Site, group: str, listener: str) -> None:
    request = nlb.UpdateServerGroupAttributeRequest(server_group_id=group, scheduler="sch")
    site.nlb.finish(site.nlb.api.update_server_group_attribute(request).body)
    assert len(site.spread()) == 1
    assert site.nlb.group_of(group).scheduler == "Sch"


def test_what_cannot_be_reached_is_unhealthy_and_gets_nobody(site: Site, group: str, listener: str) -> None:
    nowhere, closed = "10.5.2.77:6379", f"{site.first.partition(':')[0]}:6380"
    site.nlb.add(group, nowhere, closed)
    failed = ("Unhealthy", "CONNECT_FAILED")
    until("both seen", lambda: site.nlb.ailing(listener) == {nowhere: failed, closed: failed})
    assert site.spread() == {"first": 4, "second": 4}
    site.nlb.remove(group, nowhere, closed)
    until("both forgotten", lambda: not site.nlb.ailing(listener))


def test_a_removed_server_gets_no_new_client_and_keeps_its_old_ones(site: Site, group: str, listener: str) -> None:
    address = site.addresses()[0]
    with redis.Redis(host=address, port=PORT, password=PASSWORD, decode_responses=True) as client:
        served = client.get("who")
        gone = site.first if served == "first" else site.second
        site.nlb.remove(group, gone)
        assert set(site.spread()) == {"first", "second"} - {served}
        assert client.get("who") == served


def test_a_stopped_listener_refuses_and_cuts(site: Site, listener: str) -> None:
    both = site.addresses()
    with redis.Redis(host=both[0], port=PORT, password=PASSWORD, single_connection_client=True, retry=ONCE) as client:
        client.ping()
        site.nlb.finish(site.nlb.api.stop_listener(nlb.StopListenerRequest(listener_id=listener)).body)
        assert site.nlb.listener_of(listener).listener_status == "Stopped"
        assert all(refuses(address) for address in both)
        with pytest.raises(redis.ConnectionError):
            client.execute_command("PING")
    assert site.addresses() == both
    site.nlb.finish(site.nlb.api.start_listener(nlb.StartListenerRequest(listener_id=listener)).body)
    assert set(site.spread()) == {"first", "second"}


def test_several_listeners(site: Site, group: str, listener: str) -> None:
    """Each has a port of its own; one that goes leaves the others alone."""
    only = site.nlb.group(site.network)
    site.nlb.add(only, site.second)
    other = site.nlb.listener(site.balancer, only, 7000)
    address = site.addresses()[0]
    assert (site.spread(7000), site.spread()) == ({"second": 8}, {"first": 4, "second": 4})
    with redis.Redis(host=address, port=PORT, password=PASSWORD, single_connection_client=True) as client:
        connection = client.client_id()
        site.nlb.finish(site.nlb.api.delete_listener(nlb.DeleteListenerRequest(listener_id=other)).body)
        assert refuses(address, 7000)
        assert client.client_id() == connection


def test_another_server_group(site: Site, listener: str) -> None:
    only = site.nlb.group(site.network)
    site.nlb.add(only, site.second)
    request = nlb.UpdateListenerAttributeRequest(listener_id=listener, server_group_id=only)
    site.nlb.finish(site.nlb.api.update_listener_attribute(request).body)
    assert site.spread() == {"second": 8}


def test_without_cross_zone_a_zone_keeps_to_its_own_servers(site: Site, listener: str) -> None:
    """Both servers are in zone h."""
    own, other = (site.addresses(f"{zone}.{site.name}")[0] for zone in site.network.vswitches)
    cross_zone(site, False)
    try:
        assert {site.who(own) for _ in range(4)} == {"first", "second"}
        with pytest.raises(redis.ConnectionError):
            site.who(other)
    finally:
        cross_zone(site, True)
    assert {site.who(other) for _ in range(4)} == {"first", "second"}


def cross_zone(site: Site, enabled: bool) -> None:
    request = nlb.UpdateLoadBalancerAttributeRequest(load_balancer_id=site.balancer, cross_zone_enabled=enabled)
    site.nlb.finish(site.nlb.api.update_load_balancer_attribute(request).body)


def test_security_groups_judge_clients(site: Site, listener: str) -> None:
    """A client of the host comes from 127.0.0.1; a group without rules admits nobody."""
    api = EcsClient(site.nlb.running.config())
    made = ecs.CreateSecurityGroupRequest(region_id="cn-hangzhou", vpc_id=site.network.vpc)
    group = api.create_security_group(made).body.security_group_id
    rule: dict[str, Any] = {
        "region_id": "cn-hangzhou", "security_group_id": group, "ip_protocol": "tcp",
        "port_range": f"{PORT}/{PORT}", "source_cidr_ip": "127.0.0.0/8",
    }  # fmt: skip
    ids = {"load_balancer_id": site.balancer, "security_group_ids": [group]}
    join, leave = nlb.LoadBalancerJoinSecurityGroupRequest(**ids), nlb.LoadBalancerLeaveSecurityGroupRequest(**ids)
    site.nlb.finish(site.nlb.api.load_balancer_join_security_group(join).body)
    try:
        assert not admitted(site)
        api.authorize_security_group(ecs.AuthorizeSecurityGroupRequest(**rule))
        until("admitted", lambda: admitted(site))
        api.revoke_security_group(ecs.RevokeSecurityGroupRequest(**rule))
        until("refused", lambda: not admitted(site))
    finally:
        site.nlb.finish(site.nlb.api.load_balancer_leave_security_group(leave).body)
    assert admitted(site)


def admitted(site: Site) -> bool:
    try:
        return bool(site.spread(times=1))
    except redis.ConnectionError:
        return False


def test_a_server_sees_the_load_balancers_own_address(site: Site, listener: str) -> None:
    """Its whitelist judges that address: of two zones, one is admitted."""
    zones = site.nlb.balancer_of(site.balancer).zone_mappings
    own = zones[0].load_balancer_addresses[0].private_ipv_4address
    admitted_zone, refused_zone = (site.addresses(f"{zone.zone_id}.{site.name}")[0] for zone in zones)
    admit(site, site.first, f"{own}/32")
    try:
        until("refused", lambda: site.nlb.ailing(listener) == {site.first: ("Unhealthy", "CONNECT_INTERRUPT")})
        assert {site.who(refused_zone) for _ in range(4)} == {"second"}
        assert {site.who(admitted_zone) for _ in range(4)} == {"first", "second"}
    finally:
        admit(site, site.first, "0.0.0.0/0")
    until("admitted", lambda: not site.nlb.ailing(listener))
    assert {site.who(refused_zone) for _ in range(4)} == {"first", "second"}


def admit(site: Site, server: str, block: str) -> None:
    request = tair.ModifySecurityIpsRequest(instance_id=site.instances[server], security_ips=block)
    site.nlb.running.tair.modify_security_ips(request)


def test_clients_outlive_the_api(site: Site, group: str, listener: str) -> None:
    """And the next API process tells the relay of changes without touching them."""
    with redis.Redis(host=site.addresses()[0], port=PORT, password=PASSWORD, single_connection_client=True) as client:
        connection = client.client_id()
        site.nlb.running.kill_api()
        site.nlb.running.wait_ready()
        again = Nlb(site.nlb.running)
        again.weigh(group, site.second, 0)
        assert site.spread() == {"first": 8}
        assert client.client_id() == connection


def test_it_serves_again_before_a_start_says_ready(site: Site, listener: str) -> None:
    running = site.nlb.running
    running.kill_all()
    running.up()
    until("both servers healthy", lambda: not site.nlb.ailing(listener))
    assert set(site.spread()) == {"first", "second"}


def test_a_deleted_load_balancer_is_gone_with_its_names(site: Site, group: str) -> None:
    balancer = site.nlb.balancer(site.network)
    site.nlb.listener(balancer, group, 6400)
    found = site.nlb.balancer_of(balancer)
    addresses = site.addresses(found.dnsname)
    with redis.Redis(
        host=addresses[1], port=6400, password=PASSWORD, single_connection_client=True, retry=ONCE
    ) as client:
        client.ping()
        site.nlb.finish(
            site.nlb.api.delete_load_balancer(nlb.DeleteLoadBalancerRequest(load_balancer_id=balancer)).body
        )
        with pytest.raises(redis.ConnectionError):
            client.execute_command("PING")
    assert all(refuses(address, 6400) for address in addresses)
    assert site.addresses(found.dnsname) == []


def test_a_dead_relay_is_back_with_its_listeners(site: Site, listener: str) -> None:
    relay = next(one for one in site.nlb.running.processes() if one.pid in relay_pids(site))
    kill(relay)
    address = site.addresses()[0]
    until("served again", lambda: admitted(site))
    until("both servers healthy", lambda: not site.nlb.ailing(listener))
    assert not refuses(address)
    request = nlb.UpdateListenerAttributeRequest(listener_id=listener, idle_timeout=100)
    site.nlb.finish(site.nlb.api.update_listener_attribute(request).body)


def relay_pids(site: Site) -> list[int]:
    """Of the relay for plain connections."""
    return [site.nlb.running.ask("health")["relays"]["tcp"]["pid"]]
