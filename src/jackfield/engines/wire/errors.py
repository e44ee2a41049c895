"""What goes wrong between a client and a server."""

from __future__ import annotations

from jackfield.engines.engine import EngineError, EngineFailed


class Unreachable(EngineFailed):
    """Nobody answers, or not in time, or not in the protocol; the connection is of no more use."""


class ServerError(EngineError):
    """The server's answer was an error.

    :param code: PostgreSQL's SQLSTATE, or MySQL's error number.
    :param denied: it refuses the user or the password.
    """

    def __init__(self, code: str, text: str, denied: bool = False) -> None:
        super().__init__(f"{code} {text}")
        self.code = code
        self.denied = denied
