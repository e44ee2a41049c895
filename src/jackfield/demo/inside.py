"""``python -m jackfield.demo.inside``: a client inside a VPC that does what it is told.

One JSON list a line on standard input (what to do, then its arguments), one JSON value a line back.
"""

from __future__ import annotations

import errno
import json
import socket
import sys
from collections.abc import Callable
from typing import Any

from jackfield.demo.clients import Held, Load, resolve, resolves

PORT = 6379


class Client:
    """What can be asked for; each method's arguments and result are JSON."""

    def __init__(self) -> None:
        self._loads: dict[str, Load] = {}
        self._held: dict[str, Held] = {}

    def ping(self, name: str, password: str) -> Any:
        """A new connection's answer, and the address from which it came."""
        try:
            held = Held(name, PORT, password)
        except OSError as error:
            return {"answer": False, "error": type(error).__name__}
        source = held.source
        held.end()
        return {"answer": True, "source": source}

    def resolve(self, name: str) -> Any:
        """The name's addresses; none when it does not resolve."""
        return resolve(name) if resolves(name) else []

    def dial(self, address: str, port: int) -> Any:
        """``open``, or the name of the error."""
        with socket.socket() as sock:
            sock.settimeout(5)
            code = sock.connect_ex((address, port))
        return errno.errorcode.get(code, str(code)) if code else "open"

    def hold(self, name: str, password: str) -> Any:
        """Keeps a connection that has answered."""
        self._held[name] = Held(name, PORT, password)
        return True

    def cut(self, name: str) -> Any:
        """Whether the connection that is kept was closed."""
        return self._held[name].look()

    def start(self, name: str, password: str) -> Any:
        """Begins a load that never pauses."""
        self._loads[name] = Load(name, password)
        self._loads[name].start()
        return True

    def count(self, name: str) -> Any:
        """What the load has seen so far."""
        load = self._loads[name]
        return {"answered": load.answered, "failures": load.failures[:3], "failed": len(load.failures)}

    def end(self, name: str) -> Any:
        """Ends a load."""
        self._loads.pop(name).end()
        return True


def main() -> int:
    """Serves until standard input ends."""
    client = Client()
    for line in sys.stdin:
        what, *arguments = json.loads(line)
        do: Callable[..., Any] = getattr(client, what)
        print(json.dumps(do(*arguments)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
