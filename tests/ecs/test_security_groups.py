"""Security groups themselves: made, listed, changed, tagged, deleted."""

from __future__ import annotations

import json
from typing import Any

import pytest
from alibabacloud_ecs20140526 import models as ecs
from alibabacloud_vpc20160428 import models as vpc

from tests.ecs.groups import REGION, Groups
from tests.running import Running, refused


def test_what_a_creation_shows(groups: Groups) -> None:
    tag = ecs.CreateSecurityGroupRequestTag(key="stage", value="test")
    id = groups.create(
        security_group_name="网络.group", description="for tests", security_group_type="enterprise",
        resource_group_id="rg-1", tag=[tag],
    )  # fmt: skip
    assert id.startswith("sg-bp1")
    assert len(id) == len("sg-bp1") + 17
    (one,) = groups.listed(security_group_id=id, is_query_ecs_count=True).security_groups.security_group
    assert (one.security_group_name, one.description, one.security_group_type) == (
        "网络.group", "for tests", "enterprise",
    )  # fmt: skip
    assert (one.vpc_id, one.resource_group_id, one.rule_count, one.ecs_count) == (groups.vpc_id, "rg-1", 0, 0)
    assert one.service_managed is False
    assert [(shown.tag_key, shown.tag_value) for shown in one.tags.tag] == [("stage", "test")]
    described = groups.described(id)
    assert (described.security_group_id, described.vpc_id, described.region_id) == (id, groups.vpc_id, REGION)
    assert (described.inner_access_policy, described.snapshot_policy_ids) == ("Drop", None)
    assert groups.described(id, attribute="snapshotPolicyIds").snapshot_policy_ids.snapshot_policy_id == []


def test_a_client_token_makes_one_group(groups: Groups) -> None:
    made = {groups.create(client_token="once", security_group_name="once") for _ in range(3)}
    assert len(made) == 1


@pytest.mark.parametrize(
    ("change", "code", "status"),
    [
        ({"region_id": "nowhere"}, "InvalidRegionId.NotFound", 404),
        ({"vpc_id": None}, "InvalidVpcId.NotFound", 403),
        ({"vpc_id": "vpc-unknown"}, "InvalidVpcId.NotFound", 404),
        ({"region_id": "cn-shanghai"}, "InvalidVpcId.NotFound", 404),
        ({"security_group_type": "fast"}, "InvalidParams.GroupType", 400),
        ({"security_group_name": "x"}, "InvalidSecurityGroupName.Malformed", 400),
        ({"security_group_name": "1st"}, "InvalidSecurityGroupName.Malformed", 400),
        ({"security_group_name": "http://x"}, "InvalidSecurityGroupName.Malformed", 400),
        ({"security_group_name": "x" * 129}, "InvalidSecurityGroupName.Malformed", 400),
        ({"description": "x"}, "InvalidSecurityGroupDiscription.Malformed", 400),
        ({"description": "https://x"}, "InvalidSecurityGroupDiscription.Malformed", 400),
        ({"tag": [ecs.CreateSecurityGroupRequestTag(key="acs:x")]}, "InvalidTagKey.Malformed", 400),
        ({"tag": [ecs.CreateSecurityGroupRequestTag(key="x", value="http://")]}, "InvalidTagValue.Malformed", 400),
        ({"tag": [ecs.CreateSecurityGroupRequestTag(key="x")] * 2}, "Duplicate.TagKey", 400),
        (
            {"tag": [ecs.CreateSecurityGroupRequestTag(key=f"k{number}") for number in range(21)]},
            "NumberExceed.Tags",
            400,
        ),
    ],
)
def test_refused_creations(groups: Groups, change: dict[str, Any], code: str, status: int) -> None:
    before = groups.listed().total_count
    with refused(code, status):
        groups.create(**change)
    assert groups.listed().total_count == before


def test_another_accounts_vpc(groups: Groups) -> None:
    with refused("InvalidVpcId.NotFound", 404):
        groups.create(vpc_id=groups.stranger().vpc_id)


def test_pages_by_number_and_by_token(states: Running) -> None:
    """Both go through all groups once, in the order in which they were made."""
    groups = Groups(states).stranger()
    made = [groups.create() for _ in range(12)]
    by_number = []
    for number in (1, 2, 3):
        page = groups.listed(page_number=number, page_size=5)
        assert (page.total_count, page.page_number, page.page_size, page.next_token) == (12, number, 5, "")
        by_number += [one.security_group_id for one in page.security_groups.security_group]
    assert by_number == made
    by_token: list[str] = []
    token, pages = None, 0
    while token != "":
        page = groups.listed(max_results=5, next_token=token)
        by_token += [one.security_group_id for one in page.security_groups.security_group]
        token, pages = page.next_token, pages + 1
    assert (by_token, pages) == (made, 3)
    with refused("InValidParameter.NextToken", 400):
        groups.listed(next_token="nonsense")


