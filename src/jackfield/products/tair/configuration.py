"""The settings of an instance's servers, and what is encrypted of its data."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec

from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.tair.errors import (
    InstanceStatusNotSupport,
    InvalidDbInstanceIdNotFound,
    InvalidInstanceIdNotFound,
)
from jackfield.products.tair.instances import InstanceIdRequest, own_instance
from jackfield.products.tair.maintenance import change_settings
from jackfield.products.tair.product import TAIR
from jackfield.products.tair.setting_errors import InvalidSettingFormat, TdeNotSupported
from jackfield.products.tair.settings import EVICTION_POLICY
from jackfield.products.tair.states import NORMAL
from jackfield.products.tair.upkeep import begin_change
from jackfield.store.interface import Reader, Tx

_COUNT = r"\d{1,9}"
_YES_NO = "yes|no"
RULES: dict[str, str] = {
    "appendonly": "yes",  # a restart keeps the data, so it stays on
    "hash-max-ziplist-entries": _COUNT,
    "hash-max-ziplist-value": _COUNT,
    "lazyfree-lazy-eviction": _YES_NO,
    "lazyfree-lazy-expire": _YES_NO,
    "lazyfree-lazy-server-del": _YES_NO,
    "list-compress-depth": _COUNT,
    "list-max-ziplist-size": rf"-[1-5]|{_COUNT}",
    "lua-time-limit": _COUNT,
    "maxmemory-policy": "(volatile|allkeys)-(lru|lfu|random)|volatile-ttl|noeviction",
    "maxmemory-samples": r"[1-9]\d{0,2}",
    "notify-keyspace-events": "[AKEg$lshzxetdmn]*",
    "set-max-intset-entries": _COUNT,
    "slowlog-log-slower-than": _COUNT,
    "slowlog-max-len": _COUNT,
    "timeout": _COUNT,
    "zset-max-ziplist-entries": _COUNT,
    "zset-max-ziplist-value": _COUNT,
}
"""What can be set, and how its value looks. Redis of every version here takes each of them while it runs."""


class DescribeInstanceConfigReply(Reply):
    config: str


@operation(
    TAIR,
    title="Queries the settings of an instance's servers",
    access="get",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound,),
)
def describe_instance_config(tx: Reader, call: Call, request: InstanceIdRequest) -> DescribeInstanceConfigReply:
    """The settings as a JSON document in a string."""
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    return DescribeInstanceConfigReply(config=instance.settings.shown_config)


class ModifyInstanceConfigRequest(InstanceIdRequest):
    config: Annotated[
        str, Param("A JSON object of names and values; what is left out stays.", '{"maxmemory-policy":"noeviction"}')
    ] = ""


@operation(
    TAIR,
    title="Modifies the settings of an instance's servers",
    access="update",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound, InstanceStatusNotSupport, InvalidSettingFormat),
)
def modify_instance_config(tx: Tx, call: Call, request: ModifyInstanceConfigRequest) -> Reply:
    """Changes settings in every server, while it runs. The instance is Changing until all have them."""
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    if instance.status != NORMAL:
        raise InstanceStatusNotSupport
    wanted = _parsed(request.config)
    changed = change_settings(tx, instance, config={**instance.settings.config, **wanted})
    begin_change(tx, call, changed, "servers")
    return Reply()


def _parsed(text: str) -> dict[str, str]:
    """:raises InvalidSettingFormat: it is no JSON object, or a name or value in it is none."""
    try:
        given = msgspec.json.decode(text, type=dict[str, str | int])
    except msgspec.DecodeError:
        raise InvalidSettingFormat from None
    named = {"maxmemory-policy" if name == EVICTION_POLICY else name: str(value) for name, value in given.items()}
    if not named or not all(name in RULES and re.fullmatch(RULES[name], value) for name, value in named.items()):
        raise InvalidSettingFormat
    return named


class DescribeParametersRequest(Request):
    db_instance_id: Annotated[str, Param("The ID of the instance.", "r-bp1zxszhcgatnx****")]
    node_id: Annotated[str, Param("One server; all have the same settings.", "r-bp1zxszhcgatnx****-db-0")] = ""


class ConfigParameter(Shape):
    """In ConfigParameters the flags are booleans, in RunningParameters they are texts."""

    parameter_name: str
    parameter_value: str
    parameter_description: str
    checking_code: str
    force_restart: bool
    modifiable_status: bool


class RunningParameter(Shape):
    parameter_name: str
    parameter_value: str
    parameter_description: str
    checking_code: str
    force_restart: str
    modifiable_status: str


class ConfigParameters(Shape):
    parameter: tuple[ConfigParameter, ...]


class RunningParameters(Shape):
    parameter: tuple[RunningParameter, ...]


class DescribeParametersReply(Reply):
    engine: str
    engine_version: str
    config_parameters: ConfigParameters
    running_parameters: RunningParameters


@operation(
    TAIR,
    title="Queries the settings of an instance's servers, each with its rule",
    access="get",
    resource="instance/{DBInstanceId}",
    errors=(InvalidDbInstanceIdNotFound,),
)
def describe_parameters(tx: Reader, call: Call, request: DescribeParametersRequest) -> DescribeParametersReply:
    """Lists what is set: as it was asked for, and as the servers run with it once the instance is Normal."""
    instance = own_instance(tx, call, request.db_instance_id, InvalidDbInstanceIdNotFound)
    settings = sorted(instance.settings.servers.items())
    return DescribeParametersReply(
        engine="redis",
        engine_version=instance.engine_version,
        config_parameters=ConfigParameters(
            parameter=tuple(
                ConfigParameter(
                    parameter_name=name,
                    parameter_value=value,
                    parameter_description="",
                    checking_code=RULES[name],
                    force_restart=False,
                    modifiable_status=True,
                )
                for name, value in settings
            )
        ),
        running_parameters=RunningParameters(
            parameter=tuple(
                RunningParameter(
                    parameter_name=name,
                    parameter_value=value,
                    parameter_description="",
                    checking_code=RULES[name],
                    force_restart="false",
                    modifiable_status="true",
                )
                for name, value in settings
            )
        ),
    )


class DescribeInstanceTDEStatusReply(Reply):
    tde_status: str = msgspec.field(name="TDEStatus")


@operation(
    TAIR,
    name="DescribeInstanceTDEStatus",
    title="Queries whether the data of an instance are encrypted",
    access="get",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound,),
)
def describe_instance_tde_status(tx: Reader, call: Call, request: InstanceIdRequest) -> DescribeInstanceTDEStatusReply:
    """Disabled: what the servers write is not encrypted by the service, as IsSupportTDE says as well."""
    own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    return DescribeInstanceTDEStatusReply(tde_status="Disabled")


class DescribeEncryptionKeyRequest(InstanceIdRequest):
    encryption_key: Annotated[str, Param("The key.", "ad463061-992d-4195-8a94-ed63****")] = ""


@operation(
    TAIR,
    title="Queries the key with which the data of an instance are encrypted",
    access="get",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound, TdeNotSupported),
)
def describe_encryption_key(tx: Reader, call: Call, request: DescribeEncryptionKeyRequest) -> Reply:
    """Refused: no instance has a key."""
    own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    raise TdeNotSupported
