"""Reads of settings that instances have at the vendor. Here they have the vendor's defaults and nothing changes them.

Terraform reads all of them with every instance, and fails on a reply without a field that it looks at.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.rds.errors import InvalidDBInstanceIdNotFound
from jackfield.products.rds.instances import DBInstanceIdRequest, own_instance
from jackfield.products.rds.life_errors import NotPostgres
from jackfield.products.rds.product import RDS
from jackfield.products.rds.resources import DBInstance
from jackfield.store.interface import Reader

_KNOWN = (InvalidDBInstanceIdNotFound,)
_ONE = "dbinstance/{DBInstanceId}"


class DescribeDBInstanceMonitorReply(Reply):
    period: str


@operation(
    RDS,
    name="DescribeDBInstanceMonitor",
    title="Queries how often an instance is measured",
    access="get",
    resource=_ONE,
    errors=_KNOWN,
)
def describe_db_instance_monitor(
    tx: Reader, call: Call, request: DBInstanceIdRequest
) -> DescribeDBInstanceMonitorReply:
    """Every 300 seconds, the vendor's default."""
    _own(tx, call, request)
    return DescribeDBInstanceMonitorReply(period="300")


class DescribeSQLCollectorPolicyReply(Reply):
    sql_collector_status: str = msgspec.field(name="SQLCollectorStatus")
    storage_period: int


@operation(
    RDS,
    name="DescribeSQLCollectorPolicy",
    title="Queries whether the statements of clients are collected",
    access="get",
    resource=_ONE,
    errors=_KNOWN,
)
def describe_sql_collector_policy(
    tx: Reader, call: Call, request: DBInstanceIdRequest
) -> DescribeSQLCollectorPolicyReply:
    """They are not."""
    _own(tx, call, request)
    return DescribeSQLCollectorPolicyReply(sql_collector_status="Disabled", storage_period=0)


class DescribeSQLCollectorRetentionReply(Reply):
    config_value: str


@operation(
    RDS,
    name="DescribeSQLCollectorRetention",
    title="Queries for how many days collected statements are kept",
    access="get",
    resource=_ONE,
    errors=_KNOWN,
)
def describe_sql_collector_retention(
    tx: Reader, call: Call, request: DBInstanceIdRequest
) -> DescribeSQLCollectorRetentionReply:
    """Thirty, the vendor's default; none are collected."""
    _own(tx, call, request)
    return DescribeSQLCollectorRetentionReply(config_value="30")


class DescribeDBInstanceEncryptionKeyRequest(Request):
    db_instance_id: Annotated[str, Param("The instance ID.", "rm-uf6wjk5xxxxxxx")] = ""


class DescribeDBInstanceEncryptionKeyReply(Reply):
    """Empty: disks are not encrypted."""

    encryption_key: str
    encryption_key_status: str
    creator: str
    description: str
    key_usage: str
    origin: str
    delete_date: str
    material_expire_time: str
    encryption_key_list: tuple[EncryptionKey, ...]


class EncryptionKey(Shape):
    encryption_key: str
    encryption_key_status: str
    alias_name: str
    creator: str
    delete_date: str
    description: str
    key_type: str
    key_usage: str
    material_expire_time: str
    origin: str
    used_by: str


@operation(
    RDS,
    name="DescribeDBInstanceEncryptionKey",
    title="Queries the key of encrypted disks",
    access="get",
    resource=_ONE,
    errors=_KNOWN,
)
def describe_db_instance_encryption_key(
    tx: Reader, call: Call, request: DescribeDBInstanceEncryptionKeyRequest
) -> DescribeDBInstanceEncryptionKeyReply:
    """There is none: CreateDBInstance takes no key."""
    own_instance(tx, call, request.db_instance_id, InvalidDBInstanceIdNotFound)
    return DescribeDBInstanceEncryptionKeyReply(
        encryption_key="",
        encryption_key_status="",
        creator="",
        description="",
        key_usage="",
        origin="",
        delete_date="",
        material_expire_time="",
        encryption_key_list=(),
    )


