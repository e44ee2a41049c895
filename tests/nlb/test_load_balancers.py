"""Load balancers through the official SDK: what a creation shows, changes, deletion, refusals."""

from __future__ import annotations

from typing import Any

import pytest
from alibabacloud_ecs20140526 import models as ecs
from alibabacloud_ecs20140526.client import Client as EcsClient
from alibabacloud_nlb20220430 import models as nlb
from alibabacloud_vpc20160428 import models as vpc
from alibabacloud_vpc20160428.client import Client as VpcClient

from tests.nlb.conftest import ZONES, Network, Nlb
from tests.running import refused, until


def create(network: Network, **more: Any) -> nlb.CreateLoadBalancerRequest:
    return nlb.CreateLoadBalancerRequest(
        **{"address_type": "Intranet", "vpc_id": network.vpc, "zone_mappings": network.mappings(), **more}
    )


def delete(states: Nlb, id: str) -> Any:
    return states.api.delete_load_balancer(nlb.DeleteLoadBalancerRequest(load_balancer_id=id)).body


def listed(states: Nlb, **filters: Any) -> list[str]:
    reply = states.api.list_load_balancers(nlb.ListLoadBalancersRequest(**filters)).body
    assert reply.total_count == len(reply.load_balancers)
    return [one.load_balancer_id for one in reply.load_balancers]


def test_a_creation_with_everything(states: Nlb, network: Network) -> None:
    request = create(
        network,
        region_id="cn-hangzhou",
        address_type="Internet",
        address_ip_version="ipv4",
        load_balancer_name="前端-1.a_b",
        load_balancer_type="network",
        resource_group_id="rg-1",
        client_token="a token",
        zone_mappings=network.mappings(h="10.5.1.200", i="10.5.2.200"),
        load_balancer_billing_config=nlb.CreateLoadBalancerRequestLoadBalancerBillingConfig(pay_type="PostPay"),
        deletion_protection_config=nlb.CreateLoadBalancerRequestDeletionProtectionConfig(enabled=True, reason="kept"),
        modification_protection_config=nlb.CreateLoadBalancerRequestModificationProtectionConfig(
            status="ConsoleProtection", reason="running"
        ),
        tag=[nlb.CreateLoadBalancerRequestTag(key="键", value="值")],
    )
    id = states.api.create_load_balancer(request).body.loadbalancer_id
    assert states.api.create_load_balancer(request).body.loadbalancer_id == id
    assert states.balancer_of(id).load_balancer_status == "Provisioning"
    until("Active", lambda: states.balancer_of(id).load_balancer_status == "Active")
    found = states.balancer_of(id)
    assert id.startswith("nlb-")
    assert found.dnsname == f"{id}.cn-hangzhou.nlb.aliyuncs.com"
    assert (found.load_balancer_name, found.address_type, found.vpc_id) == ("前端-1.a_b", "Internet", network.vpc)
    zones = {one.zone_id: one for one in found.zone_mappings}
    assert list(zones) == list(ZONES)
    assert [one.load_balancer_addresses[0].private_ipv_4address for one in zones.values()] == [
        "10.5.1.200",
        "10.5.2.200",
    ]
    assert {one.status for one in zones.values()} == {"Active"}
    assert all(one.load_balancer_addresses[0].eni_id.startswith("eni-") for one in zones.values())
    assert (found.deletion_protection_config.enabled, found.deletion_protection_config.reason) == (True, "kept")
    protection = found.modification_protection_config
    assert (protection.status, protection.reason) == ("ConsoleProtection", "running")
    assert [(tag.tag_key, tag.tag_value) for tag in found.tags] == [("键", "值")]
    (shown,) = states.api.list_load_balancers(nlb.ListLoadBalancersRequest(load_balancer_ids=[id])).body.load_balancers
    assert [(tag.key, tag.value) for tag in shown.tags] == [("键", "值")]
    assert shown.zone_mappings[0].to_map() == found.zone_mappings[0].to_map()
    with refused("ResourceInUse.IP", 400):
        states.api.create_load_balancer(create(network, zone_mappings=network.mappings(h="10.5.1.200")))


