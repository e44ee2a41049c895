"""DeleteInstance and the reads of instances."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.endpoints.resources import Endpoint
from jackfield.products.errors import ApiError
from jackfield.products.filters import is_filtered
from jackfield.products.operation import Call, ChangeNote, Param, Reply, Request, operation
from jackfield.products.tags import TagShape, carries
from jackfield.products.tair import views
from jackfield.products.tair.errors import (
    InstanceReleaseProtection,
    InstanceStatusNotSupport,
    InvalidInstanceIdNotFound,
    InvalidInstanceIdsMalformed,
)
from jackfield.products.tair.product import TAIR
from jackfield.products.tair.resources import NODE_TYPES, Instance
from jackfield.products.tair.states import CHANGING, NORMAL
from jackfield.store.interface import Reader, Tx

MAX_IDS = 30


class InstanceIdRequest(Request):
    instance_id: Annotated[str, Param("The ID of the instance.", "r-bp1zxszhcgatnx****")]


class DeleteInstanceRequest(InstanceIdRequest):
    global_instance_id: Annotated[str, Param("The distributed instance it belongs to.", "gr-bp14rkqrhac****")] = ""


@operation(
    TAIR,
    title="Releases an instance",
    access="delete",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound, InstanceStatusNotSupport, InstanceReleaseProtection),
)
def delete_instance(tx: Tx, call: Call, request: DeleteInstanceRequest) -> Reply:
    """Deletes an instance, its endpoints and its data.

    It shows as Changing while its endpoints are closed and its servers stopped, then as Released for a moment, then
    it is not found any more.
    """
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    if instance.status != NORMAL:
        raise InstanceStatusNotSupport
    if instance.release_protection:
        raise InstanceReleaseProtection
    for endpoint in tx.children(Endpoint, instance.id):
        tx.put(msgspec.structs.replace(endpoint, status="Releasing"))
    deleted = msgspec.structs.replace(instance, status=CHANGING, settle_at=call.now + call.pace)
    tx.put(deleted)
    tx.schedule(deleted)
    return Reply()


class DescribeInstanceAttributeReply(Reply):
    instances: views.InstanceAttributeList


@operation(
    TAIR,
    title="Queries the details of an instance",
    access="get",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound,),
)
def describe_instance_attribute(tx: Reader, call: Call, request: InstanceIdRequest) -> DescribeInstanceAttributeReply:
    """One instance. Clients poll InstanceStatus here until it is Normal."""
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    return DescribeInstanceAttributeReply(instances=views.attribute_list(tx, instance))


class DescribeInstancesRequest(Request):
    region_id: Annotated[str, Param("The region; all regions if left out.", "cn-hangzhou")] = ""
    instance_ids: Annotated[str, Param("Up to 30 ids, separated by commas.", "r-bp1zxszhcgatnx****")] = ""
    instance_status: Annotated[str, Param("Only instances in this state.", "Normal")] = ""
    instance_class: Annotated[str, Param("Only instances of this class.", "redis.master.small.default")] = ""
    instance_type: Annotated[str, Param("Only instances of this engine.", "Redis")] = ""
    architecture_type: Annotated[
        str, Param("Only this architecture.", "standard", enum=("cluster", "standard", "rwsplit"))
    ] = ""
    engine_version: Annotated[str, Param("Only this engine version.", "4.0")] = ""
    charge_type: Annotated[str, Param("Only this billing method.", "PostPaid", enum=("PrePaid", "PostPaid"))] = ""
    network_type: Annotated[str, Param("Only this network.", "VPC", enum=("CLASSIC", "VPC"))] = ""
    zone_id: Annotated[str, Param("Only this zone.", "cn-hangzhou-h")] = ""
    vpc_id: Annotated[str, Param("Only this VPC.", "vpc-bp1nme44gek34slfc****")] = ""
    vswitch_id: Annotated[str, Param("Only this vSwitch.", "vsw-bp1e7clcw529l773d****")] = ""
    private_ip: Annotated[str, Param("Only the instance with this address.", "172.16.49.10")] = ""
    resource_group_id: Annotated[str, Param("Only this resource group.", "rg-acfmyiu4ekp****")] = ""
    node_type: Annotated[str, Param("Only this node type.", "MASTER_SLAVE", enum=NODE_TYPES)] = ""
    edition_type: Annotated[str, Param("Only this edition.", "Enterprise", enum=("Community", "Enterprise"))] = ""
    expired: Annotated[str, Param("Only instances that are expired, or are not.", "false", enum=("true", "false"))] = ""
    global_instance: Annotated[bool, Param("Only children of distributed instances; there are none.", "true")] = False
    search_key: Annotated[str, Param("Part of the name or id.", "apitest")] = ""
    tag: Annotated[tuple[TagShape, ...], Param("Only instances with all of these tags.")] = ()
    page_number: Annotated[int, Param("The page, from 1.", "1", range=(1, 2**31 - 1))] = 1
    page_size: Annotated[int, Param("Entries a page, up to 1000.", "30", range=(1, 1000))] = 30


class DescribeInstancesReply(Reply):
    instances: views.InstanceList
    page_number: int
    page_size: int
    total_count: int


@operation(
    TAIR,
    title="Queries instances",
    access="list",
    resource="instance/*",
    errors=(InvalidInstanceIdsMalformed,),
    changes=(ChangeNote("2024-07-30", "API description update"),),
)
def describe_instances(tx: Reader, call: Call, request: DescribeInstancesRequest) -> DescribeInstancesReply:
    """Lists the caller's instances, oldest first, a page at a time. Ids that are unknown are left out."""
    offset = (request.page_number - 1) * request.page_size
    if is_filtered(request):
        found = [instance for instance in _candidates(tx, call, request) if _matches(tx, instance, request)]
        total, page = len(found), found[offset : offset + request.page_size]
    else:
        total = tx.count(Instance, account=call.account, region=request.region_id)
        page = tx.page(Instance, account=call.account, region=request.region_id, offset=offset, limit=request.page_size)
    return DescribeInstancesReply(
        instances=views.InstanceList(kvstore_instance=tuple(views.summary(tx, instance) for instance in page)),
        page_number=request.page_number,
        page_size=request.page_size,
        total_count=total,
    )


