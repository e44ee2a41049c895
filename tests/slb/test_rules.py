"""Pure rules: what a load balancer's status shows, and how healthy a server is that nobody has looked at."""

from __future__ import annotations

from typing import Any

import pytest

from jackfield.products.nlb.resources import Ailing, Check
from jackfield.products.nlb.routes import Pool, Target
from jackfield.products.slb.resources import Listener, LoadBalancer
from jackfield.reconcile.balancer_health import seen_by
from jackfield.relay.messages import BackendHealth

OWNER: dict[str, Any] = {"account": "1", "region": "cn-hangzhou"}
LISTENER = Listener(id="lb-1_tcp_80", parent="lb-1", status="Running", port=80, **OWNER)


@pytest.mark.parametrize(
    ("status", "enabled", "shown"),
    [
        ("Provisioning", True, "inactive"),
        ("Active", True, "active"),
        ("Configuring", False, "active"),
        ("Active", False, "inactive"),
        ("Configuring", True, "inactive"),
        ("Deleting", True, "inactive"),
    ],
)
def test_nothing_is_said_before_it_is_so(status: str, enabled: bool, shown: str) -> None:
    balancer = LoadBalancer(
        id="lb-1", status=status, enabled=enabled, vpc_id="vpc-1", address="10.0.0.9", vswitch_id="vsw-1",
        master_zone_id="h", slave_zone_id="i", **OWNER,
    )  # fmt: skip
    assert balancer.shown_status == shown


def health(address: str, healthy: bool | None, port: int = 80) -> BackendHealth:
    return BackendHealth(
        route=f"lb-1/h/{port}", target="", name=f"{address}:6379", healthy=healthy, reason="ECONNREFUSED", since=0.0,
        connections=0,
    )  # fmt: skip


def test_a_server_that_the_relay_does_not_know_yet_is_not_healthy() -> None:
    pool = Pool(targets=tuple(Target(address=f"10.0.0.{number}", port=6379) for number in (1, 2, 3)))
    told = [health("10.0.0.1", True), health("10.0.0.2", False), health("10.0.0.3", True, port=81)]
    assert seen_by(told, LISTENER, pool) == (
        Ailing(address="10.0.0.2", port=6379, status="Unhealthy", reason="CONNECT_FAILED"),
        Ailing(address="10.0.0.3", port=6379, status="Initial"),
    )
    assert seen_by(told, LISTENER, Pool(targets=pool.targets, check=Check(enabled=False))) == ()
    assert seen_by(told, LISTENER, None) == ()
