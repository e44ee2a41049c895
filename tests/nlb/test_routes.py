"""What a listener is to the relay: the pure rule."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from jackfield.endpoints.resources import Endpoint
from jackfield.products.ecs.resources import Rule, SecurityGroup
from jackfield.products.nlb.resources import Ailing, Check, Listener, Server, ServerGroup
from jackfield.products.nlb.routes import Target, pool_of, routes
from jackfield.reconcile.balancer_health import ailing_of
from jackfield.relay.messages import BackendHealth
from jackfield.relay.route import Backend, Balance, HealthCheck, Route

OWNER: dict[str, Any] = {"account": "1", "region": "cn-hangzhou"}
ENDPOINT = Endpoint(
    id="nlb-1/cn-hangzhou-h", parent="nlb-1", status="Serving", product="nlb", net="balancer", name="n", port=80,
    addresses=("127.64.0.9",), vpc_id="vpc-1", vpc_address="10.0.0.9", **OWNER,
)  # fmt: skip
GROUP = ServerGroup(id="sgp-1", status="Available", vpc_id="vpc-1", name="g", **OWNER)


def listener(port: int = 80, status: str = "Running", **more: Any) -> Listener:
    fields: dict[str, Any] = {**OWNER, **more, "parent": "nlb-1", "group_id": "sgp-1"}
    return Listener(id=f"lsn-1@{port}", status=status, port=port, **fields)


def server(number: int, weight: int = 100, status: str = "Available") -> Server:
    address = f"10.0.0.{number}"
    return Server(
        id=f"sgp-1/{address}:80", parent="sgp-1", status=status, address=address, port=80, weight=weight, **OWNER
    )


def reach(one: Target) -> Backend:
    return Backend(target=f"tcp:{one.address}:{one.port}", name=f"{one.address}:{one.port}", weight=one.weight)


def plan(
    *listeners: Listener,
    servers: tuple[Server, ...] = (),
    group: ServerGroup = GROUP,
    groups: list[SecurityGroup] | None = None,
    endpoint: Endpoint = ENDPOINT,
) -> tuple[Route, ...]:
    pools = {one.port: pool_of(group, servers) for one in listeners if one.listens}
    return routes(endpoint, pools, groups, reach, drain=1.5, local_clients="whitelist")


def test_one_route_a_listener() -> None:
    first, second = plan(listener(81), listener(80))
    assert (first.key, second.key) == ("nlb-1/cn-hangzhou-h/80", "nlb-1/cn-hangzhou-h/81")
    assert (first.owner, first.address, first.port, first.drain_seconds) == (ENDPOINT.id, "127.64.0.9", 80, 1.5)
    assert (first.whitelist, first.rules, first.backends) == (("0.0.0.0/0",), None, ())
    assert plan(listener(), endpoint=msgspec.structs.replace(ENDPOINT, addresses=())) == ()


@pytest.mark.parametrize(
    ("status", "stopped", "listens"),
    [
        ("Provisioning", False, True),
        ("Running", False, True),
        ("Starting", False, True),
        ("Configuring", False, True),
        ("Configuring", True, False),
        ("Stopping", True, False),
        ("Stopped", True, False),
        ("Deleting", False, False),
    ],
)
def test_which_states_listen(status: str, stopped: bool, listens: bool) -> None:
    assert bool(plan(listener(status=status, stopped=stopped))) is listens


def test_servers_that_are_being_removed_get_nobody() -> None:
    (route,) = plan(
        listener(),
        servers=(server(3, 5), server(2, status="Removing"), server(1, 0, "Adding"), server(4, 7, "Configuring")),
    )  # fmt: skip
    assert [(one.name, one.weight) for one in route.backends] == [
        ("10.0.0.1:80", 0), ("10.0.0.3:80", 5), ("10.0.0.4:80", 7),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("scheduler", "balance"), [("Wrr", "turns"), ("Rr", "turns"), ("Wlc", "fewest"), ("Sch", "source")]
)
def test_schedulers(scheduler: Any, balance: Balance) -> None:
    group = msgspec.structs.replace(GROUP, scheduler=scheduler)
    (route,) = plan(listener(), servers=(server(1, 30), server(2, 0)), group=group)
    assert route.balance == balance
    assert [one.weight for one in route.backends] == ([100, 0] if scheduler == "Rr" else [30, 0])


def test_health() -> None:
    check = Check(interval=7, timeout=3, healthy_threshold=4, unhealthy_threshold=5)
    (route,) = plan(listener(), group=msgspec.structs.replace(GROUP, check=check))
    assert route.health == HealthCheck(interval=7, timeout=3, rise=4, fall=5)
    (route,) = plan(listener(), group=msgspec.structs.replace(GROUP, check=Check(enabled=False)))
    assert route.health is None


def test_security_groups_judge_instead_of_the_whitelist() -> None:
    rule = Rule(direction="ingress", protocol="TCP", port_range="80/80", source_cidr="10.1.0.0/16")
    first, second = plan(
        listener(80), listener(81), groups=[SecurityGroup(id="sg-1", parent="vpc-1", rules=(rule,), **OWNER)]
    )
    assert (first.whitelist, first.rules) == ((), ("accept 10.1.0.0/16",))
    assert second.rules == ()


def health(zone: str, name: str, healthy: bool | None, reason: str = "ECONNREFUSED", port: int = 80) -> BackendHealth:
    return BackendHealth(
        route=f"nlb-1/{zone}/{port}", target="", name=name, healthy=healthy, reason=reason, since=0.0, connections=0
    )


def test_the_worst_zone_counts() -> None:
    seen = [
        health("h", "10.0.0.1:80", True),
        health("i", "10.0.0.1:80", False, "no answer within 5 s"),
        health("h", "10.0.0.2:80", None),
        health("i", "10.0.0.2:80", False, "accepted, then ECONNRESET"),
        health("h", "10.0.0.3:80", None),
        health("h", "10.0.0.4:80", True),
        health("h", "10.0.0.5:80", False),
        health("h", "10.0.0.7:80", False, "ECONNRESET"),
        health("h", "10.0.0.6:80", False, port=8080),
    ]
    assert ailing_of(seen, 80) == (
        Ailing(address="10.0.0.1", port=80, status="Unhealthy", reason="CONNECT_TIMEOUT"),
        Ailing(address="10.0.0.2", port=80, status="Unhealthy", reason="CONNECT_INTERRUPT"),
        Ailing(address="10.0.0.3", port=80, status="Initial"),
        Ailing(address="10.0.0.5", port=80, status="Unhealthy", reason="CONNECT_FAILED"),
        Ailing(address="10.0.0.7", port=80, status="Unhealthy", reason="CONNECT_INTERRUPT"),
    )
