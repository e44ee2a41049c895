"""Calls over real HTTP: both signatures, every place for parameters, both formats, every refusal."""

from __future__ import annotations

import re
import time
import uuid
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest

from jackfield.identity.resources import AccessKey

from tests.gateway.cans import SECRET_OF_A_BUG
from tests.gateway.support import Answer, Signer, Wire, World, dialled, until_closed

UUID = re.compile(r"[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}").fullmatch
TAGS = {"ResourceId.1": "a b", "ResourceId.2": "c*~/ü", "Tag.1.Key": "k", "Tag.1.Value": "", "Tag.3.Key": "l", "Force": "True"}


def made(world: World, port: int, **parameters: str) -> str:
    answer = world.signer.acs3("CreateCan", {"Name": "tomatoes", **parameters}).send(port)
    assert answer.status == 200, answer.body
    return str(answer.json["InstanceId"])


def changed(signer: Signer, **extra: str) -> Signer:
    return Signer(
        signer.key_id, signer.secret, clock=signer.clock, extra={name.replace("_", "-"): v for name, v in extra.items()}
    )


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("kind", ["v1", "acs3"])
@pytest.mark.parametrize("place", ["query", "form", "both", "all in the form"])
def test_parameters_may_come_anywhere(world: World, port: int, method: str, kind: str, place: str) -> None:
    half = {name: TAGS[name] for name in sorted(TAGS)[:3]}
    rest = {name: TAGS[name] for name in TAGS if name not in half}
    query = TAGS if place == "query" else half if place == "both" else {}
    form = rest if place == "both" else {} if place == "query" else TAGS
    if kind == "v1":
        wire = world.signer.v1("TagCans", query, form, method=method, all_in_form=place == "all in the form")
    else:
        wire = world.signer.acs3("TagCans", query, form, method=method)
    answer = wire.send(port)
    assert answer.status == 200, answer.body
    assert answer.headers["content-type"] == "application/json;charset=utf-8"
    assert list(answer.json) == ["RequestId", "ResourceId", "Tags", "Forced"]
    assert UUID(answer.json["RequestId"])
    assert answer.headers["x-acs-request-id"] == answer.json["RequestId"]
    assert answer.json["ResourceId"] == ["a b", "c*~/ü"]
    assert answer.json["Tags"] == {"Tag": [{"Key": "k", "Value": ""}, {"Key": "l", "Value": ""}]}
    assert answer.json["Forced"] is True


def test_blanks_may_be_plus_on_the_wire(world: World, port: int) -> None:
    wire = world.signer.acs3("Echo", {"Text": "a b+c"})
    assert wire.target == "/?Text=a%20b%2Bc"
    wire.target = "/?Text=a+b%2Bc"
    assert wire.send(port).json["Text"] == "a b+c"


@pytest.mark.parametrize("format", ["JSON", "json", "XML", "xml", "Xml", None])
def test_formats_of_v1(world: World, port: int, format: str | None) -> None:
    answer = world.signer.v1("TagCans", TAGS, format=format).send(port)
    assert answer.status == 200
    if format in ("JSON", "json"):
        assert answer.json["Forced"] is True
        return
    assert answer.headers["content-type"] == "text/xml;charset=utf-8"
    assert answer.body.startswith(b"<?xml version='1.0' encoding='UTF-8'?><TagCansResponse><RequestId>")
    root = ElementTree.fromstring(answer.body)
    assert [element.text for element in root.findall("ResourceId")] == ["a b", "c*~/ü"]
    assert [element.text for element in root.findall("Tags/Tag/Key")] == ["k", "l"]
    assert root.findtext("Forced") == "true"


def test_acs3_may_ask_for_xml(world: World, port: int) -> None:
    root = ElementTree.fromstring(world.signer.acs3("Echo", {"Text": "a", "Format": "xml"}).send(port).body)
    assert (root.tag, root.findtext("Text")) == ("EchoResponse", "a")


def test_unset_fields_are_left_out(world: World, port: int) -> None:
    can = made(world, port)
    reply = world.signer.acs3("DescribeCan", {"InstanceId": can}).send(port).json
    assert list(reply) == ["RequestId", "InstanceId", "Name", "Size", "RegionId", "Owner", "Detailed"]
    assert reply["Owner"] == world.owner


