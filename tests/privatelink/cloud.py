"""One account's official clients, and what tests of PrivateLink do with them over and over."""

from __future__ import annotations

from typing import Any

from alibabacloud_ecs20140526 import models as ecs
from alibabacloud_ecs20140526.client import Client as EcsClient
from alibabacloud_privatelink20200415 import models
from alibabacloud_privatelink20200415.client import Client
from alibabacloud_r_kvstore20150101.client import Client as TairClient
from alibabacloud_vpc20160428.client import Client as VpcClient

from tests.nlb.conftest import ZONES, Network, Nlb
from tests.running import Running, until

REGION = "cn-hangzhou"
ZH, ZI = ZONES


class Side:
    """An account, provider or consumer. Calling it calls PrivateLink: ``side("ListVpcEndpoints", vpc_id=…)``.

    :param name: of a new account; empty: the first one, or the one of ``key`` and ``account``.
    """

    def __init__(self, running: Running, name: str = "", *, key: tuple[str, str] = ("", ""), account: str = "") -> None:
        self.running = running
        self.account = account or running.ready.account_id
        if name:
            made = running.ask("accounts", {"name": name})
            self.account = made["account_id"]
            key = (made["access_key_id"], made["access_key_secret"])
        self.key = key
        self.nlb = Nlb(running, key)
        self._api = Client(running.config(*key))
        self.ecs = EcsClient(running.config(*key))
        self.vpc = VpcClient(running.config(*key))

    def again(self) -> Side:
        """The same account after the API came back, maybe elsewhere."""
        return Side(self.running, key=self.key, account=self.account)

    def __call__(self, operation: str, **parameters: Any) -> Any:
        """The body of the reply."""
        snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in operation)[1:]
        if operation in ("CheckProductOpen", "OpenPrivateLinkService"):
            request = None
        else:
            region = {} if operation == "ChangeResourceGroup" else {"region_id": REGION}
            request = getattr(models, f"{operation}Request")(**{**region, **parameters})
        call = getattr(self._api, snake)
        return (
            call() if operation == "CheckProductOpen" else call(request or models.OpenPrivateLinkServiceRequest())
        ).body

    def tair(self) -> TairClient:
        """The account's client of Tair."""
        return TairClient(self.running.config(*self.key))

    def security_group(self, vpc: str, *blocks: str, type: str = "normal") -> str:
        """A security group that accepts TCP on every port from these blocks; its id."""
        create = ecs.CreateSecurityGroupRequest(region_id=REGION, vpc_id=vpc, security_group_type=type)
        id: str = self.ecs.create_security_group(create).body.security_group_id
        for block in blocks:
            self.accept(id, block)
        return id

    def accept(self, group: str, block: str) -> None:
        """Lets TCP clients in from a block, on every port."""
        rule = ecs.AuthorizeSecurityGroupRequest(
            region_id=REGION, security_group_id=group, ip_protocol="TCP", port_range="1/65535", source_cidr_ip=block
        )
        self.ecs.authorize_security_group(rule)

    def service(self, balancer: str = "", zones: tuple[str, ...] = ZONES, **more: Any) -> str:
        """An Active service, with the zones of a load balancer behind it; its id."""
        id: str = self("CreateVpcEndpointService", **{"service_resource_type": "nlb", **more}).service_id
        self.wait_service(id)
        for zone in zones if balancer else ():
            self.attach(id, balancer, zone)
        return id

    def attach(self, service: str, balancer: str, zone: str) -> None:
        self(
            "AttachResourceToVpcEndpointService",
            service_id=service, resource_id=balancer, resource_type="nlb", zone_id=zone,
        )  # fmt: skip
        self.wait_service(service)

    def detach(self, service: str, balancer: str, zone: str) -> None:
        self("DetachResourceFromVpcEndpointService", service_id=service, resource_id=balancer, zone_id=zone)
        self.wait_service(service)

    def endpoint(self, service: str, network: Network, zones: tuple[str, ...] = ZONES, **more: Any) -> str:
        """An Active endpoint in zones of a network; its id."""
        wanted: dict[str, Any] = {"service_id": service, "vpc_id": network.vpc, **more}
        if "security_group_id" not in wanted:
            wanted["security_group_id"] = [self.security_group(network.vpc)]
        id: str = self("CreateVpcEndpoint", zone=[self.place(network, zone) for zone in zones], **wanted).endpoint_id
        self.wait_endpoint(id)
        return id

    def place(self, network: Network, zone: str, ip: str | None = None) -> models.CreateVpcEndpointRequestZone:
        return models.CreateVpcEndpointRequestZone(zone_id=zone, v_switch_id=network.vswitches[zone], ip=ip)

    def linked(self, service: str, network: Network, **more: Any) -> str:
        """An endpoint whose connection, and all its zones, are Connected; the service is the same account's."""
        id = self.endpoint(service, network, **more)
        self.enable(service, id)
        return id

    def enable(self, service: str, endpoint: str) -> None:
        self("EnableVpcEndpointConnection", service_id=service, endpoint_id=endpoint)
        self.wait_connection(service, endpoint, "Connected")

    def disable(self, service: str, endpoint: str) -> None:
        self("DisableVpcEndpointConnection", service_id=service, endpoint_id=endpoint)
        self.wait_connection(service, endpoint, "Disconnected")

    def service_status(self, id: str) -> str:
        status: str = self("GetVpcEndpointServiceAttribute", service_id=id).service_status
        return status

    def wait_service(self, id: str) -> None:
        until(f"{id} Active", lambda: self.service_status(id) == "Active")

    def of(self, endpoint: str) -> Any:
        return self("GetVpcEndpointAttribute", endpoint_id=endpoint)

    def wait_endpoint(self, id: str) -> None:
        until(f"{id} Active", lambda: self.of(id).endpoint_status == "Active")

    def connection(self, service: str, endpoint: str) -> Any:
        """A connection as the service's owner sees it; ``None`` when it is gone."""
        found = self("ListVpcEndpointConnections", service_id=service, endpoint_id=endpoint).connections
        return found[0] if found else None

    def wait_connection(self, service: str, endpoint: str, status: str) -> None:
        until(
            f"the connection of {endpoint} {status}",
            lambda: self.connection(service, endpoint).connection_status == status,
        )

    def zones(self, endpoint: str) -> dict[str, Any]:
        """Zone id → zone as its owner sees it."""
        return {zone.zone_id: zone for zone in self("ListVpcEndpointZones", endpoint_id=endpoint).zones}

    def zone_status(self, endpoint: str) -> dict[str, str]:
        return {zone: one.zone_status for zone, one in self.zones(endpoint).items()}

    def wait_zone(self, endpoint: str, zone: str, status: str) -> None:
        until(f"{endpoint} {zone} {status}", lambda: self.zone_status(endpoint).get(zone, "") == status)

    def toggle(self, what: str, service: str, endpoint: str, zone: str, **more: Any) -> None:
        """``Enable`` or ``Disable`` the connection of a zone."""
        operation = f"{what}VpcEndpointZoneConnection"
        self(operation, service_id=service, endpoint_id=endpoint, zone_id=zone, **more)
