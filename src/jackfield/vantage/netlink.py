"""Links, addresses and routes of a network namespace, by hand-made rtnetlink messages (IPv4 only).

A programme ``ip`` started by somebody who is not root would lose its capabilities by its exec, and would take a hundred
times as long. Numbers are those of ``linux/rtnetlink.h``, ``linux/if_link.h`` and ``linux/ip.h``.
"""

from __future__ import annotations

import errno
import os
import socket
import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_NEWLINK, _DELLINK, _GETLINK, _NEWADDR, _NEWROUTE, _DELROUTE, _GETROUTE = 16, 17, 18, 20, 24, 25, 26
_ERROR, _DONE = 2, 3
_REQUEST, _ACK, _DUMP, _REPLACE, _EXCL, _CREATE = 0x1, 0x4, 0x300, 0x100, 0x200, 0x400
_UP, _NOARP = 0x1, 0x80
_IFLA_ADDRESS, _IFLA_IFNAME, _IFLA_LINKINFO, _IFLA_AF_SPEC = 1, 3, 18, 26
_IFLA_NET_NS_FD, _IFLA_NUM_TX_QUEUES, _IFLA_NUM_RX_QUEUES = 28, 31, 32
_INFO_KIND, _INFO_DATA, _VETH_PEER, _INET_CONF, _ROUTE_LOCALNET = 1, 2, 1, 1, 26
_IFA_ADDRESS, _IFA_LOCAL = 1, 2
_RTA_DST, _RTA_OIF, _RTA_PREFSRC = 1, 4, 7
_TABLE_MAIN, _TABLE_LOCAL = 254, 255
_UNICAST, _LOCAL = 1, 2
_SCOPE_LINK, _SCOPE_HOST = 253, 254
_OURS = 74  # rtm_protocol: marks the routes that were made here
_HEADER, _LINK, _ROUTE = "=IHHII", "=BxHiII", "=8BI"
_BATCH = 64  # messages a send: their acknowledgements must fit into the receive buffer

LOOPBACK_INDEX = 1


class Route(NamedTuple):
    """A route to one address, made here.

    :ivar address: where it leads.
    :ivar link: index of the link; :data:`LOOPBACK_INDEX` makes the address one of the namespace's own.
    :ivar source: address to dial from, empty for the kernel's choice.
    """

    address: str
    link: int
    source: str = ""

    def message(self, kind: int, flags: int) -> bytes:
        local = self.link == LOOPBACK_INDEX
        # 127/8 stands in the local table, which is asked first: only there a route can be more specific.
        table = _TABLE_LOCAL if local or self.address.startswith("127.") else _TABLE_MAIN
        shape, scope = (_LOCAL, _SCOPE_HOST) if local else (_UNICAST, _SCOPE_LINK)
        body = struct.pack(_ROUTE, socket.AF_INET, 32, 0, 0, table, _OURS, scope, shape, 0)
        body += _attribute(_RTA_DST, socket.inet_aton(self.address)) + _attribute(
            _RTA_OIF, struct.pack("=i", self.link)
        )
        if self.source:
            body += _attribute(_RTA_PREFSRC, socket.inet_aton(self.source))
        return _message(kind, flags | _REQUEST | _ACK, body)


