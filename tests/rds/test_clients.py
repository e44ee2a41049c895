"""RDS by the older core SDK and by the command lines of the databases, dialling reported names."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import Any

import pytest
from alibabacloud_rds20140815 import models as rds
from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.client import AcsClient
from aliyunsdkrds.request.v20140815.AllocateInstancePublicConnectionRequest import (
    AllocateInstancePublicConnectionRequest,
)
from aliyunsdkrds.request.v20140815.DescribeDBInstanceAttributeRequest import DescribeDBInstanceAttributeRequest
from aliyunsdkrds.request.v20140815.DescribeDBInstanceNetInfoRequest import DescribeDBInstanceNetInfoRequest
from aliyunsdkrds.request.v20140815.DescribeDBInstancesRequest import DescribeDBInstancesRequest
from aliyunsdkrds.request.v20140815.ReleaseInstanceConnectionRequest import ReleaseInstanceConnectionRequest

from tests.rds.conftest import Rds
from tests.rds.databases import ACCOUNT, PASSWORD
from tests.running import Running, refused


class Old:
    """The core SDK, pointed at Jackfield; JSON replies."""

    def __init__(self, running: Running) -> None:
        self._host = running.ready.api.removeprefix("http://")
        self._client = AcsClient(running.ready.access_key_id, running.ready.access_key_secret, "cn-hangzhou")

    def ask(self, request: Any, **values: str) -> dict[str, Any]:
        for name, value in values.items():
            getattr(request, f"set_{name}")(value)
        request.set_endpoint(self._host)
        request.set_accept_format("json")
        reply: dict[str, Any] = json.loads(self._client.do_action_with_exception(request))
        return reply


@pytest.fixture(scope="module")
def sql(jackfield: Running) -> tuple[Rds, str, str]:
    """A PostgreSQL and a MySQL instance with an account each."""
    found = Rds(jackfield)
    postgres, mysql = found.create("PostgreSQL", "15.0"), found.create("MySQL", "8.0", dbinstance_description="Shop")
    for instance in (postgres, mysql):
        found.create_account(instance)
    return found, postgres, mysql


def test_the_core_sdk(jackfield: Running, sql: tuple[Rds, str, str]) -> None:
    """The whole life of a public endpoint; an error keeps its code and status."""
    old, (found, _, mysql) = Old(jackfield), sql
    listed = old.ask(DescribeDBInstancesRequest(), Engine="MySQL")
    assert [one["DBInstanceId"] for one in listed["Items"]["DBInstance"]] == [mysql]
    made = old.ask(
        AllocateInstancePublicConnectionRequest(), DBInstanceId=mysql, ConnectionStringPrefix="oldsdk1", Port="3307"
    )
    assert (made["ConnectionString"], made["DbInstanceName"]) == ("oldsdk1.mysql.rds.aliyuncs.com", mysql)
    found.wait_running(mysql)
    infos = old.ask(DescribeDBInstanceNetInfoRequest(), DBInstanceId=mysql)["DBInstanceNetInfos"]["DBInstanceNetInfo"]
    assert {(info["IPType"], info["Port"]) for info in infos} == {("Private", "3306"), ("Public", "3307")}
    with pytest.raises(ServerException) as wrong:
        old.ask(
            ReleaseInstanceConnectionRequest(),
            DBInstanceId=mysql, CurrentConnectionString=made["ConnectionString"], InstanceNetworkType="1",
        )  # fmt: skip
    assert (wrong.value.get_error_code(), wrong.value.get_http_status()) == ("Endpoint.NotFound", 404)
    old.ask(
        ReleaseInstanceConnectionRequest(),
        DBInstanceId=mysql, CurrentConnectionString=made["ConnectionString"], InstanceNetworkType="0",
    )  # fmt: skip
    attribute = old.ask(DescribeDBInstanceAttributeRequest(), DBInstanceId=mysql)["Items"]["DBInstanceAttribute"][0]
    assert attribute["DBInstanceStatus"] == "DBInstanceNetTypeChanging"
    found.wait_running(mysql)


@pytest.mark.parametrize("program", ["psql", "mysql"])
def test_command_lines_dial_reported_names(jackfield: Running, sql: tuple[Rds, str, str], program: str) -> None:
    """``jackfield exec -- psql`` and ``mysql``: names resolve, the password is the account's."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    found, postgres, mysql = sql
    instance = postgres if program == "psql" else mysql
    endpoint = found.endpoints(instance)["Private"]
    name, port = endpoint["ConnectionString"], endpoint["Port"]
    if program == "psql":
        command = ["env", f"PGPASSWORD={PASSWORD}", "psql", "-h", name, "-p", port, "-U", ACCOUNT, "-At", "postgres", "-c", "SELECT 6*7"]  # fmt: skip  # noqa: E501
    else:
        command = ["mysql", "-h", name, "-P", port, "-u", ACCOUNT, f"-p{PASSWORD}", "-BNe", "SELECT 6*7"]
    inside = [sys.executable, "-m", "jackfield", "exec", "--data", str(jackfield.folder.root), "--", *command]
    done = subprocess.run(inside, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout) == (0, "42\n"), done.stderr


