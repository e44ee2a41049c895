"""Which instances were found serving since this process started: the API says ready once all of them were."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable

_LOOK_SECONDS = 0.1


class Tended:
    """Reconcilers note what they found serving; the start waits for it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._ids: set[str] = set()

    def note(self, id: str) -> None:
        with self._changed:
            self._ids.add(id)
            self._changed.notify_all()

    def wait(self, wanted: Callable[[], Iterable[str]], timeout: float) -> list[str]:
        """Waits until each of ``wanted`` (asked anew with every look, for instances come and go) was noted.

        :return: those that were not in time.
        """
        end = time.monotonic() + timeout
        while True:
            ids = list(wanted())
            with self._changed:
                missing = [id for id in ids if id not in self._ids]
                left = end - time.monotonic()
                if not missing or left <= 0:
                    return missing
                self._changed.wait(min(left, _LOOK_SECONDS))
