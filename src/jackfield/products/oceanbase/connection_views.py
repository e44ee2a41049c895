"""Addresses of tenants as replies show them.

The documents show a private address flat, the interface file of the vendor's Terraform provider with a list of links
inside: both are sent. JSON types are those of the interface file.
"""

from __future__ import annotations

from typing import Any

import msgspec

from jackfield.endpoints.resources import Endpoint
from jackfield.products.oceanbase.resources import (
    Address,
    PrivateAddress,
    ProxyAddress,
    VpcAddress,
    cloud_endpoint,
    links_of,
    proxy_cluster,
    service_endpoint,
    service_type,
)
from jackfield.products.oceanbase.shapes import RestShape
from jackfield.products.oceanbase.states import (
    ONLINE,
    PENDING_CREATE,
    PENDING_DELETE,
    PENDING_START,
    PENDING_STOP,
    PENDING_UPDATE,
    STOPPED,
)

SERVICE_ACCOUNT = "jackfield"
"""The cloud account on OceanBase's side of a PrivateLink service."""

_LINK_STATES = {
    "Creating": PENDING_CREATE,
    "Serving": ONLINE,
    "Changing": PENDING_UPDATE,
    "Leaving": PENDING_UPDATE,
    "Closing": PENDING_STOP,
    "Closed": STOPPED,
    "Releasing": PENDING_DELETE,
}
_WITH_ITS_TENANT = {"Closing": PENDING_STOP, "Closed": STOPPED, "Creating": PENDING_START}
"""What is shown of an ONLINE address whose listener is in these states: it stops and starts with its tenant."""

_ADDRESS_TYPES = {"OBPROXY_READONLY": "READONLY", "OBPROXY_READWRITE": "READWRITE"}


class LinkView(RestShape):
    """One connection of a private address."""

    private_link_status: str
    private_link_service_id: str
    private_link_endpoint_id: str
    private_link_service_account: str
    private_link_user_account: str
    private_link_domain: str
    intranet_address: str
    intranet_port: int
    intranet_domain: str


class ConnectionView(RestShape):
    """An address: a PrivateLink service, one in a VPC, which has the VPC's fields, or a public or another private one.

    What is told at the top of a service's connection is that of the oldest one; empty while there is none that serves.
    """

    tenant_id: str
    tenant_endpoint_id: str
    address_id: str
    address_status: str
    address_type: str
    network_type: str
    service_type: str
    role: str
    user_name_format: str
    connection_zones: tuple[str, ...]
    intranet_address: str
    intranet_port: int
    intranet_domain: str
    intranet_address_status: str
    proxy_cluster_id: str
    private_link_domain: str = ""
    private_link_endpoint_id: str = ""
    private_link_service_account: str = ""
    private_link_service_id: str = ""
    private_link_user_account: str = ""
    private_link_list: tuple[LinkView, ...] = ()
    vpc_id: str = ""
    vswitch_id: str = ""
    user_vpc_owner_id: str = ""
    internet_address: str = ""
    internet_port: int = 0
    internet_domain: str = ""
    internet_address_status: str = ""
    use_ssl: bool = msgspec.field(name="useSSL", default=False)
    max_connection_num: int = 0


def connection(address: Address, endpoints: list[Endpoint]) -> ConnectionView:
    """:param endpoints: all of the tenant."""
    if isinstance(address, PrivateAddress):
        return _service(address, endpoints)
    return _vpc(address, endpoints) if isinstance(address, VpcAddress) else _proxy(address, endpoints)


def _listener(address: Address, endpoints: list[Endpoint]) -> tuple[Endpoint | None, str]:
    """The address's own listener, as long as it is told where to dial, and the status that is shown.

    It is told once the database answered there, until the address is deleted; also while it is stopped, since it comes
    back.
    """
    own = service_endpoint(address)
    listener = next((one for one in endpoints if one.id == own), None)
    if listener is None or address.status in (PENDING_CREATE, PENDING_DELETE):
        return None, address.status
    with_tenant = _WITH_ITS_TENANT.get(listener.status, ONLINE) if address.status == ONLINE else address.status
    return listener, with_tenant


