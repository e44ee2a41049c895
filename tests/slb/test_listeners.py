"""Listeners as the API shows them, and what is refused of them in which state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from alibabacloud_slb20140515 import models as slb

from tests.nlb.conftest import Network
from tests.running import refused, until
from tests.slb.conftest import Slb

CREATE, SET = "create_load_balancer_tcplistener", "set_load_balancer_tcplistener_attribute"
START, STOP = "start_load_balancer_listener", "stop_load_balancer_listener"
DELETE = "delete_load_balancer_listener"


@pytest.fixture(scope="module")
def balancer(states: Slb, network: Network) -> str:
    return states.balancer(network)


@pytest.fixture
def port(states: Slb, balancer: str) -> Iterator[int]:
    """Of a stopped listener for the load balancer's own servers."""
    states(CREATE, load_balancer_id=balancer, listener_port=6379, bandwidth=-1, backend_server_port=6380)
    yield 6379
    until("steady", lambda: states.listener_of(balancer, 6379).status in ("running", "stopped"))
    states(DELETE, load_balancer_id=balancer, listener_port=6379, listener_protocol="tcp")
    until("the listener gone", lambda: 6379 not in states.listeners(balancer))


def test_what_a_new_one_shows(states: Slb, balancer: str, port: int) -> None:
    seen = states.listener_of(balancer, port)
    assert (seen.status, seen.listener_port, seen.backend_server_port, seen.bandwidth) == ("stopped", 6379, 6380, -1)
    assert (seen.scheduler, seen.persistence_timeout, seen.established_timeout) == ("wrr", 0, 900)
    assert (seen.health_check, seen.health_check_type, seen.health_check_connect_port) == ("on", "tcp", 6380)
    assert (seen.healthy_threshold, seen.unhealthy_threshold, seen.health_check_interval) == (3, 3, 2)
    assert (seen.acl_status, seen.vserver_group_id, seen.connection_drain) == ("off", None, "off")
    shown = states.of(balancer)
    assert shown.listener_ports.listener_port == [6379]
    (named,) = shown.listener_ports_and_protocol.listener_port_and_protocol
    assert (named.listener_port, named.listener_protocol) == (6379, "tcp")


def test_what_is_changed_of_a_stopped_one(states: Slb, balancer: str, port: int) -> None:
    group = states.group(balancer)
    states(
        SET, load_balancer_id=balancer, listener_port=port, bandwidth=10, scheduler="sch", persistence_timeout=30,
        established_timeout=60, vserver_group_id=group, vserver_group="on", health_check_switch="off",
        health_check_interval=7, health_check_connect_timeout=3, healthy_threshold=2, unhealthy_threshold=4,
        connection_drain="on", connection_drain_timeout=20, description="the-one", health_check_connect_port=-520,
    )  # fmt: skip
    seen = states.listener_of(balancer, port)
    assert (seen.status, seen.bandwidth, seen.scheduler, seen.persistence_timeout) == ("stopped", 10, "sch", 30)
    assert (seen.established_timeout, seen.vserver_group_id, seen.backend_server_port) == (60, group, None)
    assert (seen.health_check, seen.health_check_interval, seen.health_check_connect_timeout) == ("off", 7, 3)
    assert (seen.healthy_threshold, seen.unhealthy_threshold, seen.health_check_connect_port) == (2, 4, -520)
    assert (seen.connection_drain, seen.connection_drain_timeout, seen.description) == ("on", 20, "the-one")
    listed = states.listeners(balancer)[port]
    assert (listed.vserver_group_id, listed.tcplistener_config.health_check) == (group, "off")
    (found,) = states("describe_vserver_groups", load_balancer_id=balancer, include_listener=True,
                      include_rule=True).vserver_groups.vserver_group  # fmt: skip
    (used,) = found.associated_objects.listeners.listener
    assert (used.port, used.protocol, found.associated_objects.rules.rule) == (port, "tcp", [])
    with refused("RspoolVipExist", 400):
        states("delete_vserver_group", vserver_group_id=group)
    states(SET, load_balancer_id=balancer, listener_port=port, vserver_group="off")
    assert states.listener_of(balancer, port).backend_server_port == 6380
    states("delete_vserver_group", vserver_group_id=group)


def test_every_state(states: Slb, balancer: str, port: int) -> None:
    """Each operation in each state: allowed, or refused by the code that clients wait out."""
    about = {"load_balancer_id": balancer, "listener_port": port}

    def busy(shown: str, code: str) -> None:
        assert states.listener_of(balancer, port).status == shown
        for method in (SET, START, STOP, DELETE):
            with refused(code, 400):
                states(method, **about)
        with refused("SystemBusy", 400):
            states("delete_load_balancer", load_balancer_id=balancer)

    with refused("Operation.NotAllowed", 400):
        states(STOP, **about)
    states(START, **about)
    busy("starting", "ServiceIsConfiguring")
    states.wait_listener(balancer, port, "running")
    with refused("Operation.NotAllowed", 400):
        states(START, **about)
    states(SET, **about, description="else")
    busy("configuring", "ServiceIsConfiguring")
    states.wait_listener(balancer, port, "running")
    states(STOP, **about)
    busy("stopping", "ServiceIsStopping")
    states.wait_listener(balancer, port, "stopped")


