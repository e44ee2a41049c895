"""Random calls about RDS endpoints, legal and illegal, and what each must be answered in a given situation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from alibabacloud_rds20140815 import models as rds
from alibabacloud_rds20140815.client import Client

ZONES = ("cn-hangzhou-h", "cn-hangzhou-i")
PREFIXES = ("shared1one", "shared2two", "Bad1234567")
"""Few, so that they clash; the last one breaks every rule."""
PORTS = ("3306", "3999", "80")
"""80 is out of every range."""
UNKNOWN = "rm-bp1doesnotexist0"
NOBODYS = "nobodys-endpoint.mysql.rds.aliyuncs.com"
LONG, SHORT = 120, 1
"""Days for which a classic endpoint is retained: longer than the test, or hardly."""

OK = ""
UNKNOWN_INSTANCE = "InvalidDBInstanceName.NotFound"
EARLY = {
    "OperationDenied.DBInstanceStatus",
    "DBInstanceStatusNotActive",
    "IncorrectDBInstanceState",
}
"""What is said while something of the instance is not settled yet."""
DUPLICATE = "InvalidConnectionString.Duplicate"


@dataclass(frozen=True)
class Network:
    """A VPC of an account. :param vswitches: by zone."""

    vpc: str
    vswitches: dict[str, str]


@dataclass
class Door:
    """:param vswitch: empty for an endpoint that lies in no VPC."""

    name: str
    port: int
    vpc: str = ""
    vswitch: str = ""


@dataclass
class Instance:
    """What the calls so far have made of an instance. :param doors: by net."""

    id: str
    account: int
    engine: str
    zone: str
    doors: dict[str, Door]
    retained: bool = False

    @property
    def label(self) -> str:
        return "mysql" if self.engine == "MySQL" else "pg"

    def full(self, prefix: str) -> str:
        return f"{prefix}.{self.label}.rds.aliyuncs.com"

    def end_classic(self) -> None:
        del self.doors["classic"]
        self.retained = False


@dataclass
class World:
    """What was acknowledged. :param clients: one official client an account. :param networks: two an account."""

    clients: tuple[Client, ...]
    networks: tuple[tuple[Network, ...], ...]
    instances: list[Instance] = field(default_factory=list)

    def target(self, call: Call) -> Instance | None:
        """The instance that a call is about, unless it is another account's, or none."""
        position = call.target % (len(self.instances) + 1)
        one = self.instances[position] if position < len(self.instances) else None
        return one if one is not None and one.account == call.account else None

    def aim(self, call: Call) -> str:
        """The id that a call names."""
        position = call.target % (len(self.instances) + 1)
        return self.instances[position].id if position < len(self.instances) else UNKNOWN

    @property
    def names(self) -> set[str]:
        return {door.name for one in self.instances for door in one.doors.values()}


@dataclass(frozen=True)
class Call:
    """:param account: the caller's number. :param target: which instance; one past the last is none."""

    account: int
    target: int

    def expected(self, world: World) -> str:
        """The error's code, or :data:`OK`."""
        one = world.target(self)
        return self.judged(world, one) if one is not None else self.unknown

    @property
    def unknown(self) -> str:
        return UNKNOWN_INSTANCE

    def judged(self, world: World, one: Instance) -> str:
        raise NotImplementedError

    def call(self, world: World) -> None:
        """Calls, and notes what it made when it was acknowledged."""
        raise NotImplementedError


@dataclass(frozen=True)
class Allocate(Call):
    """AllocateInstancePublicConnection."""

    prefix: str
    port: str

    def judged(self, world: World, one: Instance) -> str:
        if self.prefix.startswith("Bad"):
            return "InvalidConnectionString.Format"
        if self.port == "80":
            return "InvalidPort.Malformed"
        if "public" in one.doors:
            return "OtherEndpoint.Exist"
        return DUPLICATE if one.full(self.prefix) in world.names else OK

    def call(self, world: World) -> None:
        request = rds.AllocateInstancePublicConnectionRequest(
            dbinstance_id=world.aim(self), connection_string_prefix=self.prefix, port=self.port
        )
        made = world.clients[self.account].allocate_instance_public_connection(request).body
        one = world.target(self)
        assert one is not None
        one.doors["public"] = Door(made.connection_string, int(self.port))


