"""CLIENT LIST and CLIENT KILL: the clients of the route, as one server would show and end its own.

The router's connections to the shards are nobody's business. Whether the user may ask is the shards' to say: the
same subcommand is asked of one of them about a client that does not exist.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

from jackfield.relay.resp.call import Call, Flow
from jackfield.relay.resp.framing import bulk, error, integer, request
from jackfield.relay.resp.pubsub import Subscriber
from jackfield.relay.resp.requests import number

if TYPE_CHECKING:
    from jackfield.relay.resp.session import RespSession

_NOBODY = b"9223372036854775807"
_TYPES = (b"normal", b"pubsub", b"master", b"replica", b"slave")
_SYNTAX = b"-ERR syntax error\r\n"


def describe(session: RespSession) -> str:
    """A client's line in CLIENT INFO and CLIENT LIST."""
    route = session.hub.route
    user = session.identity.user if session.identity is not None else "default"
    age = int(time.time() - session.since)
    library, version = session.library
    subscriber = session.subscriber or Subscriber()
    return (
        f"id={session.number} addr={session.client} laddr={route.address}:{route.port} fd=-1 "
        f"name={session.name.decode()} age={age} idle=0 flags={'N' if subscriber.empty else 'P'} db=0 "
        f"sub={len(subscriber.channel)} psub={len(subscriber.pattern)} ssub={len(subscriber.shard)} multi=-1 "
        f"cmd=client|info user={user} redir=-1 resp={session.protocol} "
        f"lib-name={library.decode()} lib-ver={version.decode()}\n"
    )


def _admitted(session: RespSession, *question: bytes) -> Generator[list[Call] | float, list[bytes], bytes]:
    """An error's frame when the user may not ask, else nothing."""
    identity = session.identity
    assert identity is not None
    link = session.hub.link_for(identity, -1)
    (reply,) = yield [link.ask(request(b"CLIENT", *question, b"ID", _NOBODY), fixed=False)]
    return reply if reply.startswith(b"-") else b""


def _type(session: RespSession) -> bytes:
    return b"normal" if session.subscriber is None else b"pubsub"


def _others(session: RespSession) -> list[RespSession]:
    return sorted((each for each in session.hub.sessions if each.identity is not None), key=lambda each: each.number)


def _list(session: RespSession, arguments: list[bytes], raw: bytes) -> Flow:
    words = arguments[2:]
    problem = yield from _admitted(session, b"LIST")
    if problem:
        return problem
    clients = _others(session)
    if words:
        what = words[0].lower()
        if what == b"type" and len(words) == 2:
            if words[1].lower() not in _TYPES:
                return error(f"ERR Unknown client type '{words[1].decode('utf-8', 'replace')}'")
            clients = [each for each in clients if _type(each) == words[1].lower()]
        elif what == b"id" and len(words) > 1:
            ids = [number(word) for word in words[1:]]
            if None in ids:
                return b"-ERR Invalid client ID\r\n"
            clients = [each for each in clients if each.number in ids]
        else:
            return _SYNTAX
    return bulk("".join(describe(each) for each in clients).encode())


def _kill(session: RespSession, arguments: list[bytes], raw: bytes) -> Flow:
    """``CLIENT KILL address`` (OK, or an error when nobody has it), or filters (answers how many they hit)."""
    words = arguments[2:]
    problem = yield from _admitted(session, b"KILL")
    if problem:
        return problem
    if len(words) == 1:
        hit = [each for each in _others(session) if each.client.encode() == words[0]]
        if not hit:
            return b"-ERR No such client\r\n"
        _end(session, hit)
        return b"+OK\r\n"
    if not words or len(words) % 2:
        return _SYNTAX
    hit, spared = _others(session), True
    for name, value in zip(words[::2], words[1::2], strict=True):
        name = name.lower()
        if name == b"skipme" and value.lower() in (b"yes", b"no"):
            spared = value.lower() == b"yes"
        elif name not in (b"addr", b"id", b"laddr", b"type", b"user"):
            return _SYNTAX
        elif name == b"id" and (number(value) or 0) < 1:
            return b"-ERR client-id should be greater than 0\r\n"
        elif name == b"type" and value.lower() not in _TYPES:
            return error(f"ERR Unknown client type '{value.decode('utf-8', 'replace')}'")
        else:
            hit = [each for each in hit if _fits(each, name, value)]
    if spared:
        hit = [each for each in hit if each is not session]
    _end(session, hit)
    return integer(len(hit))


def _fits(client: RespSession, name: bytes, value: bytes) -> bool:
    if name == b"id":
        return client.number == number(value)
    if name == b"type":
        return _type(client) == value.lower()
    if name == b"user":
        return client.identity is not None and client.identity.user.encode() == value
    route = client.hub.route
    return value.decode("latin-1") == (client.client if name == b"addr" else f"{route.address}:{route.port}")


def _end(session: RespSession, hit: list[RespSession]) -> None:
    for each in hit:
        if each is session:
            session.finish()  # after the reply
        else:
            each.end()


FLOWS: dict[bytes, Callable[[RespSession, list[bytes], bytes], Flow]] = {b"kill": _kill, b"list": _list}
"""By subcommand."""
