"""kill -9 of the API process, or of everything, in the middle of each transition of a classic load balancer."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.running import Running, until
from tests.slb.conftest import ZH, Slb

pytestmark = pytest.mark.chaos

PORT = 6379


class Place:
    """A load balancer with a listener, and the client of an API that comes back elsewhere."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.slb = Slb(running)
        self.network = self.slb.network()
        self.balancer = self.slb.balancer(self.network)
        self.port = {"load_balancer_id": self.balancer, "listener_port": PORT}
        self.slb("create_load_balancer_tcplistener", bandwidth=-1, backend_server_port=PORT, **self.port)

    def listener(self) -> str:
        """Its status; empty when it is gone."""
        found = self.slb.listeners(self.balancer)
        return found[PORT].status if PORT in found else ""

    def status(self) -> str:
        status: str = self.slb.of(self.balancer).load_balancer_status
        return status


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with Running(tmp_path_factory.mktemp("kills"), "--engines", "none") as running:
        yield Place(running)


def _set(place: Place, status: str) -> None:
    place.slb("set_load_balancer_status", load_balancer_id=place.balancer, load_balancer_status=status)


Step = tuple[str, Callable[[Place], object], Callable[[Place], bool]]
STEPS: tuple[Step, ...] = (
    (
        "start",
        lambda at: at.slb("start_load_balancer_listener", **at.port),
        lambda at: at.listener() == "running",
    ),
    (
        "change",
        lambda at: at.slb("set_load_balancer_tcplistener_attribute", description="changed", **at.port),
        lambda at: at.listener() == "running" and at.slb.listener_of(at.balancer, PORT).description == "changed",
    ),
    (
        "deactivate",
        lambda at: _set(at, "inactive"),
        lambda at: (at.status(), at.listener()) == ("inactive", "stopped"),
    ),
    (
        "activate",
        lambda at: _set(at, "active"),
        lambda at: (at.status(), at.listener()) == ("active", "running"),
    ),
    (
        "stop",
        lambda at: at.slb("stop_load_balancer_listener", **at.port),
        lambda at: at.listener() == "stopped",
    ),
    (
        "delete the listener",
        lambda at: at.slb("delete_load_balancer_listener", **at.port),
        lambda at: not at.listener(),
    ),
    (
        "delete",
        lambda at: at.slb("delete_load_balancer", load_balancer_id=at.balancer),
        lambda at: not at.slb("describe_load_balancers").total_count,
    ),
)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step[0])
def test_the_api_is_killed_once_it_has_answered(place: Place, step: Step) -> None:
    """In the file's order: what was answered is done when the API is back."""
    _, call, done = step
    call(place)
    place.running.kill_api()
    place.running.wait_ready()
    place.slb = Slb(place.running)
    until(f"{step[0]} done", lambda: done(place))


def test_everything_is_killed_while_one_is_made(place: Place) -> None:
    id = place.slb("create_load_balancer", v_switch_id=place.network.vswitches[ZH]).load_balancer_id
    place.running.kill_all()
    place.running.up()
    place.slb = Slb(place.running)
    place.slb.wait(id, "active")
