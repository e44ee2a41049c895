"""What is set of an instance besides its servers and endpoints: kept in one piece of its record."""

from __future__ import annotations

import json
from collections.abc import Mapping

import msgspec

CONFIG: Mapping[str, str] = {
    "hash-max-ziplist-entries": "512",
    "hash-max-ziplist-value": "64",
    "maxmemory-policy": "volatile-lru",
    "set-max-intset-entries": "512",
    "zset-max-ziplist-entries": "128",
    "zset-max-ziplist-value": "64",
}
"""What a new instance's servers are configured with: the vendor's example of a new instance's Config."""

EVICTION_POLICY = "EvictionPolicy"
"""How replies call ``maxmemory-policy``."""


class InstanceSettings(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """:param config: settings of the servers that differ from :data:`CONFIG`.

    :param security_groups: ids of the ECS security groups whose members may connect.
    :param proxy_off: the ordinary addresses of a cluster lead past the router.
    :param password_free: clients in the VPC need no password.
    :param write_locked: nobody may write. :param lock_reason: why.
    :param bandwidth: Mbit/s that were bought for the whole instance; 0: what its class has.
    :param maintain_start: ``HH:mmZ``, as :attr:`maintain_end`.
    :param backup_days: names of week days, separated by commas. :param backup_time: ``HH:mmZ-HH:mmZ``.
    :param audit_days: for how many days audit records would be kept; 0: there is no audit.
    :param auto_upgrade: minor versions would be taken by themselves.
    """

    config: dict[str, str] = msgspec.field(default_factory=dict)
    security_groups: tuple[str, ...] = ()
    proxy_off: bool = False
    password_free: bool = False
    write_locked: bool = False
    lock_reason: str = ""
    bandwidth: int = 0
    maintain_start: str = "18:00Z"
    maintain_end: str = "22:00Z"
    backup_days: str = "Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday"
    backup_time: str = "18:00Z-19:00Z"
    backup_retention: int = 7
    audit_days: int = 0
    auto_upgrade: bool = False

    @property
    def servers(self) -> dict[str, str]:
        """Lines of the servers' configuration."""
        return {**CONFIG, **self.config}

    @property
    def shown_config(self) -> str:
        """The servers' settings as replies have them: a JSON document in a string."""
        settings = self.servers
        shown: dict[str, str | int] = {EVICTION_POLICY: settings.pop("maxmemory-policy")}
        shown |= {name: int(value) if value.isdigit() else value for name, value in sorted(settings.items())}
        return json.dumps(shown, separators=(",", ":"))
