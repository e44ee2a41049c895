"""Making network namespaces, and standing in one for a moment."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jackfield.vantage import namespaces

log = logging.getLogger(__name__)

_SETTINGS = {
    # The default, 2, reuses ports in TIME_WAIT on loopback addresses only: a client that connects and closes in a loop
    # runs out of ports after twelve thousand dials.
    "ipv4/tcp_tw_reuse": "1",
    # Programs may serve on any port, as they would in a machine of their own.
    "ipv4/ip_unprivileged_port_start": "0",
    # Both may be inherited from the host. What comes over a link is checked by nobody, so that the reset of a
    # connection arrives although the way back is gone.
    "ipv4/conf/all/rp_filter": "0",
    "ipv4/conf/default/rp_filter": "0",
    # Links carry IPv4 only: no router solicitations, no addresses of their own.
    "ipv6/conf/default/disable_ipv6": "1",
}


class Spaces:
    """The network namespaces of this process, which stands in an empty one of its own in between: somebody without
    privileges could not come back to the host's.

    :raises VantageForbidden: from the constructor and all methods, when the system refuses.
    """

    def __init__(self) -> None:
        self._refused: set[str] = set()
        namespaces.enter_network_namespace()
        self._home = _here()

    def make(self) -> int:
        """A new network namespace, loopback up; returns a descriptor of it."""
        try:
            namespaces.enter_network_namespace()
            for name, value in _SETTINGS.items():
                self._set(name, value)
            return _here()
        finally:
            namespaces.join_network_namespace(self._home)

    @contextmanager
    def inside(self, descriptor: int) -> Iterator[None]:
        """Stands in a namespace: sockets that are made meanwhile belong to it for ever."""
        namespaces.join_network_namespace(descriptor)
        try:
            yield
        finally:
            namespaces.join_network_namespace(self._home)

    def _set(self, name: str, value: str) -> None:
        """Containers mount /proc/sys read-only; everything works without, see the reasons above for how well."""
        try:
            fd = os.open(Path("/proc/sys/net", name), os.O_WRONLY | os.O_CLOEXEC)
            try:
                os.write(fd, value.encode())
            finally:
                os.close(fd)
        except OSError as error:
            if name not in self._refused:
                self._refused.add(name)
                log.info("net/%s can not be set: %s", name, error.strerror)


def _here() -> int:
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