@pytest.mark.parametrize(
    ("changes", "code", "status"),
    [
        ({"address_type": "Public"}, "IllegalParam", 400),
        ({"address_ip_version": "DualStack"}, "OperationFailed.vSwitchNotSupportIpv6", 400),
        ({"load_balancer_name": "1st"}, "IllegalParam.loadBalancerName", 400),
        ({"load_balancer_name": "x"}, "IllegalParam.loadBalancerName", 400),
        ({"load_balancer_type": "classic"}, "IllegalParam", 400),
        ({"region_id": "cn-nowhere"}, "UnauthorizedRegion", 403),
        ({"region_id": "cn-shanghai"}, "ResourceNotFound.Vpc", 404),
        ({"vpc_id": "vpc-none"}, "ResourceNotFound.Vpc", 404),
        ({"vpc_id": None}, "MissingParam.VpcId", 400),
        ({"zone_mappings": None}, "MissingParam.ZoneMappings", 400),
    ],
)
def test_refused_creations(states: Nlb, network: Network, changes: dict[str, Any], code: str, status: int) -> None:
    before = listed(states)
    with refused(code, status):
        states.api.create_load_balancer(create(network, **changes))
    assert listed(states) == before


@pytest.mark.parametrize(
    ("zones", "changes", "code", "status"),
    [
        ("h", {}, "InvalidZones", 400),
        ("hh", {}, "OperationFailed.DuplicateZones.", 400),
        ("hi", {"zone_id": "cn-hangzhou-k"}, "InvalidZones", 400),
        ("hi", {"v_switch_id": "vsw-none"}, "ResourceNotFound.VSwitch", 404),
        ("hi", {"private_ipv_4address": "10.5.2.9"}, "IllegalParam", 400),
        ("hi", {"private_ipv_4address": "10.5.1"}, "IllegalParam", 400),
        ("hi", {"allocation_id": "eip-1"}, "IllegalParam", 400),
        ("hi", {"ipv_4local_addresses": ["10.5.1.8", "10.5.1.9"]}, "IllegalParam", 400),
    ],
)
def test_refused_zones(
    states: Nlb, network: Network, zones: str, changes: dict[str, Any], code: str, status: int
) -> None:
    mappings = [
        nlb.CreateLoadBalancerRequestZoneMappings(
            zone_id=f"cn-hangzhou-{letter}", v_switch_id=network.vswitches[f"cn-hangzhou-{letter}"]
        )
        for letter in zones
    ]
    for name, value in changes.items():
        setattr(mappings[0], name, value)
    with refused(code, status):
        states.api.create_load_balancer(create(network, zone_mappings=mappings))


def test_a_dry_run_leaves_nothing(states: Nlb, network: Network) -> None:
    before = listed(states)
    with refused("DryRunOperation", 400):
        states.api.create_load_balancer(create(network, dry_run=True))
    with refused("ResourceNotFound.Vpc", 404):
        states.api.create_load_balancer(create(network, dry_run=True, vpc_id="vpc-none"))
    assert listed(states) == before


def test_lists_and_pages(states: Nlb) -> None:
    network = states.network()
    ids = [states.balancer(network, load_balancer_name=name) for name in ("page-1", "page-2", "page-3")]
    assert listed(states, vpc_ids=[network.vpc]) == ids
    assert listed(states, load_balancer_names=["page-2", "page-3"]) == ids[1:]
    assert listed(states, load_balancer_ids=ids[:1], load_balancer_status="Active") == ids[:1]
    assert listed(states, dnsname=states.balancer_of(ids[2]).dnsname) == ids[2:]
    assert listed(states, vpc_ids=[network.vpc], zone_id="cn-hangzhou-k") == []
    assert listed(states, vpc_ids=[network.vpc], address_type="Internet") == []
    seen, token = [], None
    while token != "":
        request = nlb.ListLoadBalancersRequest(vpc_ids=[network.vpc], max_results=2, next_token=token)
        reply = states.api.list_load_balancers(request).body
        assert (reply.total_count, reply.max_results) == (3, 2)
        seen += [one.load_balancer_id for one in reply.load_balancers]
        token = reply.next_token
    assert seen == ids
    with refused("IllegalParam", 400):
        states.api.list_load_balancers(nlb.ListLoadBalancersRequest(next_token="x"))
    with refused("IllegalParam", 400):
        states.api.list_load_balancers(nlb.ListLoadBalancersRequest(load_balancer_ids=[str(n) for n in range(21)]))


