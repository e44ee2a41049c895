"""Database proxies by the official SDK: switched on, their endpoints used by real clients, switched off."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from alibabacloud_rds20140815 import models

from tests.rds.databases import LOST
from tests.rds.replicas import attribute
from tests.rds.splitting import Splitting, splitting
from tests.running import refused, until

__all__ = ["splitting"]


class Proxies:
    """The calls about the proxy of one primary."""

    def __init__(self, splitting: Splitting) -> None:
        self.splitting = splitting
        self.api: Any = splitting.rds.api
        self.primary = splitting.primary

    def switch(self, to: str, **more: Any) -> None:
        request = models.ModifyDBProxyRequest(dbinstance_id=self.primary, config_dbproxy_service=to)
        for name, value in more.items():
            setattr(request, name, value)
        self.api.modify_dbproxy(request)

    def describe(self, instance: str = "") -> dict[str, Any]:
        found: dict[str, Any] = self.api.describe_dbproxy(
            models.DescribeDBProxyRequest(dbinstance_id=instance or self.primary)
        ).body.to_map()
        return found

    def strings(self) -> dict[str, dict[str, Any]]:
        """Net type → address of the first endpoint."""
        found = self.describe()
        items = found["DBProxyConnectStringItems"]["DBProxyConnectStringItems"]
        first = found["DBProxyInstanceName"]
        return {one["DBProxyConnectStringNetType"]: one for one in items if one["DBProxyEndpointId"] == first}

    def wait(self) -> None:
        self.splitting.rds.wait_running(self.primary)

    @property
    def name(self) -> str:
        return str(self.strings()["InnerString"]["DBProxyConnectString"])

    @property
    def first(self) -> str:
        return str(self.strings()["InnerString"]["DBProxyEndpointId"])

    def endpoint(self, id: str | None = None, **more: Any) -> dict[str, Any]:
        found: dict[str, Any] = self.api.describe_dbproxy_endpoint(
            models.DescribeDBProxyEndpointRequest(dbinstance_id=self.primary, dbproxy_endpoint_id=id, **more)
        ).body.to_map()
        return found

    def modify_endpoint(self, id: str | None, wait: bool = True, **more: Any) -> None:
        request = models.ModifyDBProxyEndpointRequest(dbinstance_id=self.primary, dbproxy_endpoint_id=id)
        for name, value in more.items():
            setattr(request, name, value)
        self.api.modify_dbproxy_endpoint(request)
        if wait:
            self.wait()

    def add(self, id: str, prefix: str, net_type: str = "Public", **more: Any) -> None:
        request = models.CreateDBProxyEndpointAddressRequest(
            dbinstance_id=self.primary, dbproxy_endpoint_id=id, connection_string_prefix=prefix,
            dbproxy_connect_string_net_type=net_type,
        )  # fmt: skip
        for name, value in more.items():
            setattr(request, name, value)
        self.api.create_dbproxy_endpoint_address(request)
        self.wait()

    def move(self, id: str, **more: Any) -> None:
        request = models.ModifyDBProxyEndpointAddressRequest(dbinstance_id=self.primary, dbproxy_endpoint_id=id)
        for name, value in more.items():
            setattr(request, name, value)
        self.api.modify_dbproxy_endpoint_address(request)
        self.wait()

    def drop(self, id: str, net_type: str) -> None:
        self.api.delete_dbproxy_endpoint_address(
            models.DeleteDBProxyEndpointAddressRequest(
                dbinstance_id=self.primary, dbproxy_endpoint_id=id, dbproxy_connect_string_net_type=net_type
            )
        )
        self.wait()


@pytest.fixture(scope="module")
def proxies(splitting: Splitting) -> Proxies:
    return Proxies(splitting)


@pytest.fixture
def proxy(proxies: Proxies) -> Iterator[Proxies]:
    """Switched on."""
    proxies.switch("Startup", dbproxy_instance_num="2", dbproxy_instance_type="common", instance_network_type="VPC")
    assert proxies.describe()["DBProxyInstanceStatus"] == "Creating"
    assert proxies.strings() == {}
    proxies.wait()
    yield proxies
    proxies.switch("Shutdown")
    proxies.wait()
    assert proxies.describe()["DBProxyServiceStatus"] == "Shutdown"


def test_it_splits(proxy: Proxies) -> None:
    splitting = proxy.splitting
    found = proxy.describe()
    assert (found["DBProxyServiceStatus"], found["DBProxyInstanceStatus"]) == ("Startup", "Running")
    assert (found["DBProxyInstanceNum"], found["DBProxyInstanceType"]) == (2, "3")
    place = attribute(splitting.rds, splitting.primary)
    inner = proxy.strings()["InnerString"]
    assert (inner["DBProxyVpcId"], inner["DBProxyVswitchId"]) == (place.vpc_id, place.v_switch_id)
    assert (inner["DBProxyConnectStringNetWorkType"], inner["DBProxyConnectStringPort"]) == (
        "2", str(splitting.database.port),
    )  # fmt: skip
    assert proxy.name.endswith(".rwlb.rds.aliyuncs.com")
    with splitting.connect(proxy.name) as connection:
        assert splitting.reads(connection, 20) == {True, False}  # Standard
        proxy.modify_endpoint(
            proxy.first, read_only_instance_distribution_type="Custom", db_endpoint_aliases="mine",
            read_only_instance_weight=json.dumps({splitting.replica: "500", splitting.primary: "0"}),
            read_only_instance_max_delay_time="60",
        )  # fmt: skip
        assert splitting.reads(connection) == {True}
    shown = proxy.endpoint()
    assert (shown["DBProxyEndpointId"], shown["DBProxyConnectString"]) == (proxy.first, proxy.name)
    assert (shown["ReadOnlyInstanceMaxDelayTime"], shown["ReadOnlyInstanceDistributionType"]) == ("60", "Custom")
    assert (shown["DbProxyEndpointAliases"], shown["DbProxyEndpointReadWriteMode"]) == ("mine", "ReadWrite")
    weights = {one["DBInstanceId"]: one["Weight"] for one in json.loads(shown["ReadOnlyInstanceWeight"])}
    assert weights == {splitting.primary: 0, splitting.replica: 500}


def test_addresses(proxy: Proxies) -> None:
    splitting, first = proxy.splitting, proxy.first
    proxy.add(first, "proxy-open", dbproxy_new_connect_string_port="4444")
    outer = proxy.strings()["OuterString"]
    assert (outer["DBProxyConnectString"], outer["DBProxyConnectStringPort"]) == (
        "proxy-open.rwlb.rds.aliyuncs.com", "4444",
    )  # fmt: skip
    with splitting.connect("proxy-open.rwlb.rds.aliyuncs.com", 4444) as connection:
        assert True in splitting.reads(connection, 20)
    with refused("NetTypeExists", 400):
        proxy.add(first, "proxy-open2")
    with refused("NetTypeExists", 400):
        proxy.add(first, "proxy-inner", "VPC")
    proxy.move(first, dbproxy_connect_string_net_type="Public", dbproxy_new_connect_string="proxy-else")
    assert proxy.strings()["OuterString"]["DBProxyConnectString"] == "proxy-else.rwlb.rds.aliyuncs.com"
    assert proxy.endpoint(dbproxy_connect_string="proxy-else.rwlb.rds.aliyuncs.com")["DBProxyEndpointId"] == first
    connection = splitting.connect("proxy-else.rwlb.rds.aliyuncs.com", 4444)
    splitting.reads(connection)
    proxy.drop(first, "Public")
    with pytest.raises(LOST):
        splitting.reads(connection)
    assert list(proxy.strings()) == ["InnerString"]
    with refused("InvalidDBInstanceNetType.NotFound", 404):
        proxy.drop(first, "Public")
    with refused("AtLeastOneNetTypeExists", 400):
        proxy.drop(first, "VPC")
    proxy.move(first, dbproxy_new_connect_string="proxy-inside", dbproxy_new_connect_string_port="4500")
    with splitting.connect("proxy-inside.rwlb.rds.aliyuncs.com", 4500) as connection:
        assert True in splitting.reads(connection, 20)


def test_another_endpoint_and_its_modes(proxy: Proxies) -> None:
    """ReadOnly spreads connections, ReadWrite splits statements; a change of mode ends what is open."""
    splitting = proxy.splitting
    proxy.modify_endpoint(None, db_endpoint_operator="Create", db_endpoint_read_write_mode="ReadOnly")
    items = proxy.describe()["DBProxyConnectStringItems"]["DBProxyConnectStringItems"]
    [second] = [one for one in items if one["DBProxyEndpointId"] != proxy.first]
    id, name = second["DBProxyEndpointId"], second["DBProxyConnectString"]
    types = {
        one["DbProxyEndpointName"]: (one["DbProxyEndpointType"], one["DbProxyReadWriteMode"])
        for one in proxy.describe()["DbProxyEndpointItems"]["DbProxyEndpointItems"]
    }
    assert types == {proxy.first: ("RWSplit", "ReadWrite"), id: ("Custom", "ReadOnly")}
    connection = splitting.connect(name)
    assert splitting.reads(connection) == {True}
    with pytest.raises(Exception, match=r"(?i)read.?only"), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE refused (id int)" if splitting.database.engine == "postgres" else "CREATE DATABASE x"
        )
    proxy.modify_endpoint(id, db_endpoint_read_write_mode="ReadWrite")
    with pytest.raises(LOST):
        splitting.reads(connection)
    with splitting.connect(name) as connection:
        assert splitting.reads(connection, 20) == {True, False}
    with refused("EndpointTypeOperation.NotSupport", 400):
        proxy.modify_endpoint(proxy.first, db_endpoint_operator="Delete")
    proxy.modify_endpoint(id, db_endpoint_operator="Delete")
    with refused("Endpoint.NotFound", 404):
        proxy.endpoint(id)


def test_tls(proxy: Proxies) -> None:
    splitting, first, name = proxy.splitting, proxy.first, proxy.name

    def certificates() -> list[dict[str, Any]]:
        reply = proxy.api.get_db_proxy_instance_ssl(
            models.GetDbProxyInstanceSslRequest(db_instance_id=proxy.primary)
        ).body.to_map()
        items: list[dict[str, Any]] = reply["DbProxyCertListItems"]["DbProxyCertListItems"]
        return items

    def switch(enabled: str, id: str = first, of: str = name) -> None:
        proxy.api.modify_db_proxy_instance_ssl(
            models.ModifyDbProxyInstanceSslRequest(
                db_instance_id=proxy.primary, db_proxy_endpoint_id=id, db_proxy_connect_string=of,
                db_proxy_ssl_enabled=enabled,
            )
        )  # fmt: skip
        proxy.wait()

    assert certificates() == []
    for enabled in ("0", "2"):
        with refused("InvalidDbProxyStatus", 400):
            switch(enabled)
    with refused("Endpoint.NotFound", 404):
        switch("1", "none")
    with refused("InvalidDbProxyConnectionString.NotFound", 404):
        switch("1", of="none.rwlb.rds.aliyuncs.com")
    switch("1")
    [one] = certificates()
    assert (one["CertCommonName"], one["EndpointName"], one["EndpointType"]) == (name, first, "RWSplit")
    secure: dict[str, Any] = {"sslmode": "require"} if splitting.database.engine == "postgres" else {"ssl": {"x": 1}}
    with splitting.connect(name, **secure) as connection:
        assert True in splitting.reads(connection, 20)
    switch("2")
    assert certificates()[0]["SslExpiredTime"] > one["SslExpiredTime"]
    switch("0")
    assert certificates() == []


def test_refusals(proxy: Proxies) -> None:
    splitting, first = proxy.splitting, proxy.first
    with refused("MaxscaleAlreadyExist", 400):
        proxy.switch("Startup")
    for count in ("0", "17", "x"):
        with refused("InvalidParameters.Format", 400):
            proxy.switch("Modify", dbproxy_instance_num=count)
    proxy.switch("Modify", dbproxy_instance_num="3", persistent_connection_status="Enabled")
    assert proxy.describe()["DBProxyInstanceNum"] == 3
    assert proxy.describe()["DBProxyPersistentConnectionStatus"] == "Enabled"
    for weight in ("{", json.dumps({"rm-none": 100}), json.dumps({splitting.primary: 50})):
        with refused("InvalidParam", 404):
            proxy.modify_endpoint(
                first, read_only_instance_distribution_type="Custom", read_only_instance_weight=weight
            )
    with refused("InvalidParameters.Format", 400):
        proxy.modify_endpoint(first, read_only_instance_max_delay_time="3601")
    with refused("InvalidVpcInstanceId", 400):
        proxy.modify_endpoint(None, db_endpoint_operator="Create", vpc_id="vpc-none")
    with refused("Endpoint.NotFound", 404):
        proxy.endpoint("none")
    with refused("Endpoint.NotFound", 404):
        proxy.modify_endpoint("none")
    with refused("Endpoint.NotFound", 404):
        proxy.add("none", "abcdef")
    with refused("ParameterLeastAssociate", 400):
        proxy.move(first)
    with refused("InvalidConnectionStringOrPort.Duplicate", 400):
        proxy.move(first, dbproxy_new_connect_string_port=str(splitting.database.port))
    with refused("InvalidConnectionString.NotFound", 404):
        proxy.move(first, dbproxy_connect_string_net_type="Public", dbproxy_new_connect_string_port="3333")
    with refused("InvalidConnectionString.Format", 400):
        proxy.add(first, "X")
    with refused("InvalidPort.Malformed", 400):
        proxy.add(first, "proxy-port", dbproxy_new_connect_string_port="99")
    with refused("InvalidConnectionString.Duplicate", 400):
        proxy.add(first, proxy.name.partition(".")[0])
    proxy.api.modify_dbproxy_instance(
        models.ModifyDBProxyInstanceRequest(
            dbinstance_id=proxy.primary, dbproxy_instance_num="4", dbproxy_instance_type="exclusive"
        )
    )
    with refused("IncorrectDBInstanceState", 403):
        proxy.switch("Modify")
    with refused("IncorrectDBInstanceState", 403):
        proxy.modify_endpoint(first)
    with refused("IncorrectDBInstanceState", 403):
        proxy.drop(first, "VPC")
    proxy.wait()
    assert (proxy.describe()["DBProxyInstanceNum"], proxy.describe()["DBProxyInstanceType"]) == (4, "2")


def test_without_a_proxy(proxies: Proxies) -> None:
    for switch in ("Shutdown", "Modify"):
        with refused("Maxscale.NotFound", 404):
            proxies.switch(switch)
    with refused("Maxscale.NotFound", 404):
        proxies.endpoint()
    for operator in ("Create", "Modify"):
        with refused("Maxscale.NotFound", 404):
            proxies.modify_endpoint(None, db_endpoint_operator=operator)
    with refused("Maxscale.NotFound", 404):
        proxies.add("any", "abcdef")
    with refused("Maxscale.NotFound", 404):
        proxies.api.get_db_proxy_instance_ssl(models.GetDbProxyInstanceSslRequest(db_instance_id=proxies.primary))
    with refused("NotHaveProxy", 403):
        proxies.api.modify_dbproxy_instance(
            models.ModifyDBProxyInstanceRequest(
                dbinstance_id=proxies.primary, dbproxy_instance_num="4", dbproxy_instance_type="common"
            )
        )
    with refused("IncorrectDBInstanceType", 403):
        proxies.switch("Startup", dbinstance_id=proxies.splitting.replica)
    with refused("InvalidDBInstance.NotFound", 404):
        proxies.switch("Startup", dbinstance_id="rm-none")
    with refused("InvalidConnVPCId", 403):
        proxies.switch("Startup", vpcid="vpc-none")
    with refused("InvalidVSwitchId.NotFound", 404):
        proxies.switch("Startup", v_switch_id="vsw-none")
    assert proxies.describe()["DBProxyServiceStatus"] == "Shutdown"
    with refused("InvalidDBInstanceName.NotFound", 404):
        proxies.describe("rm-none")
    configuration = proxies.api.describe_dbinstance_proxy_configuration(
        models.DescribeDBInstanceProxyConfigurationRequest(dbinstance_id=proxies.primary)
    ).body
    assert json.loads(configuration.transparent_switch_configuration) == {"status": "Disable"}
    until("the primary is Running", lambda: proxies.splitting.rds.status(proxies.primary) == "Running")
