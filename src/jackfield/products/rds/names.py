"""Connection strings, ports and ids of RDS, by engine."""

from __future__ import annotations

import re

import msgspec

from jackfield.products.rds.errors import (
    InvalidConnectionStringFormat,
    InvalidConnectionStringMalformed,
    InvalidPortFormat,
    InvalidPortMalformed,
)
from jackfield.products.rds.resources import Engine
from jackfield.products.regions import OVERSEAS

_CHANGED_PREFIX = re.compile(r"[a-z][a-z0-9-]{6,61}[a-z0-9]")
_PUBLIC_PREFIX = re.compile(r"[a-z][a-z0-9-]{3,38}[a-z0-9]")
PUBLIC_PORTS = (1000, 5999)


class Kind(msgspec.Struct, frozen=True):
    """What an engine's instances are called. :param prefix: of instance ids. :param label: in connection strings.

    :param port: usual port of the private address. :param ports: smallest and largest (CreateDBInstance documents).
    """

    prefix: str
    label: str
    port: int
    ports: tuple[int, int]
    versions: tuple[str, ...]


KINDS: dict[Engine, Kind] = {
    "MySQL": Kind("rm", "mysql", 3306, (1000, 65534), ("5.5", "5.6", "5.7", "8.0")),
    "PostgreSQL": Kind(
        *("pgm", "pg", 5432, (1000, 5999)),
        ("10.0", "11.0", "12.0", "13.0", "14.0", "15.0", "16.0", "17.0", "18.0"),
    ),
}


def connection_string(prefix: str, engine: Engine, region: str) -> str:
    """``<prefix>.mysql.rds.aliyuncs.com``; regions abroad have a word of their own in it (seen for Australia)."""
    word = OVERSEAS.get(region)
    label = KINDS[engine].label
    return f"{prefix}.{label}.{word}.rds.aliyuncs.com" if word else f"{prefix}.{label}.rds.aliyuncs.com"


def check_public_prefix(prefix: str) -> str:
    """5 to 40 lower-case letters, digits and hyphens, starting with a letter (AllocateInstancePublicConnection).

    :raises InvalidConnectionStringFormat:
    """
    if not _PUBLIC_PREFIX.fullmatch(prefix):
        raise InvalidConnectionStringFormat
    return prefix


def check_changed_prefix(prefix: str) -> str:
    """As :func:`check_public_prefix`, 8 to 63 characters: ModifyDBInstanceConnectionString's documents say 64, which no
    label of a name can have (RFC 1035).

    :raises InvalidConnectionStringMalformed:
    """
    if not _CHANGED_PREFIX.fullmatch(prefix):
        raise InvalidConnectionStringMalformed
    return prefix


def check_port(port: str, low: int, high: int) -> int:
    """:raises InvalidPortMalformed: no number from ``low`` to ``high``."""
    if not _is_port(port, low, high):
        raise InvalidPortMalformed
    return int(port)


def check_changed_port(port: str, low: int, high: int) -> int:
    """:raises InvalidPortFormat: as :func:`check_port`, as ModifyDBInstanceConnectionString says it."""
    if not _is_port(port, low, high):
        raise InvalidPortFormat
    return int(port)


def _is_port(port: str, low: int, high: int) -> bool:
    return port.isascii() and port.isdigit() and len(port) <= 5 and low <= int(port) <= high
