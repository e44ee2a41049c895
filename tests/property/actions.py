"""Random calls, legal and illegal, and what each must be answered in a given situation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from alibabacloud_r_kvstore20150101 import models as tair
from alibabacloud_r_kvstore20150101.client import Client as TairClient

from tests.running import PASSWORD

STANDARD = "redis.master.small.default"
UNKNOWN = "r-bp1doesnotexist0"

PREFIXES = ("", "shared-one", "shared-two", "shared-three", "Bad")
"""Few, so that they clash; the last one breaks the rule."""
PORTS = ("6379", "7001", "65535", "10000", "80")
"""10000 is the cluster bus's, which a direct endpoint may not have; 80 is out of range."""
GROUPS = ("default", "office")
ENTRIES = ("0.0.0.0/0", "10.1.0.0/16", "192.168.7.7", "nowhere")

OK = ""


@dataclass
class Instance:
    """What the calls so far have made of an instance."""

    id: str
    account: int
    cluster: bool
    name: str
    port: int
    direct: str = ""
    direct_port: int = 0
    groups: dict[str, str] = field(default_factory=lambda: {"default": "127.0.0.1"})


@dataclass
class World:
    """What was acknowledged.

    :param clients: one official client an account.
    """

    clients: tuple[TairClient, ...]
    instances: list[Instance] = field(default_factory=list)

    def target(self, number: int) -> Instance | None:
        """Picks an instance, or one that does not exist."""
        position = number % (len(self.instances) + 1)
        return self.instances[position] if position < len(self.instances) else None

    @property
    def names(self) -> set[str]:
        return {name for one in self.instances for name in (one.name, one.direct) if name}


@dataclass(frozen=True)
class Create:
    """CreateInstance of a standard instance."""

    account: int
    prefix: str
    port: str

    def expected(self, world: World) -> str:
        if self.port == "80":
            return "InvalidPort"
        if self.prefix == "Bad":
            return "InvalidConnectionString.Format"
        return "ConnectionStringAlreadyExists" if full(self.prefix) in world.names else OK

    def call(self, world: World) -> None:
        request = tair.CreateInstanceRequest(
            region_id="cn-hangzhou",
            instance_class=STANDARD,
            password=PASSWORD,
            connection_string_prefix=self.prefix or None,
            port=self.port,
        )
        made = world.clients[self.account].create_instance(request).body
        world.instances.append(Instance(made.instance_id, self.account, False, made.connection_domain, int(self.port)))


@dataclass(frozen=True)
class Allocate:
    """AllocateDirectConnection."""

    account: int
    target: int
    prefix: str
    port: str

    def expected(self, world: World) -> str:
        one = world.target(self.target)
        if one is None or one.account != self.account:
            return "InvalidDbInstanceId.NotFound"
        if not one.cluster:
            return "InvalidConnType"
        if one.direct:
            return "DirectConnectionAlreadyExists"
        if self.prefix == "Bad":
            return "InvalidConnectionString.Format"
        if self.port in ("10000", "80"):
            return "InvalidPort"
        return "ConnectionStringAlreadyExists" if full(self.prefix) in world.names else OK

    def call(self, world: World) -> None:
        one = world.target(self.target)
        request = tair.AllocateDirectConnectionRequest(
            instance_id=one.id if one else UNKNOWN, connection_string=self.prefix or None, port=self.port
        )
        world.clients[self.account].allocate_direct_connection(request)
        assert one is not None
        one.direct, one.direct_port = full(self.prefix or f"{one.id}-direct"), int(self.port)


@dataclass(frozen=True)
class Release:
    """ReleaseDirectConnection."""

    account: int
    target: int

    def expected(self, world: World) -> str:
        one = world.target(self.target)
        if one is None or one.account != self.account:
            return "InvalidDbInstanceId.NotFound"
        return OK if one.direct else "NetTypeNotExists"

    def call(self, world: World) -> None:
        one = world.target(self.target)
        world.clients[self.account].release_direct_connection(
            tair.ReleaseDirectConnectionRequest(instance_id=one.id if one else UNKNOWN)
        )
        assert one is not None
        one.direct = ""


