"""Classic load balancers as the API shows them: made, read, changed, refused, deleted."""

from __future__ import annotations

from typing import Any

import pytest
from alibabacloud_slb20140515 import models as slb
from alibabacloud_vpc20160428 import models as vpc
from alibabacloud_vpc20160428.client import Client as VpcClient

from tests.nlb.conftest import Network
from tests.running import refused, until
from tests.slb.conftest import REGION, ZH, ZI, Slb, server, text


def test_a_load_balancer_from_birth_to_death(states: Slb, network: Network) -> None:
    made = states(
        "create_load_balancer",
        v_switch_id=network.vswitches[ZH],
        vpc_id=network.vpc,
        address="10.5.1.77",
        load_balancer_name="mine",
        load_balancer_spec="slb.s1.small",
        resource_group_id="rg-1",
        client_token="birth",
    )
    assert (made.address, made.network_type, made.vpc_id, made.load_balancer_name, made.address_ipversion) == (
        "10.5.1.77", "vpc", network.vpc, "mine", "ipv4",
    )  # fmt: skip
    assert made.load_balancer_id.startswith("lb-bp1")
    again = states(
        "create_load_balancer",
        v_switch_id=network.vswitches[ZH],
        vpc_id=network.vpc,
        address="10.5.1.77",
        load_balancer_name="mine",
        load_balancer_spec="slb.s1.small",
        resource_group_id="rg-1",
        client_token="birth",
    )
    assert again.load_balancer_id == made.load_balancer_id
    states.wait(made.load_balancer_id, "active")
    seen = states.of(made.load_balancer_id)
    assert (seen.master_zone_id, seen.slave_zone_id, seen.v_switch_id) == (ZH, ZI, network.vswitches[ZH])
    assert (seen.load_balancer_spec, seen.pay_type, seen.delete_protection) == ("slb.s1.small", "PayOnDemand", "off")
    assert (seen.address_type, seen.region_id, seen.resource_group_id) == ("intranet", REGION, "rg-1")
    states("delete_load_balancer", load_balancer_id=made.load_balancer_id)
    until("it gone", lambda: made.load_balancer_id not in ids(states))
    with refused("InvalidLoadBalancerId.NotFound", 404):
        states.of(made.load_balancer_id)
    taken = states.balancer(network, address="10.5.1.77")  # its address is free again
    states("delete_load_balancer", load_balancer_id=taken)


def ids(states: Slb, **more: Any) -> list[str]:
    found = states("describe_load_balancers", **more).load_balancers.load_balancer
    return [one.load_balancer_id for one in found]


def test_it_is_inactive_until_its_address_is_there(states: Slb, network: Network) -> None:
    id = states("create_load_balancer", v_switch_id=network.vswitches[ZI]).load_balancer_id
    assert states.of(id).load_balancer_status == "inactive"
    assert states.of(id).load_balancer_name == id
    with refused("SystemBusy", 400):
        states("delete_load_balancer", load_balancer_id=id)
    states.wait(id, "active")
    assert states.of(id).master_zone_id == ZI
    states("delete_load_balancer", load_balancer_id=id)
    with refused("InvalidLoadBalancerId.NotFound", 404):
        states("delete_load_balancer", load_balancer_id=id)


@pytest.mark.parametrize(
    ("wrong", "code", "status"),
    [
        ({"v_switch_id": ""}, "MissingParam.VSwitchId", 400),
        ({"v_switch_id": "vsw-1"}, "InvalidVSwitchId.NotFound", 400),
        ({"vpc_id": "vpc-1"}, "InvalidVpcId.NotExist", 400),
        ({"region_id": "moon"}, "InvalidRegionId.NotFound", 404),
        ({"master_zone_id": ZI}, "InvalidParameter", 400),
        ({"slave_zone_id": "cn-hangzhou-z"}, "InvalidParameter", 400),
        ({"address": "10.9.9.9"}, "InvalidParameter", 400),
        ({"address": "x"}, "InvalidParameter", 400),
        ({"address_type": "internet"}, "InvalidParameter", 400),
        ({"address_type": "x"}, "InvalidParameter", 400),
        ({"address_ipversion": "ipv6"}, "InvalidParameter", 400),
        ({"pay_type": "PrePay"}, "InvalidParameter", 400),
        ({"load_balancer_name": "1"}, "InvalidParameter", 400),
        ({"delete_protection": "yes"}, "InvalidParameter", 400),
        ({"bandwidth": 5121}, "InvalidParameter", 400),
        ({"modification_protection_status": "x"}, "InvalidParam.ModificationProtectionStatus", 400),
        ({"modification_protection_reason": "1"}, "InvalidParam.ModificationProtectionReason", 400),
    ],
)
def test_what_cannot_be_made(states: Slb, network: Network, wrong: dict[str, Any], code: str, status: int) -> None:
    until("the earlier ones gone", lambda: not ids(states))
    with refused(code, status):
        states("create_load_balancer", **{"v_switch_id": network.vswitches[ZH], **wrong})
    assert ids(states) == []


