"""What the store keeps of a Tair instance."""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from jackfield.endpoints.whitelist import DEFAULT_GROUPS, Group
from jackfield.processes import ProcessId
from jackfield.products.adopted import Adopted
from jackfield.products.tags import TaggedResource
from jackfield.products.tair.settings import InstanceSettings
from jackfield.products.tair.states import ACCOUNT_STATES, INSTANCE_STATES
from jackfield.slots import Ranges, slot_ranges
from jackfield.store.resource import Resource, States

NODE_TYPES = ("MASTER_SLAVE", "STAND_ALONE", "double", "single")

PRIVILEGES = ("RoleReadOnly", "RoleReadWrite")

Architecture = Literal["cluster", "standard"]
Privilege = Literal["RoleReadOnly", "RoleReadWrite"]
Wish = Literal["create", "password", "privilege", "delete"]
Change = Literal["", "password", "shards", "servers", "proxy"]
"""What is done to an instance that shows as Changing: it gets another password, more shards or fewer, its servers get
other settings or users, its router's clients are cut; empty: it is being deleted.
"""


class Shard(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One Redis server process of an instance.

    :param index: from 0.
    :param node_id: the node's id in its cluster, 40 hexadecimal digits, chosen when the instance is made.
    :param address: its own address of this machine; empty until the reconciler chose it.
    :param slots: ranges, both ends included, once shards were added or removed; before that each has an equal part.
    """

    index: int
    node_id: str
    address: str = ""
    slots: Ranges = ()


class Resharding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Shards that come or go, and what they all are to have in the end.

    :param coming: shards that are not among the instance's yet.
    :param leaving: node ids of the instance's shards that go.
    :param slots: node id to ranges of slots, of every shard that stays or comes.
    :param placed: nobody else turned out to use an address of ``coming``.
    :param emptied: no other shard knows ``leaving`` any more.
    """

    coming: tuple[Shard, ...] = ()
    leaving: tuple[str, ...] = ()
    slots: dict[str, Ranges]
    placed: bool = False
    emptied: bool = False


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """Where an instance goes."""

    zone_id: str
    secondary_zone_id: str
    vpc_id: str
    vswitch_id: str


class Instance(TaggedResource, frozen=True, kw_only=True, omit_defaults=True):
    """:param instance_type: ``Redis``, or ``tair_rdb`` and the like for one made by CreateTairInstance.
    :param storage: GB on disk of one whose data are there, on disks of ``storage_type``.
    :param capacity: MB over all shards. :param password_sha256: hexadecimal; empty when no password was given.

    :param announce_port: the port that the shards of a cluster tell its clients; that of the direct endpoint.
    :param change: what is being done while the status is Changing.
    :param secret: a new password, sealed, until it has logged in; empty afterwards.
    :param ending: the server processes that a restart ends.
    :param resharding: what ``change`` is about when it is ``shards``.
    :param switching: node ids of the shards whose servers are replaced while the status is HASwitching.
    :param fault: what fails while the status is HASwitching; empty: nothing does, servers are replaced in good order.
    :param planned_switch: those whose servers are to be replaced in the next maintenance window.
    :param tls_since: from when the year of the certificates counts that its endpoints show, seconds since the epoch; 0:
        they end no TLS.
    :param vpc_id: empty, as ``vswitch_id``, in the classic network.
    :param move: what it will be once the current transition is over.
    :param adopted: the database, where somebody else runs it; ``shards`` then has one, which is nobody's process.
    :param settle_at: when the current transition may end at the earliest (the pace), seconds since the epoch.
    """

    kind: ClassVar[str] = "tair_instance"
    states: ClassVar[States] = INSTANCE_STATES

    name: str
    instance_class: str
    instance_type: str = "Redis"
    storage: int = 0
    storage_type: str = ""
    architecture: Architecture
    shards: tuple[Shard, ...]
    engine_version: str
    zone_id: str
    vpc_id: str
    vswitch_id: str
    capacity: int
    port: int
    secondary_zone_id: str = ""
    charge_type: str = "PostPaid"
    node_type: str = "double"
    resource_group_id: str = ""
    password_sha256: str = ""
    whitelist: tuple[Group, ...] = DEFAULT_GROUPS
    announce_port: int = 6379
    release_protection: bool = False
    change: Change = ""
    secret: str = ""
    ending: tuple[ProcessId, ...] = ()
    resharding: Resharding | None = None
    switching: tuple[str, ...] = ()
    fault: Literal["", "servers", "proxy", "both"] = ""
    planned_switch: tuple[str, ...] = ()
    tls_since: float = 0.0
    move: Move | None = None
    settings: InstanceSettings = InstanceSettings()
    adopted: Adopted | None = None
    settle_at: float = 0.0


class Account(Resource, frozen=True, kw_only=True, omit_defaults=True):
    """A user of the servers of an instance (the ``parent``), whose reconciler works on it.

    :param password_sha256: hexadecimal, as the servers know it.
    :param secret: the password, sealed, until it has logged in; empty afterwards.
    :param wish: what is being done while the account is Unavailable.
    :param settle_at: when that may end at the earliest (the pace), seconds since the epoch.
    """

    kind: ClassVar[str] = "tair_account"
    states: ClassVar[States] = ACCOUNT_STATES

    name: str
    password_sha256: str
    privilege: Privilege = "RoleReadWrite"
    description: str = ""
    secret: str = ""
    wish: Wish = "create"
    settle_at: float = 0.0


def ranges_of(instance: Instance) -> dict[str, Ranges]:
    """Node id to the slots that the shard has; an equal part each before shards were ever added or removed.

    A shard that has none is one that is about to join.
    """
    if any(shard.slots for shard in instance.shards):
        return {shard.node_id: shard.slots for shard in instance.shards}
    equal = slot_ranges(len(instance.shards))
    return {shard.node_id: (part,) for shard, part in zip(instance.shards, equal, strict=True)}


def account_id(instance: str, name: str) -> str:
    return f"{instance}/{name}"
