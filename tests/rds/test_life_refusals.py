"""What is refused of the life of an instance, and what a source address is told; without servers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from alibabacloud_r_kvstore20150101 import models as tair
from alibabacloud_rds20140815 import models as rds

from tests.rds.conftest import Rds
from tests.running import Running, refused

Calls = dict[str, Callable[..., Any]]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rds]:
    with Running(tmp_path_factory.mktemp("none"), "--engines", "none", "--local-clients", "allow") as running:
        yield Rds(running)


@pytest.fixture(scope="module")
def instance(found: Rds) -> str:
    return found.create("MySQL", "8.0", security_iplist="10.0.0.0/8")


def calls(found: Rds) -> Calls:
    api = found.api
    return {
        "restart": lambda id, **more: api.restart_dbinstance(rds.RestartDBInstanceRequest(dbinstance_id=id, **more)),
        "stop": lambda id, region_id="cn-hangzhou": api.stop_dbinstance(
            rds.StopDBInstanceRequest(dbinstance_id=id, region_id=region_id)
        ),
        "start": lambda id, **more: api.start_dbinstance(rds.StartDBInstanceRequest(dbinstance_id=id, **more)),
        "destroy": lambda id: api.destroy_dbinstance(rds.DestroyDBInstanceRequest(dbinstance_id=id)),
        "describe": lambda id, text="words": api.modify_dbinstance_description(
            rds.ModifyDBInstanceDescriptionRequest(dbinstance_id=id, dbinstance_description=text)
        ),
        "protect": lambda id, on=True: api.modify_dbinstance_deletion_protection(
            rds.ModifyDBInstanceDeletionProtectionRequest(dbinstance_id=id, deletion_protection=on)
        ),
        "switch": lambda id: api.switch_dbinstance_ha(
            rds.SwitchDBInstanceHARequest(dbinstance_id=id, node_id="1", force="No", effective_time="Immediate")
        ),
        "nodes": lambda id: api.describe_dbinstance_haconfig(rds.DescribeDBInstanceHAConfigRequest(dbinstance_id=id)),
        "connectivity": lambda id, source="10.1.2.3": api.describe_dbinstance_connectivity(
            rds.DescribeDBInstanceConnectivityRequest(db_instance_name=id, source_ip_address=source)
        ),
    }


@pytest.mark.parametrize("name", ["restart", "stop", "start", "describe", "protect", "switch", "nodes", "connectivity"])
def test_an_unknown_instance(found: Rds, name: str) -> None:
    with refused("InvalidDBInstanceName.NotFound", 404):
        calls(found)[name]("rm-unknown")


def test_refusals(found: Rds, instance: str) -> None:
    call = calls(found)
    for code, status, name, more in (
        ("InvalidNodeItems.NodeId", 400, "restart", {"node_id": "12"}),
        ("InvalidDBInstanceName.NotFound", 404, "stop", {"region_id": "cn-beijing"}),
        ("InvalidStatus.Format", 400, "start", {}),
        ("OperationDenied.DBInstanceStatus", 400, "destroy", {}),
        ("InvalidDBInstanceDescription.Format", 400, "describe", {"text": "x"}),
        ("InvalidDBInstanceDescription.Format", 400, "describe", {"text": "x" * 257}),
        ("InvalidDBInstanceDescription.Format", 400, "describe", {"text": "https://example.com"}),
        ("IncorrectDBInstanceType", 403, "switch", {}),
        ("InvalidSourceIpAddress", 400, "connectivity", {"source": "nowhere"}),
    ):
        with refused(code, status):
            call[name](instance, **more)
    with refused("InvalidDBInstanceId.NotFound", 400):
        call["destroy"]("rm-unknown")
    assert found.status(instance) == "Running"


def test_a_transition_refuses_others(found: Rds, instance: str) -> None:
    call = calls(found)
    for first, second in (("restart", "stop"), ("stop", "start")):
        call[first](instance)
        with refused("InvalidStatus.Format", 400):
            call[second](instance)
        for name in ("restart", "switch"):
            with refused("IncorrectDBInstanceState", 403):
                call[name](instance)
        call["describe"](instance, "in between")
        assert call["connectivity"](instance).body.conn_check_error_code == "CONNECTION_ABNORMAL"
        found.running.wait_idle()
    call["start"](instance)
    found.wait_running(instance)


def test_description_and_protection(found: Rds, instance: str) -> None:
    call = calls(found)
    call["describe"](instance, "Shop, new")
    call["protect"](instance)
    (shown,) = found.api.describe_dbinstance_attribute(
        rds.DescribeDBInstanceAttributeRequest(dbinstance_id=instance)
    ).body.items.dbinstance_attribute
    assert (shown.dbinstance_description, shown.deletion_protection) == ("Shop, new", True)
    with refused("OperationDenied.DeletionProtection", 400):
        found.api.delete_dbinstance(rds.DeleteDBInstanceRequest(dbinstance_id=instance))
    call["protect"](instance, False)
    prepaid = found.create("MySQL", "8.0", pay_type="Prepaid", period="Month", used_time="1")
    with refused("OperationDenied.PayType", 400):
        call["protect"](prepaid)
    found.delete(prepaid)


def test_an_instance_with_accounts_can_be_deleted(found: Rds) -> None:
    instance = found.create("MySQL", "8.0")
    found.create_account(instance)
    found.delete(instance)


def test_what_a_source_address_is_told(found: Rds, instance: str) -> None:
    """With ``--local-clients allow`` this machine is admitted whatever the whitelist says, of both products."""
    call, running = calls(found), found.running
    redis = running.create(shards=0, whitelist="10.0.0.0/8")

    def of_redis(source: str) -> str | None:
        request = tair.DescribeDbInstanceConnectivityRequest(dbinstance_id=redis, src_ip=source)
        code: str | None = running.tair.describe_db_instance_connectivity(request).body.conn_check_error_code
        return code

    for source, wanted in (
        ("10.1.2.3", None),
        ("11.1.2.3", "SRC_IP_NOT_IN_USER_WHITELIST"),
        ("127.0.0.1", None),
    ):
        body = call["connectivity"](instance, source).body
        assert (body.conn_check_error_code, body.conn_check_result) == (wanted, "Failed" if wanted else "Success")
        assert of_redis(source) == wanted
    assert call["connectivity"](instance, "11.1.2.3").body.conn_check_error_message == (
        "Src ip:11.1.2.3 not in user whitelist"
    )


def test_the_nodes_of_a_cluster_change_their_roles(found: Rds) -> None:
    instance = found.create(
        "MySQL", "8.0", category="cluster", zone_id="cn-hangzhou-h", zone_id_slave_1="cn-hangzhou-i"
    )

    def shown() -> tuple[str, dict[str, tuple[str, str]]]:
        (one,) = found.api.describe_dbinstance_attribute(
            rds.DescribeDBInstanceAttributeRequest(dbinstance_id=instance)
        ).body.items.dbinstance_attribute
        nodes = one.dbcluster_nodes.dbcluster_node
        return one.master_zone, {node.node_role: (node.node_id, node.node_zone_id) for node in nodes}

    zone, before = shown()
    assert (zone, before["secondary"][1]) == ("cn-hangzhou-h", "cn-hangzhou-i")
    found.api.switch_dbinstance_ha(
        rds.SwitchDBInstanceHARequest(dbinstance_id=instance, node_id=before["secondary"][0])
    )
    found.wait_running(instance)
    zone, after = shown()
    assert zone == "cn-hangzhou-i"
    assert (after["primary"], after["secondary"]) == (before["secondary"], before["primary"])
    found.delete(instance)
