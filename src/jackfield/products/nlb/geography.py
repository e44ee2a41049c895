"""DescribeRegions and DescribeZones of NLB."""

from __future__ import annotations

from typing import Annotated

from jackfield.products.nlb.checks import region_of
from jackfield.products.nlb.errors import UnauthorizedRegion
from jackfield.products.nlb.product import NLB
from jackfield.products.nlb.shapes import RegionId
from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.regions import REGIONS, local_name, zone_name
from jackfield.store.interface import Reader

Language = Annotated[str, Param("Language of the names; Chinese for zh-CN, else English.", "en-US")]


class DescribeRegionsRequest(Request):
    accept_language: Language = "en-US"


class RegionView(Shape):
    region_id: str
    local_name: str
    region_endpoint: str


class DescribeRegionsReply(Reply):
    regions: tuple[RegionView, ...]


@operation(NLB, title="Queries regions", access="list")
def describe_regions(tx: Reader, call: Call, request: DescribeRegionsRequest) -> DescribeRegionsReply:
    """Lists all regions."""
    return DescribeRegionsReply(
        regions=tuple(
            RegionView(
                region_id=region.id,
                local_name=local_name(region, _known(request.accept_language)),
                region_endpoint=f"nlb.{region.id}.aliyuncs.com",
            )
            for region in REGIONS.values()
        )
    )


class DescribeZonesRequest(Request):
    region_id: RegionId = ""
    accept_language: Language = "en-US"


class ZoneView(Shape):
    zone_id: str
    local_name: str


class DescribeZonesReply(Reply):
    zones: tuple[ZoneView, ...]


@operation(NLB, title="Queries zones", access="list", errors=(UnauthorizedRegion,))
def describe_zones(tx: Reader, call: Call, request: DescribeZonesRequest) -> DescribeZonesReply:
    """Lists a region's zones."""
    region = REGIONS[region_of(call, request.region_id)]
    language = _known(request.accept_language)
    return DescribeZonesReply(
        zones=tuple(ZoneView(zone_id=zone, local_name=zone_name(region, zone, language)) for zone in region.zones)
    )


def _known(language: str) -> str:
    """English is this product's default."""
    return language if language.lower() == "zh-cn" else "en-US"