@dataclass(frozen=True)
class Release(Call):
    """ReleaseInstancePublicConnection."""

    def judged(self, world: World, one: Instance) -> str:
        if "public" not in one.doors:
            return "Endpoint.NotFound"
        return "AtLeastOneNetTypeExists" if len(one.doors) == 1 else OK

    def call(self, world: World) -> None:
        one = world.target(self)
        name = one.doors["public"].name if one is not None and "public" in one.doors else NOBODYS
        world.clients[self.account].release_instance_public_connection(
            rds.ReleaseInstancePublicConnectionRequest(dbinstance_id=world.aim(self), current_connection_string=name)
        )
        assert one is not None
        del one.doors["public"]


@dataclass(frozen=True)
class Rename(Call):
    """ModifyDBInstanceConnectionString; an empty prefix keeps the name."""

    net: str
    prefix: str
    port: str

    @property
    def unknown(self) -> str:
        return "InvalidDBInstanceId.NotFound"

    def judged(self, world: World, one: Instance) -> str:
        door = one.doors.get(self.net)
        if door is None:
            return "InvalidConnectionString.NotFound"
        if self.prefix.startswith("Bad"):
            return "InvalidConnectionString.Malformed"
        if self.port == "80":
            return "InvalidPort.Format"
        name = one.full(self.prefix or door.name.partition(".")[0])
        if name == door.name:
            return DUPLICATE if int(self.port) == door.port else OK
        return DUPLICATE if name in world.names else OK

    def call(self, world: World) -> None:
        one = world.target(self)
        door = one.doors.get(self.net) if one is not None else None
        prefix = self.prefix or (door.name.partition(".")[0] if door else "shared1one")
        world.clients[self.account].modify_dbinstance_connection_string(
            rds.ModifyDBInstanceConnectionStringRequest(
                dbinstance_id=world.aim(self),
                current_connection_string=door.name if door else NOBODYS,
                connection_string_prefix=prefix,
                port=self.port,
            )
        )
        assert one is not None
        assert door is not None
        door.name, door.port = one.full(prefix), int(self.port)


@dataclass(frozen=True)
class Exchange(Call):
    """SwitchDBInstanceNetType."""

    prefix: str
    port: str

    def judged(self, world: World, one: Instance) -> str:
        if one.engine != "MySQL":
            return "EngineNotSupported"
        if "private" in one.doors or len(one.doors) != 1:
            return "IncorrectDBInstanceNetType"
        if self.prefix.startswith("Bad"):
            return "InvalidConnectionString.Malformed"
        if self.port == "80":
            return "InvalidPort.Malformed"
        return DUPLICATE if one.full(self.prefix) in world.names else OK

    def call(self, world: World) -> None:
        made = (
            world.clients[self.account]
            .switch_dbinstance_net_type(
                rds.SwitchDBInstanceNetTypeRequest(
                    dbinstance_id=world.aim(self), connection_string_prefix=self.prefix, port=self.port
                )
            )
            .body
        )
        one = world.target(self)
        assert one is not None
        ((net, door),) = one.doors.items()
        assert made.old_connection_string == door.name
        one.doors = {"classic" if net == "public" else "public": Door(made.new_connection_string, int(self.port))}


