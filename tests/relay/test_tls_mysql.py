"""TLS inside MySQL's protocol, for real servers and PyMySQL, and for bytes in any pieces."""

from __future__ import annotations

import contextlib
import importlib
import itertools
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from jackfield.relay.tls.mysql import Choice, Login, LoginRefused
from tests.engines.databases import SECRET, Lab, laboratory

if TYPE_CHECKING:
    from jackfield.relay.route import Route
    from tests.relay.conftest import Bench, Tlss, Tools


@pytest.fixture(scope="module", params=["mysql", "seekdb"])
def lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    with laboratory(request.param) as lab:
        lab.start()
        yield lab


@pytest.fixture
def target(lab: Lab) -> str:
    return lab.engine.target(lab.nodes[0])


def connect(route: Route, **options: Any) -> Any:
    pymysql = importlib.import_module("pymysql")
    given = {"user": "jackfield", "password": SECRET, "connect_timeout": 20, "autocommit": True, **options}
    return pymysql.connect(host=route.address, port=route.port, **given)


def ask(connection: Any, sql: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()


def test_clients_encrypt_or_not(target: str, tlss: Tlss) -> None:
    route = tlss.listen(target, "mysql")
    for options in ({"ssl": {"ca": str(tlss.ca), "check_hostname": True}}, {"ssl_disabled": True}):
        connection = connect(route, **options)
        assert isinstance(connection._sock, ssl.SSLSocket) is ("ssl" in options)
        assert ask(connection, "SELECT REPEAT('x', 300000)") == ("x" * 300_000,)
        assert ask(connection, "SELECT LENGTH(%s)", "y" * 500_000) == (500_000,)
        assert ask(connection, "SELECT 1") == (1,)
        connection.close()
    assert tlss.reasons() == []


def test_many_connections_one_after_the_other(target: str, tlss: Tlss, tools: Tools) -> None:
    route = tlss.listen(target, "mysql", required=True)
    for number in range(40):
        connection = connect(route, ssl={"ca": str(tlss.ca)})
        assert ask(connection, "SELECT %s", number) == (number,)
        connection.close()
    tools.until(lambda: not tlss.bench.client.connections())


def test_a_wrong_password_is_told_inside_tls(target: str, tlss: Tlss) -> None:
    pymysql = importlib.import_module("pymysql")
    route = tlss.listen(target, "mysql", required=True)
    with pytest.raises(pymysql.OperationalError) as refused:
        connect(route, ssl={"ca": str(tlss.ca)}, password="wrong")
    assert refused.value.args[0] == 1045


def test_who_does_not_encrypt_is_told_so_where_tls_is_required(target: str, tlss: Tlss) -> None:
    pymysql = importlib.import_module("pymysql")
    route = tlss.listen(target, "mysql", required=True)
    with pytest.raises(pymysql.OperationalError, match="insecure transport") as refused:
        connect(route, ssl_disabled=True)
    assert refused.value.args[0] == 3159
    assert tlss.reasons() == ["TLS is required"]


def test_a_certificate_for_another_name_is_refused_by_the_client(target: str, bench: Bench, tlss: Tlss) -> None:
    pymysql = importlib.import_module("pymysql")
    plain = bench.route(target)
    other = msgspec.structs.replace(plain, tls=tlss.tls("mysql", "127.1.2.3"))
    bench.client.replace("o", [other])
    with pytest.raises(pymysql.OperationalError, match="certificate"):
        connect(other, ssl={"ca": str(tlss.ca), "check_hostname": True})


def test_the_command_line_client_encrypts(target: str, tlss: Tlss) -> None:
    binary = shutil.which("mysql")
    if binary is None:
        pytest.skip("there is no mysql command line here")
    route = tlss.listen(target, "mysql", required=True)
    command = [binary, "--no-defaults", "-h", route.address, "-P", str(route.port), "-u", "jackfield"]
    command += [f"-p{SECRET}", f"--ssl-ca={tlss.ca}", "--ssl", "-N", "-e", "SELECT 6 * 7"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "42\n"), done.stderr


def packet(number: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3, "little") + bytes([number]) + payload


def greeting(flags: int, version: bytes = b"11.4.2-MariaDB") -> bytes:
    payload = b"\x0a" + version + b"\0" + b"\1\0\0\0" + b"saltsalt" + b"\0" + flags.to_bytes(2, "little") + b"rest" * 8
    return packet(0, payload)


def in_pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({min(cut, len(data)) for cut in cuts} | {0, len(data)})
    return [data[start:end] for start, end in itertools.pairwise(places)]


CUTS = some.lists(some.integers(0, 200), max_size=8)


@given(cuts=CUTS, more=CUTS)
def test_the_login_is_the_same_in_any_pieces(cuts: list[int], more: list[int]) -> None:
    login = Login(required=True)
    said = b"".join(map(login.from_server, in_pieces(greeting(0xF7FF), cuts)))
    assert login.greeted
    assert said == greeting(0xFFFF)
    request = packet(1, (0x0A0F).to_bytes(4, "little") + bytes(28))
    choices = [choice for piece in in_pieces(request, cuts) if (choice := login.first(piece)) is not None]
    assert choices == [Choice(True, b"")]
    response, again = (0x0A0F).to_bytes(4, "little") + b"user", b"password"
    heard = b"".join(map(login.from_client, in_pieces(packet(2, response), more)))
    assert heard == packet(1, (0x020F).to_bytes(4, "little") + b"user")
    switch = b"".join(map(login.from_server, in_pieces(packet(2, b"\xfeplugin"), cuts)))
    assert switch == packet(3, b"\xfeplugin")
    assert b"".join(map(login.from_client, in_pieces(packet(4, again), more))) == packet(3, again)
    assert b"".join(map(login.from_server, in_pieces(packet(4, b"\0ok") + b"behind", cuts)))[:7] == packet(5, b"\0ok")
    assert login.done


def test_the_hello_behind_the_request_is_kept() -> None:
    login = Login(required=False)
    login.from_server(greeting(0))
    request = packet(1, (0x0A00).to_bytes(4, "little") + bytes(28))
    assert login.first(request + b"\x16\x03\x01") == Choice(True, b"\x16\x03\x01")


@given(some.binary(max_size=300), CUTS)
def test_no_client_gets_past_the_login_in_plain(data: bytes, cuts: list[int]) -> None:
    login = Login(required=True)
    login.from_server(greeting(0))
    pieces = in_pieces(data, cuts)
    with contextlib.suppress(LoginRefused):
        while pieces and (choice := login.first(pieces.pop(0))) is None:
            continue
        assert not pieces or (choice is not None and choice.encrypts)
        assert sum(len(login.from_client(piece)) for piece in pieces) == sum(map(len, pieces))


@given(some.binary(min_size=5, max_size=300), CUTS)
def test_no_server_breaks_the_login(data: bytes, cuts: list[int]) -> None:
    login = Login(required=False)
    said = b"".join(map(login.from_server, in_pieces(data, cuts)))
    assert len(said) <= len(data)
