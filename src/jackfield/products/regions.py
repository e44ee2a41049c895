"""Regions and zones, the same for every product.

Every region has the zones ``-h`` to ``-k``: the vendor's differ from region to region and change; four are enough
for every multi-zone case, and a fixed rule is one that a test can rely on.
"""

from __future__ import annotations

import secrets
import string

import msgspec

DEFAULT_REGION = "cn-hangzhou"
_ALPHABET = string.ascii_lowercase + string.digits


class Region(msgspec.Struct, frozen=True):
    """:param infix: the characters that the ids of a region's resources start with (``r-bp1…``)."""

    id: str
    infix: str
    name: str
    local_name: str

    @property
    def zones(self) -> tuple[str, ...]:
        return tuple(f"{self.id}-{letter}" for letter in "hijk")


REGIONS: dict[str, Region] = {
    region.id: region
    for region in (
        Region("cn-hangzhou", "bp1", "China (Hangzhou)", "华东1（杭州）"),
        Region("cn-shanghai", "uf6", "China (Shanghai)", "华东2（上海）"),
        Region("cn-beijing", "2ze", "China (Beijing)", "华北2（北京）"),
        Region("cn-shenzhen", "wz9", "China (Shenzhen)", "华南1（深圳）"),
        Region("cn-qingdao", "m5e", "China (Qingdao)", "华北1（青岛）"),
        Region("cn-zhangjiakou", "8vb", "China (Zhangjiakou)", "华北3（张家口）"),
        Region("cn-huhehaote", "hp3", "China (Hohhot)", "华北5（呼和浩特）"),
        Region("cn-chengdu", "2vc", "China (Chengdu)", "西南1（成都）"),
        Region("cn-hongkong", "j6c", "China (Hong Kong)", "中国香港"),
        Region("ap-southeast-1", "t4n", "Singapore", "新加坡"),
        Region("ap-southeast-3", "8ps", "Malaysia (Kuala Lumpur)", "马来西亚（吉隆坡）"),
        Region("ap-southeast-5", "k1a", "Indonesia (Jakarta)", "印度尼西亚（雅加达）"),
        Region("ap-northeast-1", "6we", "Japan (Tokyo)", "日本（东京）"),
        Region("eu-central-1", "gw8", "Germany (Frankfurt)", "德国（法兰克福）"),
        Region("eu-west-1", "d7o", "UK (London)", "英国（伦敦）"),
        Region("us-east-1", "0xi", "US (Virginia)", "美国（弗吉尼亚）"),
        Region("us-west-1", "rj9", "US (Silicon Valley)", "美国（硅谷）"),
    )
}

OVERSEAS = {
    "ap-southeast-1": "singapore",
    "ap-southeast-3": "malaysia",
    "ap-southeast-5": "indonesia",
    "ap-northeast-1": "japan",
    "eu-central-1": "germany",
    "eu-west-1": "uk",
    "us-east-1": "us-east-1",
    "us-west-1": "us-west-1",
}
"""The word that connection strings in regions abroad have before ``rds.aliyuncs.com`` (seen for Singapore)."""


def local_name(region: Region, language: str) -> str:
    """The region's name for a console. :param language: AcceptLanguage: ``zh-CN``, or ``en-US`` in any case."""
    return region.name if language.lower() == "en-us" else region.local_name


def zone_name(region: Region, zone: str, language: str) -> str:
    letter = zone[-1].upper()
    return f"{region.name} Zone {letter}" if language.lower() == "en-us" else f"{region.local_name} 可用区{letter}"


def new_id(prefix: str, region: str, length: int) -> str:
    """A new resource id: ``r-bp1`` and ``length`` random characters of ``[a-z0-9]``.

    Regions without a known infix use ``bp1``, as the vendor's default region does.
    """
    infix = REGIONS[region].infix if region in REGIONS else "bp1"
    return f"{prefix}-{infix}" + "".join(secrets.choice(_ALPHABET) for _ in range(length))
