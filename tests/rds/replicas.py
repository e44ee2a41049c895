"""Read-only instances as tests make and use them."""

from __future__ import annotations

from typing import Any

from alibabacloud_rds20140815 import models

from tests.rds.conftest import Rds
from tests.rds.databases import Database, ask
from tests.running import until

ZONE = "cn-hangzhou-h"
"""The first of the region, where instances lie that ask for no zone."""


def creation(primary: str, version: str, **more: Any) -> models.CreateReadOnlyDBInstanceRequest:
    """The call for a read-only instance; ``more`` are other parameters of it."""
    request = models.CreateReadOnlyDBInstanceRequest(
        region_id="cn-hangzhou",
        zone_id=ZONE,
        dbinstance_id=primary,
        engine_version=version,
        dbinstance_class="rds.n2.small.1",
        dbinstance_storage=20,
        pay_type="Postpaid",
    )
    for name, value in more.items():
        setattr(request, name, value)
    return request


def replicate(rds: Rds, primary: str, version: str, **more: Any) -> str:
    """A read-only instance that runs."""
    replica: str = rds.api.create_read_only_dbinstance(creation(primary, version, **more)).body.dbinstance_id
    rds.wait_running(replica)
    return replica


def attribute(rds: Rds, instance: str) -> Any:
    """What DescribeDBInstanceAttribute says."""
    request = models.DescribeDBInstanceAttributeRequest(dbinstance_id=instance)
    return rds.api.describe_dbinstance_attribute(request).body.items.dbinstance_attribute[0]


def delete(rds: Rds, instance: str) -> None:
    """Deletes an instance and waits until it is gone."""
    rds.api.delete_dbinstance(models.DeleteDBInstanceRequest(dbinstance_id=instance))
    until(f"{instance} gone", lambda: instance not in listed(rds))


def listed(rds: Rds, **filters: Any) -> list[str]:
    """Ids of what DescribeDBInstances lists."""
    request = models.DescribeDBInstancesRequest(region_id="cn-hangzhou", **filters)
    return [one.dbinstance_id for one in rds.api.describe_dbinstances(request).body.items.dbinstance]


def private(rds: Rds, instance: str) -> str:
    """The private connection string."""
    return rds.endpoints(instance)["Private"]["ConnectionString"]


def answers(client: Database, instance: str, sql: str, **more: Any) -> Any:
    """What a statement of its own session on an instance's private address answers."""
    with client.connect(private(client.rds, instance), client.port, autocommit=True, **more) as session:
        return ask(session, sql)
