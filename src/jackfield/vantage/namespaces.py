"""Linux namespaces for the calling process, with or without root.

Order matters: user namespace, network, mounts, capabilities. A user namespace can only be entered by a process that
has **one thread**: call these before starting any (importing asyncio is fine, a thread pool in use is not).

Python has ``os.unshare`` from 3.12 on only, hence ctypes.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import functools
import os
import socket
import struct
import sys
from pathlib import Path

from jackfield.vantage.forbidden import VantageForbidden, refused

_NEWNS, _NEWUSER, _NEWNET = 0x00020000, 0x10000000, 0x40000000
_MS_BIND, _MS_REC, _MS_PRIVATE, _MNT_DETACH = 0x1000, 0x4000, 0x40000, 2
_PR_CAPBSET_DROP, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL = 24, 47, 4
_CAPABILITY_VERSION_3 = 0x20080522
_CAP_SYS_ADMIN = 21
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1


def require_linux() -> None:
    """
    :raises VantageForbidden: this is another system.
    """
    if sys.platform != "linux":
        raise VantageForbidden(
            "unshare",
            0,
            f"Namespaces exist on Linux only, this is {sys.platform}",
            "Run it on Linux or in a Linux container; here, put the names of the hosts file into /etc/hosts yourself.",
        )


def privileged() -> bool:
    """Root with CAP_SYS_ADMIN, who needs no user namespace and stays root with all rights."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapEff:"):
            return os.geteuid() == 0 and bool(int(line.split()[1], 16) >> _CAP_SYS_ADMIN & 1)
    return False


def enter_user_namespace() -> None:
    """A user namespace of our own in which we are who we were (identity map) and hold all capabilities.

    :raises VantageForbidden: the system forbids it.
    :raises RuntimeError: the process has several threads.
    """
    uid, gid = os.geteuid(), os.getegid()
    try:
        _unshare(_NEWUSER, "unshare(NEWUSER)")
    except VantageForbidden as error:
        if error.number == errno.EINVAL and len(os.listdir("/proc/self/task")) > 1:
            raise RuntimeError("a user namespace can be entered only before the first thread is started") from None
        raise
    # Without setgroups=deny the kernel refuses gid_map to everybody.
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        _write_map(name, text)


def enter_network_namespace() -> None:
    """A network namespace of our own, loopback up, nothing else in it.

    :raises VantageForbidden: the system forbids it.
    """
    _unshare(_NEWNET, "unshare(NEWNET)")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        try:
            answer = fcntl.ioctl(asker, _SIOCGIFFLAGS, struct.pack("16sh14x", b"lo", 0))
            flags = struct.unpack("16sh14x", answer)[1]
            fcntl.ioctl(asker, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | _IFF_UP))
        except OSError as error:
            raise refused("ioctl(SIOCSIFFLAGS lo up)", error.errno or 0) from error


def join_user_namespace(descriptor: int) -> None:
    """Moves into an existing user namespace, as one with all capabilities in it. Comes before any other namespace.

    :raises VantageForbidden: it belongs to another user, the process stands in it already, or has several threads.
    """
    _join(descriptor, _NEWUSER, "setns(NEWUSER)")


def join_network_namespace(descriptor: int) -> None:
    """Moves the calling thread into an existing network namespace.

    :raises VantageForbidden: without CAP_SYS_ADMIN in its user namespace.
    """
    _join(descriptor, _NEWNET, "setns(NEWNET)")


def enter_mount_namespace() -> None:
    """A mount namespace of our own, from which nothing leaks.

    :raises VantageForbidden: the system forbids it.
    """
    _unshare(_NEWNS, "unshare(NEWNS)")
    _mount(None, "/", _MS_REC | _MS_PRIVATE, "mount(/, PRIVATE)")


def bind(source: Path | str, target: Path | str) -> None:
    """Shows the file ``source`` at the path of the existing file ``target``.

    :raises VantageForbidden: the system forbids it, or there is no such file.
    """
    _mount(os.fsencode(source), os.fspath(target), _MS_BIND, f"mount({source} on {target}, BIND)")


def unbind(target: Path | str) -> None:
    """Takes away what :func:`bind` shows at a path.

    :raises VantageForbidden: nothing is bound there, or by somebody with more rights.
    """
    if _libc().umount2(os.fsencode(target), _MNT_DETACH):
        raise refused(f"umount({target})", ctypes.get_errno())


def drop_capabilities() -> None:
    """Gives up all capabilities for ever: programs started from here can not change the namespaces that they are in.

    Also right for those who are not root: exec clears what they hold, but not the bounding set.
    """
    libc = _libc()
    capability = 0
    while libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) == 0:
        capability += 1
    libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    header = struct.pack("Ii", _CAPABILITY_VERSION_3, 0)
    if libc.capset(header, bytes(24)):
        raise refused("capset", ctypes.get_errno())


@functools.cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _unshare(flag: int, call: str) -> None:
    require_linux()
    if _libc().unshare(flag):
        raise refused(call, ctypes.get_errno())


def _join(descriptor: int, flag: int, call: str) -> None:
    require_linux()
    if _libc().setns(descriptor, flag):
        raise refused(call, ctypes.get_errno())


def _mount(source: bytes | None, target: str, flags: int, call: str) -> None:
    if _libc().mount(source, os.fsencode(target), None, ctypes.c_ulong(flags), None):
        raise refused(call, ctypes.get_errno())


def _write_map(name: str, text: str) -> None:
    # Unbuffered: a buffered file would report EPERM only when it is closed, or never.
    try:
        fd = os.open(f"/proc/self/{name}", os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.write(fd, text.encode())
        finally:
            os.close(fd)
    except OSError as error:
        raise refused(f"write /proc/self/{name}", error.errno or 0) from error
