"""Changes in the background, and GetJobStatus."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, TypeVar

import msgspec

from jackfield.products.nlb.errors import JobNotFound, MissingParam
from jackfield.products.nlb.product import NLB
from jackfield.products.nlb.resources import Changing, Job, Listener, LoadBalancer, ServerGroup
from jackfield.products.operation import Call, Param, Reply, Request, operation
from jackfield.store.interface import Reader, Tx

C = TypeVar("C", bound=Changing)

KEPT_SECONDS = 86_400.0
"""How long GetJobStatus knows a job; ours, the vendor's time is not documented."""

_KINDS: dict[str, type[Changing]] = {kind.kind: kind for kind in (LoadBalancer, Listener, ServerGroup)}


def change(resource: C, call: Call, status: str, **fields: Any) -> C:
    """The resource with the next change under way, in its transitional state."""
    return msgspec.structs.replace(
        resource, status=status, change=resource.change + 1, settle_at=call.now + call.pace, **fields
    )


def job_of(tx: Tx, call: Call, resource: Changing) -> str:
    """Notes the job of the change that is under way; its id."""
    job = Job(
        id=str(uuid.uuid4()),
        account=resource.account,
        region=resource.region,
        created=call.now,
        resource=type(resource).kind,
        resource_id=resource.id,
        change=resource.change,
    )
    tx.put(job)
    tx.schedule(job, call.now + KEPT_SECONDS)
    return job.id


def is_done(tx: Reader, job: Job) -> bool:
    """Whether what the job is about has changed that far, or is gone."""
    resource = tx.get(_KINDS[job.resource], job.resource_id)
    return resource is None or resource.changed >= job.change


class GetJobStatusRequest(Request):
    job_id: Annotated[
        str, Param("The job, as a change answered it.", "72dcd26b-f12d-4c27-b3af-18f6aed5****", missing=MissingParam)
    ]


class GetJobStatusReply(Reply):
    status: str


@operation(NLB, title="Queries a job", access="get", errors=(MissingParam, JobNotFound))
def get_job_status(tx: Reader, call: Call, request: GetJobStatusRequest) -> GetJobStatusReply:
    """``Succeeded`` once what the job is about has settled, ``Processing`` before."""
    job = tx.get(Job, request.job_id)
    if job is None or job.account != call.account:
        raise JobNotFound
    return GetJobStatusReply(status="Succeeded" if is_done(tx, job) else "Processing")
