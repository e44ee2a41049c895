"""DescribeRegions and DescribeZones of Tair."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.regions import REGIONS, local_name, zone_name
from jackfield.products.tair.errors import InvalidRegionFormat
from jackfield.products.tair.product import TAIR
from jackfield.store.interface import Reader

Language = Annotated[str, Param("Language of the names: zh-CN or en-US.", "zh-CN")]


class DescribeRegionsRequest(Request):
    accept_language: Language = "zh-CN"


class ZoneIdList(Shape):
    zone_id: tuple[str, ...]


class RegionView(Shape):
    """ZoneIds is the zones in one string, ZoneIdList the same as a list."""

    region_id: str
    region_endpoint: str
    local_name: str
    zone_ids: str
    zone_id_list: ZoneIdList


class RegionList(Shape):
    kvstore_region: tuple[RegionView, ...]


class DescribeRegionsReply(Reply):
    region_ids: RegionList


@operation(TAIR, title="Queries the regions in which instances can be created", access="get")
def describe_regions(tx: Reader, call: Call, request: DescribeRegionsRequest) -> DescribeRegionsReply:
    """Lists all regions with their zones."""
    return DescribeRegionsReply(
        region_ids=RegionList(
            kvstore_region=tuple(
                RegionView(
                    region_id=region.id,
                    region_endpoint=f"r-kvstore.{region.id}.aliyuncs.com",
                    local_name=local_name(region, request.accept_language),
                    zone_ids=",".join(region.zones),
                    zone_id_list=ZoneIdList(zone_id=region.zones),
                )
                for region in REGIONS.values()
            )
        )
    )


class DescribeZonesRequest(Request):
    region_id: Annotated[str, Param("The region; the call's own if left out.", "cn-hangzhou")] = ""
    accept_language: Language = "zh-CN"


class ZoneView(Shape):
    zone_id: str
    zone_name: str
    region_id: str
    is_rds: bool = msgspec.field(name="IsRds", default=True)
    disabled: bool = False
    switch_network: bool = True


class ZoneList(Shape):
    kvstore_zone: tuple[ZoneView, ...]


class DescribeZonesReply(Reply):
    zones: ZoneList


@operation(TAIR, title="Queries the zones of a region", access="get", errors=(InvalidRegionFormat,))
def describe_zones(tx: Reader, call: Call, request: DescribeZonesRequest) -> DescribeZonesReply:
    """Lists a region's zones."""
    region = REGIONS.get(request.region_id or call.region)
    if region is None:
        raise InvalidRegionFormat
    return DescribeZonesReply(
        zones=ZoneList(
            kvstore_zone=tuple(
                ZoneView(zone_id=zone, zone_name=zone_name(region, zone, request.accept_language), region_id=region.id)
                for zone in region.zones
            )
        )
    )
