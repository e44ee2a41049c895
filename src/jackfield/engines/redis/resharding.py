"""Shards join a running cluster, slots move between them, shards leave.

Everything is asked of the servers themselves, so each step may be repeated, by whichever process, wherever the last one
was killed.

Keys move with MIGRATE, which is one step for both servers: at no moment is a key at neither of them, and clients see it
at one. It needs a TCP port of the server that gets them, which is opened at a random number for the time of the move;
whoever connects there has to log in, and the user who moves keys may do nothing else.
"""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

from jackfield.engines.engine import EngineFailed
from jackfield.engines.redis.client import Client, RedisError, Words
from jackfield.engines.redis.node import BUS_PORT, RedisNode
from jackfield.engines.redis.process import connect
from jackfield.engines.redis.users import sha256
from jackfield.slots import Ranges

MOVER = "jackfield-mover"
"""The user as whom the server that gives keys away logs in to the one that gets them."""

_PATIENCE = 30.0
"""Seconds that an answer may take: a server moves many keys, or a large one, in one step."""
_MIGRATE_MILLISECONDS = 10_000
_PORTS = range(20_000, 60_000)
_TRIES = 20
_BATCH = 64
"""Slots that the receiving shard is told of at once; no client notices that."""
_EMPTY_AT_ONCE = 16
"""Empty slots that leave at once: while they do, clients are sent after keys that are not there."""
_AT_ONCE = 100
"""Keys of a slot that move together with the slot's announcement; a slot with more is emptied bit by bit before."""
_UNSURE = frozenset(("handshake", "fail", "fail?", "noaddr"))


class Peer(NamedTuple):
    """What a shard says of one in its cluster."""

    flags: frozenset[str]
    linked: bool
    slots: frozenset[int]


def peers(client: Client) -> dict[str, Peer]:
    """Everybody whom a shard knows, by id, itself included."""
    found = {}
    for line in client.text("CLUSTER", "NODES").splitlines():
        words = line.split(" ")
        flags = frozenset(words[2].split(","))
        owned: set[int] = set()
        for word in words[8:]:
            if not word.startswith("["):  # a slot on its way
                low, _, high = word.partition("-")
                owned.update(range(int(low), int(high or low) + 1))
        found[words[0]] = Peer(flags, "myself" in flags or words[7] == "connected", frozenset(owned))
    return found


def join(nodes: Sequence[RedisNode]) -> bool:
    """Introduces every shard to every other; whether all know each other already.

    :raises EngineFailed: a shard does not answer or refuses.
    """
    complete = True
    with _explained(), _connected(nodes) as clients:
        for node in nodes:
            known = peers(clients[node.id])
            for other in nodes:
                peer = known.get(other.id)
                if peer is None:
                    clients[node.id].command("CLUSTER", "MEET", other.address, other.announce_port, BUS_PORT)
                if peer is None or peer.flags & _UNSURE or not peer.linked:
                    complete = False
    return complete


def copy_functions(source: RedisNode, target: RedisNode) -> None:
    """Gives a new shard the functions that clients loaded into the others; Redis 6.2 knows none.

    :raises EngineFailed: a shard does not answer or refuses.
    """
    with _explained(), connect(source) as old, connect(target) as new:
        (library,) = old.commands(("FUNCTION", "DUMP"))
        if not isinstance(library, RedisError):
            new.command("FUNCTION", "RESTORE", library, "REPLACE")


def move(nodes: Sequence[RedisNode], wanted: Mapping[str, Ranges], seconds: float) -> int:
    """Moves slots with their keys until every shard has the wanted ones, or the time is over.

    Clients go on: those who ask for a key that has left are sent after it (ASK, then MOVED).

    :param nodes: the whole cluster, all running and acquainted. :param wanted: by id; every slot is somebody's.
    :param seconds: how long to go on at most, give or take a batch.
    :return: how many slots are still to move.
    :raises EngineFailed: a shard does not answer, refuses, or cannot reach the other.
    """
    deadline = time.monotonic() + seconds
    with _explained(), _connected(nodes) as clients:
        owned = {node.id: set(peers(clients[node.id])[node.id].slots) for node in nodes}
        for target in nodes:
            slots = _expand(wanted.get(target.id, ()))
            if slots <= owned[target.id] and not any(slots & owned[other] for other in owned if other != target.id):
                continue
            work = _Move(clients, target)
            for source in [node for node in nodes if node is not target]:
                # Of a move that was broken off at its last step: the target has said that it has them.
                work.announce(sorted(slots & owned[source.id] & owned[target.id]))
                going = sorted(slots & (owned[source.id] - owned[target.id]))
                for start in range(0, len(going), _BATCH):
                    if time.monotonic() > deadline:
                        return _left(wanted, clients)
                    work.carry(going[start : start + _BATCH], source)
        return _left(wanted, clients)


def agreed(nodes: Sequence[RedisNode], wanted: Mapping[str, Ranges]) -> bool:
    """Whether every shard says of every shard that it has the wanted slots.

    :raises EngineFailed: a shard does not answer or refuses.
    """
    right = {id: _expand(ranges) for id, ranges in wanted.items()}
    with _explained(), _connected(nodes) as clients:
        return all(
            {id: set(peer.slots) for id, peer in peers(client).items() if peer.slots} == right
            for client in clients.values()
        )


def forget(nodes: Sequence[RedisNode], leaving: Sequence[str]) -> bool:
    """Makes shards that stay forget those that leave, which have no slots any more; whether nobody knows them.

    Each has to be told within a minute of the first, or it tells the others again: then this is repeated.

    :raises EngineFailed: a shard does not answer or refuses.
    """
    with _explained(), _connected(nodes) as clients:
        for client in clients.values():
            for id in leaving:
                if id in peers(client):
                    client.command("CLUSTER", "FORGET", id)
        return not any(id in peers(client) for client in clients.values() for id in leaving)


