"""VPCs for RDS instances, and what the store says of endpoints."""

from __future__ import annotations

import contextlib
from typing import Any, NamedTuple

import msgspec
from alibabacloud_rds20140815 import models as rds
from alibabacloud_vpc20160428 import models as vpc
from alibabacloud_vpc20160428.client import Client as VpcClient

from jackfield.endpoints.resources import Endpoint
from jackfield.store.resource import Change
from jackfield.store.sqlite import open_store
from tests.rds.conftest import Rds
from tests.running import Running, until

ZH, ZI = "cn-hangzhou-h", "cn-hangzhou-i"


class Network(NamedTuple):
    """A VPC with a vSwitch in each of two zones."""

    vpc: str
    vswitches: dict[str, str]


def network(running: Running, block: str) -> Network:
    """An Available VPC ``<block>.0.0/16`` with a /24 in two zones."""
    client = VpcClient(running.config())
    region = "cn-hangzhou"
    id: str = client.create_vpc(vpc.CreateVpcRequest(region_id=region, cidr_block=f"{block}.0.0/16")).body.vpc_id
    until("the VPC", lambda: vpc_status(running, id) == "Available")
    made: dict[str, str] = {}
    for number, zone in enumerate((ZH, ZI), 1):
        request = vpc.CreateVSwitchRequest(
            vpc_id=id, zone_id=zone, cidr_block=f"{block}.{number}.0/24", region_id=region
        )
        made[zone] = client.create_vswitch(request).body.v_switch_id
    listing = vpc.DescribeVSwitchesRequest(vpc_id=id, region_id=region)
    until(
        "the vSwitches",
        lambda: {one.status for one in client.describe_vswitches(listing).body.v_switches.v_switch} == {"Available"},
    )
    return Network(id, made)


def vpc_status(running: Running, id: str) -> str:
    request = vpc.DescribeVpcsRequest(region_id="cn-hangzhou", vpc_id=id)
    found = VpcClient(running.config()).describe_vpcs(request).body.vpcs.vpc
    return str(found[0].status) if found else ""


def attribute(client: Rds, instance: str) -> dict[str, Any]:
    """The instance as DescribeDBInstanceAttribute reports it."""
    request = rds.DescribeDBInstanceAttributeRequest(dbinstance_id=instance)
    found: dict[str, Any] = client.api.describe_dbinstance_attribute(request).body.to_map()["Items"][
        "DBInstanceAttribute"
    ][0]
    return found


def network_of(client: Rds, instance: str) -> str:
    """InstanceNetworkType as DescribeDBInstanceNetInfo reports it."""
    request = rds.DescribeDBInstanceNetInfoRequest(dbinstance_id=instance)
    return str(client.api.describe_dbinstance_net_info(request).body.instance_network_type)


def feed(running: Running, endpoint: str) -> list[Change]:
    """The feed's entries about an endpoint."""
    with contextlib.closing(open_store(running.folder.store)) as store, store.read() as view:
        return view.changes(kind=Endpoint.kind, id=endpoint, limit=10_000)


def stored(running: Running, instance: str) -> dict[str, Endpoint]:
    """Net → endpoint, as the store has them, after checking that each holds its own claims."""
    with contextlib.closing(open_store(running.folder.store)) as store, store.read() as view:
        found = {str(one.net): one for one in view.children(Endpoint, instance)}
        for one in found.values():
            assert view.holder("name", one.name) == (one.kind, one.id)
            wanted = {"name", *(["address"] if one.addresses else [])}
            wanted |= {f"vpc:{one.vpc_id}", f"address:{one.vswitch_id}"} if one.vpc_id else set()
            assert {space for space, _ in view.claims(one.kind, one.id)} == wanted, msgspec.json.encode(one)
    return found
