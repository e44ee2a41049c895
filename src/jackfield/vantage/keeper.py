"""``python -m jackfield.vantage.keeper``: keeps named file descriptors, so that what the holder made outlives it.

Operations: ``put {"names": […]}`` with as many descriptors, ``get {"names": […]}``, ``drop {"names": […]}``, ``list``,
``retain {"names": […]}`` (drops all others), ``hello`` and ``stop``.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from jackfield.standing import started_at
from jackfield.vantage import process
from jackfield.vantage.channel import DESCRIPTORS
from jackfield.vantage.loop import Loop
from jackfield.vantage.server import Answer, Refused, Request, Server


class Keeper:
    """The store. It never looks at what it keeps."""

    def __init__(self, loop: Loop, data: str) -> None:
        self._loop = loop
        self._data = data
        self._started = started_at()
        self._kept: dict[str, int] = {}
        self.operations = {
            "put": self._put,
            "get": self._get,
            "drop": self._drop,
            "list": self._list,
            "retain": self._retain,
            "hello": self._hello,
            "stop": self._stop,
        }

    def _put(self, request: Request) -> Answer:
        names = _names(request)
        for name, descriptor in zip(names, request.descriptors(len(names)), strict=True):
            self._forget(name)
            self._kept[name] = descriptor
        return Answer(len(self._kept))

    def _get(self, request: Request) -> Answer:
        names = _names(request)
        missing = [name for name in names if name not in self._kept]
        if missing:
            raise Refused("not-there", f"nothing is kept as {missing[0]}")
        return Answer(names, [os.dup(self._kept[name]) for name in names])

    def _drop(self, request: Request) -> Answer:
        for name in request.texts("names"):
            self._forget(name)
        return Answer(len(self._kept))

    def _list(self, request: Request) -> Answer:
        return Answer(sorted(self._kept))

    def _retain(self, request: Request) -> Answer:
        for name in self._kept.keys() - set(request.texts("names")):
            self._forget(name)
        return Answer(len(self._kept))

    def _hello(self, request: Request) -> Answer:
        told = {"pid": os.getpid(), "started": self._started, "data": self._data, "version": "1"}
        return Answer({**told, "descriptors": len(self._kept)})

    def _stop(self, request: Request) -> Answer:
        self._loop.stop()
        return Answer(True)

    def _forget(self, name: str) -> None:
        descriptor = self._kept.pop(name, None)
        if descriptor is not None:
            os.close(descriptor)


def main(arguments: Sequence[str] | None = None) -> int:
    """See :func:`jackfield.vantage.process.main`."""
    return process.main("keeper", _serve, arguments)


def _serve(options: argparse.Namespace, loop: Loop) -> None:
    keeper = Keeper(loop, str(options.data))
    server = Server(loop, options.socket, keeper.operations, takes_descriptors=True)
    process.log.info("ready role=keeper")
    try:
        loop.run()
    finally:
        server.close()


def _names(request: Request) -> list[str]:
    names = request.texts("names")
    if len(set(names)) != len(names) or len(names) > DESCRIPTORS:
        raise Refused("bad-request", f"names must be different ones, {DESCRIPTORS} at most")
    return names


if __name__ == "__main__":
    sys.exit(main())