def test_reads_and_their_filters(jackfield: Running, sql: tuple[Rds, str, str]) -> None:
    found, postgres, mysql = sql
    api = found.api

    def listed(**filters: Any) -> list[str]:
        reply = api.describe_dbinstances(rds.DescribeDBInstancesRequest(region_id="cn-hangzhou", **filters)).body
        assert reply.page_record_count == len(reply.items.dbinstance)
        return [one.dbinstance_id for one in reply.items.dbinstance]

    assert listed() == [postgres, mysql]
    assert listed(page_size=1, page_number=2) == [mysql]
    assert listed(engine="PostgreSQL") == [postgres]
    assert listed(search_key="Sho") == [mysql]
    assert listed(dbinstance_id=f"{mysql},rm-unknown") == [mysql]
    assert listed(connection_string=f"{postgres}.pg.rds.aliyuncs.com") == [postgres]
    assert listed(dbinstance_status="Creating") == []
    assert listed(vpc_id="vpc-other") == []
    groups = api.describe_dbinstance_iparray_list(rds.DescribeDBInstanceIPArrayListRequest(dbinstance_id=mysql)).body
    assert [(one.dbinstance_iparray_name, one.security_iplist) for one in groups.items.dbinstance_iparray] == [
        ("default", "0.0.0.0/0")
    ]
    regions = api.describe_regions(rds.DescribeRegionsRequest()).body.regions.rdsregion
    assert {one.zone_id for one in regions if one.region_id == "cn-hangzhou"} == {
        f"cn-hangzhou-{letter}" for letter in "hijk"
    }
    zones = api.describe_available_zones(
        rds.DescribeAvailableZonesRequest(region_id="cn-hangzhou", engine="MySQL", engine_version="8.0")
    ).body.available_zones
    assert [zone.supported_engines[0].supported_engine_versions[0].version for zone in zones] == ["8.0"] * 4


def test_refusals(jackfield: Running, sql: tuple[Rds, str, str]) -> None:
    found, _, mysql = sql
    api = found.api
    unknown = "rm-bp1doesnotexist"
    with refused("InvalidDBInstanceId.NotFound", 400):
        found.status(unknown)
    with refused("InvalidDBInstanceName.NotFound", 400):
        found.endpoints(unknown)
    with refused("InvalidDBInstanceName.NotFound", 404):
        found.release(unknown, "x.mysql.rds.aliyuncs.com")
    with refused("InvalidDBInstanceName.NotFound", 404):
        api.delete_dbinstance(rds.DeleteDBInstanceRequest(dbinstance_id=unknown))
    for prefix, port, code, status in (
        ("ab", 3306, "InvalidConnectionString.Format", 400),
        ("Upper1", 3306, "InvalidConnectionString.Format", 400),
        ("goodname", 999, "InvalidPort.Malformed", 400),
        ("goodname", 6000, "InvalidPort.Malformed", 400),
        (mysql, 3306, "InvalidConnectionString.Duplicate", 404),
    ):
        with refused(code, status):
            found.allocate(mysql, prefix, port)
    bad: list[tuple[dict[str, Any], str, int]] = [
        ({"engine": "SQLServer"}, "InvalidEngine.Malformed", 400),
        ({"version": "4.0"}, "InvalidEngineVersion.Malformed", 400),
        ({"dbinstance_class": "!"}, "InvalidDBInstanceClass.Malformed", 400),
        ({"zone_id": "cn-hangzhou-z"}, "InvalidZone.NotSupported", 400),
        ({"region_id": "xx-nowhere"}, "InvalidRegionId.NotFound", 404),
        ({"security_iplist": "not an address"}, "InvalidSecurityIPList.Format", 400),
        ({"vpcid": "vpc-unknown", "v_switch_id": "vsw-unknown"}, "InvalidVpcId.NotFound", 404),
        ({"security_iplist": None}, "MissingSecurityIPList", 400),
    ]
    for change, code, status in bad:
        with refused(code, status):
            found.create(**({"engine": "MySQL", "version": "8.0"} | change))
    with refused("SecurityIPList.Format", 400):
        api.modify_security_ips(rds.ModifySecurityIpsRequest(dbinstance_id=mysql, security_ips="300.1.1.1"))
    with refused("InvalidSecurityIPList.Duplicate", 400):
        api.modify_security_ips(rds.ModifySecurityIpsRequest(dbinstance_id=mysql, security_ips="10.0.0.1,10.0.0.1/32"))
    account = jackfield.ask("accounts", {"name": "other"})
    stranger = type(api)(jackfield.config(account["access_key_id"], account["access_key_secret"]))
    with refused("InvalidDBInstanceName.NotFound", 404):
        stranger.delete_dbinstance(rds.DeleteDBInstanceRequest(dbinstance_id=mysql))
    assert (
        stranger.describe_dbinstances(rds.DescribeDBInstancesRequest(region_id="cn-hangzhou")).body.items.dbinstance
        == []
    )


def test_delete_leaves_nothing(jackfield: Running) -> None:
    """While it is Deleting it cannot be used; afterwards it is unknown, its server and its data are gone."""
    found = Rds(jackfield)
    instance = found.create("PostgreSQL", "15.0")
    folder = jackfield.folder.engine_folder(instance, 0)
    assert folder.exists()
    found.api.delete_dbinstance(rds.DeleteDBInstanceRequest(dbinstance_id=instance))
    assert found.status(instance) == "Deleting"
    with refused("IncorrectDBInstanceState", 403):
        found.api.delete_dbinstance(rds.DeleteDBInstanceRequest(dbinstance_id=instance))
    jackfield.wait_idle()
    with refused("InvalidDBInstanceId.NotFound", 400):
        found.status(instance)
    assert not folder.exists()
    assert not any(instance in name for name in jackfield.names())
