"""Clients of a cluster that work without a pause while its shards come and go."""

from __future__ import annotations

import contextlib
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import redis

from tests.running import PASSWORD, Running

KEYS = 2_000
"""Keys that are written once, before."""
PAUSE = 0.005
"""Seconds between a worker's rounds: the machine is to be busy, not full."""
WINDOW = 400
"""Keys of one worker that are written again and again."""


def fill(address: str) -> None:
    """Writes what stays as it is: many small values, a large one, and a slot with many keys."""
    with redis.Redis(host=address, password=PASSWORD) as client:
        client.mset({f"still:{number}": number for number in range(KEYS)})
        client.rpush("{big}list", *range(5_000))
        client.mset({f"{{big}}:{number}": "x" * 100 for number in range(1_000)})


class Worker(threading.Thread):
    """Writes and reads without a pause, knows what every reply must be, and keeps whatever else comes."""

    def __init__(self, name: str, connect: Callable[[], Any]) -> None:
        super().__init__(name=name, daemon=True)
        self._connect = connect
        self._ended = threading.Event()
        self.failures: list[str] = []
        self.last: dict[str, int] = {}
        self.rounds = 0

    def run(self) -> None:
        with self._connect() as client:
            while not self._ended.is_set():
                try:
                    self._round(client)
                except Exception as error:
                    self.failures.append(f"{self.name}, round {self.rounds}: {type(error).__name__}: {error}")
                    return
                self.rounds += 1
                self._ended.wait(PAUSE)

    def _round(self, client: Any) -> None:
        number = self.rounds
        key = f"{self.name}:{number % WINDOW}"
        expect(client.set(key, number), True)
        self.last[key] = number
        expect(client.get(key), b"%d" % number)
        expect(client.incr(f"{self.name}:count"), number + 1)
        together = [f"{{{self.name}:{number % 50}}}:{one}" for one in range(3)]
        expect(client.mset(dict.fromkeys(together, number)), True)
        expect(client.mget(together), [b"%d" % number] * 3)
        expect(client.delete(together[0]), 1)
        expect(client.mget(together), [None, b"%d" % number, b"%d" % number])
        expect(client.get(f"still:{number % KEYS}"), b"%d" % (number % KEYS))
        if isinstance(client, redis.Redis):
            with client.pipeline(transaction=True) as both:
                both.set(f"{{{key}}}:both", number)
                both.incr(f"{{{key}}}:both")
                expect(both.execute(), [True, number + 1])
        expect(client.rpush(f"{self.name}:queue:{number % 7}", number), 1)
        expect(client.blpop([f"{self.name}:queue:{number % 7}"], 5)[1], b"%d" % number)

    def stop(self) -> None:
        self._ended.set()
        self.join(20)


class Scanner(Worker):
    """Looks for all keys that are there all the time, again and again."""

    def _round(self, client: Any) -> None:
        found = set(client.scan_iter("still:*", count=500))
        missing = {b"still:%d" % number for number in range(KEYS)} - found
        if missing:
            raise AssertionError(f"{len(missing)} keys are not found: {sorted(missing)[:5]}")


class Newcomer(Worker):
    """A cluster client that has just come, by whichever address the name leads to."""

    def __init__(self, jackfield: Running, direct: str) -> None:
        super().__init__("newcomer", contextlib.nullcontext)
        self._jackfield = jackfield
        self._direct = direct

    def _round(self, client: Any) -> None:
        address = random.choice(self._jackfield.names()[self._direct])
        try:
            with redis.RedisCluster(host=address, port=6379, password=PASSWORD) as shards:
                expect(shards.get(f"still:{self.rounds % KEYS}"), b"%d" % (self.rounds % KEYS))
        except redis.RedisError:
            if address in self._jackfield.names()[self._direct]:  # else the shard has left
                raise


class Listener(Worker):
    """Says something on a channel and hears it; a message may get lost when its shard leaves, but not more."""

    def __init__(self, name: str, connect: Callable[[], Any]) -> None:
        super().__init__(name, connect)
        self.missed = 0
        self._channel: Any = None

    def _round(self, client: Any) -> None:
        if self._channel is None:
            self._channel = client.pubsub(ignore_subscribe_messages=True)
            self._channel.subscribe(self.name)
            self._channel.get_message(timeout=5)
        wanted = b"%d" % self.rounds
        client.publish(self.name, wanted)
        heard = self._channel.get_message(timeout=1)
        if heard is None:
            self.missed += 1
        else:
            expect(heard["data"], wanted)

    def stop(self) -> None:
        super().stop()
        if self._channel is not None:
            self._channel.close()


def expect(reply: Any, wanted: Any) -> None:
    if reply != wanted:
        raise AssertionError(f"{reply!r} instead of {wanted!r}")


@contextmanager
def working(jackfield: Running, instance: str) -> Iterator[list[Worker]]:
    """Clients through the router and two at the direct addresses; they have ended afterwards."""
    ordinary, direct = jackfield.name(instance), jackfield.name(instance, "direct")
    load = [
        Scanner("scanner", lambda: redis.Redis(host=ordinary, password=PASSWORD)),
        Listener("listener", lambda: redis.Redis(host=ordinary, password=PASSWORD)),
        Newcomer(jackfield, direct),
        Worker("proxy-0", lambda: redis.Redis(host=ordinary, password=PASSWORD)),
        Worker("proxy-1", lambda: redis.Redis(host=ordinary, password=PASSWORD)),
        Worker("direct-0", lambda: redis.RedisCluster(host=direct, port=6379, password=PASSWORD)),
        Worker("direct-1", lambda: redis.RedisCluster(host=direct, port=6379, password=PASSWORD)),
    ]
    for worker in load:
        worker.start()
    try:
        yield load
    finally:
        for worker in load:
            worker.stop()


def failures(load: list[Worker]) -> list[str]:
    return [failure for worker in load for failure in worker.failures]


def missed(load: list[Worker]) -> int:
    """Messages that nobody heard."""
    return sum(worker.missed for worker in load if isinstance(worker, Listener))


def check(jackfield: Running, instance: str, load: list[Worker]) -> None:
    """Everything that was acknowledged is there, in both modes; the workers have ended."""
    direct = jackfield.name(instance, "direct")
    with (
        redis.Redis(host=jackfield.name(instance), password=PASSWORD) as plain,
        redis.RedisCluster(host=direct, port=6379, password=PASSWORD) as shards,
    ):
        for client in (plain, shards):
            for worker in load:
                if not worker.last:
                    continue
                wanted = {**worker.last, f"{worker.name}:count": worker.rounds}
                assert {key: int(client.get(key)) for key in wanted} == wanted
        assert plain.mget([f"still:{number}" for number in range(KEYS)]) == [b"%d" % number for number in range(KEYS)]
        assert plain.lrange("{big}list", 0, -1) == [b"%d" % number for number in range(5_000)]
        assert len({*plain.scan_iter("{big}:*", count=500)}) == 1_000
