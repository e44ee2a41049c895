"""What becomes of an RDS instance's record when its network has changed, and when it has to be looked at again."""

from __future__ import annotations

import time
from collections.abc import Sequence

import msgspec

from jackfield.endpoints.expiry import until_expiry
from jackfield.endpoints.resources import Endpoint, endpoint_id
from jackfield.products.rds.resources import DBInstance
from jackfield.products.rds.states import RUNNING
from jackfield.store.interface import Reader


def settled(tx: Reader, instance: DBInstance) -> DBInstance:
    """The instance Running, where its private endpoint lies, and as its migration made it."""
    private = tx.get(Endpoint, endpoint_id(instance.id, "private"))
    running = msgspec.structs.replace(
        instance,
        status=RUNNING,
        vpc_id=private.vpc_id if private else "",
        vswitch_id=private.vswitch_id if private else "",
    )
    if instance.migration is None:
        return running
    return msgspec.structs.replace(running, migration=None, **msgspec.structs.asdict(instance.migration))


def next_look(endpoints: Sequence[Endpoint], health: float | None) -> float | None:
    """Seconds until an instance is to be looked at again: for its server's health, or for an endpoint that ends.

    :param health: seconds between two looks at the server; ``None`` where none runs.
    """
    return min((one for one in (health, until_expiry(endpoints, time.time())) if one is not None), default=None)
