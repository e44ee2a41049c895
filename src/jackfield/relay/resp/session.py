"""One client of the router: takes its commands in, gives its replies back in their order."""

from __future__ import annotations

import errno
import socket
import struct
import time
from collections import deque
from typing import TYPE_CHECKING

from jackfield.relay.loop import HANGUP, READ, WRITE
from jackfield.relay.resp import dispatch, limits
from jackfield.relay.resp.call import Call, Flow
from jackfield.relay.resp.fastpath import take_common
from jackfield.relay.resp.framing import error
from jackfield.relay.resp.redirects import scrubbed
from jackfield.relay.resp.requests import LongRequest, OversizeError, ProtocolError, Reader
from jackfield.relay.resp.work import Work
from jackfield.relay.session import Host

if TYPE_CHECKING:
    from jackfield.relay.resp.hub import Hub
    from jackfield.relay.resp.identity import Identity
    from jackfield.relay.resp.link import Link
    from jackfield.relay.resp.pubsub import Subscriber
    from jackfield.relay.resp.transaction import Transaction

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class RespSession:
    """A client connection.

    Each command becomes a :class:`Call` in ``pending``; a call whose reply is there leaves when all before it have.
    Commands are not started while ``_work`` has one that everything after it has to wait for, while too
    much is unanswered or unread, or while *cautious* (slots moved under commands that are still under way).

    :ivar identity: who the client is for the shards; ``None`` before it authenticated.
    """

    __slots__ = (
        "_backlog", "_cautious", "_closing", "_events", "_host", "_left", "_long", "_owed", "_pushes", "_receive",
        "_rest", "_send", "_sock", "_window", "_work", "calm", "client", "ended", "hub", "identity", "library", "name",
        "number", "pending", "protocol", "received", "refused", "sent", "since", "subscriber", "transaction",
    )  # fmt: skip

    def __init__(self, hub: Hub, host: Host, sock: socket.socket, client: str) -> None:
        self.hub = hub
        self.client = client
        self.since = time.time()
        self.received = 0
        self.sent = 0
        self.calm = True
        self.ended = False
        self.identity: Identity | None = None
        self.refused = False
        self.protocol = 2
        self.name = b""
        self.library = (b"", b"")
        self.number = hub.serial()
        self.transaction: Transaction | None = None
        self.subscriber: Subscriber | None = None
        self.pending: deque[Call] = deque()
        self._host = host
        self._sock = sock
        self._receive = sock.recv
        self._send = sock.send
        self._rest = b""
        self._long: LongRequest | None = None
        self._backlog: bytearray | None = None
        self._window = limits.FIRST_WINDOW
        self._owed = 0
        self._pushes: list[bytes] | None = None
        self._work = Work(self)
        self._cautious = False
        self._closing = False
        self._left = False
        self._events = READ
        hub.loop.register(sock.fileno(), self, READ)

    @property
    def backend(self) -> str:
        return ",".join(shard.target for shard in self.hub.present())

    # ---- the client's bytes ----

    def on_event(self, events: int) -> None:
        if events & WRITE and self._backlog:
            self._write(b"")
        if events & (READ | HANGUP) and not self.ended:
            if self._events & READ:
                self._read()
            elif events & HANGUP:
                self.end()

    def _read(self) -> None:
        try:
            data = self._receive(limits.CHUNK if self._long is None else limits.BIG_CHUNK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self.end()
            return
        if not data:
            self._hang_up()
            return
        self.received += len(data)
        if self._long is not None:
            self._long.extend(data)
        else:
            self._rest = self._rest + data if self._rest else data
        self.consume()

    def _hang_up(self) -> None:
        """The client will send no more: it gets the replies that are under way, but nothing waits for it any longer."""
        if self._work.task is not None or not (self.pending or self._backlog):
            self.end()
            return
        self._left = True
        self._rest = b""
        self._listen()

    # ---- commands ----

    def consume(self) -> None:
        """Starts commands until the input is used up or something has to be waited for."""
        while self._may_start():
            if self._long is not None:
                if not self._read_long():
                    break
            elif not self._rest or not self._consume_rest():
                break
        self._listen()

    def _may_start(self) -> bool:
        pending, work = self.pending, self._work
        if work.task is not None or work.alone is not None or self._closing or self.ended or self._left:
            return False
        if not pending:
            self._owed = 0
            self._cautious = False
            return self._backlog is None or len(self._backlog) < limits.BACKLOG
        if self._cautious or len(pending) >= self._window or self._owed > limits.OWED:
            return False
        return self._backlog is None or len(self._backlog) < limits.BACKLOG

    def _consume_rest(self) -> bool:
        """Takes commands off the input; false when it ends with an incomplete one."""
        buffer = self._rest
        at = 0
        if (
            self.identity is not None
            and (self.transaction is None or not self.transaction.open)
            and (self.subscriber is None or self.protocol == 3)
        ):
            at = take_common(self, self.identity, buffer, self._window - len(self.pending))
        if at == len(buffer):
            self._rest = b""
            self._owed += at
            return True
        if at and not self._may_start():
            self._rest = buffer[at:]
            self._owed += at
            return True
        reader = Reader(at, self.identity is not None)
        try:
            end = reader.read(buffer)
        except ProtocolError as problem:
            self._protocol_error(problem)
            return False
        except OversizeError:
            self.end()
            return False
        self._owed += end or at
        self._rest = buffer[end or at :]
        if not end:
            if len(self._rest) > limits.BIG:
                self._long = LongRequest(self._rest, trusted=self.identity is not None)
                self._rest = b""
                return True
            return False
        if reader.arguments:
            dispatch.run(self, reader.arguments, b"" if reader.inline else buffer[at:end])
        return True

    def _read_long(self) -> bool:
        """Goes on with a large request; false while it is incomplete."""
        assert self._long is not None
        try:
            reader = self._long.read()
        except ProtocolError as problem:
            self._protocol_error(problem)
            return False
        except OversizeError:
            self.end()
            return False
        if reader is None:
            return False
        raw, self._rest = self._long.split()
        self._long = None
        self._owed += len(raw)
        if reader.arguments:
            dispatch.run(self, reader.arguments, b"" if reader.inline else raw)
        return True

    def _protocol_error(self, problem: ProtocolError) -> None:
        self.answer(error(f"ERR Protocol error: {problem}"))
        self._long = None
        self.finish()

    # ---- answering ----

    def answer(self, reply: bytes) -> None:
        """Answers the command at hand, after those before it."""
        self.pending.append(Call(self, b"", -1, reply))
        self.hub.rouse(self)

    def start(self, flow: Flow) -> None:
        """Answers the command at hand by a flow; further commands go on meanwhile."""
        self._work.start(flow)

    def start_alone(self, flow: Flow) -> None:
        """Answers the command at hand by a flow that begins when all before it are answered; what follows waits.

        A flow that returns nothing gives no reply.
        """
        self._work.start_alone(flow)

    def forward(self, link: Link, raw: bytes, slot: int, *, fixed: bool = False) -> None:
        """Sends the command at hand to a shard."""
        call = Call(self, raw, slot, fixed=fixed)
        self.pending.append(call)
        link.put(call)

    def push(self, frame: bytes) -> None:
        """Sends what the client has subscribed, behind the replies that are there."""
        if self._pushes is None:
            self._pushes = [frame]
            self.hub.rouse(self)
        else:
            self._pushes.append(frame)

    def take_pushes(self) -> bytes:
        """What was pushed and not written yet; the caller sends it."""
        pushes, self._pushes = self._pushes, None
        return b"".join(pushes or ())

    def unread(self, raw: bytes) -> None:
        """Puts a command back in front of the input."""
        self._rest = raw + self._rest

    def caution(self) -> None:
        self._cautious = True

    def misplaced(self, frame: bytes) -> bytes:
        return scrubbed(frame) if self.transaction is None else self.transaction.misplaced(frame)

    def finish(self) -> None:
        """Ends the connection once everything before is answered and read."""
        self._closing = True
        self._rest = b""
        self.hub.rouse(self)

    def settle(self) -> None:
        """Sends the replies that are there and goes on with what waited for them."""
        self.calm = True
        if self.ended:
            return
        pending = self.pending
        replies: list[bytes] = []
        for call in pending:
            if call.reply is None:
                break
            replies.append(call.reply)
        count = len(replies)
        if count == len(pending):
            pending.clear()
        else:
            for _ in range(count):
                pending.popleft()
        if count:
            data = b"".join(replies) if count > 1 else replies[0]
            if len(data) > limits.BIG:
                self._window = max(1, min(limits.WINDOW, limits.REPLIES * count // len(data)))
            elif self._window < limits.WINDOW:
                self._window = min(limits.WINDOW, self._window * 2)
            self._write(data)
            if self.ended:
                return
        if self._pushes is not None:
            self._write(self.take_pushes())
            if self._backlog is not None and len(self._backlog) > limits.PUSHED:
                self.abort()
            if self.ended:
                return
        if self._work.alone is not None and not pending:
            self._work.begin()
        if self._rest or self._long is not None:
            self.consume()
        elif not pending and (self._closing or self._left) and self._work.task is None and not self._backlog:
            self.end()

    def _write(self, data: bytes) -> None:
        backlog = self._backlog
        if backlog:
            backlog += data
            out: bytes | bytearray = backlog
        else:
            out = data
        try:
            sent = self._send(out)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError as problem:
            if problem.errno == errno.ENOBUFS:
                sent = 0
            else:
                self.end()
                return
        self.sent += sent
        if sent == len(out):
            if backlog is not None:
                self._backlog = None
                self._drained()
        elif backlog:
            del backlog[:sent]
            if not data:
                self._listen()
        else:
            self._backlog = bytearray(memoryview(data)[sent:])
            self._listen()

    def _drained(self) -> None:
        self._listen()
        if self._rest or self._long is not None or self._closing or self._left:
            self.hub.rouse(self)

    def _listen(self) -> None:
        """Asks the loop for what this side can take: no input while there is enough of it."""
        if self.ended:
            return
        events = WRITE if self._backlog else 0
        if (
            not self._left
            and not self._closing
            and len(self._rest) < limits.CHUNK
            and (self._long is None or self._may_start())
        ):
            events |= READ
        if events != self._events:
            self._events = events
            self.hub.loop.modify(self._sock.fileno(), events)

    # ---- ending ----

    def end(self) -> None:
        """Closes the connection and drops what was held for it."""
        if self.ended:
            return
        self.ended = True
        self.hub.loop.close(self._sock)
        self.pending.clear()
        self._rest = b""
        self._long = None
        self._backlog = None
        self._work.cancel()
        self._pushes = None
        if self.subscriber is not None:
            self.subscriber.leave(self)
            self.subscriber = None
        if self.transaction is not None:
            self.transaction.abandon()
            self.transaction = None
        if self.identity is not None:
            self.hub.leave(self.identity)
        self.hub.sessions.discard(self)
        self._host.ended(self)

    def abort(self) -> None:
        if not self.ended:
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            self.end()

    def become(self, identity: Identity | None) -> None:
        """Who the client is from the next command on."""
        if identity is not None:
            self.hub.enter(identity)
        if self.identity is not None:
            self.hub.leave(self.identity)
        self.identity = identity
