"""Giving an endpoint another name, another port, or both."""

from __future__ import annotations

import msgspec

from jackfield.endpoints.resources import NAMES, Door, Endpoint
from jackfield.store.interface import Tx


def move_endpoint(tx: Tx, endpoint: Endpoint, *, name: str, port: int) -> None:
    """Records that an endpoint which serves is to be reached at another door; its reconciler is the instance's.

    The new name is taken at once, over all accounts; the old one is given back when it has stopped.

    :raises ClaimTaken: the name is somebody else's.
    """
    tx.claim(NAMES, name, endpoint)
    tx.put(msgspec.structs.replace(endpoint, status="Changing", other=Door(name=name, port=port)))
