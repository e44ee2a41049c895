"""Subscriptions at the shards: clients of one user share one connection a shard.

A channel is subscribed at one shard (the cluster hands every PUBLISH to every shard), a sharded channel at the shard
of its slot. When that shard goes, or loses the slot, the subscription moves on; what is published meanwhile is
missed, as pub/sub promises no more.

Events of the keyspace are told by each shard of its own keys only, and go over no bus: who may hear them is subscribed
at every shard, and hears from the others nothing but such events.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Literal

from jackfield.relay.resp import limits
from jackfield.relay.resp.call import AWAY, LOST, Call, Flow, Task
from jackfield.relay.resp.framing import CRLF, request
from jackfield.relay.resp.glob import Glob
from jackfield.relay.resp.redirects import cause_of
from jackfield.relay.resp.slots import slot_of

if TYPE_CHECKING:
    from jackfield.relay.resp.hub import Hub
    from jackfield.relay.resp.identity import Shard
    from jackfield.relay.resp.link import Link
    from jackfield.relay.resp.session import RespSession

Kind = Literal["channel", "pattern", "shard"]

_PREFIXES: dict[Kind, bytes] = {"channel": b"", "pattern": b"P", "shard": b"S"}
_MESSAGES: dict[bytes, Kind] = {b"message": "channel", b"pmessage": "pattern", b"smessage": "shard"}
_SUBSCRIBED: dict[bytes, Kind] = {b"subscribe": "channel", b"psubscribe": "pattern", b"ssubscribe": "shard"}


_EVENTS = (b"__keyspace@", b"__keyevent@")
"""How channels of keyspace events begin."""

_SPECIAL = re.compile(rb"[*?\[\\]")
"""What is not itself in a pattern."""


class Topic:
    """A channel or pattern that clients of one user listen to.

    :ivar wide: events of the keyspace may be among what it hears, so it is subscribed at every shard.
    :ivar link: where it is subscribed; ``None`` while it is not.
    :ivar links: that one, and of a wide topic those to the other shards.
    :ivar pending: clients that wait for it to be subscribed.
    """

    __slots__ = ("feed", "glob", "kind", "link", "links", "listeners", "name", "pending", "wide")

    def __init__(self, feed: Feed, kind: Kind, name: bytes) -> None:
        self.feed = feed
        self.kind = kind
        self.name = name
        self.glob = Glob(name) if kind == "pattern" else None
        self.wide = kind != "shard" and _hears_events(name, pattern=kind == "pattern")
        self.link: Link | None = None
        self.links: set[Link] = set()
        self.listeners: set[RespSession] = set()
        self.pending = 0

    def join(self, link: Link) -> None:
        """It is subscribed there."""
        self.links.add(link)
        self.link = self.link or link

    def part(self, link: Link) -> None:
        """It is subscribed there no more."""
        self.links.discard(link)
        if self.link is link:
            self.link = next(iter(self.links), None)

    def request(self, verb: bytes) -> bytes:
        return request(_PREFIXES[self.kind] + verb, self.name)


def _hears_events(name: bytes, *, pattern: bool) -> bool:
    """Whether a channel is one of keyspace events, or a pattern may match one."""
    if not pattern:
        return name.startswith(_EVENTS)
    fixed = _SPECIAL.split(name, maxsplit=1)[0]
    return any(fixed.startswith(each) or (fixed != name and each.startswith(fixed)) for each in _EVENTS)


class Feed:
    """What clients of one user listen to. It is the *ear* of its links: they hand it what a shard pushes.

    The links speak RESP3, where what is pushed can be told from replies. Each request names one topic, so that it
    has one answer: a push that confirms it, or an error.
    """

    def __init__(self, hub: Hub, credentials: tuple[bytes, bytes] | None) -> None:
        self._hub = hub
        self._identity = hub.identity(credentials, 3)
        self._links: dict[int, Link] = {}
        self._mender: Task | None = None
        self.topics: dict[tuple[Kind, bytes], Topic] = {}
        self.patterns: dict[bytes, Topic] = {}
        hub.enter(self._identity)

    def topic(self, kind: Kind, name: bytes) -> Topic:
        found = self.topics.get((kind, name))
        if found is None:
            found = self.topics[kind, name] = Topic(self, kind, name)
            if kind == "pattern":
                self.patterns[name] = found
        return found

    def attach(self, topics: list[Topic], deadline: float) -> Generator[list[Call] | float, list[bytes], bytes]:
        """Subscribes what is not subscribed yet.

        :param deadline: monotonic time after which a shard that is away is an error.
        :returns: an error's frame, or nothing.
        """
        hub = self._hub
        rounds = 0
        while wanted := [(topic, shard) for topic in topics for shard in self._lacking(topic)]:
            replies = yield [
                self._link(shard).ask(topic.request(b"SUBSCRIBE"), patient=False) for topic, shard in wanted
            ]
            rounds += 1
            pause = rounds > limits.MAX_HOPS
            for reply in replies:
                if reply.startswith(b">"):
                    continue
                cause = cause_of(reply)
                if cause is None and reply not in (AWAY, LOST):
                    return reply
                if cause != "moved" or hub.redirects.target(self._identity, reply) is None:
                    pause = True
            if pause and any(self._lacking(topic) for topic in topics):
                if hub.now() >= deadline:
                    return AWAY
                yield limits.RETRY
        return b""

    def _lacking(self, topic: Topic) -> list[Shard]:
        """The shards at which a topic has to be subscribed."""
        hub = self._hub
        if topic.wide:
            have = {link.shard for link in topic.links}
            return [shard for shard in hub.present() if shard not in have]
        if topic.link is not None:
            return []
        return [hub.shards[hub.slots.owner[slot_of(topic.name)]] if topic.kind == "shard" else hub.any_shard()]

    def _link(self, shard: Shard) -> Link:
        link = self._links.get(shard.index)
        if link is None or link.dead:
            link = self._links[shard.index] = self._identity.borrow(shard)
            link.ear = self
        return link

    def leave(self, topic: Topic) -> None:
        """Ends the subscription of a topic for which nobody is left."""
        if topic.listeners or topic.pending or self.topics.get((topic.kind, topic.name)) is not topic:
            return
        del self.topics[topic.kind, topic.name]
        if topic.kind == "pattern":
            del self.patterns[topic.name]
        for link in topic.links:
            link.ask(topic.request(b"UNSUBSCRIBE"))
        if not self.topics:
            self._hub.after(limits.LINGER, self._rest)

    def _rest(self) -> None:
        """Closes the connections when nothing was subscribed for a while."""
        if not self.topics and self._hub.pubsub.forget(self):
            for link in self._links.values():
                link.ear = None
                self._identity.give_back(link, clean=False)
            self._links.clear()
            self._hub.leave(self._identity)

    # ---- what links say ----

    def heard(self, link: Link, frame: bytes) -> None:
        """Takes a push: a message, a confirmation, or the news that a sharded channel is elsewhere now."""
        _, _, word, length, rest = frame.split(CRLF, 4)
        name = rest[: int(length[1:])]
        kind = _MESSAGES.get(word)
        if kind is not None:
            topic = self.topics.get((kind, name))
            if topic is not None and (topic.link is link or (topic.wide and _is_event(kind, name, rest))):
                _deliver(topic, frame)
        elif link.waiting and link.waiting[0].raw == request(word.upper(), name):
            call = link.waiting.popleft()
            call.reply = frame
            self._hub.rouse(call.owner)
            kind = _SUBSCRIBED.get(word)
            if kind is not None and (topic := self.topics.get((kind, name))) is not None:
                topic.join(link)  # at once: messages may stand right behind
        elif word == b"sunsubscribe" and (topic := self.topics.get(("shard", name))) is not None:
            topic.part(link)
            self.mend()

    def lost(self, link: Link) -> None:
        """A connection ended."""
        if self._links.get(link.shard.index) is link:
            del self._links[link.shard.index]
        self._identity.give_back(link, clean=False)
        for topic in self.topics.values():
            topic.part(link)
        self.mend()

    def part_from(self, shard: Shard) -> None:
        """The shard moved or left."""
        link = self._links.get(shard.index)
        if link is not None:
            link.lose()

    def mend(self) -> None:
        """Has topics subscribed where they are not: after a loss, or at a shard that came."""
        if self._mender is None and any(topic.listeners and self._lacking(topic) for topic in self.topics.values()):
            self._mender = Task(self._hub, self._subscribe_again(), self._mended)
            self._mender.start()

    def _subscribe_again(self) -> Flow:
        yield limits.RETRY / 5  # others of the same batch of events
        homeless = [topic for topic in self.topics.values() if topic.listeners and self._lacking(topic)]
        if (yield from self.attach(homeless, float("inf"))):
            # not allowed any more: at a server the connection ends then, too
            for topic in homeless:
                if self._lacking(topic):
                    for session in list(topic.listeners):
                        session.abort()
        return b""

    def _mended(self, _: bytes) -> None:
        self._mender = None
        self.mend()


def _is_event(kind: Kind, name: bytes, rest: bytes) -> bool:
    """Whether a message is about the keyspace.

    :param rest: the frame from the topic's name on; of a pattern's message the channel stands behind the pattern.
    """
    if kind == "pattern":
        name = rest[len(name) + 2 :].partition(CRLF)[2]
    return name.startswith(_EVENTS)


def _deliver(topic: Topic, frame: bytes) -> None:
    plain = b""
    for session in topic.listeners:
        if session.protocol == 3:
            session.push(frame)
        else:
            plain = plain or b"*" + frame[1:]
            session.push(plain)


class PubSub:
    """The feeds of a route."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._feeds: dict[tuple[bytes, bytes] | None, Feed] = {}

    def feed(self, credentials: tuple[bytes, bytes] | None) -> Feed:
        found = self._feeds.get(credentials)
        if found is None:
            found = self._feeds[credentials] = Feed(self._hub, credentials)
        return found

    def forget(self, feed: Feed) -> bool:
        """Drops a feed; false when it was dropped before."""
        for credentials, each in self._feeds.items():
            if each is feed:
                del self._feeds[credentials]
                return True
        return False

    def widen(self) -> None:
        """A shard came: what listens to events of the keyspace listens to its, too."""
        for feed in list(self._feeds.values()):
            feed.mend()

    def part_from(self, shard: Shard) -> None:
        for feed in list(self._feeds.values()):
            feed.part_from(shard)

    @property
    def patterns(self) -> Iterator[Topic]:
        """The patterns that clients of the route listen to; what several users listen to comes several times."""
        return (topic for feed in self._feeds.values() for topic in feed.patterns.values())

    @property
    def busy(self) -> bool:
        return any(feed.topics for feed in self._feeds.values())

    def correction(self, name: bytes, sharded: bool, shard: Shard | None, patterns: bool = True) -> int:
        """How many more clients listen to a channel than shards count, who know the router's connections only.

        :param shard: the shard that counted; ``None`` when all did.
        :param patterns: whether listeners to matching patterns count.
        """
        more = 0
        for feed in self._feeds.values():
            topic = feed.topics.get(("shard" if sharded else "channel", name))
            if topic is not None:
                more += _uncounted(topic, shard)
        if patterns and not sharded:
            for topic in self.patterns:
                if topic.glob is not None and topic.glob.matches(name):
                    more += _uncounted(topic, shard)
        return more


def _uncounted(topic: Topic, shard: Shard | None) -> int:
    if topic.link is None:
        return 0
    counted = sum(shard is None or link.shard is shard for link in topic.links)
    if topic.kind == "shard" and not counted:
        return 0  # that shard has the slot no more, or not yet: nobody hears what is published there
    return len(topic.listeners) - counted
