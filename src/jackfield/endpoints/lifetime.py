"""How long certificates are valid; apart from their making, which needs much memory."""

from __future__ import annotations

VALID_SECONDS = 365 * 86400
"""A certificate of an instance: a year, as the vendor's."""