class Netlink:
    """A conversation with the network namespace in which it was begun, wherever the process stands later.

    :raises OSError: from each method, with the kernel's errno.
    """

    def __init__(self) -> None:
        self._sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, socket.NETLINK_ROUTE)
        # Other namespaces' trouble can not delay an answer: the kernel answers within the call.
        self._sock.settimeout(5)

    def __enter__(self) -> Netlink:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._sock.close()

    def bring_up(self, link: int) -> None:
        body = struct.pack(_LINK, socket.AF_UNSPEC, 0, link, _UP, _UP)
        self._request([_message(_NEWLINK, _REQUEST | _ACK, body)])

    def connect(self, name: str, peer: str, namespace: int) -> None:
        """Makes a pair of links, both down: one here, its peer in another namespace.

        Neither end asks for hardware addresses: both have the same one, which is what a link without ARP sends to.

        :param name: of the end here. :param peer: of the other end.
        :param namespace: descriptor of the other network namespace.
        """
        mac = _attribute(_IFLA_ADDRESS, b"\x02jackf")
        queues = _attribute(_IFLA_NUM_TX_QUEUES, b"\1\0\0\0") + _attribute(_IFLA_NUM_RX_QUEUES, b"\1\0\0\0")
        quiet = struct.pack(_LINK, socket.AF_UNSPEC, 0, 0, _NOARP, _NOARP)
        there = quiet + _attribute(_IFLA_IFNAME, peer.encode() + b"\0") + mac + queues
        there += _attribute(_IFLA_NET_NS_FD, struct.pack("=i", namespace))
        kind = _attribute(_INFO_KIND, b"veth") + _attribute(_INFO_DATA, _attribute(_VETH_PEER, there))
        body = quiet + _attribute(_IFLA_IFNAME, name.encode() + b"\0") + mac + queues + _attribute(_IFLA_LINKINFO, kind)
        self._request([_message(_NEWLINK, _REQUEST | _ACK | _CREATE | _EXCL, body)])

    def delete(self, link: int) -> None:
        """Takes a link away, and its peer."""
        body = struct.pack(_LINK, socket.AF_UNSPEC, 0, link, 0, 0)
        self._request([_message(_DELLINK, _REQUEST | _ACK, body)], frozenset({errno.ENODEV}))

    def route_loopback(self, link: int) -> None:
        """Lets packets from and to 127/8 travel over a link (``route_localnet``)."""
        inet = _attribute(_INET_CONF, _attribute(_ROUTE_LOCALNET, b"\1\0\0\0"))
        body = struct.pack(_LINK, socket.AF_UNSPEC, 0, link, 0, 0)
        body += _attribute(_IFLA_AF_SPEC, _attribute(socket.AF_INET, inet))
        self._request([_message(_NEWLINK, _REQUEST | _ACK, body)])

    def links(self) -> dict[str, int]:
        """Index of each link, by name."""
        body = struct.pack(_LINK, socket.AF_UNSPEC, 0, 0, 0, 0)
        found = {}
        for answer in self._dump(_GETLINK, body):
            attributes = dict(_attributes(answer, struct.calcsize(_LINK)))
            found[attributes[_IFLA_IFNAME].rstrip(b"\0").decode()] = struct.unpack_from(_LINK, answer)[2]
        return found

    def add_address(self, link: int, address: str) -> None:
        """Gives a link an address of its own (/32); does nothing when it has it."""
        packed = socket.inet_aton(address)
        body = struct.pack("=4Bi", socket.AF_INET, 32, 0, 0, link)
        body += _attribute(_IFA_LOCAL, packed) + _attribute(_IFA_ADDRESS, packed)
        self._request([_message(_NEWADDR, _REQUEST | _ACK | _CREATE | _REPLACE, body)])

    def routes(self) -> set[Route]:
        """The routes that were made here."""
        body = struct.pack(_ROUTE, socket.AF_INET, 0, 0, 0, 0, 0, 0, 0, 0)
        found = set()
        for answer in self._dump(_GETROUTE, body):
            if answer[5] != _OURS:
                continue
            attributes = dict(_attributes(answer, struct.calcsize(_ROUTE)))
            source = attributes.get(_RTA_PREFSRC)
            link = struct.unpack("=i", attributes[_RTA_OIF])[0]
            found.add(Route(socket.inet_ntoa(attributes[_RTA_DST]), link, socket.inet_ntoa(source) if source else ""))
        return found

    def set_routes(self, wanted: set[Route]) -> None:
        """Adds what is missing and then takes away what is not wanted, of the routes that were made here."""
        present = self.routes()
        self.add_routes(wanted - present)
        kept = {route.address for route in wanted}
        gone = [route.message(_DELROUTE, 0) for route in present - wanted if route.address not in kept]
        self._request(gone, frozenset({errno.ESRCH}))

    def add_routes(self, wanted: set[Route]) -> None:
        """Adds routes; does nothing for those that are there."""
        self._request([route.message(_NEWROUTE, _CREATE | _REPLACE) for route in wanted])

    def _request(self, messages: list[bytes], unless: frozenset[int] = frozenset()) -> None:
        for start in range(0, len(messages), _BATCH):
            batch = messages[start : start + _BATCH]
            self._sock.send(b"".join(batch))
            failed = 0
            missing = len(batch)
            while missing:
                for kind, body in self._receive():
                    if kind == _ERROR:
                        missing -= 1
                        number = -struct.unpack_from("=i", body)[0]
                        failed = failed or (number if number not in unless else 0)
            if failed:
                raise OSError(failed, os.strerror(failed))

    def _dump(self, kind: int, body: bytes) -> Iterator[bytes]:
        self._sock.send(_message(kind, _REQUEST | _DUMP, body))
        while True:
            for answer, content in self._receive():
                if answer == _DONE:
                    return
                if answer == _ERROR:
                    number = -struct.unpack_from("=i", content)[0]
                    raise OSError(number, os.strerror(number))
                yield content

    def _receive(self) -> Iterable[tuple[int, bytes]]:
        data = self._sock.recv(1 << 16)
        found = []
        at = 0
        while at < len(data):
            length, kind = struct.unpack_from("=IH", data, at)
            found.append((kind, data[at + 16 : at + length]))
            at += length + 3 & ~3
        return found


def _message(kind: int, flags: int, body: bytes) -> bytes:
    return struct.pack(_HEADER, 16 + len(body), kind, flags, 0, 0) + body


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def _attributes(data: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    while at + 4 <= len(data):
        length, kind = struct.unpack_from("=HH", data, at)
        yield kind & 0x3FFF, data[at + 4 : at + length]
        at += length + 3 & ~3
