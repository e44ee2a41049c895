"""Services, endpoints, zones and connections from creation to deletion, by the official SDK, in two accounts."""

from __future__ import annotations

import re

import pytest
from alibabacloud_privatelink20200415 import models

from tests.nlb.conftest import Network
from tests.privatelink.cloud import REGION, ZH, ZI, Side
from tests.running import refused, until


def test_a_service_is_made_changed_and_deleted(provider: Side) -> None:
    made = provider("CreateVpcEndpointService", service_description="mine", service_resource_type="nlb")
    id = made.service_id
    assert re.fullmatch("epsrv-bp1[a-z0-9]{17}", id)
    assert made.service_status == "Creating"
    assert made.service_name == f"com.aliyuncs.privatelink.{REGION}.{id}"
    assert made.service_domain == f"{id}.{REGION}.privatelink.aliyuncs.com"
    assert made.auto_accept_enabled is False
    provider.wait_service(id)
    provider("UpdateVpcEndpointServiceAttribute", service_id=id, connect_bandwidth=103, auto_accept_enabled=True)
    assert provider.service_status(id) == "Pending"
    provider.wait_service(id)
    found = provider("GetVpcEndpointServiceAttribute", service_id=id)
    assert (found.service_description, found.connect_bandwidth, found.auto_accept_enabled) == ("mine", 103, True)
    assert (found.service_type, found.service_resource_type, found.zones) == ("Interface", "nlb", [])
    provider("DeleteVpcEndpointService", service_id=id)
    assert provider.service_status(id) == "Deleting"
    until("the service gone", lambda: not provider("ListVpcEndpointServices", service_id=id).services)
    with refused("EndpointServiceNotFound", 400):
        provider.service_status(id)


def test_a_load_balancer_stands_behind_a_service_in_each_zone(provider: Side, inside: Network, balancer: str) -> None:
    service = provider.service(balancer)
    reply = provider("ListVpcEndpointServiceResources", service_id=service)
    addresses = {
        zone.zone_id: zone.load_balancer_addresses[0] for zone in provider.nlb.balancer_of(balancer).zone_mappings
    }
    assert {one.zone_id: one.ip for one in reply.resources} == {
        zone: address.private_ipv_4address for zone, address in addresses.items()
    }
    (one, _) = reply.resources
    assert (one.resource_id, one.resource_type, one.region_id) == (balancer, "nlb", REGION)
    assert (one.vpc_id, one.v_switch_id, one.related_endpoint_count) == (inside.vpc, inside.vswitches[one.zone_id], 0)
    assert provider("GetVpcEndpointServiceAttribute", service_id=service).zones == [ZH, ZI]
    with refused("EndpointServiceDependenceViolation", 400):
        provider("DeleteVpcEndpointService", service_id=service)
    provider.detach(service, balancer, ZI)
    assert provider("GetVpcEndpointServiceAttribute", service_id=service).zones == [ZH]
    provider("DetachResourceFromVpcEndpointService", service_id=service, resource_id=balancer)
    provider.wait_service(service)
    provider("DeleteVpcEndpointService", service_id=service)


def test_a_service_may_be_made_with_its_load_balancers(provider: Side, balancer: str) -> None:
    made = provider(
        "CreateVpcEndpointService",
        service_resource_type="nlb",
        resource=[
            models.CreateVpcEndpointServiceRequestResource(resource_id=balancer, resource_type="nlb", zone_id=zone)
            for zone in (ZH, ZI)
        ],
    )
    assert len(provider("ListVpcEndpointServiceResources", service_id=made.service_id).resources) == 2


def test_the_whitelist_says_who_may_create_endpoints(
    provider: Side, consumer: Side, network: Network, balancer: str
) -> None:
    service = provider.service(balancer)

    def offered() -> list[str]:
        return [one.service_id for one in consumer("ListVpcEndpointServicesByEndUser").services]

    with refused("EndpointServiceNotAuthorized", 400):
        consumer.endpoint(service, network)
    assert service not in offered()
    for add, remove in (
        ({"user_id": int(consumer.account)}, {"user_arn": f"acs:ram:*:{consumer.account}:*"}),
        ({"user_arn": "acs:ram:*::*"}, {"user_arn": "*"}),
    ):
        provider("AddUserToVpcEndpointService", service_id=service, **add)
        provider("AddUserToVpcEndpointService", service_id=service, **add)
        assert service in offered()
        assert provider("ListVpcEndpointServiceUsers", service_id=service).total_count == "1"
        endpoint = consumer.endpoint(service, network)
        provider("RemoveUserFromVpcEndpointService", service_id=service, **remove)
        assert provider("ListVpcEndpointServiceUsers", service_id=service).total_count == "0"
        assert consumer.of(endpoint).service_id == service  # what is there stays
        with refused("EndpointServiceNotAuthorized", 400):
            consumer.endpoint(service, network)


