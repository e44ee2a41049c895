"""File descriptors: one in reserve for when they run out, and sockets whose end is a reset."""

from __future__ import annotations

import contextlib
import os
import socket
import struct

LINGER_RESET = struct.pack("ii", 1, 0)
"""``SO_LINGER`` value with which ``close`` sends RST instead of FIN."""


def reset(sock: socket.socket) -> None:
    """Makes the coming ``close`` of a TCP socket send RST: the other side reads an error, not an end."""
    with contextlib.suppress(OSError):  # already reset by the other side: the close is all that is left
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_RESET)


class Reserve:
    """One descriptor kept back.

    With no descriptor left ``accept`` fails while the client stays in the queue, so a level-triggered loop
    would spin. Giving up the reserve for a moment lets each waiting client be taken and reset.
    """

    def __init__(self) -> None:
        self._fd = -1

    def accept(self, listening: socket.socket) -> socket.socket | None:
        """Accepts one connection with the reserve; ``None`` when that was not possible either."""
        self.release()
        try:
            return listening.accept()[0]
        except OSError:
            return None

    def shed(self, listening: socket.socket) -> bool:
        """Takes one client off the queue and resets it; false when that was not possible."""
        client = self.accept(listening)
        if client is not None:
            reset(client)
            client.close()
        self.keep()
        return client is not None

    def keep(self) -> None:
        """Opens the reserve if it is not open; without a free descriptor there is none until the next try."""
        if self._fd < 0:
            try:
                self._fd = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
            except OSError:
                self._fd = -1

    def release(self) -> None:
        """Closes the reserve."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


RESERVE = Reserve()
"""The reserve of this process; limits count per process, so one is enough. Opened by ``keep`` at start."""
