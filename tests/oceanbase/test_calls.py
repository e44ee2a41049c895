"""The form of calls and answers: paths, bodies, request ids, envelopes, refusals."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
import requests
from alibabacloud_sts20150401.client import Client
from requests.auth import HTTPDigestAuth

from tests.oceanbase.cloud import INSTANCE, Cloud
from tests.running import refused, until


def raw(api: Cloud, method: str, path: str, data: bytes | None = None, **headers: str) -> requests.Response:
    auth = HTTPDigestAuth(api.key_id, api.secret)
    return requests.request(method, api.url(path), data=data, headers=headers, auth=auth, timeout=10)


def test_success(api: Cloud) -> None:
    answer = raw(api, "GET", "/instances?requestId=trace-1")
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    assert answer.text == '{"success":true,"data":{"dataList":[],"total":0,"hasMore":false},"requestId":"trace-1"}'


@pytest.mark.parametrize("query", ["", "?", "?requestId=", "?requestId", "?other=1", "?requestId=" + "x" * 129])
def test_request_id_that_is_not_given_is_made(api: Cloud, query: str) -> None:
    """Terraform sends an empty one, others none. One that could not be traced by is replaced."""
    made = raw(api, "GET", f"/instances{query}").json()["requestId"]
    assert str(uuid.UUID(made)) == made


@pytest.mark.parametrize("given", ["a", "dc302d76-66b5-48d8-ab53-a035aaaaaaaa", '"\\<script>', "x" * 128])
def test_request_id_that_is_given_comes_back(api: Cloud, given: str) -> None:
    assert api.call("GET", "/instances", requestId=given).json["requestId"] == given
    assert api.call("GET", "/instances/none", requestId=given).json["requestId"] == given


def test_failure(api: Cloud) -> None:
    answer = raw(api, "GET", "/instances/ob1?requestId=trace-1")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/json;charset=UTF-8")
    assert answer.text == (
        '{"success":false,"errorCode":"E404J101","errorMessage":"The instance does not exist.","requestId":"trace-1"}'
    )


@pytest.mark.parametrize(
    "content_type",
    ["", "application/json", "application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x", "?"],
)
def test_body_is_json_whatever_it_is_called(api: Cloud, content_type: str) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    assert raw(api, "POST", "/instances", json.dumps(INSTANCE).encode(), **headers).status_code == 200


def test_parameters_may_stand_in_the_query(api: Cloud) -> None:
    """The documents and clients disagree about some; the body counts where both have one."""
    made = api.call("POST", "/instances", INSTANCE | {"region": "in-body"}, region="in-query").data["instanceId"]
    assert api.get(f"/instances/{made}")["region"] == "in-body"
    query = {name: str(value) for name, value in INSTANCE.items()}
    assert api.call("POST", "/instances", None, **query).status == 200
    assert api.call("DELETE", "/instances", None, instanceId=made).data == {}


BROKEN: dict[str, bytes] = {
    "a form": b"cloudProvider=QCLOUD&diskSize=100", "a list": b"[]", "a text": b'"x"', "a number": b"1",
    "null": b"null",
    "half": b'{"cloudProvider":', "two": b"{}{}", "no UTF-8": b'{"region":"\xff\xfe"}',
    "a lone surrogate": b'{"region":"\\ud800"}',
    "deep": b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "NaN": b'{"diskSize":NaN}', "comments": b"{/**/}",
    "a NUL": b"\0", "a BOM": b"\xef\xbb\xbf{}",
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_body_that_is_no_json_object(api: Cloud, name: str) -> None:
    answer = raw(api, "POST", "/instances", BROKEN[name])
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "E400J002")
    assert api.get("/instances")["total"] == 0


UNFIT: list[tuple[str, Any]] = [
    ("diskSize", "x"), ("diskSize", 1.5), ("diskSize", True), ("diskSize", -1), ("diskSize", 10**30), ("diskSize", []),
    ("diskSize", {}), ("cloudProvider", "AZURE"), ("cloudProvider", 7), ("cloudProvider", ["QCLOUD"]), ("region", {}),
    ("region", "a\0b"), ("region", 1), ("dryRun", "perhaps"), ("dryRun", 1), ("instanceName", True),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), UNFIT)
def test_parameter_that_does_not_fit(api: Cloud, name: str, value: Any) -> None:
    reply = api.call("POST", "/instances", INSTANCE | {name: value})
    assert reply.refusal == (400, "E400J004")
    assert name in reply.json["errorMessage"]
    assert api.get("/instances")["total"] == 0


@pytest.mark.parametrize("name", INSTANCE)
@pytest.mark.parametrize("value", [None, "", "absent"])
def test_parameter_that_is_missing(api: Cloud, name: str, value: str | None) -> None:
    body = {key: one for key, one in INSTANCE.items() if key != name} | ({} if value == "absent" else {name: value})
    reply = api.call("POST", "/instances", body)
    assert reply.refusal == (400, "E400J003")
    assert name in reply.json["errorMessage"]


@pytest.mark.parametrize("text", ["100", 100, 100.0, " 100"])
def test_numbers_may_be_texts(api: Cloud, text: Any) -> None:
    reply = api.call("POST", "/instances", INSTANCE | {"diskSize": text})
    assert reply.status == (400 if text == " 100" else 200)


@pytest.mark.parametrize(
    "path",
    [
        "/", "/instance", "/instances/", "//instances", "/instances//tenants", "/instances/a/b",
        "/instances/a/tenants/",
        "/instances/a/tenants/b/privatelink/service/", "/instances/a/tenants/b/privatelink/nothing", "/%FF",
        "/instances%2Fa", "/instances/a/tenants/b/tenantUsers/c", "/projects", "/instances/a/tenants/b/../c",
    ],
)  # fmt: skip
def test_unknown_path(api: Cloud, path: str) -> None:
    session = requests.Session()
    with session:
        request = session.prepare_request(
            requests.Request("GET", api.url("/"), auth=HTTPDigestAuth(api.key_id, api.secret))
        )
        request.url = api.url(path)  # as it is, not tidied up
        answer = session.send(request, timeout=10)
    assert (answer.status_code, answer.json()["errorCode"]) == (404, "E404J001")


def test_unknown_method(api: Cloud) -> None:
    for method, path, allowed in (
        ("PUT", "/instances", "DELETE, GET, POST"),
        ("PATCH", "/instances/a/tenants/b", "DELETE, GET, PUT"),
        ("GET", "/instances/a/tenants/b/privatelink/service", "POST"),
        ("OPTIONS", "/instances", "DELETE, GET, POST"),
    ):
        answer = raw(api, method, path)
        assert (answer.status_code, answer.json()["errorCode"]) == (405, "E405J001")
        assert answer.headers["allow"] == allowed


def test_path_parameters_are_decoded_one_by_one(api: Cloud) -> None:
    reply = api.call("GET", "/instances/a%2Ftenants")
    assert reply.refusal == (404, "E404J101")
    assert api.call("GET", "/instances/a%00").refusal == (400, "E400J004")


def test_rpc_is_not_answered_here_nor_rest_there(api: Cloud) -> None:
    """A project's key signs nothing but calls of its own product."""
    answer = requests.get(f"{api.running.ready.api}/api/v3/instances", timeout=10)
    assert (answer.status_code, answer.json()["Code"]) == (404, "InvalidApi.NotFound")
    with refused("InvalidAccessKeyId.NotFound", 404):
        Client(api.running.config(api.key_id, api.secret)).get_caller_identity()


