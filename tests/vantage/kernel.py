"""What the kernel says of the inside of a VPC: its core, where endpoints listen."""

from __future__ import annotations

import fcntl
import os
import socket
import struct
import subprocess
import sys

from jackfield.vantage.client import HolderClient

_SIOCGSKNS, _NS_GET_USERNS = 0x894C, 0xB701
_LISTEN = "0A"

_LOOK = """
import ctypes, sys
libc = ctypes.CDLL(None, use_errno=True)
for descriptor in map(int, sys.argv[1:]):
    if libc.setns(descriptor, 0):
        sys.exit(f"setns: errno {ctypes.get_errno()}")
print(open("/proc/self/net/tcp").read())
"""


def listening_inside(holder: HolderClient, vpc: str) -> set[tuple[str, int]]:
    """Every address and port at which somebody listens in the core of a VPC."""
    (probe,) = holder.sockets(vpc, 1)
    with probe:
        network = fcntl.ioctl(probe, _SIOCGSKNS)
        user = fcntl.ioctl(network, _NS_GET_USERNS)
    own = os.stat("/proc/self/ns/user").st_ino == os.fstat(user).st_ino
    descriptors = [network] if own else [user, network]
    try:
        told = subprocess.run(
            [sys.executable, "-c", _LOOK, *map(str, descriptors)],
            pass_fds=descriptors, capture_output=True, text=True, check=True, timeout=20,
        ).stdout  # fmt: skip
    finally:
        os.close(network)
        os.close(user)
    rows = (line.split()[1:4] for line in told.splitlines()[1:] if line.strip())
    return {_place(local) for local, _, state in rows if state == _LISTEN}


def _place(text: str) -> tuple[str, int]:
    address, _, port = text.partition(":")
    return socket.inet_ntoa(struct.pack("=I", int(address, 16))), int(port, 16)
