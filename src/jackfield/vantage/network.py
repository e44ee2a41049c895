"""What a VPC looks like from inside: the whole of what the holder is told."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_VPC = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_OWN = ipaddress.ip_network("127.0.0.0/24")  # each client's own loopback and name server
_ALL = ipaddress.ip_network("0.0.0.0/8")


@dataclass(frozen=True)
class Network:
    """One VPC.

    :param vpc: its id; also the name of its file, hence letters, digits, ``-`` and ``_`` only.
    :param source: the IPv4 address from which programs dial unless they ask for another.
    :param listeners: address and port of each endpoint.
    :param names: lower-case name to its IPv4 addresses.
    :raises ValueError: one of them is none.
    """

    vpc: str
    source: str
    listeners: tuple[tuple[str, int], ...] = ()
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _VPC.fullmatch(self.vpc):
            raise ValueError(f"{self.vpc!r} can not be the id of a VPC")
        check_source(self.source)
        for address, port in self.listeners:
            if not 0 < port < 65536:
                raise ValueError(f"{port} is no port")
            found = _ipv4(address)
            if not _is_host(found) or found in _OWN:
                raise ValueError(f"{address} can not be an endpoint's address")
        for name, addresses in self.names.items():
            if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in name.split(".")):
                raise ValueError(f"{name!r} can not be a host name")
            for address in addresses:
                _ipv4(address)

    @classmethod
    def from_json(cls, value: Any) -> Network:
        """
        :raises ValueError: it does not describe a network; the text says why.
        """
        if not isinstance(value, dict):
            raise ValueError("a network is a JSON object")
        vpc, source = value.get("vpc"), value.get("source")
        listeners, names = value.get("listeners", []), value.get("names", {})
        if not isinstance(vpc, str) or not isinstance(source, str):
            raise ValueError("vpc and source must be strings")
        if not isinstance(listeners, list) or not all(map(_is_listener, listeners)):
            raise ValueError("listeners must be a list of [address, port]")
        if not isinstance(names, dict) or not all(map(_is_list_of_texts, names.values())):
            raise ValueError("names must give each name a list of addresses")
        return cls(
            vpc=vpc,
            source=source,
            listeners=tuple(dict.fromkeys((address, port) for address, port in listeners)),
            names={name.lower().rstrip("."): tuple(addresses) for name, addresses in names.items()},
        )

    def to_json(self) -> dict[str, Any]:
        """What :meth:`from_json` reads."""
        return {
            "vpc": self.vpc,
            "source": self.source,
            "listeners": [list(listener) for listener in self.listeners],
            "names": {name: list(addresses) for name, addresses in self.names.items()},
        }


def check_source(address: str) -> None:
    """
    :raises ValueError: nobody can dial from there; the text says why.
    """
    found = _ipv4(address)
    if found.is_loopback or not _is_host(found):
        raise ValueError(f"nobody can dial from {address}: it is no host's address")


def _is_host(address: ipaddress.IPv4Address) -> bool:
    return not (address.is_multicast or address.is_reserved or address in _ALL)


def _ipv4(text: str) -> ipaddress.IPv4Address:
    try:
        return ipaddress.IPv4Address(text)
    except ValueError:
        raise ValueError(f"{text!r} is no IPv4 address") from None


def _is_listener(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and type(value[1]) is int


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