def test_error_in_json(world: World, port: int) -> None:
    answer = world.signer.acs3("DescribeCan", {"InstanceId": "none"}).send(port)
    assert answer.status == 404
    assert answer.headers["content-type"] == "application/json;charset=utf-8"
    assert list(answer.json) == ["RequestId", "HostId", "Code", "Message", "Recommend"]
    assert UUID(answer.json["RequestId"])
    assert answer.json["HostId"] == "127.0.0.1"
    assert answer.json["Code"] == "InvalidCanId.NotFound"
    assert answer.json["Message"] == "The specified can does not exist."
    link = "https://api.aliyun.com/troubleshoot?q=InvalidCanId.NotFound&product=Cans&requestId="
    assert answer.json["Recommend"] == link + answer.json["RequestId"]


def test_error_in_xml(world: World, port: int) -> None:
    answer = world.signer.v1("DescribeCan", {"InstanceId": "none"}, format=None).send(port)
    assert answer.status == 404
    assert answer.headers["content-type"] == "text/xml;charset=utf-8"
    root = ElementTree.fromstring(answer.body)
    assert root.tag == "Error"
    assert [element.tag for element in root] == ["RequestId", "HostId", "Code", "Message", "Recommend"]
    assert root.findtext("Code") == "InvalidCanId.NotFound"
    assert b"<Recommend><![CDATA[https://api.aliyun.com/troubleshoot?q=" in answer.body


def test_products_are_told_apart_by_version(world: World, port: int) -> None:
    jars = Signer(world.signer.key_id, world.signer.secret, version="2031-01-01")
    for wire in (jars.acs3("DescribeCan"), jars.v1("DescribeCan")):
        assert wire.send(port).json["Text"] == "a jar"


def test_operations_know_who_calls_from_where(world: World, port: int) -> None:
    reply = world.signer.acs3("WhoAmI").send(port).json
    assert re.fullmatch(r"acs:ram::[1-9]\d{15}:root", reply["Arn"])
    assert reply["Source"] == "127.0.0.1"
    assert reply["Host"] == "127.0.0.1"


def test_accounts_see_their_own(world: World, port: int) -> None:
    can = made(world, port)
    stranger = world.account()
    assert stranger.acs3("DescribeCan", {"InstanceId": can}).send(port).code == "InvalidCanId.NotFound"
    assert world.signer.acs3("DescribeCan", {"InstanceId": can}).send(port).status == 200


@pytest.mark.parametrize(
    ("host", "parameters", "region"),
    [
        ("127.0.0.1:1234", {}, "cn-hangzhou"),
        ("cans.cn-shanghai.aliyuncs.com", {}, "cn-shanghai"),
        ("CANS.cn-shanghai.aliyuncs.com:443", {}, "cn-shanghai"),
        ("cans.aliyuncs.com", {}, "cn-hangzhou"),
        ("cans.cn-shanghai.example.com", {}, "cn-hangzhou"),
        ("cans.cn-shanghai.aliyuncs.com", {"RegionId": "eu-central-1"}, "eu-central-1"),
    ],
)
def test_region(world: World, port: int, host: str, parameters: dict[str, str], region: str) -> None:
    can = made(world, port)
    signer = Signer(world.signer.key_id, world.signer.secret, host=host)
    for wire in (signer.acs3("DescribeCan", {"InstanceId": can, **parameters}),
                 signer.v1("DescribeCan", {"InstanceId": can, **parameters})):  # fmt: skip
        assert wire.send(port).json["RegionId"] == region


@pytest.mark.parametrize(
    "target", ["http://cans.aliyuncs.com/?{}", "http://cans.aliyuncs.com?{}", "http://cans.aliyuncs.com:80/?{}"]
)
def test_requests_through_a_proxy_name_the_whole_address(world: World, port: int, target: str) -> None:
    wire = world.signer.v1("Echo", {"Text": "through a proxy/?"})
    wire.target = target.format(wire.target.removeprefix("/?"))
    assert wire.send(port).json["Text"] == "through a proxy/?"


def test_unknown_parameters_are_ignored(world: World, port: int) -> None:
    for surplus in ({"on": "Echo", "SourceIp": "", "OwnerId": "x"}, {"Tag": "x", "Tag.": "y", "Tag.1": "z", "Text.1": "a"}):
        assert world.signer.acs3("Echo", {"Text": "a", **surplus}).send(port).json["Text"] == "a"


