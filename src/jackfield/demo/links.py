"""PrivateLink: two accounts, two VPCs with the same block, and one zone that goes dark under load."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from alibabacloud_ecs20140526 import models as ecs
from alibabacloud_ecs20140526.client import Client as EcsClient
from alibabacloud_nlb20220430 import models as nlb
from alibabacloud_nlb20220430.client import Client as NlbClient
from alibabacloud_privatelink20200415 import models as link
from alibabacloud_privatelink20200415.client import Client as LinkClient
from alibabacloud_r_kvstore20150101 import models as tair
from alibabacloud_r_kvstore20150101.client import Client as TairClient
from alibabacloud_tea_openapi.models import Config
from alibabacloud_vpc20160428 import models as vpc
from alibabacloud_vpc20160428.client import Client as VpcClient

from jackfield.cli.client import ask
from jackfield.demo.sdk import config
from jackfield.demo.stage import Stage
from jackfield.supervisor.ready import Ready

PASSWORD = "Jackfield-2026"
BLOCK = "10.0.0.0/16"
PORT = 6379


class Network:
    """A VPC with a vSwitch in each of two zones.

    :ivar zones: zone → vSwitch.
    """

    def __init__(self, stage: Stage, access: Config, region: str) -> None:
        self.access = access
        api = VpcClient(access)
        self.id: str = api.create_vpc(vpc.CreateVpcRequest(region_id=region, cidr_block=BLOCK)).body.vpc_id

        def ready() -> bool:
            request = vpc.DescribeVpcAttributeRequest(region_id=region, vpc_id=self.id)
            return bool(api.describe_vpc_attribute(request).body.status == "Available")

        stage.wait(f"{self.id} Available", ready)
        self.zones: dict[str, str] = {}
        for number, zone in enumerate((f"{region}-h", f"{region}-i")):
            request = vpc.CreateVSwitchRequest(
                region_id=region, vpc_id=self.id, zone_id=zone, cidr_block=f"10.0.{number}.0/24"
            )
            self.zones[zone] = api.create_vswitch(request).body.v_switch_id

        def all_ready() -> bool:
            found = api.describe_vswitches(vpc.DescribeVSwitchesRequest(region_id=region, vpc_id=self.id)).body
            return all(one.status == "Available" for one in found.v_switches.v_switch)

        stage.wait(f"the vSwitches of {self.id}", all_ready)


class Inside:
    """A client inside a VPC, started by ``jackfield exec``."""

    def __init__(self, data: str, vpc_id: str) -> None:
        argv = [sys.executable, "-m", "jackfield", "exec", "--data", data, "--vpc", vpc_id, "--"]
        self._process = subprocess.Popen(
            [*argv, sys.executable, "-m", "jackfield.demo.inside"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, *what: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def end(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)
        assert self._process.stdout is not None
        self._process.stdout.close()


class LinkStory:
    """Runs outside of ``exec``, since its clients stand inside VPCs. :param data: the data folder."""

    def __init__(self, stage: Stage, ready: Ready, data: str) -> None:
        self._stage = stage
        self._ready = ready
        self._data = data
        self._provider = config(ready)
        account = ask(ready, "accounts", {"name": "consumer"})
        self._consumer_id: str = account["account_id"]
        self._consumer = config(ready)
        self._consumer.access_key_id = account["access_key_id"]
        self._consumer.access_key_secret = account["access_key_secret"]

    def tell(self) -> None:
        """:raises NotSeen: a state did not come."""
        stage = self._stage
        stage.title("PrivateLink: a database in one account's VPC, its clients in another's")
        provider = Network(stage, self._provider, self._ready.region)
        consumer = Network(stage, self._consumer, self._ready.region)
        stage.say(f"provider {provider.id} and consumer {consumer.id}, both {BLOCK}")
        database = self._database(provider)
        balancer = self._balancer(provider, database)
        service = self._service(provider, balancer)
        endpoint = self._endpoint(consumer, service)
        with ExitStack() as stack:
            near = stack.enter_context(self._inside(provider))
            far = stack.enter_context(self._inside(consumer))
            self._reach(near, far, database, endpoint)
            self._go_dark(far, service, endpoint, next(iter(consumer.zones)))

    @contextmanager
    def _inside(self, network: Network) -> Iterator[Inside]:
        client = Inside(self._data, network.id)
        try:
            yield client
        finally:
            client.end()

    def _database(self, network: Network) -> dict[str, str]:
        api = TairClient(self._provider)
        zone, vswitch = next(iter(network.zones.items()))
        instance = api.create_instance(
            tair.CreateInstanceRequest(
                region_id=self._ready.region,
                instance_class="redis.master.small.default",
                password=PASSWORD,
                network_type="VPC",
                vpc_id=network.id,
                v_switch_id=vswitch,
                zone_id=zone,
            )
        ).body.instance_id

        def normal() -> bool:
            request = tair.DescribeInstanceAttributeRequest(instance_id=instance)
            found = api.describe_instance_attribute(request).body.instances.dbinstance_attribute[0]
            return bool(found.instance_status == "Normal")

        self._stage.wait(f"{instance} Normal", normal)
        found = api.describe_dbinstance_net_info(tair.DescribeDBInstanceNetInfoRequest(instance_id=instance)).body
        info = found.net_info_items.instance_net_info[0]
        admitted = "10.0.0.10,10.0.1.10"
        api.modify_security_ips(tair.ModifySecurityIpsRequest(instance_id=instance, security_ips=admitted))
        self._stage.say(f"{info.connection_string} is {info.ipaddress} in the provider's VPC; whitelist {admitted}")
        return {"name": info.connection_string, "address": info.ipaddress}

    def _balancer(self, network: Network, database: dict[str, str]) -> str:
        api = NlbClient(self._provider)
        region = self._ready.region
        group = api.create_server_group(
            nlb.CreateServerGroupRequest(
                region_id=region,
                vpc_id=network.id,
                server_group_name="database",
                server_group_type="Ip",
                protocol="TCP",
            )
        ).body.server_group_id
        server = nlb.AddServersToServerGroupRequestServers(
            server_id=database["address"], server_ip=database["address"], server_type="Ip", port=PORT, weight=100
        )
        self._stage.wait(
            f"{group} Available",
            lambda: (
                api.list_server_groups(nlb.ListServerGroupsRequest(region_id=region, server_group_ids=[group]))
                .body.server_groups[0]
                .server_group_status
                == "Available"
            ),
        )
        api.add_servers_to_server_group(
            nlb.AddServersToServerGroupRequest(region_id=region, server_group_id=group, servers=[server])
        )
        mappings = [
            nlb.CreateLoadBalancerRequestZoneMappings(
                zone_id=zone, v_switch_id=vswitch, private_ipv_4address=f"10.0.{number}.10"
            )
            for number, (zone, vswitch) in enumerate(network.zones.items())
        ]
        balancer: str = api.create_load_balancer(
            nlb.CreateLoadBalancerRequest(
                region_id=region, vpc_id=network.id, address_type="Intranet", zone_mappings=mappings
            )
        ).body.loadbalancer_id
        request = nlb.GetLoadBalancerAttributeRequest(region_id=region, load_balancer_id=balancer)

        def active() -> bool:
            return bool(api.get_load_balancer_attribute(request).body.load_balancer_status == "Active")

        self._stage.wait(f"{balancer} Active", active)
        listener = api.create_listener(
            nlb.CreateListenerRequest(
                region_id=region,
                load_balancer_id=balancer,
                listener_port=PORT,
                listener_protocol="TCP",
                server_group_id=group,
            )
        ).body.listener_id
        self._stage.wait(
            f"{listener} Running",
            lambda: (
                api.get_listener_attribute(
                    nlb.GetListenerAttributeRequest(region_id=region, listener_id=listener)
                ).body.listener_status
                == "Running"
            ),
        )
        self._stage.say(f"{balancer} listens at 10.0.0.10 and 10.0.1.10, port {PORT}")
        return balancer

    def _service(self, network: Network, balancer: str) -> str:
        api = LinkClient(self._provider)
        region = self._ready.region
        service: str = api.create_vpc_endpoint_service(
            link.CreateVpcEndpointServiceRequest(region_id=region, service_resource_type="nlb")
        ).body.service_id
        self._stage.wait(f"{service} Active", lambda: self._service_status(api, service) == "Active")
        for zone in network.zones:
            api.attach_resource_to_vpc_endpoint_service(
                link.AttachResourceToVpcEndpointServiceRequest(
                    region_id=region, service_id=service, resource_id=balancer, resource_type="nlb", zone_id=zone
                )
            )
            self._stage.wait(f"{service} Active", lambda: self._service_status(api, service) == "Active")
        api.add_user_to_vpc_endpoint_service(
            link.AddUserToVpcEndpointServiceRequest(
                region_id=region, service_id=service, user_id=int(self._consumer_id)
            )
        )
        self._stage.say(f"{service} offers it in two zones to account {self._consumer_id}")
        return service

    def _service_status(self, api: LinkClient, service: str) -> str:
        request = link.GetVpcEndpointServiceAttributeRequest(region_id=self._ready.region, service_id=service)
        return str(api.get_vpc_endpoint_service_attribute(request).body.service_status)

    def _endpoint(self, network: Network, service: str) -> str:
        region = self._ready.region
        groups = EcsClient(self._consumer)
        group = groups.create_security_group(
            ecs.CreateSecurityGroupRequest(region_id=region, vpc_id=network.id)
        ).body.security_group_id
        permission = ecs.AuthorizeSecurityGroupRequestPermissions(
            ip_protocol="TCP", port_range=f"{PORT}/{PORT}", source_cidr_ip=BLOCK, policy="accept", priority="1"
        )
        groups.authorize_security_group(
            ecs.AuthorizeSecurityGroupRequest(region_id=region, security_group_id=group, permissions=[permission])
        )
        api = LinkClient(self._consumer)
        zones = [
            link.CreateVpcEndpointRequestZone(zone_id=zone, v_switch_id=vswitch)
            for zone, vswitch in network.zones.items()
        ]
        made = api.create_vpc_endpoint(
            link.CreateVpcEndpointRequest(
                region_id=region, vpc_id=network.id, service_id=service, security_group_id=[group], zone=zones
            )
        ).body
        endpoint: str = made.endpoint_id
        self._stage.wait(f"{endpoint} Active", lambda: self._attribute(endpoint).endpoint_status == "Active")
        before = self._attribute(endpoint).connection_status
        begun = time.monotonic()
        LinkClient(self._provider).enable_vpc_endpoint_connection(
            link.EnableVpcEndpointConnectionRequest(region_id=region, service_id=service, endpoint_id=endpoint)
        )
        self._stage.wait(f"{endpoint} Connected", lambda: self._attribute(endpoint).connection_status == "Connected")
        self._stage.show(
            "the endpoint is Connected once the provider accepts it",
            before == "Disconnected",
            f"{before} → Connected, {time.monotonic() - begun:.2f} s",
        )
        return endpoint

    def _attribute(self, endpoint: str) -> Any:
        request = link.GetVpcEndpointAttributeRequest(region_id=self._ready.region, endpoint_id=endpoint)
        return LinkClient(self._consumer).get_vpc_endpoint_attribute(request).body

    def _zones(self, endpoint: str) -> dict[str, Any]:
        request = link.ListVpcEndpointZonesRequest(region_id=self._ready.region, endpoint_id=endpoint)
        return {one.zone_id: one for one in LinkClient(self._consumer).list_vpc_endpoint_zones(request).body.zones}

    def _reach(self, near: Inside, far: Inside, database: dict[str, str], endpoint: str) -> None:
        stage = self._stage
        domain = self._attribute(endpoint).endpoint_domain
        zones = self._zones(endpoint)
        answer = far.ask("ping", domain, PASSWORD)
        addresses = sorted(far.ask("resolve", domain))
        stage.show(
            "a client in the consumer's VPC reaches the database through the endpoint",
            answer["answer"] and addresses == sorted(zone.eni_ip for zone in zones.values()),
            f"{answer.get('source')} → {', '.join(addresses)}",
        )
        unseen = (
            far.ask("dial", database["address"], PORT),
            far.ask("resolve", database["name"]),
            far.ask("dial", "10.0.0.10", PORT),
        )
        stage.show(
            "and not otherwise: neither the database nor the load balancer is there",
            unseen[1] == [] and "open" not in (unseen[0], unseen[2]),
            f"{unseen[0]}, no such name, {unseen[2]}",
        )
        denied = near.ask("ping", database["name"], PASSWORD)
        listens = near.ask("dial", database["address"], PORT) in ("open", "ECONNRESET")  # the reset may come at once
        stage.show(
            "the whitelist admits the load balancer and nobody else of the provider's VPC",
            listens and not denied["answer"],
            denied.get("error", ""),
        )

    def _go_dark(self, far: Inside, service: str, endpoint: str, dark: str) -> None:
        stage = self._stage
        zones = self._zones(endpoint)
        sibling = next(zone for zone in zones if zone != dark)
        domain = self._attribute(endpoint).endpoint_domain
        here, there = zones[dark].zone_domain, zones[sibling].zone_domain
        far.ask("hold", here, PASSWORD)
        far.ask("start", there, PASSWORD)
        stage.wait("the sibling's load", lambda: far.ask("count", there)["answered"] > 200)
        api = LinkClient(self._provider)
        request = link.DisableVpcEndpointZoneConnectionRequest(
            region_id=self._ready.region, service_id=service, endpoint_id=endpoint, zone_id=dark
        )
        seen = ["Connected"]
        begun = time.monotonic()
        api.disable_vpc_endpoint_zone_connection(request)

        def disconnected() -> bool:
            status = self._zones(endpoint)[dark].zone_status
            if status != seen[-1]:
                seen.append(status)
            return bool(status == "Disconnected")

        stage.wait(f"{dark} Disconnected", disconnected)
        took = time.monotonic() - begun
        cut, refused, names = (
            far.ask("cut", here),
            far.ask("dial", zones[dark].eni_ip, PORT),
            far.ask("resolve", domain),
        )
        stage.show(
            "DisableVpcEndpointZoneConnection: at Disconnected the zone is dark",
            seen == ["Connected", "Disconnecting", "Disconnected"]
            and cut
            and refused != "open"
            and names == [zones[sibling].eni_ip]
            and far.ask("resolve", here) == [],
            f"{' → '.join(seen)}, {took:.2f} s; held connection cut; dial {refused}; name → {', '.join(names)}",
        )
        before = far.ask("count", there)["answered"]
        stage.wait("the sibling's load going on", lambda: far.ask("count", there)["answered"] > before + 200)
        count = far.ask("count", there)
        stage.show(
            "the sibling zone missed no query",
            not count["failed"],
            f"{count['answered']} answered, {count['failed']} failed",
        )
        self._light_up(far, api, service, endpoint, dark)
        far.ask("end", there)

    def _light_up(self, far: Inside, api: LinkClient, service: str, endpoint: str, dark: str) -> None:
        request = link.EnableVpcEndpointZoneConnectionRequest(
            region_id=self._ready.region, service_id=service, endpoint_id=endpoint, zone_id=dark
        )
        begun = time.monotonic()

        def accepted() -> bool:
            try:
                api.enable_vpc_endpoint_zone_connection(request)
            except Exception as error:
                if getattr(error, "code", "") != "ConcurrentCallNotSupported":
                    raise
                return False
            return True

        self._stage.wait("the zone may be enabled again", accepted)
        self._stage.wait(f"{dark} Connected", lambda: self._zones(endpoint)[dark].zone_status == "Connected")
        answer = far.ask("ping", self._zones(endpoint)[dark].zone_domain, PASSWORD)
        self._stage.show(
            "EnableVpcEndpointZoneConnection brings it back", answer["answer"], f"{time.monotonic() - begun:.2f} s"
        )
