"""Addresses of this machine and of vSwitches: each is somebody's alone, none outside the block."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from pathlib import Path

import pytest

from jackfield.endpoints.addresses import (
    LOOPBACK_POOL,
    PoolExhausted,
    ensure_pool,
    pool,
    take_host_address,
    take_vswitch_address,
)
from jackfield.endpoints.resources import ADDRESSES, Endpoint, vswitch_space
from jackfield.store.interface import ClaimTaken, Store
from jackfield.store.sqlite import open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "store.db")
    yield opened
    opened.close()


def endpoint(number: int) -> Endpoint:
    return Endpoint(
        id=f"r-{number}/private", account="1", parent=f"r-{number}", status="Creating", product="tair", net="private",
        name=f"r-{number}.redis.rds.aliyuncs.com", port=6379,
    )  # fmt: skip


def test_a_folders_pool_is_chosen_once(store: Store) -> None:
    with store.write() as tx:
        with pytest.raises(PoolExhausted):
            pool(tx)
        chosen = ensure_pool(tx)
    assert chosen.prefixlen == 20
    assert chosen.subnet_of(LOOPBACK_POOL)
    with store.write() as tx:
        assert ensure_pool(tx) == pool(tx) == chosen


def test_two_folders_rarely_meet(tmp_path: Path) -> None:
    """1,024 blocks to choose from: 20 folders that all chose the same one would be no chance."""
    chosen = set()
    for number in range(20):
        opened = open_store(tmp_path / str(number) / "store.db")
        with opened.write() as tx:
            chosen.add(ensure_pool(tx))
        opened.close()
    assert len(chosen) > 10


def test_another_pool_is_kept(store: Store) -> None:
    """An explicit one replaces what was chosen, and stays where later starts name none."""
    with store.write() as tx:
        ensure_pool(tx)
        assert str(ensure_pool(tx, "172.30.0.0/24")) == "172.30.0.0/24"
        assert str(ensure_pool(tx)) == str(pool(tx)) == "172.30.0.0/24"
        with pytest.raises(ValueError, match="host bits"):
            ensure_pool(tx, "172.30.0.1/24")
        assert str(pool(tx)) == "172.30.0.0/24"


def test_host_addresses_run_out(store: Store) -> None:
    """All but the first and the last of a block, each once."""
    with store.write() as tx:
        ensure_pool(tx, "127.99.0.0/28")
        taken = []
        for number in range(14):
            one = endpoint(number)
            tx.put(one)
            taken.append(take_host_address(tx, one))
        assert sorted(taken, key=ipaddress.ip_address) == [f"127.99.0.{number}" for number in range(1, 15)]
        last = endpoint(14)
        tx.put(last)
        with pytest.raises(PoolExhausted, match=r"127\.99\.0\.0/28") as caught:
            take_host_address(tx, last)
        assert caught.value.pool == "127.99.0.0/28"
        tx.unclaim(ADDRESSES, taken[3], endpoint(3))
        assert take_host_address(tx, last) == taken[3]


def test_addresses_to_avoid(store: Store) -> None:
    with store.write() as tx:
        ensure_pool(tx, "127.99.0.0/29")
        one = endpoint(1)
        tx.put(one)
        avoid = frozenset(f"127.99.0.{number}" for number in (1, 2, 3, 5, 6))
        assert take_host_address(tx, one, avoid=avoid) == "127.99.0.4"
        with pytest.raises(PoolExhausted):
            take_host_address(tx, one, avoid=avoid)


@pytest.mark.parametrize(("cidr", "free"), [("10.1.0.0/29", 4), ("10.1.0.0/28", 12), ("10.1.0.0/24", 252)])
def test_a_vswitch_keeps_four_addresses(store: Store, cidr: str, free: int) -> None:
    """The first and the last three of a block."""
    block = list(ipaddress.IPv4Network(cidr))
    with store.write() as tx:
        taken = set()
        for number in range(free):
            one = endpoint(number)
            tx.put(one)
            taken.add(take_vswitch_address(tx, one, vswitch_id="vsw-1", cidr=cidr))
        assert taken == {str(address) for address in block[1:-3]}
        assert tx.count_claims(vswitch_space("vsw-1")) == free
        more = endpoint(free)
        tx.put(more)
        with pytest.raises(PoolExhausted):
            take_vswitch_address(tx, more, vswitch_id="vsw-1", cidr=cidr)
        assert take_vswitch_address(tx, more, vswitch_id="vsw-2", cidr=cidr) in taken


def test_a_wanted_address(store: Store) -> None:
    with store.write() as tx:
        first, second = endpoint(1), endpoint(2)
        tx.put(first)
        tx.put(second)
        place = {"vswitch_id": "vsw-1", "cidr": "10.1.0.0/24"}
        assert take_vswitch_address(tx, first, **place, wanted="10.1.0.9") == "10.1.0.9"
        assert take_vswitch_address(tx, first, **place, wanted="10.1.0.9") == "10.1.0.9"
        with pytest.raises(ClaimTaken):
            take_vswitch_address(tx, second, **place, wanted="10.1.0.9")
        for wanted in ("10.1.0.0", "10.1.0.253", "10.1.0.255", "10.1.1.1", "10.0.255.255", "192.168.0.1"):
            with pytest.raises(PoolExhausted):
                take_vswitch_address(tx, second, **place, wanted=wanted)
        for wanted in ("10.1.0.1", "10.1.0.252"):
            assert take_vswitch_address(tx, second, **place, wanted=wanted) == wanted


def test_a_nearly_full_block_costs_few_questions(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """One free address among 4,094 is found by asking for candidates in runs of 64."""
    questions = 0

    with store.write() as tx:
        ensure_pool(tx, "127.99.0.0/20")
        crowd = endpoint(0)
        tx.put(crowd)
        every = [str(address) for address in ipaddress.IPv4Network("127.99.0.0/20").hosts()]
        for address in every:
            if address != "127.99.7.77":
                tx.claim(ADDRESSES, address, crowd)
        claimed = tx.claimed

        def counting(space: str, values: list[str]) -> set[str]:
            nonlocal questions
            questions += 1
            return claimed(space, values)

        monkeypatch.setattr(tx, "claimed", counting)
        one = endpoint(1)
        tx.put(one)
        assert take_host_address(tx, one) == "127.99.7.77"
    assert questions <= 65
