"""Looking at a Redis server over a connection that exists."""

from __future__ import annotations

from jackfield.engines.wire.errors import ServerError, Unreachable
from jackfield.engines.wire.stream import Stream

_LONGEST_LINE = 512
_LONGEST_ANSWER = 1024 * 1024
_LOCKED = ("NOAUTH", "NOPERM")
"""It serves those who log in."""


def look(stream: Stream, user: str = "", password: str = "") -> str:
    """Gives the server's version; empty where it tells that only to those who log in.

    :param password: empty: nobody logs in.
    :raises Unreachable: it does not answer as Redis does, or is no server of its own: a cluster's node, a sentinel.
    :raises ServerError: it is one and does not serve, or refuses the user.
    """
    if password:
        try:
            _ask(stream, *(("AUTH", user, password) if user else ("AUTH", password)))
        except ServerError as error:
            raise ServerError(error.code, str(error).partition(" ")[2], denied=True) from None
    try:
        if _ask(stream, "PING") != "PONG":
            raise Unreachable("the server does not speak Redis's protocol")
        told = _ask(stream, "INFO", "server")
    except ServerError as error:
        if error.code in _LOCKED and not password:
            return ""
        raise
    facts = dict(line.partition(":")[::2] for line in told.splitlines())
    mode = facts.get("redis_mode", "standalone")
    if mode != "standalone":
        raise Unreachable(f"the server is a Redis {mode}'s, not one of its own")
    return facts.get("redis_version", "")


def _ask(stream: Stream, *words: str) -> str:
    """
    :raises ServerError: the answer is an error; its code is the first word.
    """
    parts = [word.encode() for word in words]
    stream.write(b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%b\r\n" % (len(part), part) for part in parts))
    line = _line(stream)
    kind, rest = line[:1], line[1:]
    if kind == "+":
        return rest
    if kind == "-":
        code, _, text = rest.partition(" ")
        raise ServerError(code, text)
    if kind == "$" and rest.isdecimal() and int(rest) <= _LONGEST_ANSWER:
        return stream.read(int(rest) + 2)[:-2].decode(errors="replace")
    raise Unreachable("the server does not speak Redis's protocol")


def _line(stream: Stream) -> str:
    line = b""
    while not line.endswith(b"\r\n"):
        line += stream.read(1)
        if line[:1] not in (b"+", b"-", b"$") or len(line) > _LONGEST_LINE:
            raise Unreachable("the server does not speak Redis's protocol")
    return line[:-2].decode(errors="replace")
