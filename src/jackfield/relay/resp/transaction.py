"""MULTI, EXEC, DISCARD, WATCH and UNWATCH, within one slot and on a connection of the client's own.

MULTI itself is answered here: which shard gets it is known with the first key. From then on the shard judges each
command as it queues it, exactly as for a client of its own. A second slot spoils the transaction, as any command
does that Redis refuses to queue.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from jackfield.relay.resp import limits
from jackfield.relay.resp.blocking import seek
from jackfield.relay.resp.call import LOST, Call, Flow
from jackfield.relay.resp.framing import OK, QUEUED, error, request
from jackfield.relay.resp.keys import CROSS_SLOT, RefusalError, slot_for
from jackfield.relay.resp.redirects import ASKING, cause_of, scrubbed
from jackfield.relay.resp.table import COMMANDS as TABLE
from jackfield.relay.resp.table import Command

if TYPE_CHECKING:
    from jackfield.relay.resp.link import Link
    from jackfield.relay.resp.session import RespSession

_MULTI = request(b"MULTI")
_EXEC = request(b"EXEC")
_DISCARD = request(b"DISCARD")
_UNWATCH = request(b"UNWATCH")
_ABORTED = b"-EXECABORT Transaction discarded because of previous errors.\r\n"
_QUEUED_LOCAL = frozenset(("ping", "unwatch"))


class Transaction:
    """What a client watches and has queued.

    :ivar open: MULTI was said.
    :ivar spoilt: EXEC will fail.
    :ivar link: the connection it happens on, once a key said on which shard.
    """

    __slots__ = (
        "_asking",
        "_begun",
        "_elsewhere",
        "_session",
        "_size",
        "_slot",
        "_stored",
        "_watching",
        "link",
        "open",
        "spoilt",
    )

    def __init__(self, session: RespSession) -> None:
        self._session = session
        self._slot = -1
        self._begun = False  # the shard was told MULTI
        self._asking = False
        self._elsewhere = False  # a shard refused to queue a command, because its slot was on its way
        self._watching = False
        self._stored: list[bytes] = []
        self._size = 0
        self.open = False
        self.spoilt = False
        self.link: Link | None = None

    def spoil(self) -> None:
        """A command was refused: within MULTI that fails the whole transaction."""
        self.spoilt = self.spoilt or self.open

    def take(self, command: Command, arguments: list[bytes], raw: bytes) -> None:
        """Queues a command of the client."""
        session = self._session
        if command.way == "local" and command.name not in _QUEUED_LOCAL:
            self._refuse(f"ERR '{command.name}' is not supported in a transaction at the ordinary address of a cluster")
            return
        try:
            slot = slot_for(command, arguments)
        except RefusalError as refusal:
            self._refuse(str(refusal))
            return
        if slot >= 0 and self._slot not in (-1, slot):
            self._refuse(CROSS_SLOT)
            return
        if self.link is not None and self.link.dead:
            self.spoilt = True
        if self.spoilt:
            session.answer(QUEUED)
            return
        self._size += len(raw)
        if self._size > limits.MAX_QUERY:
            session.end()
        elif self._begun and self.link is not None:
            self._stored.append(raw)
            session.forward(self.link, raw, slot, fixed=True)
        elif slot < 0 and self._slot < 0:
            self._stored.append(raw)
            session.answer(QUEUED)
        else:
            session.start_alone(self._pin(raw, slot))

    def misplaced(self, frame: bytes) -> bytes:
        """What the client is told of a command that cannot be queued where the transaction began.

        When nothing is watched, EXEC begins it again at the right place, so it is as good as queued.
        """
        if self._watching:
            self.spoilt = True
            return scrubbed(frame)
        self._elsewhere = True
        return QUEUED

    def _refuse(self, problem: str) -> None:
        self.spoilt = True
        self._session.answer(error(problem))

    def _pin(self, raw: bytes, slot: int) -> Flow:
        """Queues the first command with a key: it decides where the transaction happens."""
        if slot >= 0:
            self._slot = slot
        if self.link is None:
            self.link, reply, self._asking = yield from seek(
                self._session, self._slot, self._composer(_MULTI, *self._stored, raw), _DISCARD
            )
        else:
            reply = (yield self._composer(_MULTI, *self._stored, raw)(self.link, self._asking))[-1]
        self._begun = True
        self._stored.append(raw)
        self.spoilt = reply.startswith(b"-")
        return scrubbed(reply)

    def _composer(self, *commands: bytes) -> Callable[[Link, bool], list[Call]]:
        def compose(link: Link, asking: bool) -> list[Call]:
            return [link.ask(raw, self._slot) for raw in ((ASKING, *commands) if asking else commands)]

        return compose

    def execute(self) -> Flow:
        """EXEC. When nothing is watched, a slot that moved meanwhile only makes the transaction begin again there."""
        if self.spoilt or (self.link is not None and self.link.dead):
            yield from self.discard()
            return _ABORTED
        if self.link is None and not self._stored:
            self._session.transaction = None
            return b"*0\r\n"
        everything = self._composer(_MULTI, *self._stored, _EXEC)
        if self.link is None:
            self.link, reply, _ = yield from seek(self._session, self._slot, everything)
        elif self._elsewhere:
            yield [self.link.ask(_DISCARD)]
            self._give_back(clean=True)
            self.link, reply, _ = yield from seek(self._session, self._slot, everything)
        elif self._begun:
            reply = (yield [self.link.ask(_EXEC, self._slot)])[-1]
        else:
            reply = (yield everything(self.link, self._asking))[-1]
        if cause_of(reply) and not self._watching:
            self._give_back(clean=True)
            self.link, reply, _ = yield from seek(self._session, self._slot, everything)
        self._end(clean=reply != LOST)
        return scrubbed(reply)

    def discard(self) -> Flow:
        """DISCARD, which also ends WATCH."""
        if self.link is not None and not self.link.dead:
            yield [self.link.ask(_DISCARD if self._begun else _UNWATCH)]
        self._end(clean=True)
        return OK

    def watch(self, raw: bytes, slot: int) -> Flow:
        """WATCH; all keys of one client's WATCHes are in one slot."""
        if self.link is not None and self.link.dead:
            return LOST
        if self._slot not in (-1, slot):
            return error(CROSS_SLOT)
        self._slot = slot
        if self.link is None:
            self.link, reply, self._asking = yield from seek(self._session, slot, self._composer(raw))
        else:
            reply = (yield self._composer(raw)(self.link, self._asking))[-1]
        if reply == OK:
            self._watching = True
        elif not self._watching:
            self._end(clean=True)
        return scrubbed(reply)

    def abandon(self) -> None:
        """The client left."""
        self._give_back(clean=False)

    def _give_back(self, *, clean: bool) -> None:
        if self.link is not None and self._session.identity is not None:
            self._session.identity.give_back(self.link, clean=clean)
        self.link = None

    def _end(self, *, clean: bool) -> None:
        self._give_back(clean=clean)
        self._session.transaction = None