def test_filters(groups: Groups) -> None:
    tag = ecs.CreateSecurityGroupRequestTag(key="filter", value="yes")
    mine = groups.create(
        security_group_name="filtered", security_group_type="enterprise", resource_group_id="rg-filter", tag=[tag]
    )
    other = groups.create(vpc_id=groups.new_vpc())

    def ids(**filters: Any) -> list[str]:
        return [one.security_group_id for one in groups.listed(page_size=50, **filters).security_groups.security_group]

    assert ids(security_group_name="filtered") == ids(resource_group_id="rg-filter") == [mine]
    assert ids(security_group_ids=json.dumps([other, mine, "sg-unknown"])) == [other, mine]
    assert ids(tag=[ecs.DescribeSecurityGroupsRequestTag(key="filter", value="yes")]) == [mine]
    assert mine in ids(security_group_type="enterprise")
    assert other not in ids(security_group_type="enterprise")
    assert other not in ids(vpc_id=groups.vpc_id)
    assert ids(network_type="classic") == ids(service_managed=True) == []
    assert {mine, other} <= set(ids(network_type="vpc", service_managed=False))
    assert groups.stranger().listed(security_group_id=mine).total_count == 0
    with refused("InvalidSecurityGroupIds", 400):
        groups.listed(security_group_ids="sg-1,sg-2")
    with refused("InvalidParameter.SecurityGroupType", 400):
        groups.listed(security_group_type="fast")
    with refused("DryRunOperation", 400):
        groups.listed(dry_run=True)


def test_refused_details(groups: Groups) -> None:
    id = groups.create()
    for change, code, status in (
        ({"direction": "sideways"}, "InvalidParamter", 400),
        ({"max_results": 9}, "InvalidParamter", 400),
        ({"next_token": "nonsense"}, "InvalidParamter", 400),
        ({"nic_type": "extranet"}, "InvalidNicType.ValueNotSupported", 400),
        ({"attribute": "colour"}, "InvalidParameter.AttributeNotSupported", 400),
    ):
        with refused(code, status):
            groups.described(id, **change)
    for asked in ("sg-unknown", groups.stranger().create()):
        with refused("InvalidSecurityGroupId.NotFound", 404):
            groups.described(asked)


def test_name_and_description(groups: Groups) -> None:
    id = groups.create(security_group_name="before", description="before")

    def modify(**more: Any) -> None:
        request = ecs.ModifySecurityGroupAttributeRequest(**{"region_id": REGION, "security_group_id": id, **more})
        groups.ecs.modify_security_group_attribute(request)

    modify(security_group_name="after")
    found = groups.described(id)
    assert (found.security_group_name, found.description) == ("after", "before")
    modify(description="after, too")
    with refused("InvalidSecurityGroupName.Malformed", 400):
        modify(security_group_name="-")
    with refused("InvalidSecurityGroupDiscription.Malformed", 400):
        modify(description="x", security_group_name="good")
    with refused("InvalidSecurityGroupId.NotFound", 404):
        modify(security_group_id="sg-unknown", description="any")
    found = groups.described(id)
    assert (found.security_group_name, found.description) == ("after", "after, too")


def test_inner_access(groups: Groups) -> None:
    id, enterprise = groups.create(), groups.create(security_group_type="enterprise")

    def modify(group: str, policy: str) -> None:
        request = ecs.ModifySecurityGroupPolicyRequest(
            region_id=REGION, security_group_id=group, inner_access_policy=policy
        )
        groups.ecs.modify_security_group_policy(request)

    assert groups.described(id).inner_access_policy == "Accept"
    modify(id, "drop")
    assert groups.described(id).inner_access_policy == "Drop"
    modify(id, "ACCEPT")
    with refused("InvalidPolicy.Malformed", 400):
        modify(id, "maybe")
    with refused("InvalidParameter.InnerAccessPolicy", 404):
        modify(enterprise, "Accept")
    with refused("InvalidSecurityGroupId.NotFound", 404):
        modify("sg-unknown", "Accept")
    assert groups.described(id).inner_access_policy == "Accept"


def test_deletion(groups: Groups) -> None:
    """Not found afterwards; its VPC waits for it."""
    network = groups.new_vpc()
    id = groups.create(vpc_id=network)
    with refused("DependencyViolation.SecurityGroup", 400):
        groups.vpc.delete_vpc(vpc.DeleteVpcRequest(vpc_id=network))
    with refused("InvalidSecurityGroup.NotFound", 404):
        groups.stranger().delete(id)
    groups.delete(id)
    with refused("InvalidSecurityGroup.NotFound", 404):
        groups.delete(id)
    with refused("InvalidSecurityGroupId.NotFound", 404):
        groups.described(id)
    assert groups.listed(security_group_id=id).total_count == 0
    groups.vpc.delete_vpc(vpc.DeleteVpcRequest(vpc_id=network))


