"""The relay's line to the process that holds the namespaces of the VPCs.

What is said there is described in :mod:`jackfield.vantage.holder`: a JSON object a line each way, replies in the order
of their requests, descriptors with the first byte of their reply. Nothing here blocks the loop.
"""

from __future__ import annotations

import array
import contextlib
import logging
import os
import socket
import time
from collections import deque
from collections.abc import Callable

import msgspec

from jackfield.relay.loop import HANGUP, READ, WRITE, Loop, Timer

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 3.0
"""A holder that has not answered for so long hangs: its connection is given up and made anew."""

_AGAIN_SECONDS = 0.1
_READ_BYTES = 64 * 1024
_DESCRIPTORS_AT_A_TIME = 256
_UNSENT_BYTES = 16 * 1024 * 1024


class _Failure(msgspec.Struct):
    kind: str
    text: str


class Reply(msgspec.Struct):
    """:param error: ``None`` on success; then ``result`` counts, where descriptors came, how many."""

    id: int = 0
    result: int | bool | None = None
    error: _Failure | None = None


Answered = Callable[[Reply | None, list[socket.socket]], None]
"""Takes the reply with its sockets, which the callee closes; ``None`` when the line broke before it came."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Reply).decode


class HolderLine:
    """One connection, made when it is first needed and made again when it breaks.

    :param path: the holder's socket.
    :param on_broken: called when the line broke; everything that was asked has been answered with ``None`` by then.
    :param on_back: called when it stands again after it broke.
    """

    def __init__(self, loop: Loop, path: str, on_broken: Callable[[], None], on_back: Callable[[], None]) -> None:
        self._loop = loop
        self._path = path
        self._on_broken = on_broken
        self._on_back = on_back
        self._sock: socket.socket | None = None
        self._inbox = bytearray()
        self._outbox = bytearray()
        self._descriptors: deque[int] = deque()
        self._asked: deque[tuple[float, Answered]] = deque()
        self._number = 0
        self._broken = False
        self._reconnect: Timer | None = None
        self._watchdog: Timer | None = None

    def ask(self, op: str, answered: Answered, **fields: object) -> None:
        """Sends a request; ``answered`` is called once, never before this returns."""
        if self._sock is None and not self._connect():
            self._loop.call_soon(lambda: answered(None, []))
            return
        self._number += 1
        self._asked.append((time.monotonic(), answered))
        idle = not self._outbox
        self._outbox += _encode({"id": self._number, "op": op, **fields}) + b"\n"
        if idle:
            self._loop.call_soon(self._flush)
        if self._watchdog is None:
            self._watchdog = self._loop.call_later(PATIENCE_SECONDS, self._watch)

    def close(self) -> None:
        """Hangs up for good; what was asked is not answered any more."""
        self._asked.clear()
        for timer in (self._reconnect, self._watchdog):
            if timer is not None:
                timer.cancel()
        self._hang_up()

    def on_event(self, events: int) -> None:
        if events & WRITE:
            self._flush()
        if self._sock is not None and events & (READ | HANGUP):
            self._read()

    def abort(self) -> None:
        self._break("unexpected error")

    def _connect(self) -> bool:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.setblocking(False)
        try:
            sock.connect(self._path)
        except OSError as error:
            sock.close()
            self._wait_for_holder(str(error))
            return False
        self._sock = sock
        self._loop.register(sock.fileno(), self)
        if self._reconnect is not None:
            self._reconnect.cancel()
            self._reconnect = None
        if self._broken:
            self._broken = False
            log.info("the holder of the VPCs is back")
            self._loop.call_soon(self._on_back)
        return True

    def _wait_for_holder(self, why: str) -> None:
        if not self._broken:
            self._broken = True
            log.warning("the holder of the VPCs is away: %s", why)
        if self._reconnect is None:
            self._reconnect = self._loop.call_later(_AGAIN_SECONDS, self._try_again)

    def _try_again(self) -> None:
        self._reconnect = None
        if self._sock is None:
            self._connect()

    def _flush(self) -> None:
        if self._sock is None:
            return
        try:
            sent = self._sock.send(self._outbox)
        except BlockingIOError:
            sent = 0
        except OSError as error:
            self._break(str(error))
            return
        del self._outbox[:sent]
        if len(self._outbox) > _UNSENT_BYTES:
            self._break("it does not read")
            return
        self._loop.modify(self._sock.fileno(), READ | WRITE if self._outbox else READ)

    def _read(self) -> None:
        assert self._sock is not None
        descriptors = array.array("i")
        space = socket.CMSG_SPACE(_DESCRIPTORS_AT_A_TIME * descriptors.itemsize)
        try:
            data, ancillary, _, _ = self._sock.recvmsg(_READ_BYTES, space)
        except BlockingIOError:
            return
        except OSError as error:
            self._break(str(error))
            return
        for level, kind, body in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                descriptors.frombytes(body[: len(body) - len(body) % descriptors.itemsize])
        for descriptor in descriptors:
            os.set_inheritable(descriptor, False)
        self._descriptors.extend(descriptors)
        if not data:
            self._break("it closed the connection")
            return
        self._inbox += data
        while (end := self._inbox.find(b"\n")) >= 0:
            line = bytes(self._inbox[:end])
            del self._inbox[: end + 1]
            self._answer(line)
            if self._sock is None:
                return

    def _answer(self, line: bytes) -> None:
        try:
            reply = _decode(line)
            _, answered = self._asked.popleft()
        except (msgspec.DecodeError, IndexError) as error:
            self._break(f"unexpected reply: {error}")
            return
        count = int(reply.result or 0) if reply.error is None else 0
        if count > len(self._descriptors):
            answered(None, [])
            self._break("descriptors are missing")
            return
        answered(reply, [_adopt(self._descriptors.popleft()) for _ in range(count)])

    def _watch(self) -> None:
        self._watchdog = None
        if not self._asked:
            return
        waited = time.monotonic() - self._asked[0][0]
        if waited >= PATIENCE_SECONDS:
            self._break(f"no answer within {PATIENCE_SECONDS:g} s")
        else:
            self._watchdog = self._loop.call_later(PATIENCE_SECONDS - waited, self._watch)

    def _break(self, why: str) -> None:
        self._hang_up()
        asked, self._asked = self._asked, deque()
        for _, answered in asked:
            answered(None, [])
        self._wait_for_holder(why)
        self._on_broken()

    def _hang_up(self) -> None:
        sock, self._sock = self._sock, None
        if sock is not None:
            self._loop.close(sock)
        self._inbox.clear()
        self._outbox.clear()
        while self._descriptors:
            with contextlib.suppress(OSError):
                os.close(self._descriptors.popleft())


def _adopt(descriptor: int) -> socket.socket:
    sock = socket.socket(fileno=descriptor)
    sock.setblocking(False)
    return sock
