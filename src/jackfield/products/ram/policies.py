"""Policies: the account's own and the vendor's."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from jackfield.identity.people import Group, PolicyType, Role, User
from jackfield.identity.policies import Policy, PolicyVersion, attached_space, own_policy, policy_id
from jackfield.identity.system_policies import SINCE, SYSTEM_POLICIES, SystemPolicy
from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.ram.documents import DOCUMENT_ERRORS, check_policy
from jackfield.products.ram.errors import (
    InvalidParameter,
    PolicyAlreadyExists,
    PolicyHasVersions,
    PolicyNotExist,
    PolicyOfGroup,
    PolicyOfRole,
    PolicyOfUser,
    TooManyPolicies,
)
from jackfield.products.ram.own import (
    NAME_ERRORS,
    POLICIES,
    POLICY_ERRORS,
    any_policy,
    check_length,
    check_name,
    custom_policy,
    given_tags,
    has_tags,
    next_marker,
    start_of,
)
from jackfield.products.ram.product import RAM
from jackfield.products.ram.roles import TAG
from jackfield.products.ram.shapes import (
    NewPolicy,
    PolicyView,
    Tags,
    VersionView,
    new_policy,
    policy_view,
    system_version,
    tags_view,
    version_view,
)
from jackfield.products.times import iso_second
from jackfield.store.interface import Reader, Tx

MOST = 200
"""Custom policies of an account."""

NAME = Param("The policy's name.", "OSS-Administrator")
TYPE = Param("Whose policy it is: System or Custom.", "Custom")


class CreatePolicyRequest(Request):
    policy_name: Annotated[str, Param("The name: 1 to 128 letters, digits and hyphens.", "OSS-Administrator")] = ""
    description: Annotated[str, Param("A description of at most 1,024 characters.", "administers OSS")] = ""
    policy_document: Annotated[str, Param("The policy.", '{"Version":"1","Statement":[…]}')] = ""
    tag: Annotated[str, TAG] = ""


class CreatePolicyReply(Reply):
    policy: NewPolicy


class PolicyReply(Reply):
    policy: PolicyView


@operation(
    RAM, title="Creates a custom policy", access="create", resource="policy/*",
    errors=(*NAME_ERRORS, *DOCUMENT_ERRORS[2:], InvalidParameter, TooManyPolicies, PolicyAlreadyExists),
)  # fmt: skip
def create_policy(tx: Tx, call: Call, request: CreatePolicyRequest) -> CreatePolicyReply:
    """Its first version, ``v1``, is the default one. A name of the vendor's policies is taken."""
    name = request.policy_name
    check_name(name, "PolicyName", POLICIES)
    check_length(request.description, "Description", 1024)
    check_policy(request.policy_document, "PolicyDocument")
    tags = given_tags(request.tag)
    if own_policy(tx, call.account, name) is not None or name in SYSTEM_POLICIES:
        raise PolicyAlreadyExists
    if tx.count(Policy, account=call.account, region="") >= MOST:
        raise TooManyPolicies
    policy = Policy(
        id=policy_id(call.account, name),
        account=call.account,
        parent=call.account,
        created=call.now,
        updated=call.now,
        name=name,
        description=request.description,
        default="v1",
        document=request.policy_document,
        tags=tags,
    )
    tx.put(policy)
    tx.put(
        PolicyVersion(
            id=f"{policy.id} v1",
            account=call.account,
            parent=policy.id,
            created=call.now,
            document=request.policy_document,
        )
    )
    return CreatePolicyReply(policy=new_policy(policy))


class PolicyTypeRequest(Request):
    policy_type: Annotated[str, TYPE] = ""
    policy_name: Annotated[str, NAME] = ""


class GetPolicyView(PolicyView):
    attachment_count: int


class GetPolicyReply(Reply):
    policy: GetPolicyView
    default_policy_version: VersionView


@operation(
    RAM, title="Queries a policy and its default version", access="get", resource="policy/{PolicyName}",
    errors=POLICY_ERRORS,
)  # fmt: skip
def get_policy(tx: Reader, call: Call, request: PolicyTypeRequest) -> GetPolicyReply:
    """The vendor's policies have one version, ``v1``."""
    policy = any_policy(tx, call, request.policy_type, request.policy_name)
    if isinstance(policy, SystemPolicy):
        version = system_version(policy)
    else:
        stored = tx.get(PolicyVersion, f"{policy.id} {policy.default}")
        assert stored is not None, "the default version of a policy is not deleted"
        version = version_view(stored, policy.default)
    listed = _listed(tx, call, policy)
    return GetPolicyReply(
        policy=GetPolicyView(**{name: getattr(listed, name) for name in GetPolicyView.__struct_fields__}),
        default_policy_version=version,
    )


class UpdatePolicyDescriptionRequest(Request):
    policy_name: Annotated[str, NAME] = ""
    new_description: Annotated[str, Param("Another description.", "administers OSS")] = ""


