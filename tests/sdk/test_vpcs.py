"""VPCs and vSwitches through the official SDK: texts of any script, equal blocks, what a creation shows."""

from __future__ import annotations

import json
from typing import Any

import pytest
from alibabacloud_vpc20160428 import models as vpc
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.sdk.clients import Account, wait_available, xml_leaves

# XML 1.0 cannot hold control characters but tab and line ends, nor two non-characters.
XML_TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff") | st.sampled_from("\t\n\r"),
    max_size=256,
).filter(lambda text: not text.startswith(("http://", "https://")))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(XML_TEXT)
@example("日本語 العربية עברית \u202eright to left\u202c 👩‍👩‍👧‍👦 🇨🇳")
@example("<b>\"bold\" & 'brave'</b> ]]> &amp; <!-- --> <?xml?>")
@example(" leading and trailing \t\r\n ")
@example("100% + 1 = a&b=c;d?e#f/g\\h*~^`|")
@example("\U0001f600" * 256)
@example("é e\u0301 \u00a0\u2028\ufeff")
def test_a_description_comes_back_unchanged(me: Account, text: str) -> None:
    """In JSON and in XML, from the current SDK and from the older one, from lists and from details."""
    made = me.vpc.create_vpc(vpc.CreateVpcRequest(region_id="cn-hangzhou", description=text)).body.vpc_id
    assert _described(me, made).description == text
    (listed,) = me.vpc.describe_vpcs(vpc.DescribeVpcsRequest(region_id="cn-hangzhou", vpc_id=made)).body.vpcs.vpc
    assert listed.description == text
    asked = {"RegionId": "cn-hangzhou", "VpcId": made}
    assert json.loads(me.common("vpc", "DescribeVpcAttribute", **asked))["Description"] == text
    _, in_xml = xml_leaves(me.common("vpc", "DescribeVpcAttribute", "XML", **asked))
    assert in_xml["/Description"] == [text]


def _described(me: Account, id: str) -> Any:
    return me.vpc.describe_vpc_attribute(vpc.DescribeVpcAttributeRequest(vpc_id=id, region_id="cn-hangzhou")).body


def test_several_vpcs_with_one_block(me: Account) -> None:
    """Each has its own vSwitches over the same addresses."""
    ids = [
        me.vpc.create_vpc(vpc.CreateVpcRequest(region_id="cn-hangzhou", cidr_block="10.9.0.0/16")).body.vpc_id
        for _ in range(3)
    ]
    for id in ids:
        wait_available(me, id)
        made = me.vpc.create_vswitch(
            vpc.CreateVSwitchRequest(vpc_id=id, zone_id="cn-hangzhou-h", cidr_block="10.9.1.0/24")
        ).body.v_switch_id
        wait_available(me, id)
        described = _described(me, id)
        assert (described.cidr_block, described.v_switch_ids.v_switch_id) == ("10.9.0.0/16", [made])
    places = {(_described(me, id).vrouter_id, id) for id in ids}
    assert len({router for router, _ in places}) == 3


def test_a_vpc_that_is_given_everything(me: Account) -> None:
    tags = [vpc.CreateVpcRequestTag(key="键", value="值"), vpc.CreateVpcRequestTag(key="empty", value="")]
    request = vpc.CreateVpcRequest(
        region_id="cn-shanghai", cidr_block="192.168.0.0/24", vpc_name="网络", description="d",
        resource_group_id="rg-1", user_cidr="10.0.0.0/8,172.16.0.0/12", tag=tags,
    )  # fmt: skip
    made = me.vpc.create_vpc(request).body
    assert made.vpc_id.startswith("vpc-uf6")
    wait_available(me, made.vpc_id, "cn-shanghai")
    (one,) = me.vpc.describe_vpcs(vpc.DescribeVpcsRequest(region_id="cn-shanghai", vpc_id=made.vpc_id)).body.vpcs.vpc
    assert (one.vpc_name, one.cidr_block, one.status, one.is_default) == ("网络", "192.168.0.0/24", "Available", False)
    assert one.user_cidrs.user_cidr == ["10.0.0.0/8", "172.16.0.0/12"]
    assert [(tag.key, tag.value) for tag in one.tags.tag] == [("键", "值"), ("empty", "")]
    assert (one.vrouter_id, one.router_table_ids.router_table_ids) == (made.vrouter_id, [made.route_table_id])
    assert one.owner_id == int(me.id)


@pytest.mark.parametrize("block", ["10.0.0.0/8", "10.255.255.240/28", "172.16.0.0/12", "192.168.0.0/16"])
def test_blocks_that_are_fine(me: Account, block: str) -> None:
    made = me.vpc.create_vpc(vpc.CreateVpcRequest(region_id="cn-hangzhou", cidr_block=block)).body.vpc_id
    assert _described(me, made).cidr_block == block


def test_tokens(me: Account) -> None:
    """One VPC for one token, also when its state has changed meanwhile."""
    request = vpc.CreateVpcRequest(region_id="cn-hangzhou", client_token="a-vpc-of-mine")
    made = me.vpc.create_vpc(request).body.vpc_id
    wait_available(me, made)
    assert me.vpc.create_vpc(request).body.vpc_id == made
    answer = me.raw("vpc", "CreateVpc", RegionId="cn-hangzhou", ClientToken="x" * 65)
    assert (answer.status, answer.code) == (400, "InvalidClientToken")


def test_names_of_places(me: Account) -> None:
    """Languages in any case, as the documents of the two products differ in it."""
    for language, name in (("zh-CN", "华东1（杭州）"), ("en-US", "China (Hangzhou)"), ("en-us", "China (Hangzhou)")):
        regions = me.vpc.describe_regions(vpc.DescribeRegionsRequest(accept_language=language)).body.regions.region
        assert next(one.local_name for one in regions if one.region_id == "cn-hangzhou") == name
    zones = me.vpc.describe_zones(vpc.DescribeZonesRequest(region_id="cn-hangzhou")).body.zones.zone
    assert [one.zone_id for one in zones] == [f"cn-hangzhou-{letter}" for letter in "hijk"]
