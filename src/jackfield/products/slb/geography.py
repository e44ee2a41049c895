"""DescribeRegions and DescribeZones of classic load balancers."""

from __future__ import annotations

from typing import Annotated

from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.regions import REGIONS, local_name, zone_name
from jackfield.products.slb.errors import RegionNotFound
from jackfield.products.slb.product import SLB
from jackfield.products.slb.shapes import RegionId, check_region
from jackfield.store.interface import Reader

Language = Annotated[str, Param("Language of the names; English for en-US, else Chinese.", "zh-CN")]


class DescribeRegionsRequest(Request):
    region_id: Annotated[str, Param("Only this region.", "cn-hangzhou")] = ""
    accept_language: Language = "zh-CN"


class RegionView(Shape):
    region_id: str
    local_name: str
    region_endpoint: str


class RegionList(Shape):
    region: tuple[RegionView, ...]


class DescribeRegionsReply(Reply):
    regions: RegionList


@operation(SLB, title="Queries regions", access="get")
def describe_regions(tx: Reader, call: Call, request: DescribeRegionsRequest) -> DescribeRegionsReply:
    """Lists the regions."""
    return DescribeRegionsReply(
        regions=RegionList(
            region=tuple(
                RegionView(
                    region_id=region.id,
                    local_name=local_name(region, request.accept_language),
                    region_endpoint=f"slb.{region.id}.aliyuncs.com",
                )
                for region in REGIONS.values()
                if request.region_id in ("", region.id)
            )
        )
    )


class DescribeZonesRequest(Request):
    region_id: RegionId
    accept_language: Language = "zh-CN"


class SlaveZone(Shape):
    zone_id: str
    local_name: str


class SlaveZones(Shape):
    slave_zone: tuple[SlaveZone, ...]


class ZoneView(Shape):
    zone_id: str
    local_name: str
    slave_zones: SlaveZones


class ZoneList(Shape):
    zone: tuple[ZoneView, ...]


class DescribeZonesReply(Reply):
    zones: ZoneList


@operation(SLB, title="Queries zones", access="get", errors=(RegionNotFound,))
def describe_zones(tx: Reader, call: Call, request: DescribeZonesRequest) -> DescribeZonesReply:
    """Lists the zones that a load balancer may have its primary zone in, each with those for its secondary zone."""
    region = REGIONS[check_region(call, request.region_id)]
    names = {zone: zone_name(region, zone, request.accept_language) for zone in region.zones}
    return DescribeZonesReply(
        zones=ZoneList(
            zone=tuple(
                ZoneView(
                    zone_id=zone,
                    local_name=name,
                    slave_zones=SlaveZones(
                        slave_zone=tuple(
                            SlaveZone(zone_id=other, local_name=names[other]) for other in names if other != zone
                        )
                    ),
                )
                for zone, name in names.items()
            )
        )
    )
