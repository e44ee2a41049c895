"""Backend servers and vServer groups as the API shows them, their refusals, and tags."""

from __future__ import annotations

import json
from typing import Any

import pytest
from alibabacloud_slb20140515 import models as slb

from tests.nlb.conftest import Network
from tests.running import refused
from tests.slb.conftest import Slb, server, text

ADD, SET, REMOVE = "add_backend_servers", "set_backend_servers", "remove_backend_servers"
GROUP_ADD, GROUP_REMOVE = "add_vserver_group_backend_servers", "remove_vserver_group_backend_servers"
GROUP_MODIFY, GROUP_SET = "modify_vserver_group_backend_servers", "set_vserver_group_attribute"


@pytest.fixture(scope="module")
def balancer(states: Slb, network: Network) -> str:
    return states.balancer(network)


def test_the_load_balancers_own(states: Slb, balancer: str) -> None:
    about = {"load_balancer_id": balancer}
    both = text(server("10.5.1.4", Weight="30", Description="one"), {"ServerId": "10.5.1.5"})
    found = states(ADD, **about, backend_servers=both).backend_servers.backend_server
    assert [(one.server_id, one.weight, one.type) for one in found] == [
        ("10.5.1.5", "100", "ecs"), ("eni-10514", "30", "eni"),
    ]  # fmt: skip
    with refused("InvalidBackendServers.Duplicate", 400):
        states(ADD, **about, backend_servers=text(server("10.5.1.4")))
    found = states(SET, **about, backend_servers=text(server("10.5.1.4", Weight=0))).backend_servers.backend_server
    assert [(one.server_id, one.weight, one.description) for one in found] == [
        ("10.5.1.5", "100", ""), ("eni-10514", "0", "one"),
    ]  # fmt: skip
    shown = states.of(balancer).backend_servers.backend_server
    assert [(one.server_ip, one.weight) for one in shown] == [("10.5.1.5", 100), ("10.5.1.4", 0)]
    left = states(REMOVE, **about, backend_servers='["10.5.1.5"]').backend_servers.backend_server
    assert [(one.server_id, one.weight) for one in left] == [("eni-10514", 0)]
    for method in (SET, REMOVE):
        with refused("InvalidBackendServers.NotFound", 404):
            states(method, **about, backend_servers=text(server("10.5.1.9")))
    states(REMOVE, **about, backend_servers=text({"ServerId": "eni-10514"}))
    assert states.of(balancer).backend_servers.backend_server == []


def test_a_vserver_group(states: Slb, balancer: str) -> None:
    id = states.group(balancer, server("10.5.1.4", 80), tag=[slb.CreateVServerGroupRequestTag(key="k", value="v")])
    about = {"vserver_group_id": id}
    seen = states("describe_vserver_group_attribute", **about)
    assert (seen.vserver_group_name, seen.load_balancer_id) == ("group", balancer)
    assert [(one.tag_key, one.tag_value) for one in seen.tags.tag] == [("k", "v")]
    added = states(GROUP_ADD, **about, backend_servers=text(server("10.5.1.4", 81, Weight=7)))
    assert ports(added) == {80: 100, 81: 7}
    changed = states(
        GROUP_SET, **about, vserver_group_name="else", backend_servers=text(server("10.5.1.4", 80, Weight=1))
    )
    assert (changed.vserver_group_name, ports(changed)) == ("else", {80: 1, 81: 7})
    replaced = states(
        GROUP_MODIFY, **about, old_backend_servers=text(server("10.5.1.4", 80)),
        new_backend_servers=text(server("10.5.1.4", 82)),
    )  # fmt: skip
    assert ports(replaced) == {81: 7, 82: 100}
    left = states(GROUP_REMOVE, **about, backend_servers=text(server("10.5.1.4", 81)))
    assert ports(left) == {82: 100}
    (listed,) = states(
        "describe_vserver_groups", load_balancer_id=balancer, description="else"
    ).vserver_groups.vserver_group
    assert (listed.vserver_group_id, listed.server_count) == (id, 1)
    assert listed.associated_objects.listeners is None
    tag = slb.DescribeVServerGroupsRequestTag(key="k", value="w")
    assert states("describe_vserver_groups", load_balancer_id=balancer, tag=[tag]).vserver_groups.vserver_group == []
    states("delete_vserver_group", **about)
    for method, more in (
        ("describe_vserver_group_attribute", {}), ("delete_vserver_group", {}), (GROUP_SET, {}), (GROUP_MODIFY, {}),
        (GROUP_ADD, {"backend_servers": "[]"}), (GROUP_REMOVE, {"backend_servers": "[]"}),
    ):  # fmt: skip
        with refused("InvalidParameter", 400):
            states(method, **about, **more)