def test_an_address_is_given_once(states: Slb, network: Network) -> None:
    id = states.balancer(network, address="10.5.1.88")
    with refused("InvalidIPAddress.InUse", 400):
        states("create_load_balancer", v_switch_id=network.vswitches[ZH], address="10.5.1.88")
    api = VpcClient(states.running.config())
    with refused("DependencyViolation", 400):
        api.delete_vswitch(vpc.DeleteVSwitchRequest(v_switch_id=network.vswitches[ZH], region_id=REGION))
    states("delete_load_balancer", load_balancer_id=id)


def test_a_full_vswitch(states: Slb, network: Network) -> None:
    api = VpcClient(states.running.config())
    request = vpc.CreateVSwitchRequest(vpc_id=network.vpc, zone_id=ZH, cidr_block="10.5.9.0/29", region_id=REGION)
    small = api.create_vswitch(request).body.v_switch_id
    described = vpc.DescribeVSwitchAttributesRequest(v_switch_id=small, region_id=REGION)
    until("the vSwitch Available", lambda: api.describe_vswitch_attributes(described).body.status == "Available")
    made = [states("create_load_balancer", v_switch_id=small).load_balancer_id for _ in range(4)]
    with refused("SubnetIpExhaust", 400):
        states("create_load_balancer", v_switch_id=small)
    for id in made:
        states.wait(id, "active")
        states("delete_load_balancer", load_balancer_id=id)


def test_what_is_changed(states: Slb, network: Network) -> None:
    id = states.balancer(network)
    states("set_load_balancer_name", load_balancer_id=id, load_balancer_name="other.name")
    states("modify_load_balancer_instance_spec", load_balancer_id=id, load_balancer_spec="slb.s3.large")
    states(
        "set_load_balancer_modification_protection",
        load_balancer_id=id,
        modification_protection_status="ConsoleProtection",
        modification_protection_reason="Managed",
    )
    states("set_load_balancer_delete_protection", load_balancer_id=id, delete_protection="on")
    seen = states.of(id)
    assert (seen.load_balancer_name, seen.load_balancer_spec) == ("other.name", "slb.s3.large")
    assert (seen.modification_protection_status, seen.modification_protection_reason) == (
        "ConsoleProtection", "Managed",
    )  # fmt: skip
    assert seen.delete_protection == "on"
    with refused("OperationDenied.DeleteProtectionIsOn", 400):
        states("delete_load_balancer", load_balancer_id=id)
    states("set_load_balancer_delete_protection", load_balancer_id=id, delete_protection="off")
    states(
        "set_load_balancer_modification_protection",
        load_balancer_id=id,
        modification_protection_status="NonProtection",
        modification_protection_reason="Forgotten",
    )
    assert (states.of(id).modification_protection_reason, states.of(id).delete_protection) == ("", "off")
    with refused("InvalidParameter", 400):
        states("set_load_balancer_name", load_balancer_id=id, load_balancer_name="-")
    with refused("InvalidParam.ModificationProtectionStatus", 400):
        states("set_load_balancer_modification_protection", load_balancer_id=id, modification_protection_status="Both")
    with refused("InvalidParameter", 400):
        states("set_load_balancer_status", load_balancer_id=id, load_balancer_status="locked")
    states("delete_load_balancer", load_balancer_id=id)


def test_inactive_stops_the_listeners_that_run(states: Slb, network: Network) -> None:
    id = states.balancer(network)
    states.listener(id, 80, backend_server_port=80)
    states("create_load_balancer_tcplistener", load_balancer_id=id, listener_port=81, bandwidth=-1,
           backend_server_port=81)  # fmt: skip
    states("set_load_balancer_status", load_balancer_id=id, load_balancer_status="inactive")
    assert states.of(id).load_balancer_status == "active"
    with refused("SystemBusy", 400):
        states("set_load_balancer_status", load_balancer_id=id, load_balancer_status="active")
    states.wait(id, "inactive")
    assert {port: one.status for port, one in states.listeners(id).items()} == {80: "stopped", 81: "stopped"}
    with refused("Operation.NotAllowed", 400):
        states("start_load_balancer_listener", load_balancer_id=id, listener_port=81)
    states("set_load_balancer_status", load_balancer_id=id, load_balancer_status="inactive")  # it is so already
    states("set_load_balancer_status", load_balancer_id=id, load_balancer_status="active")
    states.wait(id, "active")
    assert {port: one.status for port, one in states.listeners(id).items()} == {80: "running", 81: "stopped"}
    states("delete_load_balancer", load_balancer_id=id)


