"""Instances that go to another VPC or zone, by the official SDK."""

from __future__ import annotations

from typing import Any

from alibabacloud_rds20140815 import models as rds

from tests.rds.databases import Database
from tests.rds.networks import ZH, Network

DARK = ("ECONNREFUSED", "ENETUNREACH", "EHOSTUNREACH")
"""What a dial inside a VPC meets at an address that nobody has there."""


def private(database: Database) -> dict[str, str]:
    return database.rds.endpoints(database.instance)["Private"]


def switch(database: Database, to: Network, zone: str = ZH, **more: Any) -> None:
    database.rds.api.switch_dbinstance_vpc(
        rds.SwitchDBInstanceVpcRequest(
            **{"dbinstance_id": database.instance, "vpcid": to.vpc, "v_switch_id": to.vswitches[zone], **more}
        )
    )


def migrate_connection(database: Database, name: str, zone: str, instance: str = "") -> None:
    reply = database.rds.api.migrate_connection_to_other_zone(
        rds.MigrateConnectionToOtherZoneRequest(
            dbinstance_id=instance or database.instance, connection_string=name, zone_id=zone
        )
    ).body
    assert (reply.code, reply.message) == ("", "")


def migrate(database: Database, **more: Any) -> None:
    reply = database.rds.api.migrate_to_other_zone(
        rds.MigrateToOtherZoneRequest(**{"dbinstance_id": database.instance, **more})
    ).body
    assert reply.dbinstance_id == database.instance
    assert reply.order_id > 0
