"""New connections over several databases: turns, weights, health."""

from __future__ import annotations

import socket
from collections import Counter
from typing import TYPE_CHECKING

import msgspec
import pytest

from jackfield.relay.balance import choose
from jackfield.relay.client import RelayError
from jackfield.relay.messages import BackendHealth
from jackfield.relay.route import Backend, Balance, HealthCheck, Route
from jackfield.relay.target import Target

if TYPE_CHECKING:
    from tests.relay.conftest import Bench, Server, Tools

CHECK = HealthCheck(interval=0.1, timeout=1.0, rise=1, fall=1)


def targets(*weights: int) -> list[Target]:
    return [Target(Backend(target=f"tcp:10.0.0.{at}:1", weight=weight)) for at, weight in enumerate(weights, 1)]


def test_turns_follow_the_weights_and_are_mixed() -> None:
    three, one, none = found = targets(3, 1, 0)
    chosen = [choose(found, "turns", "10.0.0.9:1") for _ in range(8)]
    assert Counter(chosen) == {three: 6, one: 2}
    assert none not in chosen
    assert chosen[:4] == [three, three, one, three] or chosen[:4] == [three, one, three, three]


def test_fewest_goes_where_the_fewest_are_open_in_relation_to_the_weight() -> None:
    heavy, light = found = targets(100, 10)
    heavy.open, light.open = 5, 0
    assert choose(found, "fewest", "x:1") is heavy
    heavy.open = 30
    assert choose(found, "fewest", "x:1") is light


def test_a_client_stays_at_its_target_when_another_one_goes() -> None:
    found = targets(10, 10, 10)
    clients = [f"10.1.{high}.{low}:77" for high in range(8) for low in range(32)]
    before = {client: choose(found, "source", client) for client in clients}
    assert len(set(before.values())) == 3
    found[2].healthy = False
    found[0].healthy = found[1].healthy = True
    for client, target in before.items():
        if target is not found[2]:
            assert choose(found, "source", client) is target


@pytest.mark.parametrize("balance", ["turns", "fewest", "source"])
def test_the_unhealthy_get_nothing_and_the_unknown_only_while_none_is_healthy(balance: Balance) -> None:
    first, second, third = found = targets(1, 1, 1)
    first.healthy = False
    assert choose(found, balance, "x:1") in (second, third)
    third.healthy = True
    assert choose(found, balance, "x:1") is third
    second.healthy = third.healthy = False
    assert choose(found, balance, "x:1") is None


class Balanced:
    """A balanced route over echo servers on TCP."""

    def __init__(self, bench: Bench, tools: Tools, *weights: int, health: HealthCheck | None = CHECK) -> None:
        self.bench, self.tools = bench, tools
        self.servers: list[Server] = [bench.serve(tcp=True) for _ in weights]
        backends = tuple(
            Backend(target=server.target, name=str(at), weight=weight)
            for at, (server, weight) in enumerate(zip(self.servers, weights, strict=True))
        )
        route = msgspec.structs.replace(
            bench.route(self.servers[0].target), backends=backends, balance="turns", health=health
        )
        self.replace(route)

    def replace(self, route: Route) -> None:
        self.route = route
        ack = self.bench.client.replace("o", [route])
        assert [bound.error for bound in ack.bound] == [""]

    def health(self) -> dict[str, BackendHealth]:
        return {one.name: one for one in self.bench.client.health("o")}

    def talk(self) -> socket.socket:
        sock = self.bench.dial(self.route)
        sock.sendall(b"ping")
        assert self.tools.receive(sock, 4) == b"ping"
        return sock

    def wait(self, **wanted: bool) -> None:
        """Until the verdicts are these; keywords begin with an underscore, since names are digits."""
        names = {name.removeprefix("_"): healthy for name, healthy in wanted.items()}
        self.tools.until(lambda: {name: self.health()[name].healthy for name in names} == names)


def test_connections_are_spread_and_counted(bench: Bench, tools: Tools) -> None:
    balanced = Balanced(bench, tools, 100, 100, 0)
    balanced.wait(_0=True, _1=True, _2=True)
    held = [balanced.talk() for _ in range(6)]
    assert {name: one.connections for name, one in balanced.health().items()} == {"0": 3, "1": 3, "2": 0}
    assert {one.backend for one in bench.client.connections("o")} == {one.target for one in balanced.servers[:2]}
    for sock in held[:4]:
        sock.close()
    tools.until(lambda: sum(one.connections for one in balanced.health().values()) == 2)


def test_a_dead_backend_is_found_and_gets_nothing_until_it_is_back(bench: Bench, tools: Tools) -> None:
    balanced = Balanced(bench, tools, 100, 100)
    balanced.wait(_0=True, _1=True)
    gone = balanced.servers[1]
    gone.close()
    balanced.wait(_0=True, _1=False)
    assert "ECONNREFUSED" in balanced.health()["1"].reason
    for _ in range(5):
        assert balanced.talk()
    _, _, port = gone.target.rpartition(":")
    with socket.create_server(("127.0.0.1", int(port))):
        balanced.wait(_0=True, _1=True)


