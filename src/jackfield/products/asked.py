"""Which permission a call asks for: its action, on the resources that its request names.

What an operation declares as its resource is what the documents say. Where they leave it in general terms although the
request names the resource, or ask for permission on resources of other products as well, ``NAMED`` says what is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import product as combinations
from typing import Any

from jackfield.products.operation import Operation

OPEN: Mapping[str, str] = {
    "sts:GetCallerIdentity": "the documents: no permission is needed to ask who one is",
    "location:DescribeEndpoints": "the way to a product's address is told to everybody who signs",
}
"""Actions that everybody may call, with the reason."""

NAMED: Mapping[str, tuple[str, ...]] = {
    **{
        f"{code}:{name}": (f"{code}:{type}/{{ResourceId}}",)
        for code, type in (("kvstore", "instance"), ("rds", "dbinstance"), ("ecs", "securitygroup"))
        for name in ("TagResources", "UntagResources", "ListTagResources")
    },
    **{f"rds:{name}": ("rds:dbinstance/{DBInstanceId}",) for name in ("AddTagsToResource", "RemoveTagsFromResource")},
    "ecs:AuthorizeSecurityGroupEgress": ("ecs:securitygroup/{SecurityGroupId}",),
    "ecs:ModifySecurityGroupRule": ("ecs:securitygroup/{SecurityGroupId}",),
    **{
        f"{code}:{name}": (f"{code}:{{ResourceType}}/{{ResourceId}}",)
        for code, names in {
            "vpc": ("TagResources", "UnTagResources", "ListTagResources"),
            "nlb": ("TagResources", "UntagResources", "ListTagResources"),
            "slb": ("TagResources", "UntagResources", "ListTagResources"),
            "privatelink": ("TagResources", "UntagResources", "ListTagResources", "ChangeResourceGroup"),
        }.items()
        for name in names
    },
    "privatelink:CreateVpcEndpoint": (
        "privatelink:vpcendpoint/*",
        "ecs:securitygroup/{SecurityGroupId}",
        "vpc:vswitch/{Zone.VSwitchId}",
        "vpc:vpc/{VpcId}",
    ),
    "privatelink:AttachSecurityGroupToVpcEndpoint": (
        "privatelink:vpcendpoint/{EndpointId}",
        "ecs:securitygroup/{SecurityGroupId}",
    ),
    "privatelink:CreateVpcEndpointService": (
        "privatelink:vpcendpointservice/*",
        "slb:loadbalancer/{Resource.ResourceId}?",
    ),
    "privatelink:AttachResourceToVpcEndpointService": (
        "privatelink:vpcendpointservice/{ServiceId}",
        "slb:loadbalancer/{ResourceId}?",
    ),
    "sts:AssumeRole": ("ram:role/{RoleArn}",),
}  # fmt: skip
"""``<ram code>:<relative ARN>`` by action; one that ends with ``?`` is asked for only where the request names it.

Source: ``api/ram-policy.json``, "multi_resource"; for tags, the request's ``ResourceType`` and ``ResourceId``.
"""

_TYPES = {("slb", "instance"): "loadbalancer"}
"""What ARNs call a ``ResourceType``, where it is not the same in lower case."""

_WITHOUT_REGION = frozenset({"ram", "sts"})

_placeholder = re.compile(r"\{([\w.]+)\}")


@cache
def asked(operation: Operation[Any, Any]) -> tuple[Asked, ...]:
    """What a call of the operation asks permission for; nothing if everybody may call it."""
    if operation.action in OPEN:
        return ()
    code = operation.product.ram_code
    named = NAMED.get(operation.action, (f"{code}:{operation.resource}",))
    return tuple(Asked(template) for template in named)


class Asked:
    """A resource, or several of one type.

    :param template: ``kvstore:instance/{InstanceId}``; a name with a dot is a field of the objects of a list.
    """

    def __init__(self, template: str) -> None:
        self.optional = template.endswith("?")
        self.service, _, relative = template.removesuffix("?").partition(":")
        self.names = tuple(_placeholder.findall(relative))
        self._form = _placeholder.sub("{}", relative)
        self._region = self.service not in _WITHOUT_REGION

    def arns(self, region: str, account: str, parameters: Mapping[str, str]) -> list[str]:
        """``acs:kvstore:cn-hangzhou:<account>:instance/r-bp1…``; ``*`` stands for an id that the request lacks.

        An id that is the whole name of a resource (a role's ARN) is taken as it is.
        """
        values = [_named(parameters, name) for name in self.names]
        if self.names and self.names[0] == "ResourceType":
            values[0] = tuple(_TYPES.get((self.service, one.lower()), one.lower()) for one in values[0])
        if self.optional and not all(values):
            return []
        head = f"acs:{self.service}:{region if self._region else ''}:{account}:"
        found = []
        for ids in combinations(*(one or ("*",) for one in values)):
            if not self._region and ids and ids[-1].startswith("acs:ram:"):
                found.append(ids[-1])
            else:
                found.append(head + self._form.format(*ids))
        return found


def _named(parameters: Mapping[str, str], name: str) -> tuple[str, ...]:
    """All that a request may mean by a name: ``Name``, ``Name.1``, ``Zone.1.Name``, with several separated by commas.

    What an operation reads of these is its own matter; permission is needed for all.
    """
    head, dot, tail = name.partition(".")
    found: Iterable[str] = (
        value
        for key, value in parameters.items()
        if key == name or (key.startswith(f"{head}.") and (not dot or key.endswith(f".{tail}")))
    )
    ids = dict.fromkeys(one.strip() for value in found for one in value.split(","))
    return tuple(one for one in ids if one)
