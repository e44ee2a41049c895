"""Requests that the fast path does not take: incomplete, inline, large, or of unusual commands.

The reader accepts what Redis accepts and no more: a frame that this side and the shard would see
differently could put one client's bytes into another one's command.
"""

from __future__ import annotations

from jackfield.relay.resp import limits
from jackfield.relay.resp.framing import CRLF

_STAR, _DOLLAR = b"*$"
_ESCAPES = {ord("n"): 10, ord("r"): 13, ord("t"): 9, ord("b"): 8, ord("a"): 7}
_HEX = b"0123456789abcdefABCDEF"
_SPACES = b" \t\n\v\f\r\0"


class ProtocolError(Exception):
    """The client's bytes are no request; the text follows ``ERR Protocol error: ``. The connection ends after it."""


class OversizeError(Exception):
    """A request of more than :data:`limits.MAX_QUERY` bytes; Redis cuts such a client off without an answer."""


class Reader:
    """One request, which may arrive in pieces; the buffer given to :meth:`read` only ever grows at its end.

    :param start: where the request begins in the buffer.
    :param trusted: false for a client that has not authenticated: it gets Redis's small limits.
    """

    __slots__ = ("_at", "_count", "_marks", "_start", "arguments", "inline", "need", "trusted")

    def __init__(self, start: int, trusted: bool) -> None:
        self._start = start
        self._at = start
        self._count = -1
        self._marks: list[tuple[int, int]] = []
        self.trusted = trusted
        self.inline = False
        self.need = 0
        self.arguments: list[bytes] = []

    def read(self, buffer: bytes | bytearray) -> int:
        """The position behind the request, or 0 while it is incomplete (then ``need`` is the least useful length).

        An empty request (``*0``, an empty line) is complete and has no arguments.

        :raises ProtocolError: see there.
        :raises OversizeError: see there.
        """
        if self._count < 0:
            if buffer[self._start] != _STAR:
                return self._read_inline(buffer)
            if not self._read_count(buffer):
                return 0
        most = limits.MAX_BULK if self.trusted else limits.STRANGER_BULK
        size = len(buffer)
        while len(self._marks) < self._count:
            line = self._line(buffer, self._at, "too big bulk count string")
            if line is None:
                return 0
            if line[:1] != b"$":
                shown = chr(line[0]) if line else "\r"
                raise ProtocolError(f"expected '$', got '{shown}'")
            length = number(line[1:])
            if length is None or not 0 <= length <= limits.MAX_BULK:
                raise ProtocolError("invalid bulk length")
            if length > most:
                raise ProtocolError("unauthenticated bulk length")
            begin = self._at + len(line) + 2
            if begin + length + 2 - self._start > limits.MAX_QUERY:
                raise OversizeError
            if begin + length + 2 > size:
                self.need = begin + length + 2
                return 0
            self._marks.append((begin, begin + length))
            self._at = begin + length + 2
        self.arguments = [bytes(buffer[begin:end]) for begin, end in self._marks]
        return self._at

    def _read_count(self, buffer: bytes | bytearray) -> bool:
        line = self._line(buffer, self._start, "too big mbulk count string")
        if line is None:
            return False
        count = number(line[1:])
        if count is None or count > limits.MAX_ARGUMENTS:
            raise ProtocolError("invalid multibulk length")
        if count > limits.STRANGER_ARGUMENTS and not self.trusted:
            raise ProtocolError("unauthenticated multibulk length")
        self._count = max(count, 0)
        self._at = self._start + len(line) + 2
        return True

    def _line(self, buffer: bytes | bytearray, at: int, complaint: str) -> bytes | None:
        end = buffer.find(CRLF, at, at + limits.MAX_LINE + 2)
        if end < 0:
            if len(buffer) - at > limits.MAX_LINE:
                raise ProtocolError(complaint)
            self.need = len(buffer) + 1
            return None
        return bytes(buffer[at:end])

    def _read_inline(self, buffer: bytes | bytearray) -> int:
        end = buffer.find(b"\n", self._start, self._start + limits.MAX_LINE + 1)
        if end < 0:
            if len(buffer) - self._start > limits.MAX_LINE:
                raise ProtocolError("too big inline request")
            self.need = len(buffer) + 1
            return 0
        line = bytes(buffer[self._start : end])
        self.inline = True
        self.arguments = split_line(line[:-1] if line.endswith(b"\r") else line)
        return end + 1


def number(digits: bytes) -> int | None:
    """A decimal number as Redis reads lengths (``string2ll``): no sign but ``-``, no leading zero, no space."""
    body = digits[1:] if digits[:1] == b"-" else digits
    if not body.isdigit() or len(body) > 19 or (body[:1] == b"0" and digits != b"0"):
        return None
    return int(digits)


def split_line(line: bytes) -> list[bytes]:
    """The words of an inline request, with the quotes and escapes of Redis (``sdssplitargs``).

    :raises ProtocolError: for quotes that do not close, or that close in the middle of a word.
    """
    words: list[bytes] = []
    at, size = 0, len(line)
    while True:
        while at < size and line[at] in _SPACES:
            at += 1
        if at == size:
            return words
        word = bytearray()
        while at < size and line[at] not in _SPACES:
            quote = line[at]
            if quote not in b"\"'":
                word.append(quote)
                at += 1
                continue
            at = _quoted(line, at + 1, quote, word)
            if at < size and line[at] not in _SPACES:
                raise ProtocolError("unbalanced quotes in request")
        words.append(bytes(word))


def _quoted(line: bytes, at: int, quote: int, word: bytearray) -> int:
    """Appends what stands in quotes; returns the position behind the closing one."""
    double = quote == ord('"')
    size = len(line)
    while at < size:
        letter = line[at]
        if letter == quote:
            return at + 1
        if letter == ord("\\") and at + 1 < size:
            after = line[at + 1]
            if double and after == ord("x") and at + 3 < size and line[at + 2] in _HEX and line[at + 3] in _HEX:
                word.append(int(line[at + 2 : at + 4], 16))
                at += 4
                continue
            if double:
                word.append(_ESCAPES.get(after, after))
                at += 2
                continue
            if after == quote:
                word.append(quote)
                at += 2
                continue
        word.append(letter)
        at += 1
    raise ProtocolError("unbalanced quotes in request")


class LongRequest:
    """A request of many bytes, collected as they come; what stands behind it is not copied again and again.

    :param head: what is there of it. :param trusted: as of :class:`Reader`.
    """

    __slots__ = ("_collected", "_end", "_reader")

    def __init__(self, head: bytes, *, trusted: bool) -> None:
        self._reader = Reader(0, trusted)
        self._collected = bytearray(head)
        self._end = 0

    def extend(self, data: bytes) -> None:
        self._collected.extend(data)

    def read(self) -> Reader | None:
        """The request, or ``None`` while it is incomplete.

        :raises ProtocolError: see there. :raises OversizeError: see there.
        """
        if len(self._collected) < self._reader.need:
            return None
        self._end = self._reader.read(self._collected)
        if self._end:
            return self._reader
        if len(self._collected) > limits.MAX_QUERY:
            raise OversizeError
        return None

    def split(self) -> tuple[bytes, bytes]:
        """The complete request, and what stands behind it."""
        with memoryview(self._collected) as view:
            return bytes(view[: self._end]), bytes(view[self._end :])
