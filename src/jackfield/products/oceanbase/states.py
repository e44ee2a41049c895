"""The states of instances, tenants, users, databases and addresses, and the ways between them.

Documented are ``PENDING_CREATE``, ``ONLINE``, ``STOPPED`` and, of users, ``LOCKED``. The other words are spelt after
them: which ones the real service shows there is not known, and clients only wait for the documented ones.
"""

from __future__ import annotations

from jackfield.store.resource import States

PENDING_CREATE = "PENDING_CREATE"
ONLINE = "ONLINE"
PENDING_UPDATE = "PENDING_UPDATE"
PENDING_STOP = "PENDING_STOP"
STOPPED = "STOPPED"
PENDING_START = "PENDING_START"
LOCKED = "LOCKED"
PENDING_DELETE = "PENDING_DELETE"

LIFE = States(
    initial=(PENDING_CREATE,),
    intents=(
        *((state, PENDING_DELETE) for state in (PENDING_CREATE, ONLINE, PENDING_UPDATE, STOPPED)),
        (ONLINE, PENDING_UPDATE),
        (ONLINE, PENDING_STOP),
        (STOPPED, PENDING_START),
    ),
    settlements=(
        *((state, ONLINE) for state in (PENDING_CREATE, PENDING_UPDATE, PENDING_START)),
        (PENDING_STOP, STOPPED),
        (PENDING_DELETE, ""),
    ),
)
"""Of instances and tenants. What is being made or changed may be deleted; what is being stopped or started may not."""

ADDRESS_LIFE = States(
    initial=(PENDING_CREATE,),
    intents=((PENDING_CREATE, PENDING_DELETE), (ONLINE, PENDING_DELETE), (ONLINE, PENDING_UPDATE)),
    settlements=((PENDING_CREATE, ONLINE), (PENDING_UPDATE, ONLINE), (PENDING_DELETE, "")),
)
"""Of addresses. One whose door is moving can only be deleted when it has moved."""

USER_LIFE = States(
    initial=(PENDING_CREATE,),
    intents=(
        (ONLINE, PENDING_UPDATE),
        (LOCKED, PENDING_UPDATE),
        *((state, PENDING_DELETE) for state in (PENDING_CREATE, ONLINE, LOCKED, PENDING_UPDATE)),
    ),
    settlements=(
        (PENDING_CREATE, ONLINE),
        (PENDING_UPDATE, ONLINE),
        (PENDING_UPDATE, LOCKED),
        *((state, "") for state in (PENDING_CREATE, ONLINE, LOCKED, PENDING_UPDATE, PENDING_DELETE)),
    ),
)
"""Of users: ``ONLINE`` once the server has what the store says, ``LOCKED`` once it refuses their logins. From each
state the record may go: with its tenant."""

DATABASE_LIFE = States(
    initial=(PENDING_CREATE,),
    intents=((PENDING_CREATE, PENDING_DELETE), (ONLINE, PENDING_DELETE)),
    settlements=((PENDING_CREATE, ONLINE), *((state, "") for state in (PENDING_CREATE, ONLINE, PENDING_DELETE))),
)
"""Of databases; whatever its state, one goes with its tenant."""
