"""Flat parameters to request structs."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jackfield.gateway.decode import LARGEST_INDEX, decode, plan_of
from jackfield.gateway.message import parse_pairs
from jackfield.products.errors import ApiError
from jackfield.products.operation import Param, Request, Shape
from tests.gateway.support import PATIENT


class NoZones(ApiError):
    code = "Zones.Missing"
    status = 400
    message = "Zones {are} missing."


class Leaf(Shape, kw_only=True):
    zone_id: str
    ip: Annotated[str, Param("Address.")] = msgspec.field(name="ip", default="")
    weight: int = 0


class Branch(Shape, kw_only=True):
    leaf: list[Leaf] = msgspec.field(default_factory=list)
    label: str = ""
    names: tuple[str, ...] = ()


class Everything(Request, kw_only=True):
    vswitch_id: str = ""
    text: str | None = None
    later: str | msgspec.UnsetType = msgspec.UNSET
    number: int = 7
    ranged: Annotated[int, Param("", range=(1, 10))] = 5
    counted: Annotated[int | None, Param("", enum=("1", "3"))] = None
    share: float = 0.5
    switch: bool = True
    choice: Literal["a", "b"] = "a"
    names: Annotated[list[str], Param("", enum=("x", "y", "z"))] = msgspec.field(default_factory=list)
    numbers: tuple[int, ...] = ()
    zone: list[Leaf] = msgspec.field(default_factory=list)
    tree: Branch | None = None
    dotted: str = msgspec.field(name="Dotted.Name", default="")


class Mandatory(Request, kw_only=True):
    zone: Annotated[list[Leaf], Param("", missing=NoZones)]


class MandatoryBranch(Request, kw_only=True):
    tree: Branch


def everything(**parameters: str) -> Everything:
    return decode(Everything, {name.replace("__", "."): value for name, value in parameters.items()})


def refused(request_type: type[Request], parameters: dict[str, str]) -> str:
    with pytest.raises(ApiError) as caught:
        decode(request_type, parameters)
    assert caught.value.status == 400
    return caught.value.wire_code


def test_nothing_gives_the_defaults() -> None:
    assert everything() == Everything()


def test_names_are_the_vendors() -> None:
    assert everything(VSwitchId="vsw-1", vswitch_id="no").vswitch_id == "vsw-1"
    assert everything(Dotted__Name="a").dotted == "a"


@pytest.mark.parametrize(
    ("wire", "value", "name", "expected"),
    [
        ("Text", "ü", "text", "ü"), ("Text", "", "text", ""), ("Later", "a", "later", "a"),
        ("Number", "-12", "number", -12),
        ("Number", "+3", "number", 3), ("Number", "", "number", 7), ("Number", "007", "number", 7),
        ("Ranged", "10", "ranged", 10), ("Counted", "3", "counted", 3), ("Share", "1", "share", 1.0),
        ("Share", "-.5e1", "share", -5.0), ("Switch", "False", "switch", False), ("Switch", "fALSE", "switch", False),
        ("Switch", "TRUE", "switch", True), ("Switch", "", "switch", True), ("Choice", "b", "choice", "b"),
        ("Choice", "", "choice", "a"), ("Names.1", "x", "names", ["x"]), ("Numbers.5", "1", "numbers", (1,)),
        ("Number", str(2**63 - 1), "number", 2**63 - 1),
    ],
)  # fmt: skip
def test_values(wire: str, value: str, name: str, expected: Any) -> None:
    found = getattr(decode(Everything, {wire: value}), name)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("wire", "value"),
    [
        ("Number", "1.0"), ("Number", "1_0"), ("Number", " 1"), ("Number", "0x1"), ("Number", "１"),
        ("Number", "9" * 19), ("Number", "9" * 100_000), ("Ranged", "0"), ("Ranged", "11"), ("Counted", "2"),
        ("Counted", "03"),
        ("Share", "nan"), ("Share", "inf"), ("Share", "1e999"), ("Share", "1,5"), ("Share", "."), ("Switch", "yes"),
        ("Switch", "1"), ("Choice", "c"), ("Choice", "A"), ("Text", "a\0"), ("Text", "\udcff"), ("Text", "\ud800a"),
        ("Later", "\0"),
    ],
)  # fmt: skip
def test_values_that_do_not_fit(wire: str, value: str) -> None:
    assert refused(Everything, {wire: value}) == f"Invalid{wire}"


def test_bytes_that_are_no_utf_8_do_not_fit() -> None:
    for query in (b"Text=%FF", b"Text=\xff", b"Text=%ED%A0%80", b"Text=%C0%80", b"Text=a%00b"):
        assert refused(Everything, dict(parse_pairs(query))) == "InvalidText"
    assert everything(**dict(parse_pairs(b"Unknown=%FF&Text=a"))).text == "a"


def test_lists_follow_their_numbers_and_may_have_gaps() -> None:
    assert everything(Names__10="z", Names__2="y", Names__1="x").names == ["x", "y", "z"]
    assert everything(Names__1="", Names__3="x").names == ["x"]
    assert everything(Names="x").names == []


def test_objects_in_lists() -> None:
    decoded = everything(Zone__2__ZoneId="b", Zone__1__ZoneId="a", Zone__1__ip="10.0.0.1", Zone__2__Weight="3")
    assert decoded.zone == [Leaf(zone_id="a", ip="10.0.0.1"), Leaf(zone_id="b", weight=3)]


def test_lists_in_objects() -> None:
    decoded = everything(Tree__Label="l", Tree__Names__2="n", Tree__Leaf__1__ZoneId="a", Tree__Leaf__1__Surplus="s")
    assert decoded.tree == Branch(label="l", names=("n",), leaf=[Leaf(zone_id="a")])


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"Zone.1.ip": "a"}, "MissingZone.1.ZoneId"), ({"Zone.1.ZoneId": ""}, "MissingZone.1.ZoneId"),
        ({"Zone.2.ZoneId": "a", "Zone.2.Weight": "x"}, "InvalidZone.2.Weight"), ({"Names.1": "w"}, "InvalidNames.1"),
        ({"Tree.Leaf.4.Weight": "1"}, "MissingTree.Leaf.4.ZoneId"), ({"Names.a": "x"}, "InvalidNames"),
        ({f"Names.{LARGEST_INDEX + 1}": "x"}, "InvalidNames"), ({"Names.999999999": "x"}, "InvalidNames"),
        ({"Names.-1": "x"}, "InvalidNames"), ({"Names.²": "x"}, "InvalidNames"), ({"Names.": "x"}, "InvalidNames"),
        ({"Zone.1.ZoneId": "\udcff"}, "InvalidZone.1.ZoneId"),
    ],
)  # fmt: skip
def test_refusals_name_the_whole_path(parameters: dict[str, str], code: str) -> None:
    assert refused(Everything, parameters) == code


def test_errors_of_their_own() -> None:
    for parameters in ({}, {"Zone": "a"}, {"Zone.1": "a"}):
        assert refused(Mandatory, parameters) == "Zones.Missing"
    with pytest.raises(NoZones) as caught:
        decode(Mandatory, {})
    assert caught.value.text == "Zones {are} missing."
    assert refused(MandatoryBranch, {"Tree": "a"}) == "MissingTree"


def test_deep_and_dotted_names_do_no_harm() -> None:
    parameters = {f"Zone.{number}.{'.' * 1000}": "" for number in range(LARGEST_INDEX)}
    parameters |= {"." * 60_000: "", "Tree." * 10_000: "", "Names" + ".1" * 20_000: "x"}
    assert refused(Everything, parameters) == "MissingZone.0.ZoneId"


def test_types_that_no_parameter_can_be_made_into() -> None:
    class Odd(Request, kw_only=True):
        odd: dict[str, str]

    class Either(Request, kw_only=True):
        either: int | str

    for odd in (Odd, Either):
        with pytest.raises(TypeError):
            plan_of(odd)


NAMES = st.sampled_from(
    ["Zone", "Names", "Tree", "Leaf", "Label", "ZoneId", "Number", "Text", "Dotted", "0", "1", "2", "²", ""]
)


@PATIENT
@given(st.dictionaries(st.lists(NAMES, max_size=5).map(".".join), st.text() | st.sampled_from(["1", "x", "a", "true"])))
def test_anything_is_decoded_or_refused(parameters: dict[str, str]) -> None:
    for request_type in (Everything, Mandatory, MandatoryBranch):
        try:
            decoded = decode(request_type, parameters)
        except ApiError:
            continue
        assert msgspec.convert(msgspec.to_builtins(decoded), request_type) == decoded