@operation(
    RAM, title="Changes the description of a custom policy", access="update", resource="policy/{PolicyName}",
    errors=(*NAME_ERRORS, PolicyNotExist),
)  # fmt: skip
def update_policy_description(tx: Tx, call: Call, request: UpdatePolicyDescriptionRequest) -> PolicyReply:
    """What the policy says stays."""
    policy = custom_policy(tx, call, request.policy_name)
    check_length(request.new_description, "NewDescription", 1024)
    policy = msgspec.structs.replace(policy, description=request.new_description, updated=call.now)
    tx.put(policy)
    return PolicyReply(policy=policy_view(policy))


class DeletePolicyRequest(Request):
    policy_name: Annotated[str, NAME] = ""
    cascading_delete: Annotated[bool, Param("Whether its other versions are deleted with it.", "true")] = False


@operation(
    RAM, title="Deletes a custom policy", access="delete", resource="policy/{PolicyName}",
    errors=(*NAME_ERRORS, PolicyNotExist, PolicyOfUser, PolicyOfGroup, PolicyOfRole, PolicyHasVersions),
)  # fmt: skip
def delete_policy(tx: Tx, call: Call, request: DeletePolicyRequest) -> Reply:
    """Nobody may have it, and unless ``CascadingDelete`` is given, only its default version may be left."""
    policy = custom_policy(tx, call, request.policy_name)
    holders = tx.holders(attached_space(call.account, "Custom", policy.name))
    kinds = {kind for kind, _ in holders}
    if User.kind in kinds:
        raise PolicyOfUser
    if Group.kind in kinds:
        raise PolicyOfGroup
    if Role.kind in kinds:
        raise PolicyOfRole
    versions = tx.children(PolicyVersion, policy.id)
    if len(versions) > 1 and not request.cascading_delete:
        raise PolicyHasVersions
    for version in versions:
        tx.remove(version)
    tx.remove(policy)
    return Reply()


class ListPoliciesRequest(Request):
    policy_type: Annotated[str, Param("Whose policies: System or Custom; both if left out.", "Custom")] = ""
    marker: Annotated[str, Param("Where the page starts: the marker of the one before.", "ZnJvbSAxMDA=")] = ""
    max_items: Annotated[
        int, Param("The policies of a page.", "100", range=(1, 1000), invalid=InvalidParameter)
    ] = 100  # fmt: skip
    tag: Annotated[str, TAG] = ""


class ListedPolicy(PolicyView):
    attachment_count: int
    tags: Tags


class Policies(Shape):
    policy: tuple[ListedPolicy, ...]


class ListPoliciesReply(Reply, kw_only=True):
    is_truncated: bool
    marker: str | UnsetType = UNSET
    policies: Policies


@operation(
    RAM, title="Lists policies", access="get", resource="policy/*", errors=(InvalidParameter,)
)  # fmt: skip
def list_policies(tx: Reader, call: Call, request: ListPoliciesRequest) -> ListPoliciesReply:
    """The vendor's first, then the account's own, oldest first. The vendor's have no tags."""
    start = start_of(request.marker)
    wanted = given_tags(request.tag)
    types: tuple[PolicyType, ...] = ("System", "Custom")
    if request.policy_type:
        types = (_type(request.policy_type),)
    vendors = list(SYSTEM_POLICIES.values()) if "System" in types and not wanted else []
    shown: list[SystemPolicy | Policy] = [*vendors[start : start + request.max_items]]
    total = len(vendors)
    if "Custom" in types:
        offset, limit = max(start - len(vendors), 0), request.max_items - len(shown)
        if wanted:
            own = [policy for policy in tx.each(Policy, account=call.account) if has_tags(policy.tags, wanted)]
            total, own = total + len(own), own[offset : offset + limit]
        else:
            total += tx.count(Policy, account=call.account, region="")
            own = tx.page(Policy, account=call.account, region="", offset=offset, limit=limit)
        shown += own
    marker = next_marker(start, len(shown), total)
    return ListPoliciesReply(
        is_truncated=marker is not None,
        marker=UNSET if marker is None else marker,
        policies=Policies(policy=tuple(_listed(tx, call, policy) for policy in shown)),
    )


def _type(given: str) -> PolicyType:
    if given not in ("System", "Custom"):
        raise InvalidParameter(name="PolicyType")
    return "System" if given == "System" else "Custom"


def _listed(tx: Reader, call: Call, policy: SystemPolicy | Policy) -> ListedPolicy:
    if isinstance(policy, SystemPolicy):
        since = iso_second(SINCE)
        return ListedPolicy(
            policy_name=policy.name, policy_type="System", description=policy.description, default_version="v1",
            create_date=since, update_date=since, tags=Tags(),
            attachment_count=tx.count_claims(attached_space(call.account, "System", policy.name)),
        )  # fmt: skip
    return ListedPolicy(
        **msgspec.structs.asdict(policy_view(policy)),
        attachment_count=tx.count_claims(attached_space(call.account, "Custom", policy.name)),
        tags=tags_view(policy.tags),
    )
