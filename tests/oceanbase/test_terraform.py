"""Calls in the order and form in which the vendor's Terraform provider makes them (its Go client, replayed).

It sends an empty requestId, the project only with the create call, empty texts for what is not set, users as a JSON
list in a text, and everything else that its generated structs hold. It takes a status of 300 or more, or a ``success``
other than true, for a failure, and asks again until ONLINE.
"""

from __future__ import annotations

from typing import Any

from tests.oceanbase.cloud import PASSWORD, Cloud
from tests.running import Running, until


def tf(cloud: Cloud, method: str, path: str, body: Any = None, **query: str) -> Any:
    reply = cloud.call(method, path, body, requestId="", **query)
    assert reply.status == 200, reply.json
    assert reply.json["success"] is True
    return reply.json.get("data")


def cluster_is_online(cloud: Cloud, instance: str) -> bool:
    """refreshCluster: the details, and the list filtered by id, of which exactly one entry is accepted."""
    details = tf(cloud, "GET", f"/instances/{instance}")
    listed = tf(cloud, "GET", "/instances", instanceId=instance)
    assert listed["total"] == 1
    for shown in (details, listed["dataList"][0]):
        assert shown["instanceType"].upper().endswith("CLUSTER")
        assert isinstance(shown["resource"]["cpu"]["totalCpu"], float)
    assert isinstance(listed["dataList"][0]["diskSize"], int)
    assert isinstance(details["nodeNum"], int)
    return details["status"] == "ONLINE"  # type: ignore[no-any-return]


def test_apply_and_destroy(without_engines: Running) -> None:
    cloud = Cloud(without_engines)
    made = without_engines.ask("projects", {"account_id": without_engines.ready.account_id})
    cloud.project = made["project_id"]
    instance = tf(cloud, "POST", "/instances", {
        "cloudProvider": "AWS", "diskSize": 200, "region": "us-east-1", "obVersion": "4.2.1", "zones": "a,b,c",
        "instanceClass": "8C32GB", "replicaMode": "", "instanceType": "CLUSTER", "instanceName": "tf",
    })["instanceId"]  # fmt: skip
    cloud.project = ""
    until("the cluster ONLINE", lambda: cluster_is_online(cloud, instance))

    tenant_id = tf(cloud, "POST", f"/instances/{instance}/tenants", {
        "instanceId": instance, "tenantName": "tf_tenant", "tenantMode": "MySQL", "primaryZone": "RANDOM",
        "charset": "utf8mb4", "description": "", "whitelist": "0.0.0.0/0", "timeZone": "Asia/Shanghai", "cpu": 2,
        "memory": 4, "unitNum": 1, "enablePublicLink": False, "createParams": {"lower_case_table_names": "1"},
    })["tenantId"]  # fmt: skip
    tenant = f"/instances/{instance}/tenants/{tenant_id}"
    until("the tenant ONLINE", lambda: tf(cloud, "GET", tenant)["status"] == "ONLINE")
    shown = tf(cloud, "GET", tenant)
    for name in ("unitCpu", "unitMem", "unitNum"):
        assert isinstance(shown[name], int)
    assert shown["tenantResource"]["disk"].keys() == {"totalDiskSize", "usedDiskSize"}

    user = tf(cloud, "POST", f"{tenant}/tenantUsers", {
        "userName": "tf_user", "instanceId": instance, "tenantId": tenant_id, "password": PASSWORD,
        "userType": "NORMAL", "encryptionType": "", "description": "", "roles": "[]",
    })  # fmt: skip
    assert isinstance(user["roles"], list)
    [listed] = tf(cloud, "GET", f"{tenant}/tenantUsers", userName="tf_user")["dataList"]
    assert (listed["userName"], listed["userType"], listed["databases"]) == ("tf_user", "NORMAL", [])

    address = tf(cloud, "POST", f"{tenant}/privatelink/service", {"userAccount": "123456789012"})["addressId"]

    def connection() -> dict[str, Any]:
        """refreshTenantConnection: a list of exactly one."""
        [found] = tf(cloud, "GET", f"{tenant}/privatelink", addressId=address)
        return dict(found)

    until("the address ONLINE", lambda: connection()["addressStatus"] == "ONLINE")
    for name, kind in {
        "addressId": str,
        "role": str,
        "userNameFormat": str,
        "intranetDomain": str,
        "intranetPort": int,
    }.items():
        assert isinstance(connection()[name], kind), name
    tf(
        cloud,
        "POST",
        f"{tenant}/privatelink/connection",
        {"endpointId": "vpce-0", "addressId": address, "userEndpointAddress": ""},
    )
    until("connected", lambda: connection()["privateLinkEndpointId"] == "vpce-0")

    # destroy: one after the other, without a pause
    assert tf(cloud, "DELETE", f"{tenant}/privatelink", addressId=address) is True
    assert tf(cloud, "DELETE", f"{tenant}/tenantUsers", {
        "instanceId": instance, "tenantId": tenant_id, "users": '["tf_user"]',
    }) == {}  # fmt: skip
    assert tf(cloud, "DELETE", tenant).keys() == {"tenantId", "jobKey"}
    assert tf(cloud, "DELETE", "/instances", {"instanceId": instance}) == {}
    cloud.wait_gone(f"/instances/{instance}")


