from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from jackfield.engines.engine import EngineFailed
from jackfield.engines.redis import Client, RedisBinary, RedisEngine, RedisError, RedisNode, Unreachable
from jackfield.processes import ProcessId, alive, identify, send, wait_gone
from tests.descriptors import links as open_links

if TYPE_CHECKING:
    from .conftest import Fleet

SOURCES = str(Path(__file__).parent.parent.parent / "src")

START_AND_DIE = """
import os, sys
import msgspec
from pathlib import Path
from jackfield.engines.redis import RedisEngine, RedisNode

def decode(kind, text):
    return kind(text)

node = msgspec.json.decode(sys.argv[1], type=RedisNode, dec_hook=decode)
process_id = RedisEngine().start(node)
os.write(1, msgspec.json.encode(process_id))
os.kill(os.getpid(), 9)
"""


def start_and_die(node: RedisNode) -> subprocess.Popen[bytes]:
    """Starts the node from a process that kills itself as soon as it has."""
    description = msgspec.json.encode(node, enc_hook=str).decode()
    return subprocess.Popen(
        [sys.executable, "-c", START_AND_DIE, description],
        env={**os.environ, "PYTHONPATH": SOURCES},
        stdout=subprocess.PIPE,
    )


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.005)


def kill(process_id: ProcessId) -> None:
    assert send(process_id, signal.SIGKILL)
    assert wait_gone(process_id, 20)


def refusal(client: Client, *words: str) -> str:
    with pytest.raises(RedisError) as error:
        client.command(*words)
    return error.value.code


def test_it_serves_and_only_its_socket_listens(fleet: Fleet) -> None:
    node = fleet.start()
    with fleet.client(node) as client:
        assert client.command("SET", "k", b"\r\n\x00") == "OK"
        assert client.command("GET", "k") == b"\r\n\x00"
        assert client.command("MGET", "k", "none") == [b"\r\n\x00", None]
        assert client.command("INCR", "n") == 1
        assert refusal(client, "INCR", "k") == "ERR"
    process_id = fleet.engine.start(node)
    links = open_links(process_id.pid)
    tcp = [line.split() for name in ("tcp", "tcp6") for line in Path("/proc/net", name).read_text().splitlines()[1:]]
    assert not {f"socket:[{words[9]}]" for words in tcp} & links


def test_a_flush_empties_every_database(fleet: Fleet) -> None:
    """Says how many keys there were, and a server that does not answer is an error."""
    node = fleet.start()
    with fleet.client(node) as client:
        for database in (0, 5):
            client.command("SELECT", database)
            client.command("MSET", "a", "1", "b", "2")
        assert fleet.engine.flush(node) == 4
        assert client.facts("INFO", "keyspace") == {}
    assert fleet.engine.flush(node) == 0
    fleet.engine.stop(node)
    with pytest.raises(Unreachable):
        fleet.engine.flush(node)


def test_everything_is_for_its_owner_alone(fleet: Fleet) -> None:
    node = fleet.start()
    assert node.folder.stat().st_mode & 0o777 == 0o700
    assert node.socket.stat().st_mode & 0o777 == 0o700
    for path in node.folder.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_folder_may_have_any_name(fleet: Fleet) -> None:
    node = fleet.start('a "b" \\n $c')
    assert (node.folder / "redis.conf").exists()
    assert any("appendonly" in path.name for path in node.folder.iterdir())


def test_start_is_idempotent(fleet: Fleet) -> None:
    node = fleet.start()
    first, config = fleet.engine.start(node), node.config_file.read_bytes()
    assert fleet.engine.start(node) == first
    assert node.config_file.read_bytes() == config
    assert fleet.pids() == [first.pid]


@pytest.mark.parametrize("recorded", [True, False])
def test_a_server_outlives_its_starter_and_is_adopted(fleet: Fleet, recorded: bool) -> None:
    node = fleet.node()
    starter = start_and_die(node)
    answer, _ = starter.communicate()
    assert starter.returncode == -signal.SIGKILL
    process_id = msgspec.json.decode(answer, type=ProcessId)
    fleet.engine.wait_ready(node)
    if not recorded:
        # As if the starter had been killed before it could write the record.
        node.record_file.unlink()
    assert RedisEngine(fleet.engine.find()).start(node) == process_id
    assert fleet.pids() == [process_id.pid]
    assert msgspec.json.decode(node.record_file.read_bytes(), type=ProcessId) == process_id


def test_many_starters_make_one_server(fleet: Fleet) -> None:
    node = fleet.node()
    starters = [start_and_die(node) for _ in range(4)]
    answers = {starter.communicate()[0] for starter in starters}
    assert len(answers) == 1
    assert fleet.pids() == [msgspec.json.decode(answers.pop(), type=ProcessId).pid]


def test_what_was_acknowledged_survives_the_servers_death(fleet: Fleet) -> None:
    node = fleet.start(fsync="no")
    process_id = fleet.engine.start(node)
    with fleet.client(node) as client:
        for number in range(500):
            client.command("SET", f"key:{number}", number)
        kill(process_id)
    assert not fleet.engine.health(node).running
    again = fleet.engine.start(node)
    assert again != process_id
    fleet.engine.wait_ready(node)
    with fleet.client(node) as client:
        assert client.command("DBSIZE") == 500


