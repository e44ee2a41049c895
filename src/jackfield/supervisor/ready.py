"""The ready file: where the API is and how to sign for it. Written when everything recorded is reachable again."""

from __future__ import annotations

from pathlib import Path

import msgspec

from jackfield.folder import write_private


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """:param pid: the API process; the supervisor rewrites the file when it had to start another one.

    :param dns: always null until a name server is part of the host vantage.
    """

    api: str
    console: str
    dns: str | None
    hosts_file: str
    account_id: str
    access_key_id: str
    access_key_secret: str
    admin_token: str
    region: str
    pid: int
    relay_pids: list[int]

    def write(self, path: Path) -> None:
        write_private(path, msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n")


def read_ready(path: Path) -> Ready | None:
    """``None`` when there is no such file, or it is not whole."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Ready)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
