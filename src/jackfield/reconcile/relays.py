"""What reconcilers tell the relays and ask of them; a relay that is away is waited for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from jackfield.reconcile.loop import Later
from jackfield.reconcile.world import World
from jackfield.relay.client import RelayClient, RelayDown
from jackfield.relay.route import Ack, Place, Route, role_of

T = TypeVar("T")

_MARGIN = 10.0
"""Seconds that a replacement may take beyond the drain of its connections."""


class Relays:
    """All relays of a data folder.

    :raises Later: from every method: a relay is down. All may be repeated.
    """

    def __init__(self, world: World) -> None:
        self._world = world

    def listening(self, instance: str) -> list[str]:
        """Keys of the routes that are served for an instance, now."""
        owners = self._each(RelayClient.owners)
        ours = (keys for each in owners for owner, keys in each.items() if owner.startswith(f"{instance}/"))
        return sorted(key for keys in ours for key in keys)

    def told(self, owner: str) -> list[Route]:
        """The routes that they have of an endpoint."""
        return [route for routes in self._each(lambda relay: relay.routes(owner)) for route in routes]

    def replace(self, owner: str, routes: Sequence[Route], *, anywhere: bool = False) -> Ack:
        """Makes routes the whole truth about an endpoint.

        :param anywhere: another relay may have served it until now.
        """
        if anywhere:
            self.leave_others(owner, routes)
        return self._replace(self._relay_of(routes), owner, routes)

    def leave_others(self, owner: str, routes: Sequence[Route]) -> None:
        """Ends what relays serve of an endpoint to which these routes do not belong."""
        for relay in self._world.relays.values():
            if relay is not self._relay_of(routes):
                self._replace(relay, owner, ())

    def bind(self, owner: str, routes: Sequence[Route], *, anywhere: bool = False) -> Ack:
        """:meth:`replace`; each of the routes listens then.

        :raises Later: also when one could not be bound.
        """
        ack = self.replace(owner, routes, anywhere=anywhere)
        failed = [f"{bound.address}:{bound.port} {bound.error}" for bound in ack.bound if bound.error]
        if failed:
            raise Later(0.5, f"the relay could not bind {', '.join(failed)}")
        return ack

    def withdraw(self, owner: str) -> list[Ack]:
        """Ends everything that is served of an endpoint."""
        return self._each(lambda relay: self._replace(relay, owner, ()))

    def forget(self, owner: str) -> None:
        """Drops the figures of an endpoint that is gone."""
        self._each(lambda relay: relay.forget(owner))

    def cut(self, owner: str) -> int:
        """Ends the connections that an endpoint has; how many there were. It goes on listening."""
        return sum(self._each(lambda relay: relay.cut(owner)))

    def end_strays(self, owner: str) -> int:
        """Ends the connections of an endpoint to backends that it does not lead to any more; how many there were."""
        return sum(self._each(lambda relay: relay.end_strays(owner)))

    def _relay_of(self, routes: Sequence[Route]) -> RelayClient:
        # One that has lost its last port has had plain routes: others keep their port.
        return self._world.relays[role_of(routes[0].mode if routes else "tcp")]

    def _each(self, ask: Callable[[RelayClient], T]) -> list[T]:
        try:
            return [ask(relay) for relay in self._world.relays.values()]
        except RelayDown as error:
            raise Later(0.05, str(error)) from error

    def _replace(self, relay: RelayClient, owner: str, routes: Sequence[Route]) -> Ack:
        try:
            return relay.replace(owner, routes, timeout=self._world.settings.drain + _MARGIN)
        except RelayDown as error:
            raise Later(0.05, str(error)) from error


def closing(acks: Sequence[Ack], refused: Sequence[Place]) -> dict[str, Any]:
    """What the relays say of listeners that they closed, and where dials were refused afterwards."""
    evidence: dict[str, Any] = {
        "cut": sum(ack.cut for ack in acks),
        "live": sum(ack.live for ack in acks),
        "closed": [place for ack in acks for place in ack.closed],
        "refused": [str(place) for place in refused],
    }
    return {**evidence, "relay_restarted": True} if any(ack.lost for ack in acks) else evidence
