"""Read/write splitting: one endpoint before a primary and its read-only instances."""

from __future__ import annotations

import re
from typing import Annotated, cast

import msgspec

from jackfield.endpoints.addresses import PoolExhausted
from jackfield.endpoints.moving import move_endpoint
from jackfield.endpoints.resources import Endpoint
from jackfield.products.errors import ApiError, InvalidParameterValue
from jackfield.products.operation import Call, Param, Reply, operation
from jackfield.products.rds.errors import (
    InvalidConnectionStringFormat,
    InvalidDBInstanceIdNotFound,
    InvalidPortMalformed,
    InvalidRwSplitNetTypeNotFound,
    InvalidVswitchId,
    OperationDeniedDBInstanceStatus,
    VswitchIpExhausted,
)
from jackfield.products.rds.instances import DBInstanceIdRequest, own_instance
from jackfield.products.rds.names import KINDS, PUBLIC_PORTS, check_port, connection_string
from jackfield.products.rds.product import RDS
from jackfield.products.rds.replicas import replicas_of
from jackfield.products.rds.resources import DBInstance
from jackfield.products.rds.router_errors import (
    NoReadInstance,
    RequiredParamNotFound,
    SplitInstanceType,
    SplittingExists,
    SplittingNameDuplicate,
    SplittingNotFound,
    WeightFormat,
)
from jackfield.products.rds.routers import (
    Distribution,
    Router,
    Weight,
    WrongWeights,
    addresses_of,
    change_instance,
    close_address,
    in_service,
    open_address,
    parse_weights,
    router_place,
    routers_of,
)
from jackfield.products.rds.states import RUNNING
from jackfield.store.interface import ClaimTaken, Reader, Tx

MAX_DELAY = 7200
_PREFIX = re.compile(r"[a-z][a-z0-9-]{1,28}[a-z0-9]")
"""Up to 30 characters (AllocateReadWriteSplittingConnection documents)."""

_MAX_DELAY = Param("Seconds that a read-only instance may be behind and still be read from: 0 to 7200.", "30")
_DISTRIBUTION = Param(
    "Standard: every instance has the same weight; Custom: those of Weight.", "Standard", enum=("Standard", "Custom")
)
_WEIGHT = Param(
    "With Custom: instances and their weights, multiples of 100 up to 10000; who is not named is not read from.",
    '{"rm-bp1**********":800,"master":400,"slave":400}',
)


class AllocateReadWriteSplittingConnectionRequest(DBInstanceIdRequest):
    connection_string_prefix: Annotated[
        str, Param("The first label of the endpoint, up to 30 characters; the instance ID and rw if left out.", "rr-rw")
    ] = ""
    port: Annotated[str, Param("The port, 1000 to 5999; the engine's usual one if left out.", "3306")] = ""
    max_delay_time: Annotated[str, _MAX_DELAY] = "30"
    net_type: Annotated[str, Param("Internet: a public endpoint.", "Intranet", enum=("Internet", "Intranet"))] = (
        "Intranet"
    )
    distribution_type: Annotated[str, _DISTRIBUTION] = "Standard"
    weight: Annotated[str, _WEIGHT] = ""


@operation(
    RDS,
    title="Applies for a read/write splitting endpoint of an instance",
    access="create",
    resource="dbinstance/{DBInstanceId}",
    errors=(
        InvalidDBInstanceIdNotFound,
        SplitInstanceType,
        OperationDeniedDBInstanceStatus,
        NoReadInstance,
        SplittingExists,
        InvalidConnectionStringFormat,
        InvalidPortMalformed,
        RequiredParamNotFound,
        WeightFormat,
        SplittingNameDuplicate,
        InvalidVswitchId,
        VswitchIpExhausted,
    ),
)
def allocate_read_write_splitting_connection(
    tx: Tx, call: Call, request: AllocateReadWriteSplittingConnectionRequest
) -> Reply:
    """Gives an instance with read-only instances an endpoint that tells reads from writes.

    Reads outside transactions go to the instances by weight, everything else to the primary. The instance is
    DBInstanceNetTypeChanging until the endpoint was dialled and a read-only instance is read from.
    """
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceIdNotFound)
    if instance.read_only:
        raise SplitInstanceType
    if instance.status != RUNNING:
        raise OperationDeniedDBInstanceStatus
    if not in_service(tx, instance.id):
        raise NoReadInstance
    if routers_of(tx, instance.id, "splitting"):
        raise SplittingExists
    name = _name(request.connection_string_prefix or f"{instance.id}rw", instance)
    port = check_port(request.port or str(KINDS[instance.engine].port), *PUBLIC_PORTS)
    distribution = cast(Distribution, request.distribution_type)
    router = Router(
        id=f"{instance.id}-rws",
        account=instance.account,
        region=instance.region,
        parent=instance.id,
        created=call.now,
        purpose="splitting",
        distribution=distribution,
        weights=_weights(tx, instance, distribution, request.weight),
        max_delay=_delay(request.max_delay_time),
    )
    place = None if request.net_type == "Internet" else router_place(tx, instance)
    if place is None and request.net_type == "Intranet":
        raise InvalidVswitchId
    tx.put(router)
    try:
        open_address(tx, call, instance, router, name=name, port=port, place=place)
    except ClaimTaken:
        raise SplittingNameDuplicate from None
    except PoolExhausted:
        raise VswitchIpExhausted from None
    return Reply()


