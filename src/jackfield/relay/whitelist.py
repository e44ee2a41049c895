"""Who may connect: a list of addresses and CIDRs, parsed once into integers."""

from __future__ import annotations

import ipaddress
import socket

_REMEMBERED = 4096  # verdicts kept per whitelist; clients come back from the same few addresses
_NAMED = 5  # entries spelled out in an explanation

_CLOSED = "127.0.0.1"
_OPEN = "0.0.0.0/0"

_DIAL_FROM = "dial from an address that it covers (jackfield exec --vpc ID --from ADDRESS)"

_Key = tuple[int, int]  # IP version, prefix length


class Whitelist:
    """The union of its entries.

    Rules of the vendor, in the order in which they are judged:

    - ``0.0.0.0/0`` admits everybody;
    - ``127.0.0.1`` (alone or as ``/32``) admits nobody: it is the closed default of a new instance;
    - anything else admits literally the addresses it covers. An empty list admits nobody.

    :param entries: IPv4 and IPv6 addresses or CIDRs; bits beyond the prefix are ignored.
    :param admit_local: also admit every address of 127.0.0.0/8 (``--local-clients allow``).
    :raises ValueError: for an entry that is neither an address nor a CIDR.
    """

    __slots__ = ("_admit_local", "_entries", "_everybody", "_networks", "_verdicts")

    def __init__(self, entries: tuple[str, ...], *, admit_local: bool = False) -> None:
        self._entries = entries
        self._admit_local = admit_local
        self._everybody = False
        self._networks: dict[_Key, set[int]] = {}
        self._verdicts: dict[str, bool] = {}
        for entry in entries:
            self._add(entry.strip())

    def _add(self, entry: str) -> None:
        try:
            network = ipaddress.ip_network(entry, strict=False)
        except ValueError:
            raise ValueError(f"whitelist entry {entry!r} is neither an address nor a CIDR") from None
        if str(network) == _OPEN:
            self._everybody = True
        elif str(network) != f"{_CLOSED}/32":
            bits = int(network.network_address) >> (network.max_prefixlen - network.prefixlen)
            self._networks.setdefault((network.version, network.prefixlen), set()).add(bits)

    def admits(self, address: str) -> bool:
        """Whether a client with this source address (no port) may connect. An IPv4-mapped one counts as IPv4."""
        if self._everybody:
            return True
        verdict = self._verdicts.get(address)
        if verdict is None:
            if len(self._verdicts) >= _REMEMBERED:
                self._verdicts.clear()
            verdict = self._verdicts[address] = self._judge(address)
        return verdict

    def _judge(self, address: str) -> bool:
        version, number = _number(address)
        if version == 4 and number >> 24 == 127 and self._admit_local:
            return True
        width = 32 if version == 4 else 128
        return any(
            number >> (width - length) in networks
            for (entry_version, length), networks in self._networks.items()
            if entry_version == version
        )

    def explain(self, address: str) -> str:
        """Says in one line why ``address`` is refused, or let in, and what would admit it."""
        if self.admits(address):
            return f"{address} is admitted by the whitelist ({self._named()})"
        remedy = f"add {address} or {_OPEN} to it, or {_DIAL_FROM}"
        if _is_closed_address(address):
            # The entry that would name this client is the vendor's word for nobody.
            remedy = f"add {_OPEN} to it, or {_DIAL_FROM}"
        if _is_local(address) and not self._admit_local:
            remedy += ", or start the server with --local-clients allow"
        if not self._entries:
            return f"the whitelist is empty; {remedy}"
        closed = "" if self._networks else ", which admits nobody"
        return f"{address} is not in the whitelist ({self._named()}{closed}); {remedy}"

    def _named(self) -> str:
        more = len(self._entries) - _NAMED
        return ", ".join(self._entries[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _number(address: str) -> _Key:
    if ":" not in address:
        return 4, int.from_bytes(socket.inet_pton(socket.AF_INET, address), "big")
    number = int.from_bytes(socket.inet_pton(socket.AF_INET6, address.partition("%")[0]), "big")
    if number >> 32 == 0xFFFF:
        return 4, number & 0xFFFFFFFF
    return 6, number


def _is_local(address: str) -> bool:
    version, number = _number(address)
    return version == 4 and number >> 24 == 127


def _is_closed_address(address: str) -> bool:
    return _number(address) == (4, 0x7F000001)
