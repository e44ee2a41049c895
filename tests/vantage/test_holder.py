"""VPCs as programs in them see them."""

from __future__ import annotations

import errno
import fcntl
import os
import select
import socket
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jackfield.vantage.client import HolderRefused
from jackfield.vantage.network import Network
from tests.running import until
from tests.vantage.holding import TALK, Holding

if TYPE_CHECKING:
    from .conftest import Caller

ENDPOINTS = tuple((f"10.0.0.{last}", 6379) for last in range(1, 11))


def test_each_address_arrives_at_its_own_listener(holding: Holding) -> None:
    holding.network("vpc-1", *ENDPOINTS)
    with ExitStack() as stack:
        for address, port in ENDPOINTS:
            stack.enter_context(holding.serve("vpc-1", address, port, address))
        told = holding.dial("vpc-1", *(f"{address}:{port}" for address, port in ENDPOINTS))
    assert told == [f"{address} 10.0.0.253" for address, _ in ENDPOINTS]


def test_nothing_else_is_reached(holding: Holding) -> None:
    holding.network("vpc-1", ("10.0.0.5", 6379))
    with socket.create_server(("127.0.0.1", 0)) as outside:
        port = outside.getsockname()[1]
        where = ["10.0.0.6:6379", "10.0.0.5:6380", "192.0.2.1:80", "8.8.8.8:53", f"127.0.0.1:{port}"]
        assert holding.dial("vpc-1", *where) == [
            "ENETUNREACH",
            "ECONNREFUSED",
            "ENETUNREACH",
            "ENETUNREACH",
            "ECONNREFUSED",
        ]


def test_vpcs_with_the_same_addresses_are_apart(holding: Holding) -> None:
    both = ("vpc-1", "vpc-2")
    for vpc in both:
        holding.network(vpc, ("10.0.0.5", 6379))
    with ExitStack() as stack:
        for vpc in both:
            stack.enter_context(holding.serve(vpc, "10.0.0.5", 6379, vpc))
        talks = [holding.popen(vpc, "python3", "-c", TALK, "10.0.0.5", "6379") for vpc in both]
        for talk, vpc in zip(talks, both, strict=True):
            out, err = talk.communicate(f"data of {vpc}\n", timeout=30)
            assert (out, err) == (f"{vpc} 10.0.0.253\ndata of {vpc}\n", "")
    assert len({holding.client.replace(network).namespace for network in holding.client.networks()}) == 2


def test_a_removed_listener_refuses_and_live_connections_stay(holding: Holding) -> None:
    holding.network("vpc-1", ("10.0.0.5", 6379), ("10.0.0.5", 6380), ("10.0.0.6", 6379))
    with holding.serve("vpc-1", "10.0.0.5", 6379, "five"):
        talk = holding.popen("vpc-1", "python3", "-c", TALK, "10.0.0.5", "6379")
        assert talk.stdin is not None
        assert talk.stdout is not None
        assert talk.stdout.readline() == "five 10.0.0.253\n"
        holding.network("vpc-1", ("10.0.0.5", 6380))
        # The duplicate that the server has does not keep the door open.
        assert holding.dial("vpc-1", "10.0.0.5:6379", "10.0.0.6:6379") == ["ECONNREFUSED", "ENETUNREACH"]
        holding.network("vpc-1")
        assert holding.dial("vpc-1", "10.0.0.5:6379", "10.0.0.5:6380") == ["ECONNREFUSED", "ECONNREFUSED"]
        talk.stdin.write("still here\n")
        talk.stdin.flush()
        assert talk.stdout.readline() == "still here\n"
    # The server ends the connection: the program reads that end although nothing listens any more.
    talk.communicate(timeout=30)
    until("the route is gone", lambda: holding.dial("vpc-1", "10.0.0.5:6379") == ["ENETUNREACH"])
    holding.network("vpc-1", ("10.0.0.5", 6379))
    with holding.serve("vpc-1", "10.0.0.5", 6379, "again"):
        assert holding.dial("vpc-1", "10.0.0.5:6379") == ["again 10.0.0.253"]


