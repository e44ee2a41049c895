"""The one place where our snake_case names become the vendor's.

The vendor capitalises words, but writes many abbreviations in capitals, and not always the same way
(``SecurityIPList`` beside ``SecurityIpList``). Names that follow no rule are given in full on the field itself
(``msgspec.field(name=…)``).
"""

from __future__ import annotations

from functools import cache

_SPELLINGS = {
    "db": "DB",
    "qps": "QPS",
    "ip": "Ip",
    "vpc": "Vpc",
    "vserver": "VServer",
    "vpcs": "Vpcs",
    "vswitch": "VSwitch",
    "vswitches": "VSwitches",
    "vrouter": "VRouter",
    "tde": "TDE",
    "kvstore": "KVStore",
    "rds": "RDS",
    "id": "Id",
    "ids": "Ids",
}


@cache
def vendor_name(name: str) -> str:
    """``vswitch_id`` → ``VSwitchId``."""
    return "".join(_SPELLINGS.get(word, word[:1].upper() + word[1:]) for word in name.split("_"))
