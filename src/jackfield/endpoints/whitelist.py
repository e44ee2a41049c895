"""Whitelists as the APIs keep them: named groups of addresses and CIDR blocks. The relay judges them."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

MAX_ENTRIES = 1000
"""Over all groups of an instance (ModifySecurityIps documents)."""

CLOSED = "127.0.0.1"
"""What a new instance's default group holds: it admits nobody."""


_ENTRY = re.compile(r"[0-9A-Fa-f:.]{2,45}(/[0-9]{1,3})?")


class MalformedEntry(ValueError):
    """An entry is neither an address nor a CIDR block."""


class DuplicateEntry(ValueError):
    """The same entry twice, in the request or (Append) in the group."""


class MissingEntry(ValueError):
    """Delete names an entry that is not in the group, or a group that does not exist."""


class TooManyEntries(ValueError):
    """More than :data:`MAX_ENTRIES` entries."""


Network = Literal["MIX", "VPC", "Classic"]
"""Which endpoints a group is about: all, those in a VPC, the others (WhitelistNetworkType of RDS)."""


class Group(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """:param attribute: ``hidden`` keeps a group off the console; opaque here."""

    name: str
    ips: tuple[str, ...]
    attribute: str = ""
    network: Network = "MIX"


DEFAULT_GROUPS: tuple[Group, ...] = (Group(name="default", ips=(CLOSED,)),)

Mode = Literal["Cover", "Append", "Delete"]


def parse(text: str) -> tuple[str, ...]:
    """Splits and checks a comma-separated list; entries keep the caller's spelling.

    :raises MalformedEntry: something in it is no address. :raises DuplicateEntry: an entry stands twice.
    """
    entries = tuple(entry.strip() for entry in text.split(","))
    seen = set()
    for entry in entries:
        network = _network(entry)
        if network in seen:
            raise DuplicateEntry(entry)
        seen.add(network)
    return entries


def modify(
    groups: Sequence[Group],
    *,
    name: str,
    ips: tuple[str, ...],
    mode: Mode,
    attribute: str,
    network: Network = "MIX",
) -> tuple[Group, ...]:
    """The groups after ModifySecurityIps.

    ``Cover`` replaces the group's list (and makes the group), ``Append`` adds to it, ``Delete`` takes away; a group
    other than ``default`` that loses its last entry disappears, ``default`` falls back to the closed list.

    :param network: a group is known by its name and its network.
    :raises DuplicateEntry, MissingEntry, TooManyEntries: and nothing changes.
    """
    existing = next((group for group in groups if (group.name, group.network) == (name, network)), None)
    before = existing.ips if existing else ()
    if mode == "Append":
        known = {_network(entry) for entry in before}
        for entry in ips:
            if _network(entry) in known:
                raise DuplicateEntry(entry)
        after = before + ips
    elif mode == "Delete":
        gone = {_network(entry) for entry in ips}
        if not existing or not gone <= {_network(entry) for entry in before}:
            raise MissingEntry(", ".join(ips))
        after = tuple(entry for entry in before if _network(entry) not in gone)
        if not after and name == "default":
            after = (CLOSED,)
    else:
        after = ips
    changed = Group(
        name=name, ips=after, attribute=attribute or (existing.attribute if existing else ""), network=network
    )
    result = tuple(changed if group is existing else group for group in groups)
    if existing is None:
        result += (changed,)
    result = tuple(group for group in result if group.ips)
    if sum(len(group.ips) for group in result if group.network == network) > MAX_ENTRIES:
        raise TooManyEntries(str(MAX_ENTRIES))
    return result


def union(groups: Iterable[Group]) -> tuple[str, ...]:
    """What the relay is given: every entry of every group once."""
    return tuple(dict.fromkeys(entry for group in groups for entry in group.ips))


def _network(entry: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    if not _ENTRY.fullmatch(entry):  # ip_network would also take 10.0.0.0/255.0.0.0
        raise MalformedEntry(entry)
    try:
        return ipaddress.ip_network(entry, strict=False)
    except ValueError as error:
        raise MalformedEntry(entry) from error
