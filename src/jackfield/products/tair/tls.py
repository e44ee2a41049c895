"""ModifyInstanceSSL and DescribeInstanceSSL."""

from __future__ import annotations

import secrets
from typing import Annotated

import msgspec

from jackfield.endpoints.lifetime import VALID_SECONDS
from jackfield.products.operation import Call, Param, Reply, operation
from jackfield.products.tair import views
from jackfield.products.tair.errors import (
    IncorrectDBInstanceState,
    InvalidInstanceIdNotFound,
    InvalidParametersFormat,
)
from jackfield.products.tair.instances import InstanceIdRequest, own_instance
from jackfield.products.tair.product import TAIR
from jackfield.products.tair.states import NORMAL, SSL_MODIFYING
from jackfield.products.times import iso_second
from jackfield.store.interface import Reader, Tx


class ModifyInstanceSSLRequest(InstanceIdRequest):
    ssl_enabled: Annotated[
        str,
        Param(
            "Enable, Disable, or Update: renews the certificates.",
            "Enable",
            enum=("Disable", "Enable", "Update"),
            invalid=InvalidParametersFormat,
        ),
    ] = msgspec.field(name="SSLEnabled")


class ModifyInstanceSSLReply(Reply):
    instance_id: str
    task_id: str


@operation(
    TAIR,
    name="ModifyInstanceSSL",
    title="Modifies the TLS settings of an instance",
    access="update",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound, IncorrectDBInstanceState, InvalidParametersFormat),
)
def modify_instance_ssl(tx: Tx, call: Call, request: ModifyInstanceSSLRequest) -> ModifyInstanceSSLReply:
    """Has every endpoint of the instance end TLS, or end it no more.

    The instance is SSLModifying until each endpoint has shown its certificate, or none. Plain connections go on
    working beside encrypted ones, and connections that are open stay open. Enabling what is enabled keeps the
    certificates; their year counts anew with Update.
    """
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    if instance.status != NORMAL:
        raise IncorrectDBInstanceState
    since = instance.tls_since
    if request.ssl_enabled == "Update" and not since:
        raise InvalidParametersFormat
    if request.ssl_enabled == "Disable":
        since = 0.0
    elif request.ssl_enabled == "Update":
        since = max(float(int(call.now)), since + 1.0)  # two updates within a second make two certificates
    else:
        since = since or float(int(call.now))
    changed = msgspec.structs.replace(instance, status=SSL_MODIFYING, tls_since=since, settle_at=call.now + call.pace)
    tx.put(changed)
    tx.schedule(changed)
    return ModifyInstanceSSLReply(instance_id=instance.id, task_id=str(secrets.randbelow(10**9)))


class DescribeInstanceSSLReply(Reply):
    instance_id: str
    ssl_enabled: str = msgspec.field(name="SSLEnabled")
    ssl_expired_time: str = msgspec.field(name="SSLExpiredTime")
    cert_common_name: str
    cert_download_url: str = msgspec.field(name="CertDownloadURL")


@operation(
    TAIR,
    name="DescribeInstanceSSL",
    title="Queries the TLS settings of an instance",
    access="get",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound,),
)
def describe_instance_ssl(tx: Reader, call: Call, request: InstanceIdRequest) -> DescribeInstanceSSLReply:
    """Whether TLS is on, until when the certificates are valid, and where the authority's is (without login).

    Without TLS the other fields are empty.
    """
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    since = instance.tls_since
    if not since:
        return DescribeInstanceSSLReply(
            instance_id=instance.id,
            ssl_enabled="Disable",
            ssl_expired_time="",
            cert_common_name="",
            cert_download_url="",
        )
    endpoint = views.ordinary(tx, instance)
    return DescribeInstanceSSLReply(
        instance_id=instance.id,
        ssl_enabled="Enable",
        ssl_expired_time=iso_second(since + VALID_SECONDS),
        cert_common_name=endpoint.name if endpoint is not None else "",
        cert_download_url=f"http://{call.host}/_jackfield/ca.pem",
    )
