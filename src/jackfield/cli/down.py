"""``jackfield down``."""

from __future__ import annotations

import argparse
import json
import sys

from jackfield.cli.failure import Failure
from jackfield.cli.folder import folder_of
from jackfield.folder import Lock
from jackfield.processes import identify, terminate
from jackfield.supervisor.shutdown import processes_of, shut_down
from jackfield.supervisor.supervisor import CannotListen

_PATIENCE = 40.0


def run(options: argparse.Namespace) -> int:
    """Ends the supervisor, which ends the rest; ends the rest itself where there is no supervisor."""
    folder = folder_of(options.data)
    lock = Lock(folder.lock)
    holder = lock.holder()
    ended = len(processes_of(folder))
    if holder is not None:
        supervisor = identify(holder)
        if supervisor is not None:
            terminate(supervisor, _PATIENCE)
            ended += 1
    if not lock.take():
        raise Failure(f"another start is going on in {folder.root}; try again")
    try:
        folder.create()
        shut_down(folder, lambda what: print(f"jackfield: ended {what}", file=sys.stderr))
    except CannotListen as error:
        raise Failure(str(error)) from None
    finally:
        lock.release()
    if options.json:
        print(json.dumps({"data": str(folder.root), "ended": ended}))
    else:
        print(f"jackfield: {'ended' if ended else 'nothing ran on'} {folder.root}", file=sys.stderr)
    return 0
