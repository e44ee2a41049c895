"""The keys of a request."""

from __future__ import annotations

from jackfield.relay.resp.requests import number
from jackfield.relay.resp.slots import slot_of
from jackfield.relay.resp.table import Command

CROSS_SLOT = "CROSSSLOT Keys in request don't hash to the same slot"


class RefusalError(Exception):
    """The request cannot be sent to a shard; the text is the error reply."""


def keys_of(command: Command, arguments: list[bytes]) -> list[bytes]:
    """The keys of a request, in their order.

    :raises RefusalError: when a rule finds no keys where they must be.
    """
    keys: list[bytes] = []
    if command.first:
        last = command.last if command.last >= 0 else len(arguments) + command.last
        keys = arguments[command.first : last + 1 : command.step]
    rule, _, what = command.rule.partition(":")
    if rule == "numkeys":
        keys += _counted(command, arguments, int(what))
    elif rule == "streams":
        keys = _streams(arguments)
    elif rule == "store":
        words = [each.lower() for each in arguments]
        keys += [arguments[at + 1] for at in range(2, len(words) - 1) if words[at] in (b"store", b"storedist")]
    elif rule == "sub" and len(arguments) > 2 and arguments[1].lower().decode("latin-1") in what.split(","):
        keys = [arguments[2]]
    return keys


def slot_for(command: Command, arguments: list[bytes]) -> int:
    """The one slot of a request, or -1 when it has no key.

    :raises RefusalError: ``CROSSSLOT`` when there are several.
    """
    slot = -1
    for key in keys_of(command, arguments):
        found = slot_of(key)
        if slot not in (-1, found):
            raise RefusalError(CROSS_SLOT)
        slot = found
    return slot


def _counted(command: Command, arguments: list[bytes], at: int) -> list[bytes]:
    count = number(arguments[at])
    if count is None:
        raise RefusalError("ERR value is not an integer or out of range")
    if count < 0:
        raise RefusalError("ERR Number of keys can't be negative")
    if count > len(arguments) - at - 1:
        if command.name.startswith(("eval", "fcall")):
            raise RefusalError("ERR Number of keys can't be greater than number of args")
        raise RefusalError("ERR syntax error")
    return arguments[at + 1 : at + 1 + count]


def _streams(arguments: list[bytes]) -> list[bytes]:
    for at, word in enumerate(arguments):
        if at and word.lower() == b"streams":
            behind = arguments[at + 1 :]
            if not behind or len(behind) % 2:
                raise RefusalError(
                    f"ERR Unbalanced '{arguments[0].decode('latin-1').lower()}' list of streams: "
                    "for each stream key an ID or '$' must be specified."
                )
            return behind[: len(behind) // 2]
    raise RefusalError("ERR syntax error")


def blocks(command: Command, arguments: list[bytes]) -> bool:
    """Whether this request may wait; XREAD and XREADGROUP do only with BLOCK."""
    if command.rule != "streams":
        return True
    for word in arguments[1:]:
        if word.lower() == b"block":
            return True
        if word.lower() == b"streams":
            return False
    return False
