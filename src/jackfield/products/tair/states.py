"""The states of a Tair instance and the ways between them.

Names are the vendor's (DescribeInstances). Every endpoint call shows as ``NetworkModifying`` (inferred from the
status page's "configuring network" and from Terraform, which waits for ``Normal`` after each). While an instance is
being deleted it shows as ``Changing``: ``Released`` is said only once nothing of it listens or runs. It also shows
as ``Changing`` while it gets another password, and while shards are added or removed. ``HASwitching`` is what the
vendor's page of states calls a switch between master and replica.
``Rebooting`` is what Terraform and the vendor's page of states call a restart.
"""

from __future__ import annotations

from jackfield.store.resource import States

CREATING = "Creating"
NORMAL = "Normal"
NETWORK_MODIFYING = "NetworkModifying"
SSL_MODIFYING = "SSLModifying"
MIGRATING = "Migrating"
CHANGING = "Changing"
REBOOTING = "Rebooting"
FLUSHING = "Flushing"
HA_SWITCHING = "HASwitching"
RELEASED = "Released"

INSTANCE_STATES = States(
    initial=(CREATING,),
    intents=tuple(
        (NORMAL, work)
        for work in (NETWORK_MODIFYING, MIGRATING, SSL_MODIFYING, CHANGING, REBOOTING, FLUSHING, HA_SWITCHING)
    ),
    settlements=(
        (CREATING, NORMAL),
        (NETWORK_MODIFYING, NORMAL),
        (MIGRATING, NORMAL),
        (SSL_MODIFYING, NORMAL),
        (CHANGING, NORMAL),
        (REBOOTING, NORMAL),
        (FLUSHING, NORMAL),
        (HA_SWITCHING, NORMAL),
        (CHANGING, RELEASED),
        (RELEASED, ""),
    ),
)

UNAVAILABLE = "Unavailable"
AVAILABLE = "Available"

ACCOUNT_STATES = States(
    initial=(UNAVAILABLE,),
    intents=((AVAILABLE, UNAVAILABLE),),
    settlements=((UNAVAILABLE, AVAILABLE), (UNAVAILABLE, ""), (AVAILABLE, "")),
)
"""Accounts are made, changed and deleted in real servers; with their instance they end in whichever state."""
