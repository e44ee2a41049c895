"""DescribeDBInstances: filters, and two ways of paging."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from jackfield.endpoints.resources import Endpoint
from jackfield.products.errors import InvalidParameterValue
from jackfield.products.filters import is_filtered
from jackfield.products.next_token import NoToken, offset_of, token_for
from jackfield.products.operation import Call, Param, Reply, Request, operation
from jackfield.products.rds import views
from jackfield.products.rds.errors import InvalidDBInstanceType, InvalidExpired, InvalidNextToken
from jackfield.products.rds.ordinary import network_type
from jackfield.products.rds.product import RDS
from jackfield.products.rds.resources import DBInstance
from jackfield.products.tags import TagShape, carries
from jackfield.store.interface import Reader

DEFAULT_RESULTS = 30
"""Entries a page where NextToken comes without MaxResults."""


class DescribeDBInstancesRequest(Request):
    region_id: Annotated[str, Param("The region.", "cn-hangzhou")]
    db_instance_id: Annotated[str, Param("Up to 30 ids, separated by commas.", "rm-uf6wjk5xxxxxxx")] = ""
    db_instance_status: Annotated[str, Param("Only instances in this state.", "Running")] = ""
    db_instance_class: Annotated[str, Param("Only this class.", "rds.mys2.small")] = ""
    db_instance_type: Annotated[
        str,
        Param(
            "Only this type; none is Guard or Temp.",
            "Primary",
            enum=("Primary", "Readonly", "Guard", "Temp"),
            invalid=InvalidDBInstanceType,
        ),
    ] = ""
    engine: Annotated[str, Param("Only this engine.", "MySQL")] = ""
    engine_version: Annotated[str, Param("Only this version.", "5.7")] = ""
    category: Annotated[str, Param("Only this edition.", "Basic")] = ""
    instance_network_type: Annotated[str, Param("Only this network.", "VPC", enum=("VPC", "Classic"))] = ""
    connection_mode: Annotated[str, Param("Only this mode.", "Standard", enum=("Standard", "Safe"))] = ""
    connection_string: Annotated[
        str, Param("Only the instance with this endpoint.", "rm-uf6.mysql.rds.aliyuncs.com")
    ] = ""
    pay_type: Annotated[str, Param("Only this billing method.", "Postpaid", enum=("Postpaid", "Prepaid"))] = ""
    zone_id: Annotated[str, Param("Only this zone.", "cn-hangzhou-h")] = ""
    vpc_id: Annotated[str, Param("Only this VPC.", "vpc-uf6f7l4fg90xxxxxxxxxx")] = ""
    vswitch_id: Annotated[str, Param("Only this vSwitch.", "vsw-uf6adz52c2pxxxxxxxxxx")] = ""
    resource_group_id: Annotated[str, Param("Only this resource group.", "rg-acfmyxxxxx")] = ""
    search_key: Annotated[str, Param("Part of the id or description.", "rm-uf6w")] = ""
    tags: Annotated[str, Param("Only instances with any of these tags, a JSON object.", '{"key1":"value1"}')] = ""
    filter: Annotated[
        str, Param("Only instances with Babelfish (there are none), a JSON object.", '{"babelfishEnabled":"true"}')
    ] = ""
    dedicated_host_group_id: Annotated[str, Param("Only this dedicated cluster; there is none.", "dhg-7a9****")] = ""
    dedicated_host_id: Annotated[str, Param("Only this dedicated host; there is none.", "i-bp****")] = ""
    expired: Annotated[
        str,
        Param("Only expired ones; none expires.", "False", enum=("True", "False"), invalid=InvalidExpired),
    ] = ""
    instance_level: Annotated[int | None, Param("0 leaves the edition out of the reply.", "1", enum=("0", "1"))] = None
    max_results: Annotated[
        int | None,
        Param("Entries a page, 1 to 100, where pages are asked for by NextToken.", "30", range=(1, 100)),
    ] = None
    next_token: Annotated[str, Param("What the reply with the page before gave.", "ZnJvbSAzMA==")] = ""
    page_number: Annotated[int, Param("The page, from 1.", "1", range=(1, 2**31 - 1))] = 1
    page_size: Annotated[int, Param("Entries a page, 1 to 100.", "30", range=(1, 100))] = 30


class DescribeDBInstancesReply(Reply):
    """NextToken is there when pages are asked for by it and another follows."""

    items: views.InstanceList
    page_number: int
    page_record_count: int
    total_record_count: int
    next_token: str | UnsetType = UNSET


@operation(
    RDS,
    name="DescribeDBInstances",
    title="Queries instances",
    access="get",
    resource="dbinstance/*",
    errors=(InvalidDBInstanceType, InvalidExpired, InvalidNextToken),
)
def describe_db_instances(tx: Reader, call: Call, request: DescribeDBInstancesRequest) -> DescribeDBInstancesReply:
    """Lists the caller's instances in a region, oldest first, a page at a time. Ids that are unknown are left out.

    Pages are asked for by number, or by MaxResults and NextToken, which win. A token stands for a place in the list,
    so instances deleted meanwhile shift what follows, as they do with numbers.
    """
    by_token = request.max_results is not None or bool(request.next_token)
    if by_token:
        offset, limit = _place(request.next_token), request.max_results or DEFAULT_RESULTS
    else:
        offset, limit = (request.page_number - 1) * request.page_size, request.page_size
    tags, possible = _pairs("Tags", request.tags), _is_possible(request)
    if is_filtered(request):
        candidates = _candidates(tx, call, request) if possible else []
        found = [instance for instance in candidates if _matches(tx, instance, request, tags)]
        total, page = len(found), found[offset : offset + limit]
    else:
        total = tx.count(DBInstance, account=call.account, region=request.region_id)
        page = tx.page(DBInstance, account=call.account, region=request.region_id, offset=offset, limit=limit)
    following = offset + len(page)
    return DescribeDBInstancesReply(
        items=views.InstanceList(
            db_instance=tuple(views.summary(tx, instance, category=request.instance_level != 0) for instance in page)
        ),
        next_token=token_for(following) if by_token and following < total else UNSET,
        page_number=offset // limit + 1,
        page_record_count=len(page),
        total_record_count=total,
    )


def _candidates(tx: Reader, call: Call, request: DescribeDBInstancesRequest) -> list[DBInstance]:
    if not request.db_instance_id:
        return list(tx.each(DBInstance, account=call.account, region=request.region_id))
    found = (tx.get(DBInstance, id) for id in dict.fromkeys(request.db_instance_id.split(",")))
    return [
        instance
        for instance in found
        if instance is not None and instance.account == call.account and instance.region == request.region_id
    ]


def _matches(tx: Reader, instance: DBInstance, request: DescribeDBInstancesRequest, tags: dict[str, str]) -> bool:
    exact = (
        (request.db_instance_status, instance.status),
        (request.db_instance_class, instance.instance_class),
        (request.db_instance_type, views.instance_type(instance)),
        (request.engine, instance.engine),
        (request.engine_version, instance.engine_version),
        (request.category, instance.category),
        (request.instance_network_type, network_type(instance)),
        (request.connection_mode, "Standard"),
        (request.pay_type, instance.pay_type),
        (request.zone_id, instance.zone_id),
        (request.vpc_id, instance.vpc_id),
        (request.vswitch_id, instance.vswitch_id),
        (request.resource_group_id, instance.resource_group_id),
        (request.expired, "False"),
    )
    if any(wanted and wanted != actual for wanted, actual in exact):
        return False
    if request.search_key and request.search_key not in instance.id and request.search_key not in instance.description:
        return False
    # Any of the tags is enough, unlike in the lists of other products (DescribeDBInstances documents).
    if tags and not any(carries(instance.tags, [TagShape(key=key, value=tags[key])]) for key in tags):
        return False
    wanted = request.connection_string
    return not wanted or any(endpoint.name == wanted for endpoint in tx.children(Endpoint, instance.id))


def _is_possible(request: DescribeDBInstancesRequest) -> bool:
    """Whether nothing is asked for that no instance here has."""
    babelfish = _pairs("Filter", request.filter).get("babelfishEnabled", "").lower() == "true"
    return not (babelfish or request.dedicated_host_group_id or request.dedicated_host_id)


def _pairs(name: str, text: str) -> dict[str, str]:
    """:raises InvalidParameterValue: no JSON object of texts."""
    try:
        return msgspec.json.decode(text, type=dict[str, str]) if text else {}
    except msgspec.DecodeError:
        raise InvalidParameterValue(name=name) from None


def _place(token: str) -> int:
    try:
        return offset_of(token)
    except NoToken:
        raise InvalidNextToken from None
