"""NextToken: where the next page of a list starts."""

from __future__ import annotations

import base64
import re

_TOKEN = re.compile(r"from ([0-9]{1,9})")


class NoToken(ValueError):
    """The text is no token that was given out."""


def token_for(offset: int) -> str:
    """The token of the page that starts at ``offset``."""
    return base64.urlsafe_b64encode(f"from {offset}".encode()).decode()


def offset_of(token: str) -> int:
    """Where the page starts; 0 without a token.

    :raises NoToken:
    """
    if not token:
        return 0
    try:
        found = _TOKEN.fullmatch(base64.b64decode(token, altchars=b"-_", validate=True).decode("ascii"))
    except ValueError:
        raise NoToken(token) from None
    if found is None:
        raise NoToken(token)
    return int(found[1])
