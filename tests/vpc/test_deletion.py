"""DeleteVpc and DeleteVSwitch through the official SDK: only what is empty goes, and is not found afterwards."""

from __future__ import annotations

from alibabacloud_r_kvstore20150101 import models as tair

from tests.running import PASSWORD, refused, until
from tests.vpc.networks import REGION, Networks


def test_a_vswitch_and_its_vpc(networks: Networks) -> None:
    network = networks.vpc()
    vswitch = networks.vswitch(network)
    with refused("DependencyViolation.VSwitch", 400):
        networks.ask_to_delete_vpc(network)
    networks.delete_vswitch(vswitch)
    with refused("InvalidVSwitchId.NotFound", 400):
        networks.vswitch_described(vswitch)
    with refused("InvalidVSwitchId.NotFound", 404):
        networks.ask_to_delete_vswitch(vswitch)
    networks.delete_vpc(network, region_id=REGION)
    with refused("InvalidVpcId.NotFound", 404):
        networks.described(network)
    with refused("InvalidVpcId.NotFound", 404):
        networks.ask_to_delete_vpc(network)


def test_others_and_unknown_ones(networks: Networks) -> None:
    network = networks.vpc()
    vswitch = networks.vswitch(network)
    somebody = networks.stranger()
    for who, id in ((somebody, network), (networks, "vpc-unknown")):
        with refused("InvalidVpcId.NotFound", 404):
            who.ask_to_delete_vpc(id)
    with refused("InvalidVpcId.NotFound", 404):
        networks.ask_to_delete_vpc(network, region_id="cn-shanghai")
    for who, id in ((somebody, vswitch), (networks, "vsw-unknown")):
        with refused("InvalidVSwitchId.NotFound", 404):
            who.ask_to_delete_vswitch(id)
    with refused("InvalidVSwitchId.NotFound", 404):
        networks.ask_to_delete_vswitch(vswitch, region_id="cn-shanghai")
    assert (networks.vpc_status(network), networks.vswitch_status(vswitch)) == ("Available", "Available")


def test_a_dry_run_deletes_nothing(networks: Networks) -> None:
    network = networks.vpc()
    with refused("DryRunOperation", 400):
        networks.ask_to_delete_vpc(network, dry_run=True)
    vswitch = networks.vswitch(network)
    with refused("DryRunOperation", 400):
        networks.ask_to_delete_vswitch(vswitch, dry_run=True)
    with refused("DependencyViolation.VSwitch", 400):
        networks.ask_to_delete_vpc(network, dry_run=True)
    assert (networks.vpc_status(network), networks.vswitch_status(vswitch)) == ("Available", "Available")


def test_a_repeated_deletion_answers_like_the_first(networks: Networks) -> None:
    network = networks.vpc()
    networks.delete_vpc(network, client_token="deletion")
    networks.ask_to_delete_vpc(network, client_token="deletion")


def test_a_vswitch_that_an_instance_has_an_address_of(networks: Networks) -> None:
    network = networks.vpc()
    vswitch = networks.vswitch(network)
    request = tair.CreateInstanceRequest(
        region_id=REGION, instance_class="redis.master.small.default", password=PASSWORD, zone_id=f"{REGION}-h",
        vpc_id=network, v_switch_id=vswitch,
    )  # fmt: skip
    instance: str = networks.running.tair.create_instance(request).body.instance_id
    networks.running.wait_normal(instance)
    with refused("DependencyViolation", 400):
        networks.ask_to_delete_vswitch(vswitch)
    networks.running.tair.delete_instance(tair.DeleteInstanceRequest(instance_id=instance))
    networks.running.wait_idle()
    networks.delete_vswitch(vswitch)
    networks.delete_vpc(network)


def test_a_default_network_is_made_anew(networks: Networks) -> None:
    """What named none before gets a new one after the old one was deleted."""
    running = networks.running

    def create() -> tuple[str, str, str]:
        request = tair.CreateInstanceRequest(
            region_id=REGION, instance_class="redis.master.small.default", password=PASSWORD
        )
        reply = running.tair.create_instance(request).body
        running.wait_normal(reply.instance_id)
        return reply.instance_id, reply.vpc_id, reply.v_switch_id

    instance, network, vswitch = create()
    assert networks.described(network).is_default
    until(f"{vswitch} Available", lambda: networks.vswitch_status(vswitch) == "Available")
    running.tair.delete_instance(tair.DeleteInstanceRequest(instance_id=instance))
    running.wait_idle()
    networks.delete_vswitch(vswitch)
    _, same, anew = create()
    assert (same, networks.vswitch_described(anew).is_default) == (network, True)
    assert anew != vswitch
