"""Further reads that Terraform makes with every instance: renewal, security groups, high availability, templates."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.rds.errors import InvalidDBInstanceIdNotFound
from jackfield.products.rds.instances import DBInstanceIdRequest, own_instance
from jackfield.products.rds.product import RDS
from jackfield.products.rds.resources import DBInstance
from jackfield.store.interface import Reader

_KNOWN = (InvalidDBInstanceIdNotFound,)
_ONE = "dbinstance/{DBInstanceId}"
Region = Annotated[str, Param("The region of the instance.", "cn-hangzhou")]


class DescribeInstanceAutoRenewalAttributeRequest(Request):
    region_id: Region
    db_instance_id: Annotated[str, Param("Only this instance.", "rm-uf6wjk5****")] = ""
    page_number: Annotated[int, Param("The page, from 1.", "1", range=(1, 2**31 - 1))] = 1
    page_size: Annotated[int, Param("Entries a page, up to 100.", "30", range=(1, 100))] = 30


class Renewal(Shape):
    db_instance_id: str
    region_id: str
    auto_renew: str
    duration: int
    status: str


class Renewals(Shape):
    item: tuple[Renewal, ...]


class DescribeInstanceAutoRenewalAttributeReply(Reply):
    items: Renewals
    page_number: int
    page_record_count: int
    total_record_count: int


@operation(
    RDS,
    title="Queries whether instances are renewed by themselves",
    access="get",
    resource="dbinstance/*",
    errors=_KNOWN,
)
def describe_instance_auto_renewal_attribute(
    tx: Reader, call: Call, request: DescribeInstanceAutoRenewalAttributeRequest
) -> DescribeInstanceAutoRenewalAttributeReply:
    """Lists the Prepaid instances; none is renewed by itself, and none expires."""
    if request.db_instance_id:
        instances = [own_instance(tx, call, request.db_instance_id, InvalidDBInstanceIdNotFound)]
    else:
        instances = list(tx.each(DBInstance, account=call.account, region=request.region_id))
    found = [one for one in instances if one.pay_type == "Prepaid" and one.region == request.region_id]
    offset = (request.page_number - 1) * request.page_size
    page = found[offset : offset + request.page_size]
    return DescribeInstanceAutoRenewalAttributeReply(
        items=Renewals(
            item=tuple(
                Renewal(db_instance_id=one.id, region_id=one.region, auto_renew="False", duration=0, status="Normal")
                for one in page
            )
        ),
        page_number=request.page_number,
        page_record_count=len(page),
        total_record_count=len(found),
    )


class HARequest(DBInstanceIdRequest):
    region_id: Region


class DescribeHASwitchConfigReply(Reply):
    ha_config: str = msgspec.field(name="HAConfig")
    manual_ha_time: str = msgspec.field(name="ManualHATime")


@operation(
    RDS,
    name="DescribeHASwitchConfig",
    title="Queries whether a failed primary is replaced by itself",
    access="get",
    resource=_ONE,
    errors=_KNOWN,
)
def describe_ha_switch_config(tx: Reader, call: Call, request: HARequest) -> DescribeHASwitchConfigReply:
    """It is: a server that died is started again at once."""
    own_instance(tx, call, request.db_instance_id, InvalidDBInstanceIdNotFound)
    return DescribeHASwitchConfigReply(ha_config="Auto", manual_ha_time="")


class DescribeHADiagnoseConfigReply(Reply):
    tcp_connection_type: str


@operation(
    RDS,
    name="DescribeHADiagnoseConfig",
    title="Queries how it is checked whether the server answers",
    access="get",
    resource=_ONE,
    errors=_KNOWN,
)
def describe_ha_diagnose_config(tx: Reader, call: Call, request: HARequest) -> DescribeHADiagnoseConfigReply:
    """By a connection of its own each time."""
    own_instance(tx, call, request.db_instance_id, InvalidDBInstanceIdNotFound)
    return DescribeHADiagnoseConfigReply(tcp_connection_type="SHORT")


class DescribeInstanceLinkedWhitelistTemplateRequest(Request):
    ins_name: Annotated[str, Param("The instance ID.", "rm-bp191w771kd3****")]
    region_id: Annotated[str, Param("The region of the instance.", "cn-hangzhou")] = ""


class Template(Shape):
    id: int
    user_id: int
    template_id: int
    template_name: str
    ips: str


class Templates(Shape):
    ins_name: str
    templates: tuple[Template, ...]


class DescribeInstanceLinkedWhitelistTemplateReply(Reply):
    """Code is a text: clients take any other than 200 for an error."""

    code: str
    data: Templates
    http_status_code: int
    message: str
    success: bool


@operation(
    RDS,
    title="Queries the whitelist templates of an instance",
    access="get",
    resource="dbinstance/{InsName}",
    errors=_KNOWN,
)
def describe_instance_linked_whitelist_template(
    tx: Reader, call: Call, request: DescribeInstanceLinkedWhitelistTemplateRequest
) -> DescribeInstanceLinkedWhitelistTemplateReply:
    """There are no templates."""
    instance = own_instance(tx, call, request.ins_name, InvalidDBInstanceIdNotFound)
    return DescribeInstanceLinkedWhitelistTemplateReply(
        code="200",
        data=Templates(ins_name=instance.id, templates=()),
        http_status_code=200,
        message="",
        success=True,
    )
