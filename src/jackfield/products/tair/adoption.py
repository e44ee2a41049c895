"""Making a Tair instance of a Redis server that runs already."""

from __future__ import annotations

import msgspec

from jackfield.endpoints import whitelist
from jackfield.endpoints.resources import Endpoint, endpoint_id
from jackfield.products.adopted import ADOPTED, Adopted, Wanted
from jackfield.products.operation import Call
from jackfield.products.tair.creation import ENGINE_VERSIONS, CreateInstanceRequest, create_instance
from jackfield.products.tair.errors import InvalidSecurityIps
from jackfield.products.tair.resources import Instance
from jackfield.store.interface import Tx

_CLASS = "redis.master.small.default"


def adopt_instance(tx: Tx, call: Call, wanted: Wanted, adopted: Adopted, password: str) -> Endpoint:
    """Creates a standard instance as CreateInstance does, with the adopted server in the place of one of its own.

    :param password: of ``adopted.user``; it is sealed for the new instance.
    :return: its ordinary endpoint; the instance is its parent.
    :raises ApiError: as CreateInstance, and for a whitelist that is none.
    """
    given = CreateInstanceRequest(
        region_id=wanted.region_id,
        instance_class=_CLASS,
        instance_name=wanted.description,
        engine_version=wanted.engine_version or _version(adopted.version),
        zone_id=wanted.zone_id,
        vpc_id=wanted.vpc_id,
        vswitch_id=wanted.vswitch_id,
        private_ip_address=wanted.private_ip_address,
        port=str(wanted.endpoint_port or 6379),
        connection_string_prefix=wanted.connection_string_prefix,
    )
    id = create_instance(tx, call, given).instance_id
    instance, endpoint = tx.get(Instance, id), tx.get(Endpoint, endpoint_id(id, "private"))
    assert instance is not None
    assert endpoint is not None
    if password:
        adopted = msgspec.structs.replace(adopted, secret=call.seal(password, id))
    admitted = _groups(wanted.security_ips) if wanted.security_ips else instance.whitelist
    tx.put(msgspec.structs.replace(instance, adopted=adopted, whitelist=admitted))
    tx.claim(ADOPTED, id, instance)
    return endpoint


def _groups(ips: str) -> tuple[whitelist.Group, ...]:
    try:
        return (whitelist.Group(name="default", ips=whitelist.parse(ips)),)
    except (whitelist.MalformedEntry, whitelist.DuplicateEntry):
        raise InvalidSecurityIps from None


def _version(told: str) -> str:
    """The vendor's latest that is not later than what the server says; CreateInstance's own where it says nothing."""
    known = [one for one in ENGINE_VERSIONS if told and _numbers(one) <= _numbers(told)]
    return known[-1] if known else "5.0"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdecimal())
