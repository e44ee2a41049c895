"""The vendor's own Python clients call, and read the errors."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from tests.gateway.support import Signer, World


@pytest.fixture(scope="module")
def tea() -> Any:
    """The current SDK: ``call(signer, port, algorithm, action, query)``."""
    pytest.importorskip("alibabacloud_tea_openapi")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from alibabacloud_tea_openapi.client import Client
        from alibabacloud_tea_openapi.utils_models import Config, OpenApiRequest, Params
        from darabonba.runtime import RuntimeOptions

    def call(signer: Signer, port: int, algorithm: str, action: str, query: dict[str, str], form: bool = False) -> Any:
        config = Config(
            access_key_id=signer.key_id, access_key_secret=signer.secret, endpoint=f"127.0.0.1:{port}", protocol="http",
            region_id="cn-hangzhou", signature_algorithm=algorithm,
        )  # fmt: skip
        params = Params(
            action=action, version="2030-01-01", protocol="HTTP", pathname="/", method="POST", auth_type="AK",
            style="RPC", req_body_type="formData", body_type="json",
        )  # fmt: skip
        request = OpenApiRequest(body=query) if form else OpenApiRequest(query=query)
        return Client(config).call_api(params, request, RuntimeOptions())["body"]

    return call


@pytest.mark.parametrize("algorithm", ["ACS3-HMAC-SHA256", "v2"])
@pytest.mark.parametrize("form", [False, True])
def test_tea_calls(world: World, port: int, tea: Any, algorithm: str, form: bool) -> None:
    text = "a b+c*~/ü&=%"
    assert tea(world.signer, port, algorithm, "Echo", {"Text": text}, form)["Text"] == text


@pytest.mark.parametrize(
    ("action", "secret", "status", "code"),
    [
        ("DescribeCan", "", 404, "InvalidCanId.NotFound"), ("CreateCan", "", 400, "MissingName"),
        ("DrainCan", "", 400, "JackfieldOperationNotBuilt"), ("Nothing", "", 404, "InvalidAction.NotFound"),
        ("Echo", "wrong", 400, "SignatureDoesNotMatch"), ("BreakRead", "", 500, "InternalError"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("algorithm", ["ACS3-HMAC-SHA256", "v2"])
def test_tea_reads_errors(
    world: World, port: int, tea: Any, algorithm: str, action: str, secret: str, status: int, code: str
) -> None:
    signer = Signer(world.signer.key_id, secret or world.signer.secret)
    with pytest.raises(Exception) as caught:  # noqa: PT011 - the type is the client's, its fields are what counts
        tea(signer, port, algorithm, action, {"InstanceId": "none"})
    error: Any = caught.value
    assert (error.code, error.status_code) == (code, status)
    assert len(error.data["RequestId"]) == 36


@pytest.fixture(scope="module")
def core() -> Any:
    """The older SDK: ``call(signer, port, action, parameters, format)``."""
    pytest.importorskip("aliyunsdkcore")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from aliyunsdkcore.client import AcsClient
        from aliyunsdkcore.request import RpcRequest

    def call(signer: Signer, port: int, action: str, parameters: dict[str, str], format: str = "JSON") -> bytes:
        request = RpcRequest("Cans", "2030-01-01", action)
        request.set_endpoint(f"127.0.0.1:{port}")
        request.set_method("POST")
        request.set_protocol_type("http")
        request.set_accept_format(format)
        for name, value in parameters.items():
            request.add_query_param(name, value)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            answer: bytes = AcsClient(signer.key_id, signer.secret, "cn-hangzhou").do_action_with_exception(request)
        return answer

    return call


def test_core_calls(world: World, port: int, core: Any) -> None:
    assert b'"Text":"a b+c*~/"' in core(world.signer, port, "Echo", {"Text": "a b+c*~/"})


@pytest.mark.parametrize(
    ("action", "secret", "status", "code"),
    [
        ("DescribeCan", "", 404, "InvalidCanId.NotFound"), ("DrainCan", "", 400, "JackfieldOperationNotBuilt"),
        ("Nothing", "", 404, "InvalidAction.NotFound"),
        # What it says when the text after the colon is its own string to sign.
        ("Echo", "wrong", 400, "InvalidAccessKeySecret"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("format", ["JSON", "XML"])
def test_core_reads_errors(
    world: World, port: int, core: Any, action: str, secret: str, status: int, code: str, format: str
) -> None:
    signer = Signer(world.signer.key_id, secret or world.signer.secret)
    with pytest.raises(Exception) as caught:  # noqa: PT011 - the type is the client's, its fields are what counts
        core(signer, port, action, {"InstanceId": "none"}, format)
    error: Any = caught.value
    assert error.get_http_status() == status
    assert error.get_error_code() == code
    assert len(error.get_request_id()) == 36
