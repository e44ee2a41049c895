"""Tags of load balancers, listeners and server groups."""

from __future__ import annotations

from typing import Any

import pytest
from alibabacloud_nlb20220430 import models as nlb

from tests.nlb.conftest import Network, Nlb
from tests.running import refused

PACE = "instant"  # no transitional state is looked at


def put(states: Nlb, type: str, id: str, **tags: str) -> None:
    named = [nlb.TagResourcesRequestTag(key=key, value=value) for key, value in tags.items()]
    states.api.tag_resources(nlb.TagResourcesRequest(resource_type=type, resource_id=[id], tag=named))


def tags(states: Nlb, type: str, id: str, **more: Any) -> dict[str, str]:
    request = nlb.ListTagResourcesRequest(resource_type=type, resource_id=[id], **more)
    reply = states.api.list_tag_resources(request).body
    return {one.tag_key: one.tag_value for one in reply.tag_resources}


def test_tags_come_and_go(states: Nlb, network: Network) -> None:
    balancer, group = states.balancer(network), states.group(network)
    listener = states.listener(balancer, group, 80)
    for type, id in (("loadbalancer", balancer), ("listener", listener), ("servergroup", group)):
        put(states, type, id, a="1", b="2")
        put(states, type, id, b="3", c="4")
        assert tags(states, type, id) == {"a": "1", "b": "3", "c": "4"}
        states.api.untag_resources(
            nlb.UntagResourcesRequest(resource_type=type, resource_id=[id], tag_key=["a", "none"])
        )
        assert tags(states, type, id) == {"b": "3", "c": "4"}
        states.api.untag_resources(nlb.UntagResourcesRequest(resource_type=type, resource_id=[id], all=True))
        assert tags(states, type, id) == {}
    put(states, "loadbalancer", balancer, stage="test")
    wanted = [nlb.ListLoadBalancersRequestTag(key="stage", value="test")]
    found = states.api.list_load_balancers(nlb.ListLoadBalancersRequest(tag=wanted)).body.load_balancers
    assert [one.load_balancer_id for one in found] == [balancer]


def test_pages_of_tags(states: Nlb, network: Network) -> None:
    group = states.group(network)
    put(states, "servergroup", group, **{f"k{number}": "v" for number in range(5)})
    request = nlb.ListTagResourcesRequest(resource_type="servergroup", resource_id=[group], max_results=3)
    first = states.api.list_tag_resources(request).body
    assert (first.total_count, len(first.tag_resources)) == (5, 3)
    assert len(tags(states, "servergroup", group, max_results=3, next_token=first.next_token)) == 2


@pytest.mark.parametrize(
    ("type", "id", "given", "code", "status"),
    [
        ("securitypolicy", "", {"a": "b"}, "IllegalParam", 400),
        ("loadbalancer", "nlb-none", {"a": "b"}, "ResourceNotFound.loadBalancer", 404),
        ("listener", "lsn-none", {"a": "b"}, "ResourceNotFound.listener", 404),
        ("servergroup", "sgp-none", {"a": "b"}, "ResourceNotFound.serverGroup", 404),
        ("servergroup", "", {"aliyun-a": "b"}, "IllegalParam", 400),
        ("servergroup", "", {"a": "http://b"}, "IllegalParam", 400),
        ("servergroup", "", {"a" * 65: "b"}, "IllegalParam", 400),
        ("servergroup", "", {f"k{number}": "v" for number in range(21)}, "IllegalParam", 400),
    ],
)
def test_refused(states: Nlb, group: str, type: str, id: str, given: dict[str, str], code: str, status: int) -> None:
    with refused(code, status):
        put(states, type, id or group, **given)
    assert tags(states, "servergroup", group) == {}


@pytest.fixture(scope="module")
def group(states: Nlb, network: Network) -> str:
    return states.group(network)
