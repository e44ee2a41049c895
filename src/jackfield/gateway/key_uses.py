"""When RAM users' keys were used last, for GetAccessKeyLastUsed."""

from __future__ import annotations

import logging

from jackfield.identity.keys import Key
from jackfield.identity.resources import AccessKey, KeyUse
from jackfield.store.errors import StoreBusy
from jackfield.store.interface import Store

log = logging.getLogger("jackfield.gateway")

COARSENESS = 60.0
"""Seconds within which further uses of a key are not written down: a read must not cost a write each time."""

MOST_KEYS = 10_000


class KeyUses:
    """Writes uses down, at most one a minute and key."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._written: dict[str, float] = {}

    def __call__(self, key: Key, now: float) -> None:
        """To be called outside of transactions, after a call that the key signed, whatever became of it.

        :param now: seconds since the epoch.
        """
        key_id = key.principal.access_key
        if key.principal.kind != "RAMUser" or now - self._written.get(key_id, 0.0) < COARSENESS:
            return
        if len(self._written) >= MOST_KEYS:
            self._written.clear()
        self._written[key_id] = now
        try:
            with self._store.write() as tx:
                stored = tx.get(AccessKey, key_id)
                if stored is not None:
                    tx.put(KeyUse(id=key_id, account=stored.account, parent=key_id, created=now, at=now))
        except StoreBusy:
            log.warning("the use of key %s was not written down: the store is busy", key_id)
