"""Rules that VPCs and vSwitches share."""

from __future__ import annotations

from jackfield.products.errors import ApiError
from jackfield.products.regions import REGIONS
from jackfield.products.vpc.errors import InvalidRegionIdNotFound


def check_region(region: str) -> None:
    """:raises InvalidRegionIdNotFound: the region is unknown."""
    if region not in REGIONS:
        raise InvalidRegionIdNotFound


def check_texts(name: str, description: str, bad_name: type[ApiError], bad_description: type[ApiError]) -> None:
    """Names have 1 to 128 characters, descriptions up to 256; neither starts with a scheme (VPC documents)."""
    if len(name) > 128 or name.startswith(("http://", "https://")):
        raise bad_name
    if len(description) > 256 or description.startswith(("http://", "https://")):
        raise bad_description
