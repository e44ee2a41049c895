"""Every refusal of the gateway, over real HTTP."""

from __future__ import annotations

import time
from xml.etree import ElementTree

import pytest

from tests.gateway.support import Signer, Wire, World, altered, dialled, until_closed


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("AccessKeyId", "MissingAccessKeyId"), ("Signature", "MissingSignature"), ("Action", "MissingAction"),
        ("SignatureMethod", "MissingSignatureMethod"), ("SignatureVersion", "MissingSignatureVersion"),
        ("SignatureNonce", "MissingSignatureNonce"), ("Timestamp", "MissingTimestamp"), ("Version", "MissingVersion"),
    ],
)  # fmt: skip
def test_missing_part_of_v1(world: World, port: int, name: str, code: str) -> None:
    answer = altered(world.signer, **{name: "-"}).v1("WhoAmI").send(port)
    assert (answer.status, answer.code) == (400, code)
    assert answer.json["Message"] == f"{name} is mandatory for this action."


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("x-acs-action", "MissingAction"), ("x-acs-version", "MissingVersion"), ("x-acs-date", "MissingTimestamp"),
        ("x-acs-signature-nonce", "MissingSignatureNonce"), ("x-acs-content-sha256", "IncompleteSignature"),
    ],
)  # fmt: skip
def test_missing_part_of_acs3(world: World, port: int, name: str, code: str) -> None:
    answer = world.signer.acs3("WhoAmI", leave_out=name).send(port)
    assert (answer.status, answer.code) == (400, code)


@pytest.mark.parametrize(
    "name", ["host", "x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256"]
)
def test_what_acs3_must_sign(world: World, port: int, name: str) -> None:
    answer = world.signer.acs3("WhoAmI", unsigned=name).send(port)
    assert (answer.status, answer.code) == (400, "IncompleteSignature")
    assert answer.json["Message"].startswith(
        "The request signature does not conform to Aliyun standards. server string to sign is:ACS3-HMAC-SHA256\n"
    )


def test_acs3_may_leave_the_content_type_unsigned(world: World, port: int) -> None:
    assert world.signer.acs3("Echo", form={"Text": "a"}, unsigned="content-type").send(port).json["Text"] == "a"


def test_no_signature_at_all(port: int) -> None:
    answer = Wire("GET", "/?Action=WhoAmI&Version=2030-01-01&Format=JSON", [("host", "a")]).send(port)
    assert (answer.status, answer.code) == (400, "MissingAccessKeyId")


@pytest.mark.parametrize(
    "extra",
    [{"SignatureMethod": "HMAC-SHA256"}, {"SignatureVersion": "2.0"}, {"SignatureType": "BEARERTOKEN"}],
)
def test_other_signatures(world: World, port: int, extra: dict[str, str]) -> None:
    answer = altered(world.signer, **extra).v1("WhoAmI").send(port)
    assert (answer.status, answer.code) == (400, f"Invalid{next(iter(extra))}")


@pytest.mark.parametrize("algorithm", ["ACS3-HMAC-SM3", "ACS3-RSA-SHA256"])
def test_other_algorithms(world: World, port: int, algorithm: str) -> None:
    wire = world.signer.acs3("WhoAmI")
    name, value = wire.headers.pop()
    wire.headers.append((name, value.replace("ACS3-HMAC-SHA256", algorithm)))
    assert wire.send(port).code == "InvalidSignatureMethod"


@pytest.mark.parametrize("value", ["ACS3-HMAC-SHA256 nonsense", "ACS3-HMAC-SHA256", "ACS3-HMAC-SHA256 Credential=a,a"])
def test_malformed_authorization(world: World, port: int, value: str) -> None:
    wire = world.signer.acs3("WhoAmI")
    wire.headers[-1] = ("authorization", value)
    answer = wire.send(port)
    assert (answer.status, answer.code) == (400, "IncompleteSignature")


def test_empty_signature_type_is_signed_like_the_rest(world: World, port: int) -> None:
    assert altered(world.signer, SignatureType="").v1("WhoAmI").send(port).status == 200