def test_the_owner_needs_no_entry(provider: Side, inside: Network, balancer: str) -> None:
    service = provider.service(balancer)
    endpoint = provider.endpoint(service, inside)
    assert provider.of(endpoint).resource_owner is True
    assert provider("ListVpcEndpointServicesByEndUser", service_id=service).total_count == "1"


def test_users_are_listed_as_accounts_and_as_arns(provider: Side) -> None:
    service = provider.service()
    provider("AddUserToVpcEndpointService", service_id=service, user_id=1234567890123456)
    provider("AddUserToVpcEndpointService", service_id=service, user_arn="acs:ram:*:*:*")
    reply = provider("ListVpcEndpointServiceUsers", service_id=service)
    assert [one.user_id for one in reply.users] == [1234567890123456]
    assert [one.user_arn for one in reply.user_arns] == ["acs:ram:*:1234567890123456:*", "acs:ram:*:*:*"]
    one = provider("ListVpcEndpointServiceUsers", service_id=service, user_id=1234567890123456)
    assert [user.user_id for user in one.users] == [1234567890123456]
    assert provider("ListVpcEndpointServiceUsers", service_id=service, user_id=9).users == []
    only = provider("ListVpcEndpointServiceUsers", service_id=service, user_list_type="UserARNs")
    assert (only.users, len(only.user_arns)) == ([], 2)


@pytest.fixture(scope="module")
def service(provider: Side, balancer: str) -> str:
    """Everybody's, and manual."""
    id = provider.service(balancer)
    provider("AddUserToVpcEndpointService", service_id=id, user_arn="*")
    return id


def test_an_endpoint_waits_until_it_is_let_in(
    provider: Side, consumer: Side, service: str, network: Network, balancer: str
) -> None:
    group = consumer.security_group(network.vpc)
    made = consumer(
        "CreateVpcEndpoint",
        service_name=f"com.aliyuncs.privatelink.{REGION}.{service}",
        vpc_id=network.vpc,
        security_group_id=[group],
        endpoint_name="link",
        zone=[consumer.place(network, ZH, "10.7.1.77"), consumer.place(network, ZI)],
    )
    id = made.endpoint_id
    assert re.fullmatch("ep-bp1[a-z0-9]{17}", id)
    assert (made.endpoint_status, made.connection_status, made.service_id) == ("Creating", "Disconnected", service)
    assert made.endpoint_domain == f"{id}.{service}.{REGION}.privatelink.aliyuncs.com"
    assert consumer.zone_status(id) == {ZH: "Creating", ZI: "Creating"}
    consumer.wait_endpoint(id)
    assert consumer.zone_status(id) == {ZH: "Wait", ZI: "Wait"}
    zones = consumer.zones(id)
    assert zones[ZH].zone_domain == f"{id}-{ZH}.{service}.{REGION}.privatelink.aliyuncs.com"
    assert (zones[ZH].eni_ip, zones[ZH].v_switch_id) == ("10.7.1.77", network.vswitches[ZH])
    assert zones[ZI].eni_ip.startswith("10.7.2.")
    seen = provider.connection(service, id)
    assert (seen.connection_status, seen.endpoint_owner_id) == ("Disconnected", int(consumer.account))
    assert (seen.endpoint_vpc_id, seen.resource_owner) == (network.vpc, False)
    assert {zone.zone_id: zone.zone_status for zone in seen.zones} == {ZH: "Wait", ZI: "Wait"}

    provider("EnableVpcEndpointConnection", service_id=service, endpoint_id=id, bandwidth=2048)
    assert consumer.of(id).connection_status == "Connecting"
    assert set(consumer.zone_status(id).values()) == {"Connecting"}
    provider.wait_connection(service, id, "Connected")
    assert consumer.zone_status(id) == {ZH: "Connected", ZI: "Connected"}
    assert consumer.of(id).bandwidth == 2048
    assert {zone.resource_id for zone in provider.connection(service, id).zones} == {balancer}
    counts = {
        one.zone_id: one.related_endpoint_count
        for one in provider("ListVpcEndpointServiceResources", service_id=service).resources
    }
    assert counts[ZH] >= 1

    provider("DisableVpcEndpointConnection", service_id=service, endpoint_id=id)
    assert consumer.of(id).connection_status == "Disconnecting"
    assert set(consumer.zone_status(id).values()) == {"Disconnecting"}
    provider.wait_connection(service, id, "Disconnected")
    assert consumer.zone_status(id) == {ZH: "Disconnected", ZI: "Disconnected"}
    provider.enable(service, id)
    assert consumer.zone_status(id) == {ZH: "Connected", ZI: "Connected"}


