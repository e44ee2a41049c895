"""Who may connect, by an ordered list: the first rule that covers a client decides."""

from __future__ import annotations

import ipaddress

from jackfield.relay.route import Route
from jackfield.relay.whitelist import Whitelist

_REMEMBERED = 4096

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Rules:
    """The rules of the security groups that guard a route.

    :param rules: ``accept CIDR`` or ``drop CIDR``, in the order in which they are judged; whom none covers is refused.
    :param admit_local: also admit every address of 127.0.0.0/8 (``--local-clients allow``).
    :raises ValueError: for anything else.
    """

    __slots__ = ("_admit_local", "_rules", "_verdicts")

    def __init__(self, rules: tuple[str, ...], *, admit_local: bool = False) -> None:
        self._admit_local = admit_local
        self._rules = tuple(map(_parse, rules))
        self._verdicts: dict[str, bool] = {}

    def admits(self, address: str) -> bool:
        """Whether a client with this source address (no port) may connect. An IPv4-mapped one counts as IPv4."""
        verdict = self._verdicts.get(address)
        if verdict is None:
            if len(self._verdicts) >= _REMEMBERED:
                self._verdicts.clear()
            verdict = self._verdicts[address] = self._judge(address)[0]
        return verdict

    def explain(self, address: str) -> str:
        """Says in one line why ``address`` is refused, or let in, and what would admit it."""
        admitted, why = self._judge(address)
        if admitted:
            return f"{address} is admitted by the security groups ({why})"
        return f"{address} is refused by the security groups ({why}); add a rule that accepts it"

    def _judge(self, address: str) -> tuple[bool, str]:
        client = ipaddress.ip_address(address.partition("%")[0])
        if isinstance(client, ipaddress.IPv6Address) and client.ipv4_mapped:
            client = client.ipv4_mapped
        if self._admit_local and client.version == 4 and client.is_loopback:
            return True, "--local-clients allow"
        for accepts, network in self._rules:
            if client in network:
                return accepts, f"{'accept' if accepts else 'drop'} {network}"
        return False, "no rule covers it"


def _parse(rule: str) -> tuple[bool, _Network]:
    verdict, _, cidr = rule.partition(" ")
    if verdict not in ("accept", "drop"):
        raise ValueError(f"rule {rule!r} neither accepts nor drops")
    try:
        return verdict == "accept", ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        raise ValueError(f"rule {rule!r} names no CIDR") from None


def gate_of(route: Route) -> Whitelist | Rules:
    """What judges the clients of a route. Local clients exist on the host only, not inside a VPC."""
    admit_local = route.local_clients == "allow" and route.vantage == "host"
    if route.rules is not None:
        return Rules(route.rules, admit_local=admit_local)
    return Whitelist(route.whitelist, admit_local=admit_local)
