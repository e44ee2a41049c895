"""Rules and look-ups that the operations of NLB share."""

from __future__ import annotations

import re
import secrets
import string

from jackfield.products.errors import ApiError
from jackfield.products.nlb.errors import (
    ListenerNotFound,
    LoadBalancerNotFound,
    ServerGroupNotFound,
    UnauthorizedRegion,
    VpcInConfiguring,
    VpcNotFound,
)
from jackfield.products.nlb.resources import Listener, LoadBalancer, ServerGroup
from jackfield.products.operation import Call
from jackfield.products.regions import REGIONS
from jackfield.products.vpc.defaults import usable
from jackfield.products.vpc.resources import Vpc
from jackfield.store.interface import Reader

_NAME = re.compile(r"[^\W\d_][\w.-]{1,127}")
_DESCRIPTION = re.compile(r"[\w,.;/@-]{2,256}")
_ALPHABET = string.ascii_lowercase + string.digits


def random_id(prefix: str) -> str:
    """Ids of load balancers and server groups have no word of their region (documented examples)."""
    return prefix + "-" + "".join(secrets.choice(_ALPHABET) for _ in range(18))


def check_name(name: str, error: type[ApiError]) -> None:
    """2 to 128 letters, digits, periods, underscores and hyphens, starting with a letter; empty is none."""
    if name and not _NAME.fullmatch(name):
        raise error


def check_description(text: str, error: type[ApiError]) -> None:
    """2 to 256 letters, digits and ``,.;/@_-``; empty is none."""
    if text and not _DESCRIPTION.fullmatch(text):
        raise error


def region_of(call: Call, region_id: str) -> str:
    """The region that a create call is for. :raises UnauthorizedRegion: it is unknown."""
    region = region_id or call.region
    if region not in REGIONS:
        raise UnauthorizedRegion(region=region)
    return region


def usable_vpc(tx: Reader, call: Call, vpc_id: str, region: str) -> Vpc:
    """The caller's VPC, ready for use. :raises VpcNotFound, VpcInConfiguring:"""
    vpc = tx.get(Vpc, vpc_id)
    if vpc is None or vpc.account != call.account or vpc.region != region:
        raise VpcNotFound
    if not usable(vpc):
        raise VpcInConfiguring
    return vpc


def own_load_balancer(tx: Reader, call: Call, id: str, region_id: str = "") -> LoadBalancer:
    """The caller's load balancer. :raises LoadBalancerNotFound: also of another region, if one is named."""
    found = tx.get(LoadBalancer, id)
    if found is None or found.account != call.account or region_id not in ("", found.region):
        raise LoadBalancerNotFound
    return found


def own_listener(tx: Reader, call: Call, id: str, region_id: str = "") -> Listener:
    """The caller's listener. :raises ListenerNotFound: also of another region, if one is named."""
    found = tx.get(Listener, id)
    if found is None or found.account != call.account or region_id not in ("", found.region):
        raise ListenerNotFound
    return found


def own_group(tx: Reader, call: Call, id: str, region_id: str = "") -> ServerGroup:
    """The caller's server group. :raises ServerGroupNotFound: also of another region, if one is named."""
    found = tx.get(ServerGroup, id)
    if found is None or found.account != call.account or region_id not in ("", found.region):
        raise ServerGroupNotFound
    return found
