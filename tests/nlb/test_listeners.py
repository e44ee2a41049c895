"""Listeners through the official SDK, and the states of all that transitions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from alibabacloud_nlb20220430 import models as nlb

from jackfield.products.nlb.resources import Listener, LoadBalancer, Server, ServerGroup
from tests.nlb.conftest import Network, Nlb
from tests.running import refused


@pytest.fixture(scope="module")
def balancer(states: Nlb, network: Network) -> str:
    return states.balancer(network)


@pytest.fixture(scope="module")
def group(states: Nlb, network: Network) -> str:
    id = states.group(network)
    states.add(id, "10.5.1.7:80")
    return id


def start(states: Nlb, listener: str) -> Any:
    return states.api.start_listener(nlb.StartListenerRequest(listener_id=listener)).body


def stop(states: Nlb, listener: str) -> Any:
    return states.api.stop_listener(nlb.StopListenerRequest(listener_id=listener)).body


def update(states: Nlb, listener: str, **changes: Any) -> Any:
    request = nlb.UpdateListenerAttributeRequest(listener_id=listener, **changes)
    return states.api.update_listener_attribute(request).body


def delete(states: Nlb, listener: str) -> Any:
    return states.api.delete_listener(nlb.DeleteListenerRequest(listener_id=listener)).body


def status(states: Nlb, listener: str) -> str:
    found: str = states.listener_of(listener).listener_status
    return found


def test_the_life_of_a_listener(states: Nlb, balancer: str, group: str) -> None:
    """Each change shows its own state, and no other change is begun in it."""
    request = nlb.CreateListenerRequest(
        load_balancer_id=balancer, server_group_id=group, listener_port=8000, listener_protocol="TCP",
        listener_description="web/8000", idle_timeout=10, cps=5, mss=1400, sec_sensor_enabled=True,
        proxy_protocol_enabled=False, client_token="a listener", region_id="cn-hangzhou",
        tag=[nlb.CreateListenerRequestTag(key="a", value="b")],
    )  # fmt: skip
    body = states.api.create_listener(request).body
    id = body.listener_id
    assert id.startswith("lsn-bp1")
    assert id.endswith("@8000")
    assert states.api.create_listener(request).body.listener_id == id
    changes: dict[str, Callable[[], Any]] = {
        "start": lambda: start(states, id),
        "stop": lambda: stop(states, id),
        "update": lambda: update(states, id, idle_timeout=20),
        "delete": lambda: delete(states, id),
    }

    def passes(body: Any, through: str, to: str) -> None:
        assert (status(states, id), states.job(body.job_id)) == (through, "Processing")
        for change in changes.values():
            with refused("IncorrectStatus.listener", 400):
                change()
        states.finish(body)
        assert status(states, id) == to

    passes(body, "Provisioning", "Running")
    found = states.listener_of(id)
    assert (found.listener_port, found.listener_protocol, found.load_balancer_id) == (8000, "TCP", balancer)
    assert (found.listener_description, found.idle_timeout, found.cps, found.mss) == ("web/8000", 10, 5, 1400)
    assert (found.server_group_id, found.sec_sensor_enabled) == (group, True)
    assert [(tag.tag_key, tag.tag_value) for tag in found.tags] == [("a", "b")]
    with refused("IncorrectStatus.listener", 400):
        start(states, id)
    passes(changes["stop"](), "Stopping", "Stopped")
    with refused("IncorrectStatus.listener", 400):
        stop(states, id)
    passes(changes["update"](), "Configuring", "Stopped")
    passes(changes["start"](), "Starting", "Running")
    passes(changes["update"](), "Configuring", "Running")
    assert (states.listener_of(id).idle_timeout, states.listener_of(id).mss) == (20, 1400)
    job = changes["delete"]()
    assert status(states, id) == "Deleting"
    states.finish(job)
    with refused("ResourceNotFound.listener", 404):
        status(states, id)


def test_a_stopped_listener_is_deleted(states: Nlb, balancer: str, group: str) -> None:
    id = states.listener(balancer, group, 8001)
    states.finish(stop(states, id))
    states.finish(delete(states, id))
    with refused("ResourceNotFound.listener", 404):
        status(states, id)


@pytest.mark.parametrize(
    ("changes", "code", "http"),
    [
        ({"listener_protocol": "UDP"}, "IllegalParam", 400),
        ({"listener_protocol": "TCPSSL"}, "IllegalParam", 400),
        ({"listener_protocol": "HTTP"}, "IllegalParam", 400),
        ({"listener_protocol": None}, "MissingParam.ListenerProtocol", 400),
        ({"port": 0, "start_port": 1, "end_port": 9}, "IllegalParam", 400),
        ({"port": 65536}, "IllegalParam", 400),
        ({"port": None}, "MissingParam.ListenerPort", 400),
        ({"port": 8100}, "Conflict.Port", 400),
        ({"server_group_id": None}, "MissingParam.ServerGroupId", 400),
        ({"server_group_id": "sgp-none"}, "ResourceNotFound.serverGroup", 404),
        ({"load_balancer_id": "nlb-none"}, "ResourceNotFound.loadBalancer", 404),
        ({"region_id": "cn-shanghai"}, "ResourceNotFound.loadBalancer", 404),
        ({"idle_timeout": 9}, "IllegalParam.IdleTimeout", 400),
        ({"mss": 1501}, "IllegalParam", 400),
        ({"proxy_protocol_enabled": True}, "IllegalParam", 400),
        ({"listener_description": "a b"}, "IllegalParam.ListenerDescription", 400),
        ({"dry_run": True}, "DryRunOperation", 400),
    ],
)
def test_refused_creations(
    states: Nlb, balancer: str, group: str, taken: str, changes: dict[str, Any], code: str, http: int
) -> None:
    before = listed(states)
    with refused(code, http):
        states.listener(balancer, group, **{"port": 8101, **changes})
    assert listed(states) == before


@pytest.fixture(scope="module")
def taken(states: Nlb, balancer: str, group: str) -> str:
    """A listener at port 8100."""
    return states.listener(balancer, group, 8100)


def listed(states: Nlb, **filters: Any) -> list[str]:
    reply = states.api.list_listeners(nlb.ListListenersRequest(**filters)).body
    return [one.listener_id for one in reply.listeners]


def test_lists(states: Nlb, network: Network, group: str) -> None:
    balancer = states.balancer(network)
    ids = [states.listener(balancer, group, port, sec_sensor_enabled=port == 92) for port in (90, 91, 92)]
    assert listed(states, load_balancer_ids=[balancer]) == ids
    assert listed(states, listener_ids=ids[1:]) == ids[1:]
    assert listed(states, load_balancer_ids=[balancer], sec_sensor_enabled="true") == ids[2:]
    assert listed(states, load_balancer_ids=[balancer], listener_protocol="UDP") == []
    first = states.api.list_listeners(nlb.ListListenersRequest(load_balancer_ids=[balancer], max_results=2)).body
    assert (first.total_count, len(first.listeners)) == (3, 2)
    assert listed(states, load_balancer_ids=[balancer], max_results=2, next_token=first.next_token) == ids[2:]


def test_a_group_of_another_vpc(states: Nlb, balancer: str) -> None:
    strange = states.group(states.network())
    with refused("Mismatch.VpcId", 400):
        states.listener(balancer, strange, 8200)


def test_another_group(states: Nlb, network: Network, balancer: str, group: str) -> None:
    id = states.listener(balancer, group, 8300)
    other = states.group(network)
    states.finish(update(states, id, server_group_id=other))
    assert states.listener_of(id).server_group_id == other
    assert states.group_of(other).related_load_balancer_ids == [balancer]
    with refused("ResourceNotFound.serverGroup", 404):
        update(states, id, server_group_id="sgp-none")
    states.finish(delete(states, id))
    assert states.group_of(other).related_load_balancer_ids == []


def test_without_engines_nobody_looks(states: Nlb, balancer: str, group: str) -> None:
    id = states.listener(balancer, group, 8400)
    assert states.ailing(id) == {"10.5.1.7:80": ("Initial", "")}


def test_nothing_is_stuck_when_the_api_dies(states: Nlb, network: Network, group: str) -> None:
    """Killed with everything on its way; the next process goes on, and jobs tell of it."""
    balancer = states.balancer(network)
    listeners = [states.listener(balancer, group, port) for port in (70, 71, 72)]
    states.finish(stop(states, listeners[1]))
    jobs = [
        stop(states, listeners[0]).job_id,
        start(states, listeners[1]).job_id,
        delete(states, listeners[2]).job_id,
    ]
    own = states.group(network)
    named = [nlb.AddServersToServerGroupRequestServers(server_id="10.5.1.9", port=1, server_type="Ip")]
    request = nlb.AddServersToServerGroupRequest(server_group_id=own, servers=named)
    jobs.append(states.api.add_servers_to_server_group(request).body.job_id)
    states.running.kill_api()
    states.running.wait_ready()
    again = Nlb(states.running)
    for job in jobs:
        again.finish(nlb.StopListenerResponseBody(job_id=job))
    assert (status(again, listeners[0]), status(again, listeners[1])) == ("Stopped", "Running")
    assert again.servers(own)["10.5.1.9:1"].status == "Available"


@pytest.mark.parametrize("kind", [LoadBalancer, Listener, ServerGroup, Server])
def test_every_transition_ends(kind: type[LoadBalancer | Listener | ServerGroup | Server]) -> None:
    """From each state that an intent or a creation leads to, a settlement leads on; none is an intent's and a
    settlement's at once.
    """
    states = kind.states
    transitional = {after for _, after in states.intents} | states.initial
    assert transitional <= {before for before, _ in states.settlements}
    assert not transitional & {after for _, after in states.settlements}
    assert not states.intents & states.settlements
