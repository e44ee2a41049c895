"""Which of the 16,384 hash slots a key is in, and which shard has the slot."""

from __future__ import annotations

from array import array
from binascii import crc_hqx

SLOTS = 16384


def slot_of(key: bytes) -> int:
    """CRC16 (XMODEM) of the key, or of what stands between its first ``{`` and the next ``}`` if that is not empty.

    Source: Redis cluster specification, "Hash tags".
    """
    begin = key.find(b"{")
    if begin >= 0:
        end = key.find(b"}", begin + 1)
        if end > begin + 1:
            key = key[begin + 1 : end]
    return crc_hqx(key, 0) & 16383


class SlotMap:
    """The shard of each slot, as a shard's index.

    It starts as a guess of equal parts; a wrong guess costs one MOVED.
    """

    __slots__ = ("known", "owner")

    def __init__(self, shards: int) -> None:
        count = max(shards, 1)
        self.owner = array("H", [slot * count // SLOTS for slot in range(SLOTS)])
        self.known = False

    def assign(self, first: int, last: int, shard: int) -> set[int]:
        """Gives the slots from ``first`` to ``last`` to a shard; returns the shards that lost one."""
        part = self.owner[first : last + 1]
        losers = set(part) - {shard}
        if losers:
            self.owner[first : last + 1] = array("H", [shard]) * len(part)
        return losers

    def disown(self, shard: int, heirs: list[int]) -> None:
        """Spreads the slots of a shard that is gone over others, as a guess until they are learnt."""
        if heirs:
            for slot, owner in enumerate(self.owner):
                if owner == shard:
                    self.owner[slot] = heirs[slot % len(heirs)]