@pytest.mark.parametrize("source", ["10.0.0.77", "203.0.113.7", "192.168.1.250"])
def test_the_source_is_what_was_asked_for(holding: Holding, source: str) -> None:
    holding.network("vpc-1", ("10.0.0.5", 6379))
    with holding.serve("vpc-1", "10.0.0.5", 6379, "five"):
        assert holding.dial("vpc-1", "10.0.0.5:6379", source=source) == [f"five {source}"]
        assert holding.dial("vpc-1", "10.0.0.5:6379") == ["five 10.0.0.253"]
        # Also for what is told later; and clients can not reach each other.
        holding.network("vpc-1", ("10.0.0.5", 6379), ("10.0.0.9", 6379))
        with holding.serve("vpc-1", "10.0.0.9", 6379, "nine"):
            assert holding.dial("vpc-1", "10.0.0.9:6379", "10.0.0.253:1", source=source) == [
                f"nine {source}",
                "ENETUNREACH",
            ]
    assert holding.client.clients() == [("vpc-1", one) for one in sorted([source, "10.0.0.253"])]


def test_addresses_of_the_hosts_loopback_pool(holding: Holding) -> None:
    holding.network("vpc-1", ("127.64.3.4", 6379), ("10.0.0.5", 6379))
    with holding.serve("vpc-1", "127.64.3.4", 6379, "shard"):
        assert holding.dial("vpc-1", "127.64.3.4:6379", "127.64.3.5:6379") == ["shard 10.0.0.253", "ECONNREFUSED"]
        holding.network("vpc-1", ("10.0.0.5", 6379))
        assert holding.dial("vpc-1", "127.64.3.4:6379") == ["ECONNREFUSED"]


def test_a_server_inside_is_reached_from_the_core(holding: Holding) -> None:
    holding.network("vpc-1", ("10.0.0.5", 6379))
    script = "import socket; s = socket.create_server(('', 80)); print('up', flush=True); c, peer = s.accept(); "
    script += "print(peer[0], flush=True); c.sendall(c.recv(99).upper())"
    server = holding.popen("vpc-1", "python3", "-c", script, source="10.0.0.20")
    assert server.stdout is not None
    assert server.stdout.readline() == "up\n"
    sock, spare = holding.client.sockets("vpc-1", 2)
    with sock, spare:
        assert not sock.getblocking()
        sock.bind(("10.0.0.5", 0))
        sock.setblocking(True)
        sock.settimeout(10)
        sock.connect(("10.0.0.20", 80))
        sock.sendall(b"hello")
        assert sock.recv(99) == b"HELLO"
    out, err = server.communicate(timeout=30)
    assert (out, err) == ("10.0.0.5\n", "")


def test_a_relayed_socket_can_reach_an_endpoint(holding: Holding) -> None:
    holding.network("vpc-1", ("10.0.0.5", 6379), ("10.0.0.6", 6379))
    with holding.serve("vpc-1", "10.0.0.5", 6379, "five"):
        (sock,) = holding.client.sockets("vpc-1", 1)
        with sock:
            sock.settimeout(10)
            sock.bind(("10.0.0.6", 0))
            sock.connect(("10.0.0.5", 6379))
            assert sock.recv(99) == b"five 10.0.0.6\n"


@pytest.mark.parametrize(
    "source",
    ["10.0.0.5", "127.0.0.1", "127.64.3.4", "224.0.0.1", "0.0.0.0", "255.255.255.255", "::1", "x", "10.0.0.5/24"],
)
def test_sources_that_nobody_has(holding: Holding, source: str) -> None:
    holding.network("vpc-1", ("10.0.0.5", 6379))
    with pytest.raises(HolderRefused) as refusal:
        holding.client.enter("vpc-1", source)
    assert refusal.value.kind == "bad-source"
    assert source in str(refusal.value)
    assert holding.client.clients() == []


def test_what_is_not_there(holding: Holding) -> None:
    holding.network("vpc-1", ("10.0.0.5", 6379))
    client = holding.client
    for attempt in (
        lambda: client.enter("vpc-2"),
        lambda: client.sockets("vpc-2", 1),
        lambda: client.listener("vpc-2", "10.0.0.5", 6379),
        lambda: client.listener("vpc-1", "10.0.0.5", 6380),
    ):
        with pytest.raises(HolderRefused) as refusal:
            attempt()
        assert refusal.value.kind == "not-there"
    assert not client.remove("vpc-2")


