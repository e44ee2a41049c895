"""Operations on an instance as a whole: its attributes, a restart, the end of all its data."""

from __future__ import annotations

import secrets
from typing import Annotated

import msgspec

from jackfield.products.operation import Call, Param, Reply, operation
from jackfield.products.tair.errors import (
    AttributeMissing,
    InstanceStatusNotSupport,
    InvalidInstanceIdNotFound,
    InvalidInstanceNameMalformed,
    InvalidNewPasswordMalformed,
    TaskExists,
)
from jackfield.products.tair.instances import InstanceIdRequest, own_instance
from jackfield.products.tair.names import is_instance_name
from jackfield.products.tair.passwords import digest, is_strong
from jackfield.products.tair.product import TAIR
from jackfield.products.tair.resources import Change, Instance
from jackfield.products.tair.states import CHANGING, FLUSHING, NORMAL, REBOOTING
from jackfield.store.interface import Tx


class ModifyInstanceAttributeRequest(InstanceIdRequest):
    instance_name: Annotated[str, Param("2 to 128 characters, no leading digit.", "newinstancename")] = ""
    new_password: Annotated[
        str, Param("8 to 32 characters of three of: upper case, lower case, digits, !@#$%^&*()_+-=.", "uW8+nsrp")
    ] = ""
    instance_release_protection: Annotated[
        bool | None, Param("Whether the instance is kept from being deleted.", "true")
    ] = None


@operation(
    TAIR,
    title="Modifies the name, the password or the release protection of an instance",
    access="update",
    resource="instance/{InstanceId}",
    errors=(
        InvalidInstanceIdNotFound,
        AttributeMissing,
        InvalidInstanceNameMalformed,
        InvalidNewPasswordMalformed,
        TaskExists,
    ),
)
def modify_instance_attribute(tx: Tx, call: Call, request: ModifyInstanceAttributeRequest) -> Reply:
    """Changes what is given; the rest stays.

    A new password makes the instance Changing until it has logged in through the ordinary address. Sessions that are
    logged in stay so, as Redis has it.
    """
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    name, password, protected = request.instance_name, request.new_password, request.instance_release_protection
    if not name and not password and protected is None:
        raise AttributeMissing
    if name and not is_instance_name(name):
        raise InvalidInstanceNameMalformed
    if password and not is_strong(password):
        raise InvalidNewPasswordMalformed
    changed = msgspec.structs.replace(
        instance,
        name=name or instance.name,
        release_protection=instance.release_protection if protected is None else protected,
    )
    if not password:
        tx.put(changed)
        return Reply()
    if instance.status != NORMAL:
        raise TaskExists
    changed = msgspec.structs.replace(
        changed, change="password", password_sha256=digest(password), secret=call.seal(password, instance.id)
    )
    _begin(tx, call, changed, CHANGING)
    return Reply()


class RestartInstanceRequest(InstanceIdRequest):
    effective_time: Annotated[str, Param("When: now.", "Immediately", enum=("Immediately",))] = "Immediately"


class RestartInstanceReply(Reply):
    instance_id: str
    task_id: str


@operation(
    TAIR,
    title="Restarts an instance",
    access="update",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound, InstanceStatusNotSupport),
)
def restart_instance(tx: Tx, call: Call, request: RestartInstanceRequest) -> RestartInstanceReply:
    """Ends every server process of the instance and starts another in its place; data are kept.

    The instance is Rebooting until the new ones have answered through every endpoint. Clients of a cluster's ordinary
    address wait; other connections are cut.
    """
    instance = _normal(tx, call, request.instance_id)
    _begin(tx, call, msgspec.structs.replace(instance, ending=()), REBOOTING)
    return RestartInstanceReply(instance_id=instance.id, task_id=str(secrets.randbelow(9 * 10**8) + 10**8))


@operation(
    TAIR,
    title="Deletes all data of an instance",
    access="delete",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound, InstanceStatusNotSupport),
)
def flush_instance(tx: Tx, call: Call, request: InstanceIdRequest) -> Reply:
    """Deletes every key of every database of every server; the instance is Flushing until they are gone."""
    _begin(tx, call, _normal(tx, call, request.instance_id), FLUSHING)
    return Reply()


def _normal(tx: Tx, call: Call, instance_id: str) -> Instance:
    instance = own_instance(tx, call, instance_id, InvalidInstanceIdNotFound)
    if instance.status != NORMAL:
        raise InstanceStatusNotSupport
    return instance


def begin_change(tx: Tx, call: Call, instance: Instance, change: Change) -> None:
    """Records that something is to be done to the servers or the router while the instance shows as Changing."""
    _begin(tx, call, msgspec.structs.replace(instance, change=change), CHANGING)


def _begin(tx: Tx, call: Call, instance: Instance, status: str) -> None:
    """Records what is to be done; the reconciler does it."""
    changed = msgspec.structs.replace(instance, status=status, settle_at=call.now + call.pace)
    tx.put(changed)
    tx.schedule(changed)
