"""A REPLAY, not Terraform: the calls of its provider for classic load balancers, in its order and in both its forms.

Written from what the provider's source sends and reads for ``alicloud_slb_load_balancer``, ``alicloud_slb_listener``,
``alicloud_slb_backend_server`` and ``alicloud_slb_server_group``. It knows a missing listener or vServer group by its
error's text.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.gateway.support import Answer, Signer
from tests.nlb.conftest import Network
from tests.running import until
from tests.slb.conftest import ZH, Slb, text

PACE = "instant"  # no transitional state is looked at


class Terraform:
    """:param form: ``v1`` or ``acs3``."""

    def __init__(self, states: Slb, form: str) -> None:
        self._running = states.running
        self.form = form

    def ask(self, action: str, **parameters: str) -> Answer:
        ready = self._running.ready
        host = ready.api.removeprefix("http://")
        signer = Signer(ready.access_key_id, ready.access_key_secret, host=host, version="2014-05-15")
        own = {"RegionId": "cn-hangzhou", **{name.replace("__", "."): value for name, value in parameters.items()}}
        wire = signer.v1(action, {}, own) if self.form == "v1" else signer.acs3(action, own)
        return wire.send(int(host.rpartition(":")[2]))

    def read(self, action: str, **parameters: str) -> dict[str, Any]:
        answer = self.ask(action, **parameters)
        assert answer.status == 200, answer.body
        assert not {"Code", "Message"} & answer.json.keys()
        return answer.json

    def missing(self, action: str, text: str, **parameters: str) -> bool:
        """Whether something is not found, in words that the provider knows."""
        answer = self.ask(action, **parameters)
        assert answer.status == 200 or text in (answer.code, answer.json["Message"].rstrip("."))
        return answer.status != 200


@pytest.fixture(scope="module", params=["v1", "acs3"])
def terraform(request: pytest.FixtureRequest, states: Slb) -> Terraform:
    return Terraform(states, request.param)


def test_apply_change_and_destroy(terraform: Terraform, network: Network) -> None:
    balancer = terraform.read(
        "CreateLoadBalancer", AddressIPVersion="ipv4", AddressType="intranet", DeleteProtection="on",
        LoadBalancerName="tf-slb", LoadBalancerSpec="slb.s2.small", ModificationProtectionStatus="NonProtection",
        PayType="PayOnDemand", InstanceChargeType="PayBySpec", InternetChargeType="paybytraffic", VpcId=network.vpc,
        VSwitchId=network.vswitches[ZH], ClientToken=f"TF-{terraform.form}",
    )["LoadBalancerId"]  # fmt: skip
    named = {"LoadBalancerId": balancer}

    def status() -> str:
        return str(terraform.read("DescribeLoadBalancerAttribute", **named)["LoadBalancerStatus"])

    until("active", lambda: status() == "active")
    terraform.read(
        "TagResources", ResourceType="instance", ResourceId__1=balancer, Tag__1__Key="For", Tag__1__Value="T"
    )
    terraform.read("SetLoadBalancerName", LoadBalancerName="tf-slb-2", **named)
    terraform.read("ModifyLoadBalancerInstanceSpec", LoadBalancerSpec="slb.s2.medium", **named)
    seen = terraform.read("DescribeLoadBalancerAttribute", **named)
    assert (seen["LoadBalancerName"], seen["LoadBalancerSpec"], seen["Bandwidth"]) == (
        "tf-slb-2",
        "slb.s2.medium",
        5120,
    )
    assert (seen["AddressType"], seen["AddressIPVersion"], seen["PayType"]) == ("intranet", "ipv4", "PayOnDemand")
    tags = terraform.read("ListTagResources", ResourceType="instance", ResourceId__1=balancer)
    assert [one["TagKey"] for one in tags["TagResources"]["TagResource"]] == ["For"]

    servers = [{"ServerId": "eni-1", "ServerIp": "10.5.1.40", "Weight": 100, "Type": "eni"}]
    terraform.read("AddBackendServers", BackendServers=text(*servers), **named)
    (shown,) = terraform.read("DescribeLoadBalancerAttribute", **named)["BackendServers"]["BackendServer"]
    assert (shown["ServerId"], shown["ServerIp"], shown["Weight"], shown["Type"]) == ("eni-1", "10.5.1.40", 100, "eni")

    group = terraform.read(
        "CreateVServerGroup", VServerGroupName="tf-group", BackendServers=text({**servers[0], "Port": 6379}), **named
    )["VServerGroupId"]
    pooled = {"VServerGroupId": group}
    (one,) = terraform.read("DescribeVServerGroupAttribute", **pooled)["BackendServers"]["BackendServer"]
    assert (one["ServerId"], one["Port"], one["Weight"]) == ("eni-1", 6379, 100)

    port = {**named, "ListenerPort": "6379"}
    terraform.read(
        "CreateLoadBalancerTCPListener", Bandwidth="-1", Scheduler="wrr", VServerGroupId=group, HealthCheckType="tcp",
        HealthyThreshold="3", UnhealthyThreshold="3", HealthCheckConnectTimeout="5", healthCheckInterval="2",
        PersistenceTimeout="0", EstablishedTimeout="900", AclStatus="off", Description="tf-listener",
        HealthCheckURI="/", HealthCheckHttpCode="http_2xx", **port,
    )  # fmt: skip

    def listener() -> dict[str, Any]:
        return terraform.read("DescribeLoadBalancerTCPListenerAttribute", **port)

    assert listener()["Status"] == "stopped"
    terraform.read("StartLoadBalancerListener", ListenerProtocol="tcp", **port)
    until("running", lambda: listener()["Status"] == "running")
    terraform.read("SetLoadBalancerTCPListenerAttribute", EstablishedTimeout="60", VServerGroup="on", **pooled, **port)
    until("running", lambda: listener()["Status"] == "running")
    found = listener()
    assert (found["ListenerPort"], found["VServerGroupId"], found["EstablishedTimeout"]) == (6379, group, 60)

    assert terraform.ask("DeleteVServerGroup", **pooled).code == "RspoolVipExist"
    terraform.read("DeleteLoadBalancerListener", ListenerProtocol="tcp", **port)
    gone = "The specified resource does not exist"
    until("gone", lambda: terraform.missing("DescribeLoadBalancerTCPListenerAttribute", gone, **port))
    terraform.read("DeleteVServerGroup", **pooled)
    assert terraform.missing("DescribeVServerGroupAttribute", "The specified VServerGroupId does not exist", **pooled)
    terraform.read("RemoveBackendServers", BackendServers=text(*servers), **named)
    assert terraform.ask("DeleteLoadBalancer", **named).code == "OperationDenied.DeleteProtectionIsOn"
    terraform.read("SetLoadBalancerDeleteProtection", DeleteProtection="off", **named)
    terraform.read("DeleteLoadBalancer", **named)
    code = "InvalidLoadBalancerId.NotFound"
    until("gone", lambda: terraform.missing("DescribeLoadBalancerAttribute", code, **named))
