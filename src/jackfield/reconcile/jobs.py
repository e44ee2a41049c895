"""Jobs of NLB are forgotten in the end."""

from __future__ import annotations

from jackfield.products.nlb.jobs import KEPT_SECONDS
from jackfield.products.nlb.resources import Job
from jackfield.reconcile.loop import wait_until
from jackfield.store.interface import Store


class JobReconciler:
    """Removes a job a day after it was noted."""

    kind = Job.kind

    def __init__(self, store: Store) -> None:
        self._store = store

    def step(self, id: str) -> float | None:
        """:raises Later: the day is not over."""
        with self._store.write() as tx:
            job = tx.get(Job, id)
            if job is not None:
                wait_until(job.created + KEPT_SECONDS)
                tx.remove(job)
        return None