def _proxy(address: ProxyAddress, endpoints: list[Endpoint]) -> ConnectionView:
    listener, status = _listener(address, endpoints)
    public = address.service_type == "OBPROXY_INTERNET"
    host = next(iter(listener.addresses), "") if listener else ""
    port, domain = (listener.port, listener.name) if listener else (0, "")
    return ConnectionView(
        **_common(address, status, address.tenant_endpoint),
        intranet_address="" if public else host,
        intranet_port=0 if public else port,
        intranet_domain="" if public else domain,
        intranet_address_status="" if public else status,
        internet_address=host if public else "",
        internet_port=port if public else 0,
        internet_domain=domain if public else "",
        internet_address_status=status if public else "",
    )


def _common(address: Address, status: str, tenant_endpoint: str) -> dict[str, Any]:
    """The fields that all have."""
    kind = service_type(address)
    return {
        "tenant_id": address.parent,
        "tenant_endpoint_id": tenant_endpoint,
        "address_id": address.id,
        "address_status": status,
        "address_type": _ADDRESS_TYPES.get(kind, "MASTER"),
        "network_type": "INTERNET" if kind == "OBPROXY_INTERNET" else "INTRANET",
        "service_type": kind,
        "role": "READONLY" if kind == "OBPROXY_READONLY" else "READWRITE",
        "user_name_format": "USER_AND_TENANT",
        "connection_zones": address.zones,
        "proxy_cluster_id": proxy_cluster(address.parent),
    }


def _vpc(address: VpcAddress, endpoints: list[Endpoint]) -> ConnectionView:
    listener, status = _listener(address, endpoints)
    return ConnectionView(
        **_common(address, status, address.tenant_endpoint),
        intranet_address=listener.vpc_address if listener else "",
        intranet_port=listener.port if listener else 0,
        intranet_domain=listener.name if listener else "",
        intranet_address_status=status,
        vpc_id=address.vpc_id,
        vswitch_id=address.vswitch_id,
        user_vpc_owner_id=address.account,
    )


def _service(address: PrivateAddress, endpoints: list[Endpoint]) -> ConnectionView:
    _, status = _listener(address, endpoints)
    links = tuple(_link(address, endpoint) for endpoint in links_of(endpoints, address))
    first = next((link for link in links if link.intranet_domain), None)
    return ConnectionView(
        **_common(address, status, address.id),
        intranet_address=first.intranet_address if first else "",
        intranet_port=first.intranet_port if first else 0,
        intranet_domain=first.intranet_domain if first else "",
        intranet_address_status=first.private_link_status if first else "",
        private_link_domain=first.private_link_domain if first else "",
        private_link_endpoint_id=first.private_link_endpoint_id if first else "",
        private_link_service_account=SERVICE_ACCOUNT,
        private_link_service_id=address.service_id,
        private_link_user_account=",".join(address.users),
        private_link_list=links,
    )


def _link(address: PrivateAddress, endpoint: Endpoint) -> LinkView:
    """Where to dial is told once the connection served, not before: an address may still turn out to be taken."""
    serves = endpoint.status not in ("Creating", "Releasing")
    host = endpoint.vpc_address or next(iter(endpoint.addresses), "")
    return LinkView(
        private_link_status=_LINK_STATES[endpoint.status],
        private_link_service_id=address.service_id,
        private_link_endpoint_id=cloud_endpoint(endpoint),
        private_link_service_account=SERVICE_ACCOUNT,
        private_link_user_account=",".join(address.users),
        private_link_domain=endpoint.name if serves else "",
        intranet_address=host if serves else "",
        intranet_port=endpoint.port if serves else 0,
        intranet_domain=endpoint.name if serves else "",
    )
