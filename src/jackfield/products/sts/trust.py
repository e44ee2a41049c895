"""Whom a role trusts."""

from __future__ import annotations

import time

from jackfield.identity.people import Role
from jackfield.identity.policy import parse_trust_policy
from jackfield.identity.policy_judgement import Decision, trusts
from jackfield.products.operation import Call
from jackfield.store.interface import Reader


def trust(reader: Reader, call: Call, role: Role, external_id: str) -> Decision:
    """Whether the role's trust policy lets the caller assume it.

    :param external_id: what the caller says; a condition may ask for it as ``sts:ExternalId``.
    """
    arn = call.principal.arn
    if call.principal.role:  # a session is trusted as its role
        own = reader.get(Role, call.principal.role)
        assert own is not None, "a session without its role does not call"
        arn = own.arn
    facts = {
        "sts:externalid": external_id or None,
        "acs:sourceip": call.source or None,
        "acs:currenttime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(call.now)),
        "acs:mfapresent": "false",
        "acs:principalarn": arn,
    }
    return trusts(parse_trust_policy(role.trust), arn, facts.get)
