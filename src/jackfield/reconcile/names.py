"""The names of this machine's endpoints: a hosts file that says what serves, and nothing else."""

from __future__ import annotations

import threading
from pathlib import Path

from jackfield.endpoints.resources import Endpoint
from jackfield.store.interface import Reader, Store
from jackfield.vantage.hosts import render, system_hosts, write


class Names:
    """Keeps the hosts file in step with the endpoints that serve.

    A name appears after its addresses were proven and goes before they are closed: a resolved name can be dialled.
    """

    def __init__(self, store: Store, path: Path) -> None:
        self._store = store
        self._path = path
        self._lock = threading.Lock()
        self._wanted = 0
        self._written = 0

    def publish(self) -> None:
        """Writes the file from what the store says now, or lets another thread's write serve that begins after now."""
        self._wanted += 1
        mine = self._wanted
        with self._lock:
            if self._written >= mine:
                return
            covers = self._wanted
            with self._store.read() as view:
                names = serving_names(view)
            write(self._path, render(system_hosts(), names))
            self._written = covers


def serving_names(view: Reader) -> dict[str, list[str]]:
    """Name → addresses of every endpoint that serves. A direct endpoint's name leads to all its shards, as the
    vendor's leads to the address of a random one; an alias leads to all endpoints that share it.
    """
    names: dict[str, list[str]] = {}
    for endpoint in view.each(Endpoint):
        if endpoint.serves:
            for name in names_of(endpoint):
                names.setdefault(name, []).extend(endpoint.addresses)
    return {name: addresses for name, addresses in names.items() if addresses}


def names_of(endpoint: Endpoint) -> tuple[str, ...]:
    """Every name that leads to an endpoint."""
    return (endpoint.name, *endpoint.aliases) if endpoint.name else endpoint.aliases
