"""Ids and names of OceanBase Cloud. Ids look like the documents' samples; rules without a source are ours."""

from __future__ import annotations

import ipaddress
import re
import secrets
import string
import uuid

from jackfield.products.oceanbase.errors import (
    EndpointAddressMalformed,
    EndpointIdMalformed,
    NameMalformed,
    PasswordMalformed,
)
from jackfield.products.oceanbase.resources import CloudProvider, ServiceType

_ALPHABET = string.ascii_lowercase + string.digits
_TENANT_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{1,31}")
_USER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{1,29}")
_ENDPOINT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._\-]{0,127}")
_PREFIX = re.compile(r"[a-z][a-z0-9-]{1,38}[a-z0-9]")
_PASSWORD = re.compile(r"[A-Za-z0-9!@#$%^&*()_+\-=]{10,32}")
_RESERVED = frozenset(("root", "admin", "sys", "jackfield", "ocp", "proxyro", "public", "mysql", "standbyro"))

_SERVICES: dict[CloudProvider, str] = {"QCLOUD": "vpcsvc-", "AWS": "vpce-svc-", "HUAWEI": "vpcep-", "GCP": "psc-"}
"""How the clouds' own ids of endpoint services begin."""


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def new_instance_id() -> str:
    """``ob317v4uif****``."""
    return "ob" + _random(12)


def new_tenant_id() -> str:
    """``t33h8y08k****``."""
    return "t" + _random(12)


def new_address_id() -> str:
    """``obe-4tw51gp7****``."""
    return "obe-" + _random(12)


def new_vpc_address_id(vpc_id: str, tenant: str) -> str:
    """``rs-private-intranet-vpc-xxxxx-OBPROXY-INTRANET-xxxxxxx``; its end is that of the public addresses' ids."""
    return f"rs-private-intranet-{vpc_id}-OBPROXY-INTRANET-{tenant}-{_random(4)}"


def new_proxy_address_id(kind: ServiceType, tenant: str) -> str:
    """``rs-private-internet-<uuid>-OBPROXY-INTERNET-<tenant>-****``."""
    net = "internet" if kind == "OBPROXY_INTERNET" else "intranet"
    return f"rs-private-{net}-{uuid.uuid4()}-{kind.replace('_', '-')}-{tenant}-{_random(4)}"


def proxy_domain(kind: ServiceType, provider: CloudProvider, region: str) -> str:
    """The name of such an address; other connection strings of the vendor's end alike, the labels are ours."""
    net = kind.removeprefix("OBPROXY_").lower()
    return f"obe-{_random(12)}.{provider.lower()}-{region}-{net}.oceanbase.cloud"


def check_domain_prefix(prefix: str) -> str:
    """:raises NameMalformed: it could not be the first label of a name."""
    if not _PREFIX.fullmatch(prefix):
        rule = "3 to 40 lower-case letters, digits and hyphens, a letter first and no hyphen last"
        raise NameMalformed(name="domainPrefix", rule=rule)
    return prefix


def new_service_id(provider: CloudProvider) -> str:
    """``vpcsvc-xxxxxxxx`` and the like."""
    return _SERVICES.get(provider, "pls-") + _random(8)


def link_domain(tenant: str, provider: CloudProvider, region: str) -> str:
    """The name of a connection; other connection strings of the vendor's end alike, this label is ours."""
    return f"{tenant}-{_random(8)}.{provider.lower()}-{region}-privatelink.oceanbase.cloud"


def vpc_domain() -> str:
    """The name of an address in a VPC: ``t4nunwxr0****.oceanbase.aliyuncs.com``, as the sibling product's are."""
    return f"t{_random(12)}.oceanbase.aliyuncs.com"


def check_tenant_name(name: str) -> str:
    """:raises NameMalformed: it breaks the rule, or every server has it as its own (``sys``)."""
    if not _TENANT_NAME.fullmatch(name) or name.lower() == "sys":
        raise NameMalformed(name="tenantName", rule="2 to 32 letters, digits and underscores, a letter first, not sys")
    return name


def check_user_name(name: str) -> str:
    """:raises NameMalformed: it breaks the rule, or servers keep it for themselves."""
    if not _USER_NAME.fullmatch(name) or name.lower() in _RESERVED:
        rule = "2 to 30 letters, digits and underscores, a letter first, and not reserved"
        raise NameMalformed(name="userName", rule=rule)
    return name


def check_password(password: str) -> None:
    """The rule of the sibling product (CreateTenantUser of ApsaraDB for OceanBase).

    :raises PasswordMalformed:
    """
    classes = sum(bool(re.search(pattern, password)) for pattern in ("[A-Z]", "[a-z]", "[0-9]", "[^A-Za-z0-9]"))
    if not _PASSWORD.fullmatch(password) or classes < 3:
        raise PasswordMalformed


def check_endpoint_id(endpoint_id: str) -> str:
    """:raises EndpointIdMalformed:"""
    if not _ENDPOINT_ID.fullmatch(endpoint_id):
        raise EndpointIdMalformed
    return endpoint_id


def check_endpoint_address(text: str) -> ipaddress.IPv4Address:
    """:raises EndpointAddressMalformed: no IPv4 address, or one that no endpoint can have."""
    try:
        address = ipaddress.IPv4Address(text)
    except ValueError:
        raise EndpointAddressMalformed from None
    if address.is_unspecified or address.is_multicast or address.is_reserved or str(address) == "127.0.0.1":
        raise EndpointAddressMalformed
    return address
