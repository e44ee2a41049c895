"""The official NLB client and what tests do with it over and over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from alibabacloud_nlb20220430 import models as nlb
from alibabacloud_nlb20220430.client import Client
from alibabacloud_vpc20160428 import models as vpc_models
from alibabacloud_vpc20160428.client import Client as VpcClient

from tests.running import Running, until

ZONES = ("cn-hangzhou-h", "cn-hangzhou-i")


class Network(NamedTuple):
    """A VPC with a vSwitch in each of its zones."""

    vpc: str
    vswitches: dict[str, str]

    def mappings(self, **addresses: str) -> list[nlb.CreateLoadBalancerRequestZoneMappings]:
        """Of all zones; a keyword is the last letter of a zone, and the address wanted there."""
        return [
            nlb.CreateLoadBalancerRequestZoneMappings(
                zone_id=zone, v_switch_id=vswitch, private_ipv_4address=addresses.get(zone[-1])
            )
            for zone, vswitch in self.vswitches.items()
        ]


class Nlb:
    """One account's client. :param key: (id, secret); left out, the first account's."""

    def __init__(self, running: Running, key: tuple[str, str] = ("", "")) -> None:
        self.running = running
        self.api = Client(running.config(*key))
        self._vpc = VpcClient(running.config(*key))

    def network(self, block: str = "10.5", zones: tuple[str, ...] = ZONES) -> Network:
        """An Available VPC ``<block>.0.0/16`` with a /24 in each of the zones."""
        create = vpc_models.CreateVpcRequest(region_id="cn-hangzhou", cidr_block=f"{block}.0.0/16")
        id: str = self._vpc.create_vpc(create).body.vpc_id
        until("the VPC Available", lambda: self._networks(id) == {"Available"})
        vswitches = {}
        for number, zone in enumerate(zones, 1):
            request = vpc_models.CreateVSwitchRequest(
                vpc_id=id, zone_id=zone, cidr_block=f"{block}.{number}.0/24", region_id="cn-hangzhou"
            )
            vswitches[zone] = self._vpc.create_vswitch(request).body.v_switch_id
        until("the vSwitches Available", lambda: self._networks(id) == {"Available"})
        return Network(id, vswitches)

    def _networks(self, id: str) -> set[str]:
        request = vpc_models.DescribeVpcAttributeRequest(vpc_id=id, region_id="cn-hangzhou")
        inside = vpc_models.DescribeVSwitchesRequest(vpc_id=id, region_id="cn-hangzhou")
        vswitches = self._vpc.describe_vswitches(inside).body.v_switches.v_switch
        return {self._vpc.describe_vpc_attribute(request).body.status, *(one.status for one in vswitches)}

    def finish(self, body: Any) -> None:
        """Waits for the job of a reply."""
        until(f"job {body.job_id} done", lambda: self.job(body.job_id) == "Succeeded")

    def job(self, id: str) -> str:
        status: str = self.api.get_job_status(nlb.GetJobStatusRequest(job_id=id)).body.status
        return status

    def group(self, network: Network, **more: Any) -> str:
        """An Available server group; its id."""
        request = nlb.CreateServerGroupRequest(
            **{"server_group_name": "group", "server_group_type": "Ip", "vpc_id": network.vpc, **more}
        )
        body = self.api.create_server_group(request).body
        self.finish(body)
        id: str = body.server_group_id
        return id

    def add(self, group: str, *servers: str, **more: Any) -> None:
        """Adds servers, each ``address:port``, and waits."""
        named = [
            nlb.AddServersToServerGroupRequestServers(
                server_id=server.partition(":")[0], port=int(server.partition(":")[2]), server_type="Ip", **more
            )
            for server in servers
        ]
        request = nlb.AddServersToServerGroupRequest(server_group_id=group, servers=named)
        self.finish(self.api.add_servers_to_server_group(request).body)

    def remove(self, group: str, *servers: str) -> None:
        named = [
            nlb.RemoveServersFromServerGroupRequestServers(
                server_id=server.partition(":")[0], port=int(server.partition(":")[2]), server_type="Ip"
            )
            for server in servers
        ]
        request = nlb.RemoveServersFromServerGroupRequest(server_group_id=group, servers=named)
        self.finish(self.api.remove_servers_from_server_group(request).body)

    def weigh(self, group: str, server: str, weight: int) -> None:
        """Gives a server another weight and waits."""
        address, _, port = server.partition(":")
        named = nlb.UpdateServerGroupServersAttributeRequestServers(
            server_id=address, port=int(port), server_type="Ip", weight=weight
        )
        request = nlb.UpdateServerGroupServersAttributeRequest(server_group_id=group, servers=[named])
        self.finish(self.api.update_server_group_servers_attribute(request).body)

    def servers(self, group: str) -> dict[str, Any]:
        """``address:port`` → the server."""
        reply = self.api.list_server_group_servers(nlb.ListServerGroupServersRequest(server_group_id=group)).body
        return {f"{one.server_ip}:{one.port}": one for one in reply.servers}

    def group_of(self, id: str) -> Any:
        """The group, ``None`` when it is gone."""
        found = self.api.list_server_groups(nlb.ListServerGroupsRequest(server_group_ids=[id])).body.server_groups
        return found[0] if found else None

    def balancer(self, network: Network, **more: Any) -> str:
        """An Active load balancer in all zones of a network; its id."""
        request = nlb.CreateLoadBalancerRequest(
            **{
                "address_type": "Intranet",
                "vpc_id": network.vpc,
                "zone_mappings": network.mappings(),
                **more,
            }
        )
        id: str = self.api.create_load_balancer(request).body.loadbalancer_id
        until(f"{id} Active", lambda: self.balancer_of(id).load_balancer_status == "Active")
        return id

    def balancer_of(self, id: str) -> Any:
        return self.api.get_load_balancer_attribute(nlb.GetLoadBalancerAttributeRequest(load_balancer_id=id)).body

    def listener(self, balancer: str, group: str, port: int | None, **more: Any) -> str:
        """A Running listener; its id."""
        request = nlb.CreateListenerRequest(
            **{
                "load_balancer_id": balancer,
                "server_group_id": group,
                "listener_port": port,
                "listener_protocol": "TCP",
                **more,
            }
        )
        body = self.api.create_listener(request).body
        self.finish(body)
        id: str = body.listener_id
        return id

    def listener_of(self, id: str) -> Any:
        return self.api.get_listener_attribute(nlb.GetListenerAttributeRequest(listener_id=id)).body

    def ailing(self, listener: str) -> dict[str, tuple[str, str]]:
        """``address:port`` → (status, reason) of the servers that get no clients."""
        request = nlb.GetListenerHealthStatusRequest(listener_id=listener)
        (health,) = self.api.get_listener_health_status(request).body.listener_health_status
        (info,) = health.server_group_infos
        return {f"{one.server_ip}:{one.port}": (one.status, one.reason.reason_code) for one in info.non_normal_servers}


@pytest.fixture(scope="module")
def states(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nlb]:
    """Without engines: what the API says. Transitions last as long as the file's ``PACE`` says, else ``fast``."""
    pace = getattr(request.module, "PACE", "fast")
    with Running(tmp_path_factory.mktemp("nlb"), "--engines", "none", "--pace", pace) as running:
        yield Nlb(running)


@pytest.fixture(scope="module")
def network(states: Nlb) -> Network:
    return states.network()
