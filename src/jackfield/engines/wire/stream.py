"""A blocking connection with a time-out, over a Unix socket or TCP."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

from jackfield.engines.wire.errors import Unreachable

Address = Path | tuple[str, int]


class Stream:
    """
    :param address: a Unix socket's path, or host and port.
    :param timeout: seconds for the connection and for each read and write.
    :raises Unreachable: nothing listens there.
    """

    def __init__(self, address: Address, timeout: float) -> None:
        self._name = str(address) if isinstance(address, Path) else f"{address[0]}:{address[1]}"
        with self._explained():
            if isinstance(address, Path):
                self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                try:
                    self._socket.settimeout(timeout)
                    self._socket.connect(str(address))
                except BaseException:
                    self._socket.close()
                    raise
            else:
                self._socket = socket.create_connection(address, timeout)
        self._file = self._socket.makefile("rb")

    @classmethod
    def over(cls, connected: socket.socket) -> Stream:
        """One on a connection that exists already, whichever way it leads to a server; closing closes it."""
        stream = cls.__new__(cls)
        stream._name = f"{connected.getpeername()}"
        stream._socket = connected
        stream._file = connected.makefile("rb")
        return stream

    def read(self, size: int) -> bytes:
        """Exactly so many bytes.

        :raises Unreachable: the connection ended before, or the time-out passed.
        """
        with self._explained():
            data = self._file.read(size)
            if len(data) < size:
                raise ConnectionResetError("the server closed the connection")
        return data

    def write(self, data: bytes) -> None:
        """
        :raises Unreachable: the connection broke.
        """
        with self._explained():
            self._socket.sendall(data)

    def close(self) -> None:
        """May be called twice."""
        self._file.close()
        self._socket.close()

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise Unreachable(f"no answer from the server at {self._name}: {error}") from error