def test_lists(states: Slb, network: Network) -> None:
    tag = slb.TagResourcesRequestTag(key="k", value="v")
    first = states.balancer(network, load_balancer_name="first", resource_group_id="rg-list")
    second = states.balancer(network, v_switch_id=network.vswitches[ZI], resource_group_id="rg-list")
    states("add_backend_servers", load_balancer_id=second, backend_servers=text(server("10.5.1.5")))
    states.group(first, server("10.5.1.6", 80))
    states("tag_resources", resource_type="instance", resource_id=[first], tag=[tag])
    mine = {"resource_group_id": "rg-list"}
    assert ids(states, **mine) == [first, second]
    assert ids(states, **mine, load_balancer_id=f"{second},lb-1") == [second]
    assert ids(states, **mine, load_balancer_name="first,other") == [first]
    assert ids(states, **mine, master_zone_id=ZI) == [second]
    assert ids(states, **mine, slave_zone_id=ZI) == [first]
    assert ids(states, **mine, address=states.of(first).address) == [first]
    assert ids(states, **mine, v_switch_id=network.vswitches[ZI], vpc_id=network.vpc) == [second]
    assert ids(states, **mine, server_id="eni-10516") == [first]
    assert ids(states, **mine, server_intranet_address="10.5.1.5,10.5.1.9") == [second]
    assert ids(states, **mine, tags='[{"TagKey": "k", "TagValue": "v"}]') == [first]
    assert ids(states, **mine, load_balancer_status="inactive") == []
    assert ids(states, **mine, address_type="internet") == ids(states, **mine, network_type="classic") == []
    for wrong in ({"load_balancer_id": ",".join("abcdefghijk")}, {"tags": "["}, {"page_size": 101}):
        with refused("InvalidParameter", 400):
            states("describe_load_balancers", **wrong)
    page = states("describe_load_balancers", page_number=2, page_size=1)
    assert (page.total_count, page.page_number, page.page_size) == (len(ids(states)), 2, 1)
    assert [one.load_balancer_id for one in page.load_balancers.load_balancer] == ids(states)[1:2]
    for id in (first, second):
        states("delete_load_balancer", load_balancer_id=id)


def test_another_account_sees_nothing(states: Slb, network: Network) -> None:
    id = states.balancer(network)
    made = states.running.ask("accounts", {"name": "stranger"})
    stranger = Slb(states.running, (made["access_key_id"], made["access_key_secret"]))
    assert ids(stranger) == []
    for method, more in (
        ("describe_load_balancer_attribute", {}),
        ("delete_load_balancer", {}),
        ("set_load_balancer_name", {"load_balancer_name": "mine"}),
        ("set_load_balancer_status", {"load_balancer_status": "inactive"}),
        ("set_load_balancer_delete_protection", {"delete_protection": "on"}),
        ("set_load_balancer_modification_protection", {"modification_protection_status": "NonProtection"}),
        ("modify_load_balancer_instance_spec", {"load_balancer_spec": "slb.s1.small"}),
        ("describe_health_status", {}),
        ("describe_vserver_groups", {}),
    ):
        with refused("InvalidLoadBalancerId.NotFound", 404):
            stranger(method, load_balancer_id=id, **more)
    with refused("InvalidLoadBalancerId.NotFound", 404):
        states("describe_load_balancer_attribute", load_balancer_id=id, region_id="cn-beijing")
    states("delete_load_balancer", load_balancer_id=id)


def test_geography(states: Slb) -> None:
    regions = {one.region_id: one for one in states("describe_regions", region_id=None).regions.region}
    assert regions[REGION].region_endpoint == "slb.cn-hangzhou.aliyuncs.com"
    assert len(regions) > 5
    assert [one.region_id for one in states("describe_regions").regions.region] == [REGION]
    zones = {one.zone_id: one for one in states("describe_zones", accept_language="en-US").zones.zone}
    others = {one.zone_id for one in zones[ZH].slave_zones.slave_zone}
    assert others == set(zones) - {ZH}
    assert zones[ZH].local_name == "China (Hangzhou) Zone H"
    with refused("InvalidRegionId.NotFound", 404):
        states("describe_zones", region_id="moon")
