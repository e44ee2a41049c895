"""Commands that may wait, each on a connection of its own, so that nobody else waits with them."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

from jackfield.relay.resp import limits
from jackfield.relay.resp.call import AWAY, Call, Flow
from jackfield.relay.resp.fanout import first_error
from jackfield.relay.resp.framing import error, integer, request
from jackfield.relay.resp.redirects import ASKING, MOVING, cause_of, scrubbed
from jackfield.relay.resp.requests import number

if TYPE_CHECKING:
    from jackfield.relay.resp.link import Link
    from jackfield.relay.resp.session import RespSession

_CLIENT_ID = request(b"CLIENT", b"ID")
_PING = request(b"PING")
_NILS = (b"*-1\r\n", b"$-1\r\n", b"_\r\n")


def seek(
    session: RespSession, slot: int, compose: Callable[[Link, bool], list[Call]], undo: bytes = b""
) -> Generator[list[Call] | float, list[bytes], tuple[Link, bytes, bool]]:
    """Finds the shard that takes a command on a borrowed connection, through MOVED, ASK, TRYAGAIN and shards loading.

    :param compose: sends the commands over a link; the second argument says whether ASKING must precede them.
    :param undo: makes the connection clean again after a shard said no.
    :returns: the link, which the caller gives back, the last command's reply, and whether ASKING was needed.
    """
    hub, identity = session.hub, session.identity
    assert identity is not None
    shard = hub.link_for(identity, slot).shard
    deadline = hub.now() + limits.PATIENCE
    asking = False
    hops = tries = 0
    lost = False
    while True:
        link = identity.borrow(shard)
        kept = False
        try:
            replies = yield compose(link, asking)
            # within MULTI the first command is told, and EXEC only says that it was
            reply = next((each for each in replies if cause_of(each)), replies[-1])
            cause = cause_of(reply)
            kept = cause is None
            if kept:
                return link, reply, asking
            if undo:
                yield [link.ask(undo)]
            kept = True
            over = False
            if cause in ("moved", "ask"):
                hops += 1
                lost = hops > limits.MAX_HOPS
                over = lost and hub.now() >= deadline
                reply = MOVING if over else reply
            elif cause == "again":
                tries += 1
                hops = 0
                over = tries > limits.MAX_TRIES_AGAIN
            elif hub.now() >= deadline:
                over = True
                reply = AWAY if reply.startswith(b"-CLUSTERDOWN") else reply
            if over:
                return link, reply, asking
            identity.give_back(link, clean=True)
        finally:
            if not kept:
                identity.give_back(link, clean=False)
        asking = cause == "ask"
        target = hub.redirects.target(identity, reply) if cause in ("moved", "ask") else None
        if target is None or lost:
            hops, lost = 0, False
            yield limits.RETRY
        shard = target or hub.link_for(identity, slot).shard


def block(session: RespSession, raw: bytes, slot: int) -> Flow:
    """Runs a blocking command. While the route is held it is unblocked at the shard, and begun again afterwards."""
    hub, identity = session.hub, session.identity
    assert identity is not None
    while True:
        parked: list[Link] = []

        def compose(link: Link, asking: bool, parked: list[Link] = parked) -> list[Call]:
            client = link.ask(_CLIENT_ID)
            calls = [client, *([link.ask(ASKING)] if asking else []), link.ask(raw, slot)]
            hub.parking.park(link, client)
            parked.append(link)
            return calls

        try:
            link, reply, _ = yield from seek(session, slot, compose)
        finally:
            pressed = [hub.parking.leave(each) for each in parked]
        identity.give_back(link, clean=True)
        if not (pressed and pressed[-1] and reply in _NILS):
            return scrubbed(reply)


def wait(session: RespSession, arguments: list[bytes], raw: bytes) -> Flow:
    """``WAIT replicas milliseconds`` on every shard; the least of their answers.

    A shard waits for the replication offset that the asking connection saw after its last command (``c->woff``), so a
    PING before makes it cover all that the client wrote over shared connections.
    """
    hub, identity = session.hub, session.identity
    assert identity is not None
    wanted, patience = number(arguments[1]), number(arguments[2])
    if wanted is None or patience is None:
        what = "value" if wanted is None else "timeout"
        return error(f"ERR {what} is not an integer or out of range")
    if patience < 0:
        return error("ERR timeout is negative")
    while True:
        links = [identity.borrow(shard) for shard in hub.present()]
        pressed = False
        clean = False
        try:
            calls: list[Call] = []
            for link in links:
                client = link.ask(_CLIENT_ID)
                hub.parking.park(link, client)
                calls += [client, link.ask(_PING), link.ask(raw)]
            replies = (yield calls)[2::3]
            clean = True
        finally:
            for link in links:
                pressed |= hub.parking.leave(link)
                identity.give_back(link, clean=clean)
        problem = first_error(replies)
        if problem:
            return problem
        least = min(int(reply[1:-2]) for reply in replies)
        if not pressed or least >= wanted:
            return integer(least)
