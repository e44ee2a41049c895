"""How programs of servers are started: past the gate, with an environment of their own, holding the folder's lock."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Literal

import msgspec

from jackfield.engines import gate
from jackfield.engines.engine import EngineFailed
from jackfield.engines.kept import environment, log_tail
from jackfield.engines.server_node import ServerNode

AsRoot = Literal["auto", "namespace", "user", "plain"]
"""See :mod:`jackfield.engines.gate`."""

INITIALISE_PATIENCE = 120.0
"""Seconds that the making of the first files may take; 1 on the machines where this was measured."""


class Launch(msgspec.Struct, frozen=True):
    """How a server is started.

    :param argv: program, as an absolute path, and its arguments; no secret is among them.
    :param how: see :mod:`jackfield.engines.gate`.
    :param env: besides what every server gets.
    :param pass_fds: descriptors that it inherits besides the lock; ours are closed when it has.
    """

    argv: list[str]
    how: AsRoot = "plain"
    env: dict[str, str] = {}
    pass_fds: tuple[int, ...] = ()


def gate_argv(how: str, data: Path, go: int | None = None) -> list[str]:
    """The words before a program's own that make it pass the gate."""
    return [sys.executable, "-I", "-S", gate.__file__, "-" if go is None else str(go), how, str(data)]


def initialise(
    launch: Launch, node: ServerNode, lock: int, stdin: bytes = b"", patience: float = INITIALISE_PATIENCE
) -> None:
    """Runs a program that makes a server's first files; its output goes to the server's log.

    It holds the lock, too, so that nobody begins anew beside it when we are killed.

    :param stdin: what it is given to read.
    :param patience: seconds that it has.
    :raises EngineFailed: it fails, or takes longer.
    """
    out = os.open(node.log_file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        with subprocess.Popen(
            [*gate_argv(launch.how, node.draft_data), *launch.argv],
            cwd=node.folder,
            env=environment() | launch.env,
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=out,
            start_new_session=True,
            umask=0o077,
            pass_fds=(lock, *launch.pass_fds),
        ) as child:
            try:
                child.communicate(stdin, timeout=patience)
            except BaseException:
                os.killpg(child.pid, signal.SIGKILL)
                raise
    except subprocess.TimeoutExpired as error:
        raise EngineFailed(f"the files of node {node.id} are not made within {patience:.0f} s") from error
    finally:
        for fd in (out, *launch.pass_fds):
            os.close(fd)
    if child.returncode:
        raise EngineFailed(f"the files of node {node.id} can not be made: {log_tail(node)}")
