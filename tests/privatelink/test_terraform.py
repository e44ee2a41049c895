"""A REPLAY, not Terraform: the calls of its provider for PrivateLink, in its order and in both of its wire forms.

Written from what the provider's source sends and reads for ``alicloud_privatelink_vpc_endpoint_service``, its
``_service_resource`` and ``_service_user``, ``alicloud_privatelink_vpc_endpoint``, its ``_zone`` and ``_connection``:
created, polled, read, changed and deleted, dependants first. Polls of seconds and minutes are shorter here.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.gateway.support import Answer, Signer
from tests.nlb.conftest import Network
from tests.privatelink.cloud import REGION, ZH, Side
from tests.running import until

PACE = "instant"  # no transitional state is looked at

RETRIED = {
    "EndpointLocked", "EndpointServiceLocked", "ConcurrentCallNotSupported", "EndpointConnectionOperationDenied",
    "EndpointOperationDenied", "EndpointServiceOperationDenied", "EndpointServiceConnectionDependence",
}  # fmt: skip
"""Codes after which the provider calls again."""


class Terraform:
    """:param form: ``v1`` or ``acs3``."""

    def __init__(self, side: Side, form: str) -> None:
        self._side = side
        self.form = form
        self._tokens = 0

    def ask(self, action: str, **parameters: Any) -> Answer:
        ready = self._side.running.ready
        key_id, secret = self._side.key
        host = ready.api.removeprefix("http://")
        signer = Signer(
            key_id or ready.access_key_id, secret or ready.access_key_secret, host=host, version="2020-04-15"
        )
        own = {"RegionId": REGION, **{name: _text(value) for name, value in parameters.items()}}
        wire = signer.v1(action, {}, own) if self.form == "v1" else signer.acs3(action, own)
        return wire.send(int(host.rpartition(":")[2]))

    def read(self, action: str, **parameters: Any) -> dict[str, Any]:
        answer = self.ask(action, **parameters)
        assert answer.status == 200, answer.body
        # A success with such fields at its top would be an error to the provider.
        assert not {"Code", "Message"} & answer.json.keys()
        return answer.json

    def write(self, action: str, **parameters: Any) -> dict[str, Any]:
        """Called again while the answer is one of those that pass."""
        self._tokens += 1
        token = f"TF-{action}-{self.form}-{self._tokens}"
        found: list[dict[str, Any]] = []

        def through() -> bool:
            answer = self.ask(action, ClientToken=token, **parameters)
            assert answer.status == 200 or answer.code in RETRIED, answer.body
            found.extend([answer.json] if answer.status == 200 else [])
            return bool(found)

        until(action, through)
        return found[0]

    def code(self, action: str, **parameters: Any) -> str:
        answer = self.ask(action, **parameters)
        assert answer.status == 400, answer.body
        return answer.code


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.fixture(scope="module", params=["v1", "acs3"])
def terraform(request: pytest.FixtureRequest, provider: Side) -> Terraform:
    return Terraform(provider, request.param)


def test_replay(terraform: Terraform, provider: Side, inside: Network, balancer: str) -> None:
    """One configuration with everything in it, in the provider's own account."""
    service = _service(terraform)
    _resource(terraform, service, balancer)
    _user(terraform, service)
    endpoint = _endpoint(terraform, service, inside, provider.security_group(inside.vpc))
    _zone(terraform, endpoint, inside)
    _connection(terraform, service, endpoint)
    _changes(terraform, service, endpoint, provider.security_group(inside.vpc))
    _data_sources(terraform, service, endpoint, balancer)
    _destroy(terraform, service, endpoint, balancer)


