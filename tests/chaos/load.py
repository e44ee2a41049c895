"""Clients of ordinary addresses that must notice nothing while processes are killed."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.running import PASSWORD, Running, until

NEVER = Retry(NoBackoff(), 0)
"""What a client is given that must not try again by itself."""

_PATIENCE = 30.0
"""Seconds that a reply may take; longer is a failure."""
_LOADS = itertools.count()
"""Keeps the keys of several loads on the same databases apart."""
_PAUSE = 0.002
"""Seconds between two rounds, so that the load leaves the processor to what is tested."""


class Load(threading.Thread):
    """Real Redis clients, each on one connection that is never opened again.

    Every reply is checked, the running total of each client's INCR included: a write that happened twice, or not at
    all, shows. Nothing is retried; a client that failed once is out.

    :param places: address and port; each gets ``each`` clients.
    :param tag: hash tag of every key, for a load that stays on one shard of a cluster; empty: keys anywhere.
    """

    def __init__(self, places: Sequence[tuple[str, int]], *, each: int = 2, tag: str = "") -> None:
        super().__init__(name="load", daemon=True)
        apart = next(_LOADS)
        self._ended = threading.Event()
        self._clients: dict[int, redis.Redis] = {}
        self._ports: dict[int, tuple[str, int]] = {}
        self._keys: dict[int, str] = {}
        self.failures: list[str] = []
        self.rounds = 0
        for number, place in enumerate(place for place in places for _ in range(each)):
            client = redis.Redis(
                *place, password=PASSWORD, single_connection_client=True, retry=NEVER, socket_timeout=_PATIENCE
            )
            client.ping()
            self._clients[number] = client
            self._ports[number] = _own_port(client)
            self._keys[number] = f"{{{tag}}}:{apart}:{number}" if tag else f"load:{apart}:{number}"

    def __enter__(self) -> Load:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def run(self) -> None:
        while not self._ended.is_set():
            for number, client in list(self._clients.items()):
                try:
                    self._work(number, client)
                except Exception as error:
                    self.failures.append(f"client {number}, round {self.rounds}: {type(error).__name__}: {error}")
                    client.close()
                    del self._clients[number]
            self.rounds += 1
            self._ended.wait(_PAUSE)

    def check(self) -> None:
        """No client failed, all hold the connection that they began with, and they are still being served."""
        begun = self.rounds
        until("the load goes on", lambda: self.rounds > begun + 1)
        assert not self.failures, "\n".join(self.failures)
        now = {number: _own_port(client) for number, client in self._clients.items()}
        assert now == self._ports, f"other connections than at the beginning: {now}, {self._ports}"

    def stop(self) -> None:
        self._ended.set()
        self.join(_PATIENCE + 10)
        for client in self._clients.values():
            client.close()

    def _work(self, number: int, client: redis.Redis) -> None:
        key, total = self._keys[number], self.rounds + 1
        _expect(client.incr(f"{key}:total"), total)
        _expect(client.set(f"{key}:{total % 50}", total), True)
        _expect(client.get(f"{key}:{total % 50}"), b"%d" % total)


def _expect(reply: Any, wanted: Any) -> None:
    if reply != wanted:
        raise AssertionError(f"{reply!r} instead of {wanted!r}")


def _own_port(client: redis.Redis) -> tuple[str, int]:
    """This end of the client's one connection: another one would have another port."""
    assert client.connection is not None
    sock = client.connection._sock
    assert sock is not None, "the client has no connection"
    place: tuple[str, int] = sock.getsockname()
    return place


def ordinary_places(jackfield: Running, *instances: str) -> list[tuple[str, int]]:
    """Where the ordinary addresses of instances are dialled."""
    names = jackfield.names()
    return [(names[jackfield.name(instance)][0], 6379) for instance in instances]
