"""The supervisor: starts relays, the holders of VPCs and the API process, and starts again what dies.

It carries no traffic and holds no state: killing it costs nothing but the restarts. Relays and databases run in
sessions of their own and are adopted by the next supervisor of the folder; the API process goes on without it, too,
and is replaced by the next.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from types import FrameType

import msgspec

from jackfield.folder import Folder, Lock, read_process, write_private
from jackfield.processes import ProcessId, alive, spawn, terminate
from jackfield.settings import Settings
from jackfield.supervisor.companions import RELAYS, Companion, companions, running
from jackfield.supervisor.ready import Ready
from jackfield.supervisor.restarts import Restarts

log = logging.getLogger("jackfield.supervisor")

_START_SECONDS = 10.0
"""How long an API process may take from its start until it says its pid."""


class CannotListen(Exception):
    """The API's address cannot be bound; the text says why and what to do."""


def bind(listen: str, folder: Folder) -> socket.socket:
    """The API's listening socket. Port 0 takes the folder's port of last time if it is free, else any.

    :raises CannotListen: the address is taken, not of this machine, or no HOST:PORT.
    """
    host, _, port_text = listen.rpartition(":")
    host = host.strip("[]")
    if not host or not port_text.isdigit() or int(port_text) > 65535:
        raise CannotListen(f"'{listen}' is no HOST:PORT")
    port = int(port_text)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    candidates = [port]
    if port == 0:
        with contextlib.suppress(OSError, ValueError):
            candidates.insert(0, int(folder.port.read_text()))
    for candidate in candidates:
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, candidate))
            listener.listen(1024)
        except OSError as error:
            listener.close()
            if candidate != candidates[-1]:
                continue
            raise CannotListen(
                f"{host}:{candidate} cannot be used for the API: {error.strerror}. "
                "Choose another with --listen HOST:PORT; port 0 takes a free one."
            ) from None
        folder.port.write_text(str(listener.getsockname()[1]))
        return listener
    raise AssertionError("there is always a last candidate")


def end_api(folder: Folder) -> ProcessId | None:
    """Ends the API process of a supervisor that is gone, if there is one. Clients of databases do not notice.

    It has the folder's ``api.lock`` from before its start on; one that is just starting is waited for until it has said
    its pid.

    :return: the process that was ended.
    """
    lock = Lock(folder.api_lock)
    deadline = time.monotonic() + _START_SECONDS
    while not lock.take():
        orphan = read_process(folder.api)
        if orphan is not None:
            terminate(orphan, 10)
            return orphan
        if time.monotonic() > deadline:
            raise CannotListen(f"an API process has {folder.api_lock} and does not say which it is")
        time.sleep(0.01)
    lock.release()
    return None


