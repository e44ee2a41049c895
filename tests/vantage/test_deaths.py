"""What is left when holder, keeper or both die, and what is not when they end."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
from pathlib import Path

import pytest

from jackfield.unix_sockets import connect
from jackfield.vantage.caller import call
from jackfield.vantage.client import HolderClient, HolderDown, HolderRefused
from jackfield.vantage.network import Network
from tests.running import until
from tests.vantage.holding import TALK, Holding, namespaces_of

WHERE = ("10.0.0.5:6379", "127.64.3.4:6379")
NAMED = ["python3", "-c", "import socket, sys; print(socket.gethostbyname(sys.argv[1]))", "db.test"]


def _two(holding: Holding) -> Network:
    return holding.network("vpc-1", ("10.0.0.5", 6379), ("127.64.3.4", 6379), db_test=("10.0.0.5",))


def test_nobody_inside_notices_the_holders_death(holding: Holding) -> None:
    network = _two(holding)
    namespace = holding.client.replace(network).namespace
    inode = holding.run("vpc-1", "readlink", "/proc/self/ns/net").stdout
    with holding.serve("vpc-1", "10.0.0.5", 6379, "five"):
        talk = holding.popen("vpc-1", "python3", "-c", TALK, "10.0.0.5", "6379")
        assert talk.stdin is not None
        assert talk.stdout is not None
        assert talk.stdout.readline() == "five 10.0.0.253\n"
        holding.kill_holder()
        talk.stdin.write("through\n")
        talk.stdin.flush()
        assert talk.stdout.readline() == "through\n"
        holding.start_holder()
        assert holding.client.networks() == [network]
        assert holding.client.clients() == [("vpc-1", "10.0.0.253")]
        # Nobody told it anything since, and the listener is the one that the server has a duplicate of.
        assert holding.dial("vpc-1", *WHERE[:1]) == ["five 10.0.0.253"]
        assert talk.communicate("to the end\n", timeout=30) == ("to the end\n", "")
    assert holding.run("vpc-1", "readlink", "/proc/self/ns/net").stdout == inode
    assert holding.client.replace(network).namespace == namespace
    assert holding.run("vpc-1", *NAMED).stdout == "10.0.0.5\n"
    # It can still be changed.
    holding.network("vpc-1", ("127.64.3.4", 6379), ("10.0.0.7", 6379))
    with holding.serve("vpc-1", "10.0.0.7", 6379, "seven"):
        assert holding.dial("vpc-1", "10.0.0.7:6379", "10.0.0.5:6379") == ["seven 10.0.0.253", "ENETUNREACH"]


def test_a_query_waits_for_the_next_holder(holding: Holding) -> None:
    _two(holding)
    script = "import socket; print('up', flush=True); input(); print(socket.gethostbyname('db.test'))"
    program = holding.popen("vpc-1", "python3", "-c", script)
    assert program.stdin is not None
    assert program.stdout is not None
    assert program.stdout.readline() == "up\n"
    holding.kill_holder()
    program.stdin.write("\n")
    program.stdin.flush()
    holding.start_holder()
    assert program.communicate(timeout=20) == ("10.0.0.5\n", "")


def test_a_new_keeper_is_filled(holding: Holding) -> None:
    network = _two(holding)
    namespace = holding.client.replace(network).namespace
    assert holding.run("vpc-1", "true", source="10.0.0.8").returncode == 0
    before = holding.kept()
    assert before is not None
    assert len(before) >= 1 + 2 + 3
    holding.kill_keeper()
    # Without one everything works.
    holding.network("vpc-2", ("10.0.0.5", 6379))
    holding.start_keeper()
    until(
        "the keeper is filled",
        lambda: holding.kept() == sorted([*before, "core vpc-2", "listener vpc-2 10.0.0.5 6379"]),
    )
    holding.kill_holder()
    holding.start_holder()
    assert holding.client.replace(network).namespace == namespace
    assert holding.client.clients() == [("vpc-1", "10.0.0.8")]


def test_both_dead_it_begins_anew_from_disk(holding: Holding) -> None:
    network = _two(holding)
    namespace = holding.client.replace(network).namespace
    assert holding.run("vpc-1", "true").returncode == 0
    # A duplicate that somebody still has stands in nobody's way.
    with holding.client.listener("vpc-1", "10.0.0.5", 6379):
        holding.kill_holder()
        holding.kill_keeper()
        holding.start_keeper()
        holding.start_holder()
        assert holding.client.networks() == [network]
        with holding.serve("vpc-1", "10.0.0.5", 6379, "five"):
            assert holding.dial("vpc-1", *WHERE[:1]) == ["five 10.0.0.253"]
        assert holding.client.replace(network).namespace != namespace
    assert holding.run("vpc-1", *NAMED).stdout == "10.0.0.5\n"


def test_a_holder_without_a_keeper_works_and_finds_one_later(holding: Holding) -> None:
    holding.kill_holder()
    holding.kill_keeper()
    holding.start_holder()
    _two(holding)
    with holding.serve("vpc-1", "10.0.0.5", 6379, "five"):
        assert holding.dial("vpc-1", *WHERE[:1]) == ["five 10.0.0.253"]
    holding.start_keeper()
    until("the keeper is filled", lambda: "core vpc-1" in (holding.kept() or []))


@pytest.mark.parametrize("how", ["stop", "SIGTERM"])
def test_nothing_is_left_of_an_orderly_end(holding: Holding, how: str) -> None:
    _two(holding)
    assert holding.run("vpc-1", "true", source="10.0.0.8").returncode == 0
    assert holding.holder is not None
    assert holding.keeper is not None
    own = os.stat("/proc/self/ns/net").st_ino
    mine = namespaces_of(holding.holder.pid) - {own}
    assert len(mine) == 3  # its own, the core, the client's
    assert namespaces_of(holding.keeper.pid) - {own} == mine - {os.stat(f"/proc/{holding.holder.pid}/ns/net").st_ino}
    if how == "stop":
        holding.client.stop()
        _, err = holding.holder.communicate(timeout=20)
        assert (holding.holder.returncode, "Traceback" in err) == (0, False)
    else:
        assert holding.end(holding.holder)[0] == 0
    assert holding.kept() == []
    assert not holding.socket.exists()
    everybody = [int(name) for name in os.listdir("/proc") if name.isdecimal()]
    assert not mine & set().union(*map(_namespaces, everybody))
    # Networks stay on disk.
    holding.start_holder()
    assert [network.vpc for network in holding.client.networks()] == ["vpc-1"]
    status, err = holding.end(holding.keeper)
    assert (status, err.rpartition(" ")[2]) == (0, "role=keeper\n")


def _namespaces(pid: int) -> set[int]:
    try:
        return namespaces_of(pid)
    except OSError:  # it has ended meanwhile
        return set()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_the_terminals_signals_are_for_others(holding: Holding, number: signal.Signals) -> None:
    assert holding.holder is not None
    assert holding.keeper is not None
    for process in (holding.holder, holding.keeper):
        process.send_signal(number)
    assert holding.client.hello().pid == holding.holder.pid
    assert holding.kept() in ([], ["user"])


@pytest.mark.parametrize("role", ["holder", "keeper"])
def test_one_of_a_role_serves_a_folder(holding: Holding, role: str) -> None:
    second = holding.start(*holding.arguments(role))
    _, err = second.communicate(timeout=20)
    assert second.returncode == 3
    assert err == f"another {role} serves {holding.data}\n"
    assert holding.client.hello().data == str(holding.data)


@pytest.mark.parametrize("role", ["holder", "keeper"])
def test_a_lock_can_be_inherited(holding: Holding, role: str) -> None:
    """Whoever starts it takes the lock first, so that there is no moment without one."""
    process = holding.holder if role == "holder" else holding.keeper
    assert process is not None
    holding.end(process)
    path = holding.data / "vpcs" / f"{role}.lock"
    with open(path, "r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        second = holding.start(*holding.arguments(role), "--lock", str(lock.fileno()), pass_fds=(lock.fileno(),))
    if role == "holder":
        holding.holder = second
        holding.wait_for(second)
    else:
        holding.keeper = second
        until("the keeper answers", lambda: holding.kept() is not None)
    with open(path, "r+") as lock, pytest.raises(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


@pytest.mark.parametrize("lost", ["core vpc-1", "client vpc-1 10.0.0.253", "udp vpc-1 10.0.0.253"])
def test_a_deposit_that_was_lost_is_made_anew(holding: Holding, lost: str) -> None:
    """Sockets that stand in a namespace that nobody has any more are of no use."""
    _two(holding)
    assert holding.run("vpc-1", "true").returncode == 0
    with connect(str(holding.keeper_socket), 5) as sock:
        call(sock, {"op": "drop", "names": [lost]})
    holding.kill_holder()
    holding.start_holder()
    with holding.serve("vpc-1", "10.0.0.5", 6379, "five"):
        assert holding.dial("vpc-1", *WHERE[:1]) == ["five 10.0.0.253"]
    assert holding.run("vpc-1", *NAMED).stdout == "10.0.0.5\n"


def test_something_else_in_the_sockets_place_is_not_removed(holding: Holding) -> None:
    holding.kill_holder()
    holding.socket.unlink()
    holding.socket.write_text("precious")
    second = holding.start(*holding.arguments("holder"))
    _, err = second.communicate(timeout=20)
    assert second.returncode == 2
    assert "exists and is not a socket" in err
    assert holding.socket.read_text() == "precious"


def test_files_that_can_not_be_read_are_told_and_left(holding: Holding) -> None:
    network = _two(holding)
    folder = holding.data / "vpcs"
    holding.kill_holder()
    holding.kill_keeper()
    wrong = {"vpc-2.json": "{", "vpc-3.json": json.dumps(network.to_json()), "vpc-4.json": "[" * 100_000, "x.json": "7"}
    for name, text in wrong.items():
        (folder / name).write_text(text)
        os.chmod(folder / name, 0o644)
    holding.start_keeper()
    holding.start_holder()
    assert holding.client.networks() == [network]
    assert holding.holder is not None
    _, err = holding.end(holding.holder)
    for name, text in wrong.items():
        assert f"{folder / name} can not be read" in err
        assert (folder / name).read_text() == text


def test_a_holder_that_is_not_there(tmp_path: Path) -> None:
    with HolderClient(tmp_path / "none") as client, pytest.raises(HolderDown, match="none: "):
        client.hello()
    path = tmp_path / "silent"
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(path))
        sock.listen()
        with HolderClient(path, timeout=0.05) as client, pytest.raises(HolderDown, match=r"no answer within 0.05 s"):
            client.hello()


def test_calls_go_on_over_a_restart(holding: Holding) -> None:
    """Idle connections of a former holder are tried and thrown away."""
    _two(holding)
    holding.kill_holder()
    with pytest.raises(HolderDown):
        holding.client.networks()
    holding.start_holder()
    assert len(holding.client.networks()) == 1
    with pytest.raises(HolderRefused):
        holding.client.enter("vpc-9")
