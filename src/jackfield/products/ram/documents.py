"""Policy documents as parameters."""

from __future__ import annotations

from jackfield.identity.policy import PolicyMalformed, parse_policy, parse_trust_policy
from jackfield.products.ram.errors import BeyondLength, MalformedPolicyDocument, MissingParameter

LONGEST = 6144
"""Characters of a policy document (comments of the SDK's models); of a trust policy as well, which has no figure."""

DOCUMENT_ERRORS = (MissingParameter, BeyondLength, MalformedPolicyDocument)


def check_policy(document: str, parameter: str) -> None:
    """
    :raises MissingParameter: it is empty. :raises BeyondLength: it is longer than 6,144 characters.
    :raises MalformedPolicyDocument: it is no policy.
    """
    _check_size(document, parameter)
    try:
        parse_policy(document)
    except PolicyMalformed as error:
        raise MalformedPolicyDocument(why=str(error)) from None


def check_trust(document: str, parameter: str) -> None:
    """As :func:`check_policy`, for the trust policy of a role."""
    _check_size(document, parameter)
    try:
        parse_trust_policy(document)
    except PolicyMalformed as error:
        raise MalformedPolicyDocument(why=str(error)) from None


def _check_size(document: str, parameter: str) -> None:
    if not document:
        raise MissingParameter(name=parameter)
    if len(document) > LONGEST:
        raise BeyondLength(name=parameter)