def test_a_service_that_accepts_by_itself(provider: Side, consumer: Side, network: Network, balancer: str) -> None:
    service = provider.service(balancer, auto_accept_enabled=True)
    provider("AddUserToVpcEndpointService", service_id=service, user_id=int(consumer.account))
    made = consumer(
        "CreateVpcEndpoint",
        service_id=service,
        vpc_id=network.vpc,
        security_group_id=[consumer.security_group(network.vpc)],
        zone=[consumer.place(network, ZH)],
    )
    assert made.connection_status == "Connecting"
    provider.wait_connection(service, made.endpoint_id, "Connected")
    assert consumer.zone_status(made.endpoint_id) == {ZH: "Connected"}
    consumer.wait_endpoint(made.endpoint_id)
    consumer(
        "AddZoneToVpcEndpoint",
        endpoint_id=made.endpoint_id,
        zone_id=ZI,
        v_switch_id=network.vswitches[ZI],
        ip="10.7.2.88",
    )
    assert consumer.of(made.endpoint_id).endpoint_status == "Pending"
    consumer.wait_zone(made.endpoint_id, ZI, "Connected")
    assert consumer.zones(made.endpoint_id)[ZI].eni_ip == "10.7.2.88"
    assert consumer.of(made.endpoint_id).connection_status == "Connected"


def test_one_zone_is_disabled_and_enabled(provider: Side, consumer: Side, service: str, network: Network) -> None:
    id = consumer.endpoint(service, network)
    provider.enable(service, id)
    provider.toggle("Disable", service, id, ZH)
    assert consumer.zone_status(id) == {ZH: "Disconnecting", ZI: "Connected"}
    consumer.wait_zone(id, ZH, "Disconnected")
    assert consumer.zone_status(id)[ZI] == "Connected"
    assert consumer.of(id).connection_status == "Connected"
    provider.toggle("Enable", service, id, ZH)
    assert consumer.zone_status(id) == {ZH: "Connecting", ZI: "Connected"}
    consumer.wait_zone(id, ZH, "Connected")


def test_a_zone_is_removed_and_its_address_free_again(
    provider: Side, consumer: Side, service: str, network: Network
) -> None:
    id = consumer.endpoint(service, network)
    provider.enable(service, id)
    address = consumer.zones(id)[ZH].eni_ip
    consumer("RemoveZoneFromVpcEndpoint", endpoint_id=id, zone_id=ZH)
    assert consumer.zone_status(id) == {ZH: "Deleting", ZI: "Connected"}
    until("the zone gone", lambda: set(consumer.zones(id)) == {ZI})
    consumer.wait_endpoint(id)
    consumer("AddZoneToVpcEndpoint", endpoint_id=id, zone_id=ZH, v_switch_id=network.vswitches[ZH], ip=address)
    consumer.wait_zone(id, ZH, "Connected")


def test_an_endpoint_is_changed_and_deleted(provider: Side, consumer: Side, service: str, network: Network) -> None:
    id = consumer.endpoint(service, network, zones=(ZH,))
    consumer("UpdateVpcEndpointAttribute", endpoint_id=id, endpoint_name="other", endpoint_description="said")
    assert consumer.of(id).endpoint_status == "Pending"
    consumer.wait_endpoint(id)
    assert (consumer.of(id).endpoint_name, consumer.of(id).endpoint_description) == ("other", "said")
    with refused("EndpointDependenceViolation", 400):
        consumer("DeleteVpcEndpoint", endpoint_id=id)
    consumer("RemoveZoneFromVpcEndpoint", endpoint_id=id, zone_id=ZH)
    until("the zone gone", lambda: not consumer.zones(id))
    consumer.wait_endpoint(id)
    consumer("DeleteVpcEndpoint", endpoint_id=id)
    assert (consumer.of(id).endpoint_status, consumer.of(id).connection_status) == ("Deleting", "Deleting")
    until("the endpoint gone", lambda: not consumer("ListVpcEndpoints", endpoint_id=id).endpoints)
    with refused("EndpointNotFound", 400):
        consumer.of(id)
    with refused("EndpointConnectionNotFound", 400):
        provider("EnableVpcEndpointConnection", service_id=service, endpoint_id=id)
    assert provider.connection(service, id) is None