def test_an_endpoint_takes_the_address_from_a_client(holding: Holding) -> None:
    """What the API says can be dialled comes first; a program that stood there reaches nothing more."""
    holding.network("vpc-1", ("10.0.0.5", 6379))
    script = "import socket, sys\nfor line in sys.stdin:\n with socket.socket() as s: "
    script += "print(s.connect_ex(('10.0.0.5', 6379)), flush=True)"
    program = holding.popen("vpc-1", "python3", "-c", script, source="10.0.0.6")
    assert program.stdin is not None
    assert program.stdout is not None
    with holding.serve("vpc-1", "10.0.0.5", 6379, "five"):
        program.stdin.write("\n")
        program.stdin.flush()
        assert program.stdout.readline() == "0\n"
        told = holding.client.replace(Network("vpc-1", "10.0.0.253", (("10.0.0.5", 6379), ("10.0.0.6", 6379))))
        assert (told.listening, told.failed) == ([("10.0.0.5", 6379), ("10.0.0.6", 6379)], {})
        program.stdin.write("\n")
        program.stdin.flush()
        assert program.stdout.readline() == f"{errno.ENETUNREACH}\n"
    with holding.serve("vpc-1", "10.0.0.6", 6379, "six"):
        assert holding.dial("vpc-1", "10.0.0.6:6379") == ["six 10.0.0.253"]
    program.communicate(timeout=10)
    with pytest.raises(HolderRefused) as refusal:
        holding.client.enter("vpc-1", "10.0.0.6")
    assert refusal.value.kind == "bad-source"


def test_a_removed_vpc_is_gone_for_programs_that_stay(holding: Holding) -> None:
    holding.network("vpc-1", ("10.0.0.5", 6379))
    script = "import socket, sys\nfor line in sys.stdin:\n with socket.socket() as s: "
    script += "print(s.connect_ex(('10.0.0.5', 6379)), flush=True)"
    program = holding.popen("vpc-1", "python3", "-c", script)
    assert program.stdin is not None
    assert program.stdout is not None

    def dialled() -> str:
        assert program.stdin is not None
        assert program.stdout is not None
        program.stdin.write("now\n")
        program.stdin.flush()
        return program.stdout.readline()

    assert dialled() == "0\n"
    path = holding.data / "vpcs" / "vpc-1.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert holding.client.remove("vpc-1")
    assert dialled() == "101\n"
    assert not path.exists()
    assert (holding.client.networks(), holding.client.clients()) == ([], [])
    program.communicate(timeout=10)
    with pytest.raises(HolderRefused):
        holding.client.enter("vpc-1")


def test_a_vpc_is_what_was_told_last(holding: Holding) -> None:
    first = holding.network("vpc-1", ("10.0.0.5", 6379), db_test=("10.0.0.5",))
    namespace = holding.client.replace(first).namespace
    second = holding.network("vpc-1", ("10.0.0.6", 3306), source="10.0.0.9", db_test=("10.0.0.6",))
    assert holding.client.replace(second).namespace == namespace
    assert holding.client.networks() == [second]
    assert holding.dial("vpc-1", "10.0.0.5:6379") == ["ENETUNREACH"]
    assert holding.client.clients() == [("vpc-1", "10.0.0.9")]
    with holding.client.listener("vpc-1", "10.0.0.6", 3306) as listener:
        assert listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
        assert fcntl.fcntl(listener, fcntl.F_GETFL) & os.O_NONBLOCK


def test_a_reset_reaches_the_client_after_the_removal(holding: Holding) -> None:
    holding.network("vpc-1", ("10.0.0.5", 6379))
    with holding.client.listener("vpc-1", "10.0.0.5", 6379) as listener:
        script = "import socket; s = socket.create_connection(('10.0.0.5', 6379)); print('up', flush=True)\n"
        script += "try: print(s.recv(1))\nexcept ConnectionResetError: print('reset')"
        program = holding.popen("vpc-1", "python3", "-c", script)
        assert program.stdout is not None
        assert program.stdout.readline() == "up\n"
        sock, _ = listener.accept()
    holding.network("vpc-1")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    sock.close()
    assert program.communicate(timeout=10) == ("reset\n", "")


def test_programs_inside_can_change_nothing(holding: Holding) -> None:
    holding.network("vpc-1", ("10.0.0.5", 6379))
    script = (
        "id -u; grep CapEff /proc/self/status; cat /proc/sys/net/ipv4/tcp_tw_reuse; ip route add default dev vpc 2>&1"
    )
    done = holding.run("vpc-1", "sh", "-c", script)
    uid, capabilities, reuse, *_ = done.stdout.splitlines()
    assert reuse == "1"
    if int(uid):
        assert int(capabilities.split()[1], 16) == 0
        assert done.returncode
    assert int(uid) == os.stat(holding.data).st_uid


