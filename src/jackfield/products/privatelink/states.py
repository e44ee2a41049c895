"""The states of services, endpoints, their zones and their connections. Names are the vendor's.

A zone that was migrated gracefully stays Migrated until the connections from before are closed by a call; one that was
migrated by force closes them itself.
"""

from __future__ import annotations

from jackfield.store.resource import States

CREATING = "Creating"
ACTIVE = "Active"
PENDING = "Pending"
DELETING = "Deleting"

SERVICE_STATES = States(
    initial=(CREATING,),
    intents=((ACTIVE, PENDING), (ACTIVE, DELETING)),
    settlements=((CREATING, ACTIVE), (PENDING, ACTIVE), (DELETING, "")),
)

ENDPOINT_STATES = SERVICE_STATES
"""Those of a service, by the same names: Pending while security groups, zones or attributes of it change."""

CONNECTING = "Connecting"
CONNECTED = "Connected"
DISCONNECTING = "Disconnecting"
DISCONNECTED = "Disconnected"
SERVICE_DELETED = "ServiceDeleted"

CONNECTION_STATES = States(
    initial=(DISCONNECTED, CONNECTING),
    intents=(
        (DISCONNECTED, CONNECTING),
        (CONNECTED, DISCONNECTING),
        (CONNECTED, PENDING),
        *(
            (state, DELETING)
            for state in (PENDING, CONNECTING, CONNECTED, DISCONNECTING, DISCONNECTED, SERVICE_DELETED)
        ),
    ),
    settlements=(
        (CONNECTING, CONNECTED),
        (DISCONNECTING, DISCONNECTED),
        (PENDING, CONNECTED),
        (DISCONNECTED, SERVICE_DELETED),
        (DELETING, ""),
    ),
)

WAIT = "Wait"
MIGRATING = "Migrating"
MIGRATED = "Migrated"

ZONE_STATES = States(
    initial=(CREATING,),
    intents=(
        (WAIT, CONNECTING),
        (CONNECTED, DISCONNECTING),
        (MIGRATED, DISCONNECTING),
        (DISCONNECTED, CONNECTING),
        (CONNECTED, MIGRATING),
        *((state, DELETING) for state in (WAIT, CONNECTED, DISCONNECTED, MIGRATED)),
    ),
    settlements=(
        (CREATING, WAIT),
        (CONNECTING, CONNECTED),
        (DISCONNECTING, DISCONNECTED),
        (MIGRATING, MIGRATED),
        (MIGRATED, CONNECTED),
        (MIGRATED, DISCONNECTED),
        (DELETING, ""),
    ),
)

UP = (CONNECTED, MIGRATED)
"""States of a zone whose connection may be closed (DisableVpcEndpointZoneConnection documents)."""

DARK = (WAIT, DISCONNECTED)
"""States of a zone that leads nowhere and may be connected."""

ON_THE_WAY = (CONNECTING, DISCONNECTING, MIGRATING)
"""States of a zone whose connection is being worked on."""
