"""DescribeDBInstanceIPArrayList and ModifySecurityIps."""

from __future__ import annotations

import re
import secrets
from typing import Annotated, cast

import msgspec

from jackfield.endpoints import whitelist
from jackfield.products.errors import InvalidParameterValue
from jackfield.products.operation import Call, Param, Reply, Shape, operation
from jackfield.products.rds.errors import (
    IncorrectDBInstanceState,
    InvalidDBInstanceIdNotFound,
    InvalidDBInstanceNameNotFound,
)
from jackfield.products.rds.instances import DBInstanceIdRequest, own_instance
from jackfield.products.rds.ordinary import network_type
from jackfield.products.rds.product import RDS
from jackfield.products.rds.replicas import replicas_of
from jackfield.products.rds.resources import DBInstance
from jackfield.products.rds.states import DELETING
from jackfield.products.rds.whitelist_errors import (
    InvalidSecurityIpListDuplicate,
    InvalidWhitelistNetType,
    ReadinsNotFound,
    SecurityIpListFormat,
    WhitelistNetTypeFormat,
)
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
        str,
        Param(
            "Only groups of this network; MIX in standard whitelist mode, the others in enhanced mode.",
            "MIX",
            enum=("Classic", "VPC", "MIX"),
            invalid=WhitelistNetTypeFormat,
        ),
    ] = ""


class DescribeDBInstanceIPArrayListReply(Reply):
    items: IpArrayList


@operation(
    RDS,
    name="DescribeDBInstanceIPArrayList",
    title="Queries the IP address whitelists of an instance",
    access="get",
    resource="dbinstance/{DBInstanceId}",
    errors=(InvalidDBInstanceIdNotFound, WhitelistNetTypeFormat),
)
def describe_db_instance_ip_array_list(
    tx: Reader, call: Call, request: DescribeDBInstanceIPArrayListRequest
) -> DescribeDBInstanceIPArrayListReply:
    """Lists the groups; a client is admitted when any of them that is about its network holds its address."""
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceIdNotFound)
    groups = [one for one in instance.whitelist if request.whitelist_network_type in ("", one.network)]
    return DescribeDBInstanceIPArrayListReply(
        items=IpArrayList(
            arrays=tuple(
                IpArray(name=group.name, attribute=group.attribute, ips=",".join(group.ips), type="IPv4")
                for group in groups
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
    security_ip_type: Annotated[str, Param("The address family; IPv4 is the only one.", "IPv4")] = msgspec.field(
        default="IPv4", name="SecurityIPType"
    )
    whitelist_network_type: Annotated[
        str,
        Param(
            "The network of the group in enhanced mode; in standard mode, whatever is said, MIX: every network.",
            "MIX",
            enum=("MIX", "Classic", "VPC"),
            invalid=InvalidWhitelistNetType,
        ),
    ] = ""
    modify_mode: Annotated[
        str, Param("Cover (0) replaces the group, Append (1) adds to it, Delete (2) takes away.", "Cover")
    ] = "Cover"
    fresh_white_list_readins: Annotated[
        str, Param("Read-only instances to give the same whitelist, separated by commas.", "pgr-bp17yuz4dn3d****")
    ] = ""


# The documents list the words; the metadata's default is "0".
_MODES = {"Cover": "Cover", "Append": "Append", "Delete": "Delete", "0": "Cover", "1": "Append", "2": "Delete"}


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
        InvalidWhitelistNetType,
        ReadinsNotFound,
    ),
)
def modify_security_ips(tx: Tx, call: Call, request: ModifySecurityIpsRequest) -> ModifySecurityIpsReply:
    """Changes one group; at least one address stays. Connections are judged when they are opened."""
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound)
    if instance.status == DELETING:
        raise IncorrectDBInstanceState
    wanted = set(filter(None, request.fresh_white_list_readins.split(",")))
    replicas = [one for one in replicas_of(tx, instance.id) if one.id in wanted]
    if len(replicas) < len(wanted):
        raise ReadinsNotFound
    if request.security_ip_type not in ("", "IPv4"):
        raise InvalidParameterValue(name="SecurityIPType")
    mode = _MODES.get(request.modify_mode or "Cover")
    if mode is None:
        raise InvalidParameterValue(name="ModifyMode")
    group = "default" if request.group == "Default" else request.group  # the documents' spelling of the same group
    if not _GROUP.fullmatch(group):
        raise SecurityIpListFormat
    network = _network(instance, request.whitelist_network_type)
    try:
        groups = whitelist.modify(
            instance.whitelist,
            name=group,
            network=network,
            ips=whitelist.parse(request.security_ips),
            mode=cast(whitelist.Mode, mode),
            attribute=request.attribute,
        )
    except whitelist.DuplicateEntry:
        raise InvalidSecurityIpListDuplicate from None
    except (whitelist.MalformedEntry, whitelist.MissingEntry, whitelist.TooManyEntries):
        raise SecurityIpListFormat from None
    for one in (instance, *replicas):
        changed = msgspec.structs.replace(one, whitelist=groups, isolated=instance.isolated)
        tx.put(changed)
        tx.schedule(changed)
    return ModifySecurityIpsReply(task_id=str(secrets.randbelow(10**9)))


def _network(instance: DBInstance, asked_for: str) -> whitelist.Network:
    """Which group is meant: in enhanced mode, where nothing is said, that of the instance's own network.

    :raises InvalidWhitelistNetType: MIX, in enhanced mode.
    """
    if not instance.isolated:
        return "MIX"
    if asked_for == "MIX":
        raise InvalidWhitelistNetType
    return cast(whitelist.Network, asked_for or network_type(instance))