def _service(terraform: Terraform) -> str:
    asked = {
        "ServiceDescription": "tf", "AutoAcceptEnabled": False, "ServiceResourceType": "nlb", "Payer": "Endpoint",
        "ZoneAffinityEnabled": False, "ServiceSupportIPv6": False, "DryRun": False,
    }  # fmt: skip
    id: str = terraform.write("CreateVpcEndpointService", **asked)["ServiceId"]
    until("Active", lambda: terraform.read("GetVpcEndpointServiceAttribute", ServiceId=id)["ServiceStatus"] == "Active")
    found = terraform.read("GetVpcEndpointServiceAttribute", ServiceId=id)
    texts = (
        "CreateTime", "Payer", "RegionId", "ResourceGroupId", "ServiceBusinessStatus", "ServiceDescription",
        "ServiceDomain", "ServiceName", "ServiceResourceType", "ServiceStatus", "AddressIpVersion",
    )  # fmt: skip
    switches = ("AutoAcceptEnabled", "ServiceSupportIPv6", "ZoneAffinityEnabled")
    assert {name: type(found[name]) for name in texts} == dict.fromkeys(texts, str)
    assert {name: type(found[name]) for name in switches} == dict.fromkeys(switches, bool)
    assert type(found["ConnectBandwidth"]) is int
    about = {"ResourceType": "vpcendpointservice", "ResourceId.1": id}
    assert terraform.read("ListTagResources", **about)["TagResources"] == []
    terraform.write("TagResources", **about, **{"Tag.1.Key": "Created", "Tag.1.Value": "TF"})
    (tag,) = terraform.read("ListTagResources", **about)["TagResources"]
    assert (tag["TagKey"], tag["TagValue"]) == ("Created", "TF")
    terraform.write("UntagResources", **about, **{"TagKey.1": "Created"})
    terraform.write("ChangeResourceGroup", ResourceId=id, ResourceType="VpcEndpointService", ResourceGroupId="rg-acfm1")
    terraform.write("UpdateVpcEndpointServiceAttribute", ServiceId=id, ConnectBandwidth=103)
    until("Active", lambda: terraform.read("GetVpcEndpointServiceAttribute", ServiceId=id)["ServiceStatus"] == "Active")
    assert terraform.read("GetVpcEndpointServiceAttribute", ServiceId=id)["ConnectBandwidth"] == 103
    return id


def _resource(terraform: Terraform, service: str, balancer: str) -> None:
    about = {"ServiceId": service, "ResourceId": balancer, "ResourceType": "nlb", "ZoneId": ZH}
    terraform.write("AttachResourceToVpcEndpointService", **about)
    listed = terraform.read("ListVpcEndpointServiceResources", ServiceId=service, MaxResults=50)
    (found,) = listed["Resources"]
    assert "NextToken" not in listed
    wanted = {"ResourceId": balancer, "ResourceType": "nlb", "ZoneId": ZH, "RegionId": REGION}
    assert {name: found[name] for name in wanted} == wanted


def _user(terraform: Terraform, service: str) -> None:
    terraform.write("AddUserToVpcEndpointService", ServiceId=service, UserId="1234567890123456")
    found = terraform.read("ListVpcEndpointServiceUsers", ServiceId=service, UserId="1234567890123456", MaxResults=50)
    assert found["Users"][0]["UserId"] == 1234567890123456


def _endpoint(terraform: Terraform, service: str, network: Network, group: str) -> str:
    asked = {
        "ServiceId": service, "VpcId": network.vpc, "SecurityGroupId.1": group, "EndpointName": "tf-link",
        "EndpointType": "Interface", "ZonePrivateIpAddressCount": 1, "ProtectedEnabled": False, "DryRun": False,
    }  # fmt: skip
    id: str = terraform.write("CreateVpcEndpoint", **asked)["EndpointId"]
    until("Active", lambda: terraform.read("GetVpcEndpointAttribute", EndpointId=id)["EndpointStatus"] == "Active")
    found = terraform.read("GetVpcEndpointAttribute", EndpointId=id)
    texts = (
        "ConnectionStatus", "CreateTime", "EndpointBusinessStatus", "EndpointDescription", "EndpointDomain",
        "EndpointId", "EndpointName", "EndpointStatus", "EndpointType", "PolicyDocument", "RegionId", "ResourceGroupId",
        "ServiceId", "ServiceName", "ServiceRegionId", "VpcId", "AddressIpVersion",
    )  # fmt: skip
    assert {name: type(found[name]) for name in texts} == dict.fromkeys(texts, str)
    assert (found["Bandwidth"], found["ZonePrivateIpAddressCount"]) == (103, 1)
    assert (found["ConnectionStatus"], found["VpcId"]) == ("Disconnected", network.vpc)
    assert _groups(terraform, id) == [group]
    return id


