"""DescribeRegions and DescribeZones of VPC."""

from __future__ import annotations

from typing import Annotated

from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.regions import REGIONS, local_name, zone_name
from jackfield.products.vpc.errors import RegionNotInRecords
from jackfield.products.vpc.product import VPC
from jackfield.store.interface import Reader

Language = Annotated[str, Param("Language of the names.", "zh-CN")]


class DescribeRegionsRequest(Request):
    accept_language: Language = "zh-CN"


class RegionView(Shape):
    region_id: str
    local_name: str
    region_endpoint: str


class RegionList(Shape):
    region: tuple[RegionView, ...]


class DescribeRegionsReply(Reply):
    regions: RegionList


@operation(VPC, title="Queries regions", access="get")
def describe_regions(tx: Reader, call: Call, request: DescribeRegionsRequest) -> DescribeRegionsReply:
    """Lists all regions."""
    return DescribeRegionsReply(
        regions=RegionList(
            region=tuple(
                RegionView(
                    region_id=region.id,
                    local_name=local_name(region, request.accept_language),
                    region_endpoint=f"vpc.{region.id}.aliyuncs.com",
                )
                for region in REGIONS.values()
            )
        )
    )


class DescribeZonesRequest(Request):
    region_id: Annotated[str, Param("The region.", "cn-hangzhou")]
    accept_language: Language = "zh-CN"


class ZoneView(Shape):
    zone_id: str
    local_name: str
    zone_type: str = "AvailabilityZone"


class ZoneList(Shape):
    zone: tuple[ZoneView, ...]


class DescribeZonesReply(Reply):
    zones: ZoneList


@operation(VPC, title="Queries zones", access="get", errors=(RegionNotInRecords,))
def describe_zones(tx: Reader, call: Call, request: DescribeZonesRequest) -> DescribeZonesReply:
    """Lists a region's zones."""
    region = REGIONS.get(request.region_id)
    if region is None:
        raise RegionNotInRecords
    return DescribeZonesReply(
        zones=ZoneList(
            zone=tuple(
                ZoneView(zone_id=zone, local_name=zone_name(region, zone, request.accept_language))
                for zone in region.zones
            )
        )
    )
