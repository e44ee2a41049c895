"""The commands of one client that take several steps: those beside others, and the one on which the rest waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jackfield.relay.resp.call import Call, Flow, Task

if TYPE_CHECKING:
    from jackfield.relay.resp.session import RespSession


class Work:
    """Runs the flows of a client.

    :ivar alone: a flow that waits for the replies to all commands before it.
    :ivar task: the one of those that runs. Until it is done no further command is started.
    """

    __slots__ = ("_beside", "_session", "alone", "task")

    def __init__(self, session: RespSession) -> None:
        self._session = session
        self._beside: set[Task] | None = None
        self.alone: Flow | None = None
        self.task: Task | None = None

    def start(self, flow: Flow) -> None:
        """Runs a flow beside others; its reply takes the command's place among the replies."""
        session = self._session
        call = Call(session, b"", -1)
        session.pending.append(call)
        beside = self._beside = self._beside if self._beside is not None else set()

        def done(reply: bytes) -> None:
            beside.discard(task)
            call.reply = reply
            session.hub.rouse(session)

        task = Task(session.hub, flow, done, session.caution)
        beside.add(task)
        task.start()

    def start_alone(self, flow: Flow) -> None:
        """Runs a flow once all commands before it are answered. One that returns nothing gives no reply."""
        self.alone = flow
        if not self._session.pending:
            self.begin()

    def begin(self) -> None:
        """All before :attr:`alone` is answered."""
        assert self.alone is not None
        session = self._session
        flow, self.alone = self.alone, None

        def done(reply: bytes) -> None:
            self.task = None
            if reply:
                session.answer(reply)
            else:
                session.hub.rouse(session)

        task = self.task = Task(session.hub, flow, done)
        task.start()

    def cancel(self) -> None:
        """Ends every flow where it stands, and what this is part of: the two are freed at once."""
        self.alone = None
        for task in [*(self._beside or ()), *([self.task] if self.task is not None else [])]:
            task.cancel()
        self.task = self._beside = None
        del self._session