def own_instance(tx: Reader, call: Call, instance_id: str, unknown: type[ApiError]) -> Instance:
    """The caller's instance; ``unknown`` is raised when there is none, or it is another account's."""
    instance = tx.get(Instance, instance_id)
    if instance is None or instance.account != call.account:
        raise unknown
    return instance


def _candidates(tx: Reader, call: Call, request: DescribeInstancesRequest) -> list[Instance]:
    if not request.instance_ids:
        return list(tx.each(Instance, account=call.account, region=request.region_id))
    ids = request.instance_ids.split(",")
    if len(ids) > MAX_IDS or not all(ids):
        raise InvalidInstanceIdsMalformed
    found = (tx.get(Instance, id) for id in dict.fromkeys(ids))
    return [
        instance
        for instance in found
        if instance is not None
        and instance.account == call.account
        and (not request.region_id or instance.region == request.region_id)
    ]


def _matches(tx: Reader, instance: Instance, request: DescribeInstancesRequest) -> bool:
    exact = (
        (request.instance_status, instance.status),
        (request.instance_class, instance.instance_class),
        (request.architecture_type, instance.architecture),
        (request.engine_version, instance.engine_version),
        (request.charge_type, instance.charge_type),
        (request.network_type, views.network_type(instance)),
        (request.zone_id, instance.zone_id),
        (request.vpc_id, instance.vpc_id),
        (request.vswitch_id, instance.vswitch_id),
        (request.resource_group_id, instance.resource_group_id),
        (request.node_type, instance.node_type),
        (request.edition_type, views.edition(instance)),
        (request.expired, "false"),
    )
    if request.global_instance or any(wanted and wanted != actual for wanted, actual in exact):
        return False
    if request.instance_type not in ("", instance.instance_type, "Tair" if instance.instance_type != "Redis" else ""):
        return False
    if request.search_key and request.search_key not in instance.name and request.search_key not in instance.id:
        return False
    if not carries(instance.tags, request.tag):
        return False
    return not request.private_ip or views.private_address(tx, instance) == request.private_ip