def _groups(terraform: Terraform, endpoint: str) -> list[str]:
    found = terraform.read("ListVpcEndpointSecurityGroups", EndpointId=endpoint, MaxResults=50)["SecurityGroups"]
    return [one["SecurityGroupId"] for one in found]


def _zone(terraform: Terraform, endpoint: str, network: Network) -> None:
    about = {"EndpointId": endpoint, "ZoneId": ZH, "VSwitchId": network.vswitches[ZH], "ip": "10.6.1.200"}
    if terraform.form == "acs3":
        about["ip"] = "10.6.1.201"  # that of the other form may be there yet
    terraform.write("AddZoneToVpcEndpoint", **about)

    def found() -> dict[str, Any]:
        (zone,) = terraform.read("ListVpcEndpointZones", EndpointId=endpoint, MaxResults=50)["Zones"]
        return dict(zone)

    until("Wait or Connected", lambda: found()["ZoneStatus"] in ("Wait", "Connected"))
    zone = found()
    assert (zone["EniIp"], zone["ZoneId"], zone["VSwitchId"]) == (about["ip"], ZH, about["VSwitchId"])
    texts = ("EniId", "RegionId", "ZoneDomain", "ZoneStatus")
    assert {name: type(zone[name]) for name in texts} == dict.fromkeys(texts, str)


def _seen(terraform: Terraform, service: str, endpoint: str) -> dict[str, Any]:
    listed = terraform.read("ListVpcEndpointConnections", ServiceId=service, EndpointId=endpoint, MaxResults=50)
    (found,) = listed["Connections"]
    return dict(found)


def _connection(terraform: Terraform, service: str, endpoint: str) -> None:
    terraform.write("EnableVpcEndpointConnection", ServiceId=service, EndpointId=endpoint, Bandwidth=1024)
    until("Connected", lambda: _seen(terraform, service, endpoint)["ConnectionStatus"] == "Connected")
    found = _seen(terraform, service, endpoint)
    assert (found["Bandwidth"], found["EndpointId"], found["ServiceId"]) == (1024, endpoint, service)


def _changes(terraform: Terraform, service: str, endpoint: str, group: str) -> None:
    """New names, and one security group for another: the new one first."""

    def active() -> bool:
        found = terraform.read("GetVpcEndpointAttribute", EndpointId=endpoint)
        return bool(found["EndpointStatus"] == "Active")

    (before,) = _groups(terraform, endpoint)
    terraform.write(
        "UpdateVpcEndpointAttribute", EndpointId=endpoint, EndpointName="tf-other", EndpointDescription="tf"
    )
    until("Active", active)
    terraform.write("AttachSecurityGroupToVpcEndpoint", EndpointId=endpoint, SecurityGroupId=group)
    until("Active", active)
    terraform.write("DetachSecurityGroupFromVpcEndpoint", EndpointId=endpoint, SecurityGroupId=before)
    until("Active", active)
    assert _groups(terraform, endpoint) == [group]
    terraform.write("UpdateVpcEndpointConnectionAttribute", ServiceId=service, EndpointId=endpoint, Bandwidth=200)
    until("Connected", lambda: _seen(terraform, service, endpoint)["ConnectionStatus"] == "Connected")
    assert _seen(terraform, service, endpoint)["Bandwidth"] == 200
    assert terraform.read("GetVpcEndpointAttribute", EndpointId=endpoint)["EndpointName"] == "tf-other"
    assert _seen(terraform, service, endpoint)["ConnectionStatus"] == "Connected"


