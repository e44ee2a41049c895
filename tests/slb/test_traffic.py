"""Real servers behind a classic load balancer, reached at its address from this machine."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import pytest
import redis

from tests.nlb.conftest import Network
from tests.redis_once import ONCE
from tests.running import PASSWORD, Running, until
from tests.slb.conftest import ZH, Slb, server, text

PORT = 6379


class Site(NamedTuple):
    """Two Redis instances in a VPC, and a load balancer there."""

    slb: Slb
    network: Network
    balancer: str
    servers: dict[str, str]
    """``first`` and ``second`` → address in the VPC."""
    instances: dict[str, str]

    @property
    def address(self) -> str:
        """Of this machine."""
        (found,) = self.slb.running.addresses(f"{self.balancer}.cn-hangzhou.slb.aliyuncs.com")
        return found

    def client(self, port: int = PORT) -> redis.Redis:
        return redis.Redis(host=self.address, port=port, password=PASSWORD, socket_timeout=5, decode_responses=True,
                           single_connection_client=True, retry=ONCE)  # fmt: skip

    def spread(self, port: int = PORT, times: int = 8) -> Counter[str]:
        """Who answers so many connections, by the key ``who``."""
        found: Counter[str] = Counter()
        for _ in range(times):
            with self.client(port) as client:
                found[str(client.get("who"))] += 1
        return found

    def wait_health(self, port: int, **wanted: str) -> None:
        """Waits until servers are so healthy, by their names."""

        def seen() -> dict[str, str]:
            names = {address: name for name, address in self.servers.items()}
            health = self.slb.health(self.balancer)
            return {names[address]: status for (own, address, _), status in health.items() if own == port}

        until(f"health {wanted}", lambda: seen() == wanted)

    def refuses(self, port: int) -> bool:
        with socket.socket() as sock:
            return sock.connect_ex((self.address, port)) != 0


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Running(tmp_path_factory.mktemp("traffic"), "--pace", "instant") as running:
        api = Slb(running)
        network = api.network()
        servers, instances = {}, {}
        for number, who in enumerate(("first", "second")):
            place = f"10.5.1.{100 + number}"
            instances[who] = running.create(
                0, vpc_id=network.vpc, v_switch_id=network.vswitches[ZH], zone_id=ZH, private_ip_address=place
            )
            (host,) = running.names()[running.name(instances[who])]
            with redis.Redis(host=host, port=PORT, password=PASSWORD) as client:
                client.set("who", who)
            servers[who] = place
        yield Site(api, network, api.balancer(network, address="10.5.1.200"), servers, instances)


def test_the_load_balancers_own_servers(site: Site) -> None:
    """Weights, an absent server, a removed one, a stopped listener."""
    first, second = (server(address) for address in site.servers.values())
    site.slb("add_backend_servers", load_balancer_id=site.balancer, backend_servers=text(first, second))
    site.slb(
        "create_load_balancer_tcplistener", load_balancer_id=site.balancer, listener_port=PORT, bandwidth=-1,
        backend_server_port=PORT, healthy_threshold=2, unhealthy_threshold=2,
    )  # fmt: skip
    assert site.refuses(PORT)
    assert set(site.slb.health(site.balancer).values()) == {"unavailable"}
    site.slb.start(site.balancer, PORT)
    site.wait_health(PORT, first="normal", second="normal")
    assert site.spread() == {"first": 4, "second": 4}
    weights = text(server(site.servers["first"], Weight="0"), server(site.servers["second"], Weight=100))
    with site.client() as kept:
        until("a connection to the first", lambda: site.spread(times=2)["first"])
        site.slb("set_backend_servers", load_balancer_id=site.balancer, backend_servers=weights)
        until("only the second", lambda: site.spread() == {"second": 8})
        assert kept.ping()
    weights = text(server(site.servers["first"], Weight=100))
    site.slb("set_backend_servers", load_balancer_id=site.balancer, backend_servers=weights)
    until("both again", lambda: site.spread(times=2)["first"])
    site.slb("remove_backend_servers", load_balancer_id=site.balancer, backend_servers=text(second))
    until("only the first", lambda: site.spread() == {"first": 8})
    with site.client() as client:
        assert client.ping()
        site.slb.stop(site.balancer, PORT)
        with pytest.raises(redis.ConnectionError):
            client.ping()
    assert site.refuses(PORT)
    site.slb("delete_load_balancer_listener", load_balancer_id=site.balancer, listener_port=PORT)
    site.slb("remove_backend_servers", load_balancer_id=site.balancer, backend_servers=text(first))


def test_a_vserver_group_and_its_health(site: Site) -> None:
    """A server that dies gets nobody until it is back; persistence keeps a client at its server."""
    group = site.slb.group(site.balancer, *(server(address, PORT) for address in site.servers.values()))
    site.slb(
        "create_load_balancer_tcplistener", load_balancer_id=site.balancer, listener_port=7000, bandwidth=-1,
        vserver_group_id=group, healthy_threshold=2, unhealthy_threshold=2,
    )  # fmt: skip
    site.slb(
        "set_load_balancer_tcplistener_attribute", load_balancer_id=site.balancer, listener_port=7000,
        health_check_interval=1, persistence_timeout=60,
    )  # fmt: skip
    site.slb.start(site.balancer, 7000)
    site.wait_health(7000, first="normal", second="normal")
    assert len(site.spread(7000)) == 1
    site.slb(
        "set_load_balancer_tcplistener_attribute", load_balancer_id=site.balancer, listener_port=7000,
        persistence_timeout=0,
    )  # fmt: skip
    site.slb.wait_listener(site.balancer, 7000, "running")
    assert site.spread(7000) == {"first": 4, "second": 4}
    absent = server("10.5.1.240", PORT)
    site.slb("add_vserver_group_backend_servers", vserver_group_id=group, backend_servers=text(absent))
    assert site.slb.health(site.balancer)[7000, "10.5.1.240", PORT] == "unavailable"
    until("nobody there", lambda: site.slb.health(site.balancer)[7000, "10.5.1.240", PORT] == "abnormal")
    assert site.spread(7000) == {"first": 4, "second": 4}
    site.slb(
        "modify_vserver_group_backend_servers", vserver_group_id=group, new_backend_servers="[]",
        old_backend_servers=text(absent, server(site.servers["second"], PORT)),
    )  # fmt: skip
    until("only the first", lambda: site.spread(7000) == {"first": 8})
    site.slb("delete_load_balancer_listener", load_balancer_id=site.balancer, listener_port=7000)
    until("the listener gone", lambda: 7000 not in site.slb.listeners(site.balancer))
    assert site.refuses(7000)
    site.slb("delete_vserver_group", vserver_group_id=group)


def test_inactive_forwards_nothing_and_a_start_anew_everything(site: Site) -> None:
    group = site.slb.group(site.balancer, server(site.servers["first"], PORT))
    site.slb.listener(site.balancer, 7001, vserver_group_id=group)
    with site.client(7001) as client:
        assert client.get("who") == "first"
        site.slb("set_load_balancer_status", load_balancer_id=site.balancer, load_balancer_status="inactive")
        site.slb.wait(site.balancer, "inactive")
        with pytest.raises(redis.ConnectionError):
            client.ping()
    assert site.refuses(7001)
    site.slb("set_load_balancer_status", load_balancer_id=site.balancer, load_balancer_status="active")
    site.slb.wait(site.balancer, "active")
    assert site.spread(7001) == {"first": 8}
    site.slb("delete_load_balancer_listener", load_balancer_id=site.balancer, listener_port=7001)
    until("the listener gone", lambda: 7001 not in site.slb.listeners(site.balancer))


def test_deleting_the_load_balancer_cuts_its_clients(site: Site) -> None:
    other = site.slb.balancer(site.network)
    again = site._replace(balancer=other)
    group = site.slb.group(other, server(site.servers["first"], PORT))
    site.slb.listener(other, PORT, vserver_group_id=group)
    address = again.address
    with again.client() as client:
        assert client.get("who") == "first"
        site.slb("delete_load_balancer", load_balancer_id=other)
        with pytest.raises(redis.ConnectionError):
            until("the client cut", lambda: not client.ping())
    with socket.socket() as sock:
        assert sock.connect_ex((address, PORT)) != 0
