"""The store as operations and reconcilers see it; backends implement it, one test suite checks them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from jackfield.store.resource import Change, Evidence, Resource, Work

R = TypeVar("R", bound=Resource)


class ClaimTaken(Exception):
    """Another resource holds the claim. ``space`` and ``value`` name it, ``holder`` is (kind, id)."""

    def __init__(self, space: str, value: str, holder: tuple[str, str]) -> None:
        super().__init__(f"{space} {value} is held by {holder[0]} {holder[1]}")
        self.space, self.value, self.holder = space, value, holder


class Reader(Protocol):
    """A consistent view of the store."""

    now: float
    """Seconds since the epoch, the same for the whole transaction."""

    def get(self, kind: type[R], id: str) -> R | None:
        """The resource, or ``None``. One indexed look-up."""

    def children(self, kind: type[R], parent: str) -> list[R]:
        """All resources of a kind with this parent, oldest first. Indexed; none have the parent ""."""

    def page(self, kind: type[R], *, account: str, region: str, offset: int, limit: int) -> list[R]:
        """A page in order of creation, oldest first; costs the same wherever it lies. ``region`` empty: all regions."""

    def count(self, kind: type[R], *, account: str, region: str) -> int:
        """How many there are; does not read them. ``region`` empty: all regions."""

    def each(self, kind: type[R], *, account: str = "", region: str = "") -> Iterable[R]:
        """All of a kind, oldest first; for filters without an index, and for starts.

        Read as it is iterated, so only inside the transaction. What the caller writes meanwhile is harmless: new
        resources are not met, removed ones may still be.
        """

    def holder(self, space: str, value: str) -> tuple[str, str] | None:
        """(kind, id) of who holds a claim."""

    def claims(self, kind: str, id: str) -> list[tuple[str, str]]:
        """(space, value) pairs a resource holds."""

    def claimed(self, space: str, values: Sequence[str]) -> set[str]:
        """Which of these values of a space are held by anybody."""

    def count_claims(self, space: str) -> int:
        """How many values of a space are held."""

    def holders(self, space: str) -> list[tuple[str, str]]:
        """(kind, id) of everybody who holds a claim in a space, in the order of the values; indexed."""

    def changes(self, *, after: int = 0, kind: str = "", id: str = "", limit: int = 100) -> list[Change]:
        """Entries of the change feed with a higher sequence number, oldest first."""

    def meta(self, key: str) -> str | None:
        """A setting of this data folder."""


class Tx(Reader, Protocol):
    """A transaction that may write: everything in it happens, or nothing."""

    def put(self, resource: Resource, *, evidence: Evidence | None = None) -> None:
        """Writes a new resource or replaces it, which keeps its place in the order of creation.

        A change of status is checked against ``States``. A new resource, a change of status and any evidence go into
        the change feed; a replacement without them does not.

        :raises IllegalTransition: the step is not declared, or lacks its evidence.
        """

    def remove(self, resource: Resource, *, evidence: Evidence | None = None) -> None:
        """Removes the resource, its claims and its work; nothing happens when there is none.

        The status that counts is the one in the store. Work that is leased goes as well: the end of that lease does
        not bring it back.

        :raises IllegalTransition: as :meth:`put`, for the step to "".
        """

    def claim(self, space: str, value: str, resource: Resource) -> None:
        """Takes a name or address for a resource; taking it again for the same one is fine.

        The resource may be written later in the transaction; without it the transaction fails as a whole.

        :raises ClaimTaken: somebody else holds it; nothing was written, the transaction may go on.
        """

    def unclaim(self, space: str, value: str, resource: Resource) -> None:
        """Gives a claim back; nothing happens when the resource does not hold it."""

    def schedule(self, resource: Resource, due: float | None = None) -> None:
        """Makes a reconciler look at the resource at ``due`` (now, if left out); an earlier date that is noted stands.

        While a step runs for it, the date is kept for after that step.
        """

    def wake(self, space: str) -> None:
        """Schedules, for now, everybody who holds a claim in a space."""

    def note(self, resource: Resource, evidence: Evidence) -> None:
        """Writes an entry without a change of status into the feed; the resource must be in the store."""

    def set_meta(self, key: str, value: str) -> None:
        """Stores a setting of this data folder."""

    def spend_nonce(self, access_key: str, nonce: str, until: float) -> bool:
        """Records a request's nonce; ``False`` when a record of it is there whose ``until`` has not passed."""

    def replayed(self, account: str, operation: str, token: str) -> tuple[str, bytes] | None:
        """(digest of the request, encoded reply) of an earlier call with this ClientToken."""

    def remember(self, account: str, operation: str, token: str, digest: str, reply: bytes, until: float) -> None:
        """Keeps a reply for calls that repeat the ClientToken."""


class Store(Protocol):
    """One data folder's store. Threads may share it; each has one transaction at a time, of its own.

    A transaction inside a transaction of the same thread is a programming error and raises.
    """

    def read(self) -> AbstractContextManager[Reader]:
        """A view of one moment."""

    def write(self, *, request: str = "") -> AbstractContextManager[Tx]:
        """A transaction; commits on leaving the block, rolls back when an exception leaves it.

        :param request: id of the API request, for the change feed.
        """

    def due(self, now: float, limit: int) -> list[Work]:
        """Work that is due and not leased, earliest first; it is leased to this process by this call.

        Only the owner of the work may ask. Leases end with :meth:`done`, :meth:`failed` or the next owner's start.
        """

    def next_due(self) -> float | None:
        """When the earliest work that is not leased is due."""

    def done(self, work: Work, again: float | None) -> None:
        """Ends a lease well: no attempts, no error. ``again`` is when to look next (``None``: never).

        A date it was scheduled for meanwhile counts if it is earlier.
        """

    def failed(self, work: Work, again: float, error: str) -> None:
        """Ends a lease after an error: one more attempt at ``again``, with the error noted.

        It stays at ``again`` if it was scheduled meanwhile: a step that schedules itself and fails keeps its back-off.
        """

    def on_work(self, wake: Callable[[], None]) -> None:
        """``wake`` is called, on the committing thread, after each commit that scheduled work."""

    def sweep(self, now: float) -> None:
        """Deletes spent nonces and remembered replies whose time has passed."""

    def close(self) -> None: ...