def test_with_everysec_what_was_written_out_survives(fleet: Fleet) -> None:
    node = fleet.start()
    with fleet.client(node) as client:
        client.command("SET", "k", "v")
        # While an fsync is under way Redis answers before it writes.
        until(lambda: client.facts("INFO", "persistence")["aof_buffer_length"] == "0", "it is never written")
        kill(fleet.engine.start(node))
    fleet.engine.start(node)
    fleet.engine.wait_ready(node)
    with fleet.client(node) as client:
        assert client.command("GET", "k") == b"v"


def test_a_restart_keeps_the_data_and_takes_the_new_description(fleet: Fleet) -> None:
    node = fleet.start()
    first = fleet.engine.start(node)
    with fleet.client(node) as client:
        client.command("SET", "k", "v")
    bigger = msgspec.structs.replace(node, memory=64 << 20, settings={"databases": "99"})
    assert fleet.engine.restart(bigger) != first
    assert not alive(first)
    fleet.engine.wait_ready(bigger)
    with fleet.client(bigger) as client:
        assert client.command("GET", "k") == b"v"
        assert client.command("CONFIG", "GET", "maxmemory") == [b"maxmemory", b"67108864"]
        assert client.command("SELECT", 98) == "OK"


def test_stop_keeps_the_folder_and_destroy_leaves_nothing(fleet: Fleet) -> None:
    node = fleet.start()
    process_id = fleet.engine.start(node)
    fleet.engine.stop(node)
    fleet.engine.stop(node)
    assert not alive(process_id)
    assert (node.folder.exists(), node.socket.exists()) == (True, False)
    assert not fleet.engine.ready(node)
    second = fleet.engine.start(node)
    fleet.engine.destroy(node)
    fleet.engine.destroy(node)
    assert not alive(second)
    assert list(fleet.folder.iterdir()) == []
    assert fleet.pids() == []


def test_a_dead_server_without_record_is_destroyed_with_what_it_left(fleet: Fleet) -> None:
    node = fleet.start()
    kill(fleet.engine.start(node))
    node.record_file.unlink()
    fleet.engine.destroy(node)
    assert list(fleet.folder.iterdir()) == []


def test_the_socket_of_another_node_is_not_taken_away(fleet: Fleet) -> None:
    first = fleet.start("first")
    second = msgspec.structs.replace(fleet.node("second"), socket=first.socket)
    with pytest.raises(EngineFailed, match="is not node second"):
        fleet.engine.start(second)
    assert fleet.engine.ready(first)
    assert len(fleet.pids()) == 1


def test_another_internal_password_is_refused(fleet: Fleet) -> None:
    node = fleet.start()
    stranger = msgspec.structs.replace(node, password="wrong")
    with pytest.raises(EngineFailed, match="WRONGPASS"):
        fleet.engine.start(stranger)
    assert not fleet.engine.ready(stranger)


def test_a_server_that_ends_at_once_says_why(fleet: Fleet) -> None:
    node = fleet.node(settings={"no-such-setting": "1"})
    fleet.engine.start(node)
    with pytest.raises(EngineFailed, match="no-such-setting"):
        fleet.engine.wait_ready(node)


def test_data_of_a_later_version_are_not_hidden(fleet: Fleet) -> None:
    node = fleet.node()
    older = RedisEngine(RedisBinary(fleet.engine.find().path, "6.2.14", "machine"))
    (node.folder / "appendonlydir").mkdir(parents=True)
    with pytest.raises(EngineFailed, match="Redis 7 or later"):
        older.start(node)
    assert fleet.pids() == []


def test_health_is_evidence(fleet: Fleet) -> None:
    node = fleet.node()
    assert not fleet.engine.health(node).running
    process_id = fleet.engine.start(node)
    fleet.engine.wait_ready(node)
    health = fleet.engine.health(node)
    assert (health.running, health.answers, health.reason) == (True, True, "")
    evidence = health.evidence()
    assert set(evidence) == {"pid", "version", "uptime", "used_memory", "connected_clients"}
    assert (evidence["pid"], evidence["version"]) == (process_id.pid, fleet.engine.find().version)
    assert evidence["used_memory"] > 100_000
    assert evidence["connected_clients"] == 1
    kill(process_id)
    health = fleet.engine.health(node)
    assert (health.running, health.answers, health.pid) == (False, False, 0)
    assert health.reason == "its process is gone"


def test_health_of_a_server_that_hangs(fleet: Fleet) -> None:
    node = fleet.start()
    process_id = fleet.engine.start(node)
    assert send(process_id, signal.SIGSTOP)
    health = fleet.engine.health(node)
    assert (health.running, health.answers, health.pid) == (True, False, process_id.pid)
    assert "timed out" in health.reason
    assert send(process_id, signal.SIGCONT)
    until(lambda: fleet.engine.health(node).answers, "it does not come back")
    assert identify(process_id.pid) == process_id


def test_the_client_tells_a_silent_server_from_a_missing_one(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="No such file"):
        Client(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        listener.listen()
        with Client(tmp_path / "s", timeout=0.05) as client, pytest.raises(Unreachable, match="timed out"):
            client.command("PING")


def test_the_client_notices_a_connection_that_ends_within_an_answer(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        listener.listen()

        def answer_half() -> None:
            peer, _ = listener.accept()
            with peer:
                peer.recv(100)
                peer.sendall(b"$10\r\nhalf")

        server = threading.Thread(target=answer_half)
        server.start()
        with Client(tmp_path / "s") as client, pytest.raises(Unreachable, match="closed"):
            client.command("GET", "k")
        server.join()
