"""Decides what happens to a request that the fast path left over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jackfield.relay.resp import clients, connection, pubsub, server, transaction
from jackfield.relay.resp.blocking import block
from jackfield.relay.resp.fanout import split
from jackfield.relay.resp.framing import error, request
from jackfield.relay.resp.gate import NO_AUTH
from jackfield.relay.resp.keys import RefusalError, blocks, slot_for
from jackfield.relay.resp.slots import slot_of
from jackfield.relay.resp.table import COMMANDS, Command

if TYPE_CHECKING:
    from jackfield.relay.resp.session import RespSession

_ENTRANCE = frozenset((b"auth", b"hello", b"quit", b"reset"))
"""What a client that has not authenticated may say."""

_THROUGH = frozenset((*transaction.COMMANDS, b"quit", b"reset"))
"""What is not queued within MULTI."""

_SHOWN = 128
"""Bytes of an unknown command, and of its arguments, that the error repeats (Redis 7)."""


def run(session: RespSession, arguments: list[bytes], raw: bytes) -> None:
    """Starts one command of a client.

    :param arguments: with the command's name as the first.
    :param raw: the request as it was framed; empty when it came inline.
    """
    name = arguments[0].lower()
    if name in (b"post", b"host:"):  # a browser that was made to talk to this port (Redis: securityWarningCommand)
        session.abort()
        return
    raw = raw or request(*arguments)
    if session.identity is None and name not in _ENTRANCE:
        if session.refused and session.hub.login is None:
            session.answer(NO_AUTH)
        else:
            session.start_alone(connection.admit_stranger(session, raw))
        return
    command = COMMANDS.get(name)
    problem = unfit(command, arguments)
    if command is None or problem:
        if session.transaction is not None:
            session.transaction.spoil()
        session.answer(error(problem))
    elif session.subscriber is not None and session.protocol == 2 and name not in pubsub.ALLOWED:
        session.answer(
            error(
                f"ERR Can't execute '{command.name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET "
                "are allowed in this context"
            )
        )
    elif session.transaction is not None and session.transaction.open and name not in _THROUGH:
        session.transaction.take(command, arguments, raw)
    else:
        _run_command(session, command, arguments, raw)


def unfit(command: Command | None, arguments: list[bytes]) -> str:
    """What is wrong with a request as such, as the text of an error; empty when nothing is."""
    shown = arguments[0].decode("utf-8", "replace")
    if command is None:
        rest = ""
        for argument in arguments[1:]:
            if len(rest) >= _SHOWN:
                break
            rest += f"'{argument[: _SHOWN - len(rest)].decode('utf-8', 'replace')}' "
        return f"ERR unknown command '{shown[:_SHOWN]}', with args beginning with: {rest}"
    if command.way == "refused":
        return server.unsupported(command.name)
    if not command.takes(len(arguments)):
        return f"ERR wrong number of arguments for '{command.name}' command"
    return ""


def _run_command(session: RespSession, command: Command, arguments: list[bytes], raw: bytes) -> None:
    hub, identity = session.hub, session.identity
    if command.way == "local":
        _run_local(session, command, arguments, raw)
        return
    assert identity is not None
    if command.way == "publish" and hub.pubsub.busy:
        slot = slot_of(arguments[1]) if command.first else -1
        session.start(pubsub.publish(session, arguments, raw, slot))
        return
    if command.way == "any":
        session.forward(hub.link_for(identity, -1), raw, -1)
        return
    try:
        if command.way == "split":
            flow = split(session, command, arguments)
            if flow is not None:
                session.start(flow)
                return
        slot = slot_for(command, arguments)
    except RefusalError as refusal:
        session.answer(error(str(refusal)))
        return
    if command.way == "block" and blocks(command, arguments):
        session.start_alone(block(session, raw, slot))
    else:
        session.forward(hub.link_for(identity, slot), raw, slot)


def _run_local(session: RespSession, command: Command, arguments: list[bytes], raw: bytes) -> None:
    name = command.name.encode()
    if name == b"client" and (flow := clients.FLOWS.get(arguments[1].lower())) is not None:
        session.start(flow(session, arguments, raw))
        return
    answer = connection.ANSWERS.get(name)
    if answer is not None:
        session.answer(answer(session, arguments))
        if name == b"quit":
            session.finish()
        return
    alone = connection.STEPS.get(name) or pubsub.STEPS.get(name) or transaction.OUTSIDE.get(name)
    if alone is not None:
        session.start_alone(alone(session, arguments, raw))
        return
    session.start(server.FLOWS[name](session, arguments, raw))
