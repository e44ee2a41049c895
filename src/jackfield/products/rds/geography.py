"""DescribeRegions and DescribeAvailableZones of RDS."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.rds.errors import (
    InvalidAcceptLanguage,
    InvalidEngineMalformed,
    InvalidRegionIdNotFound,
    PrimaryInstanceNotFound,
)
from jackfield.products.rds.instances import own_instance
from jackfield.products.rds.names import KINDS
from jackfield.products.rds.product import RDS
from jackfield.products.regions import REGIONS, local_name, zone_name
from jackfield.store.interface import Reader


class DescribeRegionsRequest(Request):
    accept_language: Annotated[
        str, Param("Language of the names.", "en-US", enum=("zh-CN", "en-US"), invalid=InvalidAcceptLanguage)
    ] = "en-US"


class RegionView(Shape):
    region_id: str
    zone_id: str
    local_name: str
    zone_name: str
    region_endpoint: str


class RegionList(Shape):
    rds_region: tuple[RegionView, ...]


class DescribeRegionsReply(Reply):
    regions: RegionList


@operation(RDS, title="Queries the regions and zones", access="get", errors=(InvalidAcceptLanguage,))
def describe_regions(tx: Reader, call: Call, request: DescribeRegionsRequest) -> DescribeRegionsReply:
    """Lists every zone of every region, an entry each."""
    return DescribeRegionsReply(
        regions=RegionList(
            rds_region=tuple(
                RegionView(
                    region_id=region.id,
                    zone_id=zone,
                    local_name=local_name(region, request.accept_language),
                    zone_name=zone_name(region, zone, request.accept_language),
                    region_endpoint=f"rds.{region.id}.aliyuncs.com",
                )
                for region in REGIONS.values()
                for zone in region.zones
            )
        )
    )


class DescribeAvailableZonesRequest(Request):
    region_id: Annotated[str, Param("The region.", "cn-hangzhou")]
    engine: Annotated[str, Param("The engine.", "MySQL", enum=("MySQL", "PostgreSQL"), invalid=InvalidEngineMalformed)]
    engine_version: Annotated[str, Param("Only this version.", "8.0")] = ""
    zone_id: Annotated[str, Param("Only this zone.", "cn-hangzhou-h")] = ""
    category: Annotated[str, Param("Only this edition.", "HighAvailability")] = ""
    commodity_code: Annotated[
        str, Param("What is to be bought; rords and its like are read-only instances, sold nowhere.", "bards")
    ] = ""
    db_instance_name: Annotated[
        str, Param("The instance that a read-only one is to be bought for.", "rm-uf6wjk5xxxxxxx")
    ] = msgspec.field(default="", name="DBInstanceName")


class StorageType(Shape):
    storage_type: str


class Category(Shape):
    category: str
    supported_storage_types: tuple[StorageType, ...]


class Version(Shape):
    version: str
    supported_categorys: tuple[Category, ...]


class SupportedEngine(Shape):
    engine: str
    supported_engine_versions: tuple[Version, ...]


class AvailableZone(Shape):
    region_id: str
    zone_id: str
    supported_engines: tuple[SupportedEngine, ...]


class DescribeAvailableZonesReply(Reply):
    available_zones: tuple[AvailableZone, ...]


_READ_ONLY = ("rords", "rords_intl", "rds_rordspre_public_cn", "rds_rordspre_public_intl")
_CATEGORIES = ("Basic", "HighAvailability", "cluster")
_STORAGE = (StorageType(storage_type="cloud_essd"), StorageType(storage_type="local_ssd"))


@operation(
    RDS,
    title="Queries the zones in which an engine can be bought",
    access="get",
    errors=(InvalidRegionIdNotFound, InvalidEngineMalformed, PrimaryInstanceNotFound),
)
def describe_available_zones(
    tx: Reader, call: Call, request: DescribeAvailableZonesRequest
) -> DescribeAvailableZonesReply:
    """Every zone has every version of the engine, none has read-only instances.

    ``SupportedCategorys`` is the vendor's spelling.
    """
    region = REGIONS.get(request.region_id)
    if region is None:
        raise InvalidRegionIdNotFound
    if request.db_instance_name or request.commodity_code in _READ_ONLY:
        own_instance(tx, call, request.db_instance_name, PrimaryInstanceNotFound)
        return DescribeAvailableZonesReply(available_zones=())
    kind = next(kind for engine, kind in KINDS.items() if engine == request.engine)
    categories = tuple(
        Category(category=name, supported_storage_types=_STORAGE)
        for name in _CATEGORIES
        if not request.category or name == request.category
    )
    versions = tuple(
        Version(version=version, supported_categorys=categories)
        for version in kind.versions
        if not request.engine_version or version == request.engine_version
    )
    return DescribeAvailableZonesReply(
        available_zones=tuple(
            AvailableZone(
                region_id=region.id,
                zone_id=zone,
                supported_engines=(SupportedEngine(engine=request.engine, supported_engine_versions=versions),),
            )
            for zone in region.zones
            if not request.zone_id or zone == request.zone_id
        )
    )