def test_a_database_a_group_and_a_public_connection(without_engines: Running) -> None:
    """As the provider makes, polls, changes and destroys them; a stopped cluster is awaited as it waits."""
    cloud = Cloud(without_engines)
    instance = tf(cloud, "POST", "/instances", {
        "cloudProvider": "QCLOUD", "diskSize": 200, "region": "ap-beijing", "obVersion": "4.2.1", "zones": "a,b,c",
        "instanceClass": "8C32GB", "instanceType": "CLUSTER", "instanceName": "tf",
    })["instanceId"]  # fmt: skip
    until("the cluster ONLINE", lambda: cluster_is_online(cloud, instance))
    made = tf(cloud, "POST", f"/instances/{instance}/tenants", {"tenantName": "tf", "whitelist": "0.0.0.0/0"})
    tenant = f"/instances/{instance}/tenants/{made['tenantId']}"
    until("the tenant ONLINE", lambda: tf(cloud, "GET", tenant)["status"] == "ONLINE")

    tf(cloud, "POST", f"{tenant}/databases", {
        "instanceId": instance, "tenantId": made["tenantId"], "databaseName": "tf_db", "encoding": "",
        "description": "",
    })  # fmt: skip

    def database() -> dict[str, Any]:
        """refreshDatabase: found by its name on the first page."""
        listed = tf(cloud, "GET", f"{tenant}/databases", databaseName="tf_db", pageSize="10", pageNumber="1")
        [found] = [one for one in listed["dataList"] if one["databaseName"] == "tf_db"]
        return dict(found)

    until("the database ONLINE", lambda: database()["status"] == "ONLINE")
    for name, kind in {"gmtCreate": str, "encoding": str, "requiredSize": float, "dbType": str, "users": list}.items():
        assert isinstance(database()[name], kind), name
    tf(cloud, "PUT", f"{tenant}/databases/tf_db/description", {"description": "changed"})
    assert database()["description"] == "changed"
    tf(cloud, "POST", f"{tenant}/tenantUsers", {
        "userName": "tf_user", "password": PASSWORD, "userType": "NORMAL", "encryptionType": "", "description": "",
        "roles": '[{"withGrant":false,"table":"","role":"readwrite","database":"tf_db","privileges":""}]',
    })  # fmt: skip
    [user] = tf(cloud, "GET", f"{tenant}/tenantUsers", userName="tf_user")["dataList"]
    [role] = user["databases"]
    assert (role["database"], role["role"], role["withGrant"], role["table"]) == ("tf_db", "readwrite", 0, "")

    address = tf(cloud, "POST", f"{tenant}/address", {"vipServiceType": "OBPROXY_INTERNET"})["addressId"]

    def connection() -> dict[str, Any]:
        """refreshTenantConnection of the type INTERNET: an object."""
        return dict(tf(cloud, "GET", f"{tenant}/publicaddress"))

    until("the address ONLINE", lambda: connection()["addressStatus"] == "ONLINE")
    assert (connection()["addressId"], connection()["internetPort"]) == (address, 3306)

    tf(cloud, "PUT", f"/instances/{instance}/stopCluster")
    until("not ONLINE", lambda: not cluster_is_online(cloud, instance))
    until("STOPPED", lambda: tf(cloud, "GET", f"/instances/{instance}")["status"] == "STOPPED")
    tf(cloud, "PUT", f"/instances/{instance}/startCluster")
    until("the cluster ONLINE", lambda: cluster_is_online(cloud, instance))

    assert tf(cloud, "DELETE", f"{tenant}/address", addressId=address) is True
    assert tf(cloud, "DELETE", f"{tenant}/databases", {
        "instanceId": instance, "tenantId": made["tenantId"], "databaseNames": '["tf_db"]', "force": True,
    }) == {}  # fmt: skip
    assert tf(cloud, "DELETE", "/instances", {"instanceId": instance}) == {}
    cloud.wait_gone(f"/instances/{instance}")
