"""The promises of the event loop itself."""

from __future__ import annotations

import os
import select
import socket
from collections.abc import Callable
from functools import partial

import pytest

from jackfield.relay.loop import READ, Handler, Loop


def fail(handler: Handler, error: Exception) -> None:
    raise AssertionError from error


class Calls:
    """A handler that does what it is told."""

    def __init__(self, action: Callable[[], None]) -> None:
        self._action = action

    def on_event(self, events: int) -> None:
        self._action()


def is_open(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


@pytest.fixture(params=["epoll", "poll"])
def loop(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Loop:
    """One loop on what this system has, one on what macOS has."""
    if request.param == "poll" and hasattr(select, "epoll"):
        monkeypatch.delattr(select, "epoll")
    return Loop(fail)


def test_a_closed_socket_stays_open_for_the_batch_and_is_closed_before_what_comes_soon(loop: Loop) -> None:
    left, right = socket.socketpair()
    seen: list[bool] = []
    with right:
        fd = left.fileno()

        def close() -> None:
            loop.close(left)
            seen.append(is_open(fd))
            loop.call_soon(lambda: seen.append(is_open(fd)))
            loop.call_soon(loop.stop)

        loop.register(fd, Calls(close))
        right.send(b"x")
        loop.run()
    assert seen == [True, False]


def test_what_one_callback_closes_is_closed_before_the_next(loop: Loop) -> None:
    left, right = socket.socketpair()
    seen: list[bool] = []
    with right:
        fd = left.fileno()
        loop.call_soon(lambda: loop.close(left))
        loop.call_soon(lambda: seen.append(is_open(fd)))
        loop.call_soon(loop.stop)
        loop.run()
    assert seen == [False]


def test_an_event_of_a_forgotten_descriptor_is_dropped(loop: Loop) -> None:
    pairs = [socket.socketpair() for _ in range(2)]
    served: list[int] = []

    def serve(number: int) -> None:
        served.append(number)
        loop.forget(pairs[1 - number][0].fileno())  # the other one is ready in the same batch
        loop.call_soon(loop.stop)

    for number, (left, right) in enumerate(pairs):
        right.send(b"x")
        loop.register(left.fileno(), Calls(partial(serve, number)), READ)
    loop.run()
    assert len(served) == 1
    for pair in pairs:
        for sock in pair:
            sock.close()


def test_timers_run_in_order_and_can_be_taken_back(loop: Loop) -> None:
    seen: list[str] = []
    loop.call_later(0.002, lambda: seen.append("second"))
    loop.call_later(0.001, lambda: seen.append("first"))
    loop.call_later(0.0015, lambda: seen.append("never")).cancel()
    loop.call_later(0.003, loop.stop)
    loop.run()
    assert seen == ["first", "second"]


def test_a_callback_that_fails_stops_nothing(loop: Loop, caplog: pytest.LogCaptureFixture) -> None:
    seen: list[str] = []
    loop.call_soon(lambda: seen.append(str(1 // 0)))
    loop.call_soon(lambda: seen.append("next"))
    loop.call_soon(loop.stop)
    loop.run()
    assert seen == ["next"]
    assert "ZeroDivisionError" in caplog.text


def test_a_handler_that_fails_is_reported_and_the_others_are_served() -> None:
    failures: list[Exception] = []
    loop = Loop(lambda handler, error: failures.append(error))
    pairs = [socket.socketpair() for _ in range(2)]
    served: list[str] = []

    def broken() -> None:
        loop.forget(pairs[0][0].fileno())
        raise KeyError("broken")

    def sound() -> None:
        served.append("sound")
        loop.stop()

    for (left, right), action in zip(pairs, (broken, sound), strict=True):
        right.send(b"x")
        loop.register(left.fileno(), Calls(action))
    loop.run()
    assert [type(failure) for failure in failures] == [KeyError]
    assert served == ["sound"]
    for pair in pairs:
        for sock in pair:
            sock.close()
