"""What the store keeps of RDS instances and their accounts."""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from jackfield.endpoints.whitelist import Group
from jackfield.processes import ProcessId
from jackfield.products.adopted import Adopted
from jackfield.products.rds.contents import Grant
from jackfield.products.rds.states import ACCOUNT_STATES, INSTANCE_STATES
from jackfield.products.tags import TaggedResource
from jackfield.store.resource import Resource, States

Engine = Literal["MySQL", "PostgreSQL"]


class Tls(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How an instance ends TLS, at each of its endpoints.

    :param name: the connection string for which the certificate is. :param since: from when its year counts, seconds
        since the epoch. :param forced: clients that do not encrypt are refused.
    """

    name: str
    since: float
    forced: bool = False


class Migration(msgspec.Struct, frozen=True, kw_only=True):
    """What an instance is to be when its migration to another zone is over; the names are those of its fields."""

    zone_id: str
    slave_zones: tuple[str, ...]
    category: str
    instance_class: str
    storage: int
    storage_type: str


class DBInstance(TaggedResource, frozen=True, kw_only=True, omit_defaults=True):
    """A read-only instance has its primary as ``parent``; others have none.

    :param storage: GB, echoed. :param slave_zones, minor_upgrades: as asked for, echoed.

    :param vpc_id, vswitch_id: where its private endpoint lies; empty in the classic network.
    :param isolated: whether the whitelist tells networks apart (enhanced whitelist mode).
    :param security_groups: ids of the ECS security groups whose members may connect.
    :param net_switches: when its internal and its public connection were exchanged lately, seconds since the epoch.
    :param migration: what it becomes while it is TRANSING.
    :param settle_at: when the current transition may end at the earliest (the pace).
    :param ending: the server process that a restart or a switch ends. :param primary: which of the nodes takes writes.
    :param next_primary: which one will, after the switch that is under way.
    :param engine_port: TCP port of the server where it cannot do without one (seekdb); 0 until it is chosen.
    :param served_by: what its server is (``mariadb``, ``seekdb`` …), once it was seen, for MySQL.
    :param delay: seconds by which a read-only instance was behind when last looked at.
    :param link_address: of this machine, where a read-only instance of MySQL reaches its primary; claimed.
    :param adopted: the database, where somebody else runs it.
    """

    kind: ClassVar[str] = "rds_instance"
    states: ClassVar[States] = INSTANCE_STATES

    description: str
    engine: Engine
    engine_version: str
    instance_class: str
    storage: int
    storage_type: str
    category: str
    pay_type: str
    zone_id: str
    vpc_id: str
    vswitch_id: str
    port: int
    whitelist: tuple[Group, ...]
    resource_group_id: str = ""
    deletion_protection: bool = False
    slave_zones: tuple[str, ...] = ()
    minor_upgrades: str = "Auto"
    engine_port: int = 0
    tls: Tls | None = None
    isolated: bool = False
    security_groups: tuple[str, ...] = ()
    net_switches: tuple[float, ...] = ()
    migration: Migration | None = None
    ending: tuple[ProcessId, ...] = ()
    primary: int = 0
    next_primary: int = 0
    adopted: Adopted | None = None
    settle_at: float = 0.0
    served_by: str = ""
    delay: int = 0
    link_address: str = ""

    @property
    def read_only(self) -> bool:
        """Whether it is a read-only instance: its server follows that of its ``parent``."""
        return bool(self.parent)


class DBAccount(Resource, frozen=True, kw_only=True, omit_defaults=True):
    """An account in the database server of an instance (the ``parent``).

    :param secret: the password, sealed; empty once the server has it.
    :param wish: what is still to be done in the server while the account is Unavailable.
    :param grants: what it may do, one for each database at most.
    :param settle_at: when what is under way may end at the earliest (the pace).
    """

    kind: ClassVar[str] = "rds_account"
    states: ClassVar[States] = ACCOUNT_STATES

    name: str
    type: Literal["Normal", "Super"] = "Normal"
    description: str = ""
    secret: str = ""
    wish: Literal["create", "password", "grant", "delete"] = "create"
    grants: tuple[Grant, ...] = ()
    settle_at: float = 0.0


def account_id(instance: str, name: str) -> str:
    return f"{instance}/{name}"
