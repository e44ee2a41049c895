"""kill -9 of the relay at awkward moments, and what the next one knows."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from jackfield.relay.client import RelayDown
from jackfield.relay.route import Ack

if TYPE_CHECKING:
    from tests.relay.conftest import Bench, Tools

pytestmark = pytest.mark.chaos


def test_every_listener_is_back_after_a_kill(bench: Bench, tools: Tools) -> None:
    target = bench.serve().target
    routes = [bench.route(target, owner=f"o{number % 7}") for number in range(100)]
    for number in range(7):
        bench.client.replace(f"o{number}", routes[number::7])
    sock = bench.dial(routes[0])
    sock.sendall(b"x")
    assert tools.receive(sock, 1) == b"x"
    bench.relay.kill()
    with suppress(ConnectionResetError):
        assert sock.recv(1) == b""
    assert all(tools.refuses(route) for route in routes)
    with pytest.raises(RelayDown):
        bench.client.hello()
    bench.relay.start()
    greeting = bench.client.hello()
    assert (greeting.pid, greeting.listeners, greeting.unbound) == (bench.relay.pid, 100, ())
    assert {route.key for route in bench.client.routes()} == {route.key for route in routes}
    for route in routes:
        sock = bench.dial(route)
        sock.sendall(b"y")
        assert tools.receive(sock, 1) == b"y"


def test_a_removal_that_was_under_way_is_not_undone(bench: Bench, tools: Tools) -> None:
    target = bench.serve().target
    slow, quick = bench.route(target, drain=3000), bench.route(target)
    bench.client.replace("o", [slow, quick])
    socks = [bench.dial(route) for route in (slow, quick, quick)]
    for sock in socks:
        sock.sendall(b"x")
        assert tools.receive(sock, 1) == b"x"
    down = threading.Event()

    def release() -> None:
        try:
            bench.client.replace("o", [], timeout=30)
        except RelayDown:
            down.set()

    releaser = threading.Thread(target=release)
    releaser.start()
    assert tools.is_reset(socks[1])  # the quick one was cut, the slow one drains
    assert tools.is_reset(socks[2])
    tools.until(lambda: bench.client.counts() == {"o": 1})
    bench.relay.kill()
    releaser.join()
    assert down.is_set()
    bench.relay.start()
    assert bench.client.routes() == []
    assert bench.client.hello().listeners == 0
    assert tools.refuses(slow)
    assert tools.refuses(quick)
    ack = bench.client.replace("o", [])
    assert sorted(ack.closed) == sorted(f"{route.address}:6379" for route in (slow, quick))
    assert (ack.lost, ack.cut, ack.live) == (True, 2, 0)
    assert bench.client.replace("o", []) == ack
    bench.relay.kill()
    bench.relay.start()
    assert bench.client.replace("o", []) == ack  # an outcome that was told is told again
    bench.client.replace("o", [quick])
    assert bench.client.replace("o", []) == Ack(owner="o", closed=(f"{quick.address}:6379",))


def test_an_address_that_is_taken_at_restart_is_bound_when_it_is_free(bench: Bench, tools: Tools) -> None:
    target = bench.serve().target
    taken, free = bench.route(target), bench.route(target)
    bench.client.replace("o", [taken, free])
    bench.relay.kill()
    with socket.create_server((taken.address, taken.port)):
        bench.relay.start()
        greeting = bench.client.hello()
        assert (greeting.listeners, greeting.unbound) == (1, (taken.key,))
        assert {route.key for route in bench.client.routes()} == {taken.key, free.key}
    tools.until(lambda: bench.client.hello().unbound == ())
    assert not tools.refuses(taken)


def test_a_kill_loses_nothing_that_was_acknowledged(bench: Bench, tools: Tools) -> None:
    target = bench.serve().target
    kept = {}
    for number in range(20):
        route = bench.route(target, owner=f"o{number}")
        bench.client.replace(route.owner, [route])
        if number % 3 == 0:
            assert bench.client.replace(route.owner, []).closed
        else:
            kept[route.owner] = [route.key]
    bench.relay.kill()
    bench.relay.start()
    assert bench.client.owners() == kept
    assert bench.client.hello().listeners == len(kept)
