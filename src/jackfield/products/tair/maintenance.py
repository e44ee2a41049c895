"""When an instance is maintained, backed up and audited, and of which version it is.

Nothing here is maintained, backed up or audited by itself: what is set is shown again, as tools expect it.
"""

from __future__ import annotations

import re
from typing import Annotated

import msgspec

from jackfield.products.operation import Call, Param, Reply, Request, operation
from jackfield.products.tair.errors import InvalidDbInstanceIdNotFound, InvalidInstanceIdNotFound
from jackfield.products.tair.instances import InstanceIdRequest, own_instance
from jackfield.products.tair.product import TAIR
from jackfield.products.tair.resources import Instance
from jackfield.products.tair.setting_errors import InvalidSettingFormat
from jackfield.store.interface import Reader, Tx

_HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\dZ")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class ModifyInstanceMaintainTimeRequest(InstanceIdRequest):
    maintain_start_time: Annotated[str, Param("When the window begins, HH:mmZ in UTC.", "03:00Z")]
    maintain_end_time: Annotated[str, Param("When it ends; an hour later at the earliest.", "04:00Z")]


@operation(
    TAIR,
    title="Modifies the maintenance window of an instance",
    access="update",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound, InvalidSettingFormat),
)
def modify_instance_maintain_time(tx: Tx, call: Call, request: ModifyInstanceMaintainTimeRequest) -> Reply:
    """Sets the window; at least an hour, over midnight where the end is the earlier of the two."""
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    start, end = request.maintain_start_time, request.maintain_end_time
    if not is_window(start, end):
        raise InvalidSettingFormat
    change_settings(tx, instance, maintain_start=start, maintain_end=end)
    return Reply()


class DescribeBackupPolicyReply(Reply):
    preferred_backup_period: str
    preferred_backup_time: str
    backup_retention_period: str
    enable_backup_log: int


@operation(
    TAIR,
    title="Queries the backup policy of an instance",
    access="get",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound,),
)
def describe_backup_policy(tx: Reader, call: Call, request: InstanceIdRequest) -> DescribeBackupPolicyReply:
    """The policy as it was set. No backups are made here, so there is no time of the next one."""
    settings = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound).settings
    return DescribeBackupPolicyReply(
        preferred_backup_period=settings.backup_days,
        preferred_backup_time=settings.backup_time,
        backup_retention_period=str(settings.backup_retention),
        enable_backup_log=0,
    )


class ModifyBackupPolicyRequest(InstanceIdRequest):
    preferred_backup_period: Annotated[str, Param("Names of week days, separated by commas.", "Monday,Friday")]
    preferred_backup_time: Annotated[str, Param("A full hour in UTC, HH:mmZ-HH:mmZ.", "03:00Z-04:00Z")]
    backup_retention_period: Annotated[
        int, Param("Days that backups are kept, 7 to 730.", "7", range=(7, 730), invalid=InvalidSettingFormat)
    ] = 0
    enable_backup_log: Annotated[
        int, Param("Flashback to any second: 0, off.", "0", range=(0, 0), invalid=InvalidSettingFormat)
    ] = 0


@operation(
    TAIR,
    title="Modifies the backup policy of an instance",
    access="update",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound, InvalidSettingFormat),
)
def modify_backup_policy(tx: Tx, call: Call, request: ModifyBackupPolicyRequest) -> Reply:
    """Sets the policy. No backups are made here; flashback, which needs them, is refused."""
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    days = request.preferred_backup_period.split(",")
    start, dash, end = request.preferred_backup_time.partition("-")
    whole = dash and _HOUR.fullmatch(start) and _HOUR.fullmatch(end) and start.endswith(":00Z")
    if not set(days) <= set(_DAYS) or not whole or (_minutes(end) - _minutes(start)) % 1440 != 60:
        raise InvalidSettingFormat
    change_settings(
        tx,
        instance,
        backup_days=",".join(sorted(set(days), key=_DAYS.index)),
        backup_time=request.preferred_backup_time,
        backup_retention=request.backup_retention_period or instance.settings.backup_retention,
    )
    return Reply()


class DescribeAuditLogConfigRequest(InstanceIdRequest):
    region_id: Annotated[str, Param("The region of the instance.", "cn-hangzhou")]


class DescribeAuditLogConfigReply(Reply):
    db_audit: str = msgspec.field(name="DbAudit")
    retention: str


