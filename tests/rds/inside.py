"""Database clients inside a VPC, told what to do line by line.

Run by its path as ``inside.py ENGINE``: a JSON list a line on standard input, a JSON value a line back.
"""

from __future__ import annotations

import errno
import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pymysql

ACCOUNT, PASSWORD = "alice", "Test-123456"


class Client:
    """What can be asked for inside."""

    def __init__(self, engine: str) -> None:
        self._engine = engine
        self._held: dict[str, Any] = {}

    def resolve(self, name: str) -> Any:
        try:
            return sorted({str(one[4][0]) for one in socket.getaddrinfo(name, None, socket.AF_INET)})
        except socket.gaierror:
            return []

    def dial(self, address: str, port: int) -> Any:
        """Empty when somebody accepts there; else the error's name."""
        with socket.socket() as sock:
            sock.settimeout(5)
            number = sock.connect_ex((address, port))
        return errno.errorcode.get(number, str(number)) if number else ""

    def hold(self, key: str, host: str, port: int) -> Any:
        if self._engine == "postgres":
            self._held[key] = psycopg.connect(
                host=host, port=port, user=ACCOUNT, password=PASSWORD, dbname="postgres", connect_timeout=5
            )
        else:
            self._held[key] = pymysql.connect(host=host, port=port, user=ACCOUNT, password=PASSWORD, connect_timeout=5)
        return self.held(key)

    def held(self, key: str) -> Any:
        """Whether the server answers through a session that is kept."""
        try:
            with self._held[key].cursor() as cursor:
                cursor.execute("SELECT 41 + 1")
                return cursor.fetchone() == (42,)
        except (psycopg.OperationalError, pymysql.OperationalError, pymysql.InterfaceError):
            return False


class Inside:
    """A client that stands inside a VPC. :param engine: ``postgres``, else MySQL."""

    def __init__(self, data: Path, vpc: str, engine: str = "postgres") -> None:
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "jackfield", "exec", "--data", str(data), "--vpc", vpc, "--"),
                *(sys.executable, str(Path(__file__)), engine),
            ],
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def __enter__(self) -> Inside:
        return self

    def __exit__(self, *exc: object) -> None:
        self._process.kill()
        self._process.communicate()

    def ask(self, *what: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"it ended: {self._process.poll()}"
        return json.loads(line)


def main() -> None:
    client = Client(sys.argv[1])
    for line in sys.stdin:
        what, *arguments = json.loads(line)
        print(json.dumps(getattr(client, what)(*arguments)), flush=True)


if __name__ == "__main__":
    main()
