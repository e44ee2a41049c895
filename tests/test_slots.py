"""How shards share the slots of a cluster."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jackfield.slots import SLOTS, Ranges, slot_ranges, spread


def _slots(ranges: Ranges) -> list[int]:
    return [slot for low, high in ranges for slot in range(low, high + 1)]


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(1, 3)), max_size=4), st.integers(2, 9))
def test_every_slot_is_somebodys_and_none_moves_without_need(steps: list[tuple[int, int]], begin: int) -> None:
    """Shards come and go, at random; each time all have equal parts, give or take a slot."""
    owned: dict[str, Ranges] = {str(index): (part,) for index, part in enumerate(slot_ranges(begin))}
    fresh = begin
    for leaves, come in steps:
        members = [name for name in owned if name != str(leaves)] or list(owned)
        members += [str(fresh + number) for number in range(come)]
        fresh += come
        after = spread(owned, members)
        assert list(after) == members
        assert sorted(slot for ranges in after.values() for slot in _slots(ranges)) == list(range(SLOTS))
        sizes = [len(_slots(ranges)) for ranges in after.values()]
        assert max(sizes) - min(sizes) <= 1
        for name, ranges in after.items():
            before, now = set(_slots(owned.get(name, ()))), set(_slots(ranges))
            assert before <= now or now <= before, "a shard that has too many gets none, and the other way round"
        owned = after


def test_ranges_do_not_touch() -> None:
    assert spread({"a": ((0, 8191),), "b": ((8192, 16383),)}, ["a", "b", "c"]) == {
        "a": ((0, 5461),),
        "b": ((8192, 13652),),
        "c": ((5462, 8191), (13653, 16383)),
    }
