"""A proxy before an instance without read-only instances: everything is the primary's, on each engine."""

from __future__ import annotations

from alibabacloud_rds20140815 import models

from tests.rds.conftest import database
from tests.rds.databases import Database, ask

__all__ = ["database"]


def test_everything_goes_to_the_primary(database: Database) -> None:
    rds, primary = database.rds, database.instance
    rds.api.modify_dbproxy(models.ModifyDBProxyRequest(dbinstance_id=primary, config_dbproxy_service="Startup"))
    rds.wait_running(primary)
    [address] = rds.api.describe_dbproxy(
        models.DescribeDBProxyRequest(dbinstance_id=primary)
    ).body.dbproxy_connect_string_items.dbproxy_connect_string_items
    with database.connect(address.dbproxy_connect_string, database.port) as connection:
        assert ask(connection, "SELECT 41 + 1") == (42,)
        assert len(ask(connection, "SELECT repeat('x', 100000)")[0]) == 100_000
    rds.api.modify_dbproxy(models.ModifyDBProxyRequest(dbinstance_id=primary, config_dbproxy_service="Shutdown"))
    rds.wait_running(primary)
