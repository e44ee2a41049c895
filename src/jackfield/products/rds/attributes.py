"""ModifyDBInstanceDescription and ModifyDBInstanceDeletionProtection."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.products.operation import Call, Param, Reply, operation
from jackfield.products.rds.errors import InvalidDBInstanceNameNotFound
from jackfield.products.rds.instances import DBInstanceIdRequest, own_instance
from jackfield.products.rds.life_errors import InvalidDBInstanceDescriptionFormat, ProtectionDeniedPayType
from jackfield.products.rds.product import RDS
from jackfield.store.interface import Tx


class ModifyDBInstanceDescriptionRequest(DBInstanceIdRequest):
    db_instance_description: Annotated[str, Param("2 to 256 characters, no URL.", "testInstance")]


@operation(
    RDS,
    name="ModifyDBInstanceDescription",
    title="Changes the description of an instance",
    access="update",
    resource="dbinstance/{DBInstanceId}",
    errors=(InvalidDBInstanceNameNotFound, InvalidDBInstanceDescriptionFormat),
)
def modify_db_instance_description(tx: Tx, call: Call, request: ModifyDBInstanceDescriptionRequest) -> Reply:
    """Changes the text, in whatever state the instance is."""
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound)
    text = request.db_instance_description
    if not 2 <= len(text) <= 256 or text.startswith(("http://", "https://")):
        raise InvalidDBInstanceDescriptionFormat
    tx.put(msgspec.structs.replace(instance, description=text))
    return Reply()


class ModifyDBInstanceDeletionProtectionRequest(DBInstanceIdRequest):
    deletion_protection: Annotated[bool, Param("Whether deletion is refused.", "true")]
    client_token: Annotated[str, Param("Makes a repeated call answer like the first.", "ETnLKlblzczshOTUbOCz****")] = ""


@operation(
    RDS,
    name="ModifyDBInstanceDeletionProtection",
    title="Protects an instance from deletion, or no longer",
    access="update",
    resource="dbinstance/{DBInstanceId}",
    errors=(InvalidDBInstanceNameNotFound, ProtectionDeniedPayType),
    token="ClientToken",
)
def modify_db_instance_deletion_protection(
    tx: Tx, call: Call, request: ModifyDBInstanceDeletionProtectionRequest
) -> Reply:
    """Holds from the next call on."""
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound)
    if instance.pay_type == "Prepaid":
        raise ProtectionDeniedPayType
    tx.put(msgspec.structs.replace(instance, deletion_protection=request.deletion_protection))
    return Reply()
