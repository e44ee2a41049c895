"""What holder and keeper have in common as processes: command line, lock, log, limits, signals."""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from jackfield.standing import EXIT_FAILED, EXIT_LOCKED, raise_limit, take_lock
from jackfield.vantage.loop import Loop

log = logging.getLogger("jackfield.vantage")


def main(role: str, serve: Callable[[argparse.Namespace, Loop], None], arguments: Sequence[str] | None) -> int:
    """Runs until SIGTERM or ``stop``; returns the exit status. SIGINT and SIGHUP are ignored: they are meant for the
    terminal in which somebody else was started.

    ``--data DIR --socket PATH [--keeper PATH] [--lock FD] [--log PATH]``

    :param serve: runs the loop.
    :returns: 0 after an orderly end, 2 when it could not start, 3 when the data folder is served already.
    """
    parser = argparse.ArgumentParser(prog=f"python -m jackfield.vantage.{role}")
    parser.add_argument("--data", required=True, type=Path, help="the data folder; networks are kept in its vpcs/")
    parser.add_argument("--socket", required=True, help="path of the socket for requests")
    if role == "holder":
        parser.add_argument("--keeper", required=True, help="path of the keeper's socket")
    parser.add_argument("--lock", type=int, help="inherited descriptor that holds the lock already")
    parser.add_argument("--log", help="append the log here instead of writing to stderr")
    options = parser.parse_args(arguments)
    os.umask(0o077)
    options.data = options.data.absolute()
    try:
        logging.raiseExceptions = False  # whoever read our stderr may be gone
        layout = "%(asctime)s %(levelname)s %(name)s %(message)s"
        logging.basicConfig(filename=options.log, level=logging.INFO, format=layout)
        folder = options.data / "vpcs"
        folder.mkdir(parents=True, exist_ok=True)
        lock = options.lock if options.lock is not None else take_lock(folder / f"{role}.lock")
        if lock is None:
            print(f"another {role} serves {options.data}", file=sys.stderr)
            return EXIT_LOCKED
        raise_limit()
        loop = Loop()
        with _signals(loop):
            serve(options, loop)
        log.info("stopped role=%s", role)
    except OSError as error:
        log.error("could not start: %s", error)
        return EXIT_FAILED
    return 0


@contextlib.contextmanager
def _signals(loop: Loop) -> Iterator[None]:
    end, write = socket.socketpair()
    end.setblocking(False)
    write.setblocking(False)

    def arrived() -> None:
        if signal.SIGTERM in end.recv(64):
            loop.stop()

    signal.signal(signal.SIGTERM, lambda number, frame: None)  # without a handler nothing is written
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    before = signal.set_wakeup_fd(write.fileno(), warn_on_full_buffer=False)
    loop.watch(end, arrived, lambda: None)
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        loop.close()
        end.close()
        write.close()
