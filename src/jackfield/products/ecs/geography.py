"""DescribeRegions and DescribeZones of ECS."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.products.ecs.errors import InvalidRegionIdNotFound
from jackfield.products.ecs.product import ECS
from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.regions import REGIONS, local_name, zone_name
from jackfield.store.interface import Reader

Language = Annotated[str, Param("Language of the names.", "zh-CN")]


class DescribeRegionsRequest(Request):
    accept_language: Language = "zh-CN"


class RegionView(Shape):
    region_id: str
    local_name: str
    region_endpoint: str
    status: str = "available"


class RegionList(Shape):
    region: tuple[RegionView, ...]


class DescribeRegionsReply(Reply):
    regions: RegionList


@operation(ECS, title="Queries regions", access="get")
def describe_regions(tx: Reader, call: Call, request: DescribeRegionsRequest) -> DescribeRegionsReply:
    """Lists all regions."""
    return DescribeRegionsReply(
        regions=RegionList(
            region=tuple(
                RegionView(
                    region_id=region.id,
                    local_name=local_name(region, request.accept_language),
                    region_endpoint=f"ecs.{region.id}.aliyuncs.com",
                )
                for region in REGIONS.values()
            )
        )
    )


class DescribeZonesRequest(Request):
    region_id: Annotated[str, Param("The region.", "cn-hangzhou")]
    accept_language: Language = "zh-CN"


class ResourceTypes(Shape):
    resource_types: tuple[str, ...] = ("VSwitch",)


class InstanceTypes(Shape):
    instance_types: tuple[str, ...] = ()


class DiskCategories(Shape):
    disk_categories: tuple[str, ...] = ()


class ZoneView(Shape):
    """A zone; of what ECS creates there, only vSwitches exist here."""

    zone_id: str
    local_name: str
    zone_type: str = "AvailabilityZone"
    available_resource_creation: ResourceTypes = msgspec.field(default_factory=ResourceTypes)
    available_instance_types: InstanceTypes = msgspec.field(default_factory=InstanceTypes)
    available_disk_categories: DiskCategories = msgspec.field(default_factory=DiskCategories)


class ZoneList(Shape):
    zone: tuple[ZoneView, ...]


class DescribeZonesReply(Reply):
    zones: ZoneList


@operation(ECS, title="Queries zones", access="get", errors=(InvalidRegionIdNotFound,))
def describe_zones(tx: Reader, call: Call, request: DescribeZonesRequest) -> DescribeZonesReply:
    """Lists a region's zones."""
    region = REGIONS.get(request.region_id)
    if region is None:
        raise InvalidRegionIdNotFound
    return DescribeZonesReply(
        zones=ZoneList(
            zone=tuple(
                ZoneView(zone_id=zone, local_name=zone_name(region, zone, request.accept_language))
                for zone in region.zones
            )
        )
    )
