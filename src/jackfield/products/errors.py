"""Errors as the vendor's APIs tell them.

Every product declares its own in ``errors.py`` beside its operations, one class an error, so that an operation names
what it raises and the documents, the parity tests and the gateway read the same declaration.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class ApiError(Exception):
    """A refusal that goes to the client.

    Subclasses set the class attributes. ``message`` may hold ``{placeholders}``, filled by keyword arguments.

    :param detail: for the log only, never sent.
    """

    code: ClassVar[str]
    status: ClassVar[int]
    message: ClassVar[str]

    def __init__(self, detail: str = "", **values: Any) -> None:
        self.detail = detail
        self.values = values
        super().__init__(detail or self.text)

    @property
    def text(self) -> str:
        """The message for the client."""
        return self.message.format(**self.values) if self.values else self.message

    @property
    def wire_code(self) -> str:
        """The code for the client; differs from ``code`` where the vendor puts a parameter's name into it."""
        return self.code.format(**self.values) if self.values else self.code


def declare(name: str, status: int, message: str, code: str | None = None) -> type[ApiError]:
    """Makes an error class; only for tables of errors that nobody catches by name."""
    return type(name, (ApiError,), {"code": code or name, "status": status, "message": message})


class AccessDenied(ApiError):
    """A policy forbids the call, or none allows it.

    :param denied: ``AccessDeniedDetail`` of the answer.
    """

    def __init__(self, detail: str, *, denied: Mapping[str, str]) -> None:
        super().__init__(detail)
        self.denied = denied


class MissingParameterValue(ApiError):
    """A mandatory parameter is absent or empty; the gateway's form of the error."""

    code = "Missing{name}"
    status = 400
    message = "{name} is mandatory for this action."


class InvalidParameterValue(ApiError):
    """A parameter has a value that its type or enumeration does not allow; the gateway's form of the error."""

    code = "Invalid{name}"
    status = 400
    message = "Specified parameter {name} is not valid."


class InternalError(ApiError):
    """Something broke here; the cause is in the log, under the request id."""

    code = "InternalError"
    status = 500
    message = "The request processing has failed due to some unknown error, exception or failure."
