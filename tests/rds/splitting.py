"""A primary with a read-only instance, and what leads to both."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from alibabacloud_rds20140815 import models

from tests.rds.conftest import Rds
from tests.rds.databases import Database, ask, database_of
from tests.rds.replicas import replicate
from tests.running import Running

VERSIONS = {"postgres": ("PostgreSQL", "15.0"), "mariadb": ("MySQL", "8.0")}
ENGINES = ("postgres", "mariadb")


class Splitting:
    """A primary with an account and a database, and a read-only instance of it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.rds = database.rds
        self.primary = database.instance
        self.replica = replicate(self.rds, self.primary, VERSIONS[database.engine][1])

    def allocate(self, **more: Any) -> str:
        """The connection string of a splitting endpoint that serves."""
        request = models.AllocateReadWriteSplittingConnectionRequest(dbinstance_id=self.primary)
        for name, value in more.items():
            setattr(request, name, value)
        self.rds.api.allocate_read_write_splitting_connection(request)
        self.rds.wait_running(self.primary)
        return str(self.net_info()["ConnectionString"])

    def modify(self, **more: Any) -> None:
        request = models.ModifyReadWriteSplittingConnectionRequest(dbinstance_id=self.primary)
        for name, value in more.items():
            setattr(request, name, value)
        self.rds.api.modify_read_write_splitting_connection(request)

    def release(self) -> None:
        self.rds.api.release_read_write_splitting_connection(
            models.ReleaseReadWriteSplittingConnectionRequest(dbinstance_id=self.primary)
        )
        self.rds.wait_running(self.primary)

    def net_infos(self, type: str | None = "ReadWriteSplitting") -> list[Any]:
        request = models.DescribeDBInstanceNetInfoRequest(dbinstance_id=self.primary, dbinstance_net_rwsplit_type=type)
        found = self.rds.api.describe_dbinstance_net_info(request).body.to_map()
        infos: list[Any] = found["DBInstanceNetInfos"]["DBInstanceNetInfo"]
        return infos

    def net_info(self) -> Any:
        [found] = self.net_infos()
        return found

    def connect(self, name: str, port: int = 0, **more: Any) -> Any:
        return self.database.connect(name, port or self.database.port, **{"autocommit": True, **more})

    @property
    def where(self) -> str:
        """A read that tells whether a read-only instance answers it."""
        return "SELECT pg_is_in_recovery()" if self.database.engine == "postgres" else "SELECT @@read_only"

    def read_only(self, connection: Any) -> bool:
        """Whether the next read is answered by a read-only instance."""
        return bool(ask(connection, self.where)[0])

    def reads(self, connection: Any, count: int = 10) -> set[bool]:
        """Where that many reads were answered: at a read-only instance or not."""
        return {bool(ask(connection, self.where)[0]) for _ in range(count)}


@pytest.fixture(scope="module", params=ENGINES)
def splitting(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Splitting]:
    engine: str = request.param
    if engine == "mariadb" and not shutil.which("mariadbd", path=f"{os.environ['PATH']}:/usr/sbin"):
        pytest.skip("mariadbd is not installed")
    with Running(tmp_path_factory.mktemp(engine)) as running:
        rds = Rds(running)
        engine_name, version = VERSIONS[engine]
        primary = rds.create(engine_name, version)
        rds.create_account(primary)
        yield Splitting(database_of(engine, rds, primary))
