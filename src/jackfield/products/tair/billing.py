"""How an instance is paid for, and which resource group it belongs to. Nothing costs anything here."""

from __future__ import annotations

import secrets
from typing import Annotated

import msgspec

from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.tair import views
from jackfield.products.tair.errors import (
    InvalidDbInstanceIdNotFound,
    InvalidInstanceIdNotFound,
    MissingPeriod,
)
from jackfield.products.tair.instances import InstanceIdRequest, own_instance
from jackfield.products.tair.product import TAIR
from jackfield.products.tair.resources import Instance
from jackfield.products.tair.setting_errors import InvalidSettingFormat
from jackfield.products.times import iso_second
from jackfield.store.interface import Reader, Tx

_MONTHS = (*range(1, 10), 12, 24, 36)


class DescribeInstanceAutoRenewalAttributeRequest(Request):
    region_id: Annotated[str, Param("The region.", "cn-hangzhou")]
    db_instance_id: Annotated[str, Param("Only this instance.", "r-bp1zxszhcgatnx****")] = ""
    page_number: Annotated[int, Param("The page, from 1.", "1", range=(1, 2**31 - 1))] = 1
    page_size: Annotated[int, Param("Entries a page.", "30", range=(1, 1000))] = 30


class AutoRenewal(Shape):
    db_instance_id: str
    region_id: str
    auto_renew: str
    duration: int


class AutoRenewals(Shape):
    item: tuple[AutoRenewal, ...]


class DescribeInstanceAutoRenewalAttributeReply(Reply):
    items: AutoRenewals
    page_number: int
    page_record_count: int
    total_record_count: int


@operation(
    TAIR,
    title="Queries whether instances are renewed by themselves",
    access="get",
    resource="instance/*",
    errors=(InvalidDbInstanceIdNotFound,),
)
def describe_instance_auto_renewal_attribute(
    tx: Reader, call: Call, request: DescribeInstanceAutoRenewalAttributeRequest
) -> DescribeInstanceAutoRenewalAttributeReply:
    """Lists the region's PrePaid instances. None ends here, so none is renewed."""
    if request.db_instance_id:
        found = [own_instance(tx, call, request.db_instance_id, InvalidDbInstanceIdNotFound)]
    else:
        every = tx.each(Instance, account=call.account, region=request.region_id)
        found = [instance for instance in every if instance.charge_type == "PrePaid"]
    offset = (request.page_number - 1) * request.page_size
    page = found[offset : offset + request.page_size]
    return DescribeInstanceAutoRenewalAttributeReply(
        items=AutoRenewals(
            item=tuple(
                AutoRenewal(db_instance_id=one.id, region_id=one.region, auto_renew="false", duration=1) for one in page
            )
        ),
        page_number=request.page_number,
        page_record_count=len(page),
        total_record_count=len(found),
    )


class TransformInstanceChargeTypeRequest(InstanceIdRequest):
    charge_type: Annotated[
        str,
        Param("The billing method.", "PrePaid", enum=("PrePaid", "PostPaid"), invalid=InvalidSettingFormat),
    ]
    period: Annotated[
        int, Param("Months, for PrePaid: 1 to 9, 12, 24 or 36.", "1", range=(1, 36), invalid=InvalidSettingFormat)
    ] = 0


class TransformInstanceChargeTypeReply(Reply):
    order_id: str
    end_time: str


@operation(
    TAIR,
    title="Changes the billing method of an instance",
    access="update",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound, MissingPeriod, InvalidSettingFormat),
)
def transform_instance_charge_type(
    tx: Tx, call: Call, request: TransformInstanceChargeTypeRequest
) -> TransformInstanceChargeTypeReply:
    """Notes the method; the instance does not end with the period."""
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    if request.charge_type == "PrePaid" and not request.period:
        raise MissingPeriod
    if request.period and request.period not in _MONTHS:
        raise InvalidSettingFormat
    changed = msgspec.structs.replace(instance, charge_type=request.charge_type)
    tx.put(changed)
    return TransformInstanceChargeTypeReply(
        order_id=str(secrets.randbelow(10**12) + 10**12), end_time=iso_second(views.end_time(changed))
    )


class ModifyResourceGroupRequest(InstanceIdRequest):
    region_id: Annotated[str, Param("The region of the instance.", "cn-hangzhou")]
    resource_group_id: Annotated[str, Param("The resource group.", "rg-acfmyiu4ekp****")]
    client_token: Annotated[str, Param("Makes a repeated call answer like the first.", "ETnLKlblzczshOTUbOCz****")] = ""


@operation(
    TAIR,
    title="Moves an instance to another resource group",
    access="update",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound,),
    token="ClientToken",
)
def modify_resource_group(tx: Tx, call: Call, request: ModifyResourceGroupRequest) -> Reply:
    """Notes the group, by which DescribeInstances can be asked."""
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    if request.region_id != instance.region:
        raise InvalidInstanceIdNotFound
    tx.put(msgspec.structs.replace(instance, resource_group_id=request.resource_group_id))
    return Reply()
