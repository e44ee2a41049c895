"""VPCs of a caller, made by the official SDK."""

from __future__ import annotations

from dataclasses import dataclass

from alibabacloud_vpc20160428 import models
from alibabacloud_vpc20160428.client import Client

from tests.running import Running, until

REGION = "cn-hangzhou"


@dataclass(frozen=True)
class Network:
    """A VPC with a vSwitch."""

    vpc: str
    vswitch: str


class Networks:
    """:param key_id: of another account than the data folder's first."""

    def __init__(self, running: Running, key_id: str = "", secret: str = "") -> None:
        self._client = Client(running.config(key_id, secret))

    def make(self, cidr: str = "10.7.0.0/24", region: str = REGION) -> Network:
        """One that is Available. :param cidr: of the vSwitch."""
        request = models.CreateVpcRequest(region_id=region, cidr_block="10.0.0.0/8")
        vpc: str = self._client.create_vpc(request).body.vpc_id
        asked = models.DescribeVpcsRequest(region_id=region, vpc_id=vpc)
        until(f"{vpc} Available", lambda: self._client.describe_vpcs(asked).body.vpcs.vpc[0].status == "Available")
        made = Network(vpc, self.make_vswitch(vpc, cidr, region))
        until(f"{made} Available", lambda: self._show(made.vswitch).status == "Available")
        return made

    def make_vswitch(self, vpc: str, cidr: str, region: str = REGION) -> str:
        """One that is Pending."""
        request = models.CreateVSwitchRequest(region_id=region, vpc_id=vpc, zone_id=f"{region}-h", cidr_block=cidr)
        vswitch: str = self._client.create_vswitch(request).body.v_switch_id
        return vswitch

    def free_addresses(self, vswitch: str) -> int:
        """How many addresses of a vSwitch nobody holds."""
        free: int = self._show(vswitch).available_ip_address_count
        return free

    def _show(self, vswitch: str) -> models.DescribeVSwitchAttributesResponseBody:
        request = models.DescribeVSwitchAttributesRequest(v_switch_id=vswitch)
        return self._client.describe_vswitch_attributes(request).body
