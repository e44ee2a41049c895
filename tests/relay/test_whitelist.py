"""Who is admitted, and what a refusal says."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jackfield.relay.route import Backend, Route
from jackfield.relay.rules import gate_of
from jackfield.relay.whitelist import Whitelist


@pytest.mark.parametrize(
    ("entries", "address", "admitted"),
    [
        ((), "10.0.0.1", False),
        (("127.0.0.1",), "127.0.0.1", False),  # the vendor's closed default
        (("127.0.0.1/32",), "127.0.0.1", False),
        (("127.0.0.1", "10.0.0.0/8"), "127.0.0.1", False),
        (("127.0.0.1", "10.0.0.0/8"), "10.255.255.255", True),
        (("127.0.0.0/8",), "127.0.0.1", True),
        (("127.0.0.2",), "127.0.0.2", True),
        (("0.0.0.0/0",), "127.0.0.1", True),
        (("0.0.0.0/0",), "2001:db8::1", True),
        (("0.0.0.0",), "10.0.0.1", False),
        (("10.0.0.7/24",), "10.0.0.200", True),  # bits beyond the prefix are ignored
        (("10.0.0.7/24",), "10.0.1.200", False),
        (("2001:db8::/32",), "2001:db8:1::1", True),
        (("2001:db8::/32",), "2001:db9::1", False),
        (("::/0",), "10.0.0.1", False),
        (("10.1.2.3",), "::ffff:10.1.2.3", True),
        (("fe80::1",), "fe80::1%lo", True),
        ((" 10.1.2.3 ",), "10.1.2.3", True),
    ],
)
def test_rules(entries: tuple[str, ...], address: str, admitted: bool) -> None:
    whitelist = Whitelist(entries)
    assert whitelist.admits(address) is admitted
    assert whitelist.admits(address) is admitted  # the remembered verdict
    assert ("is admitted" in whitelist.explain(address)) is admitted


@pytest.mark.parametrize("entry", ["", "10.0.0.0/33", "10.0.0", "host.example", "10.0.0.1-10.0.0.9"])
def test_an_entry_that_is_no_address_is_refused(entry: str) -> None:
    with pytest.raises(ValueError, match="neither an address nor a CIDR"):
        Whitelist((entry,))


def test_local_clients_are_admitted_on_the_host_only() -> None:
    def route(vantage: str) -> Route:
        return Route(
            key="k",
            owner="o",
            address="127.64.0.1",
            port=1,
            backends=(Backend(target="unix:/x"),),
            vantage=vantage,
            whitelist=("10.0.0.1",),
            local_clients="allow",
        )

    assert gate_of(route("host")).admits("127.0.0.1")
    assert gate_of(route("host")).admits("127.77.0.1")
    assert not gate_of(route("host")).admits("10.0.0.2")
    assert not gate_of(route("vpc-1")).admits("127.0.0.1")


def test_a_refusal_says_what_would_admit_the_client() -> None:
    text = Whitelist(("10.0.0.0/8", "192.168.0.0/16")).explain("172.16.0.9")
    assert "172.16.0.9 is not in the whitelist (10.0.0.0/8, 192.168.0.0/16)" in text
    assert "add 172.16.0.9 or 0.0.0.0/0" in text
    assert "--local-clients" not in text


def test_a_refusal_never_advises_the_entry_that_means_nobody() -> None:
    text = Whitelist(("127.0.0.1",)).explain("127.0.0.1")
    assert "(127.0.0.1, which admits nobody)" in text
    assert "add 0.0.0.0/0" in text
    assert "add 127.0.0.1" not in text
    assert "--local-clients allow" in text
    assert "the whitelist is empty" in Whitelist(()).explain("127.0.0.1")


def test_a_long_list_is_not_spelled_out() -> None:
    text = Whitelist(tuple(f"10.0.0.{number}" for number in range(1, 101))).explain("172.16.0.9")
    assert "10.0.0.5 and 95 more" in text


v4 = st.integers(0, 2**32 - 1).map(lambda number: ipaddress.IPv4Address(number))
v6 = st.integers(0, 2**128 - 1).map(lambda number: ipaddress.IPv6Address(number))
networks = st.one_of(
    st.tuples(v4, st.integers(1, 32)).map(lambda pair: ipaddress.ip_network(pair, strict=False)),
    st.tuples(v6, st.integers(0, 128)).map(lambda pair: ipaddress.ip_network(pair, strict=False)),
)


@given(st.lists(networks, max_size=8), st.data())
def test_literal_rules_agree_with_the_standard_library(
    entries: list[ipaddress.IPv4Network | ipaddress.IPv6Network], data: st.DataObject
) -> None:
    inside = [network[0] for network in entries] + [network[-1] for network in entries]
    address = data.draw(st.one_of(v4, v6, *([st.sampled_from(inside)] if inside else [])))
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    closed = ipaddress.ip_network("127.0.0.1/32")
    expected = any(address in network for network in entries if network != closed)
    assert Whitelist(tuple(map(str, entries))).admits(str(address)) is expected
