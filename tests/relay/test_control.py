"""The control socket and the process around it."""

from __future__ import annotations

import ast
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jackfield.relay.client import RelayClient, RelayDown

if TYPE_CHECKING:
    from tests.relay.conftest import Bench, RelayProcess, Tools


class Wire:
    """The control socket by hand."""

    def __init__(self, relay: RelayProcess) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(20)
        self.sock.connect(str(relay.socket))
        self._file = self.sock.makefile("rb")

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def read(self) -> Any:
        return json.loads(self._file.readline())

    def ask(self, **request: object) -> Any:
        self.send(json.dumps(request).encode() + b"\n")
        return self.read()

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *details: object) -> None:
        self._file.close()
        self.sock.close()


def test_hello_tells_which_process_it_is(relay: RelayProcess, folder: Path) -> None:
    greeting = relay.client.hello()
    assert (greeting.pid, greeting.role, greeting.data) == (relay.pid, "plain", str(folder))
    assert (greeting.listeners, greeting.connections, greeting.version) == (0, 0, "1")
    # /proc/stat tells the boot time in whole seconds
    assert greeting.started == pytest.approx(time.time(), abs=60)
    relay.end()
    relay.start()
    assert relay.client.hello().started >= greeting.started


def test_the_socket_is_for_its_owner_only(relay: RelayProcess, folder: Path) -> None:
    assert stat.S_IMODE(os.stat(relay.socket).st_mode) == 0o600
    for path in (folder / "relay").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


@pytest.mark.parametrize(
    "line",
    [
        b"\x00\xff\xfe",
        b"hello",
        b"[]",
        b"null",
        b'{"op":"no such thing","id":1}',
        b'{"id":1}',
        b'{"op":"replace","id":1}',
        b'{"op":"replace","id":1,"owner":"o"}',
        b'{"op":"replace","id":1,"owner":"","routes":[]}',
        b'{"op":"replace","id":1,"owner":"o","routes":[{"key":"k"}]}',
        b'{"op":"replace","id":1,"owner":"o","routes":[],"extra":1}',
        b'{"op":"connections","id":1,"limit":-1}',
        b'{"op":"hold","id":1,"owner":"o","seconds":1e300}',
        b'{"op":"expect","id":1,"route":"none","source":"1.2.3.4:5"}',
    ],
)
def test_malformed_input_is_answered_and_changes_nothing(bench: Bench, line: bytes) -> None:
    route = bench.listen(bench.serve().target)
    with Wire(bench.relay) as wire:
        wire.send(line + b"\n")
        reply = wire.read()
        assert set(reply) == {"id", "error"}
        assert reply["id"] == (1 if b'"id":1' in line else None)
        assert reply["error"]
        assert wire.ask(op="owners", id="next") == {"id": "next", "result": {"o": [route.key]}}
    assert bench.client.routes() == [route]


def test_replies_carry_their_ids_and_do_not_wait_for_one_another(bench: Bench, tools: Tools) -> None:
    route = bench.listen(bench.serve().target, drain=3000)
    client = bench.dial(route)
    client.sendall(b"x")
    assert tools.receive(client, 1) == b"x"
    with Wire(bench.relay) as wire:
        wire.send(b'{"op":"replace","id":1,"owner":"o","routes":[]}\n{"op":"coun')
        wire.send(b'ts","id":"two"}\n\n{"op":"hello","id":3}\n')
        assert wire.read() == {"id": "two", "result": {"o": 1}}
        assert wire.read()["id"] == 3
        client.close()
        reply = wire.read()
        assert (reply["id"], reply["result"]["cut"]) == (1, 0)


def test_a_peer_that_leaves_before_its_reply_disturbs_nobody(bench: Bench, tools: Tools) -> None:
    route = bench.listen(bench.serve().target, drain=0.05)
    client = bench.dial(route)
    client.sendall(b"x")
    assert tools.receive(client, 1) == b"x"
    with Wire(bench.relay) as wire:
        wire.send(b'{"op":"replace","id":1,"owner":"o","routes":[]}\n')
        tools.until(lambda: bench.gone(route))
    assert tools.is_reset(client)
    assert bench.client.replace("o", []).cut == 1


def test_connections_come_in_pages(bench: Bench, tools: Tools) -> None:
    server = bench.serve()
    one, two = bench.listen(server.target), bench.listen(server.target, owner="p")
    socks = [bench.dial(one) for _ in range(450)] + [bench.dial(two) for _ in range(3)]
    tools.until(lambda: bench.client.counts() == {"o": 450, "p": 3})
    everything = bench.client.page()
    assert everything.total == 453
    names = ["{}:{}".format(*sock.getsockname()) for sock in socks]
    assert sorted(connection.client for connection in everything.connections) == sorted(names)
    assert len(bench.client.connections("p")) == 3
    assert bench.client.connections("q") == []
    pages = [bench.client.page("o", 100, offset) for offset in range(0, 500, 100)]
    assert [len(page.connections) for page in pages] == [100, 100, 100, 100, 50]
    assert {connection.client for page in pages for connection in page.connections} == set(names[:450])


def test_a_second_relay_of_the_same_folder_gives_up(relay: RelayProcess) -> None:
    second = subprocess.run(relay.command(), capture_output=True, text=True, timeout=20)
    assert second.returncode == 3
    assert "another relay of role plain serves" in second.stderr
    assert relay.client.hello().pid == relay.pid


def test_a_file_that_is_no_socket_is_left_alone(relay: RelayProcess, folder: Path) -> None:
    relay.end()
    relay.socket.write_text("precious")
    result = subprocess.run(relay.command(), capture_output=True, timeout=20)
    assert result.returncode == 2
    assert relay.socket.read_text() == "precious"
    assert "is not a socket" in relay.log.read_text()


def test_interrupts_are_ignored_and_sigterm_ends_it(bench: Bench, tools: Tools) -> None:
    route = bench.listen(bench.serve().target)
    sock = bench.dial(route)
    sock.sendall(b"x")
    assert tools.receive(sock, 1) == b"x"
    process = bench.relay.process
    assert process is not None
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGHUP)
    assert bench.client.hello().pid == process.pid
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert tools.is_reset(sock)
    assert not bench.relay.socket.exists()
    bench.relay.start()
    assert bench.client.routes() == [route]


def test_stop_answers_and_ends_it(relay: RelayProcess) -> None:
    relay.client.stop()
    assert relay.process is not None
    assert relay.process.wait(20) == 0
    with pytest.raises(RelayDown):
        relay.client.hello()


def test_the_client_finds_a_restarted_relay_again(relay: RelayProcess) -> None:
    first = relay.client.hello()
    relay.kill()
    relay.start()
    assert relay.client.hello().pid == relay.pid != first.pid


def test_a_relay_that_does_not_answer_is_down(relay: RelayProcess) -> None:
    with RelayClient(relay.socket, timeout=0.05) as client:
        os.kill(relay.pid, signal.SIGSTOP)
        try:
            with pytest.raises(RelayDown, match="no answer within"):
                client.hello()
        finally:
            os.kill(relay.pid, signal.SIGCONT)
        client.timeout = 20
        assert client.hello().pid == relay.pid


def test_the_relay_loads_nothing_of_the_rest_of_the_package() -> None:
    program = (
        "import sys, jackfield.relay.process, jackfield.relay.client;"
        "print([name for name in sys.modules"
        " if name.startswith('jackfield.') and not name.startswith('jackfield.relay')])"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert set(ast.literal_eval(result.stdout)) == {"jackfield.standing", "jackfield.unix_sockets"}
