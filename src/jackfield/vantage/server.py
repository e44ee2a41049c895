"""Requests over a Unix socket: ``{"id": 7, "op": "…", …}`` a line, answered in order."""

from __future__ import annotations

import contextlib
import json
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from jackfield.unix_sockets import listen, peer
from jackfield.vantage.channel import Channel, close_all
from jackfield.vantage.loop import Loop

log = logging.getLogger(__name__)

_PAUSE_SECONDS = 0.1  # before accepting again when there is no descriptor left


class Refused(Exception):
    """A request is refused and nothing was changed.

    :param kind: ``bad-request``, ``not-there``, ``bad-source``, ``forbidden`` or ``failed``.
    """

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


class Answer(NamedTuple):
    """:ivar descriptors: ride on the answer and are closed here afterwards."""

    result: Any
    descriptors: Sequence[int] = ()


class Request:
    """What was asked.

    :raises Refused: ``bad-request``, from all methods, when a field is missing or is of another type.
    """

    def __init__(self, fields: Mapping[str, Any], channel: Channel) -> None:
        self._fields = fields
        self._channel = channel

    def text(self, name: str, default: str | None = None) -> str:
        value = self._fields.get(name, default)
        if not isinstance(value, str):
            raise Refused("bad-request", f"{name} must be a string")
        return value

    def number(self, name: str, least: int, most: int) -> int:
        value = self._fields.get(name)
        if type(value) is not int or not least <= value <= most:
            raise Refused("bad-request", f"{name} must be a number from {least} to {most}")
        return value

    def texts(self, name: str) -> list[str]:
        value = self._fields.get(name)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise Refused("bad-request", f"{name} must be a list of strings")
        return value

    def anything(self, name: str) -> Any:
        return self._fields.get(name)

    def descriptors(self, count: int) -> list[int]:
        """The descriptors that came with the request, to be owned by the caller."""
        try:
            return self._channel.take(count)
        except ValueError as error:
            self._channel.close()
            raise Refused("bad-request", str(error)) from None


Operation = Callable[[Request], Answer]


class Server:
    """Serves a Unix stream socket, mode 0600, to the user of this process and root.

    :param path: a socket that a dead process left there is replaced.
    :param operations: by name. What one raises beside :class:`Refused` is told as ``failed``.
    :raises OSError: the socket can not be made; EEXIST when something else lies at ``path``.
    """

    def __init__(
        self, loop: Loop, path: str, operations: Mapping[str, Operation], *, takes_descriptors: bool = False
    ) -> None:
        self._loop = loop
        self._path = path
        self._operations = operations
        self._takes = takes_descriptors
        self._channels: set[Channel] = set()
        self._sock = listen(path)
        self._inode = os.lstat(path).st_ino
        self._watch()

    def close(self) -> None:
        """Ends all connections and removes the socket, unless a successor has put its own there."""
        for channel in list(self._channels):
            channel.close()
        with contextlib.suppress(KeyError):  # it may be resting
            self._loop.forget(self._sock)
        self._sock.close()
        with contextlib.suppress(FileNotFoundError):
            if os.lstat(self._path).st_ino == self._inode:
                os.unlink(self._path)

    def _watch(self) -> None:
        if self._sock.fileno() >= 0:
            self._loop.watch(self._sock, self._accept, lambda: None)

    def _accept(self) -> None:
        try:
            sock, _ = self._sock.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        except OSError as error:
            log.warning("accept failed: %s", error)
            self._loop.forget(self._sock)
            self._loop.later(_PAUSE_SECONDS, self._watch)
            return
        other = peer(sock)
        if other is not None and not self._admits(*other):
            log.warning("process %s of user %s was turned away", *other)
            sock.close()
            return
        channel = Channel(self._loop, sock, self._serve, self._channels.discard, takes_descriptors=self._takes)
        self._channels.add(channel)

    def _admits(self, pid: int, uid: int) -> bool:
        """Ourselves and root. In a user namespace everybody else, root too, looks like the overflow user (who may be
        ourselves). Whether we may signal the process tells ourselves from others. Root is told from others by the door:
        while that is shut to others, only root comes through it."""
        own = os.geteuid()
        if uid != _overflow_uid():
            return uid in (0, own)
        return (uid == own and _may_signal(pid)) or self._is_shut()

    def _is_shut(self) -> bool:
        try:
            return not os.lstat(self._path).st_mode & 0o077
        except FileNotFoundError:
            return False

    def _serve(self, channel: Channel, line: bytes) -> None:
        number: Any = None
        try:
            fields = _parse(line)
            number = fields.get("id")
            name = fields.get("op")
            operation = self._operations.get(name) if isinstance(name, str) else None
            if operation is None:
                raise Refused("bad-request", "there is no such operation")
            answer = operation(Request(fields, channel))
        except Refused as refusal:
            _send(channel, {"id": number, "error": {"kind": refusal.kind, "text": str(refusal)}})
            if channel.descriptors:  # whose they are nobody knows any more
                channel.close()
        except Exception as error:
            log.exception("a request failed")
            text = f"{type(error).__name__}: {error}"
            _send(channel, {"id": number, "error": {"kind": "failed", "text": text}})
        else:
            _send(channel, {"id": number, "result": answer.result}, answer.descriptors)


def _overflow_uid() -> int:
    try:
        return int(Path("/proc/sys/kernel/overflowuid").read_text())
    except FileNotFoundError:
        return -1


def _may_signal(pid: int) -> bool:
    if pid <= 0:  # a process of which we can see nothing
        return False
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def _send(channel: Channel, message: Mapping[str, Any], descriptors: Sequence[int] = ()) -> None:
    try:
        line = json.dumps(message).encode()
    except BaseException:
        close_all(descriptors)
        raise
    channel.send(line, descriptors)


def _parse(line: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        raise Refused("bad-request", "this is no JSON") from None
    if not isinstance(fields, dict):
        raise Refused("bad-request", "a request is a JSON object")
    return fields
