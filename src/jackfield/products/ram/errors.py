"""Errors of RAM: codes, statuses and texts of the vendor's page "Error messages" of the RAM API.

Where a class says so, the page has no such line and the error follows its pattern.
"""

from __future__ import annotations

from jackfield.products.errors import ApiError


class MissingParameter(ApiError):
    """A parameter that the gateway does not ask for, but the operation does; from the table of common errors."""

    code = "MissingParameter"
    status = 400
    message = 'The input parameter "{name}" that is mandatory for processing this request is not supplied.'


class InvalidChars(ApiError):
    """A name with characters that it must not have."""

    code = "InvalidParameter.{name}.InvalidChars"
    status = 400
    message = 'The parameter - "{name}" contains invalid chars.'


class BeyondLength(ApiError):
    """A text that is too long, or empty."""

    code = "InvalidParameter.{name}.Length"
    status = 400
    message = 'The parameter - "{name}" beyond the length limit.'


class InvalidFormat(ApiError):
    """A text of another form."""

    code = "InvalidParameter.{name}.Format"
    status = 400
    message = 'The format of the parameter - "{name}" is incorrect.'


class InvalidParameter(ApiError):
    """A value that is none of those accepted. The page has it of PolicyType; of others it follows its pattern."""

    code = "InvalidParameter.{name}"
    status = 400
    message = 'The parameter - "{name}" is incorrect.'


class MalformedPolicyDocument(ApiError):
    """No policy; the text says why, in our words."""

    code = "MalformedPolicyDocument"
    status = 400
    message = "{why}"


class UserNotExist(ApiError):
    """No such user."""

    code = "EntityNotExist.User"
    status = 404
    message = "The user does not exist."


class UserAccessKeyNotExist(ApiError):
    """No such access key of the user."""

    code = "EntityNotExist.User.AccessKey"
    status = 404
    message = "The user access key does not exist."


class UserPolicyNotExist(ApiError):
    """The user does not have the policy."""

    code = "EntityNotExist.User.Policy"
    status = 404
    message = "The indicate policy of the user does not exist."


class UserGroupNotExist(ApiError):
    """The user is not in the group."""

    code = "EntityNotExist.User.Group"
    status = 404
    message = "The user has not joined the group."


class GroupNotExist(ApiError):
    """No such group."""

    code = "EntityNotExist.Group"
    status = 404
    message = "The group does not exist."


class GroupPolicyNotExist(ApiError):
    """The group does not have the policy."""

    code = "EntityNotExist.Group.Policy"
    status = 404
    message = "The indicate policy attached to the group does not exist."


class RoleNotExist(ApiError):
    """No such role; from the page of DeleteRole."""

    code = "EntityNotExist.Role"
    status = 404
    message = "The role does not exist."


class RolePolicyNotExist(ApiError):
    """The role does not have the policy. Follows the pattern of groups."""

    code = "EntityNotExist.Role.Policy"
    status = 404
    message = "The indicate policy attached to the role does not exist."


class PolicyNotExist(ApiError):
    """No such policy."""

    code = "EntityNotExist.Policy"
    status = 404
    message = "The policy does not exist."


class PolicyVersionNotExist(ApiError):
    """No such version of the policy."""

    code = "EntityNotExist.Policy.Version"
    status = 404
    message = "The policy version does not exist."


class UserAlreadyExists(ApiError):
    """The name is taken."""

    code = "EntityAlreadyExists.User"
    status = 409
    message = "The user does already EXIST."


class UserAlreadyInGroup(ApiError):
    """The user is in the group."""

    code = "EntityAlreadyExists.User.Group"
    status = 409
    message = "The user has already joined the group."


class UserPolicyAlreadyExists(ApiError):
    """The user has the policy."""

    code = "EntityAlreadyExists.User.Policy"
    status = 409
    message = "The user has already been attached this policy."


class GroupAlreadyExists(ApiError):
    """The name is taken."""

    code = "EntityAlreadyExists.Group"
    status = 409
    message = "The group does already EXIST."


class GroupPolicyAlreadyExists(ApiError):
    """The group has the policy."""

    code = "EntityAlreadyExists.Group.Policy"
    status = 409
    message = "The group has already been attached this policy."


class RoleAlreadyExists(ApiError):
    """The name is taken. Follows the pattern of groups."""

    code = "EntityAlreadyExists.Role"
    status = 409
    message = "The role does already EXIST."


