"""The objects in RAM's replies."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import field

from jackfield.identity.people import Attachment, Group, Role, User
from jackfield.identity.policies import Policy, PolicyVersion
from jackfield.identity.system_policies import SINCE, SystemPolicy
from jackfield.products.operation import Param, Shape
from jackfield.products.times import iso_second


class TagView(Shape):
    tag_key: str
    tag_value: str


class Tags(Shape):
    tag: tuple[TagView, ...] = ()


class NewUser(Shape):
    user_id: str
    user_name: str
    display_name: str
    comments: str
    email: str
    mobile_phone: str
    create_date: str


class UserView(NewUser):
    update_date: str


class NewGroup(Shape):
    group_id: str
    group_name: str
    comments: str
    create_date: str


class GroupView(NewGroup):
    update_date: str


class RoleSummary(Shape):
    role_id: str
    role_name: str
    arn: str
    description: str
    create_date: str
    max_session_duration: int
    allow_console_login: bool


class ListedRole(RoleSummary):
    update_date: str
    tags: Tags


class NewRole(RoleSummary):
    assume_role_policy_document: str


class RoleView(NewRole):
    update_date: str


class NewPolicy(Shape):
    policy_name: str
    policy_type: str
    description: str
    default_version: str
    create_date: str


class PolicyView(NewPolicy):
    update_date: str


class VersionView(Shape):
    version_id: str
    is_default_version: bool
    policy_document: str
    create_date: str


class AttachedPolicy(Shape):
    policy_name: str
    policy_type: str
    description: str
    default_version: str
    attach_date: str


class AttachedPolicies(Shape):
    policy: tuple[AttachedPolicy, ...]


class TagGiven(Shape):
    """One tag in the JSON of a request's ``Tag``."""

    key: Annotated[str, Param("The key.", "team")] = field(name="Key")
    value: Annotated[str, Param("The value.", "dev")] = field(name="Value", default="")


def new_user(user: User) -> NewUser:
    return NewUser(
        user_id=user.id, user_name=user.name, display_name=user.display_name, comments=user.comments, email=user.email,
        mobile_phone=user.mobile_phone, create_date=iso_second(user.created),
    )  # fmt: skip


def user_view(user: User) -> UserView:
    return UserView(**msgspec.structs.asdict(new_user(user)), update_date=iso_second(user.updated))


def new_group(group: Group) -> NewGroup:
    return NewGroup(
        group_id=group.id, group_name=group.name, comments=group.comments, create_date=iso_second(group.created)
    )


def group_view(group: Group) -> GroupView:
    return GroupView(**msgspec.structs.asdict(new_group(group)), update_date=iso_second(group.updated))


def listed_role(role: Role) -> ListedRole:
    """A role as lists show it: without its trust policy."""
    summary = msgspec.structs.asdict(_role_summary(role))
    return ListedRole(**summary, update_date=iso_second(role.updated), tags=tags_view(role.tags))


def new_role(role: Role) -> NewRole:
    return NewRole(**msgspec.structs.asdict(_role_summary(role)), assume_role_policy_document=role.trust)


def role_view(role: Role) -> RoleView:
    return RoleView(**msgspec.structs.asdict(new_role(role)), update_date=iso_second(role.updated))


def _role_summary(role: Role) -> RoleSummary:
    return RoleSummary(
        role_id=role.id, role_name=role.name, arn=role.arn, description=role.comments,
        create_date=iso_second(role.created), max_session_duration=role.longest, allow_console_login=role.console,
    )  # fmt: skip


def tags_view(tags: tuple[tuple[str, str], ...]) -> Tags:
    return Tags(tag=tuple(TagView(tag_key=key, tag_value=value) for key, value in tags))


def new_policy(policy: Policy) -> NewPolicy:
    return NewPolicy(
        policy_name=policy.name, policy_type="Custom", description=policy.description, default_version=policy.default,
        create_date=iso_second(policy.created),
    )  # fmt: skip


def policy_view(policy: Policy) -> PolicyView:
    return PolicyView(**msgspec.structs.asdict(new_policy(policy)), update_date=iso_second(policy.updated))


def version_view(version: PolicyVersion, default: str) -> VersionView:
    return VersionView(
        version_id=version.version, is_default_version=version.version == default, policy_document=version.document,
        create_date=iso_second(version.created),
    )  # fmt: skip


def system_version(policy: SystemPolicy) -> VersionView:
    return VersionView(
        version_id="v1", is_default_version=True, policy_document=policy.document, create_date=iso_second(SINCE)
    )


def attached_policy(attachment: Attachment, description: str, default: str) -> AttachedPolicy:
    return AttachedPolicy(
        policy_name=attachment.name, policy_type=attachment.type, description=description, default_version=default,
        attach_date=iso_second(attachment.at),
    )  # fmt: skip
