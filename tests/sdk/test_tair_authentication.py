"""Password-free access from the VPC: at the private and the direct addresses, and never at the public one."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
import redis
from alibabacloud_r_kvstore20150101 import models as tair

from tests.redis_once import ONCE
from tests.running import PASSWORD, Running, refused

pytestmark = pytest.mark.usefixtures("resolving")


class Doors(NamedTuple):
    instance: str
    private: str
    public: str
    vpc: str


@pytest.fixture(scope="module")
def jackfield(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with Running(tmp_path_factory.mktemp("free"), "--pace", "instant") as running:
        yield running


@pytest.fixture(scope="module", params=[0, 2], ids=["standard", "cluster"])
def doors(jackfield: Running, request: pytest.FixtureRequest) -> Doors:
    instance = jackfield.create(request.param)
    jackfield.tair.allocate_instance_public_connection(
        tair.AllocateInstancePublicConnectionRequest(
            instance_id=instance, connection_string_prefix=f"public{request.param}free", port="6379"
        )
    )
    jackfield.wait_normal(instance)
    if request.param:
        jackfield.allocate(instance)
    infos = net_infos(jackfield, instance)
    (private,) = (one for one in infos if one.dbinstance_net_type == "2" and not one.direct_connection)
    (public,) = (one for one in infos if one.dbinstance_net_type == "0")
    return Doors(instance, private.connection_string, public.connection_string, private.vpcid)


def net_infos(jackfield: Running, instance: str) -> list[Any]:
    request = tair.DescribeDBInstanceNetInfoRequest(instance_id=instance)
    return list(jackfield.tair.describe_dbinstance_net_info(request).body.net_info_items.instance_net_info)


def modify(jackfield: Running, instance: str, mode: str) -> None:
    request = tair.ModifyInstanceVpcAuthModeRequest(instance_id=instance, vpc_auth_mode=mode)
    jackfield.tair.modify_instance_vpc_auth_mode(request)
    jackfield.wait_normal(instance)
    described = jackfield.tair.describe_instance_attribute(tair.DescribeInstanceAttributeRequest(instance_id=instance))
    assert described.body.instances.dbinstance_attribute[0].vpc_auth_mode == mode


def asks_for_a_password(host: str) -> bool:
    with redis.Redis(host=host, retry=ONCE) as client:
        try:
            client.ping()
        except redis.AuthenticationError:
            return True
    return False


def inside(jackfield: Running, vpc: str, host: str) -> str:
    argv = [sys.executable, "-m", "jackfield", "exec", "--data", str(jackfield.folder.root), "--vpc", vpc, "--",
            "redis-cli", "-h", host, "PING"]  # fmt: skip
    done = subprocess.run(argv, capture_output=True, text=True, timeout=30)
    return (done.stdout + done.stderr).strip()


def test_without_a_password(jackfield: Running, doors: Doors) -> None:
    """Close opens the private address, in both protocols and from inside the VPC; Open closes it again."""
    assert asks_for_a_password(doors.private)
    modify(jackfield, doors.instance, "Close")
    for protocol in (2, 3):
        with redis.Redis(host=doors.private, protocol=protocol) as client:
            assert client.set("key", "value")
            assert client.get("key") == b"value"
            assert client.acl_whoami() in ("default", b"default")
    assert inside(jackfield, doors.vpc, doors.private) == "PONG"
    assert asks_for_a_password(doors.public)
    for host in (doors.private, doors.public):
        with redis.Redis(host=host, password=PASSWORD) as client:
            assert client.get("key") == b"value"
        wrong = redis.Redis(host=host, password="Wrong!123456", retry=ONCE)
        with wrong as client, pytest.raises(redis.AuthenticationError):
            client.ping()
    modify(jackfield, doors.instance, "Open")
    assert asks_for_a_password(doors.private)
    assert inside(jackfield, doors.vpc, doors.private).startswith("NOAUTH")


def test_the_whitelist_goes_on_judging(jackfield: Running, doors: Doors) -> None:
    modify(jackfield, doors.instance, "Close")
    for ips, admitted in (("10.0.0.0/8", False), ("0.0.0.0/0", True)):
        jackfield.tair.modify_security_ips(
            tair.ModifySecurityIpsRequest(instance_id=doors.instance, security_ips=ips, modify_mode="Cover")
        )
        jackfield.wait_idle()
        with redis.Redis(host=doors.private, retry=ONCE) as client:
            if admitted:
                assert client.ping()
            else:
                with pytest.raises(redis.ConnectionError):
                    client.ping()
    modify(jackfield, doors.instance, "Open")


def test_direct_addresses(jackfield: Running, doors: Doors) -> None:
    """Each shard lets cluster clients in, and a pipeline that is sent at once is answered in its order."""
    direct = [one.connection_string for one in net_infos(jackfield, doors.instance) if one.direct_connection]
    if not direct:
        pytest.skip("a standard instance has none")
    modify(jackfield, doors.instance, "Close")
    with redis.RedisCluster(host=direct[0]) as client:
        for number in range(50):
            assert client.set(f"key:{number}", number)
        assert sum(client.dbsize(target_nodes=node) for node in client.get_primaries()) >= 50
    modify(jackfield, doors.instance, "Open")


def test_what_is_sent_at_once_is_answered_in_its_order(jackfield: Running, doors: Doors) -> None:
    modify(jackfield, doors.instance, "Close")
    (address,) = jackfield.addresses(doors.private)
    with socket.create_connection((address, 6379), timeout=5) as sock:
        sock.sendall(b"PING\r\nECHO 1\r\nHELLO 3\r\n")
        heard = b""
        while b"modules" not in heard:
            heard += sock.recv(4096)
    assert heard.startswith(b"+PONG\r\n$1\r\n1\r\n%7\r\n")
    modify(jackfield, doors.instance, "Open")


def test_it_survives_the_relay_and_a_restart(jackfield: Running, doors: Doors) -> None:
    modify(jackfield, doors.instance, "Close")
    jackfield.tair.restart_instance(tair.RestartInstanceRequest(instance_id=doors.instance))
    jackfield.wait_normal(doors.instance)
    assert not asks_for_a_password(doors.private)
    assert asks_for_a_password(doors.public)
    jackfield.down()
    jackfield.up()
    assert not asks_for_a_password(doors.private)
    modify(jackfield, doors.instance, "Open")
    assert asks_for_a_password(doors.private)


def test_an_instance_without_a_password_of_its_own(jackfield: Running) -> None:
    instance: str = jackfield.tair.create_instance(
        tair.CreateInstanceRequest(region_id="cn-hangzhou", instance_class="redis.master.small.default")
    ).body.instance_id
    jackfield.wait_normal(instance)
    jackfield.tair.modify_security_ips(tair.ModifySecurityIpsRequest(instance_id=instance, security_ips="0.0.0.0/0"))
    jackfield.wait_idle()
    name = jackfield.name(instance)
    assert asks_for_a_password(name)
    modify(jackfield, instance, "Close")
    assert not asks_for_a_password(name)
    jackfield.tair.delete_instance(tair.DeleteInstanceRequest(instance_id=instance))
    jackfield.wait_idle()
    assert not list((jackfield.folder.relay / "logins").glob(f"{instance}*"))


def test_refusals(jackfield: Running) -> None:
    classic = jackfield.create(0, "", network_type="CLASSIC")

    def ask(instance: str, mode: str) -> None:
        request = tair.ModifyInstanceVpcAuthModeRequest(instance_id=instance, vpc_auth_mode=mode)
        jackfield.tair.modify_instance_vpc_auth_mode(request)

    with refused("InvalidInstanceId.NotFound", 404):
        ask("r-bp1aaaaaaaaaaaaaa", "Close")
    with refused("ParamNotSupportedForCurrentVersion", 403):
        ask(classic, "Close")
    with refused("InvalidVpcAuthMode", 400):
        ask(classic, "Perhaps")
    free = jackfield.create(0, "")
    modify(jackfield, free, "Close")
    with refused("VpcFreePasswordNoSupport", 403):
        jackfield.tair.switch_network(tair.SwitchNetworkRequest(instance_id=free, vpc_id="vpc-1", v_switch_id="vsw-1"))
    ask(free, "Open")
    with refused("InstanceStatus.NotSupport", 403):
        ask(free, "Open")
        ask(free, "Open")
    jackfield.wait_normal(free)
