"""An adopted database lies in a VPC: dialled from inside and through a load balancer there."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

import pytest
from alibabacloud_nlb20220430 import models as nlb
from alibabacloud_r_kvstore20150101 import models as tair
from alibabacloud_rds20140815 import models as rds

from tests.adopted.adopting import Customer, adopt, command
from tests.adopted.theirs import PASSWORD, Theirs, has, lost, theirs
from tests.nlb.conftest import Network, Nlb
from tests.running import Running, until

ADDRESS = "10.5.1.100"
PORT = 6380
CHECK = nlb.CreateServerGroupRequestHealthCheckConfig(
    health_check_enabled=True, health_check_interval=1, healthy_threshold=2, unhealthy_threshold=2
)
CLIENT = """
import redis, sys
client = redis.Redis(host=sys.argv[1], port=int(sys.argv[2]), password=sys.argv[3], socket_timeout=5)
print(client.get("word:before").decode())
"""


@pytest.fixture(scope="module")
def network(jackfield: Running) -> Network:
    return Nlb(jackfield).network()


@pytest.fixture(scope="module")
def redis() -> Iterator[Theirs]:
    with theirs("redis") as found:
        yield found


@pytest.fixture(scope="module")
def customer(jackfield: Running, network: Network, redis: Theirs) -> Customer:
    place = (
        "--vswitch",
        network.vswitches["cn-hangzhou-h"],
        "--private-address",
        ADDRESS,
        "--endpoint-port",
        str(PORT),
    )
    made = adopt(jackfield, redis, *place)
    assert (made["vpc_address"], made["port"]) == (ADDRESS, PORT)
    return Customer(jackfield, redis, made["id"])


def test_from_inside_its_vpc_and_from_no_other(jackfield: Running, network: Network, customer: Customer) -> None:
    if "forbidden" in jackfield.ask("health")["vpcs"]:
        pytest.skip("namespaces are forbidden here")
    name, _ = customer.endpoints()["private"]
    other = Nlb(jackfield).network("10.6")
    for place in (ADDRESS, name):
        dial = (sys.executable, "-c", CLIENT, place, str(PORT), PASSWORD)
        done = command(jackfield, "exec", "--vpc", network.vpc, "--", *dial)
        assert (done.returncode, done.stdout) == (0, "before\n"), done.stderr
    argv = [sys.executable, "-c", "import socket, sys; print(socket.socket().connect_ex((sys.argv[1], int(sys.argv[2]))))"]  # fmt: skip  # noqa: E501
    assert command(jackfield, "exec", "--vpc", other.vpc, "--", *argv, ADDRESS, str(PORT)).stdout.strip() != "0"


def test_behind_a_load_balancer(jackfield: Running, network: Network, customer: Customer, redis: Theirs) -> None:
    """It is a server like another; while it is away the load balancer knows."""
    balancers = Nlb(jackfield)
    group, balancer = balancers.group(network, health_check_config=CHECK), balancers.balancer(network)
    server = f"{ADDRESS}:{PORT}"
    balancers.add(group, server)
    listener = balancers.listener(balancer, group, 6379)
    until("it is healthy", lambda: not balancers.ailing(listener))
    address = jackfield.addresses(balancers.balancer_of(balancer).dnsname)[0]
    with contextlib.closing(redis.connect(address, 6379)) as client:
        assert has(client, "before")
    redis.kill()
    try:
        until("it is seen to be away", lambda: server in balancers.ailing(listener))
        with pytest.raises(lost()):
            redis.connect(address, 6379)
    finally:
        redis.start()
    until("it is healthy again", lambda: not balancers.ailing(listener))
    with contextlib.closing(redis.connect(address, 6379)) as client:
        assert has(client, "before")


def test_its_endpoint_moves_to_another_zone(jackfield: Running, network: Network, redis: Theirs) -> None:
    """The vendor would move its servers; here nothing of the database moves."""
    pid = redis.pid
    made = adopt(jackfield, redis, "--vswitch", network.vswitches["cn-hangzhou-h"])
    customer = Customer(jackfield, redis, made["id"])
    with contextlib.closing(customer.connect()) as session:
        customer.tair.migrate_to_other_zone(
            tair.MigrateToOtherZoneRequest(
                dbinstance_id=made["id"],
                zone_id="cn-hangzhou-i",
                v_switch_id=network.vswitches["cn-hangzhou-i"],
                effective_time="Immediately",
            )
        )
        customer.wait()
        with pytest.raises(lost()):
            has(session, "before")
    (private,) = customer.seen()["endpoints"]
    assert private["vpc_address"].startswith("10.5.2.")
    with contextlib.closing(customer.connect()) as client:
        assert has(client, "before")
    assert redis.pid == pid
    customer.delete()


def test_an_instance_of_rds_goes_to_another_vpc(jackfield: Running, network: Network) -> None:
    """Its private endpoint does; its database is where it was."""
    elsewhere = Nlb(jackfield).network("10.7")
    with theirs("mariadb") as mariadb:
        customer = Customer(jackfield, mariadb, adopt(jackfield, mariadb)["id"])
        customer.rds.switch_dbinstance_vpc(
            rds.SwitchDBInstanceVpcRequest(
                dbinstance_id=customer.instance,
                vpcid=elsewhere.vpc,
                v_switch_id=elsewhere.vswitches["cn-hangzhou-h"],
                private_ip_address="10.7.1.9",
            )
        )
        customer.wait()
        (private,) = customer.seen()["endpoints"]
        assert (private["vpc_id"], private["vpc_address"]) == (elsewhere.vpc, "10.7.1.9")
        with contextlib.closing(customer.connect()) as client:
            assert has(client, "before")
        customer.delete()
        until("the instance gone", lambda: customer.instance not in customer.listed())
