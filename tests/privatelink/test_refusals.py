"""What is refused, by code and status; and that refusals, dry runs and repeated tokens change nothing."""

from __future__ import annotations

from typing import Any

import pytest
from alibabacloud_ecs20140526 import models as ecs
from alibabacloud_nlb20220430 import models as nlb
from alibabacloud_privatelink20200415 import models
from alibabacloud_vpc20160428 import models as vpc

from tests.nlb.conftest import Network
from tests.privatelink.cloud import ZH, ZI, Side
from tests.running import Running, refused, until


@pytest.fixture(scope="module")
def service(provider: Side, balancer: str) -> str:
    id = provider.service(balancer)
    provider("AddUserToVpcEndpointService", service_id=id, user_arn="*")
    return id


@pytest.fixture(scope="module")
def group(consumer: Side, network: Network) -> str:
    return consumer.security_group(network.vpc)


@pytest.fixture(scope="module")
def endpoint(consumer: Side, service: str, network: Network, group: str) -> str:
    """In one zone, waiting."""
    return consumer.endpoint(service, network, zones=(ZH,), security_group_id=[group])


def zone(**fields: str) -> list[models.CreateVpcEndpointRequestZone]:
    return [models.CreateVpcEndpointRequestZone(**fields)]


def create(consumer: Side, service: str, network: Network, group: str, **more: Any) -> Any:
    wanted = {"service_id": service, "vpc_id": network.vpc, "security_group_id": [group], **more}
    return consumer("CreateVpcEndpoint", **wanted)


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("EndpointServiceNotFound", {"service_id": "epsrv-unknown"}),
        ("EndpointServiceNotFound", {"service_region_id": "cn-beijing"}),
        ("EndpointServiceNotFound", {"service_name": "com.aliyuncs.privatelink.cn-hangzhou.epsrv-other"}),
        ("EndpointServiceNotFound", {"region_id": "cn-beijing"}),
        ("MissingServiceId", {"service_id": ""}),
        ("VpcNotFound", {"vpc_id": "vpc-unknown"}),
        ("SecurityGroupNotFound", {"security_group_id": ["sg-unknown"]}),
        ("EndpointMustContainSecurityGroup", {"security_group_id": []}),
        ("QuotaMisMatched", {"security_group_id": [f"sg-{number}" for number in range(11)]}),
        ("Mismatch.EndpointType", {"endpoint_type": "Reverse"}),
        ("InvalidEndpointType", {"endpoint_type": "Other"}),
        ("InvalidAddressIpVersion", {"address_ip_version": "DualStack"}),
        ("InvalidEndpointName", {"endpoint_name": "1st"}),
        ("InvalidEndpointDescription", {"endpoint_description": "x"}),
        ("OperationDenied.EndpointPolicyNotSupport", {"policy_document": "{}"}),
        ("QuotaExceeded.IpQuotaPerEp", {"zone_private_ip_address_count": 2}),
        ("VSwitchNotFound", {"zone": zone(zone_id=ZH, v_switch_id="vsw-unknown")}),
        ("QuotaExceeded.epZonePerEndpoint", {"zone": zone(zone_id=ZH) * 11}),
    ],
)
def test_endpoints_that_are_not_made(
    consumer: Side, service: str, network: Network, group: str, code: str, more: dict[str, Any]
) -> None:
    before = consumer("ListVpcEndpoints").total_count
    with refused(code, 400):
        create(consumer, service, network, group, **more)
    assert consumer("ListVpcEndpoints").total_count == before


def test_endpoints_in_zones_that_do_not_fit(
    provider: Side, consumer: Side, service: str, network: Network, group: str, balancer: str
) -> None:
    there, elsewhere = network.vswitches[ZH], network.vswitches[ZI]
    only_h = provider.service(balancer, zones=(ZH,))
    provider("AddUserToVpcEndpointService", service_id=only_h, user_arn="*")
    taken = consumer.zones(consumer.endpoint(service, network, zones=(ZH,)))[ZH].eni_ip
    for code, to, wanted in (
        ("VSwitchNotFound", service, zone(zone_id=ZH, v_switch_id=elsewhere)),
        ("EndpointServiceNotSupportedZone", only_h, zone(zone_id=ZI, v_switch_id=elsewhere)),
        ("EndpointZoneDuplicated", service, zone(zone_id=ZH, v_switch_id=there) * 2),
        ("EniIpUnavailable", service, zone(zone_id=ZH, v_switch_id=there, ip=taken)),
        ("EniIpUnavailable", service, zone(zone_id=ZH, v_switch_id=there, ip="10.7.2.10")),
        ("EniIpUnavailable", service, zone(zone_id=ZH, v_switch_id=there, ip="10.7.1.0")),
        ("EniIpUnavailable", service, zone(zone_id=ZH, v_switch_id=there, ip="ten")),
        ("EniIpUnavailable", service, zone(zone_id=ZH, v_switch_id=there, ipv_6address="::1")),
    ):
        with refused(code, 400):
            create(consumer, to, network, group, zone=wanted)


