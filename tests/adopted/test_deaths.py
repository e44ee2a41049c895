"""kill -9 of the API process while a database is adopted and given up; databases that hang, or count who looks."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adopted.adopting import EVERYBODY, Customer, adopt, post
from tests.adopted.theirs import Theirs, ask, has, theirs
from tests.running import Running, until

SEED = 20261122


@pytest.fixture(scope="module")
def redis() -> Iterator[Theirs]:
    with theirs("redis") as found:
        yield found


@pytest.mark.chaos
@pytest.mark.parametrize("killed_in", ["adoption", "deletion"])
def test_what_was_begun_is_finished(tmp_path: Path, redis: Theirs, killed_in: str) -> None:
    """After the kill there is a whole instance, or none; a session on another one misses nothing."""
    print(f"seed {SEED}")
    chance = random.Random(SEED + len(killed_in))
    wanted = {"product": "tair", "engine": "redis", "host": "127.0.0.1", "port": redis.port, "security_ips": EVERYBODY}
    with Running(tmp_path, "--pace", "instant") as running:
        first = Customer(running, redis, adopt(running, redis)["id"])
        with contextlib.closing(first.connect()) as session:
            with killed(running, chance, killed_in == "adoption"):
                post(running, wanted)
            made = [id for id in Customer(running, redis, "").listed() if id != first.instance]
            assert len(made) <= 1
            for id in made:
                second = Customer(running, redis, id)
                second.wait()
                with contextlib.closing(second.connect()) as client:
                    assert has(client, "before")
                with killed(running, chance, killed_in == "deletion"):
                    post(running, {}, method="DELETE", path=f"/{id}")
                post(running, {}, method="DELETE", path=f"/{id}")  # the first call may not have come through
                until("the instance gone", lambda: Customer(running, redis, "").listed() == [first.instance])
            assert has(session, "before")
        running.wait_idle()
        assert set(running.names()) == {Customer(running, redis, first.instance).endpoints()["private"][0]}


@contextlib.contextmanager
def killed(running: Running, chance: random.Random, really: bool) -> Iterator[None]:
    """The API is killed somewhere in the block, which may fail of it, and is back at its end."""
    if not really:
        yield
        return
    killer = threading.Timer(chance.uniform(0.0, 0.05), running.kill_api)
    killer.start()
    with contextlib.suppress(OSError):
        yield
    killer.join()
    running.wait_ready()


def test_one_that_hangs_is_away(tmp_path: Path) -> None:
    """Its system accepts connections and nobody answers them; what needs no answer is not held up."""
    with theirs("redis") as database, Running(tmp_path, "--pace", "instant") as running:
        customer = Customer(running, database, adopt(running, database)["id"])
        customer.allocate("hangs-public", 6390)
        customer.wait()
        os.kill(database.pid, signal.SIGSTOP)
        try:
            until("degraded", lambda: running.ask("health")["status"] == "degraded")
            assert "timed out" in customer.seen()["away"]
            customer.release("hangs-public.redis.rds.aliyuncs.com")
            customer.wait()
            assert set(customer.endpoints()) == {"private"}
        finally:
            os.kill(database.pid, signal.SIGCONT)
        until("health", lambda: running.ask("health")["status"] == "ok")
        with contextlib.closing(customer.connect()) as client:
            assert has(client, "before")


def test_looks_do_not_make_mysql_block_this_machine() -> None:
    """``max_connect_errors`` of broken handshakes from one host, and MySQL admits nobody from there any more.

    It counts none of a loopback address, so this wants another one.
    """
    from jackfield.engines.external import ExternalEngine, ExternalNode

    address = _own_address()
    with theirs("mariadb", "--bind-address=0.0.0.0", "--max-connect-errors=3") as database:
        with contextlib.closing(database.connect()) as owner:
            ask(
                owner, "CREATE USER somebody@'%' IDENTIFIED BY 'else'"
            )  # or this host's connections are refused at once
        node = ExternalNode(id="", host=address, port=database.port, protocol="mysql")
        engine = ExternalEngine()
        assert {engine.health(node).answers for _ in range(12)} == {True}
        for _ in range(12):
            with socket.create_connection((address, database.port)) as rude:
                assert rude.recv(1000)
        assert "blocked" in engine.health(node).reason, "what the test is about did not happen"


def _own_address() -> str:
    """An address of this machine that is no loopback address; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            pytest.skip("this machine has no address of its own")
        address: str = probe.getsockname()[0]
    if address.startswith("127."):
        pytest.skip("this machine has no address of its own")
    return address