def test_security_groups_come_and_go(consumer: Side, service: str, network: Network) -> None:
    first, second = consumer.security_group(network.vpc), consumer.security_group(network.vpc)
    id = consumer.endpoint(service, network, security_group_id=[first])

    def groups() -> dict[str, str]:
        reply = consumer("ListVpcEndpointSecurityGroups", endpoint_id=id)
        assert reply.total_count == len(reply.security_groups)
        return {group.security_group_id: group.security_group_status for group in reply.security_groups}

    assert groups() == {first: "Attached"}
    consumer("AttachSecurityGroupToVpcEndpoint", endpoint_id=id, security_group_id=second)
    assert groups() == {first: "Attached", second: "Attaching"}
    consumer.wait_endpoint(id)
    assert groups() == {first: "Attached", second: "Attached"}
    consumer("DetachSecurityGroupFromVpcEndpoint", endpoint_id=id, security_group_id=first)
    assert groups() == {first: "Detaching", second: "Attached"}
    consumer.wait_endpoint(id)
    assert groups() == {second: "Attached"}
    with refused("EndpointMustContainSecurityGroup", 400):
        consumer("DetachSecurityGroupFromVpcEndpoint", endpoint_id=id, security_group_id=second)


def test_an_endpoint_outlives_its_service(provider: Side, consumer: Side, network: Network, balancer: str) -> None:
    service = provider.service(balancer)
    provider("AddUserToVpcEndpointService", service_id=service, user_id=int(consumer.account))
    id = consumer.endpoint(service, network, zones=(ZH,))
    provider.enable(service, id)
    with refused("EndpointServiceConnectionDependence", 400):
        provider("DeleteVpcEndpointService", service_id=service)
    with refused("EndpointServiceConnectionDependence", 400):
        provider.detach(service, balancer, ZH)
    provider.detach(service, balancer, ZI)
    provider.disable(service, id)
    provider.detach(service, balancer, ZH)
    with refused("OperationDenied.NoAvailableServiceResource", 400):
        provider.enable(service, id)
    provider("DeleteVpcEndpointService", service_id=service)
    until("ServiceDeleted", lambda: consumer.of(id).connection_status == "ServiceDeleted")
    for operation, more in (
        ("UpdateVpcEndpointAttribute", {"endpoint_name": "other"}),
        ("AddZoneToVpcEndpoint", {"zone_id": ZI, "v_switch_id": network.vswitches[ZI]}),
        ("AttachSecurityGroupToVpcEndpoint", {"security_group_id": "sg-other"}),
    ):
        with refused("EndpointServiceDeleted", 400):
            consumer(operation, endpoint_id=id, **more)
    consumer("RemoveZoneFromVpcEndpoint", endpoint_id=id, zone_id=ZH)
    until("the zone gone", lambda: not consumer.zones(id))
    consumer.wait_endpoint(id)
    consumer("DeleteVpcEndpoint", endpoint_id=id)


def test_a_disabled_zone_lets_its_load_balancer_go(provider: Side, inside: Network, balancer: str) -> None:
    service = provider.service(balancer)
    id = provider.linked(service, inside)
    with refused("EndpointServiceConnectionDependence", 400):
        provider.detach(service, balancer, ZH)
    provider.toggle("Disable", service, id, ZH)
    provider.wait_zone(id, ZH, "Disconnected")
    provider.detach(service, balancer, ZH)
    with refused("EndpointOperationDenied", 400):
        provider.toggle("Enable", service, id, ZH)
    provider.attach(service, balancer, ZH)
    provider.toggle("Enable", service, id, ZH)
    provider.wait_zone(id, ZH, "Connected")


def test_privatelink_is_open_and_everywhere(provider: Side) -> None:
    assert provider("CheckProductOpen").success is True
    with refused("OrderOpend", 400):
        provider("OpenPrivateLinkService")
    regions = provider("DescribeRegions").regions.region
    assert REGION in {region.region_id for region in regions}
    assert [region.region_id for region in provider("DescribeRegions", region_id=REGION).regions.region] == [REGION]
    assert ZH in {zone.zone_id for zone in provider("DescribeZones").zones.zone}
    with refused("InvalidRegionId", 400):
        provider("DescribeZones", region_id="nowhere")