@dataclass(frozen=True)
class Enter(Call):
    """ModifyDBInstanceNetworkType. :param days: how long the classic endpoint is retained; 0: not at all."""

    network: int
    zone: str
    days: int

    def judged(self, world: World, one: Instance) -> str:
        if "private" in one.doors:
            return "NetTypeExists"
        if "classic" not in one.doors:
            return "OperationDenied.DBInstanceNetType"
        return OK if self.zone == one.zone else "InvalidVswitchId"

    def call(self, world: World) -> None:
        to = world.networks[self.account][self.network]
        more: dict[str, Any] = {"retain_classic": "True", "classic_expired_days": str(self.days)} if self.days else {}
        made = (
            world.clients[self.account]
            .modify_dbinstance_network_type(
                rds.ModifyDBInstanceNetworkTypeRequest(
                    dbinstance_id=world.aim(self),
                    instance_network_type="VPC",
                    vpcid=to.vpc,
                    v_switch_id=to.vswitches[self.zone],
                    **more,
                )
            )
            .body
        )
        one = world.target(self)
        assert one is not None
        classic = one.doors["classic"]
        assert (made.connection_string == classic.name) == (not self.days)
        one.doors["private"] = Door(made.connection_string, classic.port, to.vpc, to.vswitches[self.zone])
        one.retained = True
        if self.days != LONG:
            one.end_classic()


@dataclass(frozen=True)
class Expire(Call):
    """ModifyDBInstanceNetworkExpireTime."""

    days: int

    def judged(self, world: World, one: Instance) -> str:
        return OK if one.retained else "InvalidConnectionString.NotFound"

    def call(self, world: World) -> None:
        one = world.target(self)
        door = one.doors.get("classic") if one is not None else None
        world.clients[self.account].modify_dbinstance_network_expire_time(
            rds.ModifyDBInstanceNetworkExpireTimeRequest(
                dbinstance_id=world.aim(self),
                connection_string=door.name if door else NOBODYS,
                classic_expired_days=self.days,
            )
        )
        assert one is not None
        if self.days != LONG:
            one.end_classic()


@dataclass(frozen=True)
class Switch(Call):
    """SwitchDBInstanceVpc. :param owner: whose network it is."""

    owner: int
    network: int
    zone: str

    def judged(self, world: World, one: Instance) -> str:
        door = one.doors.get("private")
        if door is None:
            return "InvalidInstanceKind.NotSupport"
        if self.owner != self.account:
            return "InvalidConnVPCId"
        if self.zone != one.zone:
            return "InvalidVswitchId"
        same = door.vswitch == world.networks[self.owner][self.network].vswitches[self.zone]
        return "MigrateAlreadyExistsFault" if same else OK

    def call(self, world: World) -> None:
        to = world.networks[self.owner][self.network]
        world.clients[self.account].switch_dbinstance_vpc(
            rds.SwitchDBInstanceVpcRequest(
                dbinstance_id=world.aim(self), vpcid=to.vpc, v_switch_id=to.vswitches[self.zone]
            )
        )
        one = world.target(self)
        assert one is not None
        door = one.doors["private"]
        door.vpc, door.vswitch = to.vpc, to.vswitches[self.zone]


@dataclass(frozen=True)
class MoveConnection(Call):
    """MigrateConnectionToOtherZone of any endpoint."""

    net: str
    zone: str

    @property
    def unknown(self) -> str:
        return "InvalidDBInstance.NotFound"

    def judged(self, world: World, one: Instance) -> str:
        door = one.doors.get(self.net)
        if door is None:
            return "ConnectionNotFound"
        if not door.vpc:
            return "InvalidParam"
        return "ZoneIdNotSupported" if door.vswitch == self._there(world, door) else OK

    def call(self, world: World) -> None:
        one = world.target(self)
        door = one.doors.get(self.net) if one is not None else None
        world.clients[self.account].migrate_connection_to_other_zone(
            rds.MigrateConnectionToOtherZoneRequest(
                dbinstance_id=world.aim(self), connection_string=door.name if door else NOBODYS, zone_id=self.zone
            )
        )
        assert door is not None
        door.vswitch = self._there(world, door)

    def _there(self, world: World, door: Door) -> str:
        return next(one.vswitches[self.zone] for one in world.networks[self.account] if one.vpc == door.vpc)


