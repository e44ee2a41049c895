"""Tair instances that move to another network or zone."""

from __future__ import annotations

import msgspec

from jackfield.products.tair.resources import Instance


def moved(instance: Instance) -> Instance:
    """The instance where its move leads."""
    move = instance.move
    return msgspec.structs.replace(instance, move=None, **msgspec.structs.asdict(move)) if move else instance
