"""Errors of STS: codes, statuses and texts of its API metadata."""

from __future__ import annotations

from jackfield.products.errors import AccessDenied, ApiError


class InvalidRoleArn(ApiError):
    """Not ``acs:ram::<account>:role/<name>``."""

    code = "InvalidParameter.RoleArn"
    status = 400
    message = "The parameter RoleArn is wrongly formed."


class InvalidRoleSessionName(ApiError):
    """Not 2 to 64 letters, digits and ``.@-_``."""

    code = "InvalidParameter.RoleSessionName"
    status = 400
    message = "The parameter RoleSessionName is wrongly formed."


class InvalidDurationSeconds(ApiError):
    """Less than 15 minutes, or more than the role allows; the text names one hour whatever the role allows."""

    code = "InvalidParameter.DurationSeconds"
    status = 400
    message = "The Min/Max value of DurationSeconds is 15min/1hr."


class InvalidExternalId(ApiError):
    """Not 2 to 1,224 characters of those allowed."""

    code = "InvalidParameter.ExternalId"
    status = 400
    message = "The parameter ExternalId is wrongly formed."


class InvalidPolicyGrammar(ApiError):
    """The session policy is no policy."""

    code = "InvalidParameter.PolicyGrammar"
    status = 400
    message = "The parameter Policy has not passed grammar check."


class InvalidPolicySize(ApiError):
    """The session policy is too long."""

    code = "InvalidParameter.PolicySize"
    status = 400
    message = "The size of Policy must be smaller than 2048 bytes."


class AssumeNotAllowed(AccessDenied):
    """The role does not trust the caller."""

    code = "NoPermission"
    status = 403
    message = "You are not authorized to do this action. You should be authorized by RAM."


class AssumedByRoot(ApiError):
    """The root of an account assumes no roles; text from answers seen by clients."""

    code = "NoPermission"
    status = 403
    message = "Roles may not be assumed by root accounts."


class RoleNotExist(ApiError):
    """There is no such role; the blank in the text is the vendor's."""

    code = "EntityNotExist.Role"
    status = 404
    message = "The specified Role not exists ."