def test_a_change(states: Nlb, network: Network) -> None:
    id = states.balancer(network)
    request = nlb.UpdateLoadBalancerAttributeRequest(
        load_balancer_id=id, load_balancer_name="new", cross_zone_enabled=False, cps=1000
    )
    body = states.api.update_load_balancer_attribute(request).body
    assert states.job(body.job_id) == "Processing"
    assert states.balancer_of(id).load_balancer_status == "Configuring"
    with refused("ResourceInConfiguring.loadbalancer", 400):
        states.api.update_load_balancer_attribute(request)
    with refused("ResourceInConfiguring.loadbalancer", 400):
        delete(states, id)
    group = states.group(network)
    until("Active", lambda: states.job(body.job_id) == "Succeeded")
    found = states.balancer_of(id)
    assert (found.load_balancer_status, found.load_balancer_name) == ("Active", "new")
    assert (found.cross_zone_enabled, found.cps) == (False, 1000)
    again = states.api.update_load_balancer_attribute(request).body
    assert (states.job(body.job_id), states.job(again.job_id)) == ("Succeeded", "Processing")
    with refused("IncorrectStatus.loadbalancer", 400):
        states.listener(id, group, 80)


def test_protection(states: Nlb, network: Network) -> None:
    id = states.balancer(network)
    protect = nlb.UpdateLoadBalancerProtectionRequest(
        load_balancer_id=id, deletion_protection_enabled=True, deletion_protection_reason="kept",
        modification_protection_status="ConsoleProtection", modification_protection_reason="running",
    )  # fmt: skip
    states.api.update_load_balancer_protection(protect)
    found = states.balancer_of(id)
    assert found.deletion_protection_config.to_map() | {"EnabledTime": ""} == {
        "Enabled": True, "Reason": "kept", "EnabledTime": "",
    }  # fmt: skip
    assert found.modification_protection_config.status == "ConsoleProtection"
    with refused("OperationDenied.DeletionProtectionEnabled", 400):
        delete(states, id)
    free = nlb.UpdateLoadBalancerProtectionRequest(load_balancer_id=id, deletion_protection_enabled=False)
    states.api.update_load_balancer_protection(free)
    assert states.balancer_of(id).deletion_protection_config.to_map() == {"Enabled": False, "Reason": ""}
    states.finish(delete(states, id))


def test_a_deletion_takes_listeners_and_addresses_with_it(states: Nlb, network: Network) -> None:
    id = states.balancer(network, zone_mappings=network.mappings(h="10.5.1.99"))
    group = states.group(network)
    listener = states.listener(id, group, 80)
    job = delete(states, id).job_id
    assert states.job(job) == "Processing"
    assert states.balancer_of(id).load_balancer_status == "Deleting"
    with refused("IncorrectStatus.loadbalancer", 400):
        delete(states, id)
    until("gone", lambda: states.job(job) == "Succeeded")
    with refused("ResourceNotFound.loadBalancer", 404):
        states.balancer_of(id)
    with refused("ResourceNotFound.listener", 404):
        states.listener_of(listener)
    assert states.group_of(group).related_load_balancer_ids == []
    states.balancer(network, zone_mappings=network.mappings(h="10.5.1.99"))


def test_what_is_being_made_is_not_deleted(states: Nlb, network: Network) -> None:
    id = states.api.create_load_balancer(create(network)).body.loadbalancer_id
    with refused("ResourceInCreating.loadbalancer", 400):
        delete(states, id)
    until("Active", lambda: states.balancer_of(id).load_balancer_status == "Active")


