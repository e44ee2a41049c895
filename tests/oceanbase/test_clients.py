"""The clients that people have: curl, requests and httpx, each with the Digest of its own."""

from __future__ import annotations

import asyncio
import json
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
from requests.auth import HTTPDigestAuth

from tests.oceanbase.cloud import INSTANCE, Cloud
from tests.running import until


def curl(api: Cloud, *arguments: str, secret: str = "") -> tuple[int, dict[str, Any]]:
    """As the documents' examples call it."""
    command = ["curl", "--silent", "--digest", "-u", f"{api.key_id}:{secret or api.secret}", "-w", "\n%{http_code}"]
    said = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=20, check=True).stdout
    body, _, status = said.rpartition("\n")
    return int(status), json.loads(body)


def test_curl_as_in_the_documents(api: Cloud) -> None:
    """The body is JSON without a Content-Type, or with one; the first POST of curl is empty."""
    for content_type in ([], ["-H", "Content-Type: application/json"]):
        status, reply = curl(
            api, "--request", "POST", *content_type, "-H", f"X-Ob-Project-Id: {api.project}",
            "--data", json.dumps(INSTANCE), api.url("/instances?requestId=dc302d76-66b5-48d8-ab53-a03500000000"),
        )  # fmt: skip
        assert (status, reply["success"], reply["requestId"]) == (200, True, "dc302d76-66b5-48d8-ab53-a03500000000")
    status, reply = curl(api, "-G", "-d", "pageSize=1", "-d", "pageNumber=2", api.url("/instances"))
    assert (status, reply["data"]["total"], len(reply["data"]["dataList"])) == (200, 2, 1)
    made = reply["data"]["dataList"][0]["instanceId"]
    status, reply = curl(api, "--request", "DELETE", "--data", json.dumps({"instanceId": made}), api.url("/instances"))
    assert (status, reply["data"]) == (200, {})
    status, reply = curl(
        api, "-G", "-d", "addressId=obe-1", "--request", "DELETE", api.url("/instances/x/tenants/y/privatelink")
    )
    assert (status, reply["errorCode"]) == (404, "E404J101")


def test_curl_with_a_body_that_it_announces_first(api: Cloud, tmp_path: Path) -> None:
    """More than a megabyte: curl waits for 100 Continue and learns that it is too much."""
    (tmp_path / "body").write_bytes(b"x" * (1024 * 1024 + 1))
    status, reply = curl(api, "--request", "POST", "--data", f"@{tmp_path}/body", api.url("/instances"))
    assert (status, reply["errorCode"]) == (413, "E413J001")


def test_requests_uses_a_challenge_again(api: Cloud) -> None:
    with requests.Session() as session:
        session.auth = HTTPDigestAuth(api.key_id, api.secret)
        answers = [session.get(api.url("/instances"), params={"requestId": f"r-{n}"}, timeout=10) for n in range(5)]
        posted = session.post(api.url("/instances"), json=INSTANCE, timeout=10)
        form = session.post(api.url("/instances"), data=json.dumps(INSTANCE), timeout=10)
    assert [answer.json()["requestId"] for answer in answers] == [f"r-{n}" for n in range(5)]
    assert [len(answer.history) for answer in answers] == [1, 0, 0, 0, 0]
    assert (posted.status_code, form.status_code, len(posted.history)) == (200, 200, 0)


def test_httpx_with_many_requests_at_once(api: Cloud) -> None:
    """Their counts come in any order: one challenge serves them all.

    In one thread: with several, httpx's own counter gives two requests the same count now and then.
    """

    async def talk() -> list[httpx.Response]:
        auth = httpx.DigestAuth(api.key_id, api.secret)
        async with httpx.AsyncClient(auth=auth, timeout=10, limits=httpx.Limits(max_connections=12)) as client:
            first = await client.get(api.url("/instances"))
            many = await asyncio.gather(*(client.get(api.url(f"/instances?requestId=r-{n}")) for n in range(60)))
            posted = await client.post(api.url("/instances"), json=INSTANCE)
            instance = {"instanceId": posted.json()["data"]["instanceId"]}
            deleted = await client.request("DELETE", api.url("/instances"), json=instance)
        return [first, *many, posted, deleted]

    answers = asyncio.run(talk())
    assert {answer.status_code for answer in answers} == {200}
    assert [len(answer.history) for answer in answers] == [1, *[0] * 62]


@pytest.mark.parametrize("client", ["curl", "requests", "httpx"])
def test_a_wrong_secret_ends_with_401(api: Cloud, client: str) -> None:
    url = api.url("/instances")
    if client == "curl":
        status, reply = curl(api, "--request", "POST", "--data", json.dumps(INSTANCE), url, secret="wrong")
    elif client == "requests":
        answer = requests.post(url, json=INSTANCE, auth=HTTPDigestAuth(api.key_id, "wrong"), timeout=10)
        status, reply = answer.status_code, answer.json()
    else:
        other = httpx.post(url, json=INSTANCE, auth=httpx.DigestAuth(api.key_id, "wrong"))
        status, reply = other.status_code, other.json()
    assert (status, reply["success"], reply["errorCode"]) == (401, False, "E401J001")
    assert api.get("/instances")["total"] == 0


def test_a_client_survives_a_restart_of_the_api(api: Cloud) -> None:
    """Its nonces are stale then, which it is told and handles by itself."""
    with requests.Session() as session:
        session.auth = HTTPDigestAuth(api.key_id, api.secret)
        assert session.get(api.url("/instances"), timeout=10).status_code == 200
        before = api.running.ready.pid
        api.running.kill_api()
        until("another API process", lambda: api.running.wait_ready().pid != before)
        answer = session.get(api.url("/instances"), timeout=20)
    assert (answer.status_code, len(answer.history)) == (200, 1)
    assert "stale=true" in answer.history[0].headers["www-authenticate"]
