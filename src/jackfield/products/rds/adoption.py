"""Making an RDS instance of a database that runs already."""

from __future__ import annotations

import re

import msgspec

from jackfield.endpoints.resources import NAMES, Endpoint, endpoint_id
from jackfield.products.adopted import ADOPTED, Adopted, Wanted
from jackfield.products.operation import Call
from jackfield.products.rds.creation import CreateDBInstanceRequest, create_db_instance
from jackfield.products.rds.errors import InvalidConnectionStringDuplicate
from jackfield.products.rds.names import KINDS, check_public_prefix, connection_string
from jackfield.products.rds.resources import DBInstance, Engine
from jackfield.store.interface import ClaimTaken, Tx

ENGINES: dict[str, Engine] = {"mysql": "MySQL", "postgresql": "PostgreSQL"}
_CLASSES: dict[Engine, str] = {"MySQL": "mysql.n2.medium.1", "PostgreSQL": "pg.n2.medium.1"}
_NOBODY = "127.0.0.1"
_STORAGE_GB = 20
"""Only shown."""


def adopt_db_instance(tx: Tx, call: Call, wanted: Wanted, adopted: Adopted, password: str) -> Endpoint:
    """Creates an instance as CreateDBInstance does, with the adopted database in the place of a server of its own.

    :param password: of ``adopted.user``; it is sealed for the new instance.
    :return: its private endpoint; the instance is its parent.
    :raises ApiError: as CreateDBInstance, and for a prefix that breaks the rule or is taken.
    """
    engine = ENGINES[wanted.engine]
    request = CreateDBInstanceRequest(
        region_id=wanted.region_id,
        engine=engine,
        engine_version=wanted.engine_version or _version(engine, adopted.version),
        db_instance_class=_CLASSES[engine],
        db_instance_storage=_STORAGE_GB,
        db_instance_net_type="Intranet",
        security_ip_list=wanted.security_ips or _NOBODY,
        pay_type="Postpaid",
        zone_id=wanted.zone_id,
        vpc_id=wanted.vpc_id,
        vswitch_id=wanted.vswitch_id,
        private_ip_address=wanted.private_ip_address,
        port=str(wanted.endpoint_port or ""),
        db_instance_description=wanted.description,
    )
    id = str(create_db_instance(tx, call, request).db_instance_id)
    instance, endpoint = tx.get(DBInstance, id), tx.get(Endpoint, endpoint_id(id, "private"))
    assert instance is not None
    assert endpoint is not None
    if password:
        adopted = msgspec.structs.replace(adopted, secret=call.seal(password, id))
    tx.put(msgspec.structs.replace(instance, adopted=adopted))
    tx.claim(ADOPTED, id, instance)
    if not wanted.connection_string_prefix:
        return endpoint
    name = connection_string(check_public_prefix(wanted.connection_string_prefix), engine, instance.region)
    try:
        tx.claim(NAMES, name, endpoint)
    except ClaimTaken:
        raise InvalidConnectionStringDuplicate from None
    tx.unclaim(NAMES, endpoint.name, endpoint)
    renamed = msgspec.structs.replace(endpoint, name=name)
    tx.put(renamed)
    return renamed


def _version(engine: Engine, told: str) -> str:
    """The vendor's latest that is not later than what the server says; its latest where the server says nothing.

    MariaDB, which calls itself 10 and more (and 5.5.5 before that, for old replicas), is MySQL's latest.
    """
    told = told.removeprefix("5.5.5-") if "MariaDB" in told else told
    versions = sorted(KINDS[engine].versions, key=_numbers)
    known = [one for one in versions if not told or _numbers(one) <= _numbers(told)]
    return known[-1] if known else versions[0]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:2])
