"""Errors of the operations about single shards. Their pages document none; these are the neighbours'."""

from __future__ import annotations

from jackfield.products.errors import ApiError


class IncorrectCharacterType(ApiError):
    """The instance is no cluster."""

    code = "IncorrectCharacterType"
    status = 403
    message = "Current DB instance CharacterType does not support this operation."
