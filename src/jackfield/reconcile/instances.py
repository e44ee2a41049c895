"""What reconcilers have in common whose resources serve clients, for those who look at all of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

from jackfield.engines.engine import Health
from jackfield.reconcile.loop import Reconciler
from jackfield.store.interface import Reader
from jackfield.store.resource import Resource


class ServingReconciler(Reconciler, Protocol):
    """A reconciler of resources that must serve again, as recorded, before a start counts as ready.

    It notes each in ``World.tended`` once it serves.
    """

    @property
    def resource(self) -> type[Resource]:
        """Their type."""

    @property
    def settled(self) -> str:
        """The state in which one serves and nothing is on its way."""


class InstanceReconciler(ServingReconciler, Protocol):
    """A reconciler of resources that have servers and endpoints."""

    @property
    def product(self) -> str:
        """As the folder of the product is called."""

    def servers(self, instance: Any) -> list[Health]:
        """What the instance's server processes are doing; empty where no engines run."""

    def describe(self, instance: Any) -> dict[str, str]:
        """``name``, ``kind`` and ``asked_for`` (engine and version of the create call), for people."""


class Rest(NamedTuple):
    """The states in which nothing of a kind of resource is on its way."""

    resource: type[Resource]
    states: frozenset[str]


def rest_of(reconciler: ServingReconciler) -> Rest:
    """``resting`` of a reconciler, where it has that: further states in which nothing is on its way."""
    return Rest(reconciler.resource, frozenset((reconciler.settled, *getattr(reconciler, "resting", ()))))


def unsettled(view: Reader, rests: tuple[Rest, ...]) -> Iterator[Resource]:
    """Resources with a transition under way."""
    return (one for rest in rests for one in view.each(rest.resource) if one.status not in rest.states)


def settled(view: Reader, reconcilers: tuple[ServingReconciler, ...]) -> Iterator[Resource]:
    """What should be serving."""
    return (one for each in reconcilers for one in view.each(each.resource) if one.status == each.settled)
