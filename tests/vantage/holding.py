"""A keeper, a holder, servers on what they listen on, and programs that dial from inside."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

from jackfield.folder import Folder
from jackfield.unix_sockets import connect
from jackfield.vantage.caller import call
from jackfield.vantage.client import HolderClient, HolderDown
from jackfield.vantage.network import Network
from tests.running import until

ENTER = """
import sys
from jackfield.vantage.client import HolderClient
from jackfield.vantage.execute import run_in_vpc
path, vpc, source, *command = sys.argv[1:]
with HolderClient(path) as holder:
    entrance = holder.enter(vpc, source)
run_in_vpc(command, entrance)
"""
DIAL = """
import errno, socket, sys, time
for where in sys.argv[1:]:
    address, _, port = where.rpartition(":")
    begun = time.monotonic()
    try:
        with socket.create_connection((address, int(port)), 5) as sock:
            print(where, sock.makefile().readline().strip())
    except OSError as error:
        print(where, errno.errorcode.get(error.errno, error))
    assert time.monotonic() - begun < 2, where
"""
TALK = """
import socket, sys
sock = socket.create_connection((sys.argv[1], int(sys.argv[2])), 5)
lines = sock.makefile("rw")
print(lines.readline().strip(), flush=True)
for line in sys.stdin:
    lines.write(line)
    lines.flush()
    print(lines.readline().strip(), flush=True)
"""

Start = Callable[..., "subprocess.Popen[str]"]


class Holding:
    """Keeper and holder of one data folder, as processes.

    :param start: starts Python with arguments, as the user who is to own them. :param home: a folder of that user's.
    """

    def __init__(self, start: Start, home: Path) -> None:
        self.start = start
        self.data = home / "data"
        self.socket = home / "holder.sock"
        self.keeper_socket = home / "keeper.sock"
        self.client = HolderClient(self.socket)
        self.holder: subprocess.Popen[str] | None = None
        self.keeper: subprocess.Popen[str] | None = None

    def move_to(self, folder: Folder) -> None:
        """Where a user's processes lie; before anything is started."""
        self.data = folder.root
        self.socket, self.keeper_socket = folder.vpc_socket("holder"), folder.vpc_socket("keeper")
        self.client = HolderClient(self.socket)

    def __enter__(self) -> Holding:
        self.start_keeper()
        self.start_holder()
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
        for process in (self.holder, self.keeper):
            if process is not None:
                self.end(process)

    def arguments(self, role: str) -> list[str]:
        """What Python is started with."""
        path = self.socket if role == "holder" else self.keeper_socket
        found = ["-W", "error", "-m", f"jackfield.vantage.{role}", "--data", str(self.data), "--socket", str(path)]
        return [*found, "--keeper", str(self.keeper_socket)] if role == "holder" else found

    def start_keeper(self) -> None:
        self.keeper = self.start(*self.arguments("keeper"))
        until("the keeper answers", lambda: self.kept() is not None)

    def start_holder(self) -> None:
        process = self.start(*self.arguments("holder"))
        self.holder = process
        self.wait_for(process)

    def wait_for(self, process: subprocess.Popen[str]) -> None:
        """Until that very holder answers."""
        until("the holder answers", lambda: self._pid() == process.pid)

    def kill_holder(self) -> None:
        assert self.holder is not None
        self.end(self.holder, signal.SIGKILL)

    def kill_keeper(self) -> None:
        assert self.keeper is not None
        self.end(self.keeper, signal.SIGKILL)

    def end(self, process: subprocess.Popen[str], number: int = signal.SIGTERM) -> tuple[int, str]:
        """Ends a process; returns its status and what it wrote to standard error."""
        process.send_signal(number)
        _, err = process.communicate(timeout=20)
        assert "Traceback" not in err, err
        return process.returncode, err

    def kept(self) -> list[str] | None:
        """The names that the keeper keeps."""
        try:
            with connect(str(self.keeper_socket), 5) as sock:
                names: list[str] = call(sock, {"op": "list"})[0]
                return names
        except OSError:
            return None

    def network(
        self, vpc: str, *listeners: tuple[str, int], source: str = "10.0.0.253", **names: tuple[str, ...]
    ) -> Network:
        """Tells the holder a network in which everything listens; underscores in names stand for dots."""
        found = Network(vpc, source, listeners, {name.replace("_", "."): value for name, value in names.items()})
        replaced = self.client.replace(found)
        assert (sorted(replaced.listening), replaced.failed) == (sorted(listeners), {})
        return found

    def serve(self, vpc: str, address: str, port: int, label: str) -> Served:
        return Served(self.client.listener(vpc, address, port), label)

    def popen(self, vpc: str, *command: str, source: str = "") -> subprocess.Popen[str]:
        """Starts a program inside."""
        return self.start("-W", "error", "-c", ENTER, str(self.socket), vpc, source, *command)

    def run(self, vpc: str, *command: str, source: str = "", stdin: str = "") -> subprocess.CompletedProcess[str]:
        with self.popen(vpc, *command, source=source) as process:
            out, err = process.communicate(stdin, timeout=60)
        return subprocess.CompletedProcess(command, process.returncode, out, err)

    def dial(self, vpc: str, *where: str, source: str = "") -> list[str]:
        """Dials ``address:port`` from inside; what each server says, or the errno."""
        done = self.run(vpc, "python3", "-c", DIAL, *where, source=source)
        assert done.returncode == 0, done.stderr
        told = dict(line.split(" ", 1) for line in done.stdout.splitlines())
        return [told[one] for one in where]

    def _pid(self) -> int | None:
        try:
            return self.client.hello().pid
        except HolderDown:
            return None


class Served:
    """Greets whoever dials with a label and the address that was dialled from, then echoes lines."""

    def __init__(self, listener: socket.socket, label: str) -> None:
        self._listener = listener
        self._label = label
        self._clients: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        listener.setblocking(True)
        self._threads[0].start()

    def __enter__(self) -> Served:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._threads[0].join()
        self._listener.close()
        for sock in self._clients:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads[1:]:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                sock, peer = self._listener.accept()
            except OSError:
                return
            self._clients.append(sock)
            self._threads.append(threading.Thread(target=self._echo, args=(sock, peer[0])))
            self._threads[-1].start()

    def _echo(self, sock: socket.socket, peer: str) -> None:
        with sock, contextlib.suppress(OSError):
            sock.sendall(f"{self._label} {peer}\n".encode())
            while data := sock.recv(4096):
                sock.sendall(data)


def namespaces_of(pid: int) -> set[int]:
    """Inodes of the network namespaces that a process stands in or holds by a descriptor."""
    found = set()
    with contextlib.suppress(FileNotFoundError):
        found.add(os.stat(f"/proc/{pid}/ns/net").st_ino)
        for descriptor in os.listdir(f"/proc/{pid}/fd"):
            with contextlib.suppress(FileNotFoundError):
                if os.readlink(f"/proc/{pid}/fd/{descriptor}").startswith("net:["):
                    found.add(os.stat(f"/proc/{pid}/fd/{descriptor}").st_ino)
    return found