@operation(
    TAIR,
    title="Queries whether an instance is audited",
    access="get",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound,),
)
def describe_audit_log_config(
    tx: Reader, call: Call, request: DescribeAuditLogConfigRequest
) -> DescribeAuditLogConfigReply:
    """The setting as it was made; no records are written here."""
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    if request.region_id != instance.region:
        raise InvalidInstanceIdNotFound
    days = instance.settings.audit_days
    return DescribeAuditLogConfigReply(db_audit="true" if days else "false", retention=str(days))


class ModifyAuditLogConfigRequest(InstanceIdRequest):
    db_audit: Annotated[bool, Param("Whether the instance is audited.", "true")] = msgspec.field(
        default=True, name="DbAudit"
    )
    retention: Annotated[
        int, Param("Days that records are kept, 1 to 365.", "15", range=(1, 365), invalid=InvalidSettingFormat)
    ] = 0


@operation(
    TAIR,
    title="Turns the audit of an instance on or off",
    access="update",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound, InvalidSettingFormat),
)
def modify_audit_log_config(tx: Tx, call: Call, request: ModifyAuditLogConfigRequest) -> Reply:
    """Sets it; no records are written here. Turning it on needs a retention."""
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    if request.db_audit and not request.retention:
        raise InvalidSettingFormat
    change_settings(tx, instance, audit_days=request.retention if request.db_audit else 0)
    return Reply()


class DescribeEngineVersionReply(Reply):
    """``IsAutoUpgradeOpen`` and the flags about TLS are texts: "1" or "0"."""

    engine: str
    major_version: str
    minor_version: str
    is_latest_version: bool
    enable_upgrade_major_version: bool
    enable_upgrade_minor_version: bool
    is_auto_upgrade_open: str
    is_new_ssl_mode: str = msgspec.field(name="IsNewSSLMode")
    is_ssl_enable: str = msgspec.field(name="IsSSLEnable")
    proxy_minor_version: str | msgspec.UnsetType = msgspec.UNSET


@operation(
    TAIR,
    title="Queries the version of an instance",
    access="get",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound,),
)
def describe_engine_version(tx: Reader, call: Call, request: InstanceIdRequest) -> DescribeEngineVersionReply:
    """The version that was asked for. The server is this machine's and has one version, so nothing can be upgraded."""
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    return DescribeEngineVersionReply(
        engine="redis",
        major_version=instance.engine_version,
        minor_version=minor_version(instance),
        proxy_minor_version="1.0.0" if instance.architecture == "cluster" else msgspec.UNSET,
        is_latest_version=True,
        enable_upgrade_major_version=False,
        enable_upgrade_minor_version=False,
        is_auto_upgrade_open=str(int(instance.settings.auto_upgrade)),
        is_new_ssl_mode="1",
        is_ssl_enable=str(int(bool(instance.tls_since))),
    )


class ModifyDBInstanceAutoUpgradeRequest(Request):
    db_instance_id: Annotated[str, Param("The ID of the instance.", "r-bp1zxszhcgatnx****")]
    value: Annotated[str, Param("1: on, 0: off.", "1", enum=("0", "1"), invalid=InvalidSettingFormat)]


@operation(
    TAIR,
    name="ModifyDBInstanceAutoUpgrade",
    title="Turns automatic upgrades of the minor version on or off",
    access="update",
    resource="instance/{DBInstanceId}",
    errors=(InvalidDbInstanceIdNotFound, InvalidSettingFormat),
)
def modify_db_instance_auto_upgrade(tx: Tx, call: Call, request: ModifyDBInstanceAutoUpgradeRequest) -> Reply:
    """Sets it; there is never another minor version to go to."""
    instance = own_instance(tx, call, request.db_instance_id, InvalidDbInstanceIdNotFound)
    change_settings(tx, instance, auto_upgrade=request.value == "1")
    return Reply()


def minor_version(instance: Instance) -> str:
    """As the vendor writes it; there is one of each major version."""
    return f"redis-{instance.engine_version}_1.0.0"


def change_settings(tx: Tx, instance: Instance, **changes: object) -> Instance:
    """Writes the instance with these settings changed."""
    changed = msgspec.structs.replace(instance, settings=msgspec.structs.replace(instance.settings, **changes))
    tx.put(changed)
    return changed


def is_window(start: str, end: str) -> bool:
    """Whether a maintenance window may be this: ``HH:mmZ`` both, an hour at least."""
    hours = bool(_HOUR.fullmatch(start) and _HOUR.fullmatch(end))
    return hours and (_minutes(end) - _minutes(start)) % 1440 >= 60


def _minutes(hour: str) -> int:
    return int(hour[:2]) * 60 + int(hour[3:5])
