"""TagResources, UntagResources, ListTagResources and ChangeResourceGroup of endpoints and services."""

from __future__ import annotations

from alibabacloud_privatelink20200415 import models

from tests.nlb.conftest import Network
from tests.privatelink.cloud import Side
from tests.running import refused

SERVICE, ENDPOINT = "vpcendpointservice", "vpcendpoint"


def tag(side: Side, type: str, *ids: str, **tags: str) -> None:
    made = [models.TagResourcesRequestTag(key=key, value=value) for key, value in tags.items()]
    side("TagResources", resource_type=type, resource_id=list(ids), tag=made)


def untag(side: Side, type: str, *ids: str, keys: list[str] | None = None, all: bool | None = None) -> None:
    side("UntagResources", resource_type=type, resource_id=list(ids), tag_key=keys, all=all)


def listed(side: Side, type: str, *ids: str, **wanted: str) -> list[tuple[str, str, str]]:
    tags = [models.ListTagResourcesRequestTag(key=key, value=value or None) for key, value in wanted.items()]
    found = side("ListTagResources", resource_type=type, resource_id=list(ids), tag=tags).tag_resources
    assert {one.resource_type for one in found} <= {type}
    return [(one.resource_id, one.tag_key, one.tag_value) for one in found]


def test_tags(provider: Side, consumer: Side, balancer: str, network: Network) -> None:
    service = provider.service(balancer)
    endpoint = provider.service()
    tag(provider, SERVICE, service, endpoint, stage="test")
    tag(provider, SERVICE, service, stage="production", owner="me")
    assert listed(provider, SERVICE, service) == [(service, "stage", "production"), (service, "owner", "me")]
    assert listed(provider, SERVICE, stage="test") == [(endpoint, "stage", "test")]
    assert listed(provider, SERVICE, service, "epsrv-unknown", owner="") == listed(provider, SERVICE, service)
    wanted = [models.ListVpcEndpointServicesRequestTag(key="owner", value="me")]
    (shown,) = provider("ListVpcEndpointServices", tag=wanted).services
    assert (shown.service_id, [(one.key, one.value) for one in shown.tags]) == (
        service, [("stage", "production"), ("owner", "me")],
    )  # fmt: skip
    untag(provider, SERVICE, service, endpoint, keys=["stage"])
    assert listed(provider, SERVICE, service, endpoint) == [(service, "owner", "me")]
    untag(provider, SERVICE, service, all=True)
    assert listed(provider, SERVICE, service) == []


def test_tags_of_an_endpoint(provider: Side, consumer: Side, balancer: str, network: Network) -> None:
    service = provider.service(balancer)
    provider("AddUserToVpcEndpointService", service_id=service, user_id=int(consumer.account))
    endpoint = consumer.endpoint(service, network)
    tag(consumer, ENDPOINT, endpoint, team="a")
    assert listed(consumer, ENDPOINT, endpoint) == [(endpoint, "team", "a")]
    assert [(one.key, one.value) for one in consumer("ListVpcEndpoints", endpoint_id=endpoint).endpoints[0].tags] == [
        ("team", "a"),
    ]
    with refused("InvalidResourceId.NotFound", 400):  # the service's owner is not the endpoint's
        tag(provider, ENDPOINT, endpoint, team="b")
    assert listed(provider, ENDPOINT, endpoint) == []


def test_pages(provider: Side) -> None:
    services = [provider.service() for _ in range(3)]
    for service in services:
        tag(provider, SERVICE, service, **{f"key{number}": "v" for number in range(20)})
    found, token = [], None
    while token != "":
        page = provider("ListTagResources", resource_type=SERVICE, resource_id=services, next_token=token)
        found += [(one.resource_id, one.tag_key) for one in page.tag_resources]
        token = page.next_token or ""
    assert found == [(service, f"key{number}") for service in services for number in range(20)]
    with refused("InvalidNextToken", 400):
        provider("ListTagResources", resource_type=SERVICE, resource_id=services, next_token="nonsense")


