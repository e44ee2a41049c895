"""The states of an RDS instance and of its accounts.

Names are the vendor's. Which word the real service shows while an endpoint is allocated or released is not documented;
``DBInstanceNetTypeChanging`` is the documented one for network work, and clients only wait for ``Running``.
"""

from __future__ import annotations

from jackfield.store.resource import States

CREATING = "Creating"
RUNNING = "Running"
NET_CHANGING = "DBInstanceNetTypeChanging"
SSL_MODIFYING = "SSL_MODIFYING"
TRANSING = "TRANSING"
DELETING = "Deleting"

INSTANCE_STATES = States(
    initial=(CREATING,),
    intents=((RUNNING, NET_CHANGING), (RUNNING, SSL_MODIFYING), (RUNNING, TRANSING), (RUNNING, DELETING)),
    settlements=(
        (CREATING, RUNNING),
        (NET_CHANGING, RUNNING),
        (SSL_MODIFYING, RUNNING),
        (TRANSING, RUNNING),
        (DELETING, ""),
    ),
)

UNAVAILABLE = "Unavailable"
AVAILABLE = "Available"

ACCOUNT_STATES = States(
    initial=(UNAVAILABLE,),
    intents=((AVAILABLE, UNAVAILABLE),),
    settlements=((UNAVAILABLE, AVAILABLE), (UNAVAILABLE, "")),
)
