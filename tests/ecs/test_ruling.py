"""What rules mean for a port, against the vendor's words: priority, drop before accept, nobody else."""

from __future__ import annotations

import ipaddress
import random

from hypothesis import given
from hypothesis import strategies as st

from jackfield.products.ecs.resources import Rule, SecurityGroup
from jackfield.products.ecs.ruling import rules_for

BLOCKS = ["0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "10.1.2.3/24", "192.168.0.0/16"]
CLIENTS = ["10.0.0.1", "10.1.0.1", "10.1.2.3", "10.1.2.9", "192.168.5.5", "8.8.8.8"]
PORTS = ["1/65535", "22/22", "80/90", "85/85"]


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    protocol = draw(st.sampled_from(["TCP", "TCP", "ALL", "UDP", "ICMP"]))
    return Rule(
        direction=draw(st.sampled_from(["ingress", "ingress", "ingress", "egress"])),
        protocol=protocol,
        port_range=draw(st.sampled_from(PORTS)) if protocol in ("TCP", "UDP") else "-1/-1",
        policy=draw(st.sampled_from(["accept", "drop"])),
        priority=draw(st.integers(1, 4)),
        source_cidr=draw(st.sampled_from(BLOCKS)),
    )


def group(*of: Rule, id: str = "sg-1") -> SecurityGroup:
    return SecurityGroup(id=id, account="1", rules=of)


def tcp(source: str, policy: str = "accept", priority: int = 1, **more: str) -> Rule:
    values = {"direction": "ingress", "protocol": "TCP", "port_range": "1/65535", **more}
    return Rule(source_cidr=source, policy=policy, priority=priority, **values)  # type: ignore[arg-type]


def admitted(listed: tuple[str, ...], client: str) -> bool:
    """As the relay judges: the first that covers counts, whom none covers is refused."""
    address = ipaddress.ip_address(client)
    for one in listed:
        policy, _, block = one.partition(" ")
        if address in ipaddress.ip_network(block):
            return policy == "accept"
    return False


def by_the_book(groups: list[SecurityGroup], port: int, client: str) -> bool:
    """Of the rules about the client, those of the best priority decide, and a drop among them wins."""
    address = ipaddress.ip_address(client)
    about = [
        rule
        for one in groups
        for rule in one.rules
        if rule.direction == "ingress"
        and (rule.protocol == "ALL" or (rule.protocol == "TCP" and _between(rule.port_range, port)))
        and address in ipaddress.ip_network(rule.source_cidr, strict=False)
    ]
    best = [rule for rule in about if rule.priority == min(one.priority for one in about)]
    return bool(best) and all(rule.policy == "accept" for rule in best)


def _between(port_range: str, port: int) -> bool:
    first, last = map(int, port_range.split("/"))
    return first <= port <= last


@given(st.lists(st.lists(rules(), max_size=6), max_size=3), st.sampled_from([21, 22, 80, 85, 91]))
def test_the_list_judges_as_the_rules_say(groups: list[list[Rule]], port: int) -> None:
    attached = [group(*of, id=f"sg-{number}") for number, of in enumerate(groups)]
    listed = rules_for(attached, port)
    for client in CLIENTS:
        assert admitted(listed, client) == by_the_book(attached, port, client), (client, listed)


@given(st.lists(st.lists(rules(), max_size=6), min_size=2, max_size=3), st.randoms())
def test_the_order_of_groups_and_rules_does_not_matter(groups: list[list[Rule]], chance: random.Random) -> None:
    attached = [group(*of, id=f"sg-{number}") for number, of in enumerate(groups)]
    shuffled = [group(*chance.sample(one.rules, len(one.rules)), id=one.id) for one in attached]
    chance.shuffle(shuffled)
    for client in CLIENTS:
        assert admitted(rules_for(attached, 85), client) == admitted(rules_for(shuffled, 85), client)


@given(st.lists(rules(), max_size=8))
def test_every_entry_is_one_that_the_relay_reads(of: list[Rule]) -> None:
    listed = rules_for([group(*of)], 85)
    assert len(set(listed)) == len(listed)
    for one in listed:
        policy, block = one.split(" ")
        assert policy in ("accept", "drop")
        assert str(ipaddress.ip_network(block)) == block


def test_a_new_group_admits_nobody() -> None:
    assert rules_for([group()], 3306) == ()
    assert rules_for([], 3306) == ()


def test_priority_then_drop_before_accept() -> None:
    one = group(tcp("10.0.0.0/8", priority=2), tcp("10.1.0.0/16", "drop", priority=2), tcp("10.1.2.3", priority=1))
    other = group(tcp("0.0.0.0/0", "drop", priority=1), id="sg-2")
    assert rules_for([one, other], 3306) == (
        "drop 0.0.0.0/0", "accept 10.1.2.3/32", "drop 10.1.0.0/16", "accept 10.0.0.0/8",
    )  # fmt: skip


def test_ipv6_blocks_are_judged() -> None:
    rule = Rule(direction="ingress", protocol="TCP", port_range="1/65535", ipv6_source_cidr="2001:db8::1/32")
    assert rules_for([group(rule)], 3306) == ("accept 2001:db8::/32",)


def test_rules_about_groups_say_nothing() -> None:
    rule = Rule(direction="ingress", protocol="TCP", port_range="1/65535", peer_group="sg-2")
    assert rules_for([group(rule)], 3306) == ()


def test_what_cannot_be_told_whole_lets_nobody_in() -> None:
    """Rules about some destinations or some source ports: their accept is left out, their drop counts."""
    narrow = [
        tcp("10.0.0.0/8", dest_cidr="10.0.0.1"),
        tcp("10.0.0.0/8", source_port_range="1000/2000"),
        tcp("10.0.0.0/8", "drop", dest_cidr="10.0.0.1"),
    ]
    assert [rules_for([group(rule)], 3306) for rule in narrow] == [(), (), ("drop 10.0.0.0/8",)]
    whole = tcp("10.0.0.0/8", dest_cidr="0.0.0.0/0", source_port_range="1/65535")
    assert rules_for([group(whole)], 3306) == ("accept 10.0.0.0/8",)
