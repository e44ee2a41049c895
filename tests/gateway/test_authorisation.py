"""Who may call what: every operation of every product is judged, and a refusal changes nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest

from jackfield.gateway.authorisation import SEALED_FOR, Authoriser
from jackfield.gateway.context import Context
from jackfield.gateway.errors import AccessDenied
from jackfield.gateway.facts import KINDS, CallFacts, kind_of, role_arn
from jackfield.gateway.message import HttpRequest
from jackfield.identity.resources import KeyUse
from jackfield.products.asked import NAMED, OPEN, asked
from jackfield.products.operation import Operation
from jackfield.products.registry import Products
from jackfield.products.tags import TaggedResource
from jackfield.products.tair.resources import Instance
from jackfield.store.resource import Change
from tests.gateway.people import People, told
from tests.gateway.support import Signer
from tests.identity.decisions import Statement, allow, deny, document

TAIR, RDS, VPC, STS = "2015-01-01", "2014-08-15", "2016-04-28", "2015-04-01"
PRODUCTS = Products()
OPERATIONS = [one for product in PRODUCTS.values() for one in product.operations.values()]
JUDGED = [one for one in OPERATIONS if one.action not in OPEN]
REFUSAL = {
    "kvstore": "Forbidden.RAM", "rds": "Forbidden.RAM", "privatelink": "Forbidden.RAM", "vpc": "Forbidden.RAM",
    "ecs": "Forbidden.RAM", "slb": "Forbidden.RAM", "nlb": "NoPermission", "ram": "NoPermission", "sts": "NoPermission",
}  # fmt: skip
MESSAGE = {
    "Forbidden.RAM": "User not authorized to operate on the specified resource, or this API doesn't support RAM.",
    "NoPermission": "You are not authorized to do this action. You should be authorized by RAM.",
}


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    made = People(tmp_path_factory.mktemp("people"))
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def nobody(people: People) -> Signer:
    """A user who may nothing."""
    return people.user("nobody")


@pytest.fixture(scope="module")
def may_release(people: People) -> Signer:
    return people.user("release", document(allow("kvstore:*", "acs:kvstore:*:*:instance/r-one")))


def of(operation: Operation[Any, Any]) -> str:
    return operation.action


@pytest.mark.parametrize("one", OPERATIONS, ids=of)
def test_inventory(one: Operation[Any, Any]) -> None:
    """Every operation has an action, an access level and resources whose ids its request has."""
    assert re.fullmatch(r"[a-z]+:[A-Z][A-Za-z0-9]+", one.action)
    assert one.access in ("create", "delete", "update", "get", "list", "none")
    assert one.resource == "*" or re.fullmatch(r"[a-z]+/(\*|\{\w+\})", one.resource)
    wanted = asked(one)
    assert bool(wanted) is (one.action not in OPEN)
    fields = {field.encode_name for field in msgspec.structs.fields(one.request_type)}
    for resource in wanted:
        assert {name.partition(".")[0] for name in resource.names} <= fields
        for arn in resource.arns("cn-hangzhou", "1" * 16, {}):
            assert re.fullmatch(rf"acs:[a-z]+:(cn-hangzhou)?:{'1' * 16}:(\*|[a-z*]+/\*)", arn)


def test_tables_are_about_something() -> None:
    known = {f"{product.ram_code}:{name}" for product in PRODUCTS.values() for name in product.names}
    known |= {one.action for one in OPERATIONS}
    assert set(OPEN) | set(NAMED) <= known
    assert all(OPEN.values())


def test_resources_with_tags_are_found_by_their_arns() -> None:
    """All that can be tagged."""
    tagged = {kind for kind in _subclasses(TaggedResource) if hasattr(kind, "kind")}
    assert tagged == {kind_of(*named) for named in KINDS}


def _subclasses(kind: type[Any]) -> set[type[Any]]:
    return {kind}.union(*(_subclasses(one) for one in kind.__subclasses__()))


def changes(people: People) -> list[Change]:
    """All that happened, but that a key was used."""
    with people.store.read() as view:
        return [one for one in view.changes(limit=1000) if one.kind != KeyUse.kind]


@pytest.mark.parametrize("one", JUDGED, ids=of)
def test_every_operation_needs_permission(people: People, nobody: Signer, one: Operation[Any, Any]) -> None:
    """Also before its parameters are looked at; and what is refused leaves no trace."""
    before = changes(people)
    for format in ("JSON", "XML"):
        answer = people.call(nobody, one.product.version, one.name, format=format)
        code = REFUSAL[one.product.ram_code]
        assert answer.status == 403
        if format == "JSON":
            found = told(answer)
            detail = found["AccessDeniedDetail"]
        else:
            root = ElementTree.fromstring(answer.body)
            found = {element.tag: element.text for element in root}
            detail = {element.tag: element.text for element in root.iterfind("AccessDeniedDetail/*")}
        assert (found["Code"], found["Message"]) == (code, MESSAGE[code])
        sealed = detail.pop("EncodedDiagnosticMessage")
        assert detail == {
            "AuthAction": one.action,
            "AuthPrincipalDisplayName": people.ids["nobody"],
            "AuthPrincipalOwnerId": people.owner,
            "AuthPrincipalType": "SubUser",
            "NoPermissionType": "ImplicitDeny",
            "PolicyType": "AccountLevelIdentityBasedPolicy",
        }
        opened = json.loads(people.keyring.unseal(sealed, context=SEALED_FOR))
        assert opened["Reason"] == "no statement allows it"
        assert opened["RequestId"] == found["RequestId"]
        assert opened["Resource"] in asked(one)[0].arns("cn-hangzhou", people.owner, {})
    assert changes(people) == before


@pytest.fixture(scope="module")
def single(people: People) -> Signer:
    """A user with one policy."""
    return people.user("single", document(deny("*")))


@pytest.mark.parametrize("one", JUDGED, ids=of)
def test_every_operation_can_be_allowed(people: People, single: Signer, one: Operation[Any, Any]) -> None:
    """By its action and its resources alone; what comes then is the operation's own answer."""
    people.attach("single-1", document(allow(one.action, sorted({f"acs:{two.service}:*:*:*" for two in asked(one)}))))
    answer = people.call(single, one.product.version, one.name)
    assert b"AccessDeniedDetail" not in answer.body
    assert answer.status < 500