class RolePolicyAlreadyExists(ApiError):
    """The role has the policy. Follows the pattern of groups."""

    code = "EntityAlreadyExists.Role.Policy"
    status = 409
    message = "The role has already been attached this policy."


class PolicyAlreadyExists(ApiError):
    """The name is taken. The page says "group", which is a slip of its own."""

    code = "EntityAlreadyExists.Policy"
    status = 409
    message = "The policy does already EXIST."


class UserInGroup(ApiError):
    """The user is in a group."""

    code = "DeleteConflict.User.Group"
    status = 409
    message = "The user CAN NOT be in any group while deleting the user."


class UserHasAccessKey(ApiError):
    """The user has an access key."""

    code = "DeleteConflict.User.AccessKey"
    status = 409
    message = "The user CAN NOT has any access key while deleting the user."


class UserHasPolicy(ApiError):
    """The user has a policy."""

    code = "DeleteConflict.User.Policy"
    status = 409
    message = "The user CAN NOT has any attached policy while deleting the user."


class GroupHasUser(ApiError):
    """Somebody is in the group."""

    code = "DeleteConflict.Group.User"
    status = 409
    message = "The group CAN NOT has any user member while deleting the group."


class GroupHasPolicy(ApiError):
    """The group has a policy."""

    code = "DeleteConflict.Group.Policy"
    status = 409
    message = "The entity CAN NOT has any attached policy while deleting the group."


class RoleHasPolicy(ApiError):
    """The role has a policy."""

    code = "DeleteConflict.Role.Policy"
    status = 409
    message = "The role CAN NOT has any attached policy while deleting the role."


class PolicyOfUser(ApiError):
    """A user has the policy."""

    code = "DeleteConflict.Policy.User"
    status = 409
    message = "The policy CAN NOT been attached to any user while deleting the policy."


class PolicyOfGroup(ApiError):
    """A group has the policy."""

    code = "DeleteConflict.Policy.Group"
    status = 409
    message = "The policy CAN NOT been attached to any group while deleting the policy."


class PolicyOfRole(ApiError):
    """A role has the policy. Follows the pattern of groups; Terraform knows the code."""

    code = "DeleteConflict.Policy.Role"
    status = 409
    message = "The policy CAN NOT been attached to any role while deleting the policy."


class PolicyHasVersions(ApiError):
    """The policy has more than its default version."""

    code = "DeleteConflict.Policy.Version"
    status = 409
    message = "The policy CAN NOT has any version except the default version."


class DefaultVersionInUse(ApiError):
    """The version is the default one."""

    code = "DeleteConflict.Policy.Version.Default"
    status = 409
    message = "The default policy version CAN NOT been deleted directly."


class TooManyUsers(ApiError):
    """1,000 users an account."""

    code = "LimitExceeded.User"
    status = 409
    message = "The count of users beyond the current limits."


class TooManyAccessKeys(ApiError):
    """Two access keys a user."""

    code = "LimitExceeded.User.AccessKey"
    status = 409
    message = "The access key count of the user access keys beyond the current limits."


class TooManyUserPolicies(ApiError):
    """A user has as many policies of that type as it may have."""

    code = "LimitExceeded.User.Policy"
    status = 409
    message = "The policy count of the user attached policies beyond the current limits."


class TooManyGroups(ApiError):
    """50 groups an account."""

    code = "LimitExceeded.Group"
    status = 409
    message = "The count of groups beyond the current limits."


class TooManyUserGroups(ApiError):
    """A user is in as many groups as it may be."""

    code = "LimitExceeded.User.Group"
    status = 409
    message = "The count of groups the target user joined beyond the current limits."


class TooManyGroupPolicies(ApiError):
    """As for users."""

    code = "LimitExceeded.Group.Policy"
    status = 409
    message = "The policy count of the group beyond the current limits."


class TooManyPolicies(ApiError):
    """As many custom policies as an account may have."""

    code = "LimitExceeded.Policy"
    status = 409
    message = "The count of policy beyond the current limits."


class TooManyPolicyVersions(ApiError):
    """Five versions a policy."""

    code = "LimitExceeded.Policy.Version"
    status = 409
    message = "The count of policy version beyond the current limits."


class TooManyRoles(ApiError):
    """As many roles as an account may have."""

    code = "LimitExceeded.Role"
    status = 409
    message = "The count of roles beyond the current limits."


class TooManyRolePolicies(ApiError):
    """As for users."""

    code = "LimitExceeded.Role.Policy"
    status = 409
    message = "The count of policies attached to the role beyond the current limits."
