"""The beginning of a MySQL connection, as far as TLS needs it.

The server greets first, and is told nothing of TLS: the relay offers it in the greeting (CLIENT_SSL), swallows the
client's SSLRequest, and takes the number that this packet had out of the sequence until the login is over.
Sources: MySQL's *Connection Phase Packets* (Protocol::HandshakeV10, Protocol::SSLRequest) and *MySQL Packets*.
"""

from __future__ import annotations

from typing import NamedTuple

_CLIENT_SSL = 0x0800
_SSL_REQUEST_BYTES = 32
_HEADER_BYTES = 4
_LONGEST_GREETING = 4096
_PROTOCOL_10 = 10
_ERR = 0xFF
_LOGIN_ENDS = (0x00, _ERR)
"""First bytes of OK_Packet and ERR_Packet; AuthSwitchRequest and AuthMoreData have others."""

_INSECURE_TRANSPORT = 3159
"""ER_SECURE_TRANSPORT_REQUIRED."""


class Choice(NamedTuple):
    """What a client's first packet says. :param rest: what to go on with: of TLS, or the packet as it is."""

    encrypts: bool
    rest: bytes


class LoginRefused(Exception):
    """:param why: for the relay's list of refusals. :param answer: what the client is sent."""

    def __init__(self, why: str, answer: bytes) -> None:
        super().__init__(why)
        self.why = why
        self.answer = answer


class _Renumbered:
    """A stream of packets whose sequence numbers are shifted as they pass.

    :ivar first_byte: of the latest packet's payload; -1 before it is there.
    """

    __slots__ = ("_by", "_header", "_length", "_packets", "_seen", "first_byte")

    def __init__(self, by: int) -> None:
        self._by = by
        self._header = 0  # bytes of the header that have passed
        self._length = 0
        self._seen = 0  # bytes of the payload
        self._packets = 0
        self.first_byte = -1

    def pass_on(self, data: bytes, *, clear_ssl: bool = False, until: tuple[int, ...] = ()) -> tuple[bytes, bool]:
        """
        :param clear_ssl: takes CLIENT_SSL out of the first packet.
        :param until: passes the rest as it is behind a packet that begins with one of these.
        :return: the bytes to send, and whether such a packet has ended.
        """
        out = bytearray(data)
        at = 0
        while at < len(out):
            if self._header < _HEADER_BYTES:
                if self._header < 3:
                    self._length |= out[at] << 8 * self._header
                else:
                    out[at] = (out[at] + self._by) % 256
                self._header += 1
                at += 1
            else:
                if self._seen == 0:
                    self.first_byte = out[at]
                if clear_ssl and self._packets == 0 and self._seen <= 1 < self._seen + len(out) - at:
                    out[at + 1 - self._seen] &= 0xFF ^ (_CLIENT_SSL >> 8)
                step = min(self._length - self._seen, len(out) - at)
                self._seen += step
                at += step
            if self._header == _HEADER_BYTES and self._seen == self._length:
                if self._length and self.first_byte in until:
                    return bytes(out), True
                self._packets += 1
                self._header = self._length = self._seen = 0
                self.first_byte = -1
        return bytes(out), False


class Login:
    """One connection's beginning, up to the server's OK or ERR.

    :param required: whether a client that does not encrypt is refused.
    :ivar greeted: the client has the greeting; before, nothing is read from it.
    :ivar done: bytes go both ways as they are from now on.
    """

    __slots__ = ("_first", "_greeting", "_required", "_to_client", "_to_server", "done", "greeted")

    def __init__(self, *, required: bool) -> None:
        self._required = required
        self._greeting = b""
        self._first = b""
        self._to_server = _Renumbered(-1)
        self._to_client = _Renumbered(1)
        self.greeted = False
        self.done = False

    def from_server(self, data: bytes) -> bytes:
        """What the client is to read."""
        if self.done:
            return data
        if self.greeted:
            data, self.done = self._to_client.pass_on(data, until=_LOGIN_ENDS)
            return data
        self._greeting += data
        greeting = self._greeting
        if len(greeting) <= _HEADER_BYTES:
            return b""
        length = int.from_bytes(greeting[:3], "little")
        if greeting[_HEADER_BYTES] == _PROTOCOL_10 and length <= _LONGEST_GREETING:
            if len(greeting) < _HEADER_BYTES + length:
                return b""
            greeting = _offer_tls(greeting)
        else:
            # An error (too many connections), or a protocol in which there is no TLS.
            self.done = not self._required
        self.greeted = True
        self._greeting = b""
        return greeting

    def first(self, data: bytes) -> Choice | None:
        """Bytes of a client that has not encrypted; ``None`` while its first packet is not all there.

        :raises LoginRefused: it does not encrypt, but has to.
        """
        self._first += data
        first = self._first
        if len(first) < _HEADER_BYTES + 4:
            return None
        length = int.from_bytes(first[:3], "little")
        flags = int.from_bytes(first[_HEADER_BYTES : _HEADER_BYTES + 4], "little")
        if length == _SSL_REQUEST_BYTES and flags & _CLIENT_SSL:
            if len(first) < _HEADER_BYTES + _SSL_REQUEST_BYTES:
                return None
            self._first = b""
            return Choice(True, first[_HEADER_BYTES + _SSL_REQUEST_BYTES :])
        if self._required:
            raise LoginRefused("TLS is required", _refusal((first[3] + 1) % 256))
        return Choice(False, first)

    def from_client(self, data: bytes) -> bytes:
        """What the server is to read of a client that encrypts."""
        return data if self.done else self._to_server.pass_on(data, clear_ssl=True)[0]


def _offer_tls(greeting: bytes) -> bytes:
    """Sets CLIENT_SSL. A greeting that is too short for the word is passed as it is."""
    version_ends = greeting.find(b"\0", _HEADER_BYTES + 1)
    at = version_ends + 1 + 4 + 8 + 1  # thread id, first part of the salt, filler
    if version_ends < 0 or at + 2 > len(greeting):
        return greeting
    flags = int.from_bytes(greeting[at : at + 2], "little") | _CLIENT_SSL
    return greeting[:at] + flags.to_bytes(2, "little") + greeting[at + 2 :]


def _refusal(number: int) -> bytes:
    text = b"Connections using insecure transport are prohibited while --require_secure_transport=ON."
    payload = bytes([_ERR]) + _INSECURE_TRANSPORT.to_bytes(2, "little") + b"#HY000" + text
    return len(payload).to_bytes(3, "little") + bytes([number]) + payload