def test_deleting_one_that_runs(states: Slb, balancer: str) -> None:
    states.listener(balancer, 7001, backend_server_port=1)
    about = {"load_balancer_id": balancer, "listener_port": 7001}
    states(DELETE, **about)
    assert states.listener_of(balancer, 7001).status == "stopping"
    with refused("ServiceIsStopping", 400):
        states(DELETE, **about)
    until("it gone", lambda: 7001 not in states.listeners(balancer))
    with refused("InvalidParameter", 400):
        states.listener_of(balancer, 7001)
    for method in (SET, START, STOP, DELETE):
        with refused("ResourceNotFound.Listener", 404):
            states(method, **about)


@pytest.mark.parametrize(
    "wrong",
    [
        {"bandwidth": 0}, {"bandwidth": 5121}, {"listener_port": 0}, {"listener_port": 65536}, {"scheduler": "tch"},
        {"scheduler": "x"}, {"health_check_type": "http"}, {"health_check_type": "x"}, {"health_check_switch": "x"},
        {"health_check_connect_port": 9}, {"acl_status": "on"}, {"acl_status": "x"}, {"connection_drain": "x"},
        {"master_slave_server_group_id": "rsp-1"}, {"proxy_protocol_v2enabled": True}, {"description": "no blanks"},
        {"description": "x" * 257},
        {"vserver_group_id": "rsp-1"}, {"persistence_timeout": 3601}, {"established_timeout": 9},
        {"healthy_threshold": 1}, {"unhealthy_threshold": 11}, {"health_check_interval": 51},
        {"health_check_connect_timeout": 301}, {"connection_drain_timeout": 9},
    ],
)  # fmt: skip
def test_what_cannot_be_made(states: Slb, balancer: str, wrong: dict[str, Any]) -> None:
    good = {"load_balancer_id": balancer, "listener_port": 7002, "bandwidth": -1, "backend_server_port": 7002}
    with refused("InvalidParameter", 400):
        states(CREATE, **{**good, **wrong})
    assert 7002 not in states.listeners(balancer)


def test_further_refusals(states: Slb, network: Network, balancer: str, port: int) -> None:
    about = {"load_balancer_id": balancer, "bandwidth": -1}
    with refused("ListenerAlreadyExists", 400):
        states(CREATE, **about, listener_port=port, backend_server_port=1)
    with refused("MissingParameter", 400):
        states(CREATE, **about, listener_port=7003)
    for method in (CREATE, SET, START, STOP, DELETE, "describe_load_balancer_tcplistener_attribute"):
        more = {"bandwidth": -1} if method == CREATE else {}
        with refused("InvalidLoadBalancerId.NotFound", 404):
            states(method, load_balancer_id="lb-1", listener_port=port, **more)
    with refused("ResourceNotFound.Listener", 404):
        states(DELETE, load_balancer_id=balancer, listener_port=port, listener_protocol="udp")
    other = states.balancer(network)
    group = states.group(other)
    with refused("InvalidParameter", 400):
        states(SET, load_balancer_id=balancer, listener_port=port, vserver_group_id=group)
    states(CREATE, load_balancer_id=other, listener_port=port, bandwidth=-1, vserver_group_id=group)
    with refused("MissingParameter", 400):
        states(SET, load_balancer_id=other, listener_port=port, vserver_group="off")
    states("delete_load_balancer", load_balancer_id=other)


def test_a_dry_run_changes_nothing(states: Slb, balancer: str, port: int) -> None:
    with refused("DryRunOperation", 400):
        states(SET, load_balancer_id=balancer, listener_port=port, description="dry", dry_run=True)
    assert states.listener_of(balancer, port).description == ""


def test_lists(states: Slb, network: Network, balancer: str, port: int) -> None:
    states("tag_resources", resource_type="listener", resource_id=[f"{balancer}_tcp_{port}"],
           tag=[slb.TagResourcesRequestTag(key="k", value="v")])  # fmt: skip
    for number in (7010, 7011):
        states(CREATE, load_balancer_id=balancer, listener_port=number, bandwidth=-1, backend_server_port=1,
               description=f"d{number}")  # fmt: skip

    def ports(**more: Any) -> list[int]:
        found = states("describe_load_balancer_listeners", **more).listeners
        return [one.listener_port for one in found]

    assert ports() == ports(load_balancer_id=[balancer], listener_protocol="tcp") == [port, 7010, 7011]
    assert ports(listener_port=7010) == ports(description="d7010") == [7010]
    assert ports(listener_protocol="udp") == ports(load_balancer_id=["lb-1"]) == []
    assert ports(tag=[slb.DescribeLoadBalancerListenersRequestTag(key="k")]) == [port]
    first = states("describe_load_balancer_listeners", max_results=2)
    assert ([one.listener_port for one in first.listeners], first.total_count) == ([port, 7010], 3)
    assert ports(max_results=2, next_token=first.next_token) == [7011]
    for wrong in ({"next_token": "x"}, {"max_results": 101}, {"load_balancer_id": [str(n) for n in range(11)]}):
        with refused("InvalidParameter", 400):
            ports(**wrong)
    for number in (7010, 7011):
        states(DELETE, load_balancer_id=balancer, listener_port=number)
    until("they are gone", lambda: ports() == [port])
