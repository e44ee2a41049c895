"""What policies do to calls, by the official SDKs on a running Jackfield."""

from __future__ import annotations

import json
from typing import Any

import pytest
from alibabacloud_r_kvstore20150101 import models as tair
from alibabacloud_r_kvstore20150101.client import Client as TairClient
from alibabacloud_vpc20160428 import models as vpc
from alibabacloud_vpc20160428.client import Client as VpcClient

from tests.ram.people import People, allowing
from tests.running import Running, refused


def user_with(people: People, *documents: str) -> People:
    """The account, called by a new RAM user with these policies."""
    name = people.user()
    for document in documents:
        give(people, name, document)
    return people.by(people.access_key(name))


def give(people: People, user: str, document: str) -> str:
    policy = people.policy(document)
    people.call("AttachPolicyToUser", user_name=user, policy_name=policy, policy_type="Custom")
    return policy


def instance_arn(people: People, id: str) -> str:
    return f"acs:kvstore:*:{people.account}:instance/{id}"


@pytest.fixture(scope="module")
def clusters(states: Running) -> tuple[str, str]:
    """Two clusters with a direct endpoint each."""
    made = (states.create(2, whitelist=""), states.create(2, whitelist=""))
    for one in made:
        states.allocate(one)
    return made


def release(who: People, id: str) -> None:
    TairClient(who.config()).release_direct_connection(tair.ReleaseDirectConnectionRequest(instance_id=id))


def test_one_instances_endpoint_and_no_others(states: Running, people: People, clusters: tuple[str, str]) -> None:
    mine, other = clusters
    who = user_with(people, allowing("kvstore:ReleaseDirectConnection", resource=instance_arn(people, mine)))
    with pytest.raises(Exception, match="User not authorized") as failed:
        release(who, other)
    error: Any = failed.value
    assert (error.code, error.status_code) == ("Forbidden.RAM", 403)
    detail = error.access_denied_detail
    assert detail["AuthAction"] == "kvstore:ReleaseDirectConnection"
    assert (detail["AuthPrincipalType"], detail["AuthPrincipalOwnerId"]) == ("SubUser", people.account)
    assert detail["AuthPrincipalDisplayName"] == who.who()["PrincipalId"]
    assert (detail["NoPermissionType"], detail["PolicyType"]) == ("ImplicitDeny", "AccountLevelIdentityBasedPolicy")
    said = states.ask("policy/decode", {"message": detail["EncodedDiagnosticMessage"]})
    assert said["Resource"] == f"acs:kvstore:cn-hangzhou:{people.account}:instance/{other}"
    states.wait_idle()
    states.name(other, "direct")  # it is there as before
    release(who, mine)
    states.wait_normal(mine)
    with pytest.raises(LookupError):
        states.name(mine, "direct")


def test_it_counts_from_the_next_call_on(states: Running, people: People) -> None:
    name = people.user()
    who = VpcClient(people.by(people.access_key(name)).config())
    request = vpc.DescribeVpcsRequest(region_id="cn-hangzhou")
    with refused("Forbidden.RAM", 403):
        who.describe_vpcs(request)
    policy = give(people, name, allowing("vpc:DescribeVpcs"))
    who.describe_vpcs(request)
    denial = json.dumps({"Version": "1", "Statement": [{"Effect": "Deny", "Action": "vpc:*", "Resource": "*"}]})
    people.call("CreatePolicyVersion", policy_name=policy, policy_document=denial, set_as_default=True)
    with refused("Forbidden.RAM", 403):
        who.describe_vpcs(request)
    people.call("SetDefaultPolicyVersion", policy_name=policy, version_id="v1")
    who.describe_vpcs(request)
    people.call("DetachPolicyFromUser", user_name=name, policy_name=policy, policy_type="Custom")
    with refused("Forbidden.RAM", 403):
        who.describe_vpcs(request)


def test_groups(people: People) -> None:
    name, group, policy = people.user(), people.group(), people.policy(allowing("vpc:DescribeVpcs"))
    who = VpcClient(people.by(people.access_key(name)).config())
    request = vpc.DescribeVpcsRequest(region_id="cn-hangzhou")
    people.call("AttachPolicyToGroup", group_name=group, policy_name=policy, policy_type="Custom")
    with refused("Forbidden.RAM", 403):
        who.describe_vpcs(request)
    people.call("AddUserToGroup", group_name=group, user_name=name)
    who.describe_vpcs(request)
    people.call("RemoveUserFromGroup", group_name=group, user_name=name)
    with refused("Forbidden.RAM", 403):
        who.describe_vpcs(request)


def test_system_policies(people: People) -> None:
    name = people.user()
    people.call("AttachPolicyToUser", user_name=name, policy_name="AliyunVPCReadOnlyAccess", policy_type="System")
    who = people.by(people.access_key(name))
    VpcClient(who.config()).describe_vpcs(vpc.DescribeVpcsRequest(region_id="cn-hangzhou"))
    with refused("Forbidden.RAM", 403):
        VpcClient(who.config()).create_vpc(vpc.CreateVpcRequest(region_id="cn-hangzhou"))
    with refused("NoPermission", 403):
        who.call("ListUsers")


def test_nobody_helps_himself(people: People) -> None:
    """Who may not change policies cannot give himself any, whatever the names' case."""
    name = people.user("climber")
    who = people.by(people.access_key(name))
    give(people, name, json.dumps({"Version": "1", "Statement": [
        {"Effect": "Allow", "Action": "ram:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "ram:AttachPolicyTo*", "Resource": f"acs:ram:*:*:user/{name}"},
    ]}))  # fmt: skip
    admin = {"policy_name": "AdministratorAccess", "policy_type": "System"}
    for spelt in (name, name.upper()):
        with refused("NoPermission", 403):
            who.call("AttachPolicyToUser", user_name=spelt, **admin)


def test_assuming_needs_both_permission_and_trust(people: People) -> None:
    role = people.role()
    policy = people.policy(allowing("vpc:*"))
    people.call("AttachPolicyToRole", role_name=role, policy_name=policy, policy_type="Custom")
    nobody, other = user_with(people), user_with(people, allowing("sts:AssumeRole", resource="acs:ram:*:*:role/other"))
    for who in (nobody, other):
        with refused("NoPermission", 403):
            who.assume(role)
    who = user_with(people, allowing("sts:AssumeRole", resource=people.role_arn(role)))
    request = vpc.DescribeVpcsRequest(region_id="cn-hangzhou")
    with refused("Forbidden.RAM", 403):
        VpcClient(who.config()).describe_vpcs(request)
    VpcClient(people.by(who.assume(role)).config()).describe_vpcs(request)
    narrow = people.by(who.assume(role, policy=allowing("vpc:DescribeVpcAttribute")))
    with pytest.raises(Exception, match="not authorized") as failed:
        VpcClient(narrow.config()).describe_vpcs(request)
    error: Any = failed.value
    assert error.access_denied_detail["PolicyType"] == "SessionPolicy"
    assert error.access_denied_detail["AuthPrincipalDisplayName"] == f"{role}:session"


def test_whoami(states: Running, people: People) -> None:
    name = people.user()
    policy = give(people, name, allowing("vpc:*"))
    key = people.access_key(name)
    found = states.ask(f"whoami?access_key_id={key.id}")
    assert (found["arn"], found["identity_type"]) == (f"acs:ram::{people.account}:user/{name}", "RAMUser")
    assert found["policies"] == [{"name": policy, "type": "Custom", "via": "user"}]
    assert key.secret not in json.dumps(found)