def test_nothing_secret_in_answers_and_logs(api: Cloud) -> None:
    instance = api.create_instance()
    tenant = api.create_tenant(instance)
    password = "!Very4Secret-word"
    body = {"userName": "alice", "password": password, "userType": "NORMAL"}
    first = api.call("POST", f"{tenant}/tenantUsers", body)
    until("ONLINE", lambda: api.user(tenant, "alice")["userStatus"] == "ONLINE")
    replies = [
        first,
        api.call("POST", f"{tenant}/tenantUsers", body),
        api.call("POST", f"{tenant}/tenantUsers", body | {"userName": "b", "roles": "["}),
        api.call("PUT", f"{tenant}/tenantUsers/alice/password", {"userPassword": password}),
        api.call("GET", f"{tenant}/tenantUsers"),
        api.call("GET", "/instances", accessKey=password),
    ]
    assert [reply.status for reply in replies] == [200, 409, 400, 200, 200, 200]
    assert password not in json.dumps([reply.json for reply in replies])
    assert api.secret not in json.dumps([reply.json for reply in replies])
    log = (api.running.folder.logs / "api.log").read_text()
    assert "oceanbase:CreateTenantUser code=OK" in log
    assert "oceanbase:CreateTenantUser code=E409J107" in log
    assert password not in log
    assert api.secret not in log
    store = api.running.folder.store.read_bytes()
    assert password.encode() not in store
    assert api.secret.encode() not in store
