"""One pipelined connection to one shard, authenticated as one identity."""

from __future__ import annotations

import socket
import time
from collections import deque
from typing import TYPE_CHECKING

from jackfield.relay.loop import HANGUP, READ, WRITE
from jackfield.relay.resp import limits
from jackfield.relay.resp.call import AWAY, LOST, Call, Ear
from jackfield.relay.resp.connect import Greeting, connect
from jackfield.relay.resp.framing import CRLF, DOLLAR, HEADER_SIZES, MINUS, PUSH, MalformedError, scan

if TYPE_CHECKING:
    from jackfield.relay.resp.hub import Hub
    from jackfield.relay.resp.identity import Identity, Shard

_CLOSED, _CONNECTING, _GREETING, _READY = range(4)
_ONE_LINE = b"+:-"


class Link:
    """Commands go into ``queue`` and, once a round, to the shard in one write; replies come back in order.

    The connection is opened when there is something to send. States: closed, connecting, greeting (AUTH and
    HELLO are under way), ready. A loss fails what is under way and leaves what is queued, unless the link is
    ``dedicated``: then its state at the shard is gone, so everything fails and the link is ``dead``.
    """

    __slots__ = (
        "_assembly", "_backlog", "_chunk", "_greeting", "_hub", "_missing", "_rest", "_retry", "_scanned", "_sock",
        "_state", "_timer", "calm", "dead", "dedicated", "ear", "identity", "queue", "retired", "shard", "waiting",
    )  # fmt: skip

    def __init__(self, hub: Hub, identity: Identity, shard: Shard, dedicated: bool = False) -> None:
        self.identity = identity
        self.shard = shard
        self.dedicated = dedicated
        self.dead = False
        self.retired = False
        self.calm = True
        self.ear: Ear | None = None
        self.queue: list[Call] = []
        self.waiting: deque[Call] = deque()
        self._hub = hub
        self._sock: socket.socket | None = None
        self._state = _CLOSED
        self._greeting: Greeting | None = None
        self._backlog = memoryview(b"")
        self._rest = b""
        self._assembly: bytearray | None = None
        self._scanned = 0
        self._missing = 0
        self._chunk = limits.CHUNK
        self._retry = False
        self._timer = False

    def put(self, call: Call) -> Call:
        """Queues a call; it leaves with the others at the end of the round."""
        if self.dead:
            call.reply = LOST
            self._hub.rouse(call.owner)
            return call
        self.queue.append(call)
        if self.calm:
            self._hub.mark(self)
        return call

    def ask(self, raw: bytes, slot: int = -1, *, fixed: bool = True, patient: bool = True) -> Call:
        """Queues a command of a flow, which becomes the owner of the call by yielding it."""
        return self.put(Call(self._hub.nobody, raw, slot, fixed=fixed, patient=patient))

    def send_now(self, raw: bytes) -> None:
        """Sends one command though the route is held, if the link can; its reply is dropped."""
        if self._state == _CLOSED and not self._retry and not self.dead:
            self._open()
        if self._state != _READY or self._backlog or self._sock is None:
            return
        try:
            sent = self._sock.send(raw)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self.lose()
            return
        self.waiting.append(Call(self._hub.nobody, raw, -1, fixed=True))
        if sent < len(raw):
            self._backlog = memoryview(raw)[sent:]
            self._hub.loop.modify(self._sock.fileno(), READ | WRITE)

    @property
    def busy(self) -> bool:
        """Whether a command of a client, or a part of one, is under way."""
        return bool(self._backlog) or (bool(self.waiting) and self._state == _READY)

    @property
    def ready(self) -> bool:
        return self._state == _READY

    def flush(self) -> None:
        """Sends what is queued, if the link can; opens it otherwise."""
        self.calm = True
        queue = self.queue
        if not queue or self._hub.held:
            return
        if self._state != _READY:
            if self._state == _CLOSED and not self._retry:
                self._open()
            self._watch_deadlines()
            return
        if self._backlog:
            return
        data = b"".join([call.raw for call in queue]) if len(queue) > 1 else queue[0].raw
        sock = self._sock
        assert sock is not None
        try:
            sent = sock.send(data)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError:
            self.lose()  # nothing of this queue was written: it waits for the next connection
            return
        self.waiting.extend(queue)
        self.queue = []
        if sent < len(data):
            self._backlog = memoryview(data)[sent:]
            self._hub.loop.modify(sock.fileno(), READ | WRITE)

    # ---- opening ----

    def _open(self) -> None:
        sock, result = connect(self.shard.target)
        if sock is None:
            self._failed()
            return
        self._sock = sock
        self._hub.opened(self)
        self._hub.loop.register(sock.fileno(), self, WRITE if result else READ)
        self._state = _CONNECTING
        if not result:
            self._greet()

    def _greet(self) -> None:
        self.shard.up = True
        commands = self.identity.greeting
        if not commands:
            self._become_ready()
            return
        self._state = _GREETING
        self._greeting = Greeting(self, commands)
        self.waiting.extend(self._greeting.calls)
        assert self._sock is not None
        try:
            self._sock.send(b"".join(commands))  # a few hundred bytes into an empty buffer
        except OSError:
            self.lose()

    def greeted(self, greeting: Greeting, refusal: bytes) -> None:
        """The shard answered AUTH and HELLO: with ``refusal``, an error's frame, if that is not empty."""
        if self._greeting is not greeting:
            return  # of a connection that was lost in the same round
        self._greeting = None
        if refusal.startswith(b"-LOADING") or refusal == LOST:
            self.lose()
        elif refusal:
            queue, self.queue = self.queue, []
            self._fail(queue, refusal)
            self.lose()
        else:
            self._become_ready()

    def _become_ready(self) -> None:
        self._state = _READY
        if self.queue:
            self._hub.mark(self)

    def _failed(self) -> None:
        """The shard cannot be reached: what is patient waits, the rest fails now."""
        self.shard.up = False
        hasty = [call for call in self.queue if not call.patient]
        if hasty:
            self.queue = [call for call in self.queue if call.patient]
            self._fail(hasty, AWAY)
        if not self._retry:
            self._retry = True
            self._hub.after(limits.RETRY, self._try_again)

    def _try_again(self) -> None:
        self._retry = False
        if self.queue and not self.dead:
            self._hub.missed(self)
            self._hub.mark(self)

    # ---- patience ----

    def _watch_deadlines(self) -> None:
        now = time.monotonic()
        for call in self.queue:
            if not call.deadline:
                call.deadline = now + limits.PATIENCE
        if self.queue and not self._timer:
            self._timer = True
            self._hub.after(limits.RETRY, self._expire)

    def _expire(self) -> None:
        self._timer = False
        if self._hub.held or self._state == _READY:
            return
        now = time.monotonic()
        late = [call for call in self.queue if 0 < call.deadline <= now]
        if late:
            self.queue = [call for call in self.queue if not 0 < call.deadline <= now]
            self._fail(late, AWAY)
            if self._state in (_CONNECTING, _GREETING):
                self.lose()
        self._watch_deadlines()

    def _fail(self, calls: list[Call], reply: bytes) -> None:
        for call in calls:
            call.reply = reply
            self._hub.rouse(call.owner)

    # ---- losing ----

    def lose(self) -> None:
        """Closes the connection; what was under way fails, because the shard may have done it."""
        if self._sock is not None:
            self._hub.closed(self)
            self._hub.loop.close(self._sock)
            self._sock = None
        before, self._state = self._state, _CLOSED
        lost = list(self.waiting)
        self.waiting.clear()
        self._backlog = memoryview(b"")
        self._rest = b""
        self._assembly = None
        self._chunk = limits.CHUNK
        self._greeting = None
        if before == _READY:
            self._fail(lost, LOST)
            if self.dedicated:
                self.dead = True
                queue, self.queue = self.queue, []
                self._fail(queue, LOST)
            if self.ear is not None:
                self.ear.lost(self)
        if self.queue:
            self._failed()
        self._hub.drained()

    def give_up(self) -> None:
        """Loses a connection whose shard does not answer."""
        self.shard.up = False
        self.lose()

    def close(self) -> None:
        """Gives the link up; nothing goes over it any more."""
        self.dead = True
        queue, self.queue = self.queue, []
        self._fail(queue, LOST)
        self.lose()

    def retire(self) -> None:
        """Closes the connection as soon as nothing is under way; used when its shard moved or left."""
        self.retired = True
        if not self.busy:
            self.retired = False
            if self._sock is not None:
                self.lose()

    # ---- events ----

    def on_event(self, events: int) -> None:
        if self._state == _CONNECTING:
            sock = self._sock
            assert sock is not None
            if sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                self.lose()
                return
            self._hub.loop.modify(sock.fileno(), READ)
            self._greet()
            return
        if events & WRITE and self._backlog:
            self._write_backlog()
        if events & (READ | HANGUP) and self._sock is not None:
            self._read(self._sock)

    def _write_backlog(self) -> None:
        assert self._sock is not None
        try:
            sent = self._sock.send(self._backlog)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self.lose()
            return
        self._backlog = self._backlog[sent:]
        if not self._backlog:
            self._backlog = memoryview(b"")
            self._hub.loop.modify(self._sock.fileno(), READ)
            self._hub.mark(self)

    def _read(self, sock: socket.socket) -> None:
        try:
            data = sock.recv(self._chunk)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if not data:
            self.lose()
            return
        try:
            if self._assembly is not None:
                data = self._assemble(data)
            elif self._rest:
                data = self._rest + data
            if data:
                self._split(data)
        except (MalformedError, IndexError):  # not RESP, or a reply to nothing: the order of replies is gone
            self.lose()
            return
        if not self.waiting:
            if self.retired:
                self.retire()
            if self._hub.held:
                self._hub.drained()

    def _split(self, data: bytes) -> None:
        """Hands each whole reply in ``data`` to its call."""
        find = data.find
        size_of = HEADER_SIZES.get
        following = self.waiting.popleft
        rouse = self._hub.rouse
        size = len(data)
        at = 0
        while at < size:
            end = find(CRLF, at + 1)
            if end < 0:
                break
            kind = data[at]
            if kind == DOLLAR:
                length = size_of(data[at:end])
                if length is None:
                    length = int(data[at + 1 : end])
                end += length + 4 if length >= 0 else 2
                if end > size:
                    break
            elif kind in _ONE_LINE:
                end += 2
            else:
                end, missing = scan(data, at, 1)
                if missing:
                    break
                if kind == PUSH:
                    if self.ear is not None:
                        self.ear.heard(self, data[at:end])
                    at = end
                    continue
            call = following()
            if kind == MINUS and self._hub.redirects.handles(self, call, data[at:end]):
                at = end
                continue
            call.reply = data[at:end]
            at = end
            owner = call.owner
            if owner.calm:
                rouse(owner)
        self._rest = data[at:]
        if size - at > limits.BIG:
            self._assembly = bytearray(self._rest)
            self._rest = b""
            self._scanned, self._missing = scan(self._assembly, 0, 1)
            self._chunk = limits.BIG_CHUNK

    def _assemble(self, data: bytes) -> bytes:
        """Adds to a large reply; returns what follows it, or nothing while it is incomplete."""
        assembly = self._assembly
        assert assembly is not None
        assembly += data
        self._scanned, self._missing = scan(assembly, self._scanned, self._missing)
        if self._missing:
            return b""
        with memoryview(assembly) as view:
            frame, rest = bytes(view[: self._scanned]), bytes(view[self._scanned :])
        self._assembly = None
        self._chunk = limits.CHUNK
        if frame[0] == PUSH:
            if self.ear is not None:
                self.ear.heard(self, frame)
        else:
            call = self.waiting.popleft()
            if frame[0] != MINUS or not self._hub.redirects.handles(self, call, frame):
                call.reply = frame
                self._hub.rouse(call.owner)
        return rest
