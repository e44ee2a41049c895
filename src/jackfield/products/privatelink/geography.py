"""DescribeRegions and DescribeZones of PrivateLink."""

from __future__ import annotations

from typing import Annotated

from jackfield.products.errors import InvalidParameterValue
from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.privatelink.product import PRIVATELINK
from jackfield.products.regions import REGIONS, local_name, zone_name
from jackfield.store.interface import Reader

_LANGUAGE = "zh-CN"
RESOURCE_TYPES = ("slb", "alb", "nlb", "gwlb")


class ResourceTypes(Shape):
    service_resource_type: tuple[str, ...]


class RegionView(Shape):
    region_id: str
    local_name: str
    region_endpoint: str
    service_resource_types: ResourceTypes


class RegionList(Shape):
    region: tuple[RegionView, ...]


class DescribeRegionsRequest(Request):
    region_id: Annotated[str, Param("Only this region.", "cn-hangzhou")] = ""
    service_resource_type: Annotated[
        str,
        Param("Only regions where services may have such resources.", "nlb", enum=(*RESOURCE_TYPES, "ALL")),
    ] = ""


class DescribeRegionsReply(Reply):
    regions: RegionList


@operation(PRIVATELINK, title="Queries regions", access="get")
def describe_regions(tx: Reader, call: Call, request: DescribeRegionsRequest) -> DescribeRegionsReply:
    """Lists the regions; every one has services with resources of every type."""
    return DescribeRegionsReply(
        regions=RegionList(
            region=tuple(
                RegionView(
                    region_id=region.id,
                    local_name=local_name(region, _LANGUAGE),
                    region_endpoint=f"privatelink.{region.id}.aliyuncs.com",
                    service_resource_types=ResourceTypes(service_resource_type=RESOURCE_TYPES),
                )
                for region in REGIONS.values()
                if request.region_id in ("", region.id)
            )
        )
    )


class ZoneView(Shape):
    zone_id: str
    local_name: str


class ZoneList(Shape):
    zone: tuple[ZoneView, ...]


class DescribeZonesRequest(Request):
    region_id: Annotated[str, Param("The region.", "cn-hangzhou")]
    service_resource_type: Annotated[
        str, Param("Only zones where services may have such resources.", "nlb", enum=RESOURCE_TYPES)
    ] = ""


class DescribeZonesReply(Reply):
    zones: ZoneList


@operation(PRIVATELINK, title="Queries zones", access="get")
def describe_zones(tx: Reader, call: Call, request: DescribeZonesRequest) -> DescribeZonesReply:
    """Lists a region's zones; in every one services may have resources of every type."""
    region = REGIONS.get(request.region_id)
    if region is None:
        raise InvalidParameterValue(name="RegionId")
    return DescribeZonesReply(
        zones=ZoneList(
            zone=tuple(ZoneView(zone_id=zone, local_name=zone_name(region, zone, _LANGUAGE)) for zone in region.zones)
        )
    )
