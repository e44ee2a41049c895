"""Wrong calls to STS and Location."""

from __future__ import annotations

from tests.sdk.errors.world import Case, Works, World

WORKS: Works = {
    "sts.GetCallerIdentity": lambda world: {},
    "location.DescribeEndpoints": lambda world: {"Id": "cn-hangzhou", "ServiceCode": "redisa"},
}  # fmt: skip


def cases(world: World) -> list[Case]:
    return [
        Case("location.DescribeEndpoints", "InvalidRegionId", 400, {"Id": "cn-atlantis"}),
        Case("location.DescribeEndpoints", "Illegal Parameter", 400, {"ServiceCode": "ecs-of-mars"}),
    ]
