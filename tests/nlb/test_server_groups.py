"""Server groups and servers through the official SDK."""

from __future__ import annotations

from typing import Any

import pytest
from alibabacloud_nlb20220430 import models as nlb

from tests.nlb.conftest import Network, Nlb
from tests.running import refused, until


def create(network: Network, **more: Any) -> nlb.CreateServerGroupRequest:
    return nlb.CreateServerGroupRequest(
        **{"server_group_name": "group", "server_group_type": "Ip", "vpc_id": network.vpc, **more}
    )


def config(**fields: Any) -> nlb.CreateServerGroupRequestHealthCheckConfig:
    return nlb.CreateServerGroupRequestHealthCheckConfig(**fields)


def server(address: str = "10.5.1.7", port: int | None = 80, **more: Any) -> dict[str, Any]:
    return {"server_id": address, "port": port, "server_type": "Ip", **more}


def add(states: Nlb, group: str, *servers: dict[str, Any]) -> Any:
    named = [nlb.AddServersToServerGroupRequestServers(**one) for one in servers]
    request = nlb.AddServersToServerGroupRequest(server_group_id=group, servers=named)
    return states.api.add_servers_to_server_group(request).body


def remove(states: Nlb, group: str, *servers: dict[str, Any]) -> Any:
    named = [nlb.RemoveServersFromServerGroupRequestServers(**one) for one in servers]
    request = nlb.RemoveServersFromServerGroupRequest(server_group_id=group, servers=named)
    return states.api.remove_servers_from_server_group(request).body


def update(states: Nlb, group: str, *servers: dict[str, Any]) -> Any:
    named = [nlb.UpdateServerGroupServersAttributeRequestServers(**one) for one in servers]
    request = nlb.UpdateServerGroupServersAttributeRequest(server_group_id=group, servers=named)
    return states.api.update_server_group_servers_attribute(request).body


def delete(states: Nlb, group: str) -> Any:
    return states.api.delete_server_group(nlb.DeleteServerGroupRequest(server_group_id=group)).body


def listed(states: Nlb, **filters: Any) -> list[str]:
    reply = states.api.list_server_groups(nlb.ListServerGroupsRequest(**filters)).body
    return [one.server_group_id for one in reply.server_groups]


def test_the_documented_defaults(states: Nlb, network: Network) -> None:
    body = states.api.create_server_group(create(network)).body
    assert body.server_group_id.startswith("sgp-")
    assert states.group_of(body.server_group_id).server_group_status == "Creating"
    states.finish(body)
    found = states.group_of(body.server_group_id)
    assert (found.server_group_status, found.server_count, found.related_load_balancer_ids) == ("Available", 0, [])
    assert (found.protocol, found.scheduler, found.address_ipversion) == ("TCP", "Wrr", "ipv4")
    assert (found.connection_drain_enabled, found.preserve_client_ip_enabled) == (False, True)
    check = found.health_check
    assert (check.health_check_enabled, check.health_check_type) == (True, "TCP")
    assert (check.health_check_interval, check.health_check_connect_timeout) == (5, 5)
    assert (check.healthy_threshold, check.unhealthy_threshold) == (2, 2)


def test_everything_given_and_changed(states: Nlb, network: Network) -> None:
    given = config(
        health_check_enabled=True, health_check_type="TCP", health_check_connect_port=0, health_check_interval=50,
        health_check_connect_timeout=300, healthy_threshold=10, unhealthy_threshold=3,
    )  # fmt: skip
    body = states.api.create_server_group(
        create(
            network, region_id="cn-hangzhou", server_group_name="组-1", protocol="TCP", scheduler="Wlc",
            health_check_config=given, connection_drain_enabled=True, connection_drain_timeout=900,
            preserve_client_ip_enabled=False, any_port_enabled=False, resource_group_id="rg-1", client_token="t-1",
            tag=[nlb.CreateServerGroupRequestTag(key="a", value="b")],
        )
    ).body  # fmt: skip
    states.finish(body)
    id = body.server_group_id
    found = states.group_of(id)
    assert (found.server_group_name, found.scheduler, found.resource_group_id) == ("组-1", "Wlc", "rg-1")
    assert (found.connection_drain_enabled, found.connection_drain_timeout) == (True, 900)
    assert not found.preserve_client_ip_enabled
    assert (found.health_check.health_check_interval, found.health_check.healthy_threshold) == (50, 10)
    assert [(tag.key, tag.value) for tag in found.tags] == [("a", "b")]
    request = nlb.UpdateServerGroupAttributeRequest(
        server_group_id=id, server_group_name="renamed", scheduler="rr", connection_drain_enabled=False,
        health_check_config=nlb.UpdateServerGroupAttributeRequestHealthCheckConfig(health_check_enabled=False),
    )  # fmt: skip
    body = states.api.update_server_group_attribute(request).body
    assert states.group_of(id).server_group_status == "Configuring"
    with refused("IncorrectStatus.serverGroup", 400):
        states.api.update_server_group_attribute(request)
    states.finish(body)
    changed = states.group_of(id)
    assert (changed.server_group_name, changed.scheduler, changed.connection_drain_enabled) == ("renamed", "Rr", False)
    assert (changed.health_check.health_check_enabled, changed.health_check.health_check_interval) == (False, 50)
    assert changed.connection_drain_timeout == 900