class Supervisor:
    """:param announce: called with the ready record, each time the API became ready.

    :param listener: handed to every API process, so that callers wait during a restart instead of being refused.
    """

    def __init__(
        self, folder: Folder, settings: Settings, listener: socket.socket, announce: Callable[[Ready], None]
    ) -> None:
        self._folder = folder
        self._settings = settings
        self._listener = listener
        self._announce = announce
        # Without engines nothing listens, so there is nothing to hold in VPCs.
        wanted = [one for one in companions(folder) if settings.engines == "real" or one.carries]
        self._companions = {companion.name: companion for companion in wanted}
        self._stopping = False
        self._processes: dict[str, ProcessId] = {}
        self._started_at: dict[str, float] = {}
        self._restarts = Restarts()
        self._restart_at: dict[str, float] = {}
        self._ready: Ready | None = None
        self._ready_pipe: int | None = None
        self._ready_text = b""
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)

    def run(self) -> None:
        """Supervises until SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        try:
            for companion in self._companions.values():
                self._start_companion(companion)
            self._start_api()
            while not self._stopping:
                self._wait()
                self._look()
        finally:
            signal.set_wakeup_fd(-1)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _start_companion(self, companion: Companion) -> None:
        """Adopts the process that serves the folder, or starts one."""
        found = running(companion, self._folder)
        if found is None:
            # As for the API process. Where another has the lock and does not answer, ours ends and is tried again.
            lock = Lock(companion.lock)
            inherited = (lock.fileno(),) if lock.take() else ()
            argv = [*companion.argv, *(["--lock", str(*inherited)] if inherited else [])]
            log_file = self._folder.logs / f"{companion.name}.log"
            found = spawn(argv, cwd=self._folder.root, log=log_file, pass_fds=inherited)
            lock.release()
            log.info("started %s as %d", companion.name, found.pid)
        else:
            log.info("adopted %s, %d", companion.name, found.pid)
        self._note(companion.name, found)

    def _start_api(self) -> None:
        read, write = os.pipe()
        argv = [sys.executable, "-m", "jackfield.supervisor.api", "--data", str(self._folder.root)]
        argv += ["--settings", msgspec.json.encode(self._settings).decode()]
        # Locked before there is a process: whoever comes after us knows of it, however early we are killed.
        lock = Lock(self._folder.api_lock)
        while not lock.take():
            end_api(self._folder)
        inherited = (self._listener.fileno(), lock.fileno(), write)
        argv += ["--socket", str(inherited[0]), "--lock", str(inherited[1]), "--ready", str(inherited[2])]
        started = spawn(argv, cwd=self._folder.root, log=self._folder.logs / "api.log", pass_fds=inherited)
        write_private(self._folder.api, msgspec.json.encode(started))
        lock.release()
        os.close(write)
        if self._ready_pipe is not None:
            os.close(self._ready_pipe)
        self._ready_pipe, self._ready_text = read, b""
        self._note("api", started)

    def _note(self, name: str, process: ProcessId) -> None:
        self._processes[name] = process
        self._started_at[name] = time.monotonic()
        self._restart_at.pop(name, None)

    def _wait(self) -> None:
        """Until a process ends, the API says ready, a signal arrives, or a restart is due."""
        poll = select.poll()
        poll.register(self._wake_read, select.POLLIN)
        if self._ready_pipe is not None:
            poll.register(self._ready_pipe, select.POLLIN)
        handles = []
        blind = False
        for name, process in self._processes.items():
            if name in self._restart_at:
                continue
            try:
                handle = os.pidfd_open(process.pid)
            except (AttributeError, OSError):
                blind = True
                continue
            handles.append(handle)
            poll.register(handle, select.POLLIN)
        timeout = 0.1 if blind else None
        if self._restart_at:
            due = max(0.0, min(self._restart_at.values()) - time.monotonic())
            timeout = due if timeout is None else min(timeout, due)
        try:
            for descriptor, _ in poll.poll(None if timeout is None else timeout * 1000):
                if descriptor == self._wake_read:
                    os.read(self._wake_read, 512)
                elif descriptor == self._ready_pipe:
                    self._read_ready()
        finally:
            for handle in handles:
                os.close(handle)

    def _read_ready(self) -> None:
        if self._ready_pipe is None:
            return
        text = os.read(self._ready_pipe, 65536)
        self._ready_text += text
        if self._ready_text.endswith(b"\n"):
            self._ready = msgspec.json.decode(self._ready_text, type=Ready)
            self._tell()
        if not text or self._ready_text.endswith(b"\n"):
            os.close(self._ready_pipe)
            self._ready_pipe = None

    def _tell(self) -> None:
        """Announces the ready record with the relays of now."""
        if self._ready is not None:
            pids = [self._processes[f"relay-{role}"].pid for role in RELAYS]
            self._announce(msgspec.structs.replace(self._ready, relay_pids=pids))

    def _look(self) -> None:
        """Starts again what died: at once if it had started, else with growing pauses."""
        now = time.monotonic()
        for name, process in list(self._processes.items()):
            if self._stopping or alive(process):
                continue
            if name not in self._restart_at:
                lived = now - self._started_at[name]
                was_ready = name == "api" and self._ready_text.endswith(b"\n")
                pause = self._restarts.pause(name, lived, was_ready=was_ready)
                self._restart_at[name] = now + pause
                log.warning("%s (%d) ended after %.1f s; the next one in %.1f s", name, process.pid, lived, pause)
            if self._restart_at[name] <= now:
                if name == "api":
                    self._start_api()
                else:
                    self._start_companion(self._companions[name])
                    self._tell()
