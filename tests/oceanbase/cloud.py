"""A caller of OceanBase Cloud's API, as its users write one: requests, HTTP Digest, waiting for ONLINE."""

from __future__ import annotations

import errno
import json
import socket
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pymysql
import pytest
import requests
from requests.auth import HTTPDigestAuth

from tests.running import Running, until

PASSWORD = "!Cloud4Oceanbase"
TURNED_AWAY = (2003, 2013)
"""What a client calls it when the listener closes or resets before the server's greeting."""
DOMAINS = (".oceanbase.cloud", ".oceanbase.aliyuncs.com")
"""How the names of tenants' addresses end: connections of PrivateLink, and addresses in VPCs."""
INSTANCE: dict[str, Any] = {
    "cloudProvider": "QCLOUD", "diskSize": 100, "instanceClass": "4C16GB", "obVersion": "4.2.1",
    "region": "ap-beijing", "zones": "ap-beijing-4,ap-beijing-5",
}  # fmt: skip


@dataclass
class Reply:
    status: int
    headers: Mapping[str, str]
    json: dict[str, Any]

    @property
    def data(self) -> Any:
        assert self.status == 200, self.json
        assert self.json["success"] is True
        return self.json["data"]

    @property
    def refusal(self) -> tuple[int, str]:
        """Status and code."""
        assert self.json["success"] is False, self.json
        assert self.json["errorMessage"]
        assert self.json["requestId"]
        return self.status, self.json["errorCode"]


class Cloud:
    """A project's key. :param project: goes into ``X-Ob-Project-Id``, unless empty."""

    def __init__(self, running: Running, key_id: str = "", secret: str = "", project: str = "") -> None:
        self.running = running
        self.key_id = key_id or running.ready.access_key_id
        self.secret = secret or running.ready.access_key_secret
        self.project = project
        self._session = requests.Session()
        self._session.auth = HTTPDigestAuth(self.key_id, self.secret)

    def close(self) -> None:
        self._session.close()

    def url(self, path: str) -> str:
        return f"{self.running.ready.api}/api/v2{path}"

    def call(self, method: str, path: str, body: Any = None, **query: str) -> Reply:
        headers = {"X-Ob-Project-Id": self.project} if self.project else {}
        data = None if body is None else json.dumps(body)
        answer = self._session.request(method, self.url(path), params=query, data=data, headers=headers, timeout=20)
        return Reply(answer.status_code, answer.headers, answer.json())

    def get(self, path: str, **query: str) -> Any:
        return self.call("GET", path, **query).data

    def post(self, path: str, **body: Any) -> Any:
        return self.call("POST", path, body).data

    def create_instance(self, **more: Any) -> str:
        """One that is ONLINE."""
        made: str = self.post("/instances", **(INSTANCE | more))["instanceId"]
        until(f"{made} ONLINE", lambda: self.get(f"/instances/{made}")["status"] == "ONLINE")
        return made

    def create_tenant(self, instance: str, name: str = "shop", **more: Any) -> str:
        """One that is ONLINE; its path."""
        made = self.post(f"/instances/{instance}/tenants", tenantName=name, **({"whitelist": "0.0.0.0/0"} | more))
        path = f"/instances/{instance}/tenants/{made['tenantId']}"
        until(f"{path} ONLINE", lambda: self.get(path)["status"] == "ONLINE", 60)
        return path

    def create_user(self, tenant: str, name: str = "alice", user_type: str = "ADMIN") -> None:
        """One that is ONLINE."""
        self.post(f"{tenant}/tenantUsers", userName=name, password=PASSWORD, userType=user_type)
        until(f"{name} ONLINE", lambda: self.user(tenant, name)["userStatus"] == "ONLINE")

    def user(self, tenant: str, name: str) -> dict[str, Any]:
        [found] = self.get(f"{tenant}/tenantUsers", userName=name)["dataList"]
        return dict(found)

    def create_service(self, tenant: str, user: str = "100012345678") -> str:
        """One that is ONLINE; its addressId."""
        made: str = self.post(f"{tenant}/privatelink/service", userAccount=user)["addressId"]
        until(f"{made} ONLINE", lambda: self.address(tenant, made)["addressStatus"] == "ONLINE")
        return made

    def connect(self, tenant: str, address: str, endpoint: str = "", **more: str) -> dict[str, Any]:
        """A connection that is ONLINE, as it stands in the list. :param endpoint: an account has each once."""
        endpoint = endpoint or f"vpce-{tenant.rpartition('/')[2]}"
        body = {"endpointId": endpoint, "addressId": address, "userEndpointAddress": "", **more}
        assert self.post(f"{tenant}/privatelink/connection", **body) == {}
        return until(f"{endpoint} ONLINE", lambda: self.link(tenant, address, endpoint))  # type: ignore[no-any-return]

    def address(self, tenant: str, address: str) -> dict[str, Any]:
        [found] = self.get(f"{tenant}/privatelink", addressId=address)
        return dict(found)

    def link(self, tenant: str, address: str, endpoint: str) -> dict[str, Any] | None:
        """A connection, if it is ONLINE."""
        for link in self.address(tenant, address)["privateLinkList"]:
            if link["privateLinkEndpointId"] == endpoint and link["privateLinkStatus"] == "ONLINE":
                return dict(link)
        return None

    def wait_gone(self, path: str, **query: str) -> None:
        until(f"{path} gone", lambda: self.call("GET", path, **query).status == 404)

    def delete_instance(self, instance: str) -> None:
        assert self.call("DELETE", "/instances", {"instanceId": instance}).data == {}
        self.wait_gone(f"/instances/{instance}")


def project(running: Running, name: str = "", account: str = "") -> Cloud:
    """A new project's key."""
    made = running.ask("projects", {"account_id": account or running.ready.account_id, "name": name})
    return Cloud(running, made["access_key_id"], made["access_key_secret"], made["project_id"])


def mysql(place: tuple[str, int], user: str, password: str = PASSWORD) -> Any:
    """A logged-in client, to be closed."""
    return pymysql.connect(host=place[0], port=place[1], user=user, password=password, connect_timeout=10)


def mysql_error(place: tuple[str, int], user: str, password: str = PASSWORD) -> int:
    """The number of the error that a login ends with; 0 when it succeeds."""
    try:
        mysql(place, user, password).close()
    except pymysql.err.OperationalError as error:
        return int(error.args[0])
    return 0


def rows(client: Any, sql: str) -> list[Any]:
    with client.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def place_of(link: Mapping[str, Any]) -> tuple[str, int]:
    return link["intranetAddress"], link["intranetPort"]


def refuses(place: tuple[str, int]) -> bool:
    """Whether nothing listens there. A listener that admits nobody may reset a client before its connect returns."""
    with closing(socket.socket()) as client:
        client.settimeout(5)
        return client.connect_ex(place) == errno.ECONNREFUSED


def named(cloud: Cloud) -> dict[str, list[str]]:
    """Names of tenants' addresses that resolve under ``jackfield exec``."""
    lines = cloud.running.folder.hosts.read_text().splitlines()
    pairs = [line.split() for line in lines if line.endswith(DOMAINS)]
    return {name: [address] for address, name in pairs}


def dialled_name(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names resolve in this process from the hosts file, as they do under ``jackfield exec``."""
    system = socket.getaddrinfo

    def getaddrinfo(host: str, *args: object, **more: object) -> object:
        if not host.endswith(DOMAINS):
            return system(host, *args, **more)  # type: ignore[arg-type]
        if host not in named(cloud):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return system(named(cloud)[host][0], *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
