"""TLS of a database proxy's endpoints, and the settings of the proxy that came before it."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.endpoints.lifetime import VALID_SECONDS
from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.rds.errors import IncorrectDBInstanceState, InvalidDBInstanceNameNotFound
from jackfield.products.rds.instances import DBInstanceIdRequest, own_instance
from jackfield.products.rds.product import RDS
from jackfield.products.rds.proxies import endpoint_type
from jackfield.products.rds.resources import Tls
from jackfield.products.rds.router_errors import ProxyNoTls, ProxySslEndpoint, ProxySslString, RelatedProxyNotFound
from jackfield.products.rds.routers import Router, addresses_of, routers_of
from jackfield.products.rds.states import RUNNING, SSL_MODIFYING
from jackfield.products.times import iso_second
from jackfield.store.interface import Reader, Tx


class DbInstanceIdRequest(Request):
    db_instance_id: Annotated[str, Param("The instance ID.", "rm-t4n3axxxxx")] = msgspec.field(name="DbInstanceId")


class CertItem(Shape):
    common_name: str = msgspec.field(name="CertCommonName")
    instance: str = msgspec.field(name="DbInstanceName")
    endpoint_name: str
    endpoint_type: str
    ssl_expired_time: str


class CertItems(Shape):
    items: tuple[CertItem, ...] = msgspec.field(default=(), name="DbProxyCertListItems")


class GetDbProxyInstanceSslReply(Reply):
    items: CertItems = msgspec.field(name="DbProxyCertListItems")


@operation(
    RDS,
    title="Queries the certificates of a database proxy",
    access="get",
    resource="dbinstance/{DbInstanceId}",
    errors=(InvalidDBInstanceNameNotFound, RelatedProxyNotFound),
)
def get_db_proxy_instance_ssl(tx: Reader, call: Call, request: DbInstanceIdRequest) -> GetDbProxyInstanceSslReply:
    """One entry for each endpoint that ends TLS with a certificate of its own."""
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound)
    known = routers_of(tx, instance.id, "proxy")
    if not known:
        raise RelatedProxyNotFound
    return GetDbProxyInstanceSslReply(
        items=CertItems(
            items=tuple(
                CertItem(
                    common_name=router.tls.name,
                    instance=instance.id,
                    endpoint_name=router.id,
                    endpoint_type=endpoint_type(router),
                    ssl_expired_time=iso_second(router.tls.since + VALID_SECONDS),
                )
                for router in known
                if router.tls is not None
            )
        )
    )


class ModifyDbProxyInstanceSslRequest(DbInstanceIdRequest):
    endpoint_id: Annotated[str, Param("The endpoint.", "ta9um4xxxxx")] = msgspec.field(name="DbProxyEndpointId")
    connect_string: Annotated[
        str, Param("The address for which the certificate is.", "test123456.rwlb.rds.aliyuncs.com")
    ] = msgspec.field(name="DbProxyConnectString")
    enabled: Annotated[str, Param("0 turns TLS off, 1 on, 2 renews the certificate.", "1", enum=("0", "1", "2"))] = (
        msgspec.field(name="DbProxySslEnabled")
    )


@operation(
    RDS,
    title="Changes the TLS settings of a database proxy",
    access="update",
    resource="dbinstance/{DbInstanceId}",
    errors=(
        InvalidDBInstanceNameNotFound,
        ProxySslEndpoint,
        ProxySslString,
        IncorrectDBInstanceState,
        ProxyNoTls,
    ),
)
def modify_db_proxy_instance_ssl(tx: Tx, call: Call, request: ModifyDbProxyInstanceSslRequest) -> Reply:
    """Has one endpoint of the proxy end TLS; turned off, it does as the instance does.

    The instance is SSL_MODIFYING until each endpoint was seen to. Connections that are open stay open.
    """
    instance = own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound)
    router = tx.get(Router, request.endpoint_id)
    if router is None or router.parent != instance.id or router.purpose != "proxy":
        raise ProxySslEndpoint
    if request.connect_string not in {one.name for one in addresses_of(tx, router)}:
        raise ProxySslString
    if instance.status != RUNNING:
        raise IncorrectDBInstanceState
    if request.enabled in ("0", "2") and router.tls is None:
        raise ProxyNoTls
    tls: Tls | None = None
    if request.enabled != "0":
        since = max(float(int(call.now)), router.tls.since + 1.0 if router.tls is not None else 0.0)
        tls = Tls(name=request.connect_string, since=since)
    tx.put(msgspec.structs.replace(router, tls=tls))
    changed = msgspec.structs.replace(instance, status=SSL_MODIFYING, settle_at=call.now + call.pace)
    tx.put(changed)
    tx.schedule(changed)
    return Reply()


class DescribeDBInstanceProxyConfigurationReply(Reply):
    attacks_protection_configuration: str
    persistent_connections_configuration: str
    transparent_switch_configuration: str


@operation(
    RDS,
    name="DescribeDBInstanceProxyConfiguration",
    title="Queries the settings of the shared proxy of an instance",
    access="get",
    resource="dbinstance/{DBInstanceId}",
    errors=(InvalidDBInstanceNameNotFound,),
)
def describe_db_instance_proxy_configuration(
    tx: Reader, call: Call, request: DBInstanceIdRequest
) -> DescribeDBInstanceProxyConfigurationReply:
    """There is no shared proxy: each of its features is off. The values are JSON."""
    own_instance(tx, call, request.db_instance_id, InvalidDBInstanceNameNotFound)
    return DescribeDBInstanceProxyConfigurationReply(
        attacks_protection_configuration=(
            '{"check_interval_seconds":"0","max_failed_login_attempts":"0","blocking_seconds":"0","status":"Disable"}'
        ),
        persistent_connections_configuration='{"status":"Disable"}',
        transparent_switch_configuration='{"status":"Disable"}',
    )
