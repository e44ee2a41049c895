"""``jackfield exec``: puts a program where the endpoints' names resolve.

The program gets a mount namespace of its own in which ``/etc/hosts`` is another file; or it stands in a VPC, with the
VPC's network and name server. It replaces this process, so that exit code, signals, terminal and standard input are its
own.
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
from jackfield.vantage.client import Entrance, close_entrance
from jackfield.vantage.forbidden import VantageForbidden
from jackfield.vantage.hosts import SYSTEM

NSSWITCH = Path("/etc/nsswitch.conf")
RESOLVER = Path("/etc/resolv.conf")

_RESOLVER_TEXT = "nameserver 127.0.0.53\noptions timeout:1 attempts:2\n"
_NAME_CACHES = (Path("/run/nscd/socket"), Path("/var/run/nscd/socket"))

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
    _require(command)
    enter(hosts_file)
    _become(command)


def run_in_vpc(command: Sequence[str], entrance: Entrance) -> NoReturn:
    """Becomes ``command`` in a VPC. ``/etc/hosts`` stays the system's; other names are asked of the VPC's name server.

    :param entrance: what the holder gave; its descriptors are closed.
    :raises VantageForbidden: the system does not let us in.
    :raises SystemExit: as :func:`run`.
    """
    _require(command)
    enter_vpc(entrance)
    _become(command)


def _require(command: Sequence[str]) -> None:
    if not command:
        raise ValueError("there is no command to run")


def _become(command: Sequence[str]) -> NoReturn:
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


def enter_vpc(entrance: Entrance) -> None:
    """Moves this process into a VPC. Root with CAP_SYS_ADMIN stays plain root; anybody else keeps uid, gid and files
    but sees other owners as nobody, and loses all capabilities.

    :param entrance: what the holder gave; its descriptors are closed.
    :raises VantageForbidden: the system forbids it, or the process stands in a VPC already.
    """
    try:
        namespaces.require_linux()
        if not RESOLVER.exists():
            leads = f" (it leads to {os.path.realpath(RESOLVER)})" if RESOLVER.is_symlink() else ""
            raise VantageForbidden("mount", 0, f"{RESOLVER}{leads} does not exist", "Make one, an empty file will do.")
        privileged = namespaces.privileged()
        if entrance.user is not None and not privileged:
            if os.path.samestat(os.fstat(entrance.user), os.stat("/proc/self/ns/user")):
                raise VantageForbidden(
                    "setns(NEWUSER)", 0, "This program stands in a VPC already", "Start it outside of the VPC."
                )
            namespaces.join_user_namespace(entrance.user)
        namespaces.join_network_namespace(entrance.network)
    finally:
        close_entrance(entrance)
    namespaces.enter_mount_namespace()
    _show(_RESOLVER_TEXT, RESOLVER)
    _put_files_first(then_dns_only=True)
    for cache in _NAME_CACHES:
        if cache.exists():  # it would be asked before anything else, and knows the system's names only
            _show("", cache)
    if not privileged:
        namespaces.drop_capabilities()


def files_first(nsswitch: str, *, then_dns_only: bool = False) -> str | None:
    """An ``nsswitch.conf`` whose host names come from the hosts file first; None when they do already.

    ``resolve`` and ``mymachines`` ask a service outside of the namespace, which knows the system's hosts file only.

    :param then_dns_only: and from nowhere else but DNS.
    """
    lines = nsswitch.splitlines()
    for index, line in enumerate(lines):
        words = line.partition("#")[0].split()
        if words and words[0] == "hosts:":
            if words[1:] == ["files", "dns"] or (words[1:2] == ["files"] and not then_dns_only):
                return None
            lines[index] = "hosts: files dns"
            return "\n".join(lines) + "\n"
    # The C library's default is dns first (nsswitch.conf(5)), or files first, by version.
    return "\n".join([*lines, "hosts: files dns"]) + "\n"


def _put_files_first(*, then_dns_only: bool = False) -> None:
    try:
        wanted = files_first(NSSWITCH.read_text(), then_dns_only=then_dns_only)
    except FileNotFoundError:
        return
    if wanted is not None:
        _show(wanted, NSSWITCH)


def _show(text: str, target: Path) -> None:
    """Shows a file with that text at the path of an existing one; of a symbolic link, at the path where it leads."""
    fd, name = tempfile.mkstemp(prefix="jackfield-")
    try:
        with open(fd, "w") as file:
            file.write(text)
            os.fchmod(file.fileno(), 0o644)
        if not target.stat().st_nlink:  # shown by an exec around this one: nothing can be shown over a removed file
            namespaces.unbind(target)
        namespaces.bind(name, target)
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
