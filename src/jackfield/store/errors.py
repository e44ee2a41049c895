"""What can go wrong with a store, beside what an operation did wrong."""

from __future__ import annotations

from pathlib import Path


class StoreError(Exception):
    """The base of the errors of this module."""


class StoreTooNew(StoreError):
    """The file was written by a newer release; it is left untouched.

    :param found: schema version of the file. :param known: the newest version this release knows.
    """

    def __init__(self, path: Path, found: int, known: int) -> None:
        super().__init__(
            f"{path} was written by a newer release (schema {found}, this one knows {known}): "
            "upgrade Jackfield or use another data folder"
        )
        self.path, self.found, self.known = path, found, known


class NotAStore(StoreError):
    """The file is something else than a store; it is left untouched."""


class StoreBusy(StoreError):
    """Somebody else kept the store's write lock for longer than the busy timeout; nothing was written."""


class StoreClosed(StoreError):
    """The store was used after :meth:`close`."""


class NestedTransaction(StoreError):
    """A thread opened a transaction inside its own transaction: a programming error, as the two could not both hold."""


class TransactionEnded(StoreError):
    """A reader or transaction was used after its block: a programming error."""


class NotTheOwner(StoreError):
    """Work was asked for on a store opened without ``owner_of_work``: its leases would outlive the process."""


class Orphan(StoreError):
    """A claim, work or a note is for a resource that the store does not have; nothing was written.

    A claim or work may come before its resource, as long as the resource is there when the transaction ends.
    """

    def __init__(self, kind: str, id: str) -> None:
        super().__init__(f"{kind} {id} has a claim, work or a note, but is not in the store")
        self.kind, self.id = kind, id
