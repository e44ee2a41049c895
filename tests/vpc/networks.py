"""VPCs and vSwitches of one account, through the official SDK."""

from __future__ import annotations

from typing import Any

from alibabacloud_vpc20160428 import models as vpc
from alibabacloud_vpc20160428.client import Client

from tests.running import Running, until

REGION = "cn-hangzhou"
GONE = "gone"


class Networks:
    """Keys that are empty are the data folder's first account's."""

    def __init__(self, running: Running, key_id: str = "", secret: str = "") -> None:
        self.running = running
        self.api = Client(running.config(key_id, secret))

    def stranger(self) -> Networks:
        """Another account."""
        made = self.running.ask("accounts", {"name": "somebody else"})
        return Networks(self.running, made["access_key_id"], made["access_key_secret"])

    def vpc(self, cidr: str = "172.16.0.0/12", **more: Any) -> str:
        """A new VPC, Available."""
        request = vpc.CreateVpcRequest(region_id=REGION, cidr_block=cidr, **more)
        made: str = self.api.create_vpc(request).body.vpc_id
        until(f"{made} Available", lambda: self.vpc_status(made) == "Available")
        return made

    def vswitch(self, vpc_id: str, cidr: str = "172.16.0.0/24", zone: str = "h", **more: Any) -> str:
        """A new vSwitch, Available."""
        request = vpc.CreateVSwitchRequest(vpc_id=vpc_id, cidr_block=cidr, zone_id=f"{REGION}-{zone}", **more)
        made: str = self.api.create_vswitch(request).body.v_switch_id
        until(f"{made} Available", lambda: self.vswitch_status(made) == "Available")
        return made

    def described(self, vpc_id: str) -> Any:
        request = vpc.DescribeVpcAttributeRequest(region_id=REGION, vpc_id=vpc_id)
        return self.api.describe_vpc_attribute(request).body

    def vswitch_described(self, id: str) -> Any:
        request = vpc.DescribeVSwitchAttributesRequest(region_id=REGION, v_switch_id=id)
        return self.api.describe_vswitch_attributes(request).body

    def vpc_status(self, vpc_id: str) -> str:
        """``gone`` for one that is not found."""
        found = self.api.describe_vpcs(vpc.DescribeVpcsRequest(region_id=REGION, vpc_id=vpc_id)).body.vpcs.vpc
        return str(found[0].status) if found else GONE

    def vswitch_status(self, id: str) -> str:
        request = vpc.DescribeVSwitchesRequest(region_id=REGION, v_switch_id=id)
        found = self.api.describe_vswitches(request).body.v_switches.v_switch
        return str(found[0].status) if found else GONE

    def ask_to_delete_vpc(self, vpc_id: str, **more: Any) -> None:
        self.api.delete_vpc(vpc.DeleteVpcRequest(vpc_id=vpc_id, **more))

    def ask_to_delete_vswitch(self, id: str, **more: Any) -> None:
        self.api.delete_vswitch(vpc.DeleteVSwitchRequest(v_switch_id=id, **more))

    def delete_vpc(self, vpc_id: str, **more: Any) -> None:
        """Until it is gone."""
        self.ask_to_delete_vpc(vpc_id, **more)
        until(f"{vpc_id} gone", lambda: self.vpc_status(vpc_id) == GONE)

    def delete_vswitch(self, id: str) -> None:
        self.ask_to_delete_vswitch(id)
        until(f"{id} gone", lambda: self.vswitch_status(id) == GONE)
