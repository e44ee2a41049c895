"""Replies and errors as bytes."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from jackfield.gateway import envelopes
from jackfield.gateway.errors import InvalidParameterValue, SignatureDoesNotMatch
from jackfield.products.operation import Reply, Shape
from tests.gateway.support import PATIENT

ID = "7463B73D-35CC-4D19-A010-6B8D65D242EF"


class Item(Shape, kw_only=True):
    port: str
    live: bool


class Items(Shape, kw_only=True):
    item: list[Item]


class Listing(Reply, kw_only=True):
    items: Items
    plain: list[str]
    total_count: int
    ratio: float = 0.5
    unset: str | msgspec.UnsetType = msgspec.UNSET
    none: str | None = None
    free: dict[str, Any] = msgspec.field(default_factory=dict)


LISTING = Listing(
    items=Items(item=[Item(port="6379", live=True), Item(port="", live=False)]), plain=["a", "b"], total_count=2,
    free={"1 a&": [{"x": 1}]},
)  # fmt: skip


def test_json_has_the_request_id_first() -> None:
    assert (
        envelopes.json_reply(ID, LISTING)
        == (
            f'{{"RequestId":"{ID}","Items":{{"Item":[{{"Port":"6379","Live":true}},{{"Port":"","Live":false}}]}},'
            '"Plain":["a","b"],"TotalCount":2,"Ratio":0.5,"None":null,"Free":{"1 a&":[{"x":1}]}}'
        ).encode()
    )


def test_json_of_the_request_id_alone() -> None:
    assert envelopes.json_reply(ID, Reply()) == f'{{"RequestId":"{ID}"}}'.encode()
    assert envelopes.json_reply(ID, {}) == f'{{"RequestId":"{ID}"}}'.encode()


def test_xml_repeats_elements() -> None:
    assert (
        envelopes.xml_reply(ID, LISTING, "ListThings")
        == (
            "<?xml version='1.0' encoding='UTF-8'?>"
            f"<ListThingsResponse><RequestId>{ID}</RequestId><Items><Item><Port>6379</Port><Live>true</Live></Item>"
            "<Item><Port></Port><Live>false</Live></Item></Items><Plain>a</Plain><Plain>b</Plain><TotalCount>2</TotalCount>"
            "<Ratio>0.5</Ratio><Free><_1_a_><x>1</x></_1_a_></Free></ListThingsResponse>"
        ).encode()
    )


TEXTS = st.text() | st.text(st.sampled_from("a\0\x0b\x1f\x7f\r\n\ud800\udcff\ufffe\uffff<&>]'\""))
VALUES: Any = st.recursive(
    TEXTS | st.integers() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
)


@PATIENT
@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_xml_is_always_well_formed(reply: dict[str, Any]) -> None:
    root = ElementTree.fromstring(envelopes.xml_reply(ID, reply, "Any"))
    assert root.tag == "AnyResponse"


@PATIENT
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_xml_keeps_what_it_can_hold(text: str) -> None:
    root = ElementTree.fromstring(envelopes.xml_reply(ID, {"Text": text}, "Any"))
    legal = "".join(c if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff") else "\ufffd" for c in text)
    assert (root.findtext("Text") or "") == legal


@PATIENT
@given(TEXTS, TEXTS)
def test_errors_are_always_well_formed(host: str, told: str) -> None:
    for error in (SignatureDoesNotMatch(string=told), InvalidParameterValue(name=told)):
        fields = envelopes.error_fields(ID, host, error, "R-kvstore")
        assert ElementTree.fromstring(envelopes.xml_error(fields)).tag == "Error"
        decoded = msgspec.json.decode(envelopes.json_error(fields), type=dict[str, str])
        assert list(decoded) == ["RequestId", "HostId", "Code", "Message", "Recommend"]
