"""Numbers of tasks: a transition of an instance is one task, and has one number wherever it is told."""

from __future__ import annotations

import hashlib

from jackfield.products.rds.resources import DBInstance


def task_number(instance: DBInstance) -> int:
    """Nine digits, of the transition that an instance is in."""
    text = f"{instance.id} {instance.status} {instance.settle_at}"
    return 10**8 + int.from_bytes(hashlib.sha256(text.encode()).digest()[:6]) % (9 * 10**8)
