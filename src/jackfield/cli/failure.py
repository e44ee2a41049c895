"""What a command says when it cannot do its job."""

from __future__ import annotations


class Failure(Exception):
    """The text is for people: what went wrong and what to do. :param status: the exit status."""

    def __init__(self, text: str, status: int = 1) -> None:
        super().__init__(text)
        self.status = status