def _multi(session: RespSession, arguments: list[bytes], raw: bytes) -> Flow:
    transaction = session.transaction = session.transaction or Transaction(session)
    if transaction.open:
        return b"-ERR MULTI calls can not be nested\r\n"
    transaction.open = True
    yield from ()
    return OK


def _exec(session: RespSession, arguments: list[bytes], raw: bytes) -> Flow:
    if session.transaction is None or not session.transaction.open:
        return b"-ERR EXEC without MULTI\r\n"
    return (yield from session.transaction.execute())


def _discard(session: RespSession, arguments: list[bytes], raw: bytes) -> Flow:
    if session.transaction is None or not session.transaction.open:
        return b"-ERR DISCARD without MULTI\r\n"
    return (yield from session.transaction.discard())


def _watch(session: RespSession, arguments: list[bytes], raw: bytes) -> Flow:
    transaction = session.transaction = session.transaction or Transaction(session)
    if transaction.open:
        return b"-ERR WATCH inside MULTI is not allowed\r\n"
    try:
        slot = slot_for(_WATCHED, arguments)
    except RefusalError as refusal:
        return error(str(refusal))
    return (yield from transaction.watch(raw, slot))


def _unwatch(session: RespSession, arguments: list[bytes], raw: bytes) -> Flow:
    if session.transaction is None:
        return OK
    return (yield from session.transaction.discard())


_WATCHED = Command("watch", TABLE[b"watch"].arity, "keys", 1, -1)

COMMANDS: dict[bytes, Callable[[RespSession, list[bytes], bytes], Flow]] = {
    b"multi": _multi,
    b"exec": _exec,
    b"discard": _discard,
    b"watch": _watch,
}
"""Also within MULTI."""

OUTSIDE: dict[bytes, Callable[[RespSession, list[bytes], bytes], Flow]] = {**COMMANDS, b"unwatch": _unwatch}
