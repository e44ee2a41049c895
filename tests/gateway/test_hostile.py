"""Whatever bytes come, nobody but us is to blame for a 500, so there is none."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jackfield.gateway.message import HttpRequest
from jackfield.gateway.pipeline import Pipeline
from tests.gateway.support import PATIENT, World, dialled, until_closed

ACTIONS = ["DescribeCan", "CreateCan", "TagCans", "Echo", "WhoAmI", "DrainCan", "None"]
NAMES = st.sampled_from(
    ["InstanceId", "Name", "Size", "Material", "ClientToken", "DryRun", "ResourceId.1", "ResourceId.x", "Tag.1.Key",
     "Tag.1", "Tag.", "Tag.2.Value", "Text", "RegionId", "Format", "Force", "Detail"]
)  # fmt: skip
VALUES = st.text(max_size=20) | st.sampled_from(
    ["", "1", "true", "tin", "a", "XML", "JSON", "cn-hangzhou", "\0", "x" * 70]
)
PARAMETERS = st.dictionaries(NAMES | st.text(max_size=10), VALUES, max_size=8)


@pytest.fixture(scope="module")
def pipeline(world: World) -> Pipeline:
    return world.pipeline()


def check(status: int, content_type: str, body: bytes) -> None:
    assert status < 500, body
    assert b"Traceback" not in body
    if content_type.startswith("application/json"):
        assert "RequestId" in json.loads(body)
    else:
        assert content_type == "text/xml;charset=utf-8"
        assert ElementTree.fromstring(body).find("RequestId") is not None


def handled(pipeline: Pipeline, request: HttpRequest) -> None:
    response = pipeline.handle(request)
    check(response.status, response.content_type.decode(), response.body)


@PATIENT
@given(
    query=st.binary(max_size=80) | st.from_regex(rb"(Action|Version|Format|%..|[=&+.%\xff])*", fullmatch=True),
    body=st.binary(max_size=40),
    headers=st.lists(
        st.tuples(
            st.sampled_from([b"host", b"authorization", b"x-acs-date", b"x-acs-action", b"x-acs-version"]),
            st.binary(max_size=40)
            | st.sampled_from([b"ACS3-HMAC-SHA256 Credential=a,SignedHeaders=b,Signature=c", b"2030-01-01"]),
        ),
        max_size=8,
    ),
)
def test_random_bytes(pipeline: Pipeline, query: bytes, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    handled(pipeline, HttpRequest("POST", "/", query, headers, body))


def _handle_wire(pipeline: Pipeline, wire: Any) -> None:
    path, _, query = wire.target.partition("?")
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in wire.headers]
    handled(pipeline, HttpRequest(wire.method, path, query.encode("latin-1"), headers, wire.body))


@PATIENT
@given(action=st.sampled_from(ACTIONS), query=PARAMETERS, form=PARAMETERS, xml=st.booleans())
def test_signed_with_random_parameters(
    world: World, pipeline: Pipeline, action: str, query: dict[str, str], form: dict[str, str], xml: bool
) -> None:
    _handle_wire(pipeline, world.signer.acs3(action, query, form))
    form = {name: value for name, value in form.items() if name not in query}
    _handle_wire(pipeline, world.signer.v1(action, query, form, format="XML" if xml else None))


@PATIENT
@given(
    name=st.sampled_from(["Timestamp", "SignatureNonce", "SignatureMethod", "Version", "Format", "RegionId"]),
    value=VALUES,
)
def test_signed_with_random_common_parameters(world: World, pipeline: Pipeline, name: str, value: str) -> None:
    signer = world.signer
    wire = signer.v1("WhoAmI", {name: value})
    _handle_wire(pipeline, wire)


@PATIENT
@given(part=st.binary(min_size=1, max_size=60))
def test_random_bytes_over_a_socket(port: int, part: bytes) -> None:
    with dialled(port) as connection:
        connection.sendall(b"POST /?Format=JSON HTTP/1.1\r\nhost: a\r\nconnection: close\r\n" + part + b"\r\n\r\n")
        connection.shutdown(1)
        received = until_closed(connection)
    assert not received.startswith(b"HTTP/1.1 5")
    assert b"Traceback" not in received
