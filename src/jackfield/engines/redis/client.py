"""A Redis client of 100 lines for our own questions to our own servers: Unix socket, blocking, RESP2, time-outs."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from jackfield.engines.engine import EngineFailed

Words = tuple[str | bytes | int, ...]
"""A command with its arguments."""


class RedisError(Exception):
    """The server's answer was an error; ``code`` is its first word, such as ``NOPERM``."""

    @property
    def code(self) -> str:
        return str(self).partition(" ")[0]


class Unreachable(EngineFailed):
    """Nobody answers on the socket, or not in time."""


class Client:
    """One connection.

    :param path: of the Unix socket.
    :param user: empty: do not authenticate.
    :param timeout: seconds for the connection and for each answer.
    :raises Unreachable: nothing listens there.
    :raises RedisError: user or password is refused.
    """

    def __init__(self, path: Path, user: str = "", password: str = "", timeout: float = 2.0) -> None:
        self._path = str(path)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(timeout)
        try:
            with self._explained():
                self._socket.connect(self._path)
            self._stream = self._socket.makefile("rb")
            if user:
                self.command("AUTH", user, password)
        except BaseException:
            self.close()
            raise

    @classmethod
    def over(cls, connected: socket.socket, user: str, password: str) -> Client:
        """A client on a connection that exists already, whichever way it leads to a server; closing closes it.

        :raises RedisError, Unreachable: as the constructor.
        """
        client = cls.__new__(cls)
        client._path = f"{connected.getpeername()}"
        client._socket = connected
        client._stream = connected.makefile("rb")
        client.command("AUTH", user, password)
        return client

    def command(self, *words: str | bytes | int) -> Any:
        """Sends one command and reads its answer: str for a status, int, bytes or None for a bulk, list.

        :raises RedisError: the answer is an error.
        :raises Unreachable: the connection broke or the time-out passed; the connection is then of no more use.
        """
        with self._explained():
            self._socket.sendall(_frame(words))
            answer = self._read()
        if isinstance(answer, RedisError):
            raise answer
        return answer

    def commands(self, *many: Words) -> list[Any]:
        """Sends commands in one write and reads their answers, errors among them as values.

        :raises Unreachable: as :meth:`command`.
        """
        with self._explained():
            self._socket.sendall(b"".join(map(_frame, many)))
            return [self._read() for _ in many]

    def text(self, *words: str | bytes | int) -> str:
        """:meth:`command` for an answer that is a bulk of text."""
        answer = self.command(*words)
        return answer.decode() if isinstance(answer, bytes) else str(answer)

    def facts(self, *words: str) -> dict[str, str]:
        """:meth:`command` for answers made of ``name:value`` lines: INFO and CLUSTER INFO."""
        lines = (line.partition(":") for line in self.text(*words).splitlines())
        return {name: value for name, colon, value in lines if colon}

    def close(self) -> None:
        """Ends the connection; may be called twice."""
        if hasattr(self, "_stream"):
            self._stream.close()
        self._socket.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read(self) -> Any:
        line = self._stream.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionResetError("the server closed the connection")
        kind, rest = line[:1], line[1:-2]
        if kind == b"+":
            return rest.decode()
        if kind == b"-":
            return RedisError(rest.decode())
        if kind == b":":
            return int(rest)
        size = int(rest)
        if kind == b"$":
            if size < 0:
                return None
            data = self._stream.read(size + 2)
            if len(data) < size + 2:
                raise ConnectionResetError("the server closed the connection")
            return data[:-2]
        # Errors inside a list stay values: those of EXEC belong to single commands.
        return None if size < 0 else [self._read() for _ in range(size)]

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise Unreachable(f"no answer from the Redis server at {self._path}: {error}") from error


def _frame(words: Words) -> bytes:
    parts = [word if isinstance(word, bytes) else str(word).encode() for word in words]
    return b"".join((b"*%d\r\n" % len(parts), *(b"$%d\r\n%b\r\n" % (len(part), part) for part in parts)))
