"""Unix stream sockets between the processes of one data folder. Standard library only."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
import struct
import threading

_IDLE_SOCKETS = 8  # connections kept for later calls


def listen(path: str) -> socket.socket:
    """A socket of mode 0600 that listens, non-blocking; one that a dead process left there is replaced.

    :raises OSError: it can not be made; EEXIST when something else than a socket lies at ``path``.
    """
    with contextlib.suppress(FileNotFoundError):
        if not stat.S_ISSOCK(os.lstat(path).st_mode):
            raise FileExistsError(f"{path} exists and is not a socket")
        os.unlink(path)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    mask = os.umask(0o177)  # 0600 from the first moment on
    try:
        sock.setblocking(False)
        sock.bind(path)
        sock.listen(128)
    except BaseException:
        sock.close()
        raise
    finally:
        os.umask(mask)
    return sock


def connect(path: str, seconds: float) -> socket.socket:
    """
    :param seconds: how long each call may wait.
    :raises OSError: nobody is there.
    """
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.settimeout(seconds)
        sock.connect(path)
    except BaseException:
        sock.close()
        raise
    return sock


def peer(sock: socket.socket) -> tuple[int, int] | None:
    """Process and user at the other end; ``None`` where the system has no ``SO_PEERCRED``."""
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None:
        return None
    pid, uid, _ = struct.unpack("3i", sock.getsockopt(socket.SOL_SOCKET, option, struct.calcsize("3i")))
    return pid, uid


class Idle:
    """Connections to one server that wait for their next call. Usable from several threads at once."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()

    def take(self, seconds: float) -> tuple[socket.socket, bool]:
        """A connection, and whether it is a new one: an old one may be from before a restart of the server.

        :param seconds: how long each call may wait. :raises OSError: nobody is there.
        """
        with self._lock:
            sock = self._sockets.pop() if self._sockets else None
        if sock is None:
            return connect(self._path, seconds), True
        sock.settimeout(seconds)
        return sock, False

    def give_back(self, sock: socket.socket) -> None:
        """Keeps a connection that had its answer, or closes it when enough are kept."""
        with self._lock:
            if len(self._sockets) < _IDLE_SOCKETS:
                self._sockets.append(sock)
                return
        with contextlib.suppress(OSError):
            sock.close()

    def close(self) -> None:
        """Closes what waits; a later call opens a new one."""
        with self._lock:
            sockets, self._sockets = self._sockets, []
        for sock in sockets:
            sock.close()
