"""Becomes a server program, once its starter has put its process on record.

Run as a script (``python -I -S gate.py GO HOW DATA PROGRAM ARGUMENT…``), so it uses the standard library alone and is
there in 10 ms. It exists for two reasons:

* ``GO`` is a descriptor from which one byte is read before anything else; end of file instead means that the starter
  was killed before it could write the record. Then nothing is started. ``-``: do not wait.
* PostgreSQL refuses to run as root. ``HOW`` says what to do about that:

  ``plain``
      nothing.
  ``namespace``
      a user namespace in which our user has the number of ``nobody``. Files stay ours, nothing needs to be made
      accessible. Serves as well for a user without an entry in /etc/passwd, whom initdb refuses.
  ``user``
      become ``nobody`` and keep one capability, CAP_DAC_OVERRIDE, to get through folders that only root may enter. For
      root where user namespaces are forbidden, as in a container with Docker's own seccomp rules.
  ``auto``
      ``namespace`` where it works, else ``user``.

``DATA`` is a folder whose owner is changed to whom the program will be, when it exists.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import sys

_CLONE_NEWUSER = 0x10000000
_PR_SET_KEEPCAPS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 8, 47, 2
_CAP_DAC_OVERRIDE = 1
_CAPABILITY_VERSION_3 = 0x20080522


def main(arguments: list[str]) -> int:
    go, how, data, *program = arguments
    if go != "-":
        if not os.read(int(go), 1):
            return 1
        os.close(int(go))
    if how == "auto":
        how = "namespace" if _possible() else "user"
    if how == "namespace":
        _own(data, os.geteuid(), os.getegid())
        _enter()
    elif how == "user":
        _become_nobody(data)
    os.execv(program[0], program)


def _nobody() -> tuple[int, int]:
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        return 65534, 65534
    return entry.pw_uid, entry.pw_gid


def _enter() -> None:
    uid, gid = os.geteuid(), os.getegid()
    inside_uid, inside_gid = _nobody()
    _checked("unshare", _libc().unshare(_CLONE_NEWUSER))
    # Without this the kernel lets nobody map groups.
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{inside_uid} {uid} 1"),
        ("gid_map", f"{inside_gid} {gid} 1"),
    ):
        fd = os.open(f"/proc/self/{name}", os.O_WRONLY)
        os.write(fd, text.encode())
        os.close(fd)


def _possible() -> bool:
    child = os.fork()
    if child == 0:
        try:
            _enter()
        except BaseException:
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def _become_nobody(data: str) -> None:
    uid, gid = _nobody()
    _own(data, uid, gid)
    libc = _libc()
    os.setgroups([])
    os.setgid(gid)
    _checked("prctl", libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0))
    os.setuid(uid)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    # Effective, permitted, inheritable: of capabilities 0 to 31, then of the others.
    sets = (ctypes.c_uint32 * 6)(*[1 << _CAP_DAC_OVERRIDE] * 3, 0, 0, 0)
    _checked("capset", libc.capset(header, sets))
    _checked("prctl", libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_OVERRIDE, 0, 0))


def _own(data: str, uid: int, gid: int) -> None:
    """The folder itself comes last, so that its owner tells whether all of it has been done."""
    if not os.path.isdir(data) or os.stat(data).st_uid == uid:
        return
    for folder, folders, files in os.walk(data, topdown=False):
        for name in folders + files:
            os.lchown(os.path.join(folder, name), uid, gid)
    os.lchown(data, uid, gid)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(name: str, result: int) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