def test_what_is_another_accounts_is_not_found(states: Nlb, network: Network) -> None:
    made = states.running.ask("accounts", {"name": "somebody else"})
    stranger = Nlb(states.running, (made["access_key_id"], made["access_key_secret"]))
    id, group = states.balancer(network), states.group(network)
    listener = states.listener(id, group, 80)
    job = states.api.stop_listener(nlb.StopListenerRequest(listener_id=listener)).body.job_id
    with refused("ResourceNotFound.loadBalancer", 404):
        stranger.balancer_of(id)
    with refused("ResourceNotFound.loadBalancer", 404):
        delete(stranger, id)
    with refused("ResourceNotFound.listener", 404):
        stranger.listener_of(listener)
    with refused("ResourceNotFound.JobId", 404):
        stranger.job(job)
    with refused("ResourceNotFound.serverGroup", 404):
        stranger.servers(group)
    with refused("ResourceNotFound.Vpc", 404):
        stranger.api.create_load_balancer(create(network))
    assert listed(stranger) == []
    own = stranger.network()
    with refused("ResourceNotFound.serverGroup", 404):
        stranger.listener(stranger.balancer(own), group, 80)


def test_security_groups_come_and_go(states: Nlb, network: Network) -> None:
    client = EcsClient(states.running.config())
    request = ecs.CreateSecurityGroupRequest(region_id="cn-hangzhou", vpc_id=network.vpc)
    first, second = (client.create_security_group(request).body.security_group_id for _ in range(2))
    other = ecs.CreateSecurityGroupRequest(region_id="cn-hangzhou", vpc_id=states.network().vpc)
    strange = client.create_security_group(other).body.security_group_id
    id = states.balancer(network)

    def join(*ids: str) -> Any:
        return states.api.load_balancer_join_security_group(
            nlb.LoadBalancerJoinSecurityGroupRequest(load_balancer_id=id, security_group_ids=list(ids))
        ).body

    def leave(*ids: str) -> Any:
        return states.api.load_balancer_leave_security_group(
            nlb.LoadBalancerLeaveSecurityGroupRequest(load_balancer_id=id, security_group_ids=list(ids))
        ).body

    states.finish(join(first, second))
    assert states.balancer_of(id).security_group_ids == [first, second]
    with refused("ResourceNotFound.SecurityGroup", 404):
        join(strange)
    with refused("DependencyViolation", 403):
        client.delete_security_group(ecs.DeleteSecurityGroupRequest(region_id="cn-hangzhou", security_group_id=first))
    states.finish(leave(first))
    assert states.balancer_of(id).security_group_ids == [second]
    with refused("ResourceNotFound.SecurityGroup", 404):
        leave(first)
    client.delete_security_group(ecs.DeleteSecurityGroupRequest(region_id="cn-hangzhou", security_group_id=first))


def test_a_network_with_a_load_balancer_stays(states: Nlb) -> None:
    network = states.network()
    client = VpcClient(states.running.config())
    balancer, group = states.balancer(network), states.group(network)
    for vswitch in network.vswitches.values():
        with refused("DependencyViolation", 400):
            client.delete_vswitch(vpc.DeleteVSwitchRequest(v_switch_id=vswitch))
    states.finish(delete(states, balancer))
    for vswitch in network.vswitches.values():
        client.delete_vswitch(vpc.DeleteVSwitchRequest(v_switch_id=vswitch))
    wanted = vpc.DescribeVSwitchesRequest(vpc_id=network.vpc, region_id="cn-hangzhou")
    until("no vSwitches", lambda: client.describe_vswitches(wanted).body.total_count == 0)
    with refused("DependencyViolation.CloudServiceResource", 400):
        client.delete_vpc(vpc.DeleteVpcRequest(vpc_id=network.vpc))
    states.finish(states.api.delete_server_group(nlb.DeleteServerGroupRequest(server_group_id=group)).body)
    client.delete_vpc(vpc.DeleteVpcRequest(vpc_id=network.vpc))


def test_places(states: Nlb) -> None:
    regions = states.api.describe_regions(nlb.DescribeRegionsRequest()).body.regions
    assert next(one.local_name for one in regions if one.region_id == "cn-hangzhou") == "China (Hangzhou)"
    request = nlb.DescribeZonesRequest(region_id="cn-hangzhou", accept_language="zh-CN", service_code="nlb")
    zones = {one.zone_id: one.local_name for one in states.api.describe_zones(request).body.zones}
    assert zones["cn-hangzhou-h"] == "华东1（杭州） 可用区H"
    with refused("UnauthorizedRegion", 403):
        states.api.describe_zones(nlb.DescribeZonesRequest(region_id="cn-nowhere"))
