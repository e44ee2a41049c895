"""``jackfield up``."""

from __future__ import annotations

import argparse
import ipaddress
import logging
import os
import sys
import time
from pathlib import Path

from jackfield.cli.failure import Failure
from jackfield.cli.folder import folder_of
from jackfield.folder import Folder, Lock
from jackfield.processes import spawn, terminate, wait_gone
from jackfield.settings import Settings
from jackfield.supervisor.ready import Ready, read_ready
from jackfield.supervisor.shutdown import shut_down
from jackfield.supervisor.supervisor import CannotListen, Supervisor, bind, end_api

_PATIENCE = 90.0


def run(options: argparse.Namespace) -> int:
    """Runs in the foreground until Ctrl-C, or detached."""
    settings = _settings(options)
    if options.ready_file and not os.access(Path(options.ready_file).absolute().parent, os.W_OK):
        raise Failure(f"{options.ready_file} cannot be written")
    folder = folder_of(options.data, create=True)
    if options.detach:
        return _detach(folder, options)
    lock = Lock(folder.lock)
    if not lock.take():
        raise Failure(_taken(folder, lock))
    try:
        end_api(folder)  # of a supervisor that was killed; it has the port
        listener = bind(settings.listen, folder)
    except CannotListen as error:
        lock.release()
        raise Failure(str(error)) from None
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    folder.ready.unlink(missing_ok=True)

    def announce(ready: Ready) -> None:
        ready.write(folder.ready)
        if options.ready_file:
            ready.write(options.ready_file)
        _greet(folder, settings, ready)

    supervisor = Supervisor(folder, settings, listener, announce)
    try:
        supervisor.run()
    finally:
        listener.close()
        shut_down(folder)
        if options.ready_file:
            Path(options.ready_file).unlink(missing_ok=True)
        lock.release()
    print("jackfield: ended; data and addresses are kept", file=sys.stderr)
    return 0


def _settings(options: argparse.Namespace) -> Settings:
    if options.addresses:
        try:
            ipaddress.IPv4Network(options.addresses)
        except ValueError as error:
            raise Failure(f"--addresses: {error}", 2) from None
    return Settings(
        listen=options.listen,
        pace=options.pace,
        engines=options.engines,
        local_clients=options.local_clients,
        drain=options.drain,
        durability=options.durability,
        addresses=options.addresses,
        digest=options.digest,
        repeat_seconds=options.repeat_seconds,
        day_seconds=options.day_seconds,
    )


def _taken(folder: Folder, lock: Lock) -> str:
    ready = read_ready(folder.ready)
    where = f" and answers at {ready.api}" if ready else ""
    return (
        f"a Jackfield (pid {lock.holder()}) runs on {folder.root} already{where}. "
        f"End it with 'jackfield down --data {folder.root}', or choose another folder with --data."
    )


def _greet(folder: Folder, settings: Settings, ready: Ready) -> None:
    print(f"jackfield: ready at {ready.api} (API process {ready.pid}, data in {folder.root})", file=sys.stderr)
    if settings.local_clients == "allow":
        print("jackfield: WARNING: clients of this machine are admitted whatever a whitelist says", file=sys.stderr)
    if settings.engines == "none":
        print("jackfield: no databases run; endpoints have no addresses", file=sys.stderr)
    sys.stderr.flush()


def _detach(folder: Folder, options: argparse.Namespace) -> int:
    """Starts the same command in a session of its own and waits until it is ready."""
    lock = Lock(folder.lock)
    if lock.holder() is not None:
        raise Failure(_taken(folder, lock))
    argv = [sys.executable, "-m", "jackfield", "up", "--data", str(folder.root), "--listen", options.listen]
    argv += ["--pace", options.pace, "--engines", options.engines, "--local-clients", options.local_clients]
    argv += ["--drain", str(options.drain), "--durability", options.durability, "--digest", options.digest]
    argv += ["--repeat-seconds", str(options.repeat_seconds), "--day-seconds", str(options.day_seconds)]
    if options.addresses:
        argv += ["--addresses", options.addresses]
    if options.ready_file:
        argv += ["--ready-file", str(Path(options.ready_file).absolute())]
    folder.ready.unlink(missing_ok=True)
    log = folder.logs / "supervisor.log"
    begins = log.stat().st_size if log.exists() else 0
    started = spawn(argv, cwd=folder.root, log=log)
    deadline = time.monotonic() + _PATIENCE
    try:
        while (ready := read_ready(folder.ready)) is None:
            if wait_gone(started, 0.02):
                said = log.read_bytes()[begins:].decode(errors="replace").strip()
                raise Failure(said.removeprefix("jackfield: ") or f"it ended at once; see {log}")
            if time.monotonic() > deadline:
                terminate(started)
                raise Failure(f"not ready within {_PATIENCE:.0f} s; see {folder.logs}")
    except KeyboardInterrupt:
        terminate(started)
        raise
    _greet(folder, _settings(options), ready)
    return 0
