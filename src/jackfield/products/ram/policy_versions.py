"""Versions of custom policies: at most five, one of which counts."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec

from jackfield.identity.policies import Policy, PolicyVersion
from jackfield.identity.system_policies import SystemPolicy
from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.ram.documents import DOCUMENT_ERRORS, check_policy
from jackfield.products.ram.errors import (
    DefaultVersionInUse,
    InvalidFormat,
    InvalidParameter,
    MissingParameter,
    PolicyNotExist,
    PolicyVersionNotExist,
    TooManyPolicyVersions,
)
from jackfield.products.ram.own import NAME_ERRORS, POLICY_ERRORS, any_policy, custom_policy
from jackfield.products.ram.policies import NAME, TYPE, PolicyTypeRequest
from jackfield.products.ram.product import RAM
from jackfield.products.ram.shapes import VersionView, system_version, version_view
from jackfield.store.interface import Reader, Tx

MOST = 5

VERSION = Param("The version.", "v2")
ROTATE = "DeleteOldestNonDefaultVersionWhenLimitExceeded"
_version = re.compile(r"v[1-9][0-9]{0,9}").fullmatch


class CreatePolicyVersionRequest(Request):
    policy_name: Annotated[str, NAME] = ""
    policy_document: Annotated[str, Param("The policy.", '{"Version":"1","Statement":[…]}')] = ""
    set_as_default: Annotated[bool, Param("Whether it counts from now on.", "false")] = False
    rotate_strategy: Annotated[
        str,
        Param(
            "What happens to the oldest version that is not the default one when there are five.", "None",
            enum=("None", ROTATE), invalid=InvalidParameter,
        ),
    ] = "None"  # fmt: skip


class PolicyVersionReply(Reply):
    policy_version: VersionView


@operation(
    RAM, title="Creates a version of a custom policy", access="create", resource="policy/{PolicyName}",
    errors=(*NAME_ERRORS, *DOCUMENT_ERRORS[2:], InvalidParameter, PolicyNotExist, TooManyPolicyVersions),
)  # fmt: skip
def create_policy_version(tx: Tx, call: Call, request: CreatePolicyVersionRequest) -> PolicyVersionReply:
    """Numbers go up; one that was deleted does not come again."""
    policy = custom_policy(tx, call, request.policy_name)
    check_policy(request.policy_document, "PolicyDocument")
    versions = tx.children(PolicyVersion, policy.id)
    if len(versions) >= MOST:
        if request.rotate_strategy != ROTATE:
            raise TooManyPolicyVersions
        tx.remove(next(one for one in versions if one.version != policy.default))
    number = policy.last + 1
    version = PolicyVersion(
        id=f"{policy.id} v{number}",
        account=call.account,
        parent=policy.id,
        created=call.now,
        document=request.policy_document,
    )
    tx.put(version)
    policy = msgspec.structs.replace(policy, last=number, updated=call.now)
    if request.set_as_default:
        policy = msgspec.structs.replace(policy, default=version.version, document=version.document)
    tx.put(policy)
    return PolicyVersionReply(policy_version=version_view(version, policy.default))


class GetPolicyVersionRequest(Request):
    policy_type: Annotated[str, TYPE] = ""
    policy_name: Annotated[str, NAME] = ""
    version_id: Annotated[str, VERSION] = ""


@operation(
    RAM, title="Queries a version of a policy", access="get", resource="policy/{PolicyName}",
    errors=(*POLICY_ERRORS, InvalidFormat, PolicyVersionNotExist),
)  # fmt: skip
def get_policy_version(tx: Reader, call: Call, request: GetPolicyVersionRequest) -> PolicyVersionReply:
    """With its document."""
    policy = any_policy(tx, call, request.policy_type, request.policy_name)
    if isinstance(policy, SystemPolicy):
        _check_version(request.version_id)
        if request.version_id != "v1":
            raise PolicyVersionNotExist
        return PolicyVersionReply(policy_version=system_version(policy))
    return PolicyVersionReply(policy_version=version_view(_version_of(tx, policy, request.version_id), policy.default))


class Versions(Shape):
    policy_version: tuple[VersionView, ...]


class ListPolicyVersionsReply(Reply):
    policy_versions: Versions


@operation(
    RAM, title="Lists the versions of a policy", access="list", resource="policy/{PolicyName}", errors=POLICY_ERRORS
)
def list_policy_versions(tx: Reader, call: Call, request: PolicyTypeRequest) -> ListPolicyVersionsReply:
    """Oldest first, with their documents."""
    policy = any_policy(tx, call, request.policy_type, request.policy_name)
    if isinstance(policy, SystemPolicy):
        found = [system_version(policy)]
    else:
        found = [version_view(version, policy.default) for version in tx.children(PolicyVersion, policy.id)]
    return ListPolicyVersionsReply(policy_versions=Versions(policy_version=tuple(found)))


class VersionRequest(Request):
    policy_name: Annotated[str, NAME] = ""
    version_id: Annotated[str, VERSION] = ""


_ERRORS = (*NAME_ERRORS, PolicyNotExist, InvalidFormat, PolicyVersionNotExist)


@operation(
    RAM, title="Sets the default version of a custom policy", access="update", resource="policy/{PolicyName}",
    errors=_ERRORS,
)  # fmt: skip
def set_default_policy_version(tx: Tx, call: Call, request: VersionRequest) -> Reply:
    """It counts from the next call on, for everybody who has the policy."""
    policy = custom_policy(tx, call, request.policy_name)
    version = _version_of(tx, policy, request.version_id)
    tx.put(msgspec.structs.replace(policy, default=version.version, document=version.document, updated=call.now))
    return Reply()


@operation(
    RAM, title="Deletes a version of a custom policy", access="delete", resource="policy/{PolicyName}",
    errors=(*_ERRORS, DefaultVersionInUse),
)  # fmt: skip
def delete_policy_version(tx: Tx, call: Call, request: VersionRequest) -> Reply:
    """Any but the default one."""
    policy = custom_policy(tx, call, request.policy_name)
    version = _version_of(tx, policy, request.version_id)
    if version.version == policy.default:
        raise DefaultVersionInUse
    tx.remove(version)
    return Reply()


def _check_version(version: str) -> None:
    if not version:
        raise MissingParameter(name="VersionId")
    if _version(version) is None:
        raise InvalidFormat(name="VersionId")


def _version_of(reader: Reader, policy: Policy, version: str) -> PolicyVersion:
    _check_version(version)
    found = reader.get(PolicyVersion, f"{policy.id} {version}")
    if found is None:
        raise PolicyVersionNotExist
    return found