@pytest.mark.parametrize(
    ("changes", "code", "status"),
    [
        ({"server_group_name": None}, "MissingParam.ServerGroupName", 400),
        ({"server_group_name": "-x"}, "IllegalParam.ServerGroupName", 400),
        ({"server_group_name": "x" * 129}, "IllegalParam.ServerGroupName", 400),
        ({"server_group_type": "Instance"}, "IllegalParam", 400),
        ({"server_group_type": None}, "IllegalParam", 400),
        ({"protocol": "UDP"}, "IllegalParam", 400),
        ({"protocol": "SCTP"}, "IllegalParam", 400),
        ({"scheduler": "tch"}, "IllegalParam", 400),
        ({"scheduler": "random"}, "IllegalParam", 400),
        ({"address_ipversion": "DualStack"}, "OperationDenied.VpcNotSupportIpv6", 400),
        ({"any_port_enabled": True}, "IllegalParam", 400),
        ({"connection_drain_timeout": 901}, "IllegalParam.ConnectionDrainTimeout", 400),
        ({"health_check_config": config(health_check_interval=51)}, "IllegalParam", 400),
        ({"health_check_config": config(health_check_connect_timeout=0)}, "IllegalParam", 400),
        ({"health_check_config": config(healthy_threshold=1)}, "IllegalParam", 400),
        ({"health_check_config": config(unhealthy_threshold=11)}, "IllegalParam", 400),
        ({"health_check_config": config(health_check_type="HTTP")}, "IllegalParam", 400),
        ({"health_check_config": config(health_check_connect_port=81)}, "IllegalParam", 400),
        ({"vpc_id": "vpc-none"}, "ResourceNotFound.Vpc", 404),
        ({"region_id": "cn-nowhere"}, "UnauthorizedRegion", 403),
        ({"dry_run": True}, "DryRunOperation", 400),
    ],
)
def test_refused_creations(states: Nlb, network: Network, changes: dict[str, Any], code: str, status: int) -> None:
    before = listed(states)
    with refused(code, status):
        states.api.create_server_group(create(network, **changes))
    assert listed(states) == before


def test_a_refused_value_says_why(states: Nlb, network: Network) -> None:
    with pytest.raises(Exception, match="there are no ECS instances here, use Ip"):
        states.api.create_server_group(create(network, server_group_type="Instance"))


def test_lists(states: Nlb) -> None:
    network = states.network()
    ids = [states.group(network, server_group_name=name) for name in ("list-1", "list-2", "list-3")]
    assert listed(states, vpc_id=network.vpc) == ids
    assert listed(states, server_group_names=["list-2"]) == ids[1:2]
    assert listed(states, server_group_ids=[ids[2], ids[0]]) == [ids[2], ids[0]]
    assert listed(states, vpc_id=network.vpc, server_group_type="Instance") == []
    assert listed(states, region_id="cn-shanghai") == []
    first = states.api.list_server_groups(nlb.ListServerGroupsRequest(vpc_id=network.vpc, max_results=2)).body
    assert (first.total_count, len(first.server_groups)) == (3, 2)
    assert listed(states, vpc_id=network.vpc, max_results=2, next_token=first.next_token) == ids[2:]


def test_servers_come_change_and_go(states: Nlb, network: Network) -> None:
    group = states.group(network)
    body = add(states, group, server(weight=30, description="one"), server("10.5.2.8", 81), server("192.168.0.1", 82))
    assert body.server_group_id == group
    assert {one.status for one in states.servers(group).values()} == {"Adding"}
    with refused("IncorrectStatus.serverGroup", 400):
        add(states, group, server(port=99))
    states.finish(body)
    found = states.servers(group)
    assert [(one.status, one.weight, one.zone_id) for one in found.values()] == [
        ("Available", 30, "cn-hangzhou-h"),
        ("Available", 100, "cn-hangzhou-i"),
        ("Available", 100, ""),
    ]
    assert states.group_of(group).server_count == 3
    body = update(states, group, server(weight=0), server("10.5.2.8", 81, description="two"))
    assert states.servers(group)["10.5.1.7:80"].status == "Configuring"
    states.finish(body)
    found = states.servers(group)
    assert (found["10.5.1.7:80"].weight, found["10.5.1.7:80"].description) == (0, "one")
    assert (found["10.5.2.8:81"].weight, found["10.5.2.8:81"].description) == (100, "two")
    body = remove(states, group, server(), server("10.5.2.8", 81))
    assert states.servers(group)["10.5.1.7:80"].status == "Removing"
    states.finish(body)
    assert list(states.servers(group)) == ["192.168.0.1:82"]


