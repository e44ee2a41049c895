"""Calls over real HTTP: both signatures, every place for parameters, both formats, every refusal."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from tests.gateway.support import Signer, World

UUID = re.compile(r"[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}").fullmatch
TAGS = {
    "ResourceId.1": "a b", "ResourceId.2": "c*~/ü", "Force": "True",
    "Tag.1.Key": "k", "Tag.1.Value": "", "Tag.3.Key": "l",
}  # fmt: skip


def made(world: World, port: int, **parameters: str) -> str:
    answer = world.signer.acs3("CreateCan", {"Name": "tomatoes", **parameters}).send(port)
    assert answer.status == 200, answer.body
    return str(answer.json["InstanceId"])


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
    stray = {"on": "Echo", "SourceIp": "", "OwnerId": "x"}
    for surplus in (stray, {"Tag": "x", "Tag.": "y", "Tag.1": "z", "Text.1": "a"}):
        assert world.signer.acs3("Echo", {"Text": "a", **surplus}).send(port).json["Text"] == "a"


@pytest.mark.parametrize("host", ["rds.aliyuncs.com", "[::1]:80", "x", "weird_host..", "a:b:c"])
def test_any_host_is_served(world: World, port: int, host: str) -> None:
    signer = Signer(world.signer.key_id, world.signer.secret, host=host)
    assert signer.acs3("WhoAmI").send(port).status == 200
