"""Who has which policies."""

from __future__ import annotations

from jackfield.identity.people import Group, Holder, PolicyType, Role, User
from jackfield.identity.policies import attached_space, own_policy
from jackfield.identity.system_policies import SYSTEM_POLICIES
from jackfield.products.operation import Call, Reply, Shape, operation
from jackfield.products.ram.errors import GroupNotExist, RoleNotExist, UserNotExist
from jackfield.products.ram.groups import GroupNameRequest
from jackfield.products.ram.own import (
    NAME_ERRORS,
    POLICY_ERRORS,
    any_policy,
    own_group,
    own_role,
    own_user,
    policy_type,
)
from jackfield.products.ram.policies import PolicyTypeRequest
from jackfield.products.ram.product import RAM
from jackfield.products.ram.roles import RoleNameRequest
from jackfield.products.ram.shapes import AttachedPolicies, attached_policy
from jackfield.products.ram.users import UserNameRequest
from jackfield.products.times import iso_second
from jackfield.store.interface import Reader


class AttachedPoliciesReply(Reply):
    policies: AttachedPolicies


@operation(
    RAM, title="Lists the policies of a RAM user", access="get", resource="user/{UserName}",
    errors=(*NAME_ERRORS, UserNotExist),
)  # fmt: skip
def list_policies_for_user(tx: Reader, call: Call, request: UserNameRequest) -> AttachedPoliciesReply:
    """Its own; what it has by its groups, ListPoliciesForGroup tells."""
    return _policies(tx, own_user(tx, call, request.user_name))


@operation(
    RAM, title="Lists the policies of a group", access="get", resource="group/{GroupName}",
    errors=(*NAME_ERRORS, GroupNotExist),
)  # fmt: skip
def list_policies_for_group(tx: Reader, call: Call, request: GroupNameRequest) -> AttachedPoliciesReply:
    """In the order in which they were attached."""
    return _policies(tx, own_group(tx, call, request.group_name))


@operation(
    RAM, title="Lists the policies of a role", access="get", resource="role/{RoleName}",
    errors=(*NAME_ERRORS, RoleNotExist),
)  # fmt: skip
def list_policies_for_role(tx: Reader, call: Call, request: RoleNameRequest) -> AttachedPoliciesReply:
    """In the order in which they were attached."""
    return _policies(tx, own_role(tx, call, request.role_name))


class UserOfPolicy(Shape):
    user_id: str
    user_name: str
    display_name: str
    attach_date: str


class GroupOfPolicy(Shape):
    group_name: str
    comments: str
    attach_date: str


class RoleOfPolicy(Shape):
    role_id: str
    role_name: str
    arn: str
    description: str
    attach_date: str


class UsersOfPolicy(Shape):
    user: tuple[UserOfPolicy, ...]


class GroupsOfPolicy(Shape):
    group: tuple[GroupOfPolicy, ...]


class RolesOfPolicy(Shape):
    role: tuple[RoleOfPolicy, ...]


class ListEntitiesForPolicyReply(Reply):
    users: UsersOfPolicy
    groups: GroupsOfPolicy
    roles: RolesOfPolicy


@operation(RAM, title="Lists who has a policy", access="list", resource="policy/{PolicyName}", errors=POLICY_ERRORS)
def list_entities_for_policy(tx: Reader, call: Call, request: PolicyTypeRequest) -> ListEntitiesForPolicyReply:
    """Users, groups and roles of the account, in the order of their ids."""
    policy = any_policy(tx, call, request.policy_type, request.policy_name)
    type = policy_type(request.policy_type)
    users: list[UserOfPolicy] = []
    groups: list[GroupOfPolicy] = []
    roles: list[RoleOfPolicy] = []
    for kind, id in tx.holders(attached_space(call.account, type, policy.name)):
        if kind == User.kind:
            user = tx.get(User, id)
            assert user is not None
            users.append(
                UserOfPolicy(
                    user_id=user.id, user_name=user.name, display_name=user.display_name,
                    attach_date=_since(user, type, policy.name),
                )
            )  # fmt: skip
        elif kind == Group.kind:
            group = tx.get(Group, id)
            assert group is not None
            groups.append(
                GroupOfPolicy(
                    group_name=group.name, comments=group.comments, attach_date=_since(group, type, policy.name)
                )
            )
        else:
            role = tx.get(Role, id)
            assert role is not None
            roles.append(
                RoleOfPolicy(
                    role_id=role.id, role_name=role.name, arn=role.arn, description=role.comments,
                    attach_date=_since(role, type, policy.name),
                )
            )  # fmt: skip
    return ListEntitiesForPolicyReply(
        users=UsersOfPolicy(user=tuple(users)),
        groups=GroupsOfPolicy(group=tuple(groups)),
        roles=RolesOfPolicy(role=tuple(roles)),
    )


def _since(holder: Holder, type: PolicyType, name: str) -> str:
    return next(iso_second(one.at) for one in holder.policies if (one.type, one.name) == (type, name))


def _policies(reader: Reader, holder: Holder) -> AttachedPoliciesReply:
    found = []
    for one in holder.policies:
        if one.type == "System":
            found.append(attached_policy(one, SYSTEM_POLICIES[one.name].description, "v1"))
        else:
            policy = own_policy(reader, holder.account, one.name)
            assert policy is not None, "a policy that somebody has is not deleted"
            found.append(attached_policy(one, policy.description, policy.default))
    return AttachedPoliciesReply(policies=AttachedPolicies(policy=tuple(found)))