@dataclass(frozen=True)
class Move(Call):
    """MigrateToOtherZone, to the vSwitch of a network of the account's."""

    network: int
    zone: str

    def judged(self, world: World, one: Instance) -> str:
        door = one.doors.get("private")
        if door is None:
            return "ClassicNetworkType.NotSupport"
        if self.zone == one.zone:
            return "InvalidZoneId.NotEqual"
        return OK if world.networks[self.account][self.network].vpc == door.vpc else "IncorrectVswitchId"

    def call(self, world: World) -> None:
        to = world.networks[self.account][self.network]
        world.clients[self.account].migrate_to_other_zone(
            rds.MigrateToOtherZoneRequest(
                dbinstance_id=world.aim(self), zone_id=self.zone, v_switch_id=to.vswitches[self.zone]
            )
        )
        one = world.target(self)
        assert one is not None
        one.zone = self.zone
        one.doors["private"].vswitch = to.vswitches[self.zone]


@dataclass(frozen=True)
class Burst:
    """Calls without a pause: what is not settled yet refuses what it may not answer."""

    calls: tuple[Call, ...]


Action = Call | Burst


def create(world: World, account: int, *, classic: bool) -> Instance:
    """A MySQL instance of the classic network, or a PostgreSQL instance in the account's first VPC."""
    zone, network = ZONES[0], world.networks[account][0]
    request = rds.CreateDBInstanceRequest(
        region_id="cn-hangzhou",
        engine="MySQL" if classic else "PostgreSQL",
        engine_version="8.0" if classic else "15.0",
        dbinstance_class="rds.n2.small.1",
        dbinstance_storage=20,
        dbinstance_storage_type="local_ssd" if classic else "cloud_essd",
        dbinstance_net_type="Intranet",
        security_iplist="0.0.0.0/0",
        pay_type="Postpaid",
        zone_id=zone,
        instance_network_type="Classic" if classic else "VPC",
        vpcid=None if classic else network.vpc,
        v_switch_id=None if classic else network.vswitches[zone],
    )
    made = world.clients[account].create_dbinstance(request).body
    door = Door(made.connection_string, int(made.port))
    if not classic:
        door.vpc, door.vswitch = network.vpc, network.vswitches[zone]
    doors = {"classic" if classic else "private": door}
    one = Instance(made.dbinstance_id, account, "MySQL" if classic else "PostgreSQL", zone, doors)
    world.instances.append(one)
    return one


def draw(chance: Random, world: World) -> Action:
    """Any call by any account at anything; more than half are legal. Now and then three at once."""
    if chance.random() < 0.2:
        return Burst((_call(chance, world), _call(chance, world), _call(chance, world)))
    return _call(chance, world)


def _call(chance: Random, world: World) -> Call:
    tries = 20 if chance.random() < 0.6 else 1
    drawn = [_draw(chance, world) for _ in range(tries)]
    return next((one for one in drawn if one.expected(world) == OK), drawn[0])


def _draw(chance: Random, world: World) -> Call:
    account = chance.randrange(len(world.clients))
    target = chance.randrange(len(world.instances) + 1)
    if chance.random() < 0.75:
        target = chance.choice([number for number, one in enumerate(world.instances) if one.account == account])
    prefix, port = chance.choice(PREFIXES), chance.choice(PORTS)
    net, zone, network = chance.choice(("private", "classic", "public")), chance.choice(ZONES), chance.randrange(2)
    kinds: tuple[Call, ...] = (
        Allocate(account, target, prefix, port),
        Release(account, target),
        Rename(account, target, net, chance.choice(("", prefix)), port),
        Exchange(account, target, prefix, port),
        Exchange(account, target, prefix, "3306"),
        Enter(account, target, network, zone, chance.choice((LONG, LONG, SHORT, 0))),
        Expire(account, target, chance.choice((LONG, SHORT))),
        Switch(account, target, chance.choice((account, account, 1 - account)), network, zone),
        MoveConnection(account, target, net, zone),
        Move(account, target, network, zone),
    )
    return chance.choice(kinds)


def flat(action: Action) -> Iterator[Call]:
    if isinstance(action, Burst):
        yield from action.calls
    else:
        yield action
