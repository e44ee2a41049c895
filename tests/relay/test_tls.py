"""TLS from the first byte on, ended by the relay: what clients and databases see of it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import select
import socket
import ssl
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
import redis

from tests.redis_once import ONCE

if TYPE_CHECKING:
    from jackfield.relay.route import Route, Tls
    from tests.relay.conftest import Bench, Tlss, Tools

MEGABYTE = 1 << 20


@pytest.mark.parametrize("tcp", [False, True], ids=["unix", "tcp"])
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def test_bytes_of_any_size_arrive_intact_in_both_directions(
    bench: Bench, tlss: Tlss, tools: Tools, tcp: bool, version: ssl.TLSVersion
) -> None:
    route = tlss.listen(bench.serve(tcp=tcp).target)
    context = tlss.context()
    context.minimum_version = context.maximum_version = version
    sock = tlss.dial(route, context)
    for size in (1, 5, 300_000, 32 * MEGABYTE):
        sent = os.urandom(size)
        received = exchange(sock, sent)
        assert hashlib.sha256(received).digest() == hashlib.sha256(sent).digest()
    [connection] = bench.client.connections()
    total = 6 + 300_000 + 32 * MEGABYTE
    assert (connection.received, connection.sent) == (total, total)
    assert connection.client == "{}:{}".format(*sock.getsockname())
    assert connection.backend == route.backends[0].target
    assert tlss.reasons() == []


def exchange(sock: ssl.SSLSocket, data: bytes) -> bytes:
    """Sends and reads the echo at the same time, from one thread: two may not use an SSLSocket at once."""
    sock.settimeout(0.0)
    view, received = memoryview(data), bytearray()
    while len(received) < len(data):
        wants = [sock] if view else []
        ready, writable, _ = select.select([sock], wants, [], 20)
        assert ready or writable
        if writable:
            with contextlib.suppress(ssl.SSLWantWriteError):
                view = view[sock.send(view[:65536]) :]
        with contextlib.suppress(ssl.SSLWantReadError):
            while len(received) < len(data) and (more := sock.recv(65536)):
                received += more
    sock.settimeout(20)
    return bytes(received)


def is_reset(sock: ssl.SSLSocket) -> bool:
    """Whether the connection below ends with a reset; OpenSSL tells no difference."""
    try:
        while socket.socket.recv(sock, 65536):
            pass
    except ConnectionResetError:
        return True
    return False


def test_a_plain_client_works_beside_unless_tls_is_required(bench: Bench, tlss: Tlss, tools: Tools) -> None:
    target = bench.serve().target
    route = tlss.listen(target)
    sock = bench.dial(route)
    sock.sendall(b"hello")
    assert tools.receive(sock, 5) == b"hello"
    assert tlss.reasons() == []
    assert bench.client.replace("o", [msgspec.structs.replace(route, tls=required(route))]).live == 1
    sock.sendall(b"still")
    assert tools.receive(sock, 5) == b"still"  # who is connected stays connected
    other = bench.dial(route)
    other.sendall(b"hello")
    assert tools.is_reset(other)
    assert tlss.reasons() == ["TLS is required"]
    with tlss.dial(route) as secure:
        secure.sendall(b"hello")
        assert tools.receive(secure, 5) == b"hello"


def required(route: Route) -> Tls:
    assert route.tls is not None
    return msgspec.structs.replace(route.tls, required=True)


def test_who_is_expected_may_be_plain_where_tls_is_required(bench: Bench, tlss: Tlss, tools: Tools) -> None:
    route = tlss.listen(bench.serve().target, required=True)
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        bench.client.expect(route.key, "{}:{}".format(*sock.getsockname()), 5.0)
        sock.connect((route.address, route.port))
        sock.sendall(b"proof")
        assert tools.receive(sock, 5) == b"proof"


def test_redis_clients_verify_the_certificate(bench: Bench, tlss: Tlss, redis_socket: str) -> None:
    route = tlss.listen(f"unix:{redis_socket}")
    with redis.Redis(host=route.address, port=route.port, ssl=True, ssl_ca_certs=str(tlss.ca)) as client:
        value = os.urandom(300_000)
        client.set("key", value)
        assert client.get("key") == value
        with client.pipeline(transaction=False) as pipeline:
            for number in range(2000):
                pipeline.set(f"k{number}", number)
            assert pipeline.execute() == [True] * 2000
    with redis.Redis(host=route.address, port=route.port) as plain:
        assert plain.get("key") == value
    with (
        redis.Redis(host=route.address, port=route.port, ssl=True, retry=ONCE) as stranger,
        pytest.raises(redis.ConnectionError, match="certificate verify failed"),
    ):
        stranger.ping()
    assert any("UNKNOWN_CA" in reason for reason in tlss.reasons())


def test_a_renewed_certificate_is_shown_to_new_clients_only(bench: Bench, tlss: Tlss, tools: Tools) -> None:
    route = tlss.listen(bench.serve().target)
    old = tlss.dial(route)
    renewed = tlss.tls("tls", route.address, name="renewed.redis.rds.aliyuncs.com")
    assert bench.client.replace("o", [msgspec.structs.replace(route, tls=renewed)]).live == 1
    old.sendall(b"old")
    assert tools.receive(old, 3) == b"old"
    subject = tlss.dial(route).getpeercert()["subject"]  # type: ignore[index]
    assert subject == ((("commonName", "renewed.redis.rds.aliyuncs.com"),),)
    bench.client.replace("o", [msgspec.structs.replace(route, tls=None)])
    with pytest.raises((ssl.SSLError, OSError)):
        tlss.dial(route)  # the echo of its own hello is no answer
    old.sendall(b"old")
    assert tools.receive(old, 3) == b"old"


def test_a_certificate_that_can_not_be_loaded_is_refused_and_changes_nothing(
    bench: Bench, tlss: Tlss, tools: Tools
) -> None:
    route = tlss.listen(bench.serve().target)
    assert route.tls is not None
    broken = msgspec.structs.replace(route.tls, certificate="/nowhere.pem")
    with pytest.raises(Exception, match="nowhere"):
        bench.client.replace("o", [msgspec.structs.replace(route, tls=broken)])
    with tlss.dial(route) as sock:
        sock.sendall(b"hello")
        assert tools.receive(sock, 5) == b"hello"
    assert bench.client.routes("o") == [route]


def test_tls_is_there_again_after_a_restart(bench: Bench, tlss: Tlss, tools: Tools) -> None:
    route = tlss.listen(bench.serve().target, required=True)
    bench.relay.kill()
    bench.relay.start()
    with tlss.dial(route) as sock:
        sock.sendall(b"hello")
        assert tools.receive(sock, 5) == b"hello"


def test_a_half_closed_client_still_gets_its_answer(bench: Bench, tlss: Tlss, tools: Tools) -> None:
    def answer(sock: socket.socket) -> None:
        total = 0
        while data := sock.recv(65536):
            total += len(data)
        sock.sendall(b"%d" % total + b"x" * MEGABYTE)

    route = tlss.listen(bench.serve(answer).target)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = tlss.context().wrap_bio(incoming, outgoing, server_hostname=route.address)
    sock = bench.dial(route)
    handshake(tls, sock, incoming, outgoing)
    tls.write(b"y" * 300_000)
    with pytest.raises(ssl.SSLWantReadError):
        tls.unwrap()  # close_notify is written
    sock.sendall(outgoing.read())
    sock.shutdown(socket.SHUT_WR)
    while data := sock.recv(65536):
        incoming.write(data)
    answered = b""
    while len(answered) < MEGABYTE + 6:
        answered += tls.read(MEGABYTE)
    with pytest.raises(ssl.SSLZeroReturnError):  # close_notify
        tls.read(1)
    assert answered == b"300000" + b"x" * MEGABYTE
    tools.until(lambda: not bench.client.connections())


def handshake(tls: ssl.SSLObject, sock: socket.socket, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO) -> None:
    while True:
        try:
            tls.do_handshake()
        except ssl.SSLWantReadError:
            sock.sendall(outgoing.read())
            incoming.write(sock.recv(65536))
        else:
            sock.sendall(outgoing.read())
            return


def test_the_end_of_a_database_reaches_the_client_as_an_end(bench: Bench, tlss: Tlss, tools: Tools) -> None:
    route = tlss.listen(bench.serve(lambda sock: sock.sendall(b"bye" * 100_000)).target)
    sock = tlss.dial(route)
    assert tools.receive(sock, MEGABYTE) == b"bye" * 100_000  # close_notify, then the end
    sock.close()
    tools.until(lambda: not bench.client.connections())


def test_the_reset_of_a_database_reaches_the_client_as_a_reset(bench: Bench, tlss: Tlss, tools: Tools) -> None:
    def broken(sock: socket.socket) -> None:
        sock.recv(5)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    sock = tlss.dial(tlss.listen(bench.serve(broken, tcp=True).target))
    sock.sendall(b"hello")
    assert is_reset(sock)
    tools.until(lambda: not bench.client.connections())


def test_cut_connections_are_reset(bench: Bench, tlss: Tlss, tools: Tools) -> None:
    route = tlss.listen(bench.serve().target)
    secure, plain, silent = tlss.dial(route), bench.dial(route), bench.dial(route)
    plain.sendall(b"hello")
    assert tools.receive(plain, 5) == b"hello"
    tools.until(lambda: len(bench.client.connections()) == 3)
    assert bench.client.replace("o", []).cut == 3
    assert is_reset(secure)
    assert tools.is_reset(plain)
    assert tools.is_reset(silent)


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="memory is read from /proc")
def test_a_client_that_does_not_read_stops_the_database(bench: Bench, tlss: Tlss, tools: Tools) -> None:
    data = os.urandom(32 * MEGABYTE)
    progress = [0, 0.0]

    def flood(sock: socket.socket) -> None:
        view = memoryview(data)
        while progress[0] < len(data):
            progress[0] += sock.send(view[int(progress[0]) : int(progress[0]) + 65536])
            progress[1] = time.monotonic()

    route = tlss.listen(bench.serve(flood).target)
    sock = tlss.dial(route)
    tools.until(lambda: bool(progress[0]) and time.monotonic() - progress[1] > 0.3)
    assert progress[0] < len(data)
    assert resident(bench.relay.pid) < 80 * MEGABYTE
    assert tools.receive(sock, len(data)) == data


def resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


def test_a_database_that_does_not_read_stops_the_client(bench: Bench, tlss: Tlss, tools: Tools) -> None:
    go = threading.Event()
    digest = hashlib.sha256()

    def slow(sock: socket.socket) -> None:
        go.wait(20)
        while data := sock.recv(65536):
            digest.update(data)
        sock.sendall(b"thanks")

    sock = tlss.dial(tlss.listen(bench.serve(slow).target))
    data = os.urandom(32 * MEGABYTE)
    sock.settimeout(0.5)
    sent = send_until_it_stalls(sock, data)
    assert sent < len(data)
    go.set()
    sock.settimeout(20)
    sock.sendall(data[sent:])
    socket.socket.shutdown(sock, socket.SHUT_WR)  # FIN without close_notify, as most clients end
    tools.until(lambda: not bench.client.connections())
    assert digest.digest() == hashlib.sha256(data).digest()


def send_until_it_stalls(sock: socket.socket, data: bytes) -> int:
    sent = 0
    while sent < len(data):
        try:
            sent += sock.send(data[sent : sent + 16384])
        except TimeoutError:
            break
    return sent


def test_a_held_route_keeps_what_clients_say(bench: Bench, tlss: Tlss, tools: Tools) -> None:
    route = tlss.listen(bench.serve().target)
    sock = tlss.dial(route)
    sock.sendall(b"one")
    assert tools.receive(sock, 3) == b"one"
    bench.client.hold("o")
    sock.sendall(b"two")
    fresh = tlss.dial(route)
    fresh.sendall(b"new")
    sock.settimeout(0.2)
    with pytest.raises(TimeoutError):
        sock.recv(3)
    bench.client.resume("o")
    sock.settimeout(20)
    assert tools.receive(sock, 3) == b"two"
    assert tools.receive(fresh, 3) == b"new"


def test_thousands_of_handshakes_leave_nothing_behind(bench: Bench, tlss: Tlss, tools: Tools) -> None:
    route = tlss.listen(bench.serve(lambda sock: None).target)
    context = tlss.context()
    descriptors = Path(f"/proc/{bench.relay.pid}/fd")

    def dial_some(count: int) -> None:
        for number in range(count):
            sock = socket.create_connection((route.address, route.port), 20)
            if number % 3 == 0:
                sock.sendall(b"\x16\x03\x01\x00\x05hello")  # fails
                sock.close()
            elif number % 3 == 1:
                sock.sendall(b"\x16\x03\x01")  # breaks off
                sock.close()
            else:
                context.wrap_socket(sock, server_hostname=route.address).close()
        tools.until(lambda: not bench.client.connections())

    dial_some(150)
    before, memory = len(list(descriptors.iterdir())), resident(bench.relay.pid)
    dial_some(3000)
    assert len(list(descriptors.iterdir())) == before
    assert resident(bench.relay.pid) - memory < 8 * MEGABYTE


@pytest.mark.skipif(not os.path.exists("/proc/self/maps"), reason="what is loaded is read from /proc")
def test_openssl_is_loaded_with_the_first_route_that_has_tls(bench: Bench, tlss: Tlss, tools: Tools) -> None:
    plain = bench.listen(bench.serve().target, owner="plain")
    sock = bench.dial(plain)
    sock.sendall(b"hello")
    assert tools.receive(sock, 5) == b"hello"
    maps = Path(f"/proc/{bench.relay.pid}/maps")
    assert "/_ssl." not in maps.read_text()
    tlss.listen(bench.serve().target)
    assert "/_ssl." in maps.read_text()