@pytest.mark.parametrize("kind", ["v1", "acs3"])
@pytest.mark.parametrize(
    ("stamp", "code"),
    [
        ("2026-11-22 02:42:05", "InvalidTimeStamp.Format"), ("now", "InvalidTimeStamp.Format"),
        ("2026-13-22T02:42:05Z", "InvalidTimeStamp.Format"), ("2026-11-22T02:42:05+00:00", "InvalidTimeStamp.Format"),
        ("2026-11-22T02:42:05.0Z", "InvalidTimeStamp.Format"), ("0001-01-01T00:00:00Z", "InvalidTimeStamp.Expired"),
        ("1999-01-01T00:00:00Z", "InvalidTimeStamp.Expired"), ("9999-12-31T23:59:59Z", "InvalidTimeStamp.Expired"),
    ],
)  # fmt: skip
def test_time_stamps(world: World, port: int, kind: str, stamp: str, code: str) -> None:
    if kind == "v1":
        wire = altered(world.signer, Timestamp=stamp).v1("WhoAmI")
    else:
        wire = altered(world.signer, x_acs_date=stamp).acs3("WhoAmI")
    answer = wire.send(port)
    assert (answer.status, answer.code) == (400, code)


def test_time_stamp_of_other_digits(world: World, port: int) -> None:
    answer = altered(world.signer, Timestamp="２０26-11-22T02:42:05Z").v1("WhoAmI").send(port)
    assert answer.code == "InvalidTimeStamp.Format"


@pytest.mark.parametrize("kind", ["v1", "acs3"])
@pytest.mark.parametrize(("skew", "status"), [(-880, 200), (880, 200), (-920, 400), (920, 400)])
def test_clock_skew(world: World, port: int, kind: str, skew: int, status: int) -> None:
    signer = Signer(world.signer.key_id, world.signer.secret, clock=lambda: time.time() + skew)
    answer = (signer.v1 if kind == "v1" else signer.acs3)("WhoAmI").send(port)
    assert answer.status == status
    assert answer.code in ("", "InvalidTimeStamp.Expired")


@pytest.mark.parametrize("key_id", ["LTAI5tNOBODYSKEY00000000", "a b", "ü", "\x00", "x" * 300])
def test_unknown_key(world: World, port: int, key_id: str) -> None:
    answer = Signer(key_id, "secret").v1("WhoAmI").send(port)
    assert (answer.status, answer.code) == (404, "InvalidAccessKeyId.NotFound")
    assert answer.json["Message"] == "Specified access key is not found."


def test_key_that_is_no_text(world: World, port: int) -> None:
    wire = world.signer.v1("WhoAmI")
    wire.target = wire.target.replace(world.signer.key_id, "%FF%ED%A0%80")
    assert wire.send(port).code == "InvalidAccessKeyId.NotFound"


@pytest.mark.parametrize("kind", ["v1", "acs3"])
def test_wrong_secret(world: World, port: int, kind: str) -> None:
    signer = Signer(world.signer.key_id, "not the secret")
    answer = (signer.v1 if kind == "v1" else signer.acs3)("WhoAmI", {"Name": "ü"}).send(port)
    assert (answer.status, answer.code) == (400, "SignatureDoesNotMatch")
    prefix = "Specified signature is not matched with our calculation. server string to sign is:"
    assert answer.json["Message"].startswith(prefix)
    string = answer.json["Message"].removeprefix(prefix)
    # What SDK cores do: the piece after the colon against their own string.
    assert answer.json["Message"].split(":")[1] == string
    start = "POST&%2F&AccessKeyId%3D" if kind == "v1" else "ACS3-HMAC-SHA256\n"
    assert string.startswith(start)


def test_body_must_be_the_one_that_was_hashed(world: World, port: int) -> None:
    wire = world.signer.acs3("Echo", form={"Text": "a"})
    wire.body = b"Text=b"
    assert wire.send(port).code == "SignatureDoesNotMatch"


def test_hash_in_the_header_must_be_the_bodys(world: World, port: int) -> None:
    """Signed with the body's own hash, and with another one in the header."""
    wire = altered(world.signer, x_acs_content_sha256="0" * 64).acs3("Echo", form={"Text": "a"})
    assert wire.send(port).code == "SignatureDoesNotMatch"


def test_formats_that_are_none(world: World, port: int) -> None:
    answer = world.signer.v1("WhoAmI", format="YAML").send(port)
    assert answer.status == 400
    assert ElementTree.fromstring(answer.body).findtext("Code") == "InvalidParameter.Format"
    assert world.signer.acs3("WhoAmI", {"Format": "YAML"}).send(port).code == "InvalidParameter.Format"