@pytest.mark.parametrize("action", sorted(OPEN))
def test_what_is_open_needs_none(people: People, nobody: Signer, action: str) -> None:
    one = next(one for one in OPERATIONS if one.action == action)
    assert b"AccessDeniedDetail" not in people.call(nobody, one.product.version, one.name).body


def test_root_may_everything(people: People) -> None:
    assert people.call(people.signer, TAIR, "DescribeInstances", RegionId="cn-hangzhou").status == 200


def code(answer: Any) -> str:
    return str(told(answer).get("Code", "OK"))


def release(people: People, who: Signer, id: str, **more: str) -> str:
    return code(people.call(who, TAIR, "ReleaseDirectConnection", InstanceId=id, **more))


def test_one_instance_and_no_other(people: People, may_release: Signer) -> None:
    """The second is refused whether it exists or not: a refusal tells nothing of what there is."""
    assert release(people, may_release, "r-one") == "InvalidDbInstanceId.NotFound"
    assert release(people, may_release, "r-two") == "Forbidden.RAM"
    assert release(people, may_release, "r-one,r-two") == "Forbidden.RAM"
    assert release(people, may_release, "") == "Forbidden.RAM"
    assert release(people, may_release, "*") == "Forbidden.RAM"
    tag = {"RegionId": "cn-hangzhou", "ResourceType": "INSTANCE", "Tag.1.Key": "a", "Tag.1.Value": "b"}
    ids: dict[str, str]
    for ids, answer in (
        ({"ResourceId.1": "r-one"}, "InvalidDbInstanceId.NotFound"),
        ({"ResourceId.1": "r-one", "ResourceId.2": "r-two"}, "Forbidden.RAM"),
        ({"ResourceId.01": "r-two", "ResourceId": "r-one"}, "Forbidden.RAM"),
        ({}, "Forbidden.RAM"),
    ):
        assert code(people.call(may_release, TAIR, "TagResources", **tag, **ids)) == answer


