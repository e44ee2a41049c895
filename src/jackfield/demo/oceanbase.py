"""OceanBase Cloud: a tenant's private endpoint is connected, used and deleted in the middle of its use."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pymysql

from jackfield.cli.client import ask
from jackfield.demo.clients import refuses, resolves
from jackfield.demo.stage import Stage
from jackfield.supervisor.ready import Ready

TENANT = "shop"
USER = "alice"
PASSWORD = "Jackfield-2026"
ENDPOINT = "vpce-demo"
LOST = (pymysql.OperationalError, pymysql.InterfaceError)


class OceanBaseStory:
    """One run of the story, by a plain HTTP client with Digest."""

    def __init__(self, stage: Stage, ready: Ready) -> None:
        self._stage = stage
        project = ask(ready, "projects", {"account_id": ready.account_id, "name": "demo"})
        self._http = httpx.Client(
            base_url=f"{ready.api}/api/v2",
            auth=httpx.DigestAuth(project["access_key_id"], project["access_key_secret"]),
            headers={"X-Ob-Project-Id": project["project_id"]},
            trust_env=False,
        )

    def tell(self) -> None:
        """:raises NotSeen: a state did not come."""
        with self._http:
            tenant = self._create()
            self._connect_and_delete(tenant)

    def _create(self) -> str:
        stage = self._stage
        stage.title("OceanBase Cloud, by HTTP Digest")
        begun = time.monotonic()
        instance = self._post(
            "/instances",
            cloudProvider="QCLOUD",
            diskSize=100,
            instanceClass="4C16GB",
            obVersion="4.2.1",
            region="ap-beijing",
            zones="ap-beijing-4",
        )["instanceId"]
        stage.wait("the instance ONLINE", lambda: self._get(f"/instances/{instance}")["status"] == "ONLINE")
        made = self._post(f"/instances/{instance}/tenants", tenantName=TENANT, whitelist="0.0.0.0/0")
        tenant = f"/instances/{instance}/tenants/{made['tenantId']}"
        stage.wait("the tenant ONLINE", lambda: self._get(tenant)["status"] == "ONLINE", 60)
        self._post(f"{tenant}/tenantUsers", userName=USER, password=PASSWORD, userType="ADMIN")
        stage.wait("the user ONLINE", lambda: self._user(tenant) == "ONLINE")
        stage.say(f"tenant {TENANT} with user {USER}, {time.monotonic() - begun:.1f} s")
        return tenant

    def _connect_and_delete(self, tenant: str) -> None:
        stage = self._stage
        address = self._post(f"{tenant}/privatelink/service", userAccount="100012345678")["addressId"]
        stage.wait("the service ONLINE", lambda: self._address(tenant, address)["addressStatus"] == "ONLINE")
        link = self._connect(tenant, address)
        name, port = link["privateLinkDomain"], link["intranetPort"]
        stage.say(f"connected: {name}:{port}, {link['intranetAddress']}")
        session = pymysql.connect(host=name, port=port, user=f"{USER}@{TENANT}", password=PASSWORD)
        version = _ask(session, "SELECT VERSION()")[0]
        stage.show("a MySQL client logs in as user@tenant", "OceanBase" in version, version)
        for sql in ("CREATE DATABASE IF NOT EXISTS demo", "CREATE TABLE demo.kept (id INT)", "INSERT INTO demo.kept VALUES (1)"):  # fmt: skip  # noqa: E501
            _ask(session, sql)
        session.commit()
        _ask(session, "INSERT INTO demo.kept VALUES (2)")
        first = self._http.delete(f"{tenant}/privatelink", params={"addressId": address})
        second = self._http.delete(f"{tenant}/privatelink", params={"addressId": address})
        stage.wait("the connection gone", lambda: self._gone(tenant, address))
        try:
            _ask(session, "SELECT 1")
            cut = False
        except LOST:
            cut = True
        stage.show("the delete cut the open transaction", first.status_code == 200 and cut)
        stage.show(
            "its address refuses, its name is gone",
            refuses(link["intranetAddress"], port) and not resolves(name),
            link["intranetAddress"],
        )
        stage.show("a second delete is refused", second.status_code != 200, f"{second.status_code} {second.json()['errorCode']}")  # fmt: skip  # noqa: E501
        again = self._post(f"{tenant}/privatelink/service", userAccount="100012345678")["addressId"]
        stage.wait("the service ONLINE", lambda: self._address(tenant, again)["addressStatus"] == "ONLINE")
        link = self._connect(tenant, again)
        session = pymysql.connect(
            host=link["privateLinkDomain"], port=link["intranetPort"], user=f"{USER}@{TENANT}", password=PASSWORD
        )
        rows = _ask(session, "SELECT COUNT(*) FROM demo.kept")
        stage.show("the tenant's data is still there", rows == (1,), "what was committed, and nothing else")
        session.close()

    def _connect(self, tenant: str, address: str) -> dict[str, Any]:
        """Connects an endpoint; the connection as the query lists it once it is ONLINE."""
        self._post(f"{tenant}/privatelink/connection", endpointId=ENDPOINT, addressId=address, userEndpointAddress="")

        def online() -> dict[str, Any] | None:
            links = self._address(tenant, address)["privateLinkList"]
            return next((dict(link) for link in links if link["privateLinkStatus"] == "ONLINE"), None)

        return self._stage.wait("the connection ONLINE", online)

    def _address(self, tenant: str, address: str) -> dict[str, Any]:
        [found] = self._get(f"{tenant}/privatelink", addressId=address)
        return dict(found)

    def _gone(self, tenant: str, address: str) -> bool:
        return self._http.get(f"{tenant}/privatelink", params={"addressId": address}).status_code == 404

    def _user(self, tenant: str) -> str:
        [found] = self._get(f"{tenant}/tenantUsers", userName=USER)["dataList"]
        return str(found["userStatus"])

    def _get(self, path: str, **query: str) -> Any:
        return self._http.get(path, params=query).raise_for_status().json()["data"]

    def _post(self, path: str, **body: Any) -> Any:
        return self._http.post(path, json=body).raise_for_status().json()["data"]


def _ask(connection: Any, sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone() if cursor.description else None