@pytest.mark.parametrize("host", ["rds.aliyuncs.com", "[::1]:80", "x", "weird_host..", "a:b:c"])
def test_any_host_is_served(world: World, port: int, host: str) -> None:
    signer = Signer(world.signer.key_id, world.signer.secret, host=host)
    assert signer.acs3("WhoAmI").send(port).status == 200


# Refusals


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("AccessKeyId", "MissingAccessKeyId"), ("Signature", "MissingSignature"), ("Action", "MissingAction"),
        ("SignatureMethod", "MissingSignatureMethod"), ("SignatureVersion", "MissingSignatureVersion"),
        ("SignatureNonce", "MissingSignatureNonce"), ("Timestamp", "MissingTimestamp"), ("Version", "MissingVersion"),
    ],
)  # fmt: skip
def test_missing_part_of_v1(world: World, port: int, name: str, code: str) -> None:
    answer = changed(world.signer, **{name: "-"}).v1("WhoAmI").send(port)
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
    answer = changed(world.signer, **extra).v1("WhoAmI").send(port)
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
    assert changed(world.signer, SignatureType="").v1("WhoAmI").send(port).status == 200


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
        wire = changed(world.signer, Timestamp=stamp).v1("WhoAmI")
    else:
        wire = changed(world.signer, x_acs_date=stamp).acs3("WhoAmI")
    answer = wire.send(port)
    assert (answer.status, answer.code) == (400, code)


def test_time_stamp_of_other_digits(world: World, port: int) -> None:
    answer = changed(world.signer, Timestamp="２０26-11-22T02:42:05Z").v1("WhoAmI").send(port)
    assert answer.code == "InvalidTimeStamp.Format"


@pytest.mark.parametrize("kind", ["v1", "acs3"])
@pytest.mark.parametrize(("skew", "status"), [(-880, 200), (880, 200), (-920, 400), (920, 400)])
def test_clock_skew(world: World, port: int, kind: str, skew: int, status: int) -> None:
    signer = Signer(world.signer.key_id, world.signer.secret, clock=lambda: time.time() + skew)
    answer = (signer.v1 if kind == "v1" else signer.acs3)("WhoAmI").send(port)
    assert answer.status == status
    assert answer.code in ("", "InvalidTimeStamp.Expired")


@pytest.mark.parametrize("key_id", ["LTAI5tNOBODYSKEY00000000", "STS.x", "a b", "ü", "\x00", "x" * 300])
def test_unknown_key(world: World, port: int, key_id: str) -> None:
    answer = Signer(key_id, "secret").v1("WhoAmI").send(port)
    assert (answer.status, answer.code) == (404, "InvalidAccessKeyId.NotFound")
    assert answer.json["Message"] == "Specified access key is not found."


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
        "AtLeastOneNetTypeExists OperationDenied.DBStatus InvalidParameter EndpointNotFound EndpointServiceNotFound "
        "EndpointLocked ConcurrentCallNotSupported IllegalOperation.Resource UnknownError ServiceUnavailable Throttling "
        "NotFound Notfound UnsupportedOperation MissingParameter code:"
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
    answer = changed(world.signer, SignatureNonce=nonce).v1("WhoAmI").send(port)
    assert (answer.status, answer.code) == (400, "InvalidSignatureNonce")


@pytest.mark.parametrize("region", ["a b", "ü", "x" * 100, "cn-hangzhou;"])
def test_regions_that_can_be_none(world: World, port: int, region: str) -> None:
    assert world.signer.acs3("WhoAmI", {"RegionId": region}).send(port).code == "InvalidRegionId"


# What is ours to break