def test_a_full_vswitch(consumer: Side, service: str, group: str) -> None:
    small = consumer.nlb.network("10.9")
    request = vpc.CreateVSwitchRequest(vpc_id=small.vpc, zone_id=ZH, cidr_block="10.9.9.0/29", region_id="cn-hangzhou")
    api = consumer.vpc
    id = api.create_vswitch(request).body.v_switch_id
    describe = vpc.DescribeVSwitchAttributesRequest(v_switch_id=id, region_id="cn-hangzhou")
    until("the vSwitch Available", lambda: api.describe_vswitch_attributes(describe).body.status == "Available")
    inside = Network(small.vpc, {ZH: id})
    own = consumer.security_group(small.vpc)
    for _ in range(4):
        create(consumer, service, inside, own, zone=zone(zone_id=ZH, v_switch_id=id))
    with refused("ResourceNotEnough.VSwitchIp", 400):
        create(consumer, service, inside, own, zone=zone(zone_id=ZH, v_switch_id=id))


def test_security_groups_of_two_types(
    consumer: Side, endpoint: str, service: str, network: Network, group: str
) -> None:
    other = consumer.security_group(network.vpc, type="enterprise")
    with refused("SecurityGroupTypeOnlySingleTypeSupporteded", 400):
        create(consumer, service, network, group, security_group_id=[group, other])
    with refused("SecurityGroupTypeOnlySingleTypeSupporteded", 400):
        consumer("AttachSecurityGroupToVpcEndpoint", endpoint_id=endpoint, security_group_id=other)


def test_security_groups_that_are_not_attached(
    provider: Side, consumer: Side, endpoint: str, inside: Network, group: str
) -> None:
    for code, operation, id in (
        ("SecurityGroupExist", "Attach", group),
        ("SecurityGroupNotFound", "Attach", "sg-unknown"),
        ("SecurityGroupNotFound", "Attach", provider.security_group(inside.vpc)),
        ("SecurityGroupNotFound", "Detach", "sg-unknown"),
        ("EndpointMustContainSecurityGroup", "Detach", group),
    ):
        preposition = "To" if operation == "Attach" else "From"
        with refused(code, 400):
            consumer(f"{operation}SecurityGroup{preposition}VpcEndpoint", endpoint_id=endpoint, security_group_id=id)


def test_more_security_groups_than_an_endpoint_may_have(consumer: Side, service: str, network: Network) -> None:
    groups = [consumer.security_group(network.vpc) for _ in range(11)]
    id = consumer.endpoint(service, network, zones=(), security_group_id=groups[:10])
    with refused("EndpointOperationDenied", 400):
        consumer("AttachSecurityGroupToVpcEndpoint", endpoint_id=id, security_group_id=groups[10])


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("LoadBalancerNotFound", {"resource_id": "nlb-unknown"}),
        ("EndpointServiceResourceExist", {}),
        ("EndpointServiceNotSupportedZone", {"zone_id": "cn-hangzhou-j"}),
        ("MissingZoneId", {"zone_id": ""}),
        ("EndpointServiceResourceTypeNotEqual", {"resource_type": "slb"}),
        ("EndpointServiceResourceTypeNotSupport", {"resource_type": "vpcNat"}),
        ("EndpointServiceNotFound", {"service_id": "epsrv-unknown"}),
    ],
)
def test_resources_that_are_not_attached(
    provider: Side, service: str, balancer: str, code: str, more: dict[str, Any]
) -> None:
    wanted = {"service_id": service, "resource_id": balancer, "resource_type": "nlb", "zone_id": ZH, **more}
    with refused(code, 400):
        provider("AttachResourceToVpcEndpointService", **wanted)
    assert len(provider("ListVpcEndpointServiceResources", service_id=service).resources) == 2