def close(nodes: Sequence[RedisNode]) -> None:
    """Takes back what moving needed: the port, the user, the memory without limit.

    :raises EngineFailed: a shard does not answer or refuses.
    """
    with _explained(), _connected(nodes) as clients:
        for node in nodes:
            client = clients[node.id]
            client.command("CONFIG", "SET", "port", 0)
            client.command("CONFIG", "SET", "maxmemory", node.memory)
            client.command("ACL", "DELUSER", MOVER)


class _Move:
    """Slots that go to one shard.

    :param clients: of the whole cluster, by id.
    """

    def __init__(self, clients: Mapping[str, Client], target: RedisNode) -> None:
        self._clients = clients
        self._target = target
        self._to = clients[target.id]
        self._password = secrets.token_hex(32)
        rules = ("on", f"#{sha256(self._password)}", "~*", "-@all", "+restore-asking", "+restore", "+select")
        self._to.command("ACL", "SETUSER", MOVER, "reset", *rules)
        # The shards of a smaller cluster may have to hold more than they are allowed to grow to by themselves.
        self._to.command("CONFIG", "SET", "maxmemory", 0)
        self._port = self._open()

    def carry(self, slots: Sequence[int], source: RedisNode) -> None:
        """Moves slots of one shard."""
        here = self._clients[source.id]
        _check(self._to.commands(*(("CLUSTER", "SETSLOT", slot, "IMPORTING", source.id) for slot in slots)))
        found = dict(zip(slots, _check(here.commands(*map(_keys_in, slots))), strict=True))
        empty = [slot for slot, keys in found.items() if not keys]
        for start in range(0, len(empty), _EMPTY_AT_ONCE):
            part = empty[start : start + _EMPTY_AT_ONCE]
            _check(here.commands(*(self._leaving(slot) for slot in part)))
            self._hand_over(part, here)
        for slot, keys in found.items():
            if 0 < len(keys) < _AT_ONCE:
                # The slot's keys and the word that they have left are one step, so that commands with several keys
                # find all of them at one place.
                _check(here.commands(("MULTI",), self._migrate(keys), self._leaving(slot), ("EXEC",)))
                self._hand_over([slot], here)
            elif keys:
                here.command(*self._leaving(slot))
                self._hand_over([slot], here)
        self.announce(slots)

    def _hand_over(self, slots: Sequence[int], here: Client) -> None:
        """Moves what is in slots that are leaving, then says that they have left."""
        for slot, keys in zip(slots, _check(here.commands(*map(_keys_in, slots))), strict=True):
            while keys:
                here.command(*self._migrate(keys))
                keys = here.command(*_keys_in(slot))
        moved = [("CLUSTER", "SETSLOT", slot, "NODE", self._target.id) for slot in slots]
        _check(self._to.commands(*moved))
        _check(here.commands(*moved))

    def announce(self, slots: Sequence[int]) -> None:
        """Tells every other shard whose these slots are now."""
        if slots:
            for id, client in self._clients.items():
                if id != self._target.id:
                    _check(client.commands(*(("CLUSTER", "SETSLOT", slot, "NODE", self._target.id) for slot in slots)))

    def _leaving(self, slot: int) -> Words:
        return ("CLUSTER", "SETSLOT", slot, "MIGRATING", self._target.id)

    def _migrate(self, keys: Sequence[bytes]) -> Words:
        """REPLACE: of a key that is at both places, after a server was killed, the source's is the one in use."""
        place = (self._target.address, self._port, "", 0, _MIGRATE_MILLISECONDS)
        return ("MIGRATE", *place, "REPLACE", "AUTH2", MOVER, self._password, "KEYS", *keys)

    def _open(self) -> int:
        """The port at which the target gets keys; it may be open already."""
        for _ in range(_TRIES):
            port = int(self._to.command("CONFIG", "GET", "port")[1])
            if port:
                return port
            candidate = random.choice(_PORTS)
            if candidate != self._target.announce_port:
                self._to.commands(("CONFIG", "SET", "port", candidate))
        raise EngineFailed(f"shard {self._target.id} finds no free port at {self._target.address}")


def _keys_in(slot: int) -> Words:
    """The question for some keys of a slot."""
    return ("CLUSTER", "GETKEYSINSLOT", slot, _AT_ONCE)


def _left(wanted: Mapping[str, Ranges], clients: Mapping[str, Client]) -> int:
    """How many slots are not where they should be, or are claimed by another shard as well."""
    owned = {id: peers(client)[id].slots for id, client in clients.items()}
    left = 0
    for id, ranges in wanted.items():
        slots = _expand(ranges)
        left += len(slots - owned[id])
        left += sum(len(slots & owned[id] & owned[other]) for other in owned if other != id)
    return left


def _expand(ranges: Ranges) -> set[int]:
    return {slot for low, high in ranges for slot in range(low, high + 1)}


def _check(answers: list[Any]) -> list[Any]:
    """:raises RedisError: one of the answers is an error."""
    for answer in answers:
        if isinstance(answer, RedisError):
            raise answer
    return answers


@contextmanager
def _connected(nodes: Sequence[RedisNode]) -> Iterator[dict[str, Client]]:
    with ExitStack() as stack:
        yield {node.id: stack.enter_context(connect(node, _PATIENCE)) for node in nodes}


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except RedisError as error:
        raise EngineFailed(f"a shard refuses: {error}") from error
