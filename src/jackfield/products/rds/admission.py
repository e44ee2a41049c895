"""Who may connect to which endpoint of an instance, in its whitelist mode."""

from __future__ import annotations

from typing import Literal

from jackfield.endpoints.resources import Net
from jackfield.endpoints.whitelist import Network, union
from jackfield.products.rds.resources import DBInstance

_IN_VPC: tuple[Net, ...] = ("private", "router")


def mode_of(instance: DBInstance) -> Literal["normal", "safety"]:
    """SecurityIPMode: ``safety`` is the enhanced mode, in which groups are about one network each."""
    return "safety" if instance.isolated else "normal"


def admitted(instance: DBInstance, net: Net) -> tuple[str, ...]:
    """The entries of all groups that are about an endpoint's network; a public one is judged as one of the classic
    network is.
    """
    network: Network = "VPC" if net in _IN_VPC else "Classic"
    return union(group for group in instance.whitelist if group.network in ("MIX", network))
