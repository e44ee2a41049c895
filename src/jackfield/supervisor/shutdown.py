"""Ending everything of a data folder, with or without a supervisor."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from jackfield.processes import ProcessId, identify, terminate, wait_gone
from jackfield.relay.client import RelayClient, RelayDown, RelayError
from jackfield.supervisor.folder import Folder, read_process
from jackfield.supervisor.supervisor import ROLES

log = logging.getLogger(__name__)

_GRACE = 10.0


def shut_down(folder: Folder, say: Callable[[str], None] = lambda text: None) -> int:
    """Ends the API process, the relays and the databases, in this order; data and addresses stay for the next start.

    :param say: is told what ends. :return: how many processes ended.
    """
    ended = 0
    api = read_process(folder.api)
    if api is not None:
        say(f"API process {api.pid}")
        terminate(api, _GRACE)
        ended += 1
    for role in ROLES:
        relay = _end_relay(folder, role)
        if relay is not None:
            say(f"{role} relay {relay.pid}")
            ended += 1
    engines = running_engines(folder)
    if engines:
        say(f"{len(engines)} database server{'s'[: len(engines) != 1]}")
        with ThreadPoolExecutor(max_workers=16) as pool:
            list(pool.map(lambda one: terminate(one, _GRACE), engines))
    for path in (folder.ready, folder.api):
        path.unlink(missing_ok=True)
    return ended + len(engines)


def running_engines(folder: Folder) -> list[ProcessId]:
    """Database servers of the folder that run."""
    found = (read_process(path) for path in sorted(folder.engines.glob("*/*/process.json")))
    return [process for process in found if process is not None]


def _end_relay(folder: Folder, role: str) -> ProcessId | None:
    try:
        with RelayClient(folder.relay_socket(role), timeout=5.0) as relay:
            process = identify(relay.hello().pid)
            relay.stop()
    except (RelayDown, RelayError):
        return None
    if process is not None and not wait_gone(process, _GRACE):
        terminate(process, 1.0)
    return process


def processes_of(folder: Folder) -> list[ProcessId]:
    """Every process of the folder that runs, the supervisor's own excluded."""
    found = []
    api = read_process(folder.api)
    if api is not None:
        found.append(api)
    for role in ROLES:
        try:
            with RelayClient(folder.relay_socket(role), timeout=2.0) as relay:
                process = identify(relay.hello().pid)
        except (RelayDown, RelayError):
            continue
        if process is not None:
            found.append(process)
    return found + running_engines(folder)
