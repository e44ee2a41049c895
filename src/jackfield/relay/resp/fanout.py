"""Commands whose keys are in several slots: one part a slot, and one reply made of the parts' replies.

Each part is atomic, the whole is not: as in every proxy of a Redis cluster.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jackfield.relay.resp.call import Call, Flow
from jackfield.relay.resp.framing import OK, array, elements, integer, request
from jackfield.relay.resp.keys import RefusalError
from jackfield.relay.resp.slots import slot_of
from jackfield.relay.resp.table import Command

if TYPE_CHECKING:
    from jackfield.relay.resp.session import RespSession


def split(session: RespSession, command: Command, arguments: list[bytes]) -> Flow | None:
    """The flow for a request over several slots; ``None`` when one shard can answer it as it is.

    :raises RefusalError: for MSET with a key that has no value.
    """
    step = command.step
    if step > 1 and len(arguments) % step == 0:
        raise RefusalError(f"ERR wrong number of arguments for '{command.name}' command")
    groups: dict[int, list[int]] = {}
    for at in range(1, len(arguments), step):
        groups.setdefault(slot_of(arguments[at]), []).append(at)
    return _parts(session, command, arguments, groups) if len(groups) > 1 else None


def _parts(session: RespSession, command: Command, arguments: list[bytes], groups: dict[int, list[int]]) -> Flow:
    calls: list[Call] = []
    for slot, places in groups.items():
        words = [arguments[0]]
        for at in places:
            words += arguments[at : at + command.step]
        calls.append(part(session, request(*words), slot))
    replies = yield calls
    problem = first_error(replies)
    if problem:
        return problem
    if command.name == "mset":
        return OK
    if command.name != "mget":
        return total(replies)
    values: list[bytes] = [b""] * (len(arguments) - 1)
    for places, reply in zip(groups.values(), replies, strict=True):
        for at, value in zip(places, elements(reply), strict=True):
            values[at - 1] = value
    return array(values)


def part(session: RespSession, raw: bytes, slot: int) -> Call:
    """Sends a part of a command; redirections are followed."""
    identity = session.identity
    assert identity is not None
    return session.hub.link_for(identity, slot).ask(raw, slot, fixed=False)


def everywhere(session: RespSession, raw: bytes, *, patient: bool = True) -> list[Call]:
    """Sends a command to every shard."""
    identity = session.identity
    assert identity is not None
    return [identity.links[shard.index].ask(raw, fixed=False, patient=patient) for shard in session.hub.present()]


def first_error(replies: list[bytes]) -> bytes:
    """The first error among replies, or nothing."""
    return next((reply for reply in replies if reply.startswith(b"-")), b"")


def total(replies: list[bytes]) -> bytes:
    """The sum of integer replies."""
    return integer(sum(int(reply[1:-2]) for reply in replies))
