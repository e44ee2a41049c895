"""What is not adopted, and what is not done to what was."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from alibabacloud_r_kvstore20150101 import models as tair
from alibabacloud_r_kvstore20150101.client import Client as TairClient
from alibabacloud_rds20140815 import models as rds
from alibabacloud_rds20140815.client import Client as RdsClient

from jackfield.products import rds as rds_product
from jackfield.products import tair as tair_product
from jackfield.products.adopted import NAMED_BY
from jackfield.products.rds.product import RDS
from jackfield.products.tair.product import TAIR
from tests.adopted.adopting import EVERYBODY, Customer, adopt, command, post
from tests.adopted.theirs import PASSWORD, Theirs, has, theirs
from tests.running import Running, refused, until


@pytest.fixture(scope="module")
def jackfield(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with Running(tmp_path_factory.mktemp("refusals"), "--pace", "instant") as running:
        yield running


@pytest.fixture(scope="module")
def postgres() -> Iterator[Theirs]:
    with theirs("postgres") as found:
        yield found


@pytest.fixture(scope="module")
def redis() -> Iterator[Theirs]:
    with theirs("redis") as found:
        yield found


def count(running: Running) -> int:
    return len(running.ask("instances")["instances"])


def test_what_is_not_there_or_something_else(jackfield: Running, postgres: Theirs, redis: Theirs) -> None:
    before = count(jackfield)
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        nowhere = unheard.getsockname()[1]
        cases: list[tuple[dict[str, Any], int, str]] = [
            ({"port": nowhere}, 502, f"no PostgreSQL at 127.0.0.1:{nowhere}: no answer from the server"),
            ({"port": redis.port}, 502, f"no PostgreSQL at 127.0.0.1:{redis.port}"),
            ({"engine": "mysql"}, 502, f"no MySQL at 127.0.0.1:{postgres.port}"),
            ({"product": "tair", "engine": "redis"}, 502, f"no Redis at 127.0.0.1:{postgres.port}"),
            ({"host": "no-such-host.invalid"}, 502, "no-such-host.invalid has no address"),
            ({"user": "owner", "password": "wrong"}, 502, "password authentication failed"),
            ({"engine": "redis"}, 400, "product and engine are one of"),
            ({"product": "oceanbase"}, 400, "product and engine are one of"),
            ({"host": ""}, 400, "host and port, or socket"),
            ({"port": 0}, 400, "host and port, or socket"),
            ({"port": "5432"}, 400, "$.port"),
            ({"socket": "/tmp/.s.PGSQL.5432"}, 400, "host and port, or socket"),
            ({"host": "", "port": 0, "socket": "relative"}, 400, "host and port, or socket"),
            ({"password": "alone"}, 400, "a password needs a user"),
            ({"colour": "red"}, 400, "unknown field `colour`"),
            ({"account_id": "1234567890123456"}, 404, "there is no account 1234567890123456"),
            ({"vswitch_id": "vsw-unknown"}, 404, "there is no vSwitch vsw-unknown"),
            ({"region_id": "xx-nowhere"}, 400, "InvalidRegionId.NotFound"),
            ({"security_ips": "everybody"}, 400, "InvalidSecurityIPList.Format"),
            ({"connection_string_prefix": "-"}, 400, "InvalidConnectionString.Format"),
            ({"endpoint_port": 6000}, 400, "InvalidPort.Malformed"),
            ({"engine_version": "4.0"}, 400, "InvalidEngineVersion.Malformed"),
        ]
        for change, status, words in cases:
            wanted = {"product": "rds", "engine": "postgresql", "host": "127.0.0.1", "port": postgres.port, **change}
            got = post(jackfield, wanted)
            assert got[0] == status, (change, got)
            assert words in got[1]["error"], (change, got)
    assert count(jackfield) == before


def test_names_that_are_taken(jackfield: Running, postgres: Theirs, redis: Theirs) -> None:
    for database, wide in ((postgres, "rds"), (redis, "tair")):
        wanted: dict[str, Any] = {"product": wide, "engine": database.engine, "host": "localhost"}
        wanted |= {"port": database.port, "connection_string_prefix": f"taken-{wide}"}
        status, made = post(jackfield, wanted)
        assert (status, made["adopted"]) == (201, f"localhost:{database.port}")
        before = count(jackfield)
        status, reply = post(jackfield, wanted)
        assert (status, "ConnectionString" in reply["error"]) == (409, True), reply
        assert count(jackfield) == before


def test_addresses_and_sockets_of_our_own(jackfield: Running) -> None:
    """An instance before itself would be a ring."""
    instance = jackfield.create(0)
    name = jackfield.name(instance)
    (address,) = jackfield.names()[name]
    own = jackfield.folder.engine_socket(instance, 0)
    wanted: dict[str, Any] = {"product": "tair", "engine": "redis"}
    for place in ({"host": address, "port": 6379}, {"host": f"::ffff:{address}", "port": 6379}, {"socket": str(own)}):
        status, reply = post(jackfield, wanted | place)
        assert status == 400
        assert "this Jackfield's own" in reply["error"]


def test_only_administrators(jackfield: Running, redis: Theirs) -> None:
    wanted = {"product": "tair", "engine": "redis", "host": "127.0.0.1", "port": redis.port}
    assert post(jackfield, wanted, token="guessed")[0] == 401
    assert post(jackfield, {}, token="guessed", method="DELETE", path="/r-anything")[0] == 401
    assert post(jackfield, {}, method="DELETE", path="/r-anything") == (
        404,
        {"error": "there is no adopted instance r-anything"},
    )
    ours = jackfield.create(0)
    assert post(jackfield, {}, method="DELETE", path=f"/{ours}")[0] == 404
    assert jackfield.status(ours) == "Normal"


def test_the_command_line_says_why(jackfield: Running, redis: Theirs) -> None:
    words = ("adopt", "--product", "tair", "--engine", "redis")
    done = command(jackfield, *words, "--port", str(redis.port), "--password-stdin", text="wrong\n")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no Redis at 127.0.0.1" in done.stderr
    assert "WRONGPASS" in done.stderr
    assert "{" not in done.stderr
    done = command(jackfield, *words, "--port", str(redis.port), "--password-stdin")
    assert "the standard input holds no password" in done.stderr
    assert command(jackfield, *words, "--port", "70000").returncode == 2


def test_without_engines_nothing_is_adopted(tmp_path: Path, redis: Theirs) -> None:
    with Running(tmp_path, "--engines", "none") as running:
        wanted = {"product": "tair", "engine": "redis", "host": "127.0.0.1", "port": redis.port}
        status, reply = post(running, wanted)
        assert (status, "--engines none" in reply["error"]) == (409, True)


def test_a_node_of_a_redis_cluster_is_told_apart(jackfield: Running) -> None:
    with theirs("redis", "--cluster-enabled", "yes") as database:
        wanted = {"product": "tair", "engine": "redis", "host": "127.0.0.1", "port": database.port}
        status, reply = post(jackfield, wanted | {"password": PASSWORD})
        assert status == 502
        assert "a Redis cluster's" in reply["error"]


def test_operations_that_want_the_server_of_rds(jackfield: Running, postgres: Theirs) -> None:
    """The owner is told that such an instance can not; to anybody else there is no such instance."""
    customer = Customer(jackfield, postgres, adopt(jackfield, postgres)["id"])
    api, id = customer.rds, customer.instance
    with refused("IncorrectDBInstanceType", 403):
        api.create_account(rds.CreateAccountRequest(dbinstance_id=id, account_name="alice", account_password=PASSWORD))
    with refused("IncorrectDBInstanceType", 403):
        api.reset_account_password(
            rds.ResetAccountPasswordRequest(dbinstance_id=id, account_name="owner", account_password=PASSWORD)
        )
    with refused("IncorrectDBInstanceType", 403):
        api.delete_account(rds.DeleteAccountRequest(dbinstance_id=id, account_name="owner"))
    for call, asked in (
        (api.restart_dbinstance, rds.RestartDBInstanceRequest(dbinstance_id=id)),
        (api.stop_dbinstance, rds.StopDBInstanceRequest(dbinstance_id=id, region_id="cn-hangzhou")),
        (api.switch_dbinstance_ha, rds.SwitchDBInstanceHARequest(dbinstance_id=id, node_id="1")),
        (
            api.create_read_only_dbinstance,
            rds.CreateReadOnlyDBInstanceRequest(
                dbinstance_id=id, region_id="cn-hangzhou", zone_id="cn-hangzhou-h", engine_version="15.0",
                dbinstance_class="pg.n2.medium.1", dbinstance_storage=20, pay_type="Postpaid",
            ),
        ),
    ):  # fmt: skip
        with refused("IncorrectDBInstanceType", 403):
            call(asked)
    assert api.describe_accounts(rds.DescribeAccountsRequest(dbinstance_id=id)).body.total_record_count == 0
    account = jackfield.ask("accounts", {"name": "other"})
    stranger = RdsClient(jackfield.config(account["access_key_id"], account["access_key_secret"]))
    with refused("InvalidDBInstanceName.NotFound", 404):
        stranger.delete_account(rds.DeleteAccountRequest(dbinstance_id=id, account_name="owner"))
    with contextlib.closing(customer.connect()) as client:
        assert has(client, "before")


def test_operations_that_want_the_server_of_tair(jackfield: Running, redis: Theirs) -> None:
    pid = redis.pid
    customer = Customer(jackfield, redis, adopt(jackfield, redis)["id"])
    api, id = customer.tair, customer.instance
    with refused("InstanceType.NotSupport", 403):
        api.create_account(
            tair.CreateAccountRequest(instance_id=id, account_name="alice", account_password="Pass!123456")
        )
    with refused("InstanceType.NotSupport", 403):
        api.restart_instance(tair.RestartInstanceRequest(instance_id=id))
    with refused("InstanceType.NotSupport", 403):
        api.flush_instance(tair.FlushInstanceRequest(instance_id=id))
    with refused("InstanceType.NotSupport", 403):
        api.modify_instance_attribute(
            tair.ModifyInstanceAttributeRequest(instance_id=id, instance_name="both", new_password="Pass!123456")
        )
    api.modify_instance_attribute(tair.ModifyInstanceAttributeRequest(instance_id=id, instance_name="renamed"))
    assert customer.seen()["name"] == "renamed"
    with refused("InvalidConnType", 400):  # it is no cluster
        api.allocate_direct_connection(tair.AllocateDirectConnectionRequest(instance_id=id))
    account = jackfield.ask("accounts", {"name": "other"})
    stranger = TairClient(jackfield.config(account["access_key_id"], account["access_key_secret"]))
    with refused("InvalidInstanceId.NotFound", 404):
        stranger.flush_instance(tair.FlushInstanceRequest(instance_id=id))
    with contextlib.closing(customer.connect()) as client:
        assert has(client, "before")
    assert redis.pid == pid


def test_protection_holds_for_administrators_too(jackfield: Running, redis: Theirs) -> None:
    customer = Customer(jackfield, redis, adopt(jackfield, redis)["id"])
    protect = tair.ModifyInstanceAttributeRequest(instance_id=customer.instance, instance_release_protection=True)
    customer.tair.modify_instance_attribute(protect)
    status, reply = post(jackfield, {}, method="DELETE", path=f"/{customer.instance}")
    assert (status, "InstanceReleaseProtection" in reply["error"]) == (409, True)
    protect.instance_release_protection = False
    customer.tair.modify_instance_attribute(protect)
    assert post(jackfield, {}, method="DELETE", path=f"/{customer.instance}")[0] == 202
    until("the instance gone", lambda: customer.instance not in customer.listed())


@pytest.mark.parametrize("kind", ["redis", "mariadb"])
def test_connectivity_tells_that_it_is_away(jackfield: Running, kind: str) -> None:
    """And it can be deleted meanwhile, which needs no database either."""
    with theirs(kind) as database:
        customer = Customer(jackfield, database, adopt(jackfield, database, credentials=True)["id"])

        def told() -> tuple[str, str | None]:
            body: Any
            if kind == "redis":
                asked = tair.DescribeDbInstanceConnectivityRequest(dbinstance_id=customer.instance, src_ip="10.1.2.3")
                body = customer.tair.describe_db_instance_connectivity(asked).body
            else:
                body = customer.rds.describe_dbinstance_connectivity(
                    rds.DescribeDBInstanceConnectivityRequest(
                        db_instance_name=customer.instance, source_ip_address="10.1.2.3"
                    )
                ).body
            return body.conn_check_result, body.conn_check_error_code

        assert told() == ("Success", None)
        status = customer.status()
        database.kill()
        until("it said to be away", lambda: told() == ("Failed", "CONNECTION_ABNORMAL"))
        assert customer.status() == status
        customer.delete()
        until("the instance gone", lambda: customer.instance not in customer.listed())


def test_lists_of_what_is_allowed_name_operations() -> None:
    """A misspelt name would allow nothing."""
    for product in (RDS, TAIR):
        rule = product.rule
        assert rule is not None
        names = {*rule.allowed, *(name for name, _ in rule.unless)}  # type: ignore[attr-defined]
        assert [name for name in names if not product.knows(name)] == []


def test_no_writing_operation_names_an_instance_in_another_way() -> None:
    """What the rule does not find it does not refuse."""
    harmless = {"global_instance_id", "instance_name", "instance_names"}
    for product in (rds_product.load(), tair_product.load()):
        for operation in product.operations.values():
            names = [field.name for field in msgspec.structs.fields(operation.request_type)]
            by = {name for name in names if "instance" in name and name.endswith(("id", "ids", "name", "names"))}
            if operation.writes and not by & set(NAMED_BY):
                assert by <= harmless, f"{operation.name} names an instance by {by - harmless}"


def test_the_administration_shows_no_secret_in_what_it_refuses(jackfield: Running, postgres: Theirs) -> None:
    wanted = {"product": "rds", "engine": "postgresql", "host": "127.0.0.1", "port": postgres.port, "user": "owner"}
    status, reply = post(jackfield, wanted | {"password": "Wrong-Secret-1"})
    assert status == 502
    assert "Wrong-Secret-1" not in json.dumps(reply)
    assert "Wrong-Secret-1" not in (jackfield.folder.logs / "api.log").read_text()


def test_everybody_is_admitted_only_when_asked(jackfield: Running, redis: Theirs) -> None:
    wanted = {"product": "tair", "engine": "redis", "host": "127.0.0.1", "port": redis.port}
    groups = []
    for more in ({}, {"security_ips": EVERYBODY}):
        id = post(jackfield, wanted | more)[1]["id"]
        reply = jackfield.tair.describe_security_ips(tair.DescribeSecurityIpsRequest(instance_id=id))
        groups.append([one.security_ip_list for one in reply.body.security_ip_groups.security_ip_group])
    assert groups == [["127.0.0.1"], [EVERYBODY]]
