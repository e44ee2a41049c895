"""For Redis clients whose calls are expected to fail: redis-py tries ten times otherwise, with growing pauses."""

from __future__ import annotations

from redis.backoff import NoBackoff
from redis.retry import Retry

ONCE = Retry(NoBackoff(), 0)
