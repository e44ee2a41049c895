"""A program for the inside of a VPC: Redis clients of the standard library alone, told what to do line by line.

Run by its path, since whoever runs it may have nothing else: ``client.py PASSWORD``. A JSON list a line on standard
input, a JSON value a line back.
"""

from __future__ import annotations

import errno
import json
import socket
import sys
import threading
from typing import Any


class Connection:
    """One connection, logged in."""

    def __init__(self, host: str, port: int, password: str) -> None:
        self._sock = socket.create_connection((host, port), timeout=5)
        self.source = self._sock.getsockname()[0]
        self._lines = self._sock.makefile("rb")
        if self.say(f"AUTH {password}") != "OK":
            raise ConnectionError("the password is wrong")

    def say(self, command: str) -> str:
        """A reply that is one line or one bulk string."""
        self._sock.sendall(command.encode() + b"\r\n")
        line = self._lines.readline()
        if not line:
            raise ConnectionResetError("closed")
        if line.startswith(b"$") and line != b"$-1\r\n":
            line = b"$" + self._lines.readline()
        return line[1:].decode().rstrip("\r\n")

    def close(self) -> None:
        self._lines.close()
        self._sock.close()


class Load(threading.Thread):
    """Asks one connection over and over, until it fails or is told to end."""

    def __init__(self, host: str, port: int, password: str) -> None:
        super().__init__(daemon=True)
        self._connection = Connection(host, port, password)
        self._end = threading.Event()
        self.answered = 0
        self.failure = ""

    def run(self) -> None:
        while not self._end.is_set() and not self.failure:
            try:
                self._connection.say(f"SET load {self.answered}")
                if self._connection.say("GET load") != str(self.answered):
                    self.failure = "another value"
            except OSError as error:
                self.failure = _name(error)
            self.answered += 1

    def stop(self) -> None:
        self._end.set()
        self.join(10)


class Client:
    """What can be asked for."""

    def __init__(self, password: str) -> None:
        self._password = password
        self._held: dict[str, Connection] = {}
        self._loads: dict[str, Load] = {}

    def who(self, host: str, port: int) -> Any:
        """What the database behind an address calls itself, and the source of the dial; or the error."""
        try:
            connection = Connection(host, port, self._password)
            try:
                return [connection.say("GET who"), connection.source]
            finally:
                connection.close()
        except OSError as error:
            return _name(error)

    def sweep(self, places: list[tuple[str, int]]) -> Any:
        """As :meth:`who`, of many places."""
        return [self.who(host, port) for host, port in places]

    def resolve(self, name: str) -> Any:
        try:
            return sorted({str(one[4][0]) for one in socket.getaddrinfo(name, None, socket.AF_INET)})
        except socket.gaierror:
            return []

    def hold(self, key: str, host: str, port: int) -> Any:
        self._held[key] = Connection(host, port, self._password)
        return True

    def held(self, key: str) -> Any:
        """Whether a connection that is kept answers; the error if not."""
        try:
            return self._held[key].say("PING") == "PONG"
        except OSError as error:
            return _name(error)

    def load(self, key: str, host: str, port: int) -> Any:
        self._loads[key] = Load(host, port, self._password)
        self._loads[key].start()
        return True

    def count(self, key: str) -> Any:
        return [self._loads[key].answered, self._loads[key].failure]

    def end(self, key: str) -> Any:
        load = self._loads.pop(key)
        load.stop()
        return [load.answered, load.failure]


def _name(error: OSError) -> str:
    return errno.errorcode.get(error.errno or 0, type(error).__name__)


def main() -> None:
    client = Client(sys.argv[1])
    for line in sys.stdin:
        what, *arguments = json.loads(line)
        print(json.dumps(getattr(client, what)(*arguments)), flush=True)


if __name__ == "__main__":
    main()
