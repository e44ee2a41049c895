"""Watching the servers of a route: whether replicas answer, and how far behind the primary they are.

Each has one connection of the relay's own. What the primary knows of clients' passwords is asked over the same one.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from jackfield.relay.loop import Loop, Timer
from jackfield.relay.sql.nodes import Log, Node, Position
from jackfield.relay.sql.wire import Wire

LOOK_SECONDS = 0.25
ANSWER_SECONDS = 3.0
"""A server that does not answer for so long is taken for dead."""

log = logging.getLogger(__name__)

Row = tuple[str | None, ...]
Answer = Callable[[list[Row] | None], None]
"""Takes the rows, or ``None`` when there is no answer."""


class Asking(Protocol):
    """A connection over which one question after the other is asked."""

    wire: Wire | None

    def ask(self, sql: str, answer: Answer) -> None: ...

    def close(self) -> None: ...


class Dialect(Protocol):
    """What of watching depends on the database."""

    primary_question: str
    replica_question: str

    def connect(self, loop: Loop, node: Node, user: str, password: str, done: Callable[[str], None]) -> Asking:
        """Begins to log in; ``done`` is told "" or why not, later."""

    def position(self, rows: Sequence[Row]) -> Position:
        """Of the answer to a question. :raises ValueError: it is no such server."""


class Watch:
    """Looks at one server until it is closed."""

    def __init__(
        self, loop: Loop, dialect: Dialect, node: Node, login: tuple[str, str], found: Callable[[float, Position], None]
    ) -> None:
        self.node = node
        self._loop = loop
        self._dialect = dialect
        self._login = login
        self._found = found
        self._question = ""
        self._asking: Asking | None = None
        self._ready = False
        self._late: Timer | None = None
        self._timer: Timer | None = loop.call_later(0.0, self._look)

    def ask_position(self, question: str) -> None:
        """What the server is asked with each look."""
        self._question = question

    def ask(self, sql: str, answer: Answer) -> None:
        """Asks something else; ``None`` is the answer of a server that is away."""
        if self._asking is None or not self._ready:
            answer(None)
        else:
            self._asking.ask(sql, answer)

    def close(self) -> None:
        """Looks no more."""
        self._drop()
        self._rest()

    def _look(self) -> None:
        self._timer = None
        self._late = self._loop.call_later(ANSWER_SECONDS, lambda: self._lost("no answer"))
        if self._asking is None:
            user, password = self._login
            self._asking = self._dialect.connect(self._loop, self.node, user, password, self._connected)
        else:
            self._inquire()

    def _connected(self, why: str) -> None:
        if why:
            self._lost(why)
            return
        self._ready = True
        self._inquire()

    def _inquire(self) -> None:
        assert self._asking is not None
        asked = time.monotonic()
        self._asking.ask(self._question, lambda rows: self._answered(asked, rows))

    def _answered(self, asked: float, rows: list[Row] | None) -> None:
        if self._asking is None:  # given up on meanwhile
            return
        if rows is None:
            self._lost("it does not answer as its role wants it")
            return
        try:
            position = self._dialect.position(rows)
        except (ValueError, IndexError, TypeError) as error:
            self._lost(str(error))
            return
        self._found(asked, position)
        self._again()

    def _lost(self, why: str) -> None:
        if self.node.reason != why:
            log.info("server %s: %s", self.node.backend.name, why)
        self._drop()
        self.node.judge(False, why, gone=True)
        self._again()

    def _again(self) -> None:
        self._rest()
        self._timer = self._loop.call_later(LOOK_SECONDS, self._look)

    def _drop(self) -> None:
        asking, self._asking = self._asking, None
        self._ready = False
        if asking is not None:
            asking.close()

    def _rest(self) -> None:
        for timer in (self._timer, self._late):
            if timer is not None:
                timer.cancel()
        self._timer = self._late = None


class Watches:
    """All servers of a route; the first of them is the primary."""

    def __init__(self, loop: Loop, dialect: Dialect, max_delay: float) -> None:
        self._loop = loop
        self._dialect = dialect
        self._log = Log(max_delay)
        self._watches: dict[Node, Watch] = {}
        self._primary: Node | None = None

    def update(self, nodes: Sequence[Node], logins: dict[str, tuple[str, str]], max_delay: float) -> None:
        """Watches these servers, and no others."""
        self._log.keep = max_delay
        if self._primary is not nodes[0]:
            self._primary = nodes[0]
            self._log = Log(max_delay)
        for node in [node for node in self._watches if node not in nodes]:
            self._watches.pop(node).close()
        for node in nodes:
            if node not in self._watches:
                login = logins.get(node.backend.name, ("", ""))
                self._watches[node] = Watch(self._loop, self._dialect, node, login, self._found(node))
            primary = node is self._primary
            dialect = self._dialect
            self._watches[node].ask_position(dialect.primary_question if primary else dialect.replica_question)

    def ask(self, node: Node, sql: str, answer: Answer) -> None:
        """Asks a server; ``None`` when it is away, or not watched any more."""
        watch = self._watches.get(node)
        if watch is None:
            answer(None)
        else:
            watch.ask(sql, answer)

    def close(self) -> None:
        for watch in self._watches.values():
            watch.close()
        self._watches.clear()

    def _found(self, node: Node) -> Callable[[float, Position], None]:
        def found(asked: float, position: Position) -> None:
            if node is self._primary:
                self._log.note(asked, position)
                node.judge(True, "answers")
                return
            delay = self._log.delay(position, time.monotonic())
            if delay is None:
                node.judge(False, "nothing is known of the primary yet")
            elif delay > self._log.keep:
                node.judge(False, f"{delay:.1f} s behind the primary")
            else:
                node.judge(True, f"{delay:.1f} s behind the primary" if delay else "has everything")

        return found