@pytest.mark.parametrize("action", ["BreakRead", "BreakWrite"])
@pytest.mark.parametrize("format", ["JSON", None])
def test_bug_says_nothing_but_the_request_id(
    world: World, port: int, action: str, format: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    answer = world.signer.v1(action, {"Text": "private"}, format=format).send(port)
    assert answer.status == 500
    text = answer.body.decode()
    assert SECRET_OF_A_BUG not in text
    assert "Traceback" not in text
    assert "InternalError" in text
    request_id = answer.headers["x-acs-request-id"]
    assert request_id in text
    [record] = [record for record in caplog.records if record.exc_info]
    assert request_id in record.getMessage()
    assert SECRET_OF_A_BUG in str(record.exc_text or record.exc_info)


def test_one_line_a_call_without_secrets(world: World, port: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="jackfield.gateway")
    marks = {"Text": uuid.uuid4().hex}
    fine = world.signer.acs3("Echo", marks).send(port)
    wrong = Signer(world.signer.key_id, "not the secret").v1("Echo\nforged", marks).send(port)
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 2
    assert re.fullmatch(
        rf"call request={fine.json['RequestId']} account=\d{{16}} action=cans:Echo code=OK ms=\d+\.\d\d", lines[0]
    )
    assert re.fullmatch(
        rf"call request={wrong.json['RequestId']} account=- action=cans:- code=SignatureDoesNotMatch ms=\d+\.\d\d",
        lines[1],
    )


def test_dry_run_does_nothing_and_is_an_error(world: World, port: int) -> None:
    signer = world.account()
    answer = signer.acs3("CreateCan", {"Name": "peas", "DryRun": "true"}).send(port)
    assert (answer.status, answer.code) == (400, "DryRunOperation")
    assert signer.acs3("CreateCan", {"Name": "square", "DryRun": "true"}).send(port).code == "Size.NotSupported"
    first = signer.acs3("CreateCan", {"Name": "peas", "DryRun": "False"}).send(port)
    assert first.json["InstanceId"].endswith("-1")


def test_failed_write_leaves_nothing(world: World, port: int) -> None:
    signer = world.account()
    assert signer.acs3("CreateCan", {"Name": "square"}).send(port).status == 403
    assert signer.acs3("CreateCan", {"Name": "round"}).send(port).json["InstanceId"].endswith("-1")


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({}, "MissingName"), ({"Name": ""}, "MissingName"), ({"Name": "a\0b"}, "InvalidName"),
        ({"Name": "a", "Size": "65"}, "Size.NotSupported"), ({"Name": "a", "Size": "x"}, "Size.NotSupported"),
        ({"Name": "a", "Material": "paper"}, "InvalidMaterial"), ({"Name": "a", "DryRun": "yes"}, "InvalidDryRun"),
        ({"Name": "a", "ClientToken": "t" * 65}, "InvalidClientToken"),
        ({"Name": "a", "ClientToken": "ü"}, "InvalidClientToken"),
    ],
)  # fmt: skip
def test_parameters_that_do_not_fit(world: World, port: int, parameters: dict[str, str], code: str) -> None:
    assert world.signer.acs3("CreateCan", parameters).send(port).code == code


# Once and no more


def test_read_is_not_repeated(world: World, port: int) -> None:
    wire = world.signer.acs3("WhoAmI")
    assert wire.send(port).status == 200
    answer = wire.send(port)
    assert (answer.status, answer.code) == (400, "SignatureNonceUsed")
    assert answer.json["Message"] == "Specified signature nonce was used already."


def test_nonce_of_a_read_is_no_good_for_a_write(world: World, port: int) -> None:
    signer = changed(world.signer, SignatureNonce=uuid.uuid4().hex)
    assert signer.v1("WhoAmI").send(port).status == 200
    assert signer.v1("CreateCan", {"Name": "a"}).send(port).code == "SignatureNonceUsed"


def test_nonces_are_per_key(world: World, port: int) -> None:
    nonce = uuid.uuid4().hex
    for signer in (world.signer, world.account()):
        assert changed(signer, SignatureNonce=nonce).v1("WhoAmI").send(port).status == 200


def test_forged_request_spends_nobodys_nonce(world: World, port: int) -> None:
    nonce = uuid.uuid4().hex
    forger = Signer(world.signer.key_id, "guessed", extra={"SignatureNonce": nonce})
    assert forger.v1("CreateCan", {"Name": "a"}).send(port).code == "SignatureDoesNotMatch"
    assert changed(world.signer, SignatureNonce=nonce).v1("CreateCan", {"Name": "a"}).send(port).status == 200


@pytest.fixture
def folder(tmp_path: Path) -> Any:
    world = World(tmp_path)
    yield world
    world.store.close()


@pytest.mark.parametrize("name", ["round", "square", "", "dry"])
def test_write_is_not_repeated_after_a_restart(folder: World, name: str) -> None:
    """Whether it was done, refused by the operation, refused before it, or was a dry run."""
    wire = folder.signer.acs3("CreateCan", {"Name": name, "DryRun": str(name == "dry")})
    with folder.served() as port:
        first = wire.send(port)
        assert first.code in ("", "Size.NotSupported", "MissingName", "DryRunOperation")
        assert wire.send(port).code == "SignatureNonceUsed"
    with folder.served() as port:
        assert wire.send(port).code == "SignatureNonceUsed"
        assert wire.send(port).code == "SignatureNonceUsed"


