"""DescribeRouteTableList: the route table that comes with each VPC."""

from __future__ import annotations

from typing import Any

from alibabacloud_vpc20160428 import models as vpc

from tests.vpc.networks import REGION, Networks


def listed(networks: Networks, **more: Any) -> Any:
    return networks.api.describe_route_table_list(
        vpc.DescribeRouteTableListRequest(**{"region_id": REGION, **more})
    ).body


def ids(networks: Networks, **more: Any) -> list[str]:
    return [one.route_table_id for one in listed(networks, **more).router_table_list.router_table_list_type]


def test_the_table_of_a_vpc(networks: Networks) -> None:
    network = networks.vpc(resource_group_id="rg-routes")
    vswitch = networks.vswitch(network)
    (table,) = listed(networks, vpc_id=network).router_table_list.router_table_list_type
    (shown,) = networks.api.describe_vpcs(vpc.DescribeVpcsRequest(region_id=REGION, vpc_id=network)).body.vpcs.vpc
    assert [table.route_table_id] == shown.router_table_ids.router_table_ids
    assert (table.router_id, table.route_table_type, table.router_type) == (shown.vrouter_id, "System", "VRouter")
    assert (table.status, table.v_switch_ids.v_switch_id) == ("Available", [vswitch])
    mine = [table.route_table_id]
    assert ids(networks, route_table_id=mine[0]) == ids(networks, router_id=table.router_id) == mine
    assert ids(networks, resource_group_id="rg-routes", route_table_type="System", router_type="VRouter") == mine
    nothing: list[dict[str, Any]] = [
        {"route_table_type": "Custom"}, {"router_type": "VBR"}, {"route_table_name": "x"}, {"vpc_id": "vpc-unknown"},
        {"tag": [vpc.DescribeRouteTableListRequestTag(key="x")]}, {"vpc_id": network, "region_id": "cn-shanghai"},
    ]  # fmt: skip
    assert [ids(networks, **filters) for filters in nothing] == [[]] * len(nothing)
    assert ids(networks.stranger(), vpc_id=network) == []


def test_pages(networks: Networks) -> None:
    somebody = networks.stranger()
    made = [somebody.vpc() for _ in range(3)]
    pages = [listed(somebody, page_number=number, page_size=2) for number in (1, 2)]
    assert {page.total_count for page in pages} == {3}
    assert [one.vpc_id for page in pages for one in page.router_table_list.router_table_list_type] == made
