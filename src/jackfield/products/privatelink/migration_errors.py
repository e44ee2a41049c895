"""Errors of calls that choose, or change, the load balancer of a zone, as the vendor's tables have them."""

from __future__ import annotations

from jackfield.products.errors import ApiError
from jackfield.products.privatelink.errors import GappedError


class EndpointServiceLocked(ApiError):
    """The service is not Active."""

    code = "EndpointServiceLocked"
    status = 400
    message = "The specified Service is locked."


class EndpointLocked(ApiError):
    """The endpoint is not Active."""

    code = "EndpointLocked"
    status = 400
    message = "The specified Endpoint is locked."


class ZoneOperationDenied(ApiError):
    """The zone is in another state than the call needs, or has the load balancer already."""

    code = "ZoneOperationDenied"
    status = 400
    message = "You cannot operate the specified zone."


class ResourceAutoAllocateViolation(ApiError):
    """No load balancer of the zone could be allocated by choice any more."""

    code = "ResourceAutoAllocateViolation"
    status = 400
    message = "The specified endpoint service must have at least one automatically allocated resource in one zone."


class CurrentResourceAutoAllocated(ApiError):
    """The load balancer that is to be replaced would get new endpoints at the same time."""

    code = "OperationDenied.CurrentResourceAutoAllocated"
    status = 400
    message = "The operation is not allowed because of CurrentResourceAutoAllocated."


class IllegalAllocateMode(GappedError):
    """ResourceAllocateMode is neither Auto nor Manual."""

    code = "IllegalParam.ResourceAllocateMode"
    status = 400
    message = "The param of %s is illegal."


class IllegalReplaceMode(GappedError):
    """ResourceReplaceMode is neither Graceful nor Force."""

    code = "IllegalParam.ResourceReplaceMode"
    status = 400
    message = "The param of %s is illegal."


class MissingAllocateMode(GappedError):
    """Neither a way to allocate nor a way to replace is given."""

    code = "MissingParam.ResourceAllocateMode"
    status = 400
    message = "The param of %s is missing."


class MissingResourceId(GappedError):
    """The load balancer is not named."""

    code = "MissingParam.ResourceId"
    status = 400
    message = "The param of %s is missing."


class MismatchZoneId(GappedError):
    """The load balancer is attached to the service, in other zones."""

    code = "Mismatch.ZoneId"
    status = 400
    message = "The %s is mismatched for %s and %s."
