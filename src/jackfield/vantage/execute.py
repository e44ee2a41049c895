"""``jackfield exec``: puts a program where the endpoints' names resolve.

The program gets a mount namespace of its own in which ``/etc/hosts`` is another file. It replaces this process, so
that exit code, signals, terminal and standard input are its own.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from jackfield.vantage import namespaces
from jackfield.vantage.forbidden import VantageForbidden
from jackfield.vantage.hosts import SYSTEM

NSSWITCH = Path("/etc/nsswitch.conf")

_NOT_FOUND, _NOT_EXECUTABLE = 127, 126


def run(command: Sequence[str], hosts_file: Path) -> NoReturn:
    """Becomes ``command``, with ``hosts_file`` as its ``/etc/hosts``. Later writes into that file (in place, see
    :func:`jackfield.vantage.hosts.write`) are seen by the running program.

    :param command: program, found on PATH when it holds no slash, and its arguments.
    :raises VantageForbidden: the system allows no namespace.
    :raises RuntimeError: the process has several threads and is not root.
    :raises FileNotFoundError: there is no such hosts file.
    :raises SystemExit: 127 when there is no such program, 126 when it can not be executed, as in a shell.
    """
    if not command:
        raise ValueError("there is no command to run")
    enter(hosts_file)
    # Python ignores these two, and what is ignored stays so across exec.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        os.execv(_locate(command[0]), list(command))
    except (FileNotFoundError, NotADirectoryError):
        _give_up(_NOT_FOUND, f"{command[0]}: command not found")
    except OSError as error:
        _give_up(_NOT_EXECUTABLE, f"{command[0]}: {error.strerror}")


def enter(hosts_file: Path) -> None:
    """Moves this process into namespaces of its own. Root with CAP_SYS_ADMIN stays plain root; anybody else keeps uid,
    gid and files but sees other owners as nobody, and loses all capabilities.

    :param hosts_file: what ``/etc/hosts`` is to show.
    :raises VantageForbidden: the system forbids it.
    """
    namespaces.require_linux()
    if not hosts_file.is_file():
        raise FileNotFoundError(f"there is no hosts file {hosts_file}")
    if not SYSTEM.exists():
        raise VantageForbidden("mount", 0, f"{SYSTEM} does not exist", "Make one, an empty file will do.")
    privileged = namespaces.privileged()
    if not privileged:
        namespaces.enter_user_namespace()
    namespaces.enter_mount_namespace()
    namespaces.bind(hosts_file, SYSTEM)
    _put_files_first()
    if not privileged:
        namespaces.drop_capabilities()


def files_first(nsswitch: str) -> str | None:
    """An ``nsswitch.conf`` whose host names come from the hosts file first; None when they do already.

    ``resolve`` and ``mymachines`` ask a service outside of the namespace, which knows the system's hosts file only.
    """
    lines = nsswitch.splitlines()
    for index, line in enumerate(lines):
        words = line.partition("#")[0].split()
        if words and words[0] == "hosts:":
            if words[1:2] == ["files"]:
                return None
            lines[index] = "hosts: files dns"
            return "\n".join(lines) + "\n"
    # The C library's default is dns first (nsswitch.conf(5)), or files first, by version.
    return "\n".join([*lines, "hosts: files dns"]) + "\n"


def _put_files_first() -> None:
    try:
        wanted = files_first(NSSWITCH.read_text())
    except FileNotFoundError:
        return
    if wanted is None:
        return
    fd, name = tempfile.mkstemp(prefix="jackfield-nsswitch-")
    try:
        with open(fd, "w") as file:
            file.write(wanted)
            os.fchmod(file.fileno(), 0o644)
        namespaces.bind(name, NSSWITCH)
    finally:
        # The mount keeps the file; nothing is left behind.
        os.unlink(name)


def _locate(program: str) -> str:
    """The path to execute. Not ``execvp``: with an unreadable folder on PATH that reports a missing program as one
    that may not be executed."""
    if "/" in program:
        return program
    found = shutil.which(program)
    if found:
        return found
    for folder in os.get_exec_path():
        if os.path.isfile(os.path.join(folder, program)):
            return os.path.join(folder, program)
    raise FileNotFoundError(program)


def _give_up(code: int, text: str) -> NoReturn:
    print(f"jackfield exec: {text}", file=sys.stderr)
    raise SystemExit(code)
