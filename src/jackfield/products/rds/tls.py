"""ModifyDBInstanceSSL and DescribeDBInstanceSSL."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from jackfield.endpoints.lifetime import VALID_SECONDS
from jackfield.endpoints.resources import Endpoint
from jackfield.products.operation import Call, Param, Reply, operation
from jackfield.products.rds.errors import (
    EndpointNotFound,
    IncorrectDbSslStatus,
    InvalidCaTypeNotFound,
    InvalidDBInstanceNameNotFound,
    InvalidSslStatus,
    OperationDeniedDBInstanceStatus,
)
from jackfield.products.rds.instances import DBInstanceIdRequest, own_instance
from jackfield.products.rds.product import RDS
from jackfield.products.rds.resources import Tls
from jackfield.products.rds.states import RUNNING, SSL_MODIFYING
from jackfield.products.times import iso_second
from jackfield.store.interface import Reader, Tx


class ModifyDBInstanceSSLRequest(DBInstanceIdRequest):
    connection_string: Annotated[
        str, Param("The endpoint for which the certificate is.", "rm-uf6wjk5xxxxx.mysql.rds.aliyuncs.com")
    ]
    ssl_enabled: Annotated[int | None, Param("1 turns TLS on, or renews the certificate; 0 turns it off.", "1")] = (
        msgspec.field(default=None, name="SSLEnabled")
    )
    force_encryption: Annotated[
        str, Param("1 refuses clients that do not encrypt.", "1", enum=("1", "0"), invalid=InvalidSslStatus)
    ] = ""
    ca_type: Annotated[
        str,
        Param(
            "The authority: aliyun, which stands for this machine's own.",
            "aliyun",
            enum=("aliyun",),
            invalid=InvalidCaTypeNotFound,
        ),
    ] = msgspec.field(default="aliyun", name="CAType")


@operation(
    RDS,
    name="ModifyDBInstanceSSL",
    title="Modifies the TLS settings of an instance",
    access="update",
    resource="dbinstance/{DBInstanceId}",
    errors=(
        InvalidDBInstanceNameNotFound,
        OperationDeniedDBInstanceStatus,
        EndpointNotFound,
        InvalidSslStatus,
        IncorrectDbSslStatus,
        InvalidCaTypeNotFound,
    ),
)
def modify_db_instance_ssl(tx: Tx, call: Call, request: ModifyDBInstanceSSLRequest) -> Reply:
    """Has the endpoints of an instance end TLS, with a certificate for one of them, or end it no more.

    The instance is SSL_MODIFYING until each endpoint was seen to. Connections that are open stay open. Without
    SSLEnabled only ForceEncryption changes, and the certificate stays; with 1 the certificate is a new one.
    """
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound)
    if instance.status != RUNNING:
        raise OperationDeniedDBInstanceStatus
    if request.connection_string not in {one.name for one in tx.children(Endpoint, instance.id)}:
        raise EndpointNotFound
    if request.ssl_enabled not in (None, 0, 1):
        raise InvalidSslStatus
    known = instance.tls
    forced = request.force_encryption == "1" if request.force_encryption else known is not None and known.forced
    tls: Tls | None = None
    if request.ssl_enabled == 0:
        if known is None or request.force_encryption == "1":
            raise IncorrectDbSslStatus
    elif request.ssl_enabled == 1:
        since = max(float(int(call.now)), known.since + 1.0 if known is not None else 0.0)
        tls = Tls(name=request.connection_string, since=since, forced=forced)
    elif known is None:
        raise IncorrectDbSslStatus
    else:
        tls = msgspec.structs.replace(known, forced=forced)
    changed = msgspec.structs.replace(instance, status=SSL_MODIFYING, tls=tls, settle_at=call.now + call.pace)
    tx.put(changed)
    tx.schedule(changed)
    return Reply()


class DescribeDBInstanceSSLReply(Reply):
    """What is about certificates is left out while TLS is off."""

    ssl_enabled: str = msgspec.field(name="SSLEnabled")
    require_update: str
    last_modify_status: str
    force_encryption: str
    connection_string: str | UnsetType = UNSET
    ca_type: str | UnsetType = msgspec.field(default=UNSET, name="CAType")
    ssl_create_time: str | UnsetType = msgspec.field(default=UNSET, name="SSLCreateTime")
    ssl_expire_time: str | UnsetType = msgspec.field(default=UNSET, name="SSLExpireTime")
    server_ca_url: str | UnsetType = msgspec.field(default=UNSET, name="ServerCAUrl")


@operation(
    RDS,
    name="DescribeDBInstanceSSL",
    title="Queries the TLS settings of an instance",
    access="get",
    resource="dbinstance/{DBInstanceId}",
    errors=(InvalidDBInstanceNameNotFound,),
)
def describe_db_instance_ssl(tx: Reader, call: Call, request: DBInstanceIdRequest) -> DescribeDBInstanceSSLReply:
    """Whether TLS is on (in the engine's words), for which name, until when, and where the CA's certificate is.

    RequireUpdate: no endpoint has the certificate's name any more; SSLEnabled=1 makes one for another name.
    """
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound)
    postgres, tls = instance.engine == "PostgreSQL", instance.tls
    state = "setting" if instance.status == SSL_MODIFYING else "success"
    if tls is None:
        return DescribeDBInstanceSSLReply(
            ssl_enabled="off" if postgres else "No",
            require_update="0" if postgres else "No",
            last_modify_status=state,
            force_encryption="0",
        )
    renamed = tls.name not in {one.name for one in tx.children(Endpoint, instance.id)}
    return DescribeDBInstanceSSLReply(
        ssl_enabled="on" if postgres else "Yes",
        require_update=("1" if renamed else "0") if postgres else ("Yes" if renamed else "No"),
        last_modify_status=state,
        force_encryption="1" if tls.forced else "0",
        connection_string=tls.name,
        ca_type="aliyun",
        ssl_create_time=iso_second(tls.since),
        ssl_expire_time=iso_second(tls.since + VALID_SECONDS),
        server_ca_url=f"http://{call.host}/_jackfield/ca.pem",
    )
