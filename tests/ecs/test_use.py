"""A group that is attached to something: it stays, and a change of its rules is noticed at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from jackfield.endpoints.uses import end_use, use, users
from jackfield.identity.principal import Principal
from jackfield.products.ecs import authorising, groups, rule_changes
from jackfield.products.ecs.errors import GroupInUse
from jackfield.products.ecs.resources import SecurityGroup
from jackfield.products.operation import Call
from jackfield.products.vpc.resources import Vpc
from jackfield.store.interface import Tx
from jackfield.store.resource import Resource
from jackfield.store.sqlite import SqliteStore, open_store

REGION = "cn-hangzhou"
ACCOUNT = "1000000000000001"
CALL = Call(
    principal=Principal(account=ACCOUNT, kind="Account", id=ACCOUNT, arn=f"acs:ram::{ACCOUNT}:root", access_key="key"),
    request_id="R", region=REGION, now=1.0, missing=lambda _: False, seal=lambda text, _: text,
)  # fmt: skip
VPC = Vpc(
    id="vpc-1", account=ACCOUNT, region=REGION, status="Pending", cidr="10.0.0.0/8", router_id="vrt-1",
    route_table_id="vtb-1", is_default=True,
)  # fmt: skip


class Attached(Resource, frozen=True, kw_only=True):
    """Something with security groups."""

    kind: ClassVar[str] = "attached"


ATTACHED = Attached(id="a-1", account=ACCOUNT)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = open_store(tmp_path / "store.db", owner_of_work=True)
    with opened.write() as tx:
        tx.put(VPC)
        tx.put(ATTACHED)
    yield opened
    opened.close()


def made(tx: Tx) -> SecurityGroup:
    """A group that something is attached to."""
    request = groups.CreateSecurityGroupRequest(region_id=REGION, vpc_id=VPC.id)
    group = tx.get(SecurityGroup, groups.create_security_group(tx, CALL, request).security_group_id)
    assert group is not None
    use(tx, group.id, ATTACHED)
    return group


def woken(store: SqliteStore) -> list[tuple[str, str]]:
    """What is due; it is done."""
    due = store.due(4e9, 100)
    for work in due:
        store.done(work, None)
    return [(work.kind, work.id) for work in due]


def allow(tx: Tx, group: SecurityGroup, ports: str = "3306/3306") -> None:
    request = authorising.AuthorizeSecurityGroupRequest(
        region_id=REGION, security_group_id=group.id, ip_protocol="tcp", port_range=ports, source_cidr_ip="10.0.0.0/8"
    )
    authorising.authorize_security_group(tx, CALL, request)


def test_the_vpc_is_used_by_the_group(store: SqliteStore) -> None:
    with store.write() as tx:
        group = made(tx)
        assert users(tx, VPC.id) == [("security-group", group.id)]


def test_an_attached_group_is_not_deleted(store: SqliteStore) -> None:
    with store.write() as tx:
        request = groups.DeleteSecurityGroupRequest(region_id=REGION, security_group_id=made(tx).id)
        with pytest.raises(GroupInUse):
            groups.delete_security_group(tx, CALL, request)
        assert tx.get(SecurityGroup, request.security_group_id)
        end_use(tx, request.security_group_id, ATTACHED)
        groups.delete_security_group(tx, CALL, request)
        assert tx.get(SecurityGroup, request.security_group_id) is None
        assert users(tx, VPC.id) == []


def test_every_change_of_rules_wakes_what_is_attached(store: SqliteStore) -> None:
    with store.write() as tx:
        group = made(tx)
    assert woken(store) == []

    with store.write() as tx:
        allow(tx, group)
    assert woken(store) == [("attached", ATTACHED.id)]

    with store.write() as tx:
        changed = tx.get(SecurityGroup, group.id)
        assert changed is not None
        (rule,) = changed.rules
        modify = rule_changes.ModifySecurityGroupRuleRequest(
            region_id=REGION, security_group_id=group.id, security_group_rule_id=rule.id, policy="drop"
        )
        rule_changes.modify_security_group_rule(tx, CALL, modify)
    assert woken(store) == [("attached", ATTACHED.id)]

    with store.write() as tx:
        revoke = authorising.RevokeSecurityGroupRequest(
            region_id=REGION, security_group_id=group.id, security_group_rule_id=(rule.id,)
        )
        authorising.revoke_security_group(tx, CALL, revoke)
    assert woken(store) == [("attached", ATTACHED.id)]


def test_a_rule_that_is_there_already_wakes_nobody(store: SqliteStore) -> None:
    with store.write() as tx:
        group = made(tx)
        allow(tx, group)
    woken(store)
    with store.write() as tx:
        allow(tx, group)
    assert woken(store) == []
