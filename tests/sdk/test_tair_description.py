"""Tags, topology and connectivity of Tair instances, against what lists, servers and the relay show."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
import redis
from alibabacloud_r_kvstore20150101 import models as tair

from tests.running import PASSWORD, Running
from tests.sdk.clients import stranger

REGION = "cn-hangzhou"


@pytest.fixture(scope="module")
def jackfield(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with Running(tmp_path_factory.mktemp("description"), "--pace", "instant") as running:
        yield running


@pytest.fixture(scope="module")
def cluster(jackfield: Running) -> str:
    return jackfield.create(3)


@pytest.fixture(scope="module")
def standard(jackfield: Running) -> str:
    return jackfield.create(0)


def tags(jackfield: Running, *instances: str, **wanted: str) -> dict[str, dict[str, str]]:
    """Instance → its tags, as ListTagResources has them."""
    found: dict[str, dict[str, str]] = {}
    request = tair.ListTagResourcesRequest(
        region_id=REGION,
        resource_type="INSTANCE",
        resource_id=list(instances),
        tag=[tair.ListTagResourcesRequestTag(key=key, value=value) for key, value in wanted.items()],
    )
    body = jackfield.tair.list_tag_resources(request).body
    assert not body.next_token
    for one in body.tag_resources.tag_resource:
        assert one.resource_type == "ALIYUN::KVSTORE::INSTANCE"
        found.setdefault(one.resource_id, {})[one.tag_key] = one.tag_value
    return found


def tag(jackfield: Running, *instances: str, **values: str) -> None:
    jackfield.tair.tag_resources(
        tair.TagResourcesRequest(
            region_id=REGION,
            resource_type="INSTANCE",
            resource_id=list(instances),
            tag=[tair.TagResourcesRequestTag(key=key, value=value) for key, value in values.items()],
        )
    )


def untag(jackfield: Running, instance: str, *keys: str, all: bool = False) -> None:
    jackfield.tair.untag_resources(
        tair.UntagResourcesRequest(
            region_id=REGION, resource_type="INSTANCE", resource_id=[instance], tag_key=list(keys), all=all
        )
    )


def test_tags(jackfield: Running, cluster: str, standard: str) -> None:
    """Lists of tags, details and filters of DescribeInstances say the same; another account sees nothing."""
    tag(jackfield, cluster, standard, stage="test", team="a")
    tag(jackfield, standard, team="b")
    assert tags(jackfield, cluster, standard) == {
        cluster: {"stage": "test", "team": "a"},
        standard: {"stage": "test", "team": "b"},
    }
    assert set(tags(jackfield, stage="test")) == {cluster, standard}
    assert set(tags(jackfield, stage="test", team="b")) == {standard}
    request = tair.DescribeInstancesRequest(tag=[tair.DescribeInstancesRequestTag(key="team", value="a")])
    found = jackfield.tair.describe_instances(request).body.instances.kvstore_instance
    assert [one.instance_id for one in found] == [cluster]
    assert {one.key: one.value for one in found[0].tags.tag} == {"stage": "test", "team": "a"}
    other = stranger(jackfield)
    answer = other.raw("tair", "ListTagResources", RegionId=REGION, ResourceType="INSTANCE", **{"Tag.1.Key": "stage"})
    assert answer.json["TagResources"]["TagResource"] == []
    untag(jackfield, cluster, "stage", "nobody_has_it")
    assert tags(jackfield, cluster) == {cluster: {"team": "a"}}
    untag(jackfield, standard, "team", all=True)
    assert tags(jackfield, standard) == {standard: {"stage": "test"}}
    untag(jackfield, standard, all=True)
    assert tags(jackfield, cluster, standard) == {cluster: {"team": "a"}}


def test_topology(jackfield: Running, cluster: str, standard: str) -> None:
    """As many shards as a client finds, each with its share; both operations call them the same; no address."""
    host = jackfield.names()[jackfield.name(cluster)][0]
    with redis.Redis(host=host, port=6379, password=PASSWORD) as client:
        assert client.info("server")
    shown = jackfield.tair.describe_logic_instance_topology(
        tair.DescribeLogicInstanceTopologyRequest(instance_id=cluster)
    ).body
    shards = shown.redis_shard_list.node_info
    assert len(shards) == len(list((jackfield.folder.engines / cluster).iterdir())) == 3
    assert [one.node_type for one in shown.redis_proxy_list.node_info] == ["proxy"]
    assert [(one.capacity, one.sub_instance_type) for one in shards] == [("1024", "master")] * 3
    members = jackfield.tair.describe_cluster_member_info(
        tair.DescribeClusterMemberInfoRequest(instance_id=cluster)
    ).body.cluster_children
    assert [f"{one.name}#{one.id}" for one in members] == [one.node_id for one in shards]
    assert len({one.node_id for one in shards}) == 3
    later = tair.DescribeClusterMemberInfoRequest(instance_id=cluster, page_number=2, page_size=30)
    assert jackfield.tair.describe_cluster_member_info(later).body.cluster_children == []
    alone = jackfield.tair.describe_logic_instance_topology(
        tair.DescribeLogicInstanceTopologyRequest(instance_id=standard)
    ).body
    assert (len(alone.redis_proxy_list.node_info), len(alone.redis_shard_list.node_info)) == (0, 1)


@pytest.mark.parametrize(
    ("whitelist", "admitted", "refused"),
    [
        ("0.0.0.0/0", ["127.5.6.7", "127.0.0.1"], []),
        ("127.0.0.1", [], ["127.5.6.7", "127.0.0.1"]),
        ("127.5.6.0/24,10.0.0.1", ["127.5.6.7", "127.5.6.8"], ["127.5.7.7", "127.0.0.1"]),
    ],
)
def test_connectivity_is_what_clients_meet(
    jackfield: Running, standard: str, whitelist: str, admitted: list[str], refused: list[str]
) -> None:
    jackfield.tair.modify_security_ips(tair.ModifySecurityIpsRequest(instance_id=standard, security_ips=whitelist))
    jackfield.wait_idle()
    host = jackfield.names()[jackfield.name(standard)][0]
    for source in (*admitted, *refused):
        said = jackfield.tair.describe_db_instance_connectivity(
            tair.DescribeDbInstanceConnectivityRequest(dbinstance_id=standard, src_ip=source)
        ).body
        expected: tuple[str, str | None, str | None] = ("Success", None, None)
        if source in refused:
            expected = ("Failed", "SRC_IP_NOT_IN_USER_WHITELIST", f"Src ip:{source} not in user whitelist")
        assert (said.conn_check_result, said.conn_check_error_code, said.conn_check_error_message) == expected
        assert answers(host, source) == (source in admitted)


def test_connectivity_of_what_does_not_serve(jackfield: Running) -> None:
    doomed = jackfield.create(0)
    jackfield.tair.delete_instance(tair.DeleteInstanceRequest(instance_id=doomed))
    said = jackfield.tair.describe_db_instance_connectivity(
        tair.DescribeDbInstanceConnectivityRequest(dbinstance_id=doomed, src_ip="10.0.0.1")
    ).body
    assert (said.conn_check_result, said.conn_check_error_code) == ("Failed", "CONNECTION_ABNORMAL")


def answers(host: str, source: str) -> bool:
    """Whether a server speaks to a client from this address."""
    try:
        with socket.create_connection((host, 6379), timeout=5, source_address=(source, 0)) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith((b"-NOAUTH", b"+PONG"))
    except OSError:
        return False
