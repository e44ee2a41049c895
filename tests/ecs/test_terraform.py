"""A REPLAY, not Terraform: the calls of its provider for a network with a security group, in its order and wire forms.

Written from what the provider's source sends and reads for ``alicloud_vpc``, ``alicloud_vswitch``,
``alicloud_security_group`` and ``alicloud_security_group_rule``: created, polled, read, changed, deleted, and read
once more, which has to say «not found» in a code that the provider knows. Older providers sign in the old way
(common parameters in the query, its own in a form), newer ones in the new way.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.gateway.support import Answer, Signer
from tests.running import Running, until

REGION = "cn-hangzhou"
VPC, ECS = "2016-04-28", "2014-05-26"


class Provider:
    """:param form: ``v1`` or ``acs3``."""

    def __init__(self, running: Running, form: str) -> None:
        self._ready = running.ready
        self.form = form

    def ask(self, version: str, action: str, **parameters: Any) -> Answer:
        host = self._ready.api.removeprefix("http://")
        signer = Signer(self._ready.access_key_id, self._ready.access_key_secret, host=host, version=version)
        own = {name.replace("_", "."): str(value) for name, value in {"RegionId": REGION, **parameters}.items()}
        wire = signer.v1(action, {}, own) if self.form == "v1" else signer.acs3(action, own)
        return wire.send(int(host.rpartition(":")[2]))

    def do(self, version: str, action: str, **parameters: Any) -> dict[str, Any]:
        answer = self.ask(version, action, **parameters)
        assert answer.status == 200, answer.body
        # A success with such fields at its top would be an error to the provider.
        assert not {"Code", "Message"} & answer.json.keys()
        return answer.json

    def refusal(self, version: str, action: str, **parameters: Any) -> str:
        answer = self.ask(version, action, **parameters)
        assert answer.status >= 400, answer.body
        return answer.code


@pytest.fixture(scope="module", params=["v1", "acs3"])
def provider(request: pytest.FixtureRequest, states: Running) -> Provider:
    return Provider(states, request.param)


def test_replay(provider: Provider) -> None:
    vpc = _vpc(provider)
    vswitch = _vswitch(provider, vpc)
    group = _security_group(provider, vpc)
    _rule(provider, group)
    _egress_rule(provider, group)

    provider.do(ECS, "DeleteSecurityGroup", SecurityGroupId=group)
    code = provider.refusal(ECS, "DescribeSecurityGroupAttribute", SecurityGroupId=group)
    assert code == "InvalidSecurityGroupId.NotFound"

    provider.do(VPC, "DeleteVSwitch", VSwitchId=vswitch)
    until("the vSwitch gone", lambda: _gone(provider, "DescribeVSwitchAttributes", VSwitchId=vswitch))
    assert provider.refusal(VPC, "DeleteVSwitch", VSwitchId=vswitch) == "InvalidVSwitchId.NotFound"

    provider.do(VPC, "DeleteVpc", VpcId=vpc)
    until("the VPC gone", lambda: _gone(provider, "DescribeVpcAttribute", VpcId=vpc))
    assert provider.refusal(VPC, "DeleteVpc", VpcId=vpc) == "InvalidVpcId.NotFound"


def _gone(provider: Provider, action: str, **parameters: str) -> bool:
    answer = provider.ask(VPC, action, **parameters)
    if answer.status == 200:
        assert answer.json["Status"] == "Pending"
        return False
    assert answer.code in ("InvalidVpcId.NotFound", "InvalidVSwitchId.NotFound")
    return True


def _vpc(provider: Provider) -> str:
    made = provider.do(VPC, "CreateVpc", CidrBlock="172.16.0.0/12", VpcName="tf", ClientToken=f"TF-{provider.form}")
    vpc: str = made["VpcId"]
    until("Available", lambda: provider.do(VPC, "DescribeVpcAttribute", VpcId=vpc)["Status"] == "Available")
    provider.do(VPC, "TagResources", ResourceType="VPC", ResourceId_1=vpc, Tag_1_Key="made-by", Tag_1_Value="tf")
    provider.do(VPC, "ModifyVpcAttribute", VpcId=vpc, VpcName="tf-2", Description="changed")
    found = provider.do(VPC, "DescribeVpcAttribute", VpcId=vpc)
    assert (found["VpcName"], found["Description"], found["CidrBlock"]) == ("tf-2", "changed", "172.16.0.0/12")
    assert found["Tags"]["Tag"] == [{"Key": "made-by", "Value": "tf"}]
    tables = provider.do(VPC, "DescribeRouteTableList", VpcId=vpc)["RouterTableList"]["RouterTableListType"]
    assert [table["RouteTableId"] for table in tables if table["RouteTableType"] == "System"] == [made["RouteTableId"]]
    tags = provider.do(VPC, "ListTagResources", ResourceType="VPC", ResourceId_1=vpc)["TagResources"]["TagResource"]
    assert [(tag["TagKey"], tag["TagValue"]) for tag in tags] == [("made-by", "tf")]
    provider.do(VPC, "UnTagResources", ResourceType="VPC", ResourceId_1=vpc, TagKey_1="made-by")
    return vpc


def _vswitch(provider: Provider, vpc: str) -> str:
    made = provider.do(
        VPC, "CreateVSwitch", VpcId=vpc, ZoneId=f"{REGION}-h", CidrBlock="172.16.0.0/21", VSwitchName="tf"
    )
    vswitch: str = made["VSwitchId"]
    until(
        "Available",
        lambda: provider.do(VPC, "DescribeVSwitchAttributes", VSwitchId=vswitch)["Status"] == "Available",
    )
    provider.do(VPC, "ModifyVSwitchAttribute", VSwitchId=vswitch, VSwitchName="tf-2", Description="changed")
    found = provider.do(VPC, "DescribeVSwitchAttributes", VSwitchId=vswitch)
    assert (found["VSwitchName"], found["Description"], found["VpcId"]) == ("tf-2", "changed", vpc)
    listed = provider.do(VPC, "ListTagResources", ResourceType="VSWITCH", ResourceId_1=vswitch)
    assert listed["TagResources"]["TagResource"] == []
    return vswitch


def _security_group(provider: Provider, vpc: str) -> str:
    made = provider.do(
        ECS, "CreateSecurityGroup", VpcId=vpc, SecurityGroupName="tf-group", SecurityGroupType="normal",
        ClientToken=f"TF-{provider.form}",
    )  # fmt: skip
    group: str = made["SecurityGroupId"]
    provider.do(ECS, "ModifySecurityGroupPolicy", SecurityGroupId=group, InnerAccessPolicy="Accept")
    provider.do(ECS, "ModifySecurityGroupAttribute", SecurityGroupId=group, Description="changed")
    provider.do(
        ECS, "TagResources", ResourceType="securitygroup", ResourceId_1=group, Tag_1_Key="made-by", Tag_1_Value="tf"
    )
    found = provider.do(ECS, "DescribeSecurityGroupAttribute", SecurityGroupId=group)
    assert (found["SecurityGroupName"], found["Description"], found["VpcId"]) == ("tf-group", "changed", vpc)
    assert found["InnerAccessPolicy"] == "Accept"
    (listed,) = provider.do(ECS, "DescribeSecurityGroups", SecurityGroupId=group)["SecurityGroups"]["SecurityGroup"]
    assert (listed["SecurityGroupType"], listed["ResourceGroupId"]) == ("normal", "")
    assert listed["Tags"]["Tag"] == [{"TagKey": "made-by", "TagValue": "tf"}]
    tags = provider.do(ECS, "ListTagResources", ResourceType="securitygroup", ResourceId_1=group)
    assert [tag["TagValue"] for tag in tags["TagResources"]["TagResource"]] == ["tf"]
    provider.do(ECS, "UntagResources", ResourceType="securitygroup", ResourceId_1=group, TagKey_1="made-by")
    return group


def _rule(provider: Provider, group: str) -> None:
    """The provider names a rule by what it is, and looks for it among all of the direction."""
    rule = {
        "SecurityGroupId": group, "IpProtocol": "tcp", "PortRange": "3306/3306", "NicType": "intranet",
        "Policy": "accept", "Priority": "1", "SourceCidrIp": "10.159.6.18/12",
    }  # fmt: skip
    provider.do(ECS, "AuthorizeSecurityGroup", **rule)
    provider.do(ECS, "ModifySecurityGroupRule", **rule, Description="changed")

    def found() -> list[dict[str, Any]]:
        reply = provider.do(
            ECS, "DescribeSecurityGroupAttribute", SecurityGroupId=group, Direction="ingress", NicType="intranet"
        )
        return [
            one
            for one in reply["Permissions"]["Permission"]
            if (one["IpProtocol"].lower(), one["PortRange"], one["SourceCidrIp"], one["Policy"].lower())
            == ("tcp", "3306/3306", "10.159.6.18/12", "accept")
            and int(one["Priority"]) == 1
        ]

    (one,) = found()
    assert (one["Direction"], one["NicType"], one["Description"]) == ("ingress", "intranet", "changed")
    assert (one["SourceGroupId"], one["SourceGroupOwnerAccount"]) == ("", "")
    provider.do(ECS, "RevokeSecurityGroup", **rule)
    assert found() == []
    assert provider.refusal(ECS, "RevokeSecurityGroup", **rule) == "InvalidSecurityGroupRule.RuleNotExist"


def _egress_rule(provider: Provider, group: str) -> None:
    rule = {
        "SecurityGroupId": group, "IpProtocol": "all", "PortRange": "-1/-1", "NicType": "intranet",
        "Policy": "drop", "Priority": "100", "DestCidrIp": "0.0.0.0/0",
    }  # fmt: skip
    provider.do(ECS, "AuthorizeSecurityGroupEgress", **rule)
    reply = provider.do(ECS, "DescribeSecurityGroupAttribute", SecurityGroupId=group, Direction="egress")
    (one,) = reply["Permissions"]["Permission"]
    assert (one["IpProtocol"], one["PortRange"], one["DestCidrIp"]) == ("ALL", "-1/-1", "0.0.0.0/0")
    assert (one["Policy"], one["Priority"], one["DestGroupId"]) == ("Drop", "100", "")
    provider.do(ECS, "RevokeSecurityGroupEgress", **rule)
