"""Commands about the server, answered as one big server would: no shard shows through."""

from __future__ import annotations

import random
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from jackfield.relay.resp import pubsub
from jackfield.relay.resp.call import Call, Flow
from jackfield.relay.resp.fanout import everywhere, first_error, part, total
from jackfield.relay.resp.framing import OK, array, elements, error, integer, mapping, nil, request
from jackfield.relay.resp.info import info
from jackfield.relay.resp.scanning import scan
from jackfield.relay.resp.slots import slot_of

if TYPE_CHECKING:
    from jackfield.relay.resp.session import RespSession

_SHOWN_SETTINGS = """
appendfsync appendonly databases hash-max-listpack-entries hash-max-ziplist-entries lazyfree-lazy-eviction
list-max-listpack-size list-max-ziplist-size lua-time-limit maxclients maxmemory maxmemory-policy maxmemory-samples
notify-keyspace-events proto-max-bulk-len save set-max-intset-entries slowlog-log-slower-than slowlog-max-len timeout
zset-max-listpack-entries zset-max-ziplist-entries
"""

_ON_ALL = {
    b"script": (b"exists", b"flush", b"load"),
    b"function": (b"delete", b"flush", b"load", b"restore"),
}
_ON_ONE = {b"acl": (b"cat", b"genpass", b"whoami"), b"function": (b"dump", b"list", b"stats"), b"script": ()}


def unsupported(what: str) -> str:
    """The text of the error for what needs a shard of its own."""
    return f"ERR '{what}' is not supported at the ordinary address of a cluster instance; use its direct address"


def _one(session: RespSession, raw: bytes) -> Call:
    identity = session.identity
    assert identity is not None
    return session.hub.link_for(identity, -1).ask(raw, fixed=False)


def _dbsize(session: RespSession, arguments: list[bytes], raw: bytes) -> Flow:
    replies = yield everywhere(session, raw)
    return first_error(replies) or total(replies)


def _keys(session: RespSession, arguments: list[bytes], raw: bytes) -> Flow:
    replies = yield everywhere(session, raw)
    return first_error(replies) or array(frame for reply in replies for frame in elements(reply))


def _flush(session: RespSession, arguments: list[bytes], raw: bytes) -> Flow:
    replies = yield everywhere(session, raw)
    return first_error(replies) or OK


def _random_key(session: RespSession, arguments: list[bytes], raw: bytes) -> Flow:
    replies = yield everywhere(session, raw)
    found = [reply for reply in replies if reply.startswith(b"$") and reply[1:2] != b"-"]
    return first_error(replies) or (random.choice(found) if found else nil(session.protocol))


def _cluster(session: RespSession, arguments: list[bytes], raw: bytes) -> Flow:
    """CLUSTER KEYSLOT, which is arithmetic; the rest tells of shards."""
    yield from ()
    word = arguments[1].lower()
    if word != b"keyslot":
        return error(unsupported(f"cluster {word.decode('utf-8', 'replace')}"))
    if len(arguments) != 3:
        return b"-ERR wrong number of arguments for 'cluster|keyslot' command\r\n"
    return integer(slot_of(arguments[2]))


def _debug(session: RespSession, arguments: list[bytes], raw: bytes) -> Flow:
    """DEBUG OBJECT, which is about a key; the rest is about a shard."""
    word = arguments[1].lower()
    if word != b"object" or len(arguments) < 3:
        return error(unsupported(f"debug {word.decode('utf-8', 'replace')}"))
    return (yield [part(session, raw, slot_of(arguments[2]))])[0]


def _config(session: RespSession, arguments: list[bytes], raw: bytes) -> Flow:
    word = arguments[1].lower()
    if word != b"get":
        return error(unsupported(f"config {word.decode('utf-8', 'replace')}"))
    if len(arguments) < 3:
        return b"-ERR wrong number of arguments for 'config|get' command\r\n"
    patterns = [pattern.decode("utf-8", "replace").lower() for pattern in arguments[2:]]
    names = sorted(name for name in _SHOWN_SETTINGS.split() if any(fnmatchcase(name, each) for each in patterns))
    pairs: list[tuple[bytes, bytes]] = []
    if names:
        # one question a name: Redis 6.2 takes no more
        for reply in (yield [_one(session, request(b"CONFIG", b"GET", name.encode())) for name in names]):
            if reply.startswith(b"-"):
                return reply
            parts = elements(reply)
            pairs += [(parts[at], parts[at + 1]) for at in range(0, len(parts), 2)]
    return mapping(pairs, session.protocol)


def _library(session: RespSession, arguments: list[bytes], raw: bytes) -> Flow:
    """SCRIPT and FUNCTION, which every shard must know alike, and the harmless part of ACL."""
    name, word = arguments[0].lower(), arguments[1].lower()
    if word in _ON_ONE[name]:
        return (yield [_one(session, raw)])[0]
    if word not in _ON_ALL.get(name, ()):
        return error(unsupported(f"{name.decode()} {word.decode('utf-8', 'replace')}"))
    replies = yield everywhere(session, raw)
    problem = first_error(replies)
    if problem or word != b"exists":
        return problem or replies[0]
    columns = zip(*(elements(reply) for reply in replies), strict=True)
    return array(min(column) for column in columns)


FLOWS: dict[bytes, Callable[[RespSession, list[bytes], bytes], Flow]] = {
    b"acl": _library,
    b"cluster": _cluster,
    b"config": _config,
    b"dbsize": _dbsize,
    b"debug": _debug,
    b"flushall": _flush,
    b"flushdb": _flush,
    b"function": _library,
    b"info": info,
    b"keys": _keys,
    b"randomkey": _random_key,
    b"scan": scan,
    b"script": _library,
    **pubsub.FLOWS,
}
