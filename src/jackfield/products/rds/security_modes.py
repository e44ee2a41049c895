"""MigrateSecurityIPMode: from one whitelist for all networks to one for VPCs and one for the rest."""

from __future__ import annotations

import msgspec

from jackfield.endpoints.whitelist import Network
from jackfield.products.operation import Call, Reply, operation
from jackfield.products.rds.errors import InvalidDBInstanceNameNotFound, OperationDeniedDBInstanceStatus
from jackfield.products.rds.instances import DBInstanceIdRequest, own_instance
from jackfield.products.rds.product import RDS
from jackfield.products.rds.states import RUNNING
from jackfield.store.interface import Tx


class MigrateSecurityIPModeReply(Reply):
    db_instance_id: str
    security_ip_mode: str = msgspec.field(name="SecurityIPMode")


@operation(
    RDS,
    name="MigrateSecurityIPMode",
    title="Changes the whitelist mode of an instance from standard to enhanced",
    access="update",
    resource="dbinstance/{DBInstanceId}",
    errors=(InvalidDBInstanceNameNotFound, OperationDeniedDBInstanceStatus),
)
def migrate_security_ip_mode(tx: Tx, call: Call, request: DBInstanceIdRequest) -> MigrateSecurityIPModeReply:
    """Each group becomes two of the same name, one for VPCs and one for classic network and Internet.

    Nobody gains or loses access by that; from then on ModifySecurityIps changes one of them. There is no way back. An
    instance that is in enhanced mode stays as it is.
    """
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound)
    if instance.status != RUNNING:
        raise OperationDeniedDBInstanceStatus
    if not instance.isolated:
        networks: tuple[Network, ...] = ("VPC", "Classic")
        groups = tuple(
            msgspec.structs.replace(group, network=network) for network in networks for group in instance.whitelist
        )
        tx.put(msgspec.structs.replace(instance, whitelist=groups, isolated=True))
        tx.schedule(instance)
    return MigrateSecurityIPModeReply(db_instance_id=instance.id, security_ip_mode="safety")
