"""kill -9 of the API process and of the supervisor at any moment of a transition: it completes, and nobody notices."""

from __future__ import annotations

import itertools
import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from socket import socket

import pytest

from tests.chaos.caller import Caller, Unknown
from tests.chaos.dialling import Place, is_closed, logged_in, pings, refuses, shard_at
from tests.chaos.load import Load, ordinary_places
from tests.running import Running

pytestmark = pytest.mark.chaos

GROUP = "chaos"
KINDS = ("api", "supervisor", "api", "both", "api")


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    ("pace", "window", "kills", "seed"),
    [("instant", 0.08, 36, 20240229), ("fast", 0.4, 8, 20240301)],
)
def test_transitions_complete(pace: str, window: float, kills: int, seed: int, tmp_path: Path) -> None:
    """A kill at a random moment from the call on, each time, ``kills`` times: 52 processes in both runs together.

    :param window: seconds from the call within which the kill falls.
    """
    print(f"seed {seed}")
    with Running(tmp_path, "--pace", pace) as jackfield:
        trial = _Trial(jackfield, random.Random(seed), window)
        with Load(ordinary_places(jackfield, trial.cluster, trial.standard)) as load, trial:
            for number in range(kills):
                try:
                    trial.round(KINDS[number % len(KINDS)])
                    load.check()
                except BaseException as error:
                    error.add_note(f"round {number}: {trial.doing}\n{jackfield.log('api')}")
                    raise
        print(f"{dict(trial.done)}, {load.rounds} rounds of the load")
        assert trial.done["allocated"] >= kills // 4
        assert trial.done["released"] >= kills // 4


class _Trial:
    """A cluster whose direct endpoint comes and goes."""

    def __init__(self, jackfield: Running, chance: random.Random, window: float) -> None:
        self.jackfield = jackfield
        self.chance = chance
        self.window = window
        self.cluster = jackfield.create(shards=3)
        self.standard = jackfield.create(shards=0)
        self.caller = Caller(jackfield)
        self.doing = ""
        self.done: Counter[str] = Counter()
        self._shards: dict[Place, str] = {}
        self._held: list[socket] = []
        self._entries = itertools.count(1)
        self._killer = ThreadPoolExecutor(1)

    def __enter__(self) -> _Trial:
        return self

    def __exit__(self, *exc: object) -> None:
        self._killer.shutdown()
        for connection in self._held:
            connection.close()

    def round(self, kind: str) -> None:
        """Allocates or releases, whichever is possible, while something is killed; then looks at what is true."""
        had = self.caller.direct(self.cluster) is not None
        delay = self.chance.uniform(0.0, self.window)
        self.doing = f"{kind} killed {delay * 1000:.0f} ms after {'release' if had else 'allocate'}"
        call = self.caller.release if had else self.caller.allocate
        killing = self._killer.submit(self._kill, kind, time.monotonic() + delay)
        answered = self._attempt(lambda: call(self.cluster))
        acknowledged, attempted = self._write_until(killing)
        killing.result()
        self.done[kind] += 1

        self.caller.wait_normal(self.cluster)
        has = self.caller.direct(self.cluster) is not None
        assert has != had or not answered, "an acknowledged call had no effect"
        if has:
            self._look_at_direct(fresh=not had)
        elif had:
            self._look_at_released()
        if attempted:
            entry = self.caller.group(self.cluster, GROUP)
            assert entry in attempted[attempted.index(acknowledged) :], (entry, acknowledged, attempted)

    def _kill(self, kind: str, at: float) -> None:
        time.sleep(max(0.0, at - time.monotonic()))
        if kind == "api":
            self.jackfield.kill_api()
            return
        first, second = self.jackfield.kill_supervisor, self.jackfield.kill_api
        if kind == "supervisor":
            first()
        else:
            first()
            second()
        self.jackfield.up()

    def _attempt(self, call: Callable[[], None]) -> bool:
        """Whether the call was acknowledged."""
        try:
            call()
        except Unknown:
            self.done["unknown"] += 1
            return False
        return True

    def _write_until(self, killing: Future[None]) -> tuple[str, list[str]]:
        """Changes a whitelist again and again until the kill is over: the last entry acknowledged, all in order."""
        attempted = [self.caller.group(self.cluster, GROUP)]
        acknowledged = attempted[0]
        end = time.monotonic() + 60
        while time.monotonic() < end:
            over = killing.done()
            number = next(self._entries)
            entry = f"10.0.{number // 250}.{number % 250}"
            attempted.append(entry)
            if self._attempt(lambda entry=entry: self.caller.set_group(self.cluster, GROUP, entry)):  # type: ignore[misc]
                acknowledged = entry
                self.done["acknowledged"] += 1
            else:
                time.sleep(0.01)  # nobody answers: the next API process is on its way
                continue
            if over:
                return acknowledged, attempted
        raise AssertionError("no answer within 60 s at the address that the API had")

    def _look_at_direct(self, *, fresh: bool) -> None:
        """The direct endpoint is dialled at every shard; connections to it that were held before are held still."""
        info = self.caller.direct(self.cluster)
        assert info is not None
        places = [(address, int(info.port)) for address in self.jackfield.names()[info.connection_string]]
        assert len(places) == 3
        shards = {place: shard_at(place) for place in places}
        assert len(set(shards.values())) == 3
        self._shards = self._shards or shards
        assert shards == self._shards, "an address leads to another shard than before"
        assert [pings(connection) for connection in self._held] == [True] * len(self._held)
        if fresh:
            self.done["allocated"] += 1
            self._held = [logged_in(place) for place in places]

    def _look_at_released(self) -> None:
        """Nothing of the direct endpoint is left, at the very moment at which the status says so."""
        assert [is_closed(connection) for connection in self._held] == [True] * len(self._held)
        assert all(refuses(place) for place in self._shards)
        assert not any("direct" in name for name in self.jackfield.names())
        for connection in self._held:
            connection.close()
        self._held = []
        self.done["released"] += 1