def test_versions_and_actions_that_are_none(world: World, port: int) -> None:
    other = Signer(world.signer.key_id, world.signer.secret, version="1999-01-01")
    for wire in (other.acs3("WhoAmI"), other.v1("WhoAmI")):
        answer = wire.send(port)
        assert (answer.status, answer.code) == (400, "InvalidVersion")
    for name in ("Nothing", "whoami", "__init__", "a b", "ü"):
        answer = world.signer.v1(name).send(port)
        assert (answer.status, answer.code) == (404, "InvalidAction.NotFound")
        assert answer.json["Message"] == "Specified api is not found, please check your url and method."


def test_operation_that_is_not_built(world: World, port: int) -> None:
    answer = world.signer.acs3("DrainCan").send(port)
    assert (answer.status, answer.code) == (400, "JackfieldOperationNotBuilt")
    assert answer.json["Message"] == "Jackfield does not build the operation DrainCan of Cans 2030-01-01 yet."


def test_terraform_does_not_misread_what_is_not_built(world: World, port: int) -> None:
    """It takes a code for its own when ours is a prefix of it, or when it stands anywhere in the error."""
    body = world.signer.acs3("DrainCan").send(port).body.decode()
    known = (
        "InvalidInstanceId.NotFound InvalidDBInstance.NotFound InvalidDbInstanceId.NotFound LockTimeout Task.Conflict "
        "IncorrectDBInstanceState OperationDeniedDBStatus IncorrectEngineVersion InstanceType.NotSupport InternalError "
        "AtLeastOneNetTypeExists OperationDenied.DBStatus InvalidParameter EndpointNotFound "
        "EndpointLocked ConcurrentCallNotSupported IllegalOperation.Resource UnknownError ServiceUnavailable "
        "Throttling NotFound Notfound UnsupportedOperation MissingParameter code:"
    )
    for code in known.split():
        assert code not in body
        assert not code.startswith("JackfieldOperationNotBuilt")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"])
def test_other_methods(world: World, port: int, method: str) -> None:
    answer = Wire(method, "/?Format=JSON", [("host", "a")]).send(port)
    assert (answer.status, answer.code) == (400, "UnsupportedHTTPMethod")


def test_head_has_no_body(port: int) -> None:
    with dialled(port) as connection:
        connection.sendall(b"HEAD / HTTP/1.1\r\nhost: a\r\n\r\n")
        received = until_closed(connection)
    assert received.startswith(b"HTTP/1.1 400 ")
    assert received.endswith(b"\r\n\r\n")


@pytest.mark.parametrize("content_type", ["multipart/form-data; boundary=x", "application/json", "text/plain"])
def test_bodies_that_are_no_form(world: World, port: int, content_type: str) -> None:
    wire = world.signer.acs3("Echo", body=b'--x\r\n{"Text": "a"}', content_type=content_type)
    answer = wire.send(port)
    assert (answer.status, answer.code) == (400, "InvalidParameter.ContentType")


def test_content_type_may_have_parameters(world: World, port: int) -> None:
    kind = "Application/X-WWW-Form-Urlencoded; charset=UTF-8"
    assert world.signer.acs3("Echo", form={"Text": "ü"}, content_type=kind).send(port).json["Text"] == "ü"


def test_too_many_parameters(world: World, port: int) -> None:
    answer = world.signer.acs3("Echo", body=b"&".join([b"a"] * 6000)).send(port)
    assert (answer.status, answer.code) == (413, "JackfieldTooManyParameters")


@pytest.mark.parametrize("nonce", ["n" * 200, "a b", "ü"])
def test_nonces_that_are_none(world: World, port: int, nonce: str) -> None:
    answer = altered(world.signer, SignatureNonce=nonce).v1("WhoAmI").send(port)
    assert (answer.status, answer.code) == (400, "InvalidSignatureNonce")


@pytest.mark.parametrize("region", ["a b", "ü", "x" * 100, "cn-hangzhou;"])
def test_regions_that_can_be_none(world: World, port: int, region: str) -> None:
    assert world.signer.acs3("WhoAmI", {"RegionId": region}).send(port).code == "InvalidRegionId"
