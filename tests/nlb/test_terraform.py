"""A REPLAY, not Terraform: the calls of its provider for load balancers, in its order and in both of its wire forms.

Written from what the provider's source sends and reads for ``alicloud_nlb_server_group``, its
``_server_attachment``, ``alicloud_nlb_load_balancer`` and ``alicloud_nlb_listener``: created, polled, read, changed
and deleted, dependants first.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.gateway.support import Answer, Signer
from tests.nlb.conftest import Network, Nlb
from tests.running import until

PACE = "instant"  # no transitional state is looked at


class Terraform:
    """:param form: ``v1`` or ``acs3``."""

    def __init__(self, states: Nlb, form: str) -> None:
        self._running = states.running
        self.form = form
        self._tokens = 0

    def ask(self, action: str, **parameters: str) -> Answer:
        ready = self._running.ready
        host = ready.api.removeprefix("http://")
        signer = Signer(ready.access_key_id, ready.access_key_secret, host=host, version="2022-04-30")
        own = {"RegionId": "cn-hangzhou", **{name.replace("__", "."): value for name, value in parameters.items()}}
        wire = signer.v1(action, {}, own) if self.form == "v1" else signer.acs3(action, own)
        return wire.send(int(host.rpartition(":")[2]))

    def read(self, action: str, **parameters: str) -> dict[str, Any]:
        answer = self.ask(action, **parameters)
        assert answer.status == 200, answer.body
        # A success with such fields at its top would be an error to the provider.
        assert not {"Code", "Message"} & answer.json.keys()
        return answer.json

    def write(self, action: str, **parameters: str) -> dict[str, Any]:
        self._tokens += 1
        return self.read(action, ClientToken=f"TF-{action}-{self.form}-{self._tokens}", **parameters)

    def gone(self, action: str, code: str, **parameters: str) -> bool:
        answer = self.ask(action, **parameters)
        assert answer.status == 200 or (answer.status, answer.code) == (404, code)
        return answer.status == 404

    def group(self, id: str) -> dict[str, Any]:
        groups = self.read("ListServerGroups", ServerGroupIds__1=id)["ServerGroups"]
        return groups[0] if groups else {}


@pytest.fixture(scope="module", params=["v1", "acs3"])
def terraform(request: pytest.FixtureRequest, states: Nlb) -> Terraform:
    return Terraform(states, request.param)


def test_apply_change_and_destroy(terraform: Terraform, network: Network) -> None:
    group = terraform.write(
        "CreateServerGroup", ServerGroupName="tf-group", VpcId=network.vpc, ServerGroupType="Ip", Protocol="TCP",
        Scheduler="Wrr", AddressIPVersion="Ipv4", ConnectionDrainEnabled="true", ConnectionDrainTimeout="60",
        PreserveClientIpEnabled="true", HealthCheckConfig__HealthCheckEnabled="true",
        HealthCheckConfig__HealthCheckType="TCP", HealthCheckConfig__HealthCheckConnectPort="0",
        HealthCheckConfig__HealthyThreshold="2", HealthCheckConfig__UnhealthyThreshold="2",
        HealthCheckConfig__HealthCheckConnectTimeout="5", HealthCheckConfig__HealthCheckInterval="10",
        HealthCheckConfig__HttpCheckMethod="GET", HealthCheckConfig__HealthCheckHttpCode__1="http_2xx",
        Tag__1__Key="Created", Tag__1__Value="TF",
    )["ServerGroupId"]  # fmt: skip
    until("Available", lambda: terraform.group(group)["ServerGroupStatus"] == "Available")
    shown = terraform.group(group)
    assert (shown["ServerGroupName"], shown["ConnectionDrainTimeout"], shown["VpcId"]) == ("tf-group", 60, network.vpc)
    assert shown["HealthCheck"]["HealthCheckInterval"] == 10
    assert shown["Tags"] == [{"Key": "Created", "Value": "TF"}]

    terraform.write(
        "AddServersToServerGroup", ServerGroupId=group, Servers__1__ServerId="10.5.1.40",
        Servers__1__ServerIp="10.5.1.40", Servers__1__ServerType="Ip", Servers__1__Port="80",
        Servers__1__Weight="100", Servers__1__Description="tf-example",
    )  # fmt: skip
    asked = {"ServerGroupId": group, "ServerIds__1": "10.5.1.40"}
    until("attached", lambda: terraform.read("ListServerGroupServers", **asked)["Servers"][0]["Status"] == "Available")

    zones = {
        f"ZoneMappings__{number}__{name}": value
        for number, place in enumerate(network.vswitches.items(), 1)
        for name, value in zip(("ZoneId", "VSwitchId"), place, strict=True)
    }
    balancer = terraform.write(
        "CreateLoadBalancer", AddressType="Intranet", VpcId=network.vpc, LoadBalancerName="tf-nlb",
        LoadBalancerType="Network", AddressIpVersion="Ipv4", **zones,
    )["LoadbalancerId"]  # fmt: skip
    named = {"LoadBalancerId": balancer}

    def active() -> bool:
        return bool(terraform.read("GetLoadBalancerAttribute", **named)["LoadBalancerStatus"] == "Active")

    until("Active", active)
    terraform.write("UpdateLoadBalancerProtection", DeletionProtectionEnabled="true", **named)
    terraform.write("UpdateLoadBalancerAttribute", LoadBalancerName="tf-nlb-2", CrossZoneEnabled="true", **named)
    until("Active", active)
    terraform.write(
        "TagResources", ResourceId__1=balancer, ResourceType="loadbalancer", Tag__1__Key="For", Tag__1__Value="Test"
    )
    found = terraform.read("GetLoadBalancerAttribute", **named)
    assert (found["LoadBalancerName"], found["Tags"]) == ("tf-nlb-2", [{"TagKey": "For", "TagValue": "Test"}])
    assert found["DeletionProtectionConfig"]["Enabled"] is True
    for zone in found["ZoneMappings"]:
        assert zone["LoadBalancerAddresses"][0].keys() >= {"PrivateIPv4Address", "EniId"}

    listener = terraform.write(
        "CreateListener", ListenerProtocol="TCP", ListenerPort="80", ServerGroupId=group, IdleTimeout="900", Cps="1000",
        Mss="0", ProxyProtocolEnabled="false", SecSensorEnabled="false", ListenerDescription="tf-listener", **named,
    )["ListenerId"]  # fmt: skip
    port = {"ListenerId": listener}

    def reaches(status: str) -> None:
        until(status, lambda: terraform.read("GetListenerAttribute", **port)["ListenerStatus"] == status)

    reaches("Running")
    read = terraform.read("GetListenerAttribute", **port)
    assert (int(read["StartPort"]), int(read["EndPort"]), read["Cps"]) == (0, 0, 1000)
    terraform.write("UpdateListenerAttribute", IdleTimeout="60", **port)
    reaches("Running")
    terraform.write("StopListener", **port)
    reaches("Stopped")

    terraform.write("DeleteListener", **port)
    until("gone", lambda: terraform.gone("GetListenerAttribute", "ResourceNotFound.listener", **port))
    assert terraform.ask("DeleteLoadBalancer", **named).code == "OperationDenied.DeletionProtectionEnabled"
    terraform.write("UpdateLoadBalancerProtection", DeletionProtectionEnabled="false", **named)
    terraform.write("DeleteLoadBalancer", **named)
    until("gone", lambda: terraform.gone("GetLoadBalancerAttribute", "ResourceNotFound.loadBalancer", **named))
    terraform.write(
        "RemoveServersFromServerGroup", ServerGroupId=group, Servers__1__ServerId="10.5.1.40",
        Servers__1__ServerType="Ip", Servers__1__Port="80",
    )  # fmt: skip
    until("detached", lambda: not terraform.read("ListServerGroupServers", **asked)["Servers"])
    until("Available", lambda: terraform.group(group)["ServerGroupStatus"] == "Available")
    terraform.write("DeleteServerGroup", ServerGroupId=group)
    until("gone", lambda: not terraform.group(group))