def test_broken_write_is_not_repeated_after_a_restart(folder: World) -> None:
    wire = folder.signer.acs3("BreakWrite")
    with folder.served() as port:
        assert wire.send(port).status == 500
    with folder.served() as port:
        assert wire.send(port).code == "SignatureNonceUsed"


def _without_id(answer: Answer) -> dict[str, Any]:
    return {name: value for name, value in answer.json.items() if name != "RequestId"}


def test_client_token_is_answered_again(folder: World) -> None:
    parameters = {"Name": "beans", "ClientToken": "token-1"}
    with folder.served() as port:
        first = folder.signer.acs3("CreateCan", parameters).send(port)
        again = folder.signer.v1("CreateCan", {}, parameters).send(port)
        assert again.status == 200
        assert _without_id(again) == _without_id(first)
        assert again.json["RequestId"] != first.json["RequestId"]
        xml = ElementTree.fromstring(folder.signer.v1("CreateCan", parameters, format="XML").send(port).body)
        assert xml.findtext("InstanceId") == first.json["InstanceId"]
        assert folder.signer.acs3("CreateCan", {"Name": "beans"}).send(port).json["InstanceId"].endswith("-2")
    with folder.served() as port:
        assert _without_id(folder.signer.acs3("CreateCan", parameters).send(port)) == _without_id(first)


def test_client_token_of_another_request(folder: World) -> None:
    with folder.served() as port:
        parameters = {"Name": "beans", "ClientToken": "token-1"}
        assert folder.signer.acs3("CreateCan", parameters).send(port).status == 200
        for other in ({"Name": "peas"}, {"Size": "2"}, {"RegionId": "cn-beijing"}):
            answer = folder.signer.acs3("CreateCan", {**parameters, **other}).send(port)
            assert (answer.status, answer.code) == (400, "IdempotentParameterMismatch")
        stranger = folder.account()
        assert stranger.acs3("CreateCan", {**parameters, "Name": "peas"}).send(port).status == 200


def test_client_token_of_a_refused_call_is_free(folder: World) -> None:
    with folder.served() as port:
        for name in ("square", "dry", "round"):
            parameters = {"Name": name, "ClientToken": "token-2", "DryRun": str(name == "dry")}
            status = folder.signer.acs3("CreateCan", parameters).send(port).status
            assert status == {"square": 403, "dry": 400, "round": 200}[name]


def test_client_token_lasts_a_day(tmp_path: Path) -> None:
    now = [time.time()]
    world = World(tmp_path, clock=lambda: now[0])
    parameters = {"Name": "beans", "ClientToken": "token-3"}
    with world.served() as port:
        first = world.signer.acs3("CreateCan", parameters).send(port).json["InstanceId"]
        now[0] += 86_000
        assert world.signer.acs3("CreateCan", parameters).send(port).json["InstanceId"] == first
        now[0] += 500
        assert world.signer.acs3("CreateCan", parameters).send(port).json["InstanceId"] != first
    world.store.close()


# Keys


def test_switched_off_key(folder: World) -> None:
    with folder.served() as port:
        assert folder.signer.acs3("WhoAmI").send(port).status == 200
        for status, expected in (("Inactive", 400), ("Active", 200), ("Inactive", 400)):
            with folder.store.write() as tx:
                key = tx.get(AccessKey, folder.signer.key_id)
                assert key is not None
                tx.put(msgspec.structs.replace(key, status=status))
            for action in ("WhoAmI", "CreateCan"):
                for _ in range(2):
                    answer = folder.signer.acs3(action, {"Name": "a"}).send(port)
                    assert answer.status == expected
                    assert answer.code in ("", "InvalidAccessKeyId.Inactive")


def test_deleted_key(folder: World) -> None:
    with folder.served() as port:
        assert folder.signer.acs3("WhoAmI").send(port).status == 200
        with folder.store.write() as tx:
            key = tx.get(AccessKey, folder.signer.key_id)
            assert key is not None
            tx.remove(key)
        for _ in range(2):
            answer = folder.signer.acs3("CreateCan", {"Name": "a"}).send(port)
            assert (answer.status, answer.code) == (404, "InvalidAccessKeyId.NotFound")
