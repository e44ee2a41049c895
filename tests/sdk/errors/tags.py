"""Wrong calls about tags of Tair instances."""

from __future__ import annotations

from tests.sdk.errors.world import Case, Works, World

WORKS: Works = {
    "tair.TagResources": lambda world: {
        "RegionId": "cn-hangzhou", "ResourceType": "INSTANCE", "ResourceId.1": world.standard, "Tag.1.Key": "stage",
    },
    "tair.UntagResources": lambda world: {
        "RegionId": "cn-hangzhou", "ResourceType": "INSTANCE", "ResourceId.1": world.standard,
    },
    "tair.ListTagResources": lambda world: {
        "RegionId": "cn-hangzhou", "ResourceType": "INSTANCE", "ResourceId.1": world.standard,
    },
}  # fmt: skip


def cases(world: World) -> list[Case]:
    tagged = {"ResourceId.1": world.protected}
    found = [
        Case("tair.TagResources", "Duplicate.TagKey", 400, {"Tag.2.Key": "stage", "Tag.2.Value": "x"}),
        *(Case("tair.TagResources", "InvalidTagKey.Malformed", 400, {"Tag.1.Key": key})
          for key in ("acs:x", "aliyun", "http://x", "x" * 129)),
        *(Case("tair.TagResources", "InvalidTagValue.Malformed", 400, {"Tag.1.Value": value})
          for value in ("https://x", "x" * 129)),
        Case("tair.TagResources", "OperationDenied.QuotaExceed", 400,
             tagged | {f"Tag.{number}.Key": f"key{number}" for number in range(1, 21)}),
        Case("tair.ListTagResources", "MissParameter.TagOrResourceId", 400, {"ResourceId.1": ""}),
    ]  # fmt: skip
    for action in ("TagResources", "UntagResources", "ListTagResources"):
        name = "TagKey.{}" if action == "UntagResources" else "Tag.{}.Key"
        found += [
            Case(f"tair.{action}", "InvalidParameter.ResourceType", 400, {"ResourceType": "PROXY"}),
            Case(f"tair.{action}", "InvalidDbInstanceId.NotFound", 404, {"ResourceId.1": "r-1"}),
            Case(f"tair.{action}", "InvalidDbInstanceId.NotFound", 404, {"RegionId": "cn-shanghai"}),
            Case(f"tair.{action}", "NumberExceed.ResourceIds", 400,
                 {f"ResourceId.{number}": "r-1" for number in range(1, 52)}),
            Case(f"tair.{action}", "NumberExceed.Tags", 400,
                 {name.format(number): f"key{number}" for number in range(1, 22)}),
        ]  # fmt: skip
    return found
