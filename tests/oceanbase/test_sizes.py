"""Sizes of instances and primary zones of tenants: shown once they are in effect."""

from __future__ import annotations

from typing import Any

import pytest

from tests.oceanbase.cloud import INSTANCE, Cloud
from tests.running import until

ZONES = str(INSTANCE["zones"]).split(",")


@pytest.fixture
def instance(api: Cloud) -> str:
    """The path of an ONLINE instance."""
    return f"/instances/{api.create_instance()}"


def changed(api: Cloud, path: str, what: str, **body: Any) -> dict[str, Any]:
    """What is shown after a change."""
    assert api.call("PUT", f"{path}/{what}", body).status == 200
    until("ONLINE again", lambda: api.get(path)["status"] == "ONLINE")
    shown: dict[str, Any] = api.get(path)
    return shown


def test_sizes_of_an_instance(api: Cloud, instance: str) -> None:
    assert api.get(instance)["nodeNum"] == len(ZONES)
    shown = changed(api, instance, "spec", instanceClass="8C32GB")
    assert (shown["instanceClass"], shown["diskSize"]) == ("8C32GB", INSTANCE["diskSize"])
    shown = changed(api, instance, "spec", diskSize=400)
    assert (shown["instanceClass"], shown["diskSize"]) == ("8C32GB", 400)
    assert changed(api, instance, "nodeNum", nodeNum=2 * len(ZONES))["nodeNum"] == 2 * len(ZONES)


def test_sizes_that_cannot_be(api: Cloud, instance: str) -> None:
    before = api.get(instance)
    for what, body in (
        ("nodeNum", {"nodeNum": len(ZONES) + 1}),
        ("nodeNum", {"nodeNum": 0}),
        ("nodeNum", {}),
        ("spec", {"diskSize": 0}),
    ):
        assert api.call("PUT", f"{instance}/{what}", body).status == 400, body
    for what in ("nodeNum", "spec"):
        body = {"nodeNum": len(ZONES), "diskSize": 1}
        assert api.call("PUT", f"/instances/none/{what}", body).refusal == (404, "E404J101")
    assert api.get(instance) == before
    assert api.call("PUT", f"{instance}/stopCluster").status == 200
    until("STOPPED", lambda: api.get(instance)["status"] == "STOPPED")
    for what in ("nodeNum", "spec"):
        assert api.call("PUT", f"{instance}/{what}", {"nodeNum": len(ZONES), "diskSize": 1}).status == 409


def test_the_primary_zone_of_a_tenant(api: Cloud, instance: str) -> None:
    tenant = api.create_tenant(instance.rpartition("/")[2])
    shown = changed(api, tenant, "primaryZone", primaryZone=ZONES[1])
    assert shown["primaryZone"] == ZONES[1]
    roles = {zone["name"]: zone["role"] for zone in shown["tenantZones"]}
    assert roles == {zone: "PRIMARY" if zone == ZONES[1] else "STANDBY" for zone in ZONES}
    assert api.call("PUT", f"{tenant}/primaryZone", {"primaryZone": "elsewhere-1"}).status == 400
    assert api.get(tenant)["primaryZone"] == ZONES[1]
