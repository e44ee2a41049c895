"""Which ECS security groups an instance knows as clients."""

from __future__ import annotations

from typing import Annotated

from jackfield.endpoints.uses import end_use, use
from jackfield.products.ecs.resources import SecurityGroup
from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.tair.errors import InvalidInstanceIdNotFound
from jackfield.products.tair.instances import InstanceIdRequest, own_instance
from jackfield.products.tair.maintenance import change_settings
from jackfield.products.tair.product import TAIR
from jackfield.products.tair.setting_errors import (
    InvalidSecurityGroupParam,
    SecurityGroupInstanceNotFound,
    SecurityGroupQuotaExceeded,
)
from jackfield.store.interface import Reader, Tx

MAX_GROUPS = 10
"""Of an instance (user guide, security groups)."""


class SecurityGroupRelation(Shape):
    security_group_id: str
    region_id: str
    net_type: str


class SecurityGroupRelations(Shape):
    ecs_security_group_relation: tuple[SecurityGroupRelation, ...]


class DescribeSecurityGroupConfigurationReply(Reply):
    items: SecurityGroupRelations


@operation(
    TAIR,
    title="Queries the ECS security groups whose members may connect to an instance",
    access="get",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound,),
)
def describe_security_group_configuration(
    tx: Reader, call: Call, request: InstanceIdRequest
) -> DescribeSecurityGroupConfigurationReply:
    """Lists the groups in the order in which they were given."""
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    return DescribeSecurityGroupConfigurationReply(
        items=SecurityGroupRelations(
            ecs_security_group_relation=tuple(
                SecurityGroupRelation(
                    security_group_id=group,
                    region_id=instance.region,
                    net_type="vpc" if instance.vpc_id else "classic",
                )
                for group in instance.settings.security_groups
            )
        )
    )


class ModifySecurityGroupConfigurationRequest(Request):
    db_instance_id: Annotated[str, Param("The ID of the instance.", "r-bp1zxszhcgatnx****")]
    security_group_id: Annotated[
        str, Param("Up to 10 ids, separated by commas; 0 takes all away.", "sg-bpcfmyiu4ekp****")
    ]


@operation(
    TAIR,
    title="Resets the ECS security groups whose members may connect to an instance",
    access="update",
    resource="instance/{DBInstanceId}",
    errors=(SecurityGroupInstanceNotFound, InvalidSecurityGroupParam, SecurityGroupQuotaExceeded),
)
def modify_security_group_configuration(tx: Tx, call: Call, request: ModifySecurityGroupConfigurationRequest) -> Reply:
    """Replaces the groups.

    Groups have no members here (there are no ECS instances), so who may connect stays what the whitelist says. A
    group cannot be deleted while an instance names it.
    """
    instance = own_instance(tx, call, request.db_instance_id, SecurityGroupInstanceNotFound)
    given = request.security_group_id
    wanted = () if given in ("", "0") else tuple(dict.fromkeys(one.strip() for one in given.split(",")))
    if len(wanted) > MAX_GROUPS:
        raise SecurityGroupQuotaExceeded
    for id in wanted:
        group = tx.get(SecurityGroup, id)
        if group is None or group.account != call.account or group.region != instance.region:
            raise InvalidSecurityGroupParam
    before = instance.settings.security_groups
    changed = change_settings(tx, instance, security_groups=wanted)
    for id in set(wanted) - set(before):
        use(tx, id, changed)
    for id in set(before) - set(wanted):
        end_use(tx, id, changed)
    return Reply()
