"""Giving policies to users, groups and roles, and taking them away."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.identity.people import Attachment, Holder
from jackfield.identity.policies import Policy, attach, detach
from jackfield.identity.system_policies import SystemPolicy
from jackfield.products.operation import Call, Param, Reply, Request, operation
from jackfield.products.ram import groups, roles, users
from jackfield.products.ram.errors import (
    GroupNotExist,
    GroupPolicyAlreadyExists,
    GroupPolicyNotExist,
    InvalidParameter,
    RoleNotExist,
    RolePolicyAlreadyExists,
    RolePolicyNotExist,
    TooManyGroupPolicies,
    TooManyRolePolicies,
    TooManyUserPolicies,
    UserNotExist,
    UserPolicyAlreadyExists,
    UserPolicyNotExist,
)
from jackfield.products.ram.own import POLICY_ERRORS, any_policy, own_group, own_role, own_user, policy_type
from jackfield.products.ram.policies import NAME, TYPE
from jackfield.products.ram.product import RAM
from jackfield.store.interface import Tx

GROUP = Param(
    "The account's id: the policy counts for all of the account; resource groups are refused.", "1234567890123456"
)
MOST = {"System": 20, "Custom": 10}
"""Policies of each type that somebody may have (of custom ones, ``ram-policy.json`` says 10 and the older page 5)."""


class UserPolicyRequest(Request):
    policy_type: Annotated[str, TYPE] = ""
    policy_name: Annotated[str, NAME] = ""
    user_name: Annotated[str, users.NAME] = ""
    resource_group_id: Annotated[str, GROUP] = ""


class GroupPolicyRequest(Request):
    policy_type: Annotated[str, TYPE] = ""
    policy_name: Annotated[str, NAME] = ""
    group_name: Annotated[str, groups.NAME] = ""
    resource_group_id: Annotated[str, GROUP] = ""


class RolePolicyRequest(Request):
    policy_type: Annotated[str, TYPE] = ""
    policy_name: Annotated[str, NAME] = ""
    role_name: Annotated[str, roles.NAME] = ""
    resource_group_id: Annotated[str, GROUP] = ""


_Request = UserPolicyRequest | GroupPolicyRequest | RolePolicyRequest


class _Full(Exception):
    """Somebody has as many policies of the type as may be."""


class _There(Exception):
    """Somebody has the policy."""


class _Absent(Exception):
    """Somebody does not have the policy."""


@operation(
    RAM, title="Attaches a policy to a RAM user", access="update", resource="user/{UserName}",
    errors=(*POLICY_ERRORS, UserNotExist, UserPolicyAlreadyExists, TooManyUserPolicies),
)  # fmt: skip
def attach_policy_to_user(tx: Tx, call: Call, request: UserPolicyRequest) -> Reply:
    """It counts from the next call on."""
    try:
        _attach(tx, call, own_user(tx, call, request.user_name), request)
    except _There:
        raise UserPolicyAlreadyExists from None
    except _Full:
        raise TooManyUserPolicies from None
    return Reply()


@operation(
    RAM, title="Attaches a policy to a group", access="update", resource="group/{GroupName}",
    errors=(*POLICY_ERRORS, GroupNotExist, GroupPolicyAlreadyExists, TooManyGroupPolicies),
)  # fmt: skip
def attach_policy_to_group(tx: Tx, call: Call, request: GroupPolicyRequest) -> Reply:
    """It counts from the next call of any member on."""
    try:
        _attach(tx, call, own_group(tx, call, request.group_name), request)
    except _There:
        raise GroupPolicyAlreadyExists from None
    except _Full:
        raise TooManyGroupPolicies from None
    return Reply()


@operation(
    RAM, title="Attaches a policy to a role", access="update", resource="role/{RoleName}",
    errors=(*POLICY_ERRORS, RoleNotExist, RolePolicyAlreadyExists, TooManyRolePolicies),
)  # fmt: skip
def attach_policy_to_role(tx: Tx, call: Call, request: RolePolicyRequest) -> Reply:
    """It counts from the next call on, for sessions that have begun as well."""
    try:
        _attach(tx, call, own_role(tx, call, request.role_name), request)
    except _There:
        raise RolePolicyAlreadyExists from None
    except _Full:
        raise TooManyRolePolicies from None
    return Reply()


@operation(
    RAM, title="Detaches a policy from a RAM user", access="update", resource="user/{UserName}",
    errors=(*POLICY_ERRORS, UserNotExist, UserPolicyNotExist),
)  # fmt: skip
def detach_policy_from_user(tx: Tx, call: Call, request: UserPolicyRequest) -> Reply:
    """What it allowed is refused from the next call on."""
    try:
        _detach(tx, call, own_user(tx, call, request.user_name), request)
    except _Absent:
        raise UserPolicyNotExist from None
    return Reply()


@operation(
    RAM, title="Detaches a policy from a group", access="update", resource="group/{GroupName}",
    errors=(*POLICY_ERRORS, GroupNotExist, GroupPolicyNotExist),
)  # fmt: skip
def detach_policy_from_group(tx: Tx, call: Call, request: GroupPolicyRequest) -> Reply:
    """What it allowed is refused from the next call of any member on."""
    try:
        _detach(tx, call, own_group(tx, call, request.group_name), request)
    except _Absent:
        raise GroupPolicyNotExist from None
    return Reply()


@operation(
    RAM, title="Detaches a policy from a role", access="update", resource="role/{RoleName}",
    errors=(*POLICY_ERRORS, RoleNotExist, RolePolicyNotExist),
)  # fmt: skip
def detach_policy_from_role(tx: Tx, call: Call, request: RolePolicyRequest) -> Reply:
    """What it allowed is refused from the next call on, to sessions that have begun as well."""
    try:
        _detach(tx, call, own_role(tx, call, request.role_name), request)
    except _Absent:
        raise RolePolicyNotExist from None
    return Reply()


def _attach(tx: Tx, call: Call, holder: Holder, request: _Request) -> None:
    policy = _policy(tx, call, request)
    attachment = Attachment(type=policy_type(request.policy_type), name=policy.name, at=call.now)
    same = [one for one in holder.policies if one.type == attachment.type]
    if any(one.name == policy.name for one in same):
        raise _There
    if len(same) >= MOST[attachment.type]:
        raise _Full
    tx.put(msgspec.structs.replace(holder, policies=(*holder.policies, attachment)))
    attach(tx, holder, attachment)


def _detach(tx: Tx, call: Call, holder: Holder, request: _Request) -> None:
    policy = _policy(tx, call, request)
    for attachment in holder.policies:
        if (attachment.type, attachment.name) == (request.policy_type, policy.name):
            left = tuple(one for one in holder.policies if one is not attachment)
            tx.put(msgspec.structs.replace(holder, policies=left))
            detach(tx, holder, attachment)
            return
    raise _Absent


def _policy(tx: Tx, call: Call, request: _Request) -> Policy | SystemPolicy:
    """:raises InvalidParameter: it is for a resource group, which would give more here than was asked for."""
    if request.resource_group_id not in ("", call.account):
        raise InvalidParameter(name="ResourceGroupId")
    return any_policy(tx, call, request.policy_type, request.policy_name)
