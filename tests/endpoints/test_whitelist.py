"""Whitelist groups: what a change makes of them, for any sequence of changes."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jackfield.endpoints.whitelist import (
    CLOSED,
    DEFAULT_GROUPS,
    MAX_ENTRIES,
    DuplicateEntry,
    Group,
    MalformedEntry,
    MissingEntry,
    Mode,
    TooManyEntries,
    modify,
    parse,
    union,
)
from jackfield.relay.whitelist import Whitelist

ENTRIES = st.sampled_from(["10.0.0.1", "10.0.0.2", "10.0.0.0/8", "10.9.9.9/8", "0.0.0.0/0", CLOSED, "::1", "fd00::/8"])
CHANGES = st.tuples(
    st.sampled_from(["default", "apps", "more"]),
    st.sampled_from(["Cover", "Append", "Delete"]),
    st.lists(ENTRIES, min_size=1, max_size=4),
)


def change(groups: tuple[Group, ...], ips: str, mode: Mode = "Cover", name: str = "default") -> tuple[Group, ...]:
    return modify(groups, name=name, ips=parse(ips), mode=mode, attribute="")


def lists(groups: tuple[Group, ...]) -> dict[str, str]:
    return {group.name: ",".join(group.ips) for group in groups}


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("10.0.0.1", ("10.0.0.1",)),
        ("10.0.0.1, 10.0.0.2 ,10.0.0.0/24", ("10.0.0.1", "10.0.0.2", "10.0.0.0/24")),
        ("10.0.0.77/24", ("10.0.0.77/24",)),
        ("0.0.0.0/0", ("0.0.0.0/0",)),
        ("2001:DB8::1,fd00::/8", ("2001:DB8::1", "fd00::/8")),
    ],
)
def test_a_list_keeps_the_callers_spelling(text: str, entries: tuple[str, ...]) -> None:
    assert parse(text) == entries


@pytest.mark.parametrize(
    "text",
    ["", ",", "10.0.0.1,", "10.0.0", "10.0.0.256", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/255.0.0.0", "10.0.0.0/",
     "/8", "010.0.0.1", "host.example", "10.0.0.1;10.0.0.2", "１０.0.0.1", "fe80::1%lo", "10.0.0.1/8/8", "0x0a.0.0.1"],
)  # fmt: skip
def test_no_entries(text: str) -> None:
    with pytest.raises(MalformedEntry):
        parse(text)


@pytest.mark.parametrize("text", ["10.0.0.1,10.0.0.1", "10.0.0.1,10.0.0.1/32", "10.0.0.0/8,10.1.1.1/8", "::1,0:0::1"])
def test_the_same_entry_in_two_spellings(text: str) -> None:
    with pytest.raises(DuplicateEntry):
        parse(text)


def test_cover_append_delete() -> None:
    groups = change(DEFAULT_GROUPS, "10.0.0.1,10.0.0.2")
    assert lists(groups) == {"default": "10.0.0.1,10.0.0.2"}
    groups = change(groups, "10.0.0.3", "Append")
    assert lists(groups) == {"default": "10.0.0.1,10.0.0.2,10.0.0.3"}
    groups = change(groups, "10.0.0.2/32,10.0.0.3", "Delete")
    assert lists(groups) == {"default": "10.0.0.1"}
    assert lists(change(groups, "10.0.0.1", "Delete")) == {"default": CLOSED}


def test_groups_come_and_go() -> None:
    groups = change(DEFAULT_GROUPS, "10.0.0.1", "Append", "apps")
    assert lists(groups) == {"default": CLOSED, "apps": "10.0.0.1"}
    assert lists(change(groups, "10.0.0.1", "Delete", "apps")) == {"default": CLOSED}
    with pytest.raises(MissingEntry):
        change(groups, "10.0.0.1", "Delete", "nobodys")
    with pytest.raises(MissingEntry):
        change(groups, "10.0.0.1,10.0.0.9", "Delete", "apps")
    with pytest.raises(DuplicateEntry):
        change(groups, "10.0.0.9,10.0.0.1/32", "Append", "apps")


def test_attributes_stay_unless_given() -> None:
    groups = modify(DEFAULT_GROUPS, name="apps", ips=("10.0.0.1",), mode="Cover", attribute="hidden")
    assert groups[1].attribute == "hidden"
    groups = modify(groups, name="apps", ips=("10.0.0.2",), mode="Append", attribute="")
    assert (groups[1].attribute, groups[1].ips) == ("hidden", ("10.0.0.1", "10.0.0.2"))


def test_a_thousand_entries_over_all_groups() -> None:
    many = [f"10.1.{number >> 8}.{number & 255}" for number in range(MAX_ENTRIES)]
    full = change(DEFAULT_GROUPS, ",".join(many))
    assert len(union(full)) == MAX_ENTRIES
    for mode, name in (("Append", "default"), ("Append", "apps"), ("Cover", "apps")):
        with pytest.raises(TooManyEntries):
            change(full, "10.2.0.1", mode, name)  # type: ignore[arg-type]
    assert len(union(change(full, "10.1.0.0", "Delete"))) == MAX_ENTRIES - 1


def test_the_union_has_every_entry_once() -> None:
    groups = (Group(name="a", ips=("10.0.0.1", "10.0.0.2")), Group(name="b", ips=("10.0.0.2", "10.0.0.3")))
    assert union(groups) == ("10.0.0.1", "10.0.0.2", "10.0.0.3")
    assert union(()) == ()


@given(st.lists(CHANGES, max_size=12))
def test_any_sequence_of_changes(changes: list[tuple[str, Mode, list[str]]]) -> None:
    """There is always a default group, no group is empty or has an entry twice; a refused change changes nothing; the
    relay understands the union, and admits whom a model of sets admits."""
    groups = DEFAULT_GROUPS
    model: dict[str, set[str]] = {"default": {CLOSED}}
    for name, mode, entries in changes:
        known = {str(ipaddress.ip_network(entry, strict=False)) for entry in entries}
        held = {str(ipaddress.ip_network(entry, strict=False)) for entry in model.get(name, set())}
        refused = (
            len(known) < len(entries) or (mode == "Append" and known & held) or (mode == "Delete" and known - held)
        )
        try:
            groups = change(groups, ",".join(entries), mode, name)
        except (DuplicateEntry, MissingEntry):
            assert refused
            continue
        assert not refused
        now = known if mode == "Cover" else held | known if mode == "Append" else held - known
        model[name] = now or ({f"{CLOSED}/32"} if name == "default" else set())
        model = {name: entries for name, entries in model.items() if entries}
    assert [group.name for group in groups].count("default") == 1
    assert {group.name for group in groups} == set(model)
    for group in groups:
        networks = [str(ipaddress.ip_network(entry, strict=False)) for entry in group.ips]
        assert len(networks) == len(set(networks)) > 0
    judge = Whitelist(union(groups))
    open_to = {entry for entries in model.values() for entry in entries} - {f"{CLOSED}/32", CLOSED}
    for client in ("10.0.0.1", "10.0.0.2", "10.200.0.1", "11.0.0.1", "127.0.0.1"):
        wanted = any(ipaddress.ip_address(client) in ipaddress.ip_network(network) for network in open_to)
        assert judge.admits(client) == wanted
