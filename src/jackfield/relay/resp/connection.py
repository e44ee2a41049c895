"""Commands about the connection: who the client is, which protocol it speaks, what it calls itself."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

from jackfield.relay.resp.blocking import wait
from jackfield.relay.resp.call import Call, Flow
from jackfield.relay.resp.clients import describe
from jackfield.relay.resp.framing import OK, array, bulk, error, integer, mapping, nil, request
from jackfield.relay.resp.gate import NO_AUTH
from jackfield.relay.resp.requests import number

if TYPE_CHECKING:
    from jackfield.relay.resp.session import RespSession

Steps = Generator[list[Call] | float, list[bytes], None]

_HELLO_NO_AUTH = (
    "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> "
    "option can be used to authenticate the client and select the RESP protocol version at the same time"
)
_BAD_NAME = "ERR Client names cannot contain spaces, newlines or special characters."


def admit_stranger(session: RespSession, raw: bytes) -> Flow:
    """First command of a client that has not authenticated: is that needed? The command is then read again."""
    login = session.hub.login
    if login is not None:
        yield from _admit(session, login)
        session.unread(raw)
        return b""
    verdict = yield from session.hub.gate.admits_strangers()
    if verdict.startswith(b"$"):
        yield from _admit(session, None)
    elif verdict.startswith(b"-NOAUTH"):
        session.refused = True
    else:
        return verdict
    session.unread(raw)
    return b""


def _admit(session: RespSession, credentials: tuple[bytes, bytes] | None) -> Steps:
    """Makes the client one of an identity; the first of a route also learns the slot map."""
    identity = session.hub.identity(credentials, session.protocol)
    session.become(identity)
    if not session.hub.slots.known:
        yield from session.hub.topology.fetch(identity)


def _auth(session: RespSession, arguments: list[bytes], raw: bytes) -> Flow:
    if len(arguments) > 3:
        return b"-ERR syntax error\r\n"
    verdict = yield from session.hub.gate.verify(raw)
    if verdict == OK:
        user, password = arguments[1:] if len(arguments) == 3 else (b"default", arguments[1])
        yield from _admit(session, (user, password))
    return verdict


def _hello(session: RespSession, arguments: list[bytes], raw: bytes) -> Flow:
    protocol = session.protocol
    if len(arguments) > 1:
        wanted = number(arguments[1])
        if wanted is None:
            return b"-ERR Protocol version is not an integer or out of range\r\n"
        if wanted not in (2, 3):
            return b"-NOPROTO unsupported protocol version\r\n"
        protocol = wanted
    credentials: tuple[bytes, bytes] | None = None
    name: bytes | None = None
    at = 2
    while at < len(arguments):
        option, left = arguments[at].lower(), len(arguments) - at - 1
        if option == b"auth" and left >= 2:
            credentials = (arguments[at + 1], arguments[at + 2])
            at += 3
        elif option == b"setname" and left >= 1:
            name = arguments[at + 1]
            if not _sayable(name):
                return error(_BAD_NAME)
            at += 2
        else:
            return error(f"ERR Syntax error in HELLO option '{arguments[at].decode('utf-8', 'replace')}'")
    if credentials is not None:
        verdict = yield from session.hub.gate.verify(request(b"AUTH", *credentials))
        if verdict != OK:
            return verdict
    elif session.identity is not None:
        credentials = session.identity.credentials
    elif session.hub.login is not None:
        credentials = session.hub.login
    else:
        verdict = NO_AUTH if session.refused else (yield from session.hub.gate.admits_strangers())
        if verdict.startswith(b"-NOAUTH"):
            return error(_HELLO_NO_AUTH)
        if verdict.startswith(b"-"):
            return verdict
    session.protocol = protocol
    if name is not None:
        session.name = name
    yield from _admit(session, credentials)
    gate = session.hub.gate
    facts = (
        (b"server", bulk(gate.server)),
        (b"version", bulk(gate.version)),
        (b"proto", integer(protocol)),
        (b"id", integer(session.number)),
        (b"mode", bulk(b"standalone")),
        (b"role", bulk(b"master")),
        (b"modules", b"*0\r\n"),
    )
    return mapping([(bulk(key), value) for key, value in facts], protocol)


def _reset(session: RespSession, arguments: list[bytes], raw: bytes) -> Flow:
    if session.transaction is not None:
        yield from session.transaction.discard()
    if session.subscriber is not None:
        session.subscriber.leave(session)
        session.subscriber = None
    session.become(None)
    session.refused = False
    session.protocol = 2
    session.name = b""
    return session.take_pushes() + b"+RESET\r\n"


def _select(session: RespSession, arguments: list[bytes]) -> bytes:
    index = number(arguments[1])
    if index is None:
        return b"-ERR invalid DB index\r\n"
    return OK if index == 0 else b"-ERR SELECT is not allowed in cluster mode\r\n"


def _ping(session: RespSession, arguments: list[bytes]) -> bytes:
    if len(arguments) > 2:
        return b"-ERR wrong number of arguments for 'ping' command\r\n"
    if session.subscriber is not None and session.protocol == 2:
        return array([bulk(b"pong"), bulk(arguments[1] if len(arguments) == 2 else b"")])
    return bulk(arguments[1]) if len(arguments) == 2 else b"+PONG\r\n"


def _quit(session: RespSession, arguments: list[bytes]) -> bytes:
    return OK


def _role(session: RespSession, arguments: list[bytes]) -> bytes:
    return b"*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n"


def _sayable(name: bytes) -> bool:
    """Redis: ``validateClientName``."""
    return all(ord("!") <= letter <= ord("~") for letter in name)


def _client(session: RespSession, arguments: list[bytes]) -> bytes:
    word = arguments[1].lower()
    count = len(arguments)
    if word == b"id" and count == 2:
        return integer(session.number)
    if word == b"getname" and count == 2:
        return bulk(session.name) if session.name else nil(session.protocol)
    if word == b"setname" and count == 3:
        if not _sayable(arguments[2]):
            return error(_BAD_NAME)
        session.name = arguments[2]
        return OK
    if word == b"setinfo" and count == 4:
        return _set_info(session, arguments[2].lower(), arguments[3])
    if word == b"info" and count == 2:
        return bulk(describe(session).encode())
    if word == b"getredir" and count == 2:
        return integer(-1)
    if word in (b"no-evict", b"no-touch") and count == 3 and arguments[2].lower() in (b"on", b"off"):
        return OK
    if word == b"reply" and count == 3 and arguments[2].lower() == b"on":
        return OK
    shown = arguments[1].decode("utf-8", "replace")
    return error(
        f"ERR 'client {shown.lower()}' is not supported at the ordinary address of a cluster instance; "
        "use its direct address"
    )


def _set_info(session: RespSession, attribute: bytes, value: bytes) -> bytes:
    if attribute not in (b"lib-name", b"lib-ver"):
        return error(f"ERR Unrecognized option '{attribute.decode('utf-8', 'replace')}'")
    if not _sayable(value):
        return error(f"ERR {attribute.decode()} cannot contain spaces, newlines or special characters.")
    name, version = session.library
    session.library = (value, version) if attribute == b"lib-name" else (name, value)
    return OK


ANSWERS: dict[bytes, Callable[[RespSession, list[bytes]], bytes]] = {
    b"client": _client,
    b"ping": _ping,
    b"quit": _quit,
    b"role": _role,
    b"select": _select,
}
"""Answered on the spot."""

STEPS: dict[bytes, Callable[[RespSession, list[bytes], bytes], Flow]] = {
    b"auth": _auth,
    b"hello": _hello,
    b"reset": _reset,
    b"wait": wait,
}
"""Answered by a flow on which everything that follows waits."""
