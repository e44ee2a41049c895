"""Which ECS security groups an instance knows as clients."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.endpoints.uses import end_use, use
from jackfield.products.ecs.resources import SecurityGroup
from jackfield.products.errors import ApiError, InvalidParameterValue
from jackfield.products.operation import Call, Param, Reply, Shape, operation
from jackfield.products.rds.errors import InvalidDBInstanceNameNotFound, OperationDeniedDBInstanceStatus
from jackfield.products.rds.instances import DBInstanceIdRequest, own_instance
from jackfield.products.rds.ordinary import network_type
from jackfield.products.rds.product import RDS
from jackfield.products.rds.resources import DBInstance
from jackfield.products.rds.states import RUNNING
from jackfield.store.interface import Reader, Tx

MAX_GROUPS = 10
"""Of an instance (ModifySecurityGroupConfiguration documents)."""


class SecurityGroupQuotaExceeded(ApiError):
    """More than :data:`MAX_GROUPS`."""

    code = "AssociatedEcsSecurityGroupIdQuotaExceed"
    status = 400
    message = "Security groups quota exceeded"


class _Relation(Shape):
    security_group_id: str
    region_id: str
    network_type: str


class NewRelations(Shape):
    ecs_security_group_relation: tuple[_Relation, ...]


class Relation(_Relation):
    security_group_name: str


class Relations(Shape):
    ecs_security_group_relation: tuple[Relation, ...]


class ModifySecurityGroupConfigurationReply(Reply):
    """``DBInstanceName`` holds the instance's id."""

    db_instance_name: str
    items: NewRelations


class ModifySecurityGroupConfigurationRequest(DBInstanceIdRequest):
    security_group_id: Annotated[
        str, Param("Up to 10 ids, separated by commas; empty: none.", "sg-bpcfmyiu4ekp****", empty=True)
    ]


@operation(
    RDS,
    title="Sets the ECS security groups whose members may connect to an instance",
    access="update",
    resource="dbinstance/{DBInstanceId}",
    errors=(InvalidDBInstanceNameNotFound, OperationDeniedDBInstanceStatus, SecurityGroupQuotaExceeded),
)
def modify_security_group_configuration(
    tx: Tx, call: Call, request: ModifySecurityGroupConfigurationRequest
) -> ModifySecurityGroupConfigurationReply:
    """Replaces the groups.

    Groups have no members here (there are no ECS instances), so who may connect stays what the whitelist says. A group
    cannot be deleted while an instance names it.
    """
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound)
    if instance.status != RUNNING:
        raise OperationDeniedDBInstanceStatus
    wanted = tuple(dict.fromkeys(filter(None, (one.strip() for one in request.security_group_id.split(",")))))
    if len(wanted) > MAX_GROUPS:
        raise SecurityGroupQuotaExceeded
    for id in wanted:
        group = tx.get(SecurityGroup, id)
        if group is None or (group.account, group.region) != (instance.account, instance.region):
            raise InvalidParameterValue(name="SecurityGroupId")
    changed = msgspec.structs.replace(instance, security_groups=wanted)
    tx.put(changed)
    for id in set(wanted) - set(instance.security_groups):
        use(tx, id, changed)
    for id in set(instance.security_groups) - set(wanted):
        end_use(tx, id, changed)
    relations = tuple(_Relation(**_fields(changed, id)) for id in wanted)
    return ModifySecurityGroupConfigurationReply(
        db_instance_name=instance.id, items=NewRelations(ecs_security_group_relation=relations)
    )


class DescribeSecurityGroupConfigurationReply(Reply):
    """As above, with the groups' names."""

    db_instance_name: str
    items: Relations


@operation(
    RDS,
    title="Queries the ECS security groups whose members may connect to an instance",
    access="get",
    resource="dbinstance/{DBInstanceId}",
    errors=(InvalidDBInstanceNameNotFound,),
)
def describe_security_group_configuration(
    tx: Reader, call: Call, request: DBInstanceIdRequest
) -> DescribeSecurityGroupConfigurationReply:
    """Lists the groups in the order in which they were given."""
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound)
    named = ((id, tx.get(SecurityGroup, id)) for id in instance.security_groups)
    relations = tuple(
        Relation(**_fields(instance, id), security_group_name=group.name if group else "") for id, group in named
    )
    return DescribeSecurityGroupConfigurationReply(
        db_instance_name=instance.id, items=Relations(ecs_security_group_relation=relations)
    )


def _fields(instance: DBInstance, id: str) -> dict[str, str]:
    return {"security_group_id": id, "region_id": instance.region, "network_type": network_type(instance)}