@pytest.mark.parametrize(
    ("type", "code"), [("slb", "LoadBalancerNotFound"), ("alb", "AlbNotFound"), ("gwlb", "LoadBalancerNotFound")]
)
def test_load_balancers_that_there_are_none_of(provider: Side, type: str, code: str) -> None:
    service = provider.service(service_resource_type=type)
    with refused(code, 400):
        provider(
            "AttachResourceToVpcEndpointService",
            service_id=service, resource_id="lb-1", resource_type=type, zone_id=ZH,
        )  # fmt: skip


def test_somebody_elses_load_balancer(consumer: Side, balancer: str) -> None:
    service = consumer.service()
    with refused("LoadBalancerNotFound", 400):
        consumer.attach(service, balancer, ZH)


@pytest.mark.parametrize(
    ("code", "operation", "more"),
    [
        ("EndpointServiceNotSupportIpv6", "CreateVpcEndpointService", {"service_support_ipv_6": True}),
        ("EndpointServiceNotSupportIpv6", "CreateVpcEndpointService", {"address_ip_version": "DualStack"}),
        ("InvalidPayer", "CreateVpcEndpointService", {"payer": "Nobody"}),
        ("InvalidServiceDescription", "CreateVpcEndpointService", {"service_description": "http://x"}),
        ("InvalidRegionId", "CreateVpcEndpointService", {"region_id": "nowhere"}),
        ("ServiceResourceNotSupportIpv6", "UpdateVpcEndpointServiceAttribute", {"service_support_ipv_6": True}),
        ("InvalidConnectBandwidth", "UpdateVpcEndpointServiceAttribute", {"connect_bandwidth": 0}),
        ("InvalidConnectBandwidth", "UpdateVpcEndpointServiceAttribute", {"connect_bandwidth": 25601}),
        ("EndpointServiceResourceNotFound", "DetachResourceFromVpcEndpointService", {"resource_id": "nlb-x"}),
        ("MissingParam.UserArn", "AddUserToVpcEndpointService", {}),
        ("MissingParam.UserArn", "RemoveUserFromVpcEndpointService", {}),
        ("InvalidUserARN", "AddUserToVpcEndpointService", {"user_arn": "acs:ram::1:user/x"}),
        ("Mismatch.UserIdAndUserArn", "AddUserToVpcEndpointService", {"user_arn": "acs:ram:*:1:*", "user_id": 2}),
        ("InvalidUserListType", "ListVpcEndpointServiceUsers", {"user_list_type": "Others"}),
        ("InvalidNextToken", "ListVpcEndpointServiceUsers", {"next_token": "x"}),
        ("InvalidNextToken", "ListVpcEndpointServices", {"next_token": "f" * 32}),
        ("InvalidMaxResults", "ListVpcEndpointServices", {"max_results": 1001}),
        ("InvalidMaxResults", "ListVpcEndpointConnections", {"max_results": 0}),
    ],
)
def test_calls_about_a_service(provider: Side, service: str, code: str, operation: str, more: dict[str, Any]) -> None:
    about = {} if operation in ("CreateVpcEndpointService", "ListVpcEndpointServices") else {"service_id": service}
    with refused(code, 400):
        provider(operation, **about, **more)


def test_the_service_is_its_owners_alone(provider: Side, consumer: Side, service: str, endpoint: str) -> None:
    """The endpoint's owner may not let itself in; nor is anything of the service shown or changed."""
    connection = {"service_id": service, "endpoint_id": endpoint}
    for operation, more in (
        ("GetVpcEndpointServiceAttribute", {}),
        ("UpdateVpcEndpointServiceAttribute", {"auto_accept_enabled": True}),
        ("DeleteVpcEndpointService", {}),
        ("AttachResourceToVpcEndpointService", {"resource_id": "nlb-1", "resource_type": "nlb", "zone_id": ZH}),
        ("DetachResourceFromVpcEndpointService", {"resource_id": "nlb-1"}),
        ("ListVpcEndpointServiceResources", {}),
        ("AddUserToVpcEndpointService", {"user_id": 1}),
        ("RemoveUserFromVpcEndpointService", {"user_id": 1}),
        ("ListVpcEndpointServiceUsers", {}),
        ("ListVpcEndpointConnections", {}),
        ("EnableVpcEndpointConnection", connection),
        ("DisableVpcEndpointConnection", connection),
        ("EnableVpcEndpointZoneConnection", {**connection, "zone_id": ZH}),
        ("DisableVpcEndpointZoneConnection", {**connection, "zone_id": ZH}),
    ):
        with refused("EndpointServiceNotFound", 400):
            consumer(operation, **{"service_id": service, **more})
    assert consumer("ListVpcEndpointServices").total_count == len(consumer("ListVpcEndpointServices").services)
    assert service not in [one.service_id for one in consumer("ListVpcEndpointServices").services]
    assert endpoint not in [one.endpoint_id for one in consumer("ListVpcEndpointConnections").connections]
    assert endpoint in [one.endpoint_id for one in provider("ListVpcEndpointConnections").connections]


