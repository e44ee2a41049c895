"""What the reconcilers of instances have in common, for those who look at instances of every product."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from jackfield.engines.engine import Health
from jackfield.reconcile.loop import Reconciler
from jackfield.store.interface import Reader
from jackfield.store.resource import Resource


class InstanceReconciler(Reconciler, Protocol):
    """A reconciler of resources that have servers and endpoints."""

    @property
    def product(self) -> str:
        """As the folder of the product is called."""

    @property
    def resource(self) -> type[Resource]:
        """The type of its instances."""

    @property
    def settled(self) -> str:
        """The state in which an instance serves and nothing is on its way."""

    def servers(self, instance: Any) -> list[Health]:
        """What the instance's server processes are doing; empty where no engines run."""

    def describe(self, instance: Any) -> dict[str, str]:
        """``name``, ``kind`` and ``asked_for`` (engine and version of the create call), for people."""


def unsettled(view: Reader, reconcilers: tuple[InstanceReconciler, ...]) -> Iterator[Resource]:
    """Instances with a transition under way."""
    return (one for each in reconcilers for one in view.each(each.resource) if one.status != each.settled)


def settled(view: Reader, reconcilers: tuple[InstanceReconciler, ...]) -> Iterator[Resource]:
    """Instances that should be serving."""
    return (one for each in reconcilers for one in view.each(each.resource) if one.status == each.settled)
