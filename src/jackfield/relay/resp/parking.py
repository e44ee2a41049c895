"""Blocked commands while a route is held.

A blocked command is under way for as long as its client likes, so a hold would never be done. CLIENT UNBLOCK ends
it at the shard as its timeout would: without a result, and without the risk of losing an element that a closed
connection would bring. The command is begun again when the route resumes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jackfield.relay.resp import limits
from jackfield.relay.resp.call import Call
from jackfield.relay.resp.framing import request

if TYPE_CHECKING:
    from jackfield.relay.resp.hub import Hub
    from jackfield.relay.resp.link import Link


class Parking:
    """The links on which a command may be blocked now, each with the call that learns its id at the shard."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._parked: dict[Link, Call] = {}
        self._pressed: set[Link] = set()

    def park(self, link: Link, client_id: Call) -> None:
        self._parked[link] = client_id

    def leave(self, link: Link) -> bool:
        """Ends the parking; true when the command was unblocked from here."""
        self._parked.pop(link, None)
        pressed = link in self._pressed
        self._pressed.discard(link)
        return pressed

    def press(self) -> None:
        """Unblocks what is blocked, again and again until the hold is done or over.

        A user who may not use CLIENT keeps the hold waiting until the command ends by itself.
        """
        if not self._hub.held:
            return
        for link, call in self._parked.items():
            reply = call.reply
            if link.busy and reply is not None and reply.startswith(b":"):
                self._pressed.add(link)
                shared = link.identity.links[link.shard.index]
                shared.send_now(request(b"CLIENT", b"UNBLOCK", reply[1:-2]))
        if self._hub.holding:
            self._hub.after(limits.RETRY, self.press)
