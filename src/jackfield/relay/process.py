"""The relay as a process: lock, limits, routes, control socket, then the loop."""

from __future__ import annotations

import argparse
import gc
import logging
import os
import signal
import socket
import sqlite3
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from jackfield.relay.board import Board
from jackfield.relay.control import Control
from jackfield.relay.descriptors import RESERVE
from jackfield.relay.doors import Doors, fetch_now
from jackfield.relay.loop import Handler, Loop
from jackfield.relay.messages import VERSION, Greeting
from jackfield.relay.refusals import Refusals
from jackfield.relay.table import Table
from jackfield.relay.vpcs import Vpcs
from jackfield.standing import EXIT_FAILED, EXIT_LOCKED, raise_limit, started_at, take_lock

_HOLDER_SECONDS = 0.5
"""How long a start waits for a holder that is only just starting, too, before the host's listeners are served."""
_BIND_AGAIN_SECONDS = 0.2  # a predecessor that was just killed may still be closing its sockets

log = logging.getLogger("jackfield.relay")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a relay until SIGTERM or ``stop``; returns the exit status.

    ``python -m jackfield.relay --data DIR --role plain|resp --socket PATH [--holder PATH] [--lock FD] [--log PATH]``.
    SIGINT and SIGHUP are ignored: they are meant for the terminal in which somebody else was started.

    :returns: 0 after an orderly end, 2 when it could not start, 3 when the data folder is served already.
    """
    parser = argparse.ArgumentParser(prog="python -m jackfield.relay", description="Carries bytes to databases.")
    parser.add_argument("--data", required=True, type=Path, help="the data folder; routes are kept in its relay/")
    parser.add_argument("--role", required=True, choices=("plain", "resp"))
    parser.add_argument("--socket", required=True, help="path of the control socket")
    parser.add_argument(
        "--lock", type=int, help="inherited descriptor that holds the lock of data folder and role already"
    )
    parser.add_argument("--holder", default="", help="socket of the process that holds the namespaces of VPCs")
    parser.add_argument("--log", help="append the log here instead of writing to stderr")
    options = parser.parse_args(arguments)
    os.umask(0o077)
    folder = options.data.resolve() / "relay"
    try:
        _start_logging(options.log)
        folder.mkdir(parents=True, exist_ok=True)
        lock = options.lock if options.lock is not None else take_lock(folder / f"{options.role}.lock")
        if lock is None:
            print(f"another relay of role {options.role} serves {options.data}", file=sys.stderr)
            return EXIT_LOCKED
        _serve(folder, options.role, options.socket, options.holder)
    except (OSError, sqlite3.Error) as error:
        log.error("could not start: %s", error)
        return EXIT_FAILED
    return 0


def _serve(folder: Path, role: str, path: str, holder: str) -> None:
    begun = time.monotonic()
    limit = raise_limit()
    RESERVE.keep()
    loop = Loop(_on_error)
    table = Table(folder / f"{role}.db")
    refusals = Refusals()
    vpcs = Vpcs(loop, holder, lambda: doors.renew())
    board = Board(loop, table, refusals, vpcs)
    doors = Doors(loop, board, vpcs)
    _stop_on_sigterm(loop)
    inside = [route for route in board.recorded() if route.vantage != "host"]
    board.restore(fetch_now(holder, inside, _HOLDER_SECONDS) if inside else None)
    again_until = time.monotonic() + _BIND_AGAIN_SECONDS
    while not board.bind_missing() and time.monotonic() < again_until:
        time.sleep(0.01)
    board.keep_trying()
    doors.keep_trying()
    started = started_at()

    def greet() -> Greeting:
        return Greeting(
            pid=os.getpid(),
            started=started,
            role=role,
            data=str(folder.parent),
            version=VERSION,
            listeners=board.listening(),
            connections=sum(board.counts().values()),
            unbound=board.unbound(),
        )

    control = Control(loop, board, doors, refusals, path, greet, loop.stop)
    _settle_garbage_collector()
    milliseconds = (time.monotonic() - begun) * 1000
    log.info("ready role=%s listeners=%d files=%d after %.0f ms", role, board.listening(), limit, milliseconds)
    try:
        loop.run()
    finally:
        board.close()
        vpcs.close()
        control.close()
        loop.finish()
        table.close()
        log.info("stopped role=%s", role)


def _start_logging(path: str | None) -> None:
    logging.raiseExceptions = False  # whoever read our stderr may be gone; that must not disturb the relay
    logging.basicConfig(filename=path, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")


def _settle_garbage_collector() -> None:
    # What exists now lives as long as the process. Sessions free themselves by reference counts, so the collector
    # only has to find what an exception's traceback left; a full run over ten thousand sessions costs 10 ms.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 50)


def _on_error(handler: Handler, error: Exception) -> None:
    log.error("unexpected error in %s", type(handler).__name__, exc_info=error)
    abort = getattr(handler, "abort", None)
    if abort is not None:
        abort()  # else a level-triggered loop would come back to it for ever


class _Wakeup:
    """Ends the loop when a signal has arrived: the interpreter writes its number to a socket that the loop reads."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._end, self._write = socket.socketpair()
        self._end.setblocking(False)
        self._write.setblocking(False)
        signal.set_wakeup_fd(self._write.fileno(), warn_on_full_buffer=False)
        loop.register(self._end.fileno(), self)

    def on_event(self, events: int) -> None:
        if signal.SIGTERM in self._end.recv(64):
            self._loop.stop()


def _stop_on_sigterm(loop: Loop) -> None:
    signal.signal(signal.SIGTERM, lambda number, frame: None)  # without a handler nothing is written
    for name in ("SIGINT", "SIGHUP"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    _Wakeup(loop)