def ports(reply: Any) -> dict[int, int]:
    """Port → weight."""
    return {one.port: one.weight for one in reply.backend_servers.backend_server}


@pytest.mark.parametrize(
    ("servers", "code"),
    [
        ("[", "InvalidBackendServers.MissingOrMalformed"),
        ("{}", "InvalidBackendServers.MissingOrMalformed"),
        ("[1]", "InvalidBackendServers.MissingOrMalformed"),
        ('[{"ServerIp": "10.5.1.4"}]', "InvalidBackendServers.MissingOrMalformed"),
        (text({"ServerId": "i-1", "Port": 80}), "InvalidBackendServers.NoAddress"),
        (text(server("fe80::1", 80)), "InvalidBackendServers.NoAddress"),
        (text(server("10.5.1.4", 80), server("10.5.1.4", 80)), "InvalidBackendServers.Duplicate"),
        (text(server("10.5.1.4", 80, Weight=101)), "InvalidParameter"),
        (text(server("10.5.1.4", 80, Weight="many")), "InvalidParameter"),
        (text(server("10.5.1.4", 80, Type="pod")), "InvalidParameter"),
        (text(server("10.5.1.4", 80, Description="no blanks")), "InvalidParameter"),
        (json.dumps([server("10.5.1.4", port) for port in range(1, 22)]), "TooManyBackendServers"),
    ],
)
def test_servers_that_are_none(states: Slb, balancer: str, servers: str, code: str) -> None:
    group = states.group(balancer)
    for method, about in (
        (ADD, {"load_balancer_id": balancer, "backend_servers": servers}),
        ("create_vserver_group", {"load_balancer_id": balancer, "backend_servers": servers}),
        (GROUP_ADD, {"vserver_group_id": group, "backend_servers": servers}),
        (GROUP_MODIFY, {"vserver_group_id": group, "new_backend_servers": servers}),
    ):
        with refused(code, 400):
            states(method, **about)
    assert states.of(balancer).backend_servers.backend_server == []
    assert states("describe_vserver_group_attribute", vserver_group_id=group).backend_servers.backend_server == []
    states("delete_vserver_group", vserver_group_id=group)


def test_further_refusals(states: Slb, balancer: str) -> None:
    group = states.group(balancer)
    with refused("InvalidParameter", 400):
        states(GROUP_ADD, vserver_group_id=group, backend_servers=text({"ServerId": "10.5.1.4"}))
    with refused("InvalidParameter", 400):
        states(GROUP_ADD, vserver_group_id=group, backend_servers=text(server("10.5.1.4", 65536)))
    with refused("InvalidParameter", 400):
        states(GROUP_SET, vserver_group_id=group, vserver_group_name="no blanks")
    for method, parameter in ((GROUP_SET, "backend_servers"), (GROUP_MODIFY, "old_backend_servers")):
        with refused("InvalidBackendServers.NotFound", 404):
            states(method, vserver_group_id=group, **{parameter: text(server("10.5.1.4", 80))})
    with refused("InvalidBackendServers.NotFound", 404):
        states(GROUP_REMOVE, vserver_group_id=group, backend_servers=text(server("10.5.1.4", 80)))
    for method in (ADD, SET, REMOVE, "create_vserver_group"):
        with refused("InvalidLoadBalancerId.NotFound", 404):
            states(method, load_balancer_id="lb-1", backend_servers="[]")
    states("delete_vserver_group", vserver_group_id=group)


