"""Security groups of one account, through the official SDK."""

from __future__ import annotations

from typing import Any

from alibabacloud_ecs20140526 import models as ecs
from alibabacloud_ecs20140526.client import Client as EcsClient
from alibabacloud_vpc20160428 import models as vpc
from alibabacloud_vpc20160428.client import Client as VpcClient

from tests.running import Running, until

REGION = "cn-hangzhou"


class Groups:
    """An account with a VPC; keys that are empty are the data folder's first account's."""

    def __init__(self, running: Running, key_id: str = "", secret: str = "") -> None:
        self.running = running
        config = running.config(key_id, secret)
        self.ecs = EcsClient(config)
        self.vpc = VpcClient(config)
        self.vpc_id = self.new_vpc()

    def stranger(self) -> Groups:
        """Another account."""
        made = self.running.ask("accounts", {"name": "somebody else"})
        return Groups(self.running, made["access_key_id"], made["access_key_secret"])

    def new_vpc(self) -> str:
        made: str = self.vpc.create_vpc(vpc.CreateVpcRequest(region_id=REGION)).body.vpc_id

        def status() -> str:
            asked = vpc.DescribeVpcAttributeRequest(region_id=REGION, vpc_id=made)
            found: str = self.vpc.describe_vpc_attribute(asked).body.status
            return found

        until(f"{made} Available", lambda: status() == "Available")
        return made

    def create(self, **more: Any) -> str:
        """A new group in the VPC."""
        request = ecs.CreateSecurityGroupRequest(**{"region_id": REGION, "vpc_id": self.vpc_id, **more})
        id: str = self.ecs.create_security_group(request).body.security_group_id
        return id

    def delete(self, group: str) -> None:
        self.ecs.delete_security_group(ecs.DeleteSecurityGroupRequest(region_id=REGION, security_group_id=group))

    def described(self, group: str, **more: Any) -> Any:
        """The reply of DescribeSecurityGroupAttribute."""
        request = ecs.DescribeSecurityGroupAttributeRequest(region_id=REGION, security_group_id=group, **more)
        return self.ecs.describe_security_group_attribute(request).body

    def rules(self, group: str, **more: Any) -> list[Any]:
        found: list[Any] = self.described(group, **more).permissions.permission
        return found

    def listed(self, **more: Any) -> Any:
        """The reply of DescribeSecurityGroups."""
        return self.ecs.describe_security_groups(ecs.DescribeSecurityGroupsRequest(region_id=REGION, **more)).body

    def authorize(self, group: str, *permissions: dict[str, Any], **more: Any) -> None:
        """Adds ingress rules by ``Permissions``, or one by the older parameters."""
        made = [ecs.AuthorizeSecurityGroupRequestPermissions(**one) for one in permissions]
        self.ecs.authorize_security_group(
            ecs.AuthorizeSecurityGroupRequest(
                region_id=REGION, security_group_id=group, permissions=made or None, **more
            )
        )

    def revoke(self, group: str, *permissions: dict[str, Any], **more: Any) -> None:
        made = [ecs.RevokeSecurityGroupRequestPermissions(**one) for one in permissions]
        self.ecs.revoke_security_group(
            ecs.RevokeSecurityGroupRequest(region_id=REGION, security_group_id=group, permissions=made or None, **more)
        )

    def authorize_egress(self, group: str, *permissions: dict[str, Any], **more: Any) -> None:
        made = [ecs.AuthorizeSecurityGroupEgressRequestPermissions(**one) for one in permissions]
        self.ecs.authorize_security_group_egress(
            ecs.AuthorizeSecurityGroupEgressRequest(
                region_id=REGION, security_group_id=group, permissions=made or None, **more
            )
        )

    def revoke_egress(self, group: str, *permissions: dict[str, Any], **more: Any) -> None:
        made = [ecs.RevokeSecurityGroupEgressRequestPermissions(**one) for one in permissions]
        self.ecs.revoke_security_group_egress(
            ecs.RevokeSecurityGroupEgressRequest(
                region_id=REGION, security_group_id=group, permissions=made or None, **more
            )
        )
