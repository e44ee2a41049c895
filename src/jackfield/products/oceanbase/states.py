"""The states of instances, tenants, users and addresses, and the ways between them.

Documented are ``PENDING_CREATE`` and ``ONLINE``. ``PENDING_DELETE`` and ``PENDING_UPDATE`` are spelt after them: which
words the real service shows there is not known, and clients only wait for ``ONLINE``.
"""

from __future__ import annotations

from jackfield.store.resource import States

PENDING_CREATE = "PENDING_CREATE"
ONLINE = "ONLINE"
PENDING_UPDATE = "PENDING_UPDATE"
PENDING_DELETE = "PENDING_DELETE"

LIFE = States(
    initial=(PENDING_CREATE,),
    intents=((ONLINE, PENDING_DELETE), (PENDING_CREATE, PENDING_DELETE)),
    settlements=((PENDING_CREATE, ONLINE), (PENDING_DELETE, "")),
)
"""Of instances, tenants and addresses. What is still being made may be deleted."""

USER_LIFE = States(
    initial=(PENDING_CREATE,),
    intents=(
        (ONLINE, PENDING_UPDATE),
        (ONLINE, PENDING_DELETE),
        (PENDING_CREATE, PENDING_DELETE),
        (PENDING_UPDATE, PENDING_DELETE),
    ),
    settlements=(
        (PENDING_CREATE, ONLINE),
        (PENDING_UPDATE, ONLINE),
        *((state, "") for state in (PENDING_CREATE, ONLINE, PENDING_UPDATE, PENDING_DELETE)),
    ),
)
"""Of users: ``ONLINE`` once the user logged in with the password that the store was given. From each state the record
may go: with its tenant."""
