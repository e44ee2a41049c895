from __future__ import annotations

import random

from jackfield.store.interface import Reader, Store
from tests.store.kinds import ACCOUNT, OTHER_ACCOUNT, OTHER_REGION, REGION, Endpoint, Note, endpoint, note


def ids(view: Reader, region: str, offset: int, limit: int, account: str = ACCOUNT) -> list[str]:
    return [each.id for each in view.page(Note, account=account, region=region, offset=offset, limit=limit)]


def test_pages_lie_where_they_should_in_a_long_and_torn_list(store: Store) -> None:
    """Some 20,000 resources over several coarse buckets, other kinds between them, whole buckets removed."""
    chance = random.Random(7)
    model: dict[str, str] = {}
    with store.write() as tx:
        for number in range(20_000):
            id, region = f"n{number}", chance.choice([REGION, REGION, OTHER_REGION])
            tx.put(note(id, region=region))
            model[id] = region
            if number % 7 == 0:
                tx.put(endpoint(f"e{number}"))
            if number % 100 == 0:
                tx.put(note(f"other{number}", account=OTHER_ACCOUNT))
    with store.write() as tx:
        for number in [*range(3000, 3600), *chance.sample(range(5000, 20_000), 1500)]:
            tx.remove(note(f"n{number}"))
            del model[f"n{number}"]
    with store.read() as view:
        for region in ("", REGION, OTHER_REGION):
            expected = [id for id, where in model.items() if region in ("", where)]
            assert view.count(Note, account=ACCOUNT, region=region) == len(expected)
            offsets = [0, 1, 99, 127, 128, 2990, 16_383, len(expected) - 100, len(expected) - 1, len(expected), 10**9]
            for offset in [*offsets, *(chance.randrange(len(expected)) for _ in range(50))]:
                assert ids(view, region, offset, 100) == expected[offset : offset + 100]
        assert view.count(Note, account=OTHER_ACCOUNT, region="") == 200
        assert view.count(Endpoint, account=ACCOUNT, region=REGION) == 2858
        assert ids(view, "", 150, 100, OTHER_ACCOUNT) == [f"other{number}" for number in range(15_000, 20_000, 100)]


def test_a_replacement_keeps_its_place(store: Store) -> None:
    with store.write() as tx:
        for id in "abc":
            tx.put(note(id))
        tx.put(note("a", "again"))
    with store.read() as view:
        assert ids(view, REGION, 0, 10) == ["a", "b", "c"]
        assert view.count(Note, account=ACCOUNT, region=REGION) == 3


def test_a_move_to_another_region_or_account_is_counted_there(store: Store) -> None:
    with store.write() as tx:
        for id in "abc":
            tx.put(note(id))
        tx.put(note("a", region=OTHER_REGION))
        tx.put(note("b", account=OTHER_ACCOUNT))
        tx.put(note("c", region=""))
    with store.read() as view:
        assert ids(view, "", 0, 10) == ["a", "c"]
        assert ids(view, REGION, 0, 10) == []
        assert ids(view, OTHER_REGION, 0, 10) == ["a"]
        assert ids(view, REGION, 0, 10, OTHER_ACCOUNT) == ["b"]
        counts = [view.count(Note, account=ACCOUNT, region=region) for region in ("", REGION, OTHER_REGION)]
        assert counts == [2, 0, 1]


def test_odd_pages_are_empty(store: Store) -> None:
    with store.write() as tx:
        tx.put(note("a"))
    with store.read() as view:
        assert ids(view, "", 0, 0) == []
        assert ids(view, "", 0, -1) == []
        assert ids(view, "", -1, 10) == []
        assert ids(view, "", 2**70, 10) == []
        assert ids(view, "", 0, 2**70) == ["a"]
        assert view.page(Endpoint, account=ACCOUNT, region="", offset=0, limit=10) == []