def vpc(people: People, **tags: str) -> str:
    """The id of a new VPC with these tags."""
    id = str(told(people.call(people.signer, VPC, "CreateVpc", RegionId="cn-hangzhou"))["VpcId"])
    for key, value in tags.items():
        named = {"ResourceId.1": id, "Tag.1.Key": key, "Tag.1.Value": value}
        answer = people.call(people.signer, VPC, "TagResources", RegionId="cn-hangzhou", ResourceType="VPC", **named)
        assert answer.status == 200, answer.body
    return id


def test_tags(people: People) -> None:
    prod, dev, bare = vpc(people, env="prod"), vpc(people, env="dev"), vpc(people)
    who = people.user(
        "tagged",
        document(allow("vpc:*", StringEquals={"acs:ResourceTag/env": "dev"}), allow("vpc:TagResources")),
        document(deny("vpc:TagResources", StringNotEquals={"acs:RequestTag/env": ["dev", "test"]})),
    )

    def look(id: str) -> str:
        return code(people.call(who, VPC, "DescribeVpcAttribute", RegionId="cn-hangzhou", VpcId=id))

    def tag(**values: str) -> str:
        tags = {"ResourceId.1": bare, "Tag.1.Key": "env", **values}
        return code(people.call(who, VPC, "TagResources", RegionId="cn-hangzhou", ResourceType="VPC", **tags))

    assert [look(one) for one in (dev, prod, bare)] == ["OK", "Forbidden.RAM", "Forbidden.RAM"]
    assert tag(**{"Tag.1.Value": "prod"}) == "Forbidden.RAM"
    assert tag() == "Forbidden.RAM"
    assert look(bare) == "Forbidden.RAM"
    assert tag(**{"Tag.1.Value": "dev"}) == "OK"
    assert look(bare) == "OK"


def test_tags_of_other_accounts_are_not_looked_at(people: People) -> None:
    other = people.account()
    theirs = told(people.call(other, VPC, "CreateVpc", RegionId="cn-hangzhou", CidrBlock="10.0.0.0/16"))["VpcId"]
    people.call(
        other, VPC, "TagResources", RegionId="cn-hangzhou", ResourceType="VPC",
        **{"ResourceId.1": theirs, "Tag.1.Key": "env", "Tag.1.Value": "dev"},
    )  # fmt: skip
    who = people.user("curious", document(allow("vpc:*", StringEquals={"acs:ResourceTag/env": "dev"})))
    answer = people.call(who, VPC, "DescribeVpcAttribute", RegionId="cn-hangzhou", VpcId=theirs)
    assert code(answer) == "Forbidden.RAM"


def test_source_time_and_transport(people: People) -> None:
    def user(name: str, *statements: Statement) -> Signer:
        return people.user(name, document(*statements))

    def lists(who: Signer, source: str = "10.1.2.3") -> bool:
        answer = people.call(who, VPC, "DescribeVpcs", RegionId="cn-hangzhou", source=source)
        assert answer.status in (200, 403)
        return answer.status == 200

    near = user("near", allow("*", IpAddress={"acs:SourceIp": "10.0.0.0/8"}))
    assert [lists(near), lists(near, "11.0.0.1"), lists(near, "")] == [True, False, False]
    assert lists(user("now", allow("*", DateLessThan={"acs:CurrentTime": "2100-01-01T00:00:00Z"})))
    assert not lists(user("then", allow("*", DateLessThan={"acs:CurrentTime": "2020-01-01T00:00:00Z"})))
    assert not lists(user("tls", allow("*", Bool={"acs:SecureTransport": "true"})))
    assert lists(user("plain", allow("*", Bool={"acs:SecureTransport": "false"})))
    assert not lists(user("mfa", allow("*", Bool={"acs:MFAPresent": "true"})))
    myself = f"acs:ram::{people.owner}:user/myself"
    assert lists(user("myself", allow("*", StringEquals={"acs:PrincipalARN": myself})))
    assert not lists(user("himself", allow("*", StringEquals={"acs:PrincipalARN": myself})))


