"""The holder's side of the keeper: descriptors by name that survive the holder's death."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import socket
from collections.abc import Callable, Mapping
from typing import Any

from jackfield.unix_sockets import connect
from jackfield.vantage.caller import call
from jackfield.vantage.channel import DESCRIPTORS, Channel, close_all
from jackfield.vantage.loop import Loop
from jackfield.vantage.server import Refused

log = logging.getLogger(__name__)

_PATIENCE_SECONDS = 5.0
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.05, 1.0


class Vault:
    """Deposits descriptors, as long as there is a keeper; a new keeper is given everything anew.

    :param path: the keeper's socket.
    :param everything: what is to be deposited with a keeper that has nothing.
    """

    def __init__(self, loop: Loop, path: str, everything: Callable[[], Mapping[str, int]]) -> None:
        self._loop = loop
        self._path = path
        self._everything = everything
        self._found = _fetch(path)
        self._channel: Channel | None = None
        self._changes: dict[str, int | None] = {}
        self._pause = _FIRST_PAUSE_SECONDS

    def names(self) -> list[str]:
        """What a predecessor left and nobody has taken yet."""
        return sorted(self._found)

    def take(self, name: str) -> int | None:
        """A descriptor that a predecessor left, to be owned by the caller; ``None`` when there is none."""
        return self._found.pop(name, None)

    def open(self) -> None:
        """Ends the taking: what was not taken is thrown away, here and at the keeper's. From now on there are
        deposits."""
        close_all(list(self._found.values()))
        self._found.clear()
        self._connect()

    def put(self, name: str, descriptor: int) -> None:
        """Deposits a duplicate with the next :meth:`flush`."""
        self._changes[name] = descriptor

    def drop(self, name: str) -> None:
        """Takes a deposit back with the next :meth:`flush`."""
        self._changes[name] = None

    def flush(self) -> None:
        """Hands the changes over. The kernel has them when this returns, unless the keeper does not read."""
        changes, self._changes = self._changes, {}
        if self._channel is None:
            return
        gone = [name for name, descriptor in changes.items() if descriptor is None]
        if gone:
            self._send({"op": "drop", "names": gone})
        self._deposit({name: descriptor for name, descriptor in changes.items() if descriptor is not None})

    def close(self) -> None:
        """Empties the keeper: nothing is to survive."""
        if self._channel is not None:
            channel, self._channel = self._channel, None
            channel.close()
        with contextlib.suppress(OSError, Refused), connect(self._path, _PATIENCE_SECONDS) as sock:
            call(sock, {"op": "retain", "names": []})

    def _connect(self) -> None:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.setblocking(False)
        try:
            sock.connect(self._path)
        except OSError:
            sock.close()
            self._loop.later(self._pause, self._connect)
            self._pause = min(2 * self._pause, _LONGEST_PAUSE_SECONDS)
            return
        self._pause = _FIRST_PAUSE_SECONDS
        self._channel = Channel(self._loop, sock, _on_reply, self._lost)
        self._changes.clear()
        everything = self._everything()
        self._deposit(everything)
        # Afterwards: at no moment the keeper has less than it had.
        self._send({"op": "retain", "names": list(everything)})

    def _lost(self, channel: Channel) -> None:
        if channel is self._channel:
            log.warning("the keeper is gone")
            self._channel = None
            self._loop.later(self._pause, self._connect)

    def _deposit(self, descriptors: Mapping[str, int]) -> None:
        names = list(descriptors)
        for start in range(0, len(names), DESCRIPTORS):
            batch = names[start : start + DESCRIPTORS]
            self._send({"op": "put", "names": batch}, [os.dup(descriptors[name]) for name in batch])

    def _send(self, request: Mapping[str, Any], descriptors: list[int] | None = None) -> None:
        if self._channel is None:  # it was lost by the line before
            close_all(descriptors or [])
        else:
            self._channel.send(json.dumps(request).encode(), descriptors or [])


def _on_reply(channel: Channel, line: bytes) -> None:
    if b'"error"' in line:
        log.error("the keeper refused: %s", line.decode(errors="replace"))
        channel.close()  # and begins anew


def _fetch(path: str) -> dict[str, int]:
    """Everything that the keeper has, without a keeper nothing."""
    found: dict[str, int] = {}
    try:
        with connect(path, _PATIENCE_SECONDS) as sock:
            names = call(sock, {"op": "list"})[0]
            for start in range(0, len(names), DESCRIPTORS):
                batch = names[start : start + DESCRIPTORS]
                found.update(zip(batch, call(sock, {"op": "get", "names": batch})[1], strict=True))
    except (OSError, ValueError, Refused) as error:
        log.info("the keeper gives no more than %d descriptors: %s", len(found), error)
    return found
