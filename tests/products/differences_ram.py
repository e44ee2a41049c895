"""Where operations of RAM and STS differ from the vendor's table on purpose, each with its reason."""

from __future__ import annotations

UNDOCUMENTED: dict[tuple[str, str, int], str] = {}
"""Errors that the operation's table lacks."""

OWN_TEXTS: dict[tuple[str, str, int], str] = {
    ("Sts.AssumeRole", "NoPermission", 403): "to the root of an account, which clients were seen to be answered so",
}
"""Errors with another text than the table's."""
