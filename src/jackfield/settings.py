"""What ``jackfield up`` was asked for; handed to the API process and kept in the data folder."""

from __future__ import annotations

from typing import Literal

import msgspec

PACES: dict[str, float] = {"instant": 0.0, "fast": 0.3, "cloud": 20.0}
"""Seconds that a transition takes beyond its real work. ``cloud`` is near what the vendor's endpoint calls take."""

REPEAT_SECONDS = 5.0
"""How long after a PrivateLink call that switches a zone the same call on the same zone is refused. The vendor's
documents say "a specified period of time"; the length is ours.
"""

DAY_SECONDS = 86400.0
"""How long a day of ClassicExpiredDays lasts. A short one shows at once how clients take a classic address's end."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """:param listen: HOST:PORT of the API. :param drain: seconds that live connections go on after a release.

    :param repeat_seconds: see :data:`REPEAT_SECONDS`. :param day_seconds: see :data:`DAY_SECONDS`.
    :param digest: the algorithm that OceanBase Cloud's HTTP Digest challenges with.
    :param addresses: CIDR of the pool of host addresses; empty for the folder's own /20 of 127.64.0.0/10.
    """

    listen: str = "127.0.0.1:7700"
    pace: Literal["instant", "fast", "cloud"] = "fast"
    engines: Literal["real", "none"] = "real"
    local_clients: Literal["whitelist", "allow"] = "whitelist"
    drain: float = 0.0
    durability: Literal["normal", "strict"] = "normal"
    addresses: str = ""
    digest: Literal["MD5", "SHA-256"] = "MD5"
    repeat_seconds: float = REPEAT_SECONDS
    day_seconds: float = DAY_SECONDS
