"""Blocking requests to holder and keeper."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from typing import Any

from jackfield.vantage.channel import DESCRIPTORS, close_all, receive
from jackfield.vantage.server import Refused

_READ_BYTES = 1 << 18


def call(sock: socket.socket, request: Mapping[str, Any]) -> tuple[Any, list[int]]:
    """Asks one thing at a time; returns the result and the descriptors that came with it.

    :raises OSError: the connection ended (ConnectionResetError), or no answer came in time (TimeoutError).
    :raises Refused: the request was refused.
    """
    received = bytearray()
    descriptors: list[int] = []
    try:
        sock.sendall(json.dumps(request).encode() + b"\n")
        while not received.endswith(b"\n"):
            data, more = receive(sock, _READ_BYTES)
            descriptors += more
            if not data:
                raise ConnectionResetError("the connection was closed without an answer")
            if len(descriptors) > DESCRIPTORS:
                raise ConnectionResetError("too many descriptors came")
            received += data
        reply = json.loads(received)
        error = reply.get("error")
        if error:
            raise Refused(error["kind"], error["text"])
    except BaseException:
        close_all(descriptors)
        raise
    return reply.get("result"), descriptors