def test_what_the_program_writes_does_not_leak(holding: Holding) -> None:
    holding.network("vpc-1", ("10.0.0.5", 6379))
    before = {path: path.read_bytes() for path in map(Path, ("/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf"))}
    done = holding.run("vpc-1", "cat", "/etc/resolv.conf", "/etc/hosts")
    expected = b"nameserver 127.0.0.53\noptions timeout:1 attempts:2\n" + before[Path("/etc/hosts")]
    assert done.stdout.encode() == expected
    assert {path: path.read_bytes() for path in before} == before


def test_many_requests_at_once_are_answered_in_order(holding: Holding) -> None:
    holding.network("vpc-1", ("10.0.0.5", 6379))
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(20)
        sock.connect(str(holding.socket))
        sock.sendall(b"".join(b'{"id": %d, "op": "hello"}\n' % number for number in range(500)))
        with sock.makefile("rb") as lines:
            assert [int(lines.readline().split(b",")[0].split()[1]) for _ in range(500)] == list(range(500))


def test_64_sockets_arrive_with_their_line(holding: Holding) -> None:
    holding.network("vpc-1", ("10.0.0.5", 6379))
    made = holding.client.sockets("vpc-1", 64)
    assert len(made) == 64
    for sock in made:
        assert fcntl.fcntl(sock, fcntl.F_GETFL) & os.O_NONBLOCK
        assert not os.get_inheritable(sock.fileno())
        sock.close()
    with pytest.raises(HolderRefused, match="from 1 to 64"):
        holding.client.sockets("vpc-1", 65)


def test_a_new_program_of_the_same_source_is_in_the_same_place(holding: Holding) -> None:
    holding.network("vpc-1", ("10.0.0.5", 6379))
    script = "readlink /proc/self/ns/net"
    told: set[str] = {holding.run("vpc-1", "sh", "-c", script).stdout for _ in range(2)}
    other: subprocess.CompletedProcess[str] = holding.run("vpc-1", "sh", "-c", script, source="10.0.0.8")
    assert len(told) == 1
    assert other.stdout not in told


def test_settings_that_can_not_be_written_stand_in_nobodys_way(inside: Caller) -> None:
    """As in a container, where /proc/sys is mounted read-only."""
    if not inside.is_root:
        pytest.skip("only root can mount here")
    script = """
import runpy
from jackfield.vantage import namespaces
namespaces.enter_mount_namespace()
namespaces.bind("/proc/sys", "/proc/sys")
assert namespaces._libc().mount(None, b"/proc/sys", None, 0x1021, None) == 0  # REMOUNT, BIND, RDONLY
runpy.run_module("jackfield.vantage.holder", run_name="__main__", alter_sys=True)
"""
    holding = Holding(inside.start, inside.home)
    holding.start_keeper()
    with ExitStack() as stack:
        stack.callback(holding.__exit__)
        holding.holder = inside.start("-c", script, *holding.arguments("holder")[4:])
        holding.wait_for(holding.holder)
        holding.network("vpc-1", ("10.0.0.5", 443), ("127.64.3.4", 6379), one_test=("10.0.0.5",))
        stack.enter_context(holding.serve("vpc-1", "10.0.0.5", 443, "five"))
        stack.enter_context(holding.serve("vpc-1", "127.64.3.4", 6379, "shard"))
        assert holding.dial("vpc-1", "one.test:443", "127.64.3.4:6379") == ["five 10.0.0.253", "shard 10.0.0.253"]
        process, holding.holder = holding.holder, None
        assert "tcp_tw_reuse can not be set: Read-only file system" in holding.end(process)[1]


def test_a_client_that_connects_and_closes_in_a_loop(holding: Holding) -> None:
    """More dials than there are ports: those in TIME_WAIT are used again."""
    holding.network("vpc-1", ("10.0.0.5", 80))
    script = """
import socket
for _ in range(40_000):
    with socket.socket() as sock:
        sock.connect(("10.0.0.5", 80))
print("done")
"""
    with holding.client.listener("vpc-1", "10.0.0.5", 80) as listener:
        program = holding.popen("vpc-1", "python3", "-c", script)
        accepted = 0
        while accepted < 40_000:
            ready, _, _ = select.select([listener], [], [], 20)
            assert ready, f"nobody has dialled for 20 s, after {accepted} dials"
            listener.accept()[0].close()
            accepted += 1
        assert program.communicate(timeout=20) == ("done\n", "")
