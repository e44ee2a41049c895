"""Whatever is asked for in whatever order: what listens, what is on disk and what is told are the same."""

from __future__ import annotations

import contextlib
import itertools
import socket
import sqlite3
from typing import TYPE_CHECKING

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jackfield.relay.route import Route

if TYPE_CHECKING:
    from tests.relay.conftest import Bench, Tools

ADDRESSES = 5
TAKEN = 4  # the number of an address on which somebody else listens

# owner -> what it wants: key number and address number; keys of one owner do not collide with another's
wishes = st.tuples(
    st.sampled_from("abc"),
    st.dictionaries(st.integers(0, 2), st.integers(0, ADDRESSES - 1), max_size=3).filter(
        lambda wish: len(set(wish.values())) == len(wish)
    ),
    st.booleans(),  # with another whitelist than before
)


class Model:
    """Which owner holds which address, by the rules."""

    def __init__(self) -> None:
        self.held: dict[str, dict[int, int]] = {"a": {}, "b": {}, "c": {}}

    def replace(self, owner: str, wish: dict[int, int]) -> dict[int, str]:
        """Returns the errors to expect, by key number."""
        held = {key: number for key, number in self.held[owner].items() if wish.get(key) == number}
        others = {number for other, keys in self.held.items() if other != owner for number in keys.values()}
        errors = {}
        for key, number in wish.items():
            if key in held:
                continue
            if number == TAKEN or number in others or number in held.values():
                errors[key] = "EADDRINUSE"
            else:
                held[key] = number
        self.held[owner] = held
        return errors

    def places(self) -> set[tuple[str, int]]:
        return {(f"{owner}/{key}", number) for owner, keys in self.held.items() for key, number in keys.items()}


def on_disk(bench: Bench) -> list[Route]:
    with contextlib.closing(sqlite3.connect(bench.relay.data / "relay" / "plain.db")) as db:
        return [msgspec.json.decode(body, type=Route) for (body,) in db.execute("SELECT body FROM routes")]


def test_what_listens_is_what_is_on_disk_and_what_is_told(bench: Bench, tools: Tools) -> None:
    target = bench.serve().target
    addresses = [bench.address() for _ in range(ADDRESSES)]
    port = 6379
    numbers = itertools.count()

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(st.one_of(wishes, st.just(None)), min_size=1, max_size=12))
    def check(steps: list[tuple[str, dict[int, int], bool] | None]) -> None:
        for owner in "abc":
            bench.client.replace(owner, [])
        model = Model()
        for step in steps:
            if step is None:  # the process dies and comes back
                if next(numbers) % 4 == 0:  # not every time: a start takes 0.1 s
                    bench.relay.kill()
                    bench.relay.start()
            else:
                owner, wish, strict = step
                before = {route.key: f"{route.address}:{port}" for route in bench.client.routes(owner)}
                routes = [
                    bench.route(
                        target,
                        owner=owner,
                        key=f"{owner}/{key}",
                        address=addresses[number],
                        whitelist=("10.0.0.1",) if strict else ("0.0.0.0/0",),
                    )
                    for key, number in wish.items()
                ]
                errors = model.replace(owner, wish)
                ack = bench.client.replace(owner, routes)
                assert {bound.key: bound.error for bound in ack.bound if bound.error} == {
                    f"{owner}/{key}": error for key, error in errors.items()
                }
                again = bench.client.replace(owner, routes)
                assert msgspec.structs.replace(again, live=ack.live) == ack  # a dial from below may still be open
                after = {f"{route.address}:{port}" for route in bench.client.routes(owner)}
                assert set(before.values()) - after <= set(ack.closed)
            told = bench.client.routes()
            expected = {(key, addresses[number]) for key, number in model.places()}
            assert {(route.key, route.address) for route in told} == expected
            assert sorted(on_disk(bench), key=lambda route: route.key) == sorted(told, key=lambda route: route.key)
            listening = {
                address for address in addresses[:TAKEN] if not tools.refuses(bench.route(target, address=address))
            }
            assert listening == {address for _, address in expected}
            assert bench.client.hello().listeners == len(expected)

    with socket.create_server((addresses[TAKEN], port), backlog=1):
        check()