class ModifyReadWriteSplittingConnectionRequest(DBInstanceIdRequest):
    connection_string_prefix: Annotated[str, Param("The first label of its new name.", "rr-rw")] = ""
    port: Annotated[str, Param("Its new port.", "3306")] = ""
    max_delay_time: Annotated[str, _MAX_DELAY] = ""
    distribution_type: Annotated[str, _DISTRIBUTION] = ""
    weight: Annotated[str, _WEIGHT] = ""


@operation(
    RDS,
    title="Changes the read/write splitting endpoint of an instance",
    access="update",
    resource="dbinstance/{DBInstanceId}",
    errors=(
        InvalidDBInstanceIdNotFound,
        SplittingNotFound,
        OperationDeniedDBInstanceStatus,
        NoReadInstance,
        InvalidConnectionStringFormat,
        InvalidPortMalformed,
        RequiredParamNotFound,
        WeightFormat,
        SplittingNameDuplicate,
    ),
)
def modify_read_write_splitting_connection(
    tx: Tx, call: Call, request: ModifyReadWriteSplittingConnectionRequest
) -> Reply:
    """Changes how reads are spread, the name or the port; what is left out stays.

    Weights and delays hold for the next statements of sessions that are open, too.
    """
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceIdNotFound)
    router, endpoint = own_splitting(tx, instance, SplittingNotFound)
    if instance.status != RUNNING:
        raise OperationDeniedDBInstanceStatus
    if not in_service(tx, instance.id):
        raise NoReadInstance
    if request.distribution_type or request.weight:
        distribution = cast(Distribution, request.distribution_type or router.distribution)
        weights = _weights(tx, instance, distribution, request.weight)
        router = msgspec.structs.replace(router, distribution=distribution, weights=weights)
    if request.max_delay_time:
        router = msgspec.structs.replace(router, max_delay=_delay(request.max_delay_time))
    tx.put(router)
    name = _name(request.connection_string_prefix, instance) if request.connection_string_prefix else endpoint.name
    port = check_port(request.port, *PUBLIC_PORTS) if request.port else endpoint.port
    if (name, port) != (endpoint.name, endpoint.port):
        try:
            move_endpoint(tx, endpoint, name=name, port=port)
        except ClaimTaken:
            raise SplittingNameDuplicate from None
    change_instance(tx, call, instance)
    return Reply()


@operation(
    RDS,
    title="Releases the read/write splitting endpoint of an instance",
    access="delete",
    resource="dbinstance/{DBInstanceId}",
    errors=(InvalidDBInstanceIdNotFound, InvalidRwSplitNetTypeNotFound, OperationDeniedDBInstanceStatus),
)
def release_read_write_splitting_connection(tx: Tx, call: Call, request: DBInstanceIdRequest) -> Reply:
    """Takes the splitting endpoint away: by the time the instance is Running its sessions are cut."""
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceIdNotFound)
    _, endpoint = own_splitting(tx, instance, InvalidRwSplitNetTypeNotFound)
    if instance.status != RUNNING:
        raise OperationDeniedDBInstanceStatus
    close_address(tx, call, instance, endpoint)
    return Reply()


def own_splitting(tx: Reader, instance: DBInstance, unknown: type[ApiError]) -> tuple[Router, Endpoint]:
    """The instance's splitting endpoint; ``unknown`` is raised when it has none."""
    for router in routers_of(tx, instance.id, "splitting"):
        for endpoint in addresses_of(tx, router):
            return router, endpoint
    raise unknown


def _name(prefix: str, instance: DBInstance) -> str:
    if not _PREFIX.fullmatch(prefix):
        raise InvalidConnectionStringFormat
    return connection_string(prefix, instance.engine, instance.region)


def _delay(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > MAX_DELAY:
        raise InvalidParameterValue(name="MaxDelayTime")
    return int(text)


def _weights(tx: Reader, instance: DBInstance, distribution: Distribution, text: str) -> tuple[Weight, ...]:
    if distribution == "Standard":
        return ()
    if not text:
        raise RequiredParamNotFound
    try:
        return parse_weights(text, instance, replicas_of(tx, instance.id))
    except WrongWeights:
        raise WeightFormat from None
