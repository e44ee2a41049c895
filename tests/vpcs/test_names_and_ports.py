"""Endpoints get other names and ports, as clients inside their VPC see it."""

from __future__ import annotations

from alibabacloud_r_kvstore20150101 import models as tair

from jackfield.vantage.client import HolderClient
from tests.running import until
from tests.vantage.kernel import listening_inside
from tests.vpcs.inside import RunningAs


def _move(running: RunningAs, instance: str, current: str, **more: str) -> None:
    running.tair.modify_dbinstance_connection_string(
        tair.ModifyDBInstanceConnectionStringRequest(dbinstance_id=instance, current_connection_string=current, **more)
    )


def _vpc(running: RunningAs, instance: str) -> tuple[str, str]:
    """Of an instance: its VPC and its address there."""
    reply = running.tair.describe_instance_attribute(tair.DescribeInstanceAttributeRequest(instance_id=instance))
    attribute = reply.body.instances.dbinstance_attribute[0]
    return attribute.vpc_id, attribute.private_ip


def test_the_ordinary_endpoint_moves(running: RunningAs) -> None:
    """A new name cuts no connection and leaves no moment without a name; a new port cuts those to the old one."""
    instance = running.create(shards=0)
    vpc, address = _vpc(running, instance)
    old = running.name(instance)
    new = f"inside-moved.{old.partition('.')[2]}"
    with running.inside(vpc) as client, HolderClient(running.folder.vpc_socket("holder")) as holder:
        client.ask("load", "by the old name", old, 6379)
        client.goes_on("by the old name")
        _move(running, instance, old, new_connection_string="inside-moved")

        def over() -> bool:
            (network,) = [one for one in holder.networks() if one.vpc == vpc]
            assert (old in network.names) != (new in network.names), network.names
            return running.status(instance) == "Normal"

        until("Normal", over)
        assert client.ask("resolve", old) == []
        assert client.ask("resolve", new) == [address]
        assert isinstance(client.ask("who", new, 6379), list)
        client.goes_on("by the old name")
        assert client.ask("end", "by the old name")[1] == ""

        client.ask("hold", "old port", new, 6379)
        _move(running, instance, new, port="6390")
        running.wait_normal(instance)
        assert client.ask("held", "old port") == "ECONNRESET"
        assert client.ask("who", new, 6379) == "ECONNREFUSED"
        assert isinstance(client.ask("who", new, 6390), list)
        (network,) = [one for one in holder.networks() if one.vpc == vpc]
        assert {port for where, port in network.listeners if where == address} == {6390}
        assert {port for where, port in listening_inside(holder, vpc) if where == address} == {6390}


def test_the_direct_endpoint_moves(running: RunningAs) -> None:
    """The addresses of the shards, too, listen at the new port and refuse at the old one."""
    cluster = running.create(shards=2)
    vpc, _ = _vpc(running, cluster)
    running.allocate(cluster)
    old = running.name(cluster, "direct")
    with running.inside(vpc) as client:
        shards = client.ask("resolve", old)
        assert len(shards) == 2
        _move(running, cluster, old, new_connection_string="inside-direct", port="7379")
        running.wait_normal(cluster)
        assert client.ask("resolve", old) == []
        assert client.ask("resolve", running.name(cluster, "direct")) == shards
        assert client.ask("sweep", [(shard, 6379) for shard in shards]) == ["ECONNREFUSED"] * 2
        assert all(isinstance(one, list) for one in client.ask("sweep", [(shard, 7379) for shard in shards]))