def test_groups_and_denials(people: People) -> None:
    readers = people.group("readers", document(allow("vpc:Describe*")))
    banned = people.group("banned", document(deny("vpc:DescribeVpcs")))
    for groups, detail in (((readers,), None), ((readers, banned), "ExplicitDeny"), ((), "ImplicitDeny")):
        who = people.user(f"member{len(groups)}", groups=groups)
        answer = told(people.call(who, VPC, "DescribeVpcs", RegionId="cn-hangzhou"))
        assert (answer.get("AccessDeniedDetail") or {}).get("NoPermissionType") == detail


def test_sessions(people: People) -> None:
    narrow = people.session("admin", document(allow("*")), session=document(allow("vpc:DescribeVpcs")))
    wide = people.session("reader", document(allow("vpc:DescribeVpcs")), session=document(allow("*")))
    for who, level in ((narrow, "SessionPolicy"), (wide, "AccountLevelIdentityBasedPolicy")):
        assert people.call(who, VPC, "DescribeVpcs", RegionId="cn-hangzhou").status == 200
        answer = people.call(who, VPC, "CreateVpc", RegionId="cn-hangzhou")
        detail = told(answer)["AccessDeniedDetail"]
        assert (detail["PolicyType"], detail["NoPermissionType"]) == (level, "ImplicitDeny")
        assert (detail["AuthPrincipalType"], detail["AuthAction"]) == ("AssumedRoleUser", "vpc:CreateVpc")
        assert detail["AuthPrincipalDisplayName"].endswith(":me")


def test_a_refusal_spends_no_token(people: People) -> None:
    """What was refused can be done with the same token once it is allowed; what was done is not told to the refused."""
    who = people.user("tokens", document(allow("vpc:Describe*")))
    call = {"RegionId": "cn-hangzhou", "ClientToken": "tokens-1", "CidrBlock": "10.7.0.0/16"}
    assert code(people.call(who, VPC, "CreateVpc", **call)) == "Forbidden.RAM"
    people.attach("tokens-1", document(allow("vpc:*")))
    made = told(people.call(who, VPC, "CreateVpc", **call))["VpcId"]
    assert told(people.call(who, VPC, "CreateVpc", **call))["VpcId"] == made
    people.attach("tokens-1", document(allow("vpc:Describe*")))
    assert code(people.call(who, VPC, "CreateVpc", **call)) == "Forbidden.RAM"


def test_changes_count_at_once(people: People) -> None:
    who = people.user("changing", document(allow("*")))
    for policy, status in ((allow("*"), 200), (deny("*"), 403), (allow("vpc:*"), 200), (allow("rds:*"), 403)):
        people.attach("changing-1", document(policy))
        assert people.call(who, VPC, "DescribeVpcs", RegionId="cn-hangzhou").status == status


def test_the_log_says_why(people: People, nobody: Signer, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "jackfield.gateway"):
        answer = told(people.call(nobody, TAIR, "DescribeInstances", RegionId="cn-beijing"))
    why = (
        f"request {answer['RequestId']}: acs:ram::{people.owner}:user/nobody may not kvstore:DescribeInstances on "
        f"acs:kvstore:cn-beijing:{people.owner}:instance/*: no statement allows it"
    )
    assert why in caplog.messages