def test_lists_of_servers(states: Nlb, network: Network) -> None:
    group = states.group(network)
    states.add(group, *(f"10.5.1.{number}:80" for number in range(10, 15)))
    request = nlb.ListServerGroupServersRequest(server_group_id=group, max_results=3)
    first = states.api.list_server_group_servers(request).body
    request.next_token = first.next_token
    second = states.api.list_server_group_servers(request).body
    assert (first.total_count, second.total_count, second.next_token) == (5, 5, "")
    seen = [one.server_ip for one in (*first.servers, *second.servers)]
    assert seen == [f"10.5.1.{number}" for number in range(10, 15)]
    one = nlb.ListServerGroupServersRequest(server_group_id=group, server_ips=["10.5.1.12"])
    assert [found.server_id for found in states.api.list_server_group_servers(one).body.servers] == ["10.5.1.12"]
    none = nlb.ListServerGroupServersRequest(server_group_id=group, server_ids=["10.5.1.99"])
    assert states.api.list_server_group_servers(none).body.servers == []
    with refused("ResourceNotFound.serverGroup", 404):
        states.servers("sgp-none")


@pytest.mark.parametrize(
    ("servers", "code", "status"),
    [
        ([server(server_type="Ecs")], "Mismatch.ServerType", 400),
        ([server("10.5.1")], "IllegalParam.IP", 400),
        ([server(server_ip="10.5.1.9")], "IllegalParam.IP", 400),
        ([server("fd00::1")], "OperationDenied.ServerGroupNotSupportIpv6", 400),
        ([server(port=0)], "IllegalParam.RSPortConflictWithServerGroup", 400),
        ([server(port=None)], "IllegalParam.RSPortConflictWithServerGroup", 400),
        ([server(port=65536)], "IllegalParam", 400),
        ([server(weight=101)], "IllegalParam", 400),
        ([server(description="x")], "IllegalParam.description", 400),
        ([server(), server()], "DuplicatedParam.Server", 400),
        ([server("10.5.1.1", 1)], "ResourceInUse.IP", 400),
        ([server(f"10.5.3.{n}") for n in range(201)], "IllegalParam", 400),
        ([], "MissingParam.Servers", 400),
    ],
)
def test_refused_servers(states: Nlb, network: Network, servers: list[dict[str, Any]], code: str, status: int) -> None:
    group = states.group(network)
    states.add(group, "10.5.1.1:1")
    with refused(code, status):
        add(states, group, *servers)
    assert list(states.servers(group)) == ["10.5.1.1:1"]
    assert states.group_of(group).server_group_status == "Available"


def test_servers_that_are_not_there(states: Nlb, network: Network) -> None:
    """One unknown server refuses the whole call."""
    group = states.group(network)
    states.add(group, "10.5.1.1:1")
    for change in (remove, update):
        with refused("ResourceNotFound.BackendServer", 404):
            change(states, group, server("10.5.1.1", 1), server("10.5.1.1", 2))
        assert states.servers(group)["10.5.1.1:1"].status == "Available"


def test_a_group_in_use_stays(states: Nlb, network: Network) -> None:
    group = states.group(network)
    balancer = states.balancer(network)
    first, second = (states.listener(balancer, group, port) for port in (80, 81))
    for listener in (first, second):
        assert states.group_of(group).related_load_balancer_ids == [balancer]
        with refused("ResourceInUse.ServerGroup", 400):
            delete(states, group)
        states.finish(states.api.delete_listener(nlb.DeleteListenerRequest(listener_id=listener)).body)
    states.add(group, "10.5.1.1:1")
    job = delete(states, group).job_id
    assert states.servers(group)["10.5.1.1:1"].status == "Removing"
    with refused("IncorrectStatus.serverGroup", 400):
        states.listener(balancer, group, 82)
    until("gone", lambda: states.job(job) == "Succeeded")
    assert states.group_of(group) is None
    with refused("ResourceNotFound.serverGroup", 404):
        delete(states, group)
