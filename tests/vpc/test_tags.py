"""TagResources, UnTagResources and ListTagResources of VPCs and vSwitches."""

from __future__ import annotations

from typing import Any

from alibabacloud_vpc20160428 import models as vpc

from tests.running import refused
from tests.vpc.networks import REGION, Networks


def tag(networks: Networks, type: str, *ids: str, **tags: str) -> None:
    made = [vpc.TagResourcesRequestTag(key=key, value=value) for key, value in tags.items()]
    request = vpc.TagResourcesRequest(region_id=REGION, resource_type=type, resource_id=list(ids), tag=made)
    networks.api.tag_resources(request)


def untag(networks: Networks, type: str, *ids: str, keys: list[str] | None = None, all: bool | None = None) -> None:
    request = vpc.UnTagResourcesRequest(
        region_id=REGION, resource_type=type, resource_id=list(ids), tag_key=keys, all=all
    )
    networks.api.un_tag_resources(request)


def listed(networks: Networks, type: str, *ids: str, **more: Any) -> list[tuple[str, str, str]]:
    request = vpc.ListTagResourcesRequest(region_id=REGION, resource_type=type, resource_id=list(ids), **more)
    found = networks.api.list_tag_resources(request).body.tag_resources.tag_resource
    assert {one.resource_type for one in found} <= {type.upper()}
    return [(one.resource_id, one.tag_key, one.tag_value) for one in found]


def test_tags(networks: Networks) -> None:
    network = networks.vpc()
    vswitch = networks.vswitch(network)
    tag(networks, "VPC", network, stage="test", owner="me")
    tag(networks, "vswitch", vswitch, stage="test")
    tag(networks, "VPC", network, stage="production")
    assert listed(networks, "vpc", network) == [(network, "stage", "production"), (network, "owner", "me")]
    assert [(one.key, one.value) for one in networks.described(network).tags.tag] == [
        ("stage", "production"), ("owner", "me"),
    ]  # fmt: skip
    assert listed(networks, "VSWITCH", vswitch) == [(vswitch, "stage", "test")]
    wanted = [vpc.ListTagResourcesRequestTag(key="owner")]
    assert listed(networks, "VPC", tag=wanted) == listed(networks, "VPC", network)
    untag(networks, "VPC", network, keys=["owner", "unknown"])
    assert listed(networks, "VPC", network) == [(network, "stage", "production")]
    untag(networks, "VSWITCH", vswitch, all=True)
    assert listed(networks, "VSWITCH", vswitch) == []


def test_pages(networks: Networks) -> None:
    network = networks.vpc()
    tag(networks, "VPC", network, **{f"key{number}": "" for number in range(5)})
    keys: list[str] = []
    token = None
    while token != "":
        request = vpc.ListTagResourcesRequest(
            region_id=REGION, resource_type="VPC", resource_id=[network], max_results=2, next_token=token
        )
        page = networks.api.list_tag_resources(request).body
        assert len(page.tag_resources.tag_resource) <= 2
        keys += [one.tag_key for one in page.tag_resources.tag_resource]
        token = page.next_token
    assert keys == [f"key{number}" for number in range(5)]
    with refused("InvalidNextToken", 400):
        listed(networks, "VPC", network, next_token="nonsense")


def test_refused_tags(networks: Networks) -> None:
    network = networks.vpc()
    with refused("InvalidInstanceType.NotFound", 400):
        tag(networks, "EIP", network, key="value")
    with refused("InvalidInstanceIds.NotFound", 400):
        tag(networks, "VSWITCH", network, key="value")
    with refused("InvalidInstanceIds.NotFound", 400):
        tag(networks, "VPC", network, networks.stranger().vpc(), key="value")
    with refused("SizeLimitExceeded.ResourceId", 400):
        tag(networks, "VPC", *(f"vpc-{number}" for number in range(51)), key="value")
    with refused("InvalidTagKey", 400):
        tag(networks, "VPC", network, aliyun="value")
    with refused("InvalidTagValue", 400):
        tag(networks, "VPC", network, key="http://value")
    with refused("Forbidden.TagKey.Duplicated", 400):
        twice = [vpc.TagResourcesRequestTag(key="key", value=value) for value in ("one", "two")]
        networks.api.tag_resources(
            vpc.TagResourcesRequest(region_id=REGION, resource_type="VPC", resource_id=[network], tag=twice)
        )
    with refused("BothEmpty.TagsAndResources", 400):
        listed(networks, "VPC")
    assert listed(networks, "VPC", network) == []
    tag(networks, "VPC", network, **{f"key{number}": "" for number in range(20)})
    with refused("QuotaExceeded.TagNum", 400):
        tag(networks, "VPC", network, more="")
    with refused("SizeLimitExceeded.TagNum", 400):
        untag(networks, "VPC", network, keys=[f"key{number}" for number in range(21)])
    assert len(listed(networks, "VPC", network)) == 20
