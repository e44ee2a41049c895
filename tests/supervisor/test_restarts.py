"""Processes that die are started again: at once if they had started, else ever more slowly."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

from jackfield.supervisor.restarts import LONGEST_PAUSE, SETTLED_SECONDS, Restarts
from tests.running import Running

KILLS = 6


def test_what_cannot_start_is_tried_ever_more_slowly() -> None:
    restarts = Restarts()
    pauses = [restarts.pause("relay", 0.1, was_ready=False) for _ in range(8)]
    assert pauses[:2] == [0.0, 0.0]
    assert all(earlier < later for earlier, later in itertools.pairwise(pauses[1:6]))
    assert pauses[-1] == LONGEST_PAUSE


def test_what_was_ready_is_back_at_once() -> None:
    restarts = Restarts()
    assert {restarts.pause("api", 0.1, was_ready=True) for _ in range(100)} == {0.0}


def test_a_start_that_worked_forgives_those_that_failed() -> None:
    restarts = Restarts()
    for _ in range(8):
        restarts.pause("relay", 0.1, was_ready=False)
    assert restarts.pause("relay", SETTLED_SECONDS + 1, was_ready=False) == 0.0
    assert restarts.pause("relay", 0.1, was_ready=False) == 0.0
    for _ in range(8):
        restarts.pause("api", 0.1, was_ready=False)
    assert restarts.pause("api", 0.1, was_ready=True) == 0.0


def test_processes_are_counted_apart() -> None:
    restarts = Restarts()
    for _ in range(8):
        restarts.pause("relay-router", 0.1, was_ready=False)
    assert restarts.pause("relay-plain", 0.1, was_ready=False) == 0.0


def test_an_api_that_is_killed_again_and_again(tmp_path: Path) -> None:
    """Each time as soon as it is ready: the supervisor never waits before it starts the next one."""
    with Running(tmp_path, "--engines", "none") as running:
        for _ in range(KILLS):
            running.kill_api()
            running.wait_ready()
        told = re.findall(r"api \(\d+\) ended after .* s; the next one in (.*) s", running.log("supervisor"))
    assert told == ["0.0"] * KILLS
