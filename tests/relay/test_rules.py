"""Whom ordered rules admit."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jackfield.relay.rules import Rules


@pytest.mark.parametrize(
    ("rules", "address", "admitted"),
    [
        ((), "10.0.0.1", False),
        (("accept 10.0.0.0/8",), "10.0.0.1", True),
        (("accept 10.0.0.0/8",), "11.0.0.1", False),
        (("drop 10.0.0.1/32", "accept 10.0.0.0/8"), "10.0.0.1", False),
        (("accept 10.0.0.0/8", "drop 10.0.0.1/32"), "10.0.0.1", True),
        (("accept 0.0.0.0/0",), "127.0.0.1", True),
        (("accept 0.0.0.0/0",), "2001:db8::1", False),
        (("accept ::/0",), "2001:db8::1", True),
        (("accept 10.0.0.1",), "::ffff:10.0.0.1", True),
        (("accept fe80::/10",), "fe80::1%lo", True),
    ],
)
def test_the_first_rule_that_covers_a_client_decides(rules: tuple[str, ...], address: str, admitted: bool) -> None:
    assert Rules(rules).admits(address) is admitted


def test_local_clients() -> None:
    assert Rules((), admit_local=True).admits("127.0.0.1")
    assert not Rules((), admit_local=True).admits("10.0.0.1")


@pytest.mark.parametrize("rule", ["", "accept", "allow 10.0.0.0/8", "accept 10.0.0.0/33", "drop  x"])
def test_what_is_no_rule_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match="rule"):
        Rules((rule,))


def test_a_refusal_names_the_rule() -> None:
    rules = Rules(("drop 10.0.0.0/24", "accept 10.0.0.0/8"))
    assert "drop 10.0.0.0/24" in rules.explain("10.0.0.7")
    assert "no rule covers it" in rules.explain("11.0.0.7")
    assert "accept 10.0.0.0/8" in rules.explain("10.1.0.7")


_networks = st.ip_addresses(v=4).flatmap(
    lambda address: st.integers(0, 32).map(lambda bits: str(ipaddress.ip_network(f"{address}/{bits}", strict=False)))
)
_lists = st.lists(st.tuples(st.sampled_from(["accept", "drop"]), _networks), max_size=6)


@given(_lists, st.ip_addresses(v=4).map(str))
def test_without_its_accepting_rules_nobody_is_admitted_who_was_not(rules: list[tuple[str, str]], client: str) -> None:
    everything = Rules(tuple(" ".join(rule) for rule in rules))
    for left_out in range(len(rules)):
        if rules[left_out][0] == "accept":
            fewer = Rules(tuple(" ".join(rule) for at, rule in enumerate(rules) if at != left_out))
            assert everything.admits(client) or not fewer.admits(client)
