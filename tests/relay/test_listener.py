"""Who is let in at the moment of accepting, and what is said about who is not."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING

import msgspec
import pytest

from jackfield.relay.client import RelayClient, RelayError

if TYPE_CHECKING:
    from tests.relay.conftest import Bench, Tools


def alive(tools: Tools, sock: socket.socket) -> bool:
    sock.sendall(b"ping")
    return tools.receive(sock, 4) == b"ping"


def test_a_client_that_is_not_on_the_whitelist_is_reset_and_noted(bench: Bench, tools: Tools) -> None:
    route = bench.route(bench.serve().target, whitelist=("127.0.0.1", "127.9.9.0/24"))
    bench.client.replace("o", [route])
    refused = bench.turned_away(route)
    assert alive(tools, bench.dial(route, ("127.9.9.9", 0)))
    bench.turned_away(route, "127.9.8.9")
    first, second = bench.client.refusals()
    assert first.client == refused
    assert first.route == route.key
    assert "add 0.0.0.0/0 to it" in first.reason
    assert second.client.startswith("127.9.8.9:")
    assert "add 127.9.8.9 or 0.0.0.0/0 to it" in second.reason
    # One line a second and route, however many are refused.
    log = bench.relay.log.read_text()
    assert log.count("refused route=") == 1
    assert first.reason in log


def test_a_changed_whitelist_touches_nobody_who_is_in(bench: Bench, tools: Tools) -> None:
    route = bench.listen(bench.serve().target)
    inside = bench.dial(route)
    assert alive(tools, inside)
    ack = bench.client.replace("o", [msgspec.structs.replace(route, whitelist=("10.0.0.1",))])
    assert (ack.closed, ack.cut, ack.live) == ((), 0, 1)
    bench.turned_away(route)
    assert alive(tools, inside)
    bench.client.replace("o", [route])
    assert alive(tools, bench.dial(route))


def test_new_clients_go_to_a_changed_backend_and_old_ones_stay(bench: Bench, tools: Tools) -> None:
    first, second = bench.serve(), bench.serve(tcp=True)
    route = bench.listen(first.target)
    old = bench.dial(route)
    assert alive(tools, old)
    changed = bench.route(second.target, key=route.key, address=route.address)
    assert bench.client.replace("o", [changed]).closed == ()
    assert alive(tools, bench.dial(route))
    assert alive(tools, old)
    assert (first.accepted, second.accepted) == (1, 1)
    assert {connection.backend for connection in bench.client.connections()} == {first.target, second.target}


def test_no_more_connections_than_the_route_allows(bench: Bench, tools: Tools) -> None:
    route = bench.route(bench.serve().target, max_connections=2)
    bench.client.replace("o", [route])
    first, second = bench.dial(route), bench.dial(route)
    assert alive(tools, first)
    assert alive(tools, second)
    bench.turned_away(route)
    assert "2 connections are open" in bench.client.refusals()[-1].reason
    first.close()
    tools.until(lambda: bench.client.counts() == {"o": 1})
    assert alive(tools, bench.dial(route))


def test_an_expected_connection_is_let_in_once(bench: Bench, tools: Tools) -> None:
    route = bench.route(bench.serve().target, whitelist=("127.0.0.1",), max_connections=1)
    bench.client.replace("o", [route])

    def announced() -> socket.socket:
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.settimeout(20)
        sock.bind(("127.0.0.1", 0))
        bench.client.expect(route.key, "{}:{}".format(*sock.getsockname()))
        return sock

    with announced() as probe, announced() as beyond_limit:
        bench.turned_away(route)  # somebody else meanwhile
        probe.connect((route.address, route.port))
        assert alive(tools, probe)
        beyond_limit.connect((route.address, route.port))
        assert alive(tools, beyond_limit)
        source = probe.getsockname()
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # no TIME_WAIT
    with socket.socket() as again:
        again.settimeout(20)
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(source)
        assert tools.dials_reset(again, route)


def test_an_expectation_runs_out(bench: Bench, tools: Tools) -> None:
    route = bench.route(bench.serve().target, whitelist=("127.0.0.1",))
    bench.client.replace("o", [route])
    with socket.socket() as late:
        late.settimeout(20)
        late.bind(("127.0.0.1", 0))
        bench.client.expect(route.key, "{}:{}".format(*late.getsockname()), seconds=1e-9)
        assert tools.dials_reset(late, route)


@pytest.mark.parametrize(
    ("key", "source", "seconds"),
    [("none", "127.0.0.1:5", 1.0), ("", "127.0.0.1", 1.0), ("", "host:5", 1.0), ("", "127.0.0.1:5", -1.0)],
)
def test_an_expectation_that_makes_no_sense_is_refused(bench: Bench, key: str, source: str, seconds: float) -> None:
    route = bench.listen(bench.serve().target)
    with pytest.raises(RelayError):
        bench.client.expect(key or route.key, source, seconds)


def test_an_address_in_use_is_reported_and_the_others_stay(bench: Bench, tools: Tools) -> None:
    target = bench.serve().target
    taken, free = bench.route(target), bench.route(target)
    elsewhere = msgspec.structs.replace(bench.route(target), vantage="vpc-1")
    with socket.create_server((taken.address, taken.port)):
        ack = bench.client.replace("o", [taken, free, elsewhere])
    assert [bound.error for bound in ack.bound] == ["EADDRINUSE", "", "EHOSTDOWN"]
    assert bench.client.routes() == [free]
    assert bench.client.owners() == {"o": [free.key]}
    assert alive(tools, bench.dial(free))
    assert tools.refuses(taken)
    assert bench.client.replace("o", [taken, free]).bound[0].error == ""  # the same request later
    assert alive(tools, bench.dial(taken))


def test_without_descriptors_clients_are_reset_and_the_relay_goes_on(bench: Bench, tools: Tools) -> None:
    route = bench.listen(bench.serve().target)
    bench.relay.end()
    bench.relay.start(files=60)
    with contextlib.ExitStack() as stack:
        served = 0
        for _ in range(100):
            with contextlib.suppress(ConnectionResetError, BrokenPipeError):
                served += alive(tools, stack.enter_context(bench.dial(route)))
        assert 10 < served < 50
        with RelayClient(bench.relay.socket, timeout=20) as control:
            assert control.hello().pid == bench.relay.pid  # one descriptor is kept for this
        assert any("EMFILE" in refusal.reason for refusal in bench.client.refusals())
    tools.until(lambda: bench.client.counts() == {"o": 0})
    assert alive(tools, bench.dial(route))