def test_the_endpoint_is_its_owners_alone(provider: Side, endpoint: str, network: Network) -> None:
    for operation, more in (
        ("GetVpcEndpointAttribute", {}),
        ("UpdateVpcEndpointAttribute", {"endpoint_name": "mine"}),
        ("DeleteVpcEndpoint", {}),
        ("AddZoneToVpcEndpoint", {"zone_id": ZI, "v_switch_id": network.vswitches[ZI]}),
        ("RemoveZoneFromVpcEndpoint", {"zone_id": ZH}),
        ("ListVpcEndpointZones", {}),
        ("AttachSecurityGroupToVpcEndpoint", {"security_group_id": "sg-1"}),
        ("DetachSecurityGroupFromVpcEndpoint", {"security_group_id": "sg-1"}),
        ("ListVpcEndpointSecurityGroups", {}),
    ):
        with refused("EndpointNotFound", 400):
            provider(operation, endpoint_id=endpoint, **more)
    assert endpoint not in [one.endpoint_id for one in provider("ListVpcEndpoints").endpoints]


def test_what_is_in_another_region_is_not_found(provider: Side, consumer: Side, service: str, endpoint: str) -> None:
    with refused("EndpointServiceNotFound", 400):
        provider("GetVpcEndpointServiceAttribute", service_id=service, region_id="cn-beijing")
    with refused("EndpointNotFound", 400):
        consumer("GetVpcEndpointAttribute", endpoint_id=endpoint, region_id="cn-beijing")


@pytest.mark.parametrize("what", ["Enable", "Disable"])
def test_connections_and_zones_that_are_unknown(provider: Side, service: str, endpoint: str, what: str) -> None:
    other = provider.service()
    for operation, more in (
        (f"{what}VpcEndpointConnection", {}),
        (f"{what}VpcEndpointZoneConnection", {"zone_id": ZH}),
    ):
        with refused("EndpointConnectionNotFound", 400):
            provider(operation, service_id=service, endpoint_id="ep-unknown", **more)
        with refused("EndpointConnectionNotFound", 400):
            provider(operation, service_id=other, endpoint_id=endpoint, **more)
    with refused("ResourceNotFound.VpcEndpointZone", 404):
        provider.toggle(what, service, endpoint, ZI)
    with refused("EndpointConnectionOperationDenied", 400):  # it waits, and the connection is Disconnected
        provider.toggle(what, service, endpoint, ZH)


def test_zones_that_are_not_removed(consumer: Side, endpoint: str) -> None:
    with refused("EndpointZoneNotFound", 400):
        consumer("RemoveZoneFromVpcEndpoint", endpoint_id=endpoint, zone_id=ZI)


def test_bandwidth_of_a_connection(provider: Side, service: str, endpoint: str) -> None:
    about = {"service_id": service, "endpoint_id": endpoint}
    for operation in ("EnableVpcEndpointConnection", "UpdateVpcEndpointConnectionAttribute"):
        for bandwidth in (0, 25601):
            with refused("InvalidBandwidth", 400):
                provider(operation, bandwidth=bandwidth, **about)
        with refused("InvalidTrafficControlMode", 400):
            provider(operation, traffic_control_mode="Limit", **about)
    with refused("EndpointServiceNotFound", 400):
        provider("UpdateVpcEndpointConnectionAttribute", **{**about, "service_id": "epsrv-unknown"})
    with refused("EndpointConnectionNotFound", 400):
        provider("UpdateVpcEndpointConnectionAttribute", **{**about, "endpoint_id": "ep-unknown"})
    assert provider.connection(service, endpoint).connection_status == "Disconnected"


def test_what_is_used_stays(
    provider: Side, consumer: Side, service: str, endpoint: str, balancer: str, group: str, network: Network
) -> None:
    with refused("OperationDenied.RelatedResourceLocked", 400):
        provider.nlb.api.delete_load_balancer(nlb.DeleteLoadBalancerRequest(load_balancer_id=balancer))
    with refused("DependencyViolation", 403):
        request = ecs.DeleteSecurityGroupRequest(region_id="cn-hangzhou", security_group_id=group)
        consumer.ecs.delete_security_group(request)
    with refused("DependencyViolation.VSwitch", 400):
        consumer.vpc.delete_vpc(vpc.DeleteVpcRequest(vpc_id=network.vpc, region_id="cn-hangzhou"))
    with refused("DependencyViolation", 400):
        request = vpc.DeleteVSwitchRequest(v_switch_id=network.vswitches[ZH], region_id="cn-hangzhou")
        consumer.vpc.delete_vswitch(request)


