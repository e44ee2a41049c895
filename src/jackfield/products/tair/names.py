"""Connection strings and ports of Tair.

Rules and their sources: prefixes are 8 to 40 lower-case letters and digits, starting with a letter
(AllocateInstancePublicConnection documents); yet the vendor's own defaults and examples (``r-…``, ``<id>-direct``)
hold hyphens, so hyphens inside are accepted. Ports are 1024 to 65535.
"""

from __future__ import annotations

import re

from jackfield.products.regions import OVERSEAS
from jackfield.products.tair.errors import InvalidConnectionStringFormat, InvalidPort

CLUSTER_BUS_PORT = 10000
"""Where Redis listens for the other nodes of its cluster when it has no TCP port for clients (0 + 10,000)."""

DOMAIN = "redis.rds.aliyuncs.com"
_INSTANCE = re.compile(r"[^\s@/=\"<>{}\[\]\d][^\s@/=\"<>{}\[\]]{1,127}")
_PREFIX = re.compile(r"[a-z][a-z0-9-]{6,38}[a-z0-9]")


def connection_string(prefix: str, region: str) -> str:
    """``<prefix>.redis.rds.aliyuncs.com``; regions abroad have a word of their own in it (seen for Singapore)."""
    word = OVERSEAS.get(region)
    return f"{prefix}.redis.{word}.rds.aliyuncs.com" if word else f"{prefix}.{DOMAIN}"


def is_instance_name(name: str) -> bool:
    """2 to 128 characters, no leading digit, no blank and none of ``@/=\"<>{}[]``."""
    return bool(_INSTANCE.fullmatch(name))


def check_prefix(prefix: str) -> str:
    """:raises InvalidConnectionStringFormat: the prefix breaks the rule."""
    if not _PREFIX.fullmatch(prefix):
        raise InvalidConnectionStringFormat
    return prefix


def check_port(port: str) -> int:
    """:raises InvalidPort: not a number from 1024 to 65535."""
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and 1024 <= int(port) <= 65535):
        raise InvalidPort
    return int(port)


def check_direct_port(port: str) -> int:
    """As :func:`check_port`; each shard's address also carries its cluster bus, whose port is therefore refused.

    :raises InvalidPort: out of range, or :data:`CLUSTER_BUS_PORT` (ours: the vendor's bus is out of sight).
    """
    number = check_port(port)
    if number == CLUSTER_BUS_PORT:
        raise InvalidPort
    return number
