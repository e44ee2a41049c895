"""Passwords of instances and accounts."""

from __future__ import annotations

import hashlib
import re

_ALLOWED = re.compile(r"[A-Za-z0-9!@#$%^&*()_+\-=]{8,32}")
_CLASSES = ("[A-Z]", "[a-z]", "[0-9]", "[^A-Za-z0-9]")


def is_strong(password: str) -> bool:
    """Whether it has 8 to 32 characters of three of: upper case, lower case, digits, ``!@#$%^&*()_+-=``."""
    return bool(_ALLOWED.fullmatch(password)) and sum(bool(re.search(each, password)) for each in _CLASSES) >= 3


def digest(password: str) -> str:
    """As servers know it: SHA-256 in hexadecimal."""
    return hashlib.sha256(password.encode()).hexdigest()