@pytest.mark.parametrize(
    ("arn", "told_as"),
    [
        ("acs:ram::1:role/admin/me", "acs:ram::1:role/admin"),
        ("acs:ram::1:user/a", "acs:ram::1:user/a"),
        ("acs:ram::1:root", "acs:ram::1:root"),
    ],
)
def test_whose_arn(arn: str, told_as: str) -> None:
    assert role_arn(arn) == told_as


def test_several_resources() -> None:
    """All of them are asked for: what the operation's own, and those of other products that its request names."""
    create = next(one for one in OPERATIONS if one.action == "privatelink:CreateVpcEndpoint")
    named = {"VpcId": "vpc-1", "SecurityGroupId.1": "sg-1", "SecurityGroupId.2": "sg-2", "Zone.1.VSwitchId": "vsw-1"}
    arns = [arn for one in asked(create) for arn in one.arns("r", "a", named)]
    assert arns == [
        "acs:privatelink:r:a:vpcendpoint/*", "acs:ecs:r:a:securitygroup/sg-1", "acs:ecs:r:a:securitygroup/sg-2",
        "acs:vpc:r:a:vswitch/vsw-1", "acs:vpc:r:a:vpc/vpc-1",
    ]  # fmt: skip
    attach = next(one for one in OPERATIONS if one.action == "privatelink:AttachResourceToVpcEndpointService")
    assert [arn for one in asked(attach) for arn in one.arns("r", "a", {"ServiceId": "s"})] == [
        "acs:privatelink:r:a:vpcendpointservice/s"
    ]
    tag = next(one for one in OPERATIONS if one.action == "vpc:TagResources")
    assert asked(tag)[0].arns("r", "a", {"ResourceType": "VSWITCH", "ResourceId.1": "v"}) == ["acs:vpc:r:a:vswitch/v"]
    tag = next(one for one in OPERATIONS if one.action == "slb:TagResources")
    for given, meant in (("instance", "loadbalancer"), ("Instance", "loadbalancer"), ("listener", "listener")):
        named = {"ResourceType": given, "ResourceId.1": "x"}
        assert asked(tag)[0].arns("r", "a", named) == [f"acs:slb:r:a:{meant}/x"]


def test_kinds() -> None:
    assert kind_of("kvstore", "instance") is Instance
    assert kind_of("kvstore", "nothing") is None


def test_oceanbase_cloud_is_for_projects(tmp_path: Path) -> None:
    """A declaration of OceanBase Cloud is not judged by policies, and no RAM user's key opens it: see rest.py."""
    from jackfield.products.oceanbase import load

    assert load().ram_code not in {one.product.ram_code for one in OPERATIONS}


@pytest.mark.parametrize("arn", ["acs:ram:", "acs:ram::x", "acs:ram", ":", "*", "", "\udcff{}%s", "a:b:c:d:e:f", "{0}"])
def test_names_that_are_no_arns(people: People, arn: str) -> None:
    """Whatever a client calls a resource, it is judged and not stumbled over."""
    name = f"odd{len(people.ids)}"
    conditions = {"acs:ResourceTag/a": "b"}
    who = people.user(name, document(allow("*", "*", StringEquals=conditions)))
    if arn.isascii():  # the client cannot send the other one
        assert release(people, who, arn) == "Forbidden.RAM"
    context = Context(HttpRequest("POST", "/", b"", [], b""), 0.0)
    key = people.keys.find(who.key_id)
    assert key is not None
    context.key = key
    context.parameters, context.region = {"RoleArn": arn, "ResourceId.1": arn, "ResourceType": arn}, "cn-hangzhou"
    for action in ("vpc:TagResources", "kvstore:TagResources", "ecs:TagResources"):
        context.operation = next(one for one in OPERATIONS if one.action == action)
        with people.store.read() as context.reader, pytest.raises(AccessDenied):
            Authoriser(people.keys.seal)(context)
    with people.store.read() as view:
        facts = CallFacts(view, context.key.principal, {}, source="", secure=False).about(arn)
        assert facts("acs:resourcetag/a") is None
