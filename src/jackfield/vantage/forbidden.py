"""What to tell people when the system does not allow namespaces."""

from __future__ import annotations

import errno
import os
from pathlib import Path

_DOCKER = (
    "This process runs under a seccomp filter, as in a container: start the container with "
    "`--security-opt seccomp=unconfined` (and `--security-opt apparmor=unconfined` where mounts are refused), or with "
    "a profile that allows unshare, setns and mount."
)
_APPARMOR = (
    "AppArmor restricts unprivileged user namespaces (Ubuntu 23.10 and later): give this Python an AppArmor profile "
    "with `userns,`, or run `sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`."
)
_MOUNTS = (
    "Mounting is refused although the namespace is our own, as by AppArmor's profile for containers: start the "
    "container with `--security-opt apparmor=unconfined`."
)
_CHROOT = "This process runs in a chroot, where the kernel allows no user namespaces: run it outside."
_CLONE = "Run `sudo sysctl kernel.unprivileged_userns_clone=1`."
_VETH = "RTM_NEWLINK(veth)"
_LIMITS = {
    "unshare(NEWUSER)": "user.max_user_namespaces",
    "unshare(NEWNET)": "user.max_net_namespaces",
    "unshare(NEWNS)": "user.max_mnt_namespaces",
}


class VantageForbidden(Exception):
    """This system does not let us make the namespace that was asked for. The text says which call failed and what to
    do.

    :param call: such as ``unshare(NEWUSER)``.
    :param number: its errno, 0 when there was no call to make.
    :param why: what happened.
    :param remedy: what to do.
    """

    def __init__(self, call: str, number: int, why: str, remedy: str) -> None:
        self.call = call
        self.number = number
        self.why = why
        self.remedy = remedy
        super().__init__(f"{why}. {remedy}")


def refused(call: str, number: int) -> VantageForbidden:
    """The error for a call that failed with errno ``number``; looks at the system to find the cause."""
    name = errno.errorcode.get(number, str(number))
    return VantageForbidden(call, number, f"{call} failed: {name} ({os.strerror(number)})", _remedy(call, number))


def _remedy(call: str, number: int) -> str:
    if number == errno.ENOSPC and call in _LIMITS:
        limit = _LIMITS[call]
        present = _read(f"/proc/sys/{limit.replace('.', '/')}") or "unknown"
        return f"Raise {limit} (now {present}; `sudo sysctl {limit}=15000`), unless namespaces nest 32 deep here."
    if call.startswith("write ") and number in (errno.EPERM, errno.EACCES):
        return _APPARMOR
    if call.startswith("mount") and number in (errno.EPERM, errno.EACCES):
        return _APPARMOR if _restricted_by_apparmor() else _MOUNTS
    if call == _VETH and number == errno.EOPNOTSUPP:
        return "The kernel has no links between namespaces: `sudo modprobe veth`, or use a kernel with CONFIG_VETH."
    if number in (errno.EPERM, errno.EACCES):
        return _remedy_for_unshare()
    if number in (errno.EINVAL, errno.ENOSYS):
        return "The kernel is built without this kind of namespace (CONFIG_USER_NS, CONFIG_NET_NS): use another kernel."
    return "See namespaces(7)."


def _remedy_for_unshare() -> str:
    if _read("/proc/sys/kernel/unprivileged_userns_clone") == "0" and os.geteuid():
        return _CLONE
    # A chroot gives the same errno as a seccomp filter. In one, no mount shows up as "/".
    if not any(line.split()[4:5] == ["/"] for line in _read("/proc/self/mountinfo").splitlines()):
        return _CHROOT
    if "\nSeccomp:\t2" in _read("/proc/self/status"):
        return _DOCKER
    if _restricted_by_apparmor():
        return _APPARMOR
    return "A security module or the kernel's settings forbid it: ask whoever runs this system."


def _restricted_by_apparmor() -> bool:
    return _read("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1"


def _read(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""
