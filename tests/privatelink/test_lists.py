"""Pages and filters of PrivateLink's lists, and the JSON types of their totals."""

from __future__ import annotations

from typing import Any

import pytest
from alibabacloud_privatelink20200415 import models

from tests.nlb.conftest import Network
from tests.privatelink.cloud import ZH, ZI, Side

PACE = "instant"  # no transitional state is looked at


@pytest.fixture(scope="module")
def services(provider: Side, balancer: str) -> list[str]:
    """Three, the last with a tag and everybody's."""
    made = [provider.service(balancer), provider.service(service_resource_type="slb")]
    tag = [models.CreateVpcEndpointServiceRequestTag(key="team", value="a")]
    made.append(provider.service(balancer, zones=(ZI,), tag=tag, auto_accept_enabled=True, resource_group_id="rg-1"))
    provider("AddUserToVpcEndpointService", service_id=made[2], user_arn="*")
    return made


def test_pages_of_services(provider: Side, services: list[str]) -> None:
    first = provider("ListVpcEndpointServices", max_results=2)
    assert ([one.service_id for one in first.services], first.total_count) == (services[:2], 3)
    second = provider("ListVpcEndpointServices", max_results=2, next_token=first.next_token)
    assert [one.service_id for one in second.services] == services[2:]
    assert second.next_token is None
    assert provider("ListVpcEndpointServices").max_results == 50


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"service_resource_type": "slb"}, (1,)),
        ({"auto_accept_enabled": True}, (2,)),
        ({"auto_accept_enabled": False}, (0, 1)),
        ({"service_status": "Active"}, (0, 1, 2)),
        ({"service_status": "Deleting"}, ()),
        ({"service_business_status": "FinancialLocked"}, ()),
        ({"address_ip_version": "DualStack"}, ()),
        ({"resource_group_id": "rg-1"}, (2,)),
        ({"tag": [models.ListVpcEndpointServicesRequestTag(key="team", value="a")]}, (2,)),
        ({"tag": [models.ListVpcEndpointServicesRequestTag(key="team", value="b")]}, ()),
    ],
)
def test_filters_of_services(
    provider: Side, services: list[str], filters: dict[str, Any], expected: tuple[int, ...]
) -> None:
    reply = provider("ListVpcEndpointServices", **filters)
    assert [one.service_id for one in reply.services] == [services[number] for number in expected]
    assert reply.total_count == len(expected)


def test_services_by_name_and_load_balancer(provider: Side, services: list[str], balancer: str) -> None:
    name = f"com.aliyuncs.privatelink.cn-hangzhou.{services[1]}"
    (found,) = provider("ListVpcEndpointServices", service_name=name).services
    assert found.service_id == services[1]
    behind = provider("ListVpcEndpointServices", resource_id=balancer).services
    assert [one.service_id for one in behind] == [services[0], services[2]]


def test_what_a_consumer_is_offered(consumer: Side, services: list[str]) -> None:
    reply = consumer("ListVpcEndpointServicesByEndUser")
    assert reply.total_count == "1"
    (found,) = reply.services
    assert (found.service_id, found.zones, found.service_type) == (services[2], [ZI], "Interface")
    assert [(tag.key, tag.value) for tag in found.tags] == [("team", "a")]
    for nothing in ({"service_type": "Reverse"}, {"service_region_id": "cn-beijing"}, {"service_id": services[0]}):
        assert consumer("ListVpcEndpointServicesByEndUser", **nothing).services == []


@pytest.fixture(scope="module")
def endpoints(provider: Side, consumer: Side, services: list[str], network: Network) -> list[str]:
    """Two of the consumer's, the first in a zone, connected."""
    first = consumer.endpoint(services[2], network, zones=(ZI,), endpoint_name="first")
    provider.wait_connection(services[2], first, "Connected")
    provider("UpdateVpcEndpointServiceAttribute", service_id=services[2], auto_accept_enabled=False)
    provider.wait_service(services[2])
    return [first, consumer.endpoint(services[2], network, zones=())]


def test_pages_and_filters_of_endpoints(consumer: Side, endpoints: list[str], network: Network) -> None:
    first = consumer("ListVpcEndpoints", max_results=1)
    assert ([one.endpoint_id for one in first.endpoints], first.total_count) == (endpoints[:1], 2)
    second = consumer("ListVpcEndpoints", max_results=1, next_token=first.next_token)
    assert [one.endpoint_id for one in second.endpoints] == endpoints[1:]
    for filters, expected in (
        ({"endpoint_name": "first"}, endpoints[:1]),
        ({"connection_status": "Connected"}, endpoints[:1]),
        ({"connection_status": "Disconnected"}, endpoints[1:]),
        ({"vpc_id": network.vpc}, endpoints),
        ({"vpc_id": "vpc-other"}, []),
        ({"endpoint_type": "Reverse"}, []),
        ({"endpoint_id": endpoints[1]}, endpoints[1:]),
        ({"endpoint_status": "Active"}, endpoints),
    ):
        assert [one.endpoint_id for one in consumer("ListVpcEndpoints", **filters).endpoints] == expected


def test_pages_and_filters_of_connections(
    provider: Side, consumer: Side, endpoints: list[str], services: list[str], balancer: str
) -> None:
    first = provider("ListVpcEndpointConnections", max_results=1)
    assert first.total_count == "2"
    second = provider("ListVpcEndpointConnections", max_results=1, next_token=first.next_token)
    assert [one.endpoint_id for one in (*first.connections, *second.connections)] == endpoints
    eni = consumer.zones(endpoints[0])[ZI].eni_id
    for filters, expected in (
        ({"service_id": services[2]}, endpoints),
        ({"service_id": services[0]}, []),
        ({"endpoint_owner_id": int(consumer.account)}, endpoints),
        ({"endpoint_owner_id": int(provider.account)}, []),
        ({"connection_status": "Connected"}, endpoints[:1]),
        ({"eni_id": eni}, endpoints[:1]),
        ({"eni_id": "eni-other"}, []),
        ({"resource_id": balancer}, endpoints[:1]),
        ({"replaced_resource_id": balancer}, []),
        ({"resource_group_id": "rg-other"}, []),
    ):
        found = provider("ListVpcEndpointConnections", **filters).connections
        assert [one.endpoint_id for one in found] == expected, filters


def test_pages_of_zones_groups_resources_and_users(
    provider: Side, consumer: Side, network: Network, balancer: str
) -> None:
    service = provider.service(balancer)
    provider("AddUserToVpcEndpointService", service_id=service, user_id=1)
    provider("AddUserToVpcEndpointService", service_id=service, user_id=int(consumer.account))
    groups = [consumer.security_group(network.vpc) for _ in range(2)]
    endpoint = consumer.endpoint(service, network, security_group_id=groups)
    for side, operation, about, field, total in (
        (consumer, "ListVpcEndpointZones", {"endpoint_id": endpoint}, "zones", 2),
        (consumer, "ListVpcEndpointSecurityGroups", {"endpoint_id": endpoint}, "security_groups", 2),
        (provider, "ListVpcEndpointServiceResources", {"service_id": service}, "resources", None),
        (provider, "ListVpcEndpointServiceUsers", {"service_id": service}, "user_arns", "2"),
    ):
        first = side(operation, max_results=1, **about)
        second = side(operation, max_results=1, next_token=first.next_token, **about)
        assert [len(getattr(page, field)) for page in (first, second)] == [1, 1]
        assert getattr(first, field)[0].to_map() != getattr(second, field)[0].to_map()
        assert getattr(first, "total_count", None) == total
        assert second.next_token is None
    assert {ZH, ZI} == set(consumer.zones(endpoint))
