"""Ending everything of a data folder, with or without a supervisor."""

from __future__ import annotations

import logging
import socket
import struct
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from jackfield.folder import Folder, Lock, read_process
from jackfield.processes import ProcessId, identify, terminate, wait_gone
from jackfield.supervisor.companions import SILENT, Companion, companions, running
from jackfield.supervisor.supervisor import end_api

log = logging.getLogger(__name__)

_GRACE = 10.0
_LOCAL_PEERPID = 2
"""macOS, sys/un.h; its level SOL_LOCAL is 0."""


def shut_down(folder: Folder, say: Callable[[str], None] = lambda text: None) -> int:
    """Ends API process, relays, VPCs and databases, in this order; data and addresses stay for the next start.

    :param say: is told what ends. :return: how many processes ended.
    """
    ended = 0
    api = end_api(folder)
    if api is not None:
        say(f"API process {api.pid}")
        ended += 1
    for companion in reversed(companions(folder)):
        process = _end(folder, companion)
        if process is not None:
            say(f"{companion.name} {process.pid}")
            ended += 1
    engines = running_engines(folder, _GRACE)
    if engines:
        say(f"{len(engines)} database server{'s'[: len(engines) != 1]}")
        with ThreadPoolExecutor(max_workers=16) as pool:
            list(pool.map(lambda one: terminate(one, _GRACE), engines))
    for path in (folder.ready, folder.api):
        path.unlink(missing_ok=True)
    return ended + len(engines)


def running_engines(folder: Folder, patience: float = 0.0) -> list[ProcessId]:
    """Database servers of the folder that run.

    :param patience: seconds to wait for one that was started by a process which died before it could record it.
    """
    found = []
    deadline = time.monotonic() + patience
    for place in sorted(path for path in folder.engines.glob("*/*") if path.name.isdigit()):
        socket_path = folder.engine_socket(place.parent.name, int(place.name))
        while True:
            process = read_process(place / "process.json")
            held = process is None and Lock(place / "lock").holder() is not None
            process = listener_of(socket_path) if held else process
            if process is not None:
                found.append(process)
            elif held and time.monotonic() < deadline:
                time.sleep(0.01)
                continue
            break
    return found


def _end(folder: Folder, companion: Companion) -> ProcessId | None:
    """Ends a process, one that is only just starting included: it has its lock from before its start on."""
    lock = Lock(companion.lock)
    deadline = time.monotonic() + _GRACE
    while companion.lock.parent.is_dir() and not lock.take():
        process = None
        try:
            process = identify(companion.ask()[0])
            companion.stop()
        except SILENT:
            process = process or listener_of(companion.socket)
        if process is not None:
            if not wait_gone(process, _GRACE):
                terminate(process, 1.0)
            return process
        if time.monotonic() > deadline:
            log.warning("a process has %s and cannot be found", companion.lock)
            return None
        time.sleep(0.01)
    lock.release()
    return None


def listener_of(path: Path) -> ProcessId | None:
    """The process that listens on a Unix socket, as the kernel names it; ``None`` when nobody does."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(str(path))
            if sys.platform == "darwin":
                pid = probe.getsockopt(0, _LOCAL_PEERPID)
            else:
                pid = struct.unpack("3i", probe.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
        except OSError:
            return None
    return identify(pid)


def processes_of(folder: Folder) -> list[ProcessId]:
    """Every process of the folder that runs, the supervisor's own excluded."""
    found = []
    api = read_process(folder.api)
    if api is not None:
        found.append(api)
    found += [one for one in (running(each, folder) for each in companions(folder)) if one is not None]
    return found + running_engines(folder)
