"""SCAN over all shards, one after the other, with a cursor that says everything: no state is kept for it.

A key that is there all the time is returned at least once, as at one server, also when slots move meanwhile. Shards
are scanned in the order of their index, so a key that moves to a later shard is met there; after a move to an earlier
one (``Hub.moves_back``) the scan begins again at its end, and returns some keys a second time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jackfield.relay.resp.call import Flow
from jackfield.relay.resp.framing import array, bulk, elements, request, text
from jackfield.relay.resp.requests import number

if TYPE_CHECKING:
    from jackfield.relay.resp.hub import Hub
    from jackfield.relay.resp.identity import Shard
    from jackfield.relay.resp.session import RespSession

_INDEX_BITS = 14
"""A cursor's lowest bits: the index of the shard at work, which is never given to another one."""

_MOVES_BITS = 12
"""The bits above: what :func:`_moves` was when the scan began. The rest is the shard's own cursor."""


def scan(session: RespSession, arguments: list[bytes], raw: bytes) -> Flow:
    """``SCAN cursor [MATCH …] [COUNT …] [TYPE …]``: one step at one shard."""
    hub, identity = session.hub, session.identity
    assert identity is not None
    cursor = number(arguments[1])
    if cursor is None or cursor < 0:
        return b"-ERR invalid cursor\r\n"
    index = cursor & ((1 << _INDEX_BITS) - 1)
    moves = (cursor >> _INDEX_BITS) & ((1 << _MOVES_BITS) - 1) if cursor else _moves(hub)
    inner = cursor >> (_INDEX_BITS + _MOVES_BITS)
    shard = _shard_from(hub, index)
    if shard is None or not moves:
        return array([bulk(b"0"), b"*0\r\n"])
    if shard.index != index:
        inner = 0
    question = request(arguments[0], b"%d" % inner, *arguments[2:])
    (reply,) = yield [identity.links[shard.index].ask(question, fixed=False)]
    if not reply.startswith(b"*"):
        return reply
    after, found = elements(reply)
    inner = int(text(after))
    following: Shard | None = shard if inner else _shard_from(hub, shard.index + 1)
    if following is None:
        yield from hub.topology.fetch(identity)
        if moves == _moves(hub):
            return array([bulk(b"0"), found])
        moves = _moves(hub)
        following = _shard_from(hub, 0)
    index = following.index if following is not None else 0
    return array([bulk(b"%d" % ((((inner << _MOVES_BITS) | moves) << _INDEX_BITS) | index)), found])


def _moves(hub: Hub) -> int:
    """Tells moves to earlier shards apart; never 0, so that no cursor but that of the end is."""
    return 1 + hub.moves_back % ((1 << _MOVES_BITS) - 1)


def _shard_from(hub: Hub, index: int) -> Shard | None:
    return next((each for each in hub.present() if each.index >= index), None)
