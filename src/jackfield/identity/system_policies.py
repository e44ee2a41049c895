"""Policies that every account has: the vendor's own, which nobody changes.

Names and descriptions follow the vendor's; the documents are written for the services that are here. A product's
``ReadOnlyAccess`` allows what reads: ``Describe*``, ``List*``, ``Get*`` and so on.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

SINCE = 1_430_438_400.0
"""When they were made, seconds since the epoch: the day of the API's version, 2015-05-01."""


class SystemPolicy(NamedTuple):
    """:ivar document: JSON, as GetPolicy tells it."""

    name: str
    description: str
    document: str


def _allow(*actions: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": "*"}


def _policy(name: str, description: str, *statements: dict[str, Any]) -> SystemPolicy:
    document = json.dumps({"Version": "1", "Statement": list(statements)}, separators=(",", ":"))
    return SystemPolicy(name, description, document)


_READING = ("Describe*", "List*", "Get*", "Query*", "Check*")
_PRODUCTS = (
    ("AliyunKvstore", "ApsaraDB for Redis", ("kvstore",)),
    ("AliyunRDS", "ApsaraDB for RDS", ("rds",)),
    ("AliyunPrivateLink", "PrivateLink", ("privatelink",)),
    ("AliyunVPC", "Virtual Private Cloud", ("vpc",)),
    ("AliyunECS", "Elastic Compute Service", ("ecs",)),
    ("AliyunNLB", "Network Load Balancer", ("nlb",)),
    ("AliyunSLB", "Server Load Balancer", ("slb",)),
    ("AliyunRAM", "Resource Access Management", ("ram",)),
)


def _made() -> tuple[SystemPolicy, ...]:
    found = [
        _policy("AdministratorAccess", "Provides full access to all resources.", _allow("*")),
        _policy(
            "ReadOnlyAccess",
            "Provides read-only access to all resources.",
            _allow(*(f"*:{verb}" for verb in _READING)),
        ),
        _policy(
            "AliyunSTSAssumeRoleAccess",
            "Provides access to the AssumeRole operation of Security Token Service.",
            _allow("sts:AssumeRole"),
        ),
    ]
    for prefix, title, services in _PRODUCTS:
        everything = [f"{service}:*" for service in services]
        reading = [f"{service}:{verb}" for service in services for verb in _READING]
        found.append(_policy(f"{prefix}FullAccess", f"Provides full access to {title}.", _allow(*everything)))
        found.append(_policy(f"{prefix}ReadOnlyAccess", f"Provides read-only access to {title}.", _allow(*reading)))
    return tuple(found)


SYSTEM_POLICIES = {policy.name: policy for policy in _made()}
"""By name, in the order in which they are listed."""
