"""The states of an RDS instance, of its accounts and of its databases.

Names are the vendor's. Which word the real service shows while an endpoint is allocated or released is not documented;
``DBInstanceNetTypeChanging`` is the documented one for network work, and clients only wait for ``Running``. Nor is
there a word for a stopped instance that is being started (``Starting`` is ours), or for a switch of the primary: of the
documented ones ``GuardSwitching`` is the nearest.
"""

from __future__ import annotations

from jackfield.store.resource import States

CREATING = "Creating"
RUNNING = "Running"
NET_CHANGING = "DBInstanceNetTypeChanging"
SSL_MODIFYING = "SSL_MODIFYING"
TRANSING = "TRANSING"
REBOOTING = "Rebooting"
STOPPING = "Stopping"
STOPPED = "Stopped"
STARTING = "Starting"
HA_SWITCHING = "GuardSwitching"
DELETING = "Deleting"

_AT_WORK = (NET_CHANGING, SSL_MODIFYING, TRANSING, REBOOTING, HA_SWITCHING)
"""From Running and back."""

INSTANCE_STATES = States(
    initial=(CREATING,),
    intents=(
        *((RUNNING, state) for state in (*_AT_WORK, STOPPING, DELETING)),
        (STOPPED, STARTING),
        (STOPPED, DELETING),
    ),
    settlements=(
        *((state, RUNNING) for state in (CREATING, *_AT_WORK, STARTING)),
        (STOPPING, STOPPED),
        (DELETING, ""),
    ),
)

UNAVAILABLE = "Unavailable"
AVAILABLE = "Available"

ACCOUNT_STATES = States(
    initial=(UNAVAILABLE,),
    intents=((AVAILABLE, UNAVAILABLE),),
    settlements=((UNAVAILABLE, AVAILABLE), (UNAVAILABLE, ""), (AVAILABLE, "")),
)

DATABASE_CREATING = "Creating"
DATABASE_RUNNING = "Running"
DATABASE_DELETING = "Deleting"

DATABASE_STATES = States(
    initial=(DATABASE_CREATING,),
    intents=((DATABASE_RUNNING, DATABASE_DELETING),),
    settlements=(
        (DATABASE_CREATING, DATABASE_RUNNING),
        *((state, "") for state in (DATABASE_CREATING, DATABASE_RUNNING, DATABASE_DELETING)),
    ),
)
"""Whatever its state, a database goes with its instance."""
