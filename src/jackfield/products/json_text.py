"""A parameter that callers send as JSON inside a text, or as the JSON itself."""

from __future__ import annotations

from typing import NewType

JsonText = NewType("JsonText", str)
"""JSON as a text. A list or an object in a body becomes its text; what it holds is the operation's to judge."""
