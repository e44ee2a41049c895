"""What the conditions of policies can ask about a call, worked out when one asks."""

from __future__ import annotations

import time
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from jackfield.identity.policy_conditions import Facts
from jackfield.identity.principal import Principal
from jackfield.store.interface import Reader
from jackfield.store.resource import Resource

KINDS: Mapping[tuple[str, str], tuple[str, str]] = {
    ("kvstore", "instance"): ("tair", "Instance"),
    ("rds", "dbinstance"): ("rds", "DBInstance"),
    ("vpc", "vpc"): ("vpc", "Vpc"),
    ("vpc", "vswitch"): ("vpc", "VSwitch"),
    ("ecs", "securitygroup"): ("ecs", "SecurityGroup"),
    ("nlb", "loadbalancer"): ("nlb", "LoadBalancer"),
    ("nlb", "servergroup"): ("nlb", "ServerGroup"),
    ("nlb", "listener"): ("nlb", "Listener"),
    ("slb", "loadbalancer"): ("slb", "LoadBalancer"),
    ("slb", "vservergroup"): ("slb", "VServerGroup"),
    ("slb", "listener"): ("slb", "Listener"),
    ("privatelink", "vpcendpoint"): ("privatelink", "VpcEndpoint"),
    ("privatelink", "vpcendpointservice"): ("privatelink", "EndpointService"),
}
"""The product's package and the class of the resources of a type, by the service and type of their ARNs."""


class CallFacts:
    """The facts of one call, the same for all resources that it names, and those of one resource.

    :param source: the caller's address; empty: unknown. :param secure: it came by HTTPS.
    """

    def __init__(
        self, reader: Reader, principal: Principal, parameters: Mapping[str, str], *, source: str, secure: bool
    ) -> None:
        self._reader = reader
        self._principal = principal
        self._parameters = parameters
        self._source = source
        self._secure = secure
        self._known: dict[str, str | None] = {}

    def about(self, arn: str) -> Facts:
        """The facts that a call's permission on a resource is judged by."""
        tags: dict[str, str] | None = None
        service = arn.partition(":")[2].partition(":")[0]

        def fact(key: str) -> str | None:
            nonlocal tags
            name, slash, tag = key.partition("/")
            if not slash:
                if name not in self._known:
                    self._known[name] = self._plain(name)
                return self._known[name]
            scope, _, about = name.partition(":")
            if about == "resourcetag" and scope in ("acs", service):
                tags = self._tags(arn) if tags is None else tags
                return tags.get(tag)
            if name == "acs:requesttag":
                return self._requested(tag)
            return None

        return fact

    def _plain(self, name: str) -> str | None:
        if name == "acs:sourceip":
            return self._source or None
        if name == "acs:currenttime":
            return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self._reader.now))
        if name == "acs:securetransport":
            return "true" if self._secure else "false"
        if name == "acs:mfapresent":
            return "false"  # access keys are no second factor, and there is no console to log in to
        if name == "acs:principalarn":
            return role_arn(self._principal.arn)
        return None

    def _requested(self, tag: str) -> str | None:
        """The value that the request gives a tag."""
        for name, value in self._parameters.items():
            if value == tag and name.startswith("Tag.") and name.endswith(".Key"):
                return self._parameters.get(f"{name.removesuffix('.Key')}.Value", "")
        return None

    def _tags(self, arn: str) -> dict[str, str]:
        """Of the resource that an ARN names, if it is there and the caller's account's."""
        _, service, _, _, relative = (*arn.split(":", 4), "", "", "", "")[:5]  # what a client calls one may be none
        named, _, id = relative.encode("utf-8", "replace").decode().partition("/")
        kind = kind_of(service, named)
        found: Any = self._reader.get(kind, id) if kind is not None else None
        if found is None or found.account != self._principal.account:
            return {}
        return {tag.key: tag.value for tag in found.tags}


def kind_of(service: str, named: str) -> type[Resource] | None:
    """The class of the resources with tags that the ARNs of a service name so (``instance``)."""
    place = KINDS.get((service, named))
    if place is None:
        return None
    kind: type[Resource] = getattr(import_module(f"jackfield.products.{place[0]}.resources"), place[1])
    return kind


def role_arn(arn: str) -> str:
    """The ARN of who calls, that of the role for a session of it: ``acs:ram::<account>:role/<name>``."""
    head, slash, rest = arn.partition(":role/")
    return f"{head}{slash}{rest.partition('/')[0]}" if slash else arn
