"""What every engine does alike with a node's folder: wait, start again, delete, read the log."""

from __future__ import annotations

import os
import shutil
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from jackfield.engines import tenure
from jackfield.engines.engine import EngineFailed
from jackfield.processes import ProcessId

# Nothing else of our environment, which may hold access keys, goes to the server.
_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TZ")


class Node(tenure.Kept, Protocol):
    """A folder that a server works in, with the server's log."""

    @property
    def id(self) -> str: ...

    @property
    def log_file(self) -> Path: ...


NodeT = TypeVar("NodeT", bound=Node)


def environment() -> dict[str, str]:
    """The part of our environment that servers get."""
    return {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}


def log_tail(node: Node, lines: int = 5) -> str:
    """The last lines that the server wrote to its log."""
    try:
        return " / ".join(node.log_file.read_text(errors="replace").splitlines()[-lines:])
    except FileNotFoundError:
        return "it has written no log"


class KeptEngine(ABC, Generic[NodeT]):
    """Holds no state: everything is in the nodes' folders, so any process may use it. Calls block."""

    name: str
    busy_patience: float
    """Seconds to wait for whoever else is making, starting or ending a server in the same folder."""

    @abstractmethod
    def start(self, node: NodeT) -> ProcessId:
        """Adopts the process that serves the folder, or starts one."""

    @abstractmethod
    def ready(self, node: NodeT) -> bool:
        """Whether clients may be sent to it."""

    @abstractmethod
    def stop(self, node: NodeT) -> None:
        """Ends the process; does nothing when none runs. The data stay."""

    @abstractmethod
    def _tidy(self, node: NodeT) -> None:
        """Removes what a killed server leaves; the lock is held."""

    def wait_ready(self, node: NodeT, timeout: float = 30.0) -> None:
        """Waits for :meth:`ready`.

        :raises EngineFailed: the process ended, or is not ready in time; the text ends with the end of its log.
        """
        deadline = time.monotonic() + timeout
        while not self.ready(node):
            if tenure.recorded(node) is None:
                raise EngineFailed(f"the {self.name} server of node {node.id} ended: {self.log_tail(node)}")
            if time.monotonic() > deadline:
                raise EngineFailed(f"the {self.name} server of node {node.id} is not ready: {self.log_tail(node)}")
            time.sleep(tenure.PAUSE)

    def restart(self, node: NodeT) -> ProcessId:
        """Ends the process and starts one with what ``node`` says now."""
        self.stop(node)
        return self.start(node)

    def destroy(self, node: NodeT) -> None:
        """Ends the process and deletes its folder and socket; does nothing when they are gone.

        :raises EngineFailed: another process has the folder and does not let go.
        """
        self.stop(node)
        if not node.folder.is_dir():
            return
        with tenure.lock(node, self.busy_patience):
            self._tidy(node)
            shutil.rmtree(node.folder)

    def log_tail(self, node: NodeT, lines: int = 5) -> str:
        """The last lines that the server wrote to its log."""
        return log_tail(node, lines)
