"""SUBSCRIBE and what belongs to it, as a client says it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from jackfield.relay.resp import limits
from jackfield.relay.resp.call import Flow
from jackfield.relay.resp.fanout import everywhere, first_error
from jackfield.relay.resp.feed import Kind, Topic
from jackfield.relay.resp.framing import array, bulk, elements, error, integer, nil, text

if TYPE_CHECKING:
    from jackfield.relay.resp.session import RespSession

_KINDS: dict[bytes, Kind] = {
    b"subscribe": "channel", b"unsubscribe": "channel",
    b"psubscribe": "pattern", b"punsubscribe": "pattern",
    b"ssubscribe": "shard", b"sunsubscribe": "shard",
}  # fmt: skip

ALLOWED = frozenset((*_KINDS, b"ping", b"quit", b"reset"))
"""What a RESP2 client may say while it is subscribed."""


class Subscriber:
    """What one client listens to, by name."""

    __slots__ = ("channel", "pattern", "shard")

    def __init__(self) -> None:
        self.channel: dict[bytes, Topic] = {}
        self.pattern: dict[bytes, Topic] = {}
        self.shard: dict[bytes, Topic] = {}

    def of(self, kind: Kind) -> dict[bytes, Topic]:
        return self.shard if kind == "shard" else self.pattern if kind == "pattern" else self.channel

    def count(self, kind: Kind) -> int:
        """The number that a confirmation tells; sharded channels are counted apart."""
        return len(self.shard) if kind == "shard" else len(self.channel) + len(self.pattern)

    @property
    def empty(self) -> bool:
        return not (self.channel or self.pattern or self.shard)

    def leave(self, session: RespSession) -> None:
        """Ends everything."""
        for topics in (self.channel, self.pattern, self.shard):
            for topic in topics.values():
                topic.listeners.discard(session)
                topic.feed.leave(topic)
            topics.clear()


def _subscribe(session: RespSession, arguments: list[bytes], raw: bytes) -> Flow:
    """All of it or, when a shard refuses one of the names, nothing."""
    word = arguments[0].lower()
    kind = _KINDS[word]
    hub, identity = session.hub, session.identity
    assert identity is not None
    subscriber = session.subscriber or Subscriber()
    mine = subscriber.of(kind)
    names = [name for name in arguments[1:] if name not in mine]
    if names:
        feed = hub.pubsub.feed(identity.credentials)
        fresh = {name: feed.topic(kind, name) for name in names}
        for topic in fresh.values():
            topic.pending += 1
        problem = b"?"
        try:
            problem = yield from feed.attach(list(fresh.values()), hub.now() + limits.PATIENCE)
        finally:
            for topic in fresh.values():
                topic.pending -= 1
                if not problem:
                    topic.listeners.add(session)
                feed.leave(topic)
        if problem:
            return problem
    else:
        fresh = {}
    session.subscriber = subscriber
    lines = []
    for name in arguments[1:]:
        mine[name] = fresh.get(name) or mine[name]
        lines.append(_confirmation(session, word, bulk(name), subscriber.count(kind)))
    return session.take_pushes() + b"".join(lines)


def _unsubscribe(session: RespSession, arguments: list[bytes], raw: bytes) -> Flow:
    word = arguments[0].lower()
    kind = _KINDS[word]
    subscriber = session.subscriber or Subscriber()
    mine = subscriber.of(kind)
    lines = []
    for name in arguments[1:] or list(mine):
        topic = mine.pop(name, None)
        if topic is not None:
            topic.listeners.discard(session)
            topic.feed.leave(topic)
        lines.append(_confirmation(session, word, bulk(name), subscriber.count(kind)))
    if not lines:
        lines.append(_confirmation(session, word, nil(session.protocol), subscriber.count(kind)))
    if subscriber.empty:
        session.subscriber = None
    yield from ()
    return session.take_pushes() + b"".join(lines)


def _confirmation(session: RespSession, word: bytes, name: bytes, count: int) -> bytes:
    mark = b">" if session.protocol == 3 else b"*"
    return mark + b"3\r\n" + bulk(word) + name + integer(count)


def publish(session: RespSession, arguments: list[bytes], raw: bytes, slot: int) -> Flow:
    """PUBLISH or SPUBLISH while clients of the router listen: the shard's count is made one of clients."""
    hub, identity = session.hub, session.identity
    assert identity is not None
    link = hub.link_for(identity, slot)
    (reply,) = yield [link.ask(raw, slot, fixed=False)]
    if not reply.startswith(b":"):
        return reply
    return integer(max(0, int(reply[1:-2]) + hub.pubsub.correction(arguments[1], slot >= 0, link.shard)))


def _pubsub(session: RespSession, arguments: list[bytes], raw: bytes) -> Flow:
    word, rest = arguments[1].lower(), arguments[2:]
    pubsub = session.hub.pubsub
    shown = word.decode("utf-8", "replace")
    if word not in _QUESTIONS:
        return error(f"ERR unknown subcommand '{shown}'. Try PUBSUB HELP.")
    most = _QUESTIONS[word]
    if len(rest) > most:
        return error(f"ERR wrong number of arguments for 'pubsub|{shown}' command")
    if most > 1 and not rest:
        return b"*0\r\n"
    replies = yield everywhere(session, raw)
    problem = first_error(replies)
    if problem:
        return problem
    if word == b"numpat":
        patterns = list(pubsub.patterns)
        theirs = sum(int(reply[1:-2]) for reply in replies) - sum(len(topic.links) for topic in patterns)
        return integer(max(0, theirs) + len({topic.name for topic in patterns}))
    if most == 1:
        return array(dict.fromkeys(frame for reply in replies for frame in elements(reply)))
    counts = [[int(text(frame)) for frame in elements(reply)[1::2]] for reply in replies]
    frames: list[bytes] = []
    for name, column in zip(rest, zip(*counts, strict=True), strict=True):
        more = pubsub.correction(name, word == b"shardnumsub", None, patterns=False)
        frames += [bulk(name), integer(max(0, sum(column) + more))]
    return array(frames)


_QUESTIONS = {b"channels": 1, b"numpat": 0, b"numsub": 1 << 20, b"shardchannels": 1, b"shardnumsub": 1 << 20}
"""What PUBSUB can be asked, and how many arguments it takes."""

STEPS: dict[bytes, Callable[[RespSession, list[bytes], bytes], Flow]] = {
    word: _unsubscribe if b"un" in word else _subscribe for word in _KINDS
}
"""Answered by a flow on which everything that follows waits."""

FLOWS: dict[bytes, Callable[[RespSession, list[bytes], bytes], Flow]] = {b"pubsub": _pubsub}
