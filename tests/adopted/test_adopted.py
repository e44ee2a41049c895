"""A database that somebody else runs gets endpoints, and stays somebody else's."""

from __future__ import annotations

import contextlib
import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.adopted.adopting import EVERYBODY, Customer, adopt, command, post
from tests.adopted.theirs import KINDS, PASSWORD, Theirs, has, lost, put, theirs
from tests.running import Running, until


@pytest.fixture(scope="module")
def jackfield(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with Running(tmp_path_factory.mktemp("adopted"), "--pace", "instant") as running:
        yield running


@pytest.fixture(scope="module", params=KINDS)
def database(request: pytest.FixtureRequest) -> Iterator[Theirs]:
    with theirs(request.param) as found:
        yield found


@pytest.fixture
def customer(jackfield: Running, database: Theirs) -> Iterator[Customer]:
    """An adopted instance; whatever is done to it, the database is not hurt, nor is a session that it had before.

    Only tests that end the database themselves end that session.
    """
    pid, starts = database.pid, database.starts
    with contextlib.closing(database.connect()) as session:
        found = Customer(jackfield, database, adopt(jackfield, database, credentials=database.kind == "mariadb")["id"])
        yield found
        if found.instance in found.listed():
            status, reply = post(jackfield, {}, method="DELETE", path=f"/{found.instance}")
            assert status == 202, reply
        until("the instance gone", lambda: found.instance not in found.listed())
        if database.starts == starts:
            assert database.pid == pid
            assert has(session, "before")
    with contextlib.closing(database.connect()) as later:
        assert has(later, "before")
    assert not any(found.instance in name for name in jackfield.names())


def test_adopted_by_the_command_line(jackfield: Running, database: Theirs) -> None:
    pid, words = database.pid, ("adopt", "--product", database.product, "--engine", database.engine)
    with contextlib.closing(database.connect()) as session:
        done = command(jackfield, *words, "--port", str(database.port), "--description", "their-database")
        assert done.returncode == 0, done.stderr
        first, second = done.stdout.splitlines()
        id, status, place = first.split()
        assert (status, place) == ("Normal" if database.product == "tair" else "Running", f"127.0.0.1:{database.port}")
        customer = Customer(jackfield, database, id)
        assert id in customer.listed()
        name, port = customer.endpoints()["private"]
        assert second == f"{name}:{port}"
        assert port == database.usual_port

        with pytest.raises(lost()):  # the whitelist that nobody gave admits nobody
            customer.connect()
        customer.admit(EVERYBODY)
        with contextlib.closing(customer.connect()) as client:
            assert has(client, "before")
            put(client, "through the endpoint")

        assert (customer.seen()["kind"], customer.seen()["adopted"]) == ("adopted", place)
        row = next(line for line in command(jackfield, "ps").stdout.splitlines() if line.startswith(f"{id} "))
        assert f"adopted {place}" in row
        assert str(pid) not in row

        customer.delete()
        until("the instance gone", lambda: id not in customer.listed())
        assert not any(id in one for one in jackfield.names())
        assert has(session, "through the endpoint")
    assert database.pid == pid


def test_the_whole_life_of_its_endpoints(customer: Customer, database: Theirs) -> None:
    """Allocated, renamed, moved, closed to most, released: each serves and cuts as our own do."""
    customer.allocate("theirpublic", 3390)
    customer.wait()
    with contextlib.closing(customer.connect()) as private, contextlib.closing(customer.connect("public")) as public:
        assert has(public, "before")
        name, port = customer.endpoints()["private"]
        address = customer.address(name)

        customer.rename(name, "theirprivate", 3380)
        assert customer.endpoints()["private"] == (name.replace(name.partition(".")[0], "theirprivate"), 3380)
        assert customer.running.addresses(name) == []
        assert customer.refuses(address, port)
        with pytest.raises(lost()):
            has(private, "before")
        assert has(public, "before")

        customer.admit("10.0.0.0/8")
        with pytest.raises(lost()):
            customer.connect()
        assert has(public, "before"), "a whitelist judges new connections"
        customer.admit(EVERYBODY)

        reached, its_port = customer.address(customer.endpoints()["public"][0]), 3390
        customer.release(customer.endpoints()["public"][0])
        customer.wait()
        with pytest.raises(lost()):
            has(public, "before")
        assert customer.refuses(reached, its_port)
        assert "public" not in customer.endpoints()
    with contextlib.closing(customer.connect()) as client:
        assert has(client, "before")


def test_tls_is_ended_before_it(customer: Customer, database: Theirs, tmp_path: Path) -> None:
    """Our certificate for our name; the database has no TLS and needs none."""
    customer.encrypt(True)
    ca = tmp_path / "ca.pem"
    with urllib.request.urlopen(f"{customer.running.ready.api}/_jackfield/ca.pem") as reply:
        ca.write_bytes(reply.read())
    name, port = customer.endpoints()["private"]
    address = customer.address(name)
    more: dict[str, Any]
    if database.kind == "postgres":
        more = {"hostaddr": address, "sslmode": "verify-full", "sslrootcert": str(ca)}
        secure = database.connect(name, port, **more)
        assert secure.pgconn.ssl_in_use
    elif database.kind == "mariadb":
        secure = database.connect(address, port, ssl={"ca": str(ca), "check_hostname": True})
    else:
        secure = database.connect(address, port, ssl=True, ssl_ca_certs=str(ca), ssl_check_hostname=True)
    with contextlib.closing(secure):
        assert has(secure, "before")
    with contextlib.closing(customer.connect()) as plain:
        assert has(plain, "before")
    customer.encrypt(False)
    with pytest.raises(Exception, match=r"SSL|ssl|support|closed|reset|wrong version|Timeout"):
        database.connect(address, port, **({"ssl": True} if database.kind == "redis" else {"sslmode": "require"} if database.kind == "postgres" else {"ssl": {"ca": str(ca)}}))  # fmt: skip  # noqa: E501


def test_it_goes_away_and_comes_back(jackfield: Running, database: Theirs, customer: Customer) -> None:
    """Nobody says that it is well while it is not; what needs no database works meanwhile."""
    customer.allocate("awaypublic", 3391)
    customer.wait()
    status, public = customer.status(), customer.endpoints()["public"][0]
    session = customer.connect()
    database.kill()
    try:
        until("the look that shows it", lambda: customer.seen()["servers"][0]["answers"] is False, 60)
        with pytest.raises(lost()):
            has(session, "before")
        with pytest.raises(lost()):
            customer.connect()
        health = jackfield.ask("health")
        assert health["status"] == "degraded"
        assert [why for why in health["why"] if customer.instance in why and f":{database.port}" in why]
        assert "away" in command(jackfield, "ps").stdout
        assert customer.status() == status
        customer.release(public)
        until("the release", lambda: customer.status() == status)
        assert "public" not in customer.endpoints()
        customer.allocate("awayagain", 3392)
    finally:
        database.start()
    customer.wait()
    until("health", lambda: jackfield.ask("health")["status"] == "ok")
    for net in ("private", "public"):
        with contextlib.closing(customer.connect(net)) as client:
            assert has(client, "before")


def test_it_is_still_adopted_after_everything_died(jackfield: Running, database: Theirs, customer: Customer) -> None:
    """Also where the database is away at the start."""
    endpoints, names = customer.endpoints(), jackfield.names()
    with contextlib.closing(database.connect()) as elsewhere:
        jackfield.kill_all()
        jackfield.up()
        assert (customer.endpoints(), jackfield.names()) == (endpoints, names)
        with contextlib.closing(customer.connect()) as client:
            assert has(client, "before")
        assert has(elsewhere, "before")
    jackfield.kill_all()
    database.kill()
    try:
        jackfield.up()
        assert customer.endpoints() == endpoints
        until("degraded", lambda: jackfield.ask("health")["status"] == "degraded")
    finally:
        database.start()
    until("health", lambda: jackfield.ask("health")["status"] == "ok")
    with contextlib.closing(customer.connect()) as client:
        assert has(client, "before")


def test_looked_at_with_an_account(jackfield: Running, database: Theirs) -> None:
    """The password is sealed: neither replies nor files have it; what it finds is the database's own version."""
    made = adopt(jackfield, database, "--prefix", f"with-{database.kind}", credentials=True)
    customer = Customer(jackfield, database, made["id"])
    assert made["connection_string"].startswith(f"with-{database.kind}.")
    assert made["version"][0].isdigit()
    assert customer.seen()["servers"][0]["version"] == made["version"]
    feed = jackfield.ask(f"changes?id={made['id']}&limit=1000")
    assert PASSWORD not in json.dumps([made, customer.seen(), feed, jackfield.ask("health")])
    for path in (path for path in jackfield.folder.root.rglob("*") if path.is_file()):
        assert PASSWORD.encode() not in path.read_bytes(), path
    with contextlib.closing(customer.connect()) as client:
        assert has(client, "before")
    customer.delete()
    until("the instance gone", lambda: made["id"] not in customer.listed())


def test_one_on_a_unix_socket(jackfield: Running, database: Theirs) -> None:
    path = database.socket
    wanted = {"product": database.product, "engine": database.engine, "socket": str(path), "security_ips": EVERYBODY}
    status, made = post(jackfield, wanted)
    assert (status, made.get("adopted")) == (201, str(path)), made
    customer = Customer(jackfield, database, made["id"])
    customer.wait()
    with contextlib.closing(customer.connect()) as client:
        assert has(client, "before")
    customer.delete()
    until("the instance gone", lambda: made["id"] not in customer.listed())
    assert path.exists()
