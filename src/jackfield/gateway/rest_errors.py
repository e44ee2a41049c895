"""The refusals of the REST gateway itself, whatever the operation.

OceanBase Cloud documents the form of an error (``{"success": false, "errorCode": "E001R000", …}``, a status other than
200) and no table of codes. All codes but ``E001R000`` are therefore Jackfield's own, in one family: ``E``, the HTTP
status, ``J``, a number. Statuses are chosen for what clients make of them: 404 is "gone" (Cloudpods), 5xx is tried
again, everything but 200 is a failure (Terraform).
"""

from __future__ import annotations

from jackfield.products.errors import ApiError


class Unauthorized(ApiError):
    """Not signed, or not with an active key; says no more than that. The answer carries a challenge."""

    code = "E401J001"
    status = 401
    message = "HTTP Digest authentication with an active AccessKey is required."


class ProjectNotYours(ApiError):
    """``X-Ob-Project-Id`` names a project that the key is not good for."""

    code = "E403J001"
    status = 403
    message = "The project in X-Ob-Project-Id does not exist or the AccessKey has no access to it."


class PathNotFound(ApiError):
    """The API has no such path."""

    code = "E404J001"
    status = 404
    message = "The API has no such path."


class MethodNotAllowed(ApiError):
    """The path exists, with other methods."""

    code = "E405J001"
    status = 405
    message = "The path takes {allowed}."


class OperationNotBuilt(ApiError):
    """The vendor has the operation, Jackfield does not. 400, since 404 would read as gone and 5xx as try again."""

    code = "E400J001"
    status = 400
    message = "Jackfield does not build the operation {operation} of OceanBase Cloud yet."


class BodyNotJson(ApiError):
    """The body is no JSON object."""

    code = "E400J002"
    status = 400
    message = "The request body is no JSON object."


class MissingParameter(ApiError):
    """A mandatory parameter is absent or empty."""

    code = "E400J003"
    status = 400
    message = "The parameter {name} is mandatory."


class InvalidParameter(ApiError):
    """A parameter has another type than it should, or a value that is not accepted."""

    code = "E400J004"
    status = 400
    message = "The value of the parameter {name} is not valid."


class BodyTooLarge(ApiError):
    """The body is longer than is read."""

    code = "E413J001"
    status = 413
    message = "The request body is longer than {most} bytes."


class Busy(ApiError):
    """The store is busy; nothing was done."""

    code = "E503J001"
    status = 503
    message = "The service is busy. Try again."


class UnknownError(ApiError):
    """Something broke here; the cause is in the log, under the request id. The documents' own example of an error."""

    code = "E001R000"
    status = 500
    message = "Unknown Error"