def test_a_backend_that_is_only_starting_need_not_wait_for_an_interval(bench: Bench, tools: Tools) -> None:
    """Nor does one that was healthy, once a look contradicts that."""
    slow = HealthCheck(interval=3600.0, timeout=1.0, rise=2, fall=2)
    balanced = Balanced(bench, tools, 100)
    gone = balanced.servers[0]
    gone.close()
    backend = msgspec.structs.replace(balanced.route.backends[0], source="127.9.9.9")  # another target than before
    balanced.replace(msgspec.structs.replace(balanced.route, backends=(backend,), health=slow))
    balanced.wait(_0=False)
    _, _, port = gone.target.rpartition(":")
    with socket.create_server(("127.0.0.1", int(port))):
        balanced.wait(_0=True)
    bench.turned_away(balanced.route)  # nobody listens there any more, which the watch is told
    balanced.wait(_0=False)


def test_a_backend_that_accepts_and_resets_is_not_healthy(bench: Bench, tools: Tools) -> None:
    """As a relay does with whom a whitelist does not admit."""
    guarded = bench.route(bench.serve().target, owner="guarded", whitelist=("10.0.0.1",))
    bench.client.replace("guarded", [guarded])
    balanced = Balanced(bench, tools, 100)
    target = f"tcp:{guarded.address}:{guarded.port}"
    balanced.replace(msgspec.structs.replace(balanced.route, backends=(Backend(target=target, name="0"),)))
    balanced.wait(_0=False)
    assert "ECONNRESET" in balanced.health()["0"].reason
    bench.turned_away(balanced.route)
    assert "no backend is healthy" in bench.client.refusals()[-1].reason
    bench.client.replace("guarded", [msgspec.structs.replace(guarded, whitelist=("0.0.0.0/0",))])
    balanced.wait(_0=True)
    assert balanced.talk()


def test_the_backend_sees_the_source_that_the_route_names(bench: Bench, tools: Tools) -> None:
    guarded = bench.route(bench.serve().target, owner="guarded", whitelist=("127.9.9.9",))
    bench.client.replace("guarded", [guarded])
    balanced = Balanced(bench, tools, 100)
    backend = Backend(target=f"tcp:{guarded.address}:{guarded.port}", name="0", source="127.9.9.9")
    balanced.replace(msgspec.structs.replace(balanced.route, backends=(backend,)))
    balanced.wait(_0=True)
    assert balanced.talk()


def test_changed_backends_keep_their_verdicts_and_their_sessions(bench: Bench, tools: Tools) -> None:
    balanced = Balanced(bench, tools, 100, 100)
    balanced.wait(_0=True, _1=True)
    since = balanced.health()["0"].since
    first, second = balanced.talk(), balanced.talk()
    changed = balanced.route.backends[0]
    balanced.replace(msgspec.structs.replace(balanced.route, backends=(msgspec.structs.replace(changed, weight=1),)))
    assert balanced.health()["0"].since == since
    for sock in (first, second):
        sock.sendall(b"still")
        assert tools.receive(sock, 5) == b"still"
    first.close()
    second.close()
    tools.until(lambda: bench.client.counts() == {"o": 0})
    assert balanced.health()["0"].connections == 0


def test_a_balanced_route_may_have_no_backend(bench: Bench, tools: Tools) -> None:
    balanced = Balanced(bench, tools, 100, health=None)
    assert balanced.health()["0"].healthy
    balanced.replace(msgspec.structs.replace(balanced.route, backends=()))
    assert balanced.health() == {}
    bench.turned_away(balanced.route)
    balanced.bench.client.replace("o", [])
    assert tools.refuses(balanced.route)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"balance": None}, "2 backends"),
        ({"mode": "resp"}, "only mode tcp"),
        ({"health": HealthCheck(interval=0.0)}, "interval"),
        ({"health": HealthCheck(timeout=0.0)}, "timeout"),
        ({"health": HealthCheck(rise=0)}, "rise"),
        ({"backends": (Backend(target="unix:/x", source="10.0.0.1"),)}, "source"),
        ({"backends": (Backend(target="unix:/x", vantage="vpc-1"),)}, "vpc-1"),
        ({"backends": (Backend(target="tcp:10.0.0.1:1", weight=-1),)}, "weight"),
        ({"rules": ("open 10.0.0.0/8",)}, "rule"),
    ],
)
def test_what_can_not_be_served_changes_nothing(
    bench: Bench, tools: Tools, change: dict[str, object], text: str
) -> None:
    balanced = Balanced(bench, tools, 100, 100)
    with pytest.raises(RelayError, match=text):
        bench.client.replace("o", [msgspec.structs.replace(balanced.route, **change)])
    assert bench.client.routes("o") == [balanced.route]
    assert balanced.talk()


def test_a_backend_in_a_vpc_that_is_not_there_is_unreachable(bench: Bench, tools: Tools) -> None:
    balanced = Balanced(bench, tools, 100)
    backend = Backend(target="tcp:10.0.0.1:6379", name="0", vantage="vpc-1")
    balanced.replace(msgspec.structs.replace(balanced.route, backends=(backend,)))
    balanced.wait(_0=False)
    bench.turned_away(balanced.route)


def test_rules_judge_new_clients(bench: Bench, tools: Tools) -> None:
    route = msgspec.structs.replace(
        bench.route(bench.serve().target), rules=("drop 127.9.9.1/32", "accept 127.9.9.0/24")
    )
    bench.client.replace("o", [route])
    bench.turned_away(route, "127.9.9.1")
    bench.turned_away(route, "127.8.8.8")
    sock = bench.dial(route, ("127.9.9.2", 0))
    sock.sendall(b"ping")
    assert tools.receive(sock, 4) == b"ping"
    bench.client.replace("o", [msgspec.structs.replace(route, rules=())])
    bench.turned_away(route, "127.9.9.2")
