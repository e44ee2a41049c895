"""What PostgreSQL, MySQL and seekdb servers have in common: start, adoption, death, deletion."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jackfield.engines.engine import EngineFailed
from jackfield.processes import ProcessId, alive, identify, send
from tests.descriptors import links as open_links
from tests.engines.databases import Lab, kill, laboratory, make_engine, until

SETTING = {
    "postgres": ("log_min_duration_statement", "77000", "SHOW log_min_duration_statement", "77s"),
    "mysql": ("max_connections", "77", "SELECT @@global.max_connections", 77),
    "seekdb": ("cpu_count", "3", "SHOW PARAMETERS LIKE 'cpu_count'", "3"),
}

SORT = {"postgres": ".", "mysql": "-", "seekdb": "seekdb"}


@pytest.fixture(params=("postgres", "mysql", "seekdb"))
def lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    with laboratory(request.param) as made:
        yield made


def seen(rows: list[tuple[Any, ...]], value: object) -> bool:
    return any(value in row for row in rows)


def stopped(pid: int) -> bool:
    """Whether all threads have taken notice of SIGSTOP."""
    return all(
        (task / "stat").read_text().rpartition(")")[2].split()[0] == "T" for task in Path(f"/proc/{pid}/task").iterdir()
    )


def test_it_serves_and_only_its_socket_listens(lab: Lab) -> None:
    node = lab.start()
    client = lab.internal(node)
    assert client.run("SELECT 'x', 7, NULL") == [("x", 7, None)]
    links: set[str] = set()
    for pid in lab.pids():
        links |= open_links(pid)
    assert any(link.startswith("socket:") for link in links)
    tcp = [line.split() for name in ("tcp", "tcp6") for line in Path("/proc/net", name).read_text().splitlines()[1:]]
    assert not {f"socket:[{words[9]}]" for words in tcp} & links


def test_everything_is_for_its_owner_alone(lab: Lab) -> None:
    node = lab.start()
    assert node.socket.parent.stat().st_mode & 0o777 == 0o700
    assert node.folder.stat().st_mode & 0o777 == 0o700
    # What the server itself makes lies in a folder that nobody else can enter.
    assert node.data.stat().st_mode & 0o077 == 0
    for path in node.folder.iterdir():
        assert path.lstat().st_mode & 0o077 == 0, path


def test_long_paths_do_not_matter(lab: Lab) -> None:
    node = lab.node("a 'b' " + "x" * 110, socket=lab.folder / "run" / "s")
    lab.engine.start(node)
    lab.engine.wait_ready(node)
    assert len(os.fsencode(node.data)) > 108
    assert lab.internal(node).alive


def test_start_is_idempotent(lab: Lab) -> None:
    node = lab.start()
    first = lab.engine.start(node)
    assert lab.engine.start(node) == first
    assert alive(first)
    assert lab.engine.ready(node)


def test_a_server_outlives_its_starter_and_is_adopted(lab: Lab) -> None:
    node = lab.node()
    starter = lab.start_and_die(node)
    answer, _ = starter.communicate()
    assert starter.returncode == -signal.SIGKILL
    process_id = msgspec.json.decode(answer, type=ProcessId)
    lab.engine.wait_ready(node)
    assert make_engine(lab.kind).start(node) == process_id
    assert msgspec.json.decode(node.record_file.read_bytes(), type=ProcessId) == process_id


def test_many_starters_make_one_server(lab: Lab) -> None:
    node = lab.node()
    starters = [lab.start_and_die(node) for _ in range(3)]
    answers = {starter.communicate()[0] for starter in starters}
    assert len(answers) == 1
    lab.engine.wait_ready(node)
    assert lab.engine.start(node) == msgspec.json.decode(answers.pop(), type=ProcessId)


def test_files_that_are_half_made_are_made_anew(lab: Lab) -> None:
    node = lab.node()
    starter = lab.start_and_die(node)
    making = node.data / "store" if lab.kind == "seekdb" else node.draft_data
    until(lambda: making.exists() and any(making.iterdir()), "it never begins")
    starter.kill()
    starter.communicate()
    # Whatever makes them is killed as well, wherever it is, so they stay as they are.
    lab.kill_all()
    lab.engine.start(node)
    lab.engine.wait_ready(node)
    assert lab.internal(node).alive
    assert not node.draft_data.exists()


def test_a_starter_killed_while_files_are_made_does_no_harm(lab: Lab) -> None:
    node = lab.node()
    starter = lab.start_and_die(node)
    making = node.data if lab.kind == "seekdb" else node.draft_data
    until(making.exists, "it never begins")
    starter.kill()
    starter.communicate()
    lab.engine.start(node)
    lab.engine.wait_ready(node)
    assert lab.internal(node).alive


def test_what_was_acknowledged_survives_the_servers_death(lab: Lab) -> None:
    node = lab.start()
    lab.engine.create_database(node, "shop")
    process_id = lab.engine.start(node)
    client = lab.internal(node, "shop")
    client.run("CREATE TABLE t (n int PRIMARY KEY)")
    for number in range(200):
        client.run(f"INSERT INTO t VALUES ({number})")
    kill(process_id)
    assert not lab.engine.health(node).running
    assert lab.engine.start(node) != process_id
    lab.engine.wait_ready(node)
    assert lab.internal(node, "shop").run("SELECT count(*), max(n) FROM t") == [(200, 199)]


def test_a_restart_keeps_the_data_and_takes_the_new_description(lab: Lab) -> None:
    node = lab.start()
    first = lab.engine.start(node)
    lab.engine.create_database(node, "shop")
    lab.internal(node, "shop").run("CREATE TABLE t (n int PRIMARY KEY)")
    name, value, question, answer = SETTING[lab.kind]
    changed = msgspec.structs.replace(node, settings={name: value})
    assert lab.engine.restart(changed) != first
    assert not alive(first)
    lab.engine.wait_ready(changed)
    client = lab.internal(changed, "shop")
    assert client.run("SELECT count(*) FROM t") == [(0,)]
    assert seen(client.run(question), answer)


def test_stop_keeps_the_folder_and_destroy_leaves_nothing(lab: Lab) -> None:
    node = lab.start()
    process_id = lab.engine.start(node)
    client = lab.internal(node)
    lab.engine.stop(node)
    lab.engine.stop(node)
    assert not client.alive
    assert not alive(process_id)
    assert (node.folder.exists(), os.path.lexists(node.socket)) == (True, False)
    assert not lab.engine.ready(node)
    second = lab.engine.start(node)
    lab.engine.destroy(node)
    lab.engine.destroy(node)
    assert not alive(second)
    assert [path.name for path in lab.folder.rglob("*")] == ["run"]
    assert lab.pids() == []


def test_a_dead_server_is_destroyed_with_what_it_left(lab: Lab) -> None:
    def segments() -> list[str]:
        """Those that the server made, of which PostgreSQL has one."""
        lines = [line.split() for line in Path("/proc/sysvipc/shm").read_text().splitlines()]
        return [words[1] for words in lines if words[4] == str(process_id.pid)]

    node = lab.start()
    process_id = lab.engine.start(node)
    assert len(segments()) == (lab.kind == "postgres")
    kill(process_id)
    lab.engine.destroy(node)
    assert [path.name for path in lab.folder.rglob("*")] == ["run"]
    assert segments() == []


def test_the_socket_of_another_node_is_not_taken_away(lab: Lab) -> None:
    first = lab.start("first")
    second = lab.node("second", socket=first.socket)
    with pytest.raises(EngineFailed, match="is not the socket of node second"):
        lab.engine.start(second)
    assert lab.engine.ready(first)
    lab.nodes.remove(second)


def test_another_internal_password_is_refused(lab: Lab) -> None:
    node = lab.start()
    stranger = msgspec.structs.replace(node, password="wrong")
    with pytest.raises(EngineFailed, match="refuses us"):
        lab.engine.start(stranger)
    assert not lab.engine.ready(stranger)
    assert lab.engine.ready(node)


def test_a_server_that_ends_at_once_says_why(lab: Lab) -> None:
    # seekdb ignores parameters that it does not know, and may end before its reasons are in its log.
    name, value = ("log_disk_size", "1G") if lab.kind == "seekdb" else ("no_such_setting", "1")
    why = "seekdb server of node one ended" if lab.kind == "seekdb" else "no_such_setting"
    node = lab.node(settings={name: value})

    def start() -> None:
        lab.engine.start(node)
        lab.engine.wait_ready(node)

    with pytest.raises(EngineFailed, match=why):
        start()


def test_health_is_evidence(lab: Lab) -> None:
    node = lab.node()
    assert not lab.engine.health(node).running
    process_id = lab.engine.start(node)
    lab.engine.wait_ready(node)
    other = lab.internal(node)
    health = lab.engine.health(node)
    assert (health.running, health.answers, health.reason) == (True, True, "")
    evidence = health.evidence()
    assert set(evidence) == {"pid", "version", "uptime", "used_memory", "connected_clients"}
    assert evidence["pid"] == process_id.pid
    assert SORT[lab.kind] in evidence["version"]
    assert evidence["used_memory"] > 10_000_000
    assert evidence["connected_clients"] >= 2
    assert other.alive
    kill(process_id)
    health = lab.engine.health(node)
    assert (health.running, health.answers, health.pid) == (False, False, 0)
    assert health.reason == "its process is gone"


def test_health_of_a_server_that_hangs(lab: Lab) -> None:
    node = lab.start()
    process_id = lab.engine.start(node)
    assert send(process_id, signal.SIGSTOP)
    until(lambda: stopped(process_id.pid), "it does not stop")
    health = lab.engine.health(node)
    assert (health.running, health.answers, health.pid) == (True, False, process_id.pid)
    assert "timed out" in health.reason
    assert send(process_id, signal.SIGCONT)
    until(lambda: lab.engine.health(node).answers, "it does not come back")
    assert identify(process_id.pid) == process_id


def test_no_secret_is_in_arguments_logs_or_settings(lab: Lab) -> None:
    node = lab.node()
    listed: list[bytes] = []
    starter = lab.start_and_die(node)
    while starter.poll() is None:
        for pid in lab.pids():
            try:
                listed.append(Path(f"/proc/{pid}/cmdline").read_bytes() + Path(f"/proc/{pid}/environ").read_bytes())
            except OSError:
                continue
    starter.communicate()
    lab.engine.wait_ready(node)
    lab.engine.create_account(node, "alice", "her-secret-1")
    lab.engine.create_account(node, "alice", "her-secret-2")
    lab.engine.reset_password(node, "alice", "her-secret-3")
    assert lab.lets_in(node, "alice", "her-secret-3")
    assert not lab.lets_in(node, "alice", "her-secret-4")
    lab.engine.stop(node)
    assert listed
    found = subprocess.run(
        ["grep", "-rlaF", "-e", "her-secret", "-e", "al-7f3a", str(lab.folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stdout == ""
    assert not [words for words in listed if b"al-7f3a" in words]