def test_dry_runs(provider: Side, consumer: Side, service: str, network: Network, group: str) -> None:
    """What would be done is answered with DryRunOperation; what would be refused, with the refusal."""
    with refused("DryRunOperation", 400):
        provider("CreateVpcEndpointService", dry_run=True)
    before = consumer("ListVpcEndpoints").total_count
    with refused("DryRunOperation", 400):
        create(
            consumer, service, network, group, zone=zone(zone_id=ZH, v_switch_id=network.vswitches[ZH]), dry_run=True
        )
    with refused("VpcNotFound", 400):
        create(consumer, service, network, group, vpc_id="vpc-unknown", dry_run=True)
    assert consumer("ListVpcEndpoints").total_count == before
    id = consumer.endpoint(service, network)
    with refused("EndpointConnectionOperationDenied", 400):
        provider.toggle("Disable", service, id, ZH, dry_run=True)
    provider.enable(service, id)
    with refused("DryRunOperation", 400):
        provider.toggle("Disable", service, id, ZH, dry_run=True)
    with refused("IncorrectStatus.VpcEndpointZone", 400):
        provider.toggle("Enable", service, id, ZH, dry_run=True)
    with refused("IncorrectStatus.VpcEndpointZone", 400):  # nothing was replaced
        provider.toggle("Disable", service, id, ZH, replaced_resource=True)
    assert consumer.zone_status(id) == {ZH: "Connected", ZI: "Connected"}
    provider.toggle("Disable", service, id, ZH)
    consumer.wait_zone(id, ZH, "Disconnected")
    with refused("IncorrectStatus.VpcEndpointZone", 400):
        provider.toggle("Disable", service, id, ZH, dry_run=True)


def test_a_token_makes_one_endpoint(consumer: Side, service: str, network: Network, group: str) -> None:
    first = create(consumer, service, network, group, client_token="once", endpoint_name="once")
    again = create(consumer, service, network, group, client_token="once", endpoint_name="once")
    assert again.endpoint_id == first.endpoint_id
    assert consumer("ListVpcEndpoints", endpoint_name="once").total_count == 1


def test_a_token_disables_a_zone_once(provider: Side, consumer: Side, service: str, network: Network) -> None:
    id = consumer.endpoint(service, network)
    provider.enable(service, id)
    provider.toggle("Disable", service, id, ZH, client_token="dark")
    consumer.wait_zone(id, ZH, "Disconnected")
    provider.toggle("Disable", service, id, ZH, client_token="dark")  # not refused: it is the same call
    assert consumer.zone_status(id)[ZH] == "Disconnected"


def test_repeats(tmp_path_factory: pytest.TempPathFactory) -> None:
    """While it runs and for five seconds after it, a call that switches a zone cannot be repeated."""
    with Running(tmp_path_factory.mktemp("repeats"), "--engines", "none") as running:
        side = Side(running)
        network = side.nlb.network()
        service = side.service(side.nlb.balancer(network))
        id = side.linked(service, network)
        side.toggle("Disable", service, id, ZH)
        with refused("ConcurrentCallNotSupported", 400):
            side.toggle("Disable", service, id, ZH)
        side.toggle("Disable", service, id, ZI)  # another zone
        side.wait_zone(id, ZH, "Disconnected")
        with refused("ConcurrentCallNotSupported", 400):
            side.toggle("Disable", service, id, ZH)
        side.toggle("Enable", service, id, ZH)  # another call
        with refused("ConcurrentCallNotSupported", 400):
            side.toggle("Enable", service, id, ZH)
        side.wait_zone(id, ZH, "Connected")
        with refused("ConcurrentCallNotSupported", 400):
            side.toggle("Disable", service, id, ZH)
        until("the time over", lambda: _is_over(side, service, id), 10)
        side.toggle("Disable", service, id, ZH)


def _is_over(side: Side, service: str, endpoint: str) -> bool:
    try:
        side.toggle("Disable", service, endpoint, ZH, dry_run=True)
    except Exception as error:
        return getattr(error, "code", "") == "DryRunOperation"
    return False
