"""What the wrong calls of the other files here are about: a Jackfield with resources in every state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TypeAlias

from tests.running import PASSWORD, Running
from tests.sdk.clients import Account, owner, wait_available


class World(NamedTuple):
    """What the wrong calls are about. Transitions that are begun last 20 s, so that their states are met for sure.

    :ivar full: a vSwitch without a free address. :ivar crowded: a cluster in it. :ivar spare: an empty vSwitch.
    :ivar old: an instance of the version that has no accounts. :ivar managed: one with as many as there may be, of
        which ``pending`` is Unavailable. :ivar protected: from being deleted.
    :ivar guarded_vpc: a VPC with a security group. :ivar used_vpc: a VPC with a server group.
    """

    me: Account
    standard: str
    cluster: str
    direct: str
    moving: str
    deleting: str
    crowded: str
    vpc: str
    other_vpc: str
    vswitch: str
    full: str
    pending_vpc: str
    pending_vswitch: str
    spare: str
    guarded_vpc: str
    used_vpc: str
    old: str
    managed: str
    protected: str


class Case(NamedTuple):
    """A call that is refused.

    :ivar wrong: what it differs in from one that works; an empty value leaves a parameter out.
    """

    operation: str
    code: str
    status: int
    wrong: dict[str, str]


Works: TypeAlias = dict[str, Callable[[World], dict[str, str]]]
"""Operation → parameters of a call of it that works."""


@contextmanager
def world_in(data: Path) -> Iterator[World]:
    """A Jackfield in this folder with everything that the wrong calls are about."""
    with Running(data, "--engines", "none", "--pace", "instant") as running:
        me = owner(running)
        vpc, other, guarded, used = (make(me, "vpc", "CreateVpc", "VpcId", RegionId="cn-hangzhou") for _ in range(4))
        for made in (vpc, other, guarded, used):
            wait_available(me, made)
        tagged = {"ResourceType": "VPC", "ResourceId.1": guarded, "Tag.1.Key": "one", "Tag.2.Key": "two"}
        assert me.raw("vpc", "TagResources", RegionId="cn-hangzhou", **tagged).status == 200
        make(me, "ecs", "CreateSecurityGroup", "SecurityGroupId", RegionId="cn-hangzhou", VpcId=guarded)
        make(me, "nlb", "CreateServerGroup", "ServerGroupId", RegionId="cn-hangzhou", VpcId=used,
              ServerGroupName="used", ServerGroupType="Ip")  # fmt: skip
        inside = {"VpcId": vpc, "ZoneId": "cn-hangzhou-h"}
        vswitch = make(me, "vpc", "CreateVSwitch", "VSwitchId", **inside, CidrBlock="172.16.0.0/24")
        full = make(me, "vpc", "CreateVSwitch", "VSwitchId", **inside, CidrBlock="172.16.1.0/29")
        spare = make(me, "vpc", "CreateVSwitch", "VSwitchId", **inside, CidrBlock="172.16.3.0/24")
        wait_available(me, vpc)
        crowded = running.create(2, "", vpc_id=vpc, v_switch_id=full)
        for _ in range(3):
            running.create(0, "", vpc_id=vpc, v_switch_id=full)
        standard = running.create(0, "", vpc_id=vpc, v_switch_id=vswitch, private_ip_address="172.16.0.9",
                                  connection_string_prefix="taken-name")  # fmt: skip
        cluster, direct, moving, deleting = (running.create(2, "") for _ in range(4))
        old, managed = running.create(0, "", engine_version="2.8"), running.create(0, "")
        protected = running.create(0, "")
        assert me.raw("tair", "ModifyInstanceAttribute", InstanceId=protected,
                      InstanceReleaseProtection="true").status == 200  # fmt: skip
        tags = {"ResourceType": "INSTANCE", "ResourceId.1": protected, "Tag.1.Key": "one", "Tag.2.Key": "two"}
        assert me.raw("tair", "TagResources", RegionId="cn-hangzhou", **tags).status == 200
        public = {"InstanceId": protected, "ConnectionStringPrefix": "taken-public", "Port": "6379"}
        assert me.raw("tair", "AllocateInstancePublicConnection", **public).status == 200
        for account in (*(f"account{number}" for number in range(17)), "pending"):
            _account(me, "CreateAccount", managed, account)
        _account(me, "CreateAccount", standard, "demo")
        running.wait_idle()
        running.allocate(direct)
        running.down()
        running.options = ("--engines", "none", "--pace", "cloud")
        running.up()
        me = owner(running)
        pending = make(me, "vpc", "CreateVpc", "VpcId", RegionId="cn-hangzhou")
        pending_vswitch = make(me, "vpc", "CreateVSwitch", "VSwitchId", **inside, CidrBlock="172.16.2.0/24")
        assert me.raw("tair", "AllocateDirectConnection", InstanceId=moving).status == 200
        assert me.raw("tair", "DeleteInstance", InstanceId=deleting).status == 200
        _account(me, "ResetAccountPassword", managed, "pending")
        yield World(me, standard, cluster, direct, moving, deleting, crowded, vpc, other, vswitch, full, pending,
                    pending_vswitch, spare, guarded, used, old, managed, protected)  # fmt: skip


def make(me: Account, product: str, action: str, name: str, **parameters: str) -> str:
    answer = me.raw(product, action, **parameters)
    assert answer.status == 200, answer.body
    made: str = answer.json[name]
    return made


def _account(me: Account, action: str, instance: str, name: str) -> None:
    answer = me.raw("tair", action, InstanceId=instance, AccountName=name, AccountPassword=PASSWORD)
    assert answer.status == 200, answer.body


def addresses(number: int) -> list[str]:
    """Some of them, all different."""
    return [f"10.{index >> 8}.{index & 255}.1" for index in range(number)]


NOBODY = World(None, *[""] * (len(World._fields) - 1))  # type: ignore[arg-type]
"""For counting cases without a Jackfield."""
