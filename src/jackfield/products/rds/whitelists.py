"""DescribeDBInstanceIPArrayList and ModifySecurityIps."""

from __future__ import annotations

import re
import secrets
from typing import Annotated, cast

import msgspec

from jackfield.endpoints import whitelist
from jackfield.products.operation import Call, Param, Reply, Shape, operation
from jackfield.products.rds.errors import (
    IncorrectDBInstanceState,
    InvalidDBInstanceIdNotFound,
    InvalidDBInstanceNameNotFound,
    InvalidSecurityIpListDuplicate,
    SecurityIpListFormat,
)
from jackfield.products.rds.instances import DBInstanceIdRequest, own_instance
from jackfield.products.rds.product import RDS
from jackfield.products.rds.states import DELETING
from jackfield.store.interface import Reader, Tx

_GROUP = re.compile(r"[a-z][a-z0-9_]{0,118}[a-z0-9]|[a-z]")


class IpArray(Shape):
    name: str = msgspec.field(name="DBInstanceIPArrayName")
    attribute: str = msgspec.field(name="DBInstanceIPArrayAttribute")
    ips: str = msgspec.field(name="SecurityIPList")
    type: str = msgspec.field(name="SecurityIPType")


class IpArrayList(Shape):
    arrays: tuple[IpArray, ...] = msgspec.field(name="DBInstanceIPArray")


class DescribeDBInstanceIPArrayListRequest(DBInstanceIdRequest):
    whitelist_network_type: Annotated[
        str, Param("Only groups of this network.", "MIX", enum=("Classic", "VPC", "MIX"))
    ] = ""


class DescribeDBInstanceIPArrayListReply(Reply):
    items: IpArrayList


@operation(
    RDS,
    name="DescribeDBInstanceIPArrayList",
    title="Queries the IP address whitelists of an instance",
    access="get",
    resource="dbinstance/{DBInstanceId}",
    errors=(InvalidDBInstanceIdNotFound,),
)
def describe_db_instance_ip_array_list(
    tx: Reader, call: Call, request: DescribeDBInstanceIPArrayListRequest
) -> DescribeDBInstanceIPArrayListReply:
    """Lists the groups; a client is admitted when any of them holds its address."""
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceIdNotFound)
    return DescribeDBInstanceIPArrayListReply(
        items=IpArrayList(
            arrays=tuple(
                IpArray(name=group.name, attribute=group.attribute, ips=",".join(group.ips), type="IPv4")
                for group in instance.whitelist
            )
        )
    )


class ModifySecurityIpsRequest(DBInstanceIdRequest):
    security_ips: Annotated[
        str, Param("Addresses and CIDR blocks, separated by commas; up to 1,000.", "10.23.12.24,10.23.12.0/24")
    ]
    group: Annotated[str, Param("The group; it is made when it does not exist.", "test")] = msgspec.field(
        default="default", name="DBInstanceIPArrayName"
    )
    attribute: Annotated[str, Param("hidden keeps the group off consoles.", "hidden")] = msgspec.field(
        default="", name="DBInstanceIPArrayAttribute"
    )
    security_ip_type: Annotated[str, Param("The address family.", "IPv4", enum=("IPv4", "IPv6"))] = msgspec.field(
        default="IPv4", name="SecurityIPType"
    )
    whitelist_network_type: Annotated[
        str, Param("The network of the group.", "MIX", enum=("MIX", "Classic", "VPC"))
    ] = "MIX"
    modify_mode: Annotated[
        str,
        Param(
            "Cover (0) replaces the group, Append (1) adds to it, Delete (2) takes away.",
            "Cover",
            enum=("Cover", "Append", "Delete", "0", "1", "2"),
        ),
    ] = "Cover"


_MODES = {"0": "Cover", "1": "Append", "2": "Delete"}


class ModifySecurityIpsReply(Reply):
    task_id: str


@operation(
    RDS,
    title="Modifies the IP address whitelists of an instance",
    access="update",
    resource="dbinstance/{DBInstanceId}",
    errors=(
        InvalidDBInstanceNameNotFound,
        IncorrectDBInstanceState,
        SecurityIpListFormat,
        InvalidSecurityIpListDuplicate,
    ),
)
def modify_security_ips(tx: Tx, call: Call, request: ModifySecurityIpsRequest) -> ModifySecurityIpsReply:
    """Changes one group; at least one address stays. Connections are judged when they are opened."""
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound)
    if instance.status == DELETING:
        raise IncorrectDBInstanceState
    if not _GROUP.fullmatch(request.group):
        raise SecurityIpListFormat
    try:
        groups = whitelist.modify(
            instance.whitelist,
            name=request.group,
            ips=whitelist.parse(request.security_ips),
            mode=cast(whitelist.Mode, _MODES.get(request.modify_mode, request.modify_mode)),
            attribute=request.attribute,
        )
    except whitelist.DuplicateEntry:
        raise InvalidSecurityIpListDuplicate from None
    except (whitelist.MalformedEntry, whitelist.MissingEntry, whitelist.TooManyEntries):
        raise SecurityIpListFormat from None
    changed = msgspec.structs.replace(instance, whitelist=groups)
    tx.put(changed)
    tx.schedule(changed)
    return ModifySecurityIpsReply(task_id=str(secrets.randbelow(10**9)))
