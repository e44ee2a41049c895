"""What the products share: names, regions, tags, filters, times, the registry."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jackfield.products.errors import ApiError, InvalidParameterValue, MissingParameterValue, declare
from jackfield.products.filters import is_filtered
from jackfield.products.names import vendor_name
from jackfield.products.operation import READS, Product, Reply, Request, operation
from jackfield.products.regions import REGIONS, local_name, new_id, zone_name
from jackfield.products.registry import Products
from jackfield.products.tags import Tag, TagShape, carries, shown, stored
from jackfield.products.times import iso_minute, iso_second
from jackfield.store.interface import Reader


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("instance_id", "InstanceId"), ("vswitch_id", "VSwitchId"), ("db_instance_net_type", "DBInstanceNetType"),
        ("qps", "QPS"), ("vrouter_id", "VRouterId"), ("is_support_tde", "IsSupportTDE"), ("vpc_id", "VpcId"),
        ("kvstore_instance", "KVStoreInstance"), ("private_ip", "PrivateIp"), ("ipv6_cidr_block", "Ipv6CidrBlock"),
        ("instance_ids", "InstanceIds"), ("tag", "Tag"),
    ],
)  # fmt: skip
def test_spellings(ours: str, theirs: str) -> None:
    assert vendor_name(ours) == theirs


@pytest.mark.parametrize("region", REGIONS.values(), ids=lambda region: region.id)
def test_regions(region: msgspec.Struct) -> None:
    """Every region has the same four zones, names in two languages and an infix of its own."""
    one = REGIONS[region.id]  # type: ignore[attr-defined]
    assert one is region
    assert one.zones == tuple(f"{one.id}-{letter}" for letter in "hijk")
    assert sum(other.infix == one.infix for other in REGIONS.values()) == 1
    assert re.fullmatch(r"r-[a-z0-9]{17}", new_id("r", one.id, 14))
    assert new_id("vpc", one.id, 17).startswith(f"vpc-{one.infix}")
    assert local_name(one, "en-US") == local_name(one, "EN-us") == one.name
    assert local_name(one, "zh-CN") == local_name(one, "ja") == one.local_name
    assert zone_name(one, one.zones[0], "en-us") == f"{one.name} Zone H"
    assert zone_name(one, one.zones[0], "zh") == f"{one.local_name} 可用区H"


def test_ids_of_unknown_regions() -> None:
    assert new_id("r", "moon", 14).startswith("r-bp1")
    assert len({new_id("r", "cn-hangzhou", 14) for _ in range(1000)}) == 1000


TAGS = st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=5)


@given(TAGS, TAGS)
def test_a_filter_of_tags(have: dict[str, str], wanted: dict[str, str]) -> None:
    """All that are wanted; one that is wanted without a value is met by any."""
    tags = stored(TagShape(key=key, value=value) for key, value in have.items())
    assert {tag.key: tag.value for tag in shown(tags)} == have
    found = carries(tags, [TagShape(key=key, value=value) for key, value in wanted.items()])
    assert found == all(key in have and (not value or value == have[key]) for key, value in wanted.items())
    assert carries(tags, [])
    assert not carries((), [TagShape(key="a")])
    assert tags == tuple(Tag(key, value) for key, value in have.items())


class Listing(Request):
    region_id: str = ""
    name: str = ""
    is_default: bool | None = None
    owner: int = 0
    expired: bool = False
    tag: tuple[TagShape, ...] = ()
    page_number: int = 1
    page_size: int = 10
    dry_run: bool = False


@pytest.mark.parametrize(
    ("wanted", "filtered"),
    [
        ({}, False), ({"region_id": "x", "page_number": 3, "page_size": 50, "dry_run": True}, False),
        ({"name": "a"}, True), ({"is_default": False}, True), ({"is_default": True}, True), ({"owner": 5}, True),
        ({"expired": True}, True), ({"expired": False}, False), ({"tag": (TagShape(key="a"),)}, True),
    ],
)  # fmt: skip
def test_what_is_a_filter(wanted: dict[str, object], filtered: bool) -> None:
    """A switch that is off is a filter where not to give it means something else."""
    assert is_filtered(msgspec.convert(wanted, Listing) if not wanted else Listing(**wanted)) == filtered  # type: ignore[arg-type]


def test_times() -> None:
    assert (iso_minute(0), iso_second(0)) == ("1970-01-01T00:00Z", "1970-01-01T00:00:00Z")
    assert iso_second(1795323642.999) == "2026-11-22T05:00:42Z"


def test_errors_with_names_in_them() -> None:
    error = MissingParameterValue(name="InstanceId")
    assert (error.wire_code, error.text) == ("MissingInstanceId", "InstanceId is mandatory for this action.")
    assert InvalidParameterValue(name="Port").wire_code == "InvalidPort"
    made = declare("Some.Code", 403, "Text {as} it is.")
    assert issubclass(made, ApiError)
    assert (made().wire_code, made().text, made("why").detail) == ("Some.Code", "Text {as} it is.", "why")


def test_the_registry_loads_when_it_is_asked() -> None:
    """Versions are known without importing; an unknown one is none."""
    products = Products()
    assert {"2015-01-01", "2016-04-28", "2015-04-01", "2015-06-12"} <= set(products)
    assert products.get("2099-01-01") is None
    tair = products["2015-01-01"]
    assert products["2015-01-01"] is tair
    assert tair.find("DescribeInstances") is not None
    assert tair.find("DescribeSlowLogRecords") is None
    assert tair.knows("DescribeSlowLogRecords")
    assert tair.knows("DescribeInstances")
    assert not tair.knows("MakeCoffee")


@pytest.mark.parametrize("product", Products().values(), ids=lambda product: product.code)
def test_built_operations_are_the_vendors(product: Product) -> None:
    """Names that the product's list of all operations has; reads are those that change nothing."""
    assert product.operations
    for name, declared in product.operations.items():
        assert name in product._known(), name
        assert declared.writes == (declared.access not in READS)
        assert declared.action == f"{product.ram_code}:{name}"
        assert declared.arn == "*" or declared.arn.endswith(f":{{#accountId}}:{declared.resource}")


def test_an_operation_is_declared_once() -> None:
    product = Product(code="P", version="v", ram_code="p", host="p", known=frozenset)

    class Empty(Request):
        pass

    def describe_nothing(tx: Reader, call: object, request: Empty) -> Reply:
        return Reply()

    declared = operation(product, title="Queries nothing", access="get")(describe_nothing)
    assert (declared.name, declared.arn, product.find("DescribeNothing")) == ("DescribeNothing", "*", declared)
    with pytest.raises(ValueError, match="declared twice"):
        operation(product, title="Again", access="get")(describe_nothing)
