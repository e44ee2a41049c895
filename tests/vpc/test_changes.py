"""ModifyVpcAttribute and ModifyVSwitchAttribute."""

from __future__ import annotations

from typing import Any

import pytest
from alibabacloud_vpc20160428 import models as vpc

from tests.running import refused
from tests.vpc.networks import Networks


def modify(networks: Networks, vpc_id: str, **more: Any) -> None:
    networks.api.modify_vpc_attribute(vpc.ModifyVpcAttributeRequest(vpc_id=vpc_id, **more))


def modify_vswitch(networks: Networks, id: str, **more: Any) -> None:
    networks.api.modify_vswitch_attribute(vpc.ModifyVSwitchAttributeRequest(v_switch_id=id, **more))


def test_name_and_description_of_a_vpc(networks: Networks) -> None:
    network = networks.vpc(vpc_name="before", description="before")
    modify(networks, network, vpc_name="after")
    found = networks.described(network)
    assert (found.vpc_name, found.description) == ("after", "before")
    modify(networks, network, description="", region_id="cn-hangzhou")
    found = networks.described(network)
    assert (found.vpc_name, found.description, found.status) == ("after", "", "Available")


def test_a_new_block(networks: Networks) -> None:
    """It holds all vSwitches, or is refused."""
    network = networks.vpc("172.16.0.0/16")
    networks.vswitch(network, "172.16.9.0/24")
    with refused("IllegalCidrBlock", 400):
        modify(networks, network, cidr_block="172.16.0.0/24")
    modify(networks, network, cidr_block="172.16.0.0/20")
    assert networks.described(network).cidr_block == "172.16.0.0/20"


@pytest.mark.parametrize(
    ("change", "code", "status"),
    [
        ({"vpc_name": "http://x"}, "InvalidVpcName.Malformed", 400),
        ({"vpc_name": "x" * 129}, "InvalidVpcName.Malformed", 400),
        ({"description": "x" * 257}, "InvalidVpcDiscription.Malformed", 400),
        ({"cidr_block": "8.8.8.0/24"}, "InvalidCidrBlock.Malformed", 400),
        ({"cidr_block": "nonsense"}, "InvalidCidrBlock.Malformed", 400),
        ({"enable_ipv_6": True}, "OperationUnsupported.Ipv6Feature", 400),
        ({"ipv_6cidr_block": "2408::/56"}, "OperationUnsupported.Ipv6Feature", 400),
        ({"region_id": "cn-shanghai"}, "InvalidVpcId.NotFound", 404),
    ],
)
def test_refused_changes_of_a_vpc(networks: Networks, change: dict[str, Any], code: str, status: int) -> None:
    network = networks.vpc(vpc_name="name")
    before = networks.described(network).to_map()
    with refused(code, status):
        modify(networks, network, **{"vpc_name": "changed", **change})
    after = networks.described(network).to_map()
    assert {**after, "RequestId": ""} == {**before, "RequestId": ""}


def test_name_and_description_of_a_vswitch(networks: Networks) -> None:
    vswitch = networks.vswitch(networks.vpc(), v_switch_name="before", description="before")
    modify_vswitch(networks, vswitch, v_switch_name="after")
    found = networks.vswitch_described(vswitch)
    assert (found.v_switch_name, found.description) == ("after", "before")
    modify_vswitch(networks, vswitch, description="", region_id="cn-hangzhou")
    found = networks.vswitch_described(vswitch)
    assert (found.v_switch_name, found.description, found.status) == ("after", "", "Available")


@pytest.mark.parametrize(
    ("change", "code", "status"),
    [
        ({"v_switch_name": "https://x"}, "InvalidVSwitchName.Malformed", 400),
        ({"description": "x" * 257}, "InvalidVSwitchDiscription.Malformed", 400),
        ({"enable_ipv_6": True}, "OperationFailed.VpcIpv6Disabled", 400),
        ({"ipv_6cidr_block": 12}, "OperationFailed.VpcIpv6Disabled", 400),
        ({"region_id": "cn-shanghai"}, "InvalidVSwitchId.NotFound", 404),
    ],
)
def test_refused_changes_of_a_vswitch(networks: Networks, change: dict[str, Any], code: str, status: int) -> None:
    vswitch = networks.vswitch(networks.vpc(), v_switch_name="name")
    with refused(code, status):
        modify_vswitch(networks, vswitch, **{"v_switch_name": "changed", **change})
    assert networks.vswitch_described(vswitch).v_switch_name == "name"


def test_others_and_unknown_ones(networks: Networks) -> None:
    network = networks.vpc()
    vswitch = networks.vswitch(network)
    somebody = networks.stranger()
    for who, id in ((somebody, network), (networks, "vpc-unknown")):
        with refused("InvalidVpcId.NotFound", 404):
            modify(who, id, vpc_name="mine")
    for who, id in ((somebody, vswitch), (networks, "vsw-unknown")):
        with refused("InvalidVSwitchId.NotFound", 404):
            modify_vswitch(who, id, v_switch_name="mine")
