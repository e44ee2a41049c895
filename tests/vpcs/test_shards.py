"""Shards come and go, as clients inside their VPC see it."""

from __future__ import annotations

from alibabacloud_r_kvstore20150101 import models as tair

from tests.vpcs.inside import RunningAs


def test_a_shard_comes_and_one_goes(running: RunningAs) -> None:
    """A new shard's address is there, and in the name; that of one that leaves cuts its clients and is gone."""
    cluster = running.create(shards=2)
    running.allocate(cluster)
    direct = running.name(cluster, "direct")
    request = tair.DescribeInstanceAttributeRequest(instance_id=cluster)
    vpc = running.tair.describe_instance_attribute(request).body.instances.dbinstance_attribute[0].vpc_id
    with running.inside(vpc) as client:
        first, second = running.names()[direct]  # in the order of the shards
        assert set(client.ask("resolve", direct)) == {first, second}
        client.ask("hold", "leaving", first, 6379)
        running.tair.add_sharding_node(tair.AddShardingNodeRequest(instance_id=cluster))
        running.wait_normal(cluster)
        (third,) = set(client.ask("resolve", direct)) - {first, second}
        assert isinstance(client.ask("who", third, 6379), list)
        running.tair.delete_sharding_node(
            tair.DeleteShardingNodeRequest(instance_id=cluster, node_id=f"{cluster}-db-0")
        )
        running.wait_normal(cluster)
        assert client.ask("held", "leaving") == "ECONNRESET"
        assert client.ask("who", first, 6379) == "ECONNREFUSED"
        assert set(client.ask("resolve", direct)) == {second, third}
        assert isinstance(client.ask("who", second, 6379), list)
