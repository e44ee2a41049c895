"""Who is let in is judged by the address inside the VPC from which a client dials."""

from __future__ import annotations

import pytest
from alibabacloud_r_kvstore20150101 import models as tair

from jackfield.vantage.client import HolderClient
from tests.privatelink.cloud import ZI
from tests.running import until
from tests.vpcs.inside import RunningAs
from tests.vpcs.worlds import PORT, SAME, Worlds, build

ADMITTED, OTHER, OUTSIDE = "10.6.1.50", "10.6.1.51", "203.0.113.7"
REFUSED = {"ECONNRESET", "ConnectionResetError", "EPIPE"}


@pytest.fixture(scope="module")
def worlds(running: RunningAs) -> Worlds:
    return build(running)


def says(worlds: Worlds, vpc: str, source: str, address: str) -> object:
    with worlds.running.inside(vpc, source) as client:
        return client.ask("who", address, PORT)


def test_a_whitelist_of_one_address_admits_that_and_no_other(worlds: Worlds) -> None:
    """The load balancer's own addresses among the others: what comes through PrivateLink is judged by them."""
    client, vpc = worlds.provider.tair(), worlds.theirs.vpc

    def admit(*addresses: str) -> None:
        request = tair.ModifySecurityIpsRequest(instance_id=worlds.database, security_ips=",".join(addresses))
        client.modify_security_ips(request)
        worlds.running.wait_idle()

    admit(f"{ADMITTED}/32")
    assert says(worlds, vpc, ADMITTED, SAME) == ["the provider", ADMITTED]
    for source in (OTHER, OUTSIDE, ""):
        assert says(worlds, vpc, source, SAME) in REFUSED
    refusals = worlds.running.ask("refusals")["refusals"]
    assert any(one["client"].startswith(f"{OTHER}:") and f"add {OTHER}" in one["reason"] for one in refusals)
    through = worlds.zones()[ZI]
    with worlds.running.inside(worlds.ours.vpc) as far:
        until("the load balancer refused", lambda: far.ask("who", through, PORT) in REFUSED)
        balancers = {one for one, _ in _listeners(worlds) if one != SAME}
        admit(*balancers)
        until("the load balancer admitted", lambda: far.ask("who", through, PORT)[0] == "the provider")
        assert says(worlds, vpc, ADMITTED, SAME) in REFUSED
    admit(OUTSIDE)
    assert says(worlds, vpc, OUTSIDE, SAME) == ["the provider", OUTSIDE]
    admit("0.0.0.0/0")
    with worlds.running.inside(worlds.ours.vpc) as far:
        until("the load balancer healthy", lambda: far.ask("who", through, PORT)[0] == "the provider")


def _listeners(worlds: Worlds) -> list[tuple[str, int]]:
    """Where something listens inside the provider's VPC."""
    with HolderClient(worlds.running.folder.vpc_socket("holder")) as holder:
        (network,) = [one for one in holder.networks() if one.vpc == worlds.theirs.vpc]
    return list(network.listeners)


def test_security_group_rules_judge_the_clients_of_an_endpoint(worlds: Worlds) -> None:
    consumer, vpc = worlds.consumer, worlds.ours.vpc
    group = consumer.security_group(vpc, f"{ADMITTED}/32")
    strict = consumer.endpoint(worlds.service, worlds.ours, zones=(ZI,), security_group_id=[group])
    worlds.provider.enable(worlds.service, strict)
    address = consumer.zones(strict)[ZI].eni_ip
    assert says(worlds, vpc, ADMITTED, address) == ["the provider", ADMITTED]
    for source in (OTHER, OUTSIDE, ""):
        assert says(worlds, vpc, source, address) in REFUSED
    consumer.accept(group, f"{OUTSIDE}/32")
    with worlds.running.inside(vpc, OUTSIDE) as outside:
        until("the new rule in effect", lambda: outside.ask("who", address, PORT)[0] == "the provider")
    assert says(worlds, vpc, OTHER, address) in REFUSED