class TdeDatabase(Shape):
    db_name: str
    tde_status: str


class TdeDatabases(Shape):
    database: tuple[TdeDatabase, ...]


class DescribeDBInstanceTDEReply(Reply):
    tde_status: str
    tde_mode: str
    encryption_key: str
    databases: TdeDatabases


@operation(
    RDS,
    name="DescribeDBInstanceTDE",
    title="Queries whether the files of databases are encrypted",
    access="get",
    resource=_ONE,
    errors=_KNOWN,
)
def describe_db_instance_tde(tx: Reader, call: Call, request: DBInstanceIdRequest) -> DescribeDBInstanceTDEReply:
    """They are not."""
    _own(tx, call, request)
    return DescribeDBInstanceTDEReply(
        tde_status="Disabled", tde_mode="", encryption_key="", databases=TdeDatabases(database=())
    )


class ConfigParameter(Shape):
    parameter_name: str
    parameter_value: str
    parameter_description: str


class RunningParameter(ConfigParameter):
    parameter_default_value: str
    parameter_value_range: str


class ConfigParameters(Shape):
    db_instance_parameter: tuple[ConfigParameter, ...] = ()


class RunningParameters(Shape):
    db_instance_parameter: tuple[RunningParameter, ...] = ()


class ParamGroupInfo(Shape):
    param_group_id: str
    parameter_group_name: str
    parameter_group_type: str
    parameter_group_desc: str


class DescribeParametersReply(Reply):
    engine: str
    engine_version: str
    config_parameters: ConfigParameters
    running_parameters: RunningParameters
    param_group_info: ParamGroupInfo


@operation(
    RDS,
    title="Queries the parameters of an instance",
    access="get",
    resource=_ONE,
    errors=_KNOWN,
)
def describe_parameters(tx: Reader, call: Call, request: DBInstanceIdRequest) -> DescribeParametersReply:
    """None is managed: the server has what its engine sets, which clients read with SQL (``SHOW``)."""
    instance = _own(tx, call, request)
    return DescribeParametersReply(
        engine=instance.engine,
        engine_version=instance.engine_version,
        config_parameters=ConfigParameters(),
        running_parameters=RunningParameters(),
        param_group_info=ParamGroupInfo(
            param_group_id="", parameter_group_name="", parameter_group_type="", parameter_group_desc=""
        ),
    )


class HbaItem(Shape):
    priority_id: int
    type: str
    database: str
    user: str
    address: str
    mask: str
    method: str
    option: str


class HbaItems(Shape):
    hba_item: tuple[HbaItem, ...]


class DescribePGHbaConfigReply(Reply):
    db_instance_id: str
    default_hba_items: HbaItems
    running_hba_items: HbaItems
    hba_modify_time: str
    last_modify_status: str
    modify_status_reason: str


@operation(
    RDS,
    name="DescribePGHbaConfig",
    title="Queries who may log in to a PostgreSQL instance, and how",
    access="get",
    resource=_ONE,
    errors=(*_KNOWN, NotPostgres),
)
def describe_pg_hba_config(tx: Reader, call: Call, request: DBInstanceIdRequest) -> DescribePGHbaConfigReply:
    """Everybody, with a password (SCRAM), whom a whitelist admits."""
    instance = _own(tx, call, request)
    if instance.engine != "PostgreSQL":
        raise NotPostgres
    everybody = HbaItems(
        hba_item=(
            HbaItem(
                priority_id=1,
                type="host",
                database="all",
                user="all",
                address="0.0.0.0/0",
                mask="",
                method="scram-sha-256",
                option="",
            ),
        )
    )
    return DescribePGHbaConfigReply(
        db_instance_id=instance.id,
        default_hba_items=everybody,
        running_hba_items=everybody,
        hba_modify_time="",
        last_modify_status="success",
        modify_status_reason="",
    )


def _own(tx: Reader, call: Call, request: DBInstanceIdRequest) -> DBInstance:
    return own_instance(tx, call, request.db_instance_id, InvalidDBInstanceIdNotFound)
