"""The states of load balancers, listeners, server groups and servers. Names are the vendor's."""

from __future__ import annotations

from jackfield.store.resource import States

PROVISIONING = "Provisioning"
ACTIVE = "Active"
CONFIGURING = "Configuring"
DELETING = "Deleting"

LOAD_BALANCER_STATES = States(
    initial=(PROVISIONING,),
    intents=((ACTIVE, CONFIGURING), (ACTIVE, DELETING)),
    settlements=((PROVISIONING, ACTIVE), (CONFIGURING, ACTIVE), (DELETING, "")),
)

RUNNING = "Running"
STARTING = "Starting"
STOPPING = "Stopping"
STOPPED = "Stopped"

LISTENER_STATES = States(
    initial=(PROVISIONING,),
    intents=(
        (RUNNING, CONFIGURING),
        (RUNNING, STOPPING),
        (RUNNING, DELETING),
        (STOPPED, CONFIGURING),
        (STOPPED, STARTING),
        (STOPPED, DELETING),
    ),
    settlements=(
        (PROVISIONING, RUNNING),
        (STARTING, RUNNING),
        (CONFIGURING, RUNNING),
        (CONFIGURING, STOPPED),
        (STOPPING, STOPPED),
        (DELETING, ""),
    ),
)

LISTENS = frozenset({PROVISIONING, STARTING, RUNNING})
"""States in which a listener's port is open, or about to be; a Configuring one says itself what it was."""

CREATING = "Creating"
AVAILABLE = "Available"

GROUP_STATES = States(
    initial=(CREATING,),
    intents=((AVAILABLE, CONFIGURING), (AVAILABLE, DELETING)),
    settlements=((CREATING, AVAILABLE), (CONFIGURING, AVAILABLE), (DELETING, "")),
)

ADDING = "Adding"
REMOVING = "Removing"

SERVER_STATES = States(
    initial=(ADDING,),
    intents=((AVAILABLE, CONFIGURING), (AVAILABLE, REMOVING)),
    settlements=((ADDING, AVAILABLE), (CONFIGURING, AVAILABLE), (REMOVING, "")),
)
