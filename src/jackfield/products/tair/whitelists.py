"""DescribeSecurityIps and ModifySecurityIps."""

from __future__ import annotations

import re
from typing import Annotated, cast

import msgspec

from jackfield.endpoints import whitelist
from jackfield.products.operation import Call, Param, Reply, Shape, operation
from jackfield.products.tair.errors import (
    InstanceStatusNotSupport,
    InvalidGroupNameFormat,
    InvalidInstanceIdNotFound,
    InvalidSecurityIpListNotFound,
    InvalidSecurityIps,
    SecurityIpListDuplicate,
)
from jackfield.products.tair.instances import InstanceIdRequest, own_instance
from jackfield.products.tair.product import TAIR
from jackfield.products.tair.states import CHANGING, RELEASED
from jackfield.store.interface import Reader, Tx

_GROUP = re.compile(r"[a-z][a-z0-9_]{0,30}[a-z0-9]|[a-z]")


class SecurityIpGroup(Shape):
    security_ip_group_name: str
    security_ip_group_attribute: str
    security_ip_list: str


class SecurityIpGroups(Shape):
    security_ip_group: tuple[SecurityIpGroup, ...]


class DescribeSecurityIpsReply(Reply):
    security_ip_groups: SecurityIpGroups


@operation(
    TAIR,
    title="Queries the IP address whitelists of an instance",
    access="get",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound,),
)
def describe_security_ips(tx: Reader, call: Call, request: InstanceIdRequest) -> DescribeSecurityIpsReply:
    """Lists the groups; a client is admitted when any of them holds its address."""
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    return DescribeSecurityIpsReply(
        security_ip_groups=SecurityIpGroups(
            security_ip_group=tuple(
                SecurityIpGroup(
                    security_ip_group_name=group.name,
                    security_ip_group_attribute=group.attribute,
                    security_ip_list=",".join(group.ips),
                )
                for group in instance.whitelist
            )
        )
    )


class ModifySecurityIpsRequest(InstanceIdRequest):
    security_ips: Annotated[
        str, Param("Addresses and CIDR blocks, separated by commas; up to 1,000.", "100.64.10.0/24,10.101.11.1")
    ]
    security_ip_group_name: Annotated[str, Param("The group; it is made when it does not exist.", "default")] = (
        "default"
    )
    security_ip_group_attribute: Annotated[str, Param("hidden keeps the group off consoles.", "hidden")] = ""
    modify_mode: Annotated[
        str,
        Param(
            "Cover replaces the group, Append adds to it, Delete takes away.",
            "Append",
            enum=("Cover", "Append", "Delete"),
        ),
    ] = "Cover"


@operation(
    TAIR,
    title="Modifies the IP address whitelists of an instance",
    access="update",
    resource="instance/{InstanceId}",
    errors=(
        InvalidInstanceIdNotFound,
        InstanceStatusNotSupport,
        InvalidGroupNameFormat,
        InvalidSecurityIps,
        SecurityIpListDuplicate,
        InvalidSecurityIpListNotFound,
    ),
)
def modify_security_ips(tx: Tx, call: Call, request: ModifySecurityIpsRequest) -> Reply:
    """Changes one group. Connections are judged when they are opened; those that are open stay."""
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    if instance.status in (CHANGING, RELEASED):
        raise InstanceStatusNotSupport
    if not _GROUP.fullmatch(request.security_ip_group_name):
        raise InvalidGroupNameFormat
    try:
        groups = whitelist.modify(
            instance.whitelist,
            name=request.security_ip_group_name,
            ips=whitelist.parse(request.security_ips),
            mode=cast(whitelist.Mode, request.modify_mode),
            attribute=request.security_ip_group_attribute,
        )
    except (whitelist.MalformedEntry, whitelist.TooManyEntries):
        raise InvalidSecurityIps from None
    except whitelist.DuplicateEntry:
        raise SecurityIpListDuplicate from None
    except whitelist.MissingEntry:
        raise InvalidSecurityIpListNotFound from None
    changed = msgspec.structs.replace(instance, whitelist=groups)
    tx.put(changed)
    tx.schedule(changed)
    return Reply()