def _data_sources(terraform: Terraform, service: str, endpoint: str, balancer: str) -> None:
    """vpc_endpoints, _services, _connections, _zones, _service_resources, _service_users and privatelink_service."""

    def listed(action: str, inside: str, **filters: str) -> list[dict[str, Any]]:
        found = terraform.read(action, MaxResults=50, **filters)
        assert "NextToken" not in found
        entries: list[dict[str, Any]] = found[inside]
        return entries

    assert endpoint in [one["EndpointId"] for one in listed("ListVpcEndpoints", "Endpoints")]
    (one,) = listed("ListVpcEndpoints", "Endpoints", EndpointName="tf-other", ServiceName="", EndpointId=endpoint)
    assert (one["ServiceId"], one["ConnectionStatus"], one["Bandwidth"]) == (service, "Connected", 200)
    assert service in [one["ServiceId"] for one in listed("ListVpcEndpointServices", "Services")]
    (one,) = listed("ListVpcEndpointConnections", "Connections", ServiceId=service, ConnectionStatus="Connected")
    assert one["EndpointId"] == endpoint
    (one,) = listed("ListVpcEndpointZones", "Zones", EndpointId=endpoint)
    assert one["ZoneStatus"] == "Connected"
    assert [one["ResourceId"] for one in listed("ListVpcEndpointServiceResources", "Resources", ServiceId=service)] == [
        balancer
    ]
    assert [one["UserId"] for one in listed("ListVpcEndpointServiceUsers", "Users", ServiceId=service)] == [
        1234567890123456
    ]
    assert terraform.code("OpenPrivateLinkService") == "OrderOpend"  # already open, to the provider


def _destroy(terraform: Terraform, service: str, endpoint: str, balancer: str) -> None:
    """Dependants first, each until it is gone; the connection has to stay listed as Disconnected."""
    terraform.write("DisableVpcEndpointConnection", ServiceId=service, EndpointId=endpoint)
    until("Disconnected", lambda: _seen(terraform, service, endpoint)["ConnectionStatus"] == "Disconnected")
    terraform.write("RemoveZoneFromVpcEndpoint", EndpointId=endpoint, ZoneId=ZH)
    until("no zone", lambda: terraform.read("ListVpcEndpointZones", EndpointId=endpoint, MaxResults=50)["Zones"] == [])
    terraform.write("DeleteVpcEndpoint", EndpointId=endpoint)
    until("gone", lambda: terraform.ask("GetVpcEndpointAttribute", EndpointId=endpoint).status != 200)
    assert terraform.code("GetVpcEndpointAttribute", EndpointId=endpoint) == "EndpointNotFound"
    assert terraform.code("DeleteVpcEndpoint", EndpointId=endpoint) == "EndpointNotFound"
    terraform.write("RemoveUserFromVpcEndpointService", ServiceId=service, UserId="1234567890123456")
    found = terraform.read("ListVpcEndpointServiceUsers", ServiceId=service, UserId="1234567890123456", MaxResults=50)
    assert found["Users"] == []
    terraform.write(
        "DetachResourceFromVpcEndpointService", ServiceId=service, ResourceId=balancer, ResourceType="nlb", ZoneId=ZH
    )
    assert terraform.read("ListVpcEndpointServiceResources", ServiceId=service, MaxResults=50)["Resources"] == []
    terraform.write("DeleteVpcEndpointService", ServiceId=service)
    until("gone", lambda: terraform.ask("GetVpcEndpointServiceAttribute", ServiceId=service).status != 200)
    assert terraform.code("GetVpcEndpointServiceAttribute", ServiceId=service) == "EndpointServiceNotFound"
    assert terraform.code("DeleteVpcEndpointService", ServiceId=service) == "EndpointServiceNotFound"
