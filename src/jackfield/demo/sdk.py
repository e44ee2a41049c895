"""Pointing an official SDK at Jackfield: only endpoint and protocol differ from the cloud."""

from __future__ import annotations

from alibabacloud_tea_openapi.models import Config

from jackfield.supervisor.ready import Ready


def config(ready: Ready) -> Config:
    """What every client of the official SDKs takes."""
    return Config(
        access_key_id=ready.access_key_id,
        access_key_secret=ready.access_key_secret,
        endpoint=ready.api.removeprefix("http://"),
        protocol="http",
        region_id=ready.region,
    )