class Tagging:
    """Tags of security groups."""

    def __init__(self, groups: Groups) -> None:
        self._ecs = groups.ecs

    def tag(self, *ids: str, type: str = "securitygroup", **tags: str) -> None:
        made = [ecs.TagResourcesRequestTag(key=key, value=value) for key, value in tags.items()]
        request = ecs.TagResourcesRequest(region_id=REGION, resource_type=type, resource_id=list(ids), tag=made)
        self._ecs.tag_resources(request)

    def untag(self, *ids: str, keys: list[str] | None = None, all: bool | None = None) -> None:
        request = ecs.UntagResourcesRequest(
            region_id=REGION, resource_type="securitygroup", resource_id=list(ids), tag_key=keys, all=all
        )
        self._ecs.untag_resources(request)

    def listed(self, *ids: str, **more: Any) -> list[tuple[str, str, str]]:
        request = ecs.ListTagResourcesRequest(
            region_id=REGION, **{"resource_type": "securitygroup", "resource_id": list(ids), **more}
        )
        found = self._ecs.list_tag_resources(request).body
        assert all(one.resource_type == "securitygroup" for one in found.tag_resources.tag_resource)
        return [(one.resource_id, one.tag_key, one.tag_value) for one in found.tag_resources.tag_resource]


def test_tags(groups: Groups) -> None:
    one, two = groups.create(), groups.create()
    tagging = Tagging(groups)
    tagging.tag(one, two, level="test", owner="me")
    tagging.tag(one, level="production")
    assert tagging.listed(one, two) == [
        (one, "level", "production"), (one, "owner", "me"), (two, "level", "test"), (two, "owner", "me"),
    ]  # fmt: skip
    wanted = [ecs.ListTagResourcesRequestTag(key="level", value="test")]
    assert {id for id, _, _ in tagging.listed(tag=wanted)} == {two}
    tagging.untag(one, two, keys=["owner", "unknown"])
    assert tagging.listed(one, two) == [(one, "level", "production"), (two, "level", "test")]
    tagging.untag(one)
    assert tagging.listed(one) == [(one, "level", "production")]
    tagging.untag(one, all=True)
    assert tagging.listed(one) == []


def test_refused_tags(groups: Groups) -> None:
    one = groups.create()
    tagging = Tagging(groups)
    with refused("InvalidResourceType.NotFound", 404):
        tagging.tag(one, type="instance", key="value")
    with refused("InvalidResourceType.NotFound", 404):
        tagging.listed(one, resource_type="instance")
    with refused("InvalidResourceId.NotFound", 404):
        tagging.tag(one, "sg-unknown", key="value")
    with refused("InvalidResourceId.NotFound", 404):
        tagging.untag(groups.stranger().create(), all=True)
    with refused("NumberExceed.ResourceIds", 400):
        tagging.tag(*(f"sg-{number}" for number in range(51)), key="value")
    with refused("InvalidTagKey.Malformed", 400):
        tagging.tag(one, aliyun="value")
    with refused("InValidParameter.NextToken", 400):
        tagging.listed(one, next_token="nonsense")
    tagging.tag(one, **{f"key{number}": "" for number in range(20)})
    with refused("OperationDenied.QuotaExceed", 400):
        tagging.tag(one, more="")
    with refused("NumberExceed.Tags", 400):
        tagging.untag(one, keys=[f"key{number}" for number in range(21)])
    assert len(tagging.listed(one)) == 20


def test_many_tags_come_in_pages(groups: Groups) -> None:
    tagging = Tagging(groups)
    made = [groups.create() for _ in range(3)]
    tagging.tag(*made, **{f"key{number}": "" for number in range(20)})
    request = ecs.ListTagResourcesRequest(region_id=REGION, resource_type="securitygroup", resource_id=made)
    first = groups.ecs.list_tag_resources(request).body
    request.next_token = first.next_token
    second = groups.ecs.list_tag_resources(request).body
    assert (len(first.tag_resources.tag_resource), len(second.tag_resources.tag_resource)) == (50, 10)
    assert second.next_token == ""


def test_regions_and_zones(groups: Groups) -> None:
    regions = groups.ecs.describe_regions(ecs.DescribeRegionsRequest(accept_language="en-US")).body.regions.region
    found = {one.region_id: (one.region_endpoint, one.local_name, one.status) for one in regions}
    assert found[REGION] == ("ecs.cn-hangzhou.aliyuncs.com", "China (Hangzhou)", "available")
    zones = groups.ecs.describe_zones(ecs.DescribeZonesRequest(region_id=REGION)).body.zones.zone
    assert [one.zone_id for one in zones] == [f"{REGION}-{letter}" for letter in "hijk"]
    assert zones[0].available_resource_creation.resource_types == ["VSwitch"]
    with refused("InvalidRegionId.NotFound", 404):
        groups.ecs.describe_zones(ecs.DescribeZonesRequest(region_id="nowhere"))