def test_refused_tags(provider: Side, consumer: Side) -> None:
    service = provider.service()
    tag(provider, SERVICE, service, **{f"key{number}": "v" for number in range(20)})
    before = listed(provider, SERVICE, service)
    for key, value, code in (
        ("", "v", "MissingTagKeyParam"),
        ("k", "", "MissingTagValueParam"),
        ("k" * 129, "v", "IllegalTagKeyParam"),
        ("aliyun-k", "v", "IllegalTagKeyParam"),
        ("acs:k", "v", "IllegalTagKeyParam"),
        ("http://k", "v", "IllegalTagKeyParam"),
        ("k", "v" * 129, "IllegalTagValueParam"),
        ("k", "https://v", "IllegalTagValueParam"),
        ("k", "v", "QuotaExceed.TagsPerResource"),
    ):
        with refused(code, 400):
            tag(provider, SERVICE, service, **{key: value})
    with refused("QuotaExceed.TagsPerResource", 400):
        tag(provider, SERVICE, service, **{f"more{number}": "v" for number in range(21)})
    twice = [models.TagResourcesRequestTag(key="k", value=value) for value in "ab"]
    with refused("DuplicatedTagKey", 400):
        provider("TagResources", resource_type=SERVICE, resource_id=[service], tag=twice)
    with refused("DuplicatedTagKey", 400):
        untag(provider, SERVICE, service, keys=["key1", "key1"])
    with refused("DuplicatedTagKey", 400):
        again = [models.ListTagResourcesRequestTag(key="k") for _ in range(2)]
        provider("ListTagResources", resource_type=SERVICE, tag=again)
    with refused("TagInfoNotExist", 400):
        untag(provider, SERVICE, service, keys=["unknown"])
    with refused("MissingResourceIdOrTagParam", 400):
        listed(provider, SERVICE)
    with refused("MissingTagKeyParam", 400):
        listed(provider, SERVICE, **{"": "v"})
    with refused("InvalidResourceType", 400):
        tag(provider, "vpc", service, k="v")
    for side, type, ids in (
        (consumer, SERVICE, (service,)),
        (provider, ENDPOINT, (service,)),
        (provider, SERVICE, (service, "epsrv-unknown")),
    ):
        with refused("InvalidResourceId.NotFound", 400):
            untag(side, type, *ids, all=True)
    many = [f"epsrv-{number}" for number in range(51)]
    with refused("InvalidResourceId", 400):
        tag(provider, SERVICE, *many, k="v")
    with refused("InvalidResourceId", 400):
        untag(provider, SERVICE, *many, all=True)
    with refused("InvalidResourceId", 400):
        listed(provider, SERVICE, *many)
    assert listed(provider, SERVICE, service) == before


def test_resource_group(provider: Side, consumer: Side) -> None:
    service = provider.service()
    change = {"resource_id": service, "resource_type": "VpcEndpointService"}
    provider("ChangeResourceGroup", resource_group_id="rg-acfm1", **change)
    assert provider("GetVpcEndpointServiceAttribute", service_id=service).resource_group_id == "rg-acfm1"
    found = provider("ListVpcEndpointServices", resource_group_id="rg-acfm1").services
    assert [one.service_id for one in found] == [service]
    with refused("InvalidResourceGroup", 400):
        provider("ChangeResourceGroup", resource_group_id="acfm1", **change)
    with refused("ResourceNotFound", 400):
        consumer("ChangeResourceGroup", resource_group_id="rg-acfm2", **change)
    with refused("ResourceNotFound", 400):  # VpcEndpoint unless told otherwise
        provider("ChangeResourceGroup", resource_group_id="rg-acfm2", resource_id=service)
    assert provider("GetVpcEndpointServiceAttribute", service_id=service).resource_group_id == "rg-acfm1"
