"""Which region a call is meant for."""

from __future__ import annotations

import re
from functools import lru_cache

from jackfield.gateway.errors import InvalidParameterValue

_region = re.compile(r"[A-Za-z0-9-]{1,64}").fullmatch
# The second label of the vendor's regional hosts: r-kvstore.cn-shanghai.aliyuncs.com.
_regional_host = re.compile(r"[a-z0-9-]+\.([a-z]{2}-[a-z0-9-]{1,60})\.aliyuncs\.com(?::\d{1,5})?").fullmatch


def region_of(parameter: str | None, host: str, default: str) -> str:
    """``RegionId`` if the request has it, else the region that its Host names, else the default.

    :raises InvalidParameterValue: a ``RegionId`` that cannot be the name of any region.
    """
    if parameter:
        if _region(parameter) is None:
            raise InvalidParameterValue(name="RegionId")
        return parameter
    return _host_region(host) or default


@lru_cache(maxsize=256)
def _host_region(host: str) -> str:
    match = _regional_host(host.lower()) if len(host) < 256 else None
    return match[1] if match else ""