@dataclass(frozen=True)
class Move:
    """ModifyDBInstanceConnectionString of the ordinary endpoint or the direct one; what is left out stays."""

    account: int
    target: int
    direct: bool
    prefix: str
    port: str

    def expected(self, world: World) -> str:
        one = world.target(self.target)
        if one is None or one.account != self.account:
            return "InvalidInstanceId.NotFound"
        if self.direct and not one.direct:
            return "NetTypeNotExists"
        if self.prefix == "Bad":
            return "InvalidConnectionString.Format"
        if self.port == "80" or (self.direct and self.port == "10000"):
            return "InvalidPort"
        door = self._door(one)
        name, port = self._wanted(one)
        if (name, port) == door:
            return "InvalidConnectionStringOrPort.Duplicate"
        return "ConnectionStringAlreadyExists" if name != door[0] and name in world.names else OK

    def call(self, world: World) -> None:
        one = world.target(self.target)
        request = tair.ModifyDBInstanceConnectionStringRequest(
            dbinstance_id=one.id if one else UNKNOWN,
            current_connection_string=(one and self._door(one)[0]) or full("nobodys"),
            new_connection_string=self.prefix or None,
            port=self.port or None,
        )
        world.clients[self.account].modify_dbinstance_connection_string(request)
        assert one is not None
        if self.direct:
            one.direct, one.direct_port = self._wanted(one)
        else:
            one.name, one.port = self._wanted(one)

    def _door(self, one: Instance) -> tuple[str, int]:
        return (one.direct, one.direct_port) if self.direct else (one.name, one.port)

    def _wanted(self, one: Instance) -> tuple[str, int]:
        name, port = self._door(one)
        return full(self.prefix) or name, int(self.port) if self.port else port


@dataclass(frozen=True)
class Admit:
    """ModifySecurityIps."""

    account: int
    target: int
    group: str
    entry: str

    def expected(self, world: World) -> str:
        one = world.target(self.target)
        if one is None or one.account != self.account:
            return "InvalidInstanceId.NotFound"
        return "InvalidSecurityIps" if self.entry == "nowhere" else OK

    def call(self, world: World) -> None:
        one = world.target(self.target)
        request = tair.ModifySecurityIpsRequest(
            instance_id=one.id if one else UNKNOWN, security_ips=self.entry, security_ip_group_name=self.group
        )
        world.clients[self.account].modify_security_ips(request)
        assert one is not None
        one.groups[self.group] = self.entry


@dataclass(frozen=True)
class Delete:
    """DeleteInstance; of clusters only somebody else's, since one takes seconds to make."""

    account: int
    target: int

    def expected(self, world: World) -> str:
        one = self._aim(world)
        return OK if one is not None and one.account == self.account else "InvalidInstanceId.NotFound"

    def call(self, world: World) -> None:
        one = self._aim(world)
        world.clients[self.account].delete_instance(tair.DeleteInstanceRequest(instance_id=one.id if one else UNKNOWN))
        assert one is not None
        world.instances.remove(one)

    def _aim(self, world: World) -> Instance | None:
        one = world.target(self.target)
        return None if one is not None and one.cluster and one.account == self.account else one


Single = Create | Allocate | Release | Move | Admit | Delete


@dataclass(frozen=True)
class Burst:
    """Calls without a pause: what is not settled yet refuses what it may not answer."""

    calls: tuple[Single, ...]


Action = Single | Burst


def full(prefix: str) -> str:
    """The connection string of a prefix; nothing clashes with the one that is left out."""
    return f"{prefix}.redis.rds.aliyuncs.com" if prefix else ""


def draw(chance: Random, world: World) -> Action:
    """Any call by any account at anything; two of three hit something of the account's own. Now and then three
    calls at once.
    """
    if chance.random() < 0.2:
        return Burst((_draw(chance, world), _draw(chance, world), _draw(chance, world)))
    return _draw(chance, world)


def _draw(chance: Random, world: World) -> Single:
    account = chance.randrange(len(world.clients))
    kind = chance.choice((Create, Allocate, Allocate, Release, Release, Move, Move, Admit, Delete))
    if kind is Create:
        return Create(account, chance.choice(PREFIXES), chance.choice(PORTS))
    target = chance.randrange(len(world.instances) + 1)
    if chance.random() < 0.67:
        mine = [number for number, one in enumerate(world.instances) if one.account == account]
        clusters = [number for number in mine if world.instances[number].cluster]
        target = chance.choice(clusters if kind in (Allocate, Release) else mine)
    if kind is Allocate:
        return Allocate(account, target, chance.choice(PREFIXES), chance.choice(PORTS))
    if kind is Move:
        direct = chance.random() < 0.4
        return Move(account, target, direct, chance.choice(PREFIXES), chance.choice(("", *PORTS)))
    if kind is Admit:
        return Admit(account, target, chance.choice(GROUPS), chance.choice(ENTRIES))
    return Release(account, target) if kind is Release else Delete(account, target)


def flat(action: Action) -> Iterator[Single]:
    if isinstance(action, Burst):
        yield from action.calls
    else:
        yield action
