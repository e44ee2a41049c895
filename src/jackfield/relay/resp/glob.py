"""Patterns of channels, as Redis reads them (``stringmatchlen``)."""

from __future__ import annotations

_STAR, _QUESTION, _OPEN, _CLOSE, _CARET, _MINUS, _BACKSLASH = b"*?[]^-\\"
_ANY = frozenset(range(256))


class Glob:
    """A pattern of ``*``, ``?``, ``[…]`` and ``\\``; a match takes at most pattern times name steps, never more."""

    __slots__ = ("_steps",)

    def __init__(self, pattern: bytes) -> None:
        self._steps = _parse(pattern)

    def matches(self, name: bytes) -> bool:
        steps = self._steps
        at = step = 0
        back_at, back_step = 0, -1
        while at < len(name):
            if step < len(steps):
                wanted = steps[step]
                if wanted is None:
                    back_at, back_step = at, step
                    step += 1
                    continue
                if name[at] in wanted:
                    at += 1
                    step += 1
                    continue
            if back_step < 0:
                return False
            back_at += 1  # the last star takes one letter more
            at, step = back_at, back_step + 1
        return all(each is None for each in steps[step:])


def _parse(pattern: bytes) -> list[frozenset[int] | None]:
    """The letters that each place may have; ``None`` for a star."""
    steps: list[frozenset[int] | None] = []
    at = 0
    while at < len(pattern):
        letter = pattern[at]
        if letter == _STAR:
            if not steps or steps[-1] is not None:
                steps.append(None)
        elif letter == _QUESTION:
            steps.append(_ANY)
        elif letter == _OPEN:
            letters, at = _class(pattern, at + 1)
            steps.append(letters)
        else:
            if letter == _BACKSLASH and at + 1 < len(pattern):
                at += 1
            steps.append(frozenset((pattern[at],)))
        at += 1
    return steps


def _class(pattern: bytes, at: int) -> tuple[frozenset[int], int]:
    """The letters of a ``[…]`` whose inside begins at ``at``, and where its last letter stands. It may lack its end."""
    size = len(pattern)
    negated = pattern[at : at + 1] == b"^"
    at += negated
    letters: set[int] = set()
    while at < size and pattern[at] != _CLOSE:
        if pattern[at] == _BACKSLASH and at + 1 < size:
            letters.add(pattern[at + 1])
            at += 2
        elif at + 2 < size and pattern[at + 1] == _MINUS:
            first, last = sorted((pattern[at], pattern[at + 2]))
            letters.update(range(first, last + 1))
            at += 3
        else:
            letters.add(pattern[at])
            at += 1
    return (_ANY - letters if negated else frozenset(letters)), at
