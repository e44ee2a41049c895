"""kill -9 of the API process and the supervisor while an instance stops and starts, and while addresses move."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pymysql
import pytest
import requests

from tests.oceanbase.cloud import PASSWORD, Cloud, mysql, mysql_error, named, place_of, project, refuses, rows
from tests.running import Running, until

pytestmark = pytest.mark.chaos

ROUNDS = 2
SEED = 20261122


class Shaken:
    """A tenant with an ADMIN and a public address, on a Jackfield that is killed now and then."""

    def __init__(self, cloud: Cloud, instance: str, tenant: str) -> None:
        self.cloud, self.instance, self.tenant = cloud, f"/instances/{instance}", tenant
        self._chance = random.Random(SEED)
        print(f"seed {SEED}")

    def while_killed(self, longest: float, call: Callable[[], Any]) -> None:
        """Calls, and kills the API, or it and the supervisor, at a random moment from then on."""
        kind = self._chance.choice(("api", "both"))
        killer = threading.Timer(self._chance.uniform(0.0, longest), self._kill, (kind,))
        killer.start()
        try:
            call()
        except requests.RequestException:
            pass  # no answer came: it may or may not have happened
        finally:
            killer.join()
        self.cloud.running.wait_ready()

    def _kill(self, kind: str) -> None:
        running = self.cloud.running
        if kind == "both":
            running.kill_supervisor()
        running.kill_api()
        if kind == "both":
            running.up()

    def public(self) -> dict[str, Any]:
        return dict(self.cloud.get(f"{self.tenant}/publicaddress"))

    def place(self) -> tuple[str, int]:
        shown = self.public()
        return shown["internetAddress"], shown["internetPort"]

    def change(self, what: str, **more: Any) -> Any:
        shown = self.public()
        body = {name: shown[name] for name in ("addressId", "proxyClusterId", "serviceType")} | more
        return self.cloud.call("PUT", f"{self.tenant}/{what}", body)


@pytest.fixture
def shaken(tmp_path: Path) -> Iterator[Shaken]:
    with Running(tmp_path, "--pace", "instant") as running, closing(project(running)) as cloud:
        instance = cloud.create_instance()
        tenant = cloud.create_tenant(instance, enablePublicLink=True)
        cloud.create_user(tenant)
        made = Shaken(cloud, instance, tenant)
        until("ONLINE", lambda: made.public()["addressStatus"] == "ONLINE")
        yield made


@pytest.mark.timeout(240)
def test_stops_and_starts_complete(shaken: Shaken) -> None:
    """However it is killed, the instance ends STOPPED and refusing, or ONLINE with its data at its address."""
    cloud, place, before = shaken.cloud, shaken.place(), shaken.public()
    with closing(mysql(place, "alice@shop")) as client:
        rows(client, "CREATE DATABASE life")
        rows(client, "CREATE TABLE life.kept (id INT PRIMARY KEY)")

    def settled(*states: str) -> bool:
        found = {cloud.get(path)["status"] for path in (shaken.instance, shaken.tenant)}
        return len(found) == 1 and found <= set(states)

    for number in range(ROUNDS):
        with closing(mysql(place, "alice@shop")) as held:
            rows(held, f"INSERT INTO life.kept VALUES ({number})")
            held.commit()
            shaken.while_killed(0.3, lambda: cloud.call("PUT", f"{shaken.instance}/stopCluster"))
            until("at rest", lambda: settled("STOPPED", "ONLINE"), 60)
            if settled("ONLINE"):
                assert cloud.call("PUT", f"{shaken.instance}/stopCluster").status == 200
                until("STOPPED", lambda: settled("STOPPED"), 60)
            with pytest.raises(pymysql.err.OperationalError):
                rows(held, "SELECT 1")
        assert refuses(place)
        assert named(cloud) == {}
        shaken.while_killed(1.5, lambda: cloud.call("PUT", f"{shaken.instance}/startCluster"))
        until("at rest", lambda: settled("STOPPED", "ONLINE"), 60)
        if settled("STOPPED"):
            assert cloud.call("PUT", f"{shaken.instance}/startCluster").status == 200
            until("ONLINE", lambda: settled("ONLINE"), 60)
        assert shaken.public() == before
        with closing(mysql(place, "alice@shop")) as client:
            assert rows(client, "SELECT id FROM life.kept ORDER BY id") == [(one,) for one in range(number + 1)]


@pytest.mark.timeout(240)
def test_moves_complete(shaken: Shaken) -> None:
    """However it is killed, an address serves at one door, the old or the new, and nowhere else."""
    for number in range(2 * ROUNDS):
        old = shaken.place()
        port = 13306 + number
        shaken.while_killed(0.08, lambda port=port: shaken.change("addressPort", port=port))  # type: ignore[misc]
        until("ONLINE", lambda: shaken.public()["addressStatus"] == "ONLINE")
        if shaken.place() == old:
            assert shaken.change("addressPort", port=port).status == 200
            until("ONLINE", lambda: shaken.public()["addressStatus"] == "ONLINE")
        assert shaken.place() == (old[0], port)
        assert refuses(old)
        assert mysql_error(shaken.place(), "alice@shop") == 0
        former, prefix = shaken.public()["internetDomain"], f"shop-{number}"
        shaken.while_killed(0.08, lambda prefix=prefix: shaken.change("domainPrefix", domainPrefix=prefix))  # type: ignore[misc]
        until("ONLINE", lambda: shaken.public()["addressStatus"] == "ONLINE")
        domain = shaken.public()["internetDomain"]
        assert named(shaken.cloud) == {domain: [old[0]]}
        assert domain in (former, f"{prefix}.{former.partition('.')[2]}")


@pytest.mark.timeout(240)
def test_connections_that_move_complete(shaken: Shaken) -> None:
    """However it is killed, a connection is served at one address, and the other one refuses; another never notices."""
    cloud, tenant = shaken.cloud, shaken.tenant
    service = cloud.create_service(tenant)
    link = cloud.connect(tenant, service, "vpce-moved")
    steady = mysql(place_of(cloud.connect(tenant, service, "vpce-calm")), "alice@shop")
    first = place_of(link)[0]
    other = ".".join([*first.split(".")[:3], "251"])
    path = f"{tenant}/privatelink/information"

    def now() -> dict[str, Any]:
        until("ONLINE", lambda: cloud.address(tenant, service)["addressStatus"] == "ONLINE")
        return dict(cloud.link(tenant, service, "vpce-moved") or {})

    with closing(steady):
        for number in range(2 * ROUNDS):
            coming, former = (other, first) if number % 2 == 0 else (first, other)
            body = {"endpointId": "vpce-moved", "userEndpointAddress": coming}
            shaken.while_killed(0.1, lambda body=body: cloud.call("POST", path, body))  # type: ignore[misc]
            if now()["intranetAddress"] != coming:
                assert cloud.call("POST", path, body).status == 200
            assert now() == link | {"intranetAddress": coming}
            assert mysql_error((coming, 3306), "alice@shop") == 0
            assert refuses((former, 3306))
            assert named(cloud)[link["privateLinkDomain"]] == [coming]
            assert rows(steady, "SELECT 1") == [(1,)]


@pytest.mark.timeout(240)
def test_contents_complete(shaken: Shaken) -> None:
    """However it is killed, databases and users come, are locked and unlocked, renamed with their tenant, and go."""
    cloud, tenant, place = shaken.cloud, shaken.tenant, shaken.place()

    def users() -> dict[str, str]:
        return {one["userName"]: one["userStatus"] for one in cloud.get(f"{tenant}/tenantUsers")["dataList"]}

    def databases() -> dict[str, str]:
        return {one["databaseName"]: one["status"] for one in cloud.get(f"{tenant}/databases")["dataList"]}

    def one_round(database: str, user: str, name: str) -> None:
        shaken.while_killed(0.1, lambda: cloud.call("POST", f"{tenant}/databases", {"databaseName": database}))
        cloud.call("POST", f"{tenant}/databases", {"databaseName": database})
        until("the database ONLINE", lambda: databases().get(database) == "ONLINE")
        body = {"userName": user, "password": PASSWORD, "roles": [{"database": database, "role": "readonly"}]}
        shaken.while_killed(0.1, lambda: cloud.call("POST", f"{tenant}/tenantUsers", body))
        cloud.call("POST", f"{tenant}/tenantUsers", body)
        until("the user ONLINE", lambda: users().get(user) == "ONLINE")
        status = f"{tenant}/tenantUsers/{user}/status"
        shaken.while_killed(0.1, lambda: cloud.call("PUT", status, {"status": "LOCKED"}))
        cloud.call("PUT", status, {"status": "LOCKED"})
        until("the user LOCKED", lambda: users().get(user) == "LOCKED")
        shaken.while_killed(0.1, lambda: cloud.call("PUT", f"{tenant}/tenantName", {"tenantName": name}))
        cloud.call("PUT", f"{tenant}/tenantName", {"tenantName": name})
        until("the name", lambda: (cloud.get(tenant)["status"], cloud.get(tenant)["tenantName"]) == ("ONLINE", name))
        assert mysql_error(place, f"{user}@{name}") == 3118
        assert mysql_error(place, f"alice@{name}") == 0
        gone = {"databaseNames": f'["{database}"]'}
        shaken.while_killed(0.1, lambda: cloud.call("DELETE", f"{tenant}/databases", gone))
        cloud.call("DELETE", f"{tenant}/databases", gone)
        until("the database gone", lambda: database not in databases())

    for number in range(ROUNDS):
        name = f"shop{number}"
        one_round(f"db{number}", f"bob{number}", name)
    with closing(mysql(place, f"alice@{name}")) as client:
        left = {one for (one,) in rows(client, "SHOW DATABASES")}
        assert not {one for one in left if one.startswith("db")}
        assert [user for (user,) in rows(client, "SELECT user FROM mysql.user WHERE user LIKE 'bob%@shop'")] == []