def test_tags(states: Slb, balancer: str) -> None:
    group = states.group(balancer)
    states("create_load_balancer_tcplistener", load_balancer_id=balancer, listener_port=80, bandwidth=-1,
           vserver_group_id=group)  # fmt: skip
    kinds = {"instance": balancer, "listener": f"{balancer}_tcp_80", "vservergroup": group}
    pairs = [slb.TagResourcesRequestTag(key=key, value=f"v{key}") for key in ("a", "b")]
    for kind, id in kinds.items():
        states("tag_resources", resource_type=kind, resource_id=[id], tag=pairs)
        listed = states("list_tag_resources", resource_type=kind, resource_id=[id]).tag_resources.tag_resource
        assert [(one.resource_id, one.resource_type, one.tag_key, one.tag_value) for one in listed] == [
            (id, kind, "a", "va"), (id, kind, "b", "vb"),
        ]  # fmt: skip
        states("untag_resources", resource_type=kind, resource_id=[id], tag_key=["a", "z"])
        wanted = slb.ListTagResourcesRequestTag(key="b", value="vb")
        listed = states("list_tag_resources", resource_type=kind, tag=[wanted]).tag_resources.tag_resource
        assert [one.tag_key for one in listed] == ["b"]
    assert [one.tag_key for one in states.of(balancer).tags.tag] == ["b"]
    assert [one.tag_key for one in states.listener_of(balancer, 80).tags.tag] == ["b"]
    states("untag_resources", resource_type="instance", resource_id=[balancer], all=True)
    assert (
        states("list_tag_resources", resource_type="instance", resource_id=[balancer]).tag_resources.tag_resource == []
    )
    for kind, code, status in (
        ("instance", "InvalidLoadBalancerId.NotFound", 404),
        ("listener", "ResourceNotFound.Listener", 404),
        ("vservergroup", "InvalidParameter", 400),
        ("certificate", "InvalidParameter", 400),
    ):
        with refused(code, status):
            states("tag_resources", resource_type=kind, resource_id=["nobody"], tag=pairs)
        with refused(code, status):
            states("untag_resources", resource_type=kind, resource_id=["nobody"], tag_key=["a"])
    bad = slb.TagResourcesRequestTag(key="aliyun", value="")
    with refused("InvalidParam.TagKey", 400):
        states("tag_resources", resource_type="instance", resource_id=[balancer], tag=[bad])
    with refused("InvalidParam.TagKey", 400):
        states("create_vserver_group", load_balancer_id=balancer,
               tag=[slb.CreateVServerGroupRequestTag(key="acs:x")])  # fmt: skip
    with refused("InvalidParam.TagKey", 400):
        states("create_load_balancer_tcplistener", load_balancer_id=balancer, listener_port=81, bandwidth=-1,
               backend_server_port=81, tag=[slb.CreateLoadBalancerTCPListenerRequestTag(key="acs:x")])  # fmt: skip
    for method in ("tag_resources", "untag_resources", "list_tag_resources"):
        many = {"tag": pairs} if method == "tag_resources" else {}
        with refused("InvalidParameter", 400):
            states(method, resource_type="instance", resource_id=[f"lb-{n}" for n in range(21)], **many)
    with refused("InvalidParameter", 400):
        states("list_tag_resources", resource_type="instance", next_token="x")
    with refused("InvalidParameter", 400):
        states("untag_resources", resource_type="instance", resource_id=[balancer], tag_key=[str(n) for n in range(21)])
