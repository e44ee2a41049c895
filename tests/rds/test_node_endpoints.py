"""Custom endpoints by the official SDK: connections are spread over read-only instances by weight."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from alibabacloud_rds20140815 import models

from tests.rds.databases import LOST
from tests.rds.replicas import attribute, delete, replicate
from tests.rds.splitting import VERSIONS, Splitting, splitting
from tests.running import refused, until

__all__ = ["splitting"]


class Nodes:
    """The calls about custom endpoints of one primary."""

    def __init__(self, splitting: Splitting) -> None:
        self.splitting = splitting
        self.api = splitting.rds.api
        self.primary = splitting.primary
        found = attribute(splitting.rds, self.primary)
        self.place = {"vpc_id": found.vpc_id, "v_switch_id": found.v_switch_id}

    def items(self, weights: dict[str, int]) -> list[models.CreateDBInstanceEndpointRequestNodeItems]:
        return [
            models.CreateDBInstanceEndpointRequestNodeItems(dbinstance_id=self.primary, node_id=node, weight=weight)
            for node, weight in weights.items()
        ]

    def create(self, weights: dict[str, int], prefix: str = "custom-ro", **more: Any) -> tuple[str, str]:
        """Id and connection string of one that serves."""
        request = models.CreateDBInstanceEndpointRequest(
            dbinstance_id=self.primary,
            connection_string_prefix=prefix,
            dbinstance_endpoint_type="Readonly",
            port="3306",
            dbinstance_endpoint_description="reports",
            node_items=self.items(weights),
            **self.place,
        )
        for name, value in more.items():
            setattr(request, name, value)
        data = self.api.create_dbinstance_endpoint(request).body.data
        self.splitting.rds.wait_running(self.primary)
        return data.dbinstance_endpoint_id, data.connection_string

    def modify(self, id: str, weights: dict[str, int]) -> None:
        self.api.modify_dbinstance_endpoint(
            models.ModifyDBInstanceEndpointRequest(
                dbinstance_id=self.primary, dbinstance_endpoint_id=id, node_items=self.items(weights)
            )
        )
        self.splitting.rds.wait_running(self.primary)

    def described(self, id: str = "") -> list[Any]:
        reply = self.api.describe_dbinstance_endpoints(
            models.DescribeDBInstanceEndpointsRequest(dbinstance_id=self.primary, dbinstance_endpoint_id=id or None)
        )
        found: list[Any] = reply.body.to_map()["Data"]["DBInstanceEndpoints"]["DBInstanceEndpoint"]
        return found

    def delete(self, id: str) -> None:
        self.api.delete_dbinstance_endpoint(
            models.DeleteDBInstanceEndpointRequest(dbinstance_id=self.primary, dbinstance_endpoint_id=id)
        )
        self.splitting.rds.wait_running(self.primary)

    def add_public(self, id: str, prefix: str) -> str:
        name: str = self.api.create_dbinstance_endpoint_address(
            models.CreateDBInstanceEndpointAddressRequest(
                dbinstance_id=self.primary, dbinstance_endpoint_id=id, connection_string_prefix=prefix,
                ip_type="Public", port="4306",
            )
        ).body.data.connection_string  # fmt: skip
        self.splitting.rds.wait_running(self.primary)
        return name

    def move(self, id: str, name: str, **more: Any) -> None:
        request = models.ModifyDBInstanceEndpointAddressRequest(
            dbinstance_id=self.primary, dbinstance_endpoint_id=id, connection_string=name
        )
        for field, value in more.items():
            setattr(request, field, value)
        self.api.modify_dbinstance_endpoint_address(request)
        self.splitting.rds.wait_running(self.primary)

    def drop(self, id: str, name: str) -> None:
        self.api.delete_dbinstance_endpoint_address(
            models.DeleteDBInstanceEndpointAddressRequest(
                dbinstance_id=self.primary, dbinstance_endpoint_id=id, connection_string=name
            )
        )
        self.splitting.rds.wait_running(self.primary)

    def answered_by(self, name: str, port: int, count: int = 8) -> set[bool]:
        """Where that many sessions were answered: at a read-only instance or not."""
        found = set()
        for _ in range(count):
            with self.splitting.connect(name, port) as connection:
                found.add(self.splitting.read_only(connection))
        return found

    def serves(self, name: str, port: int) -> bool:
        try:
            return self.answered_by(name, port, 1) == {True}
        except LOST:
            return False


@pytest.fixture(scope="module")
def nodes(splitting: Splitting) -> Nodes:
    return Nodes(splitting)


@pytest.fixture
def made(nodes: Nodes) -> Iterator[tuple[str, str]]:
    id, name = nodes.create({nodes.splitting.replica: 50})
    yield id, name
    if nodes.described(id):
        nodes.delete(id)


def test_its_sessions_are_at_read_only_instances(nodes: Nodes, made: tuple[str, str]) -> None:
    id, name = made
    assert id.startswith("ep-")
    assert nodes.answered_by(name, 3306) == {True}
    [shown] = nodes.described(id)
    assert (shown["EndpointType"], shown["EndpointDescription"]) == ("Readonly", "reports")
    assert shown["NodeItems"]["NodeItem"] == [
        {"NodeId": nodes.splitting.replica, "DBInstanceId": nodes.splitting.replica, "Weight": 50}
    ]
    [address] = shown["AddressItems"]["AddressItem"]
    assert (address["ConnectionString"], address["Port"], address["IpType"]) == (name, "3306", "Private")
    assert address["VpcId"] == nodes.place["vpc_id"]
    assert [one["ConnectionString"] for one in nodes.splitting.net_infos(None)] != [name]


def test_sessions_go_where_one_answers(nodes: Nodes, made: tuple[str, str]) -> None:
    id, name = made
    second = replicate(nodes.splitting.rds, nodes.primary, VERSIONS[nodes.splitting.database.engine][1])
    nodes.modify(id, {nodes.splitting.replica: 50, second: 50})
    assert len(nodes.described(id)[0]["NodeItems"]["NodeItem"]) == 2
    assert nodes.answered_by(name, 3306) == {True}
    delete(nodes.splitting.rds, second)
    until("one is left", lambda: all(nodes.serves(name, 3306) for _ in range(6)))
    nodes.modify(id, {nodes.splitting.replica: 0})
    until("nobody is left", lambda: not nodes.serves(name, 3306))
    nodes.modify(id, {nodes.splitting.replica: 10})
    until("it serves again", lambda: nodes.serves(name, 3306))


def test_addresses(nodes: Nodes, made: tuple[str, str]) -> None:
    id, name = made
    public = nodes.add_public(id, "custom-open")
    assert nodes.answered_by(public, 4306) == {True}
    addresses = {one["IpType"]: one for one in nodes.described(id)[0]["AddressItems"]["AddressItem"]}
    assert (addresses["Public"]["ConnectionString"], addresses["Public"]["VpcId"]) == (public, "")
    with refused("NetTypeExists", 403):
        nodes.add_public(id, "custom-open2")
    nodes.move(id, public, connection_string_prefix="custom-else", port="4307")
    moved = next(
        one["ConnectionString"]
        for one in nodes.described(id)[0]["AddressItems"]["AddressItem"]
        if one["IpType"] == "Public"
    )
    assert moved.startswith("custom-else.")
    assert nodes.answered_by(moved, 4307) == {True}
    for unknown in (public, "none.example"):
        with refused("InvalidConnectionString.NotFound", 404):
            nodes.drop(id, unknown)
    with refused("InvalidNetType.Format", 400):
        nodes.drop(id, name)
    nodes.drop(id, moved)
    assert [one["IpType"] for one in nodes.described(id)[0]["AddressItems"]["AddressItem"]] == ["Private"]
    assert nodes.answered_by(name, 3306) == {True}


def test_a_deletion_cuts_its_sessions(nodes: Nodes) -> None:
    id, name = nodes.create({nodes.splitting.replica: 50}, "custom-brief")
    connection = nodes.splitting.connect(name, 3306)
    assert nodes.splitting.read_only(connection)
    nodes.delete(id)
    with pytest.raises(LOST):
        nodes.splitting.read_only(connection)
    assert nodes.described(id) == []
    with refused("Endpoint.NotFound", 404):
        nodes.delete(id)


def test_refusals(nodes: Nodes, made: tuple[str, str]) -> None:
    id, name = made
    replica, primary = nodes.splitting.replica, nodes.primary
    for weights, code, status in (
        ({primary: 50}, "InvalidNodeItems.RONodeIdPrimary", 400),
        ({"rr-none": 50}, "InvalidNodeItems.NodeId", 400),
        ({replica: 101}, "InvalidWeight.Format", 404),
        ({}, "InvalidNodeItems.BlackNodeItems", 400),
    ):
        with refused(code, status):
            nodes.create(weights, "custom-new")
    item = models.CreateDBInstanceEndpointRequestNodeItems(dbinstance_id=primary, node_id=replica, weight=1)
    foreign = models.CreateDBInstanceEndpointRequestNodeItems(dbinstance_id="rm-other", node_id=replica, weight=1)
    for items, code in (([item, item], "DuplicateNodeId"), ([foreign], "DBInstanceId")):
        with refused(f"InvalidNodeItems.{code}", 400):
            nodes.create({}, "custom-new", node_items=items)
    for more, code, status in (
        ({"dbinstance_endpoint_type": "Primary"}, "EndpointType.NotSupport", 400),
        ({"port": "2999"}, "InvalidPort.Malformed", 400),
        ({"connection_string_prefix": "X"}, "InvalidConnectionString.Format", 400),
        ({"connection_string_prefix": "custom-ro"}, "InvalidConnectionString.Duplicate", 404),
        ({"vpc_id": "vpc-none"}, "InvalidConnVPCId", 403),
        ({"v_switch_id": "vsw-none"}, "InvalidVswitchId", 403),
        ({"private_ip_address": "x"}, "InvalidPrivateIpAddress.Format", 400),
        ({"private_ip_address": "10.1.1.1"}, "InvalidPrivateIpAddress.Mismatch", 400),
        ({"private_ip_address": nodes.described(id)[0]["AddressItems"]["AddressItem"][0]["IpAddress"]},
         "InvalidPrivateIpAddress.AlreadyUsed", 400),
        ({"dbinstance_id": "rm-none"}, "InvalidDBInstanceName.NotFound", 400),
    ):  # fmt: skip
        with refused(code, status):
            nodes.create({replica: 1}, **{"prefix": "custom-new", **more})
    with refused("EmptyEndpointNodeConfig", 400):
        nodes.modify(id, {})
    with refused("Endpoint.NotFound", 404):
        nodes.modify("ep-none", {replica: 1})
    with refused("InvalidConnectionString.Duplicate", 400):
        nodes.move(id, name, connection_string_prefix=primary)
    with refused("InvalidDBInstanceName.NotFound", 404):
        nodes.api.describe_dbinstance_endpoints(models.DescribeDBInstanceEndpointsRequest(dbinstance_id="rm-none"))
    nodes.api.modify_dbinstance_endpoint(
        models.ModifyDBInstanceEndpointRequest(
            dbinstance_id=primary, dbinstance_endpoint_id=id, dbinstance_endpoint_description="other"
        )
    )
    with refused("IncorrectDBInstanceState", 403):
        nodes.delete(id)
    nodes.splitting.rds.wait_running(primary)
    assert nodes.described(id)[0]["EndpointDescription"] == "other"
