"""Errors about rules of security groups. As in errors.py, codes, statuses and texts are the vendor's.

The vendor fills names into some texts; such texts have a ``{name}``.
"""

from __future__ import annotations

from jackfield.products.errors import ApiError


class InvalidIpProtocol(ApiError):
    """None of the protocols; also said when it is absent."""

    code = "InvalidIpProtocol.ValueNotSupported"
    status = 400
    message = "The parameter IpProtocol must be specified with case insensitive TCP, UDP, ICMP, GRE or All."


class PortRangeMissing(ApiError):
    """A rule needs a port range."""

    code = "InvalidPortRange.Malformed"
    status = 400
    message = "The specified parameter PortRange must set."


class InvalidPortRange(ApiError):
    """A port range is two numbers from 1 to 65535, the smaller one first, or -1/-1."""

    code = "InvalidParam.PortRange"
    status = 400
    message = "The specified parameter {name} is not valid. It should be two integers less than 65535 in ?/? format."


class InvalidSourcePortRange(ApiError):
    """As :class:`InvalidPortRange`, for the ports of clients."""

    code = "InvalidSourcePortRange.Malformed"
    status = 400
    message = "The specified parameter SourcePortRange is not valid."


class PortRangeListNotFound(ApiError):
    """There are no port lists here."""

    code = "InvalidPortRangeListId.NotFound"
    status = 400
    message = "The specified port range list was not found."


class ProtocolAndPortsDoNotMatch(ApiError):
    """TCP and UDP need ports, the others have none (-1/-1)."""

    code = "OperationDenied"
    status = 400
    message = "The specified IpProtocol does not exist or IpProtocol and PortRange do not match."


class InvalidPolicy(ApiError):
    """Neither accept nor drop."""

    code = "InvalidPolicy.Malformed"
    status = 400
    message = "The specified parameter Policy is not valid."


class InvalidPriorityMalformed(ApiError):
    """A priority is a whole number."""

    code = "InvalidPriority.Malformed"
    status = 400
    message = "The parameter Priority is invalid."


class InvalidPriorityValue(ApiError):
    """A priority is 1 to 100."""

    code = "InvalidPriority.ValueNotSupported"
    status = 400
    message = "The parameter Priority is invalid."


class InvalidNicType(ApiError):
    """Neither internet nor intranet."""

    code = "InvalidNicType.ValueNotSupported"
    status = 400
    message = "The specified NicType does not exist."


class InvalidRuleDescription(ApiError):
    """A rule's description has 1 to 512 characters."""

    code = "InvalidSecurityGroupDiscription.Malformed"
    status = 400
    message = "The specified security group rule description is not valid."


class InvalidSourceCidrIp(ApiError):
    """Neither an IPv4 address nor a block."""

    code = "InvalidSourceCidrIp.Malformed"
    status = 400
    message = "The specified parameter SourceCidrIp is not valid."


class InvalidDestCidrIp(ApiError):
    """Neither an IPv4 address nor a block."""

    code = "InvalidDestCidrIp.Malformed"
    status = 400
    message = "The specified parameter DestCidrIp is not valid."


class InvalidIpv6SourceCidrIp(ApiError):
    """Neither an IPv6 address nor a block."""

    code = "InvalidParam.Ipv6SourceCidrIp"
    status = 400
    message = "The specified parameter Ipv6SourceCidrIp is not valid."


class InvalidIpv6DestCidrIp(ApiError):
    """Neither an IPv6 address nor a block."""

    code = "InvalidParam.Ipv6DestCidrIp"
    status = 400
    message = "The specified parameter Ipv6DestCidrIp is not valid."


class TwoSources(ApiError):
    """IPv4 and IPv6 sources in one rule."""

    code = "InvalidParam.SourceIp"
    status = 400
    message = "The Parameters SourceCidrIp and Ipv6SourceCidrIp in {name} cannot be set at the same time."


class TwoDestinations(ApiError):
    """IPv4 and IPv6 destinations in one rule."""

    code = "InvalidParam.DestIp"
    status = 400
    message = "The Parameters DestCidrIp and Ipv6DestCidrIp in {name} cannot be set at the same time."


class AddressFamiliesMixed(ApiError):
    """An IPv4 source with an IPv6 destination, or the other way round."""

    code = "InvalidParameter.Conflict"
    status = 400
    message = "IPv6 and IPv4 addresses cannot exist at the same time."


class Ipv6WithIpv4Protocol(ApiError):
    """ICMP with an IPv6 block."""

    code = "InvalidParam.Ipv4ProtocolConflictWithIpv6Address"
    status = 400
    message = "IPv6 address cannot be specified for IPv4-specific protocol."


class Ipv4WithIpv6Protocol(ApiError):
    """ICMPv6 with an IPv4 block."""

    code = "InvalidParam.Ipv6ProtocolConflictWithIpv4Address"
    status = 400
    message = "IPv4 address cannot be specified for IPv6-specific protocol."


class SourceMissing(ApiError):
    """An ingress rule needs a source."""

    code = "MissingParameter.Source"
    status = 400
    message = (
        "One of the parameters SourceCidrIp, Ipv6SourceCidrIp, SourceGroupId or SourcePrefixListId in {name} must be"
        " specified."
    )


class DestMissing(ApiError):
    """An egress rule needs a destination."""

    code = "MissingParameter.Dest"
    status = 400
    message = (
        "One of the parameters DestCidrIp, Ipv6DestCidrIp, DestGroupId or DestPrefixListId in {name} must be specified."
    )


class PrefixListNotFound(ApiError):
    """There are no prefix lists here."""

    code = "InvalidPrefixListId.NotFound"
    status = 404
    message = "The specified prefix list was not found."


class SourceGroupNotFound(ApiError):
    """The group that is a rule's source is unknown."""

    code = "InvalidSourceGroupId.NotFound"
    status = 404
    message = "The SourceGroupId provided does not exist in our records."


class DestGroupNotFound(ApiError):
    """The group that is a rule's destination is unknown."""

    code = "InvalidDestGroupId.NotFound"
    status = 404
    message = "The DestGroupId provided does not exist in our records."


class SourceGroupElsewhere(ApiError):
    """A rule's source is in another VPC."""

    code = "InvalidSourceGroupId.Mismatch"
    status = 400
    message = "Specified security group and source group are not in the same VPC."


class DestGroupElsewhere(ApiError):
    """A rule's destination is in another VPC."""

    code = "InvalidDestGroupId.Mismatch"
    status = 400
    message = "Specified security group and destination group are not in the same VPC."


class SourceGroupIsSame(ApiError):
    """A rule's source is the group itself. The code's spelling is the vendor's."""

    code = "InvalidParamter.Conflict"
    status = 403
    message = "The specified SecurityGroupId should be different from the SourceGroupId."


class DestGroupIsSame(ApiError):
    """A rule's destination is the group itself."""

    code = "InvalidSecurityGroup.IsSame"
    status = 403
    message = "The authorized SecurityGroupId should be different from the DestGroupId."


class EnterpriseGroupRule(ApiError):
    """Rules of an enterprise group are about addresses only."""

    code = "InvalidGroupParameter.OperationDenied"
    status = 400
    message = (
        "The attributes Policy, SourceGroupId, DestGroupId of enterprise level security groups are not allowed to be"
        " set or modified."
    )


class EnterpriseGroupAuthorised(ApiError):
    """No rule is about an enterprise group."""

    code = "InvalidGroupAuthParameter.OperationDenied"
    status = 400
    message = "The security group can not authorize to enterprise level security group."


class AuthorizationLimitExceed(ApiError):
    """A group has at most 200 rules."""

    code = "AuthorizationLimitExceed"
    status = 403
    message = "The limit of authorization records in the security group reaches."


class PermissionsWithOthers(ApiError):
    """``Permissions`` beside parameters that describe one rule, or beside rule ids."""

    code = "InvalidParam.Permissions"
    status = 400
    message = "The specified parameter Permissions cannot coexist with other parameters."


class DuplicatePermissions(ApiError):
    """The same rule twice in one call."""

    code = "InvalidParam.DuplicatePermissions"
    status = 400
    message = "There are duplicate permissions in the specified parameter Permissions."


class RuleNotExist(ApiError):
    """No rule is as described. Said since July 2024; before that the call succeeded (RevokeSecurityGroup documents)."""

    code = "InvalidSecurityGroupRule.RuleNotExist"
    status = 400
    message = "The specified rule does not exist."


class InvalidRuleId(ApiError):
    """The group has no rule of this id and direction, as revoking says it."""

    code = "InvalidParam.SecurityGroupRuleId"
    status = 400
    message = "The specified parameter SecurityGroupRuleId is not valid."


class RepeatedRuleId(ApiError):
    """The same rule id twice in one call."""

    code = "InvalidParam.SecurityGroupRuleIdRepeated"
    status = 400
    message = "The specified parameter SecurityGroupRuleId is repeated."


class RuleIdNotFound(ApiError):
    """The group has no rule of this id and direction, as modifying says it."""

    code = "InvalidSecurityGroupRuleId.NotFound"
    status = 404
    message = "The specified SecurityGroupRuleId is not exists."


class RuleNotFound(ApiError):
    """No rule is as described, as modifying says it."""

    code = "SecurityGroupRule.NotFound"
    status = 404
    message = "The target security group rule not exist."


class PeerTypeFixed(ApiError):
    """A rule about an IPv4 block cannot become one about a group, and so on."""

    code = "InvalidOperation.ModifySgRuleEntityType"
    status = 400
    message = "The source or destination type of the rules cannot be modified."


class NicTypeFixed(ApiError):
    """The network type of a rule stays."""

    code = "InvalidOperation.ModifyNicType"
    status = 400
    message = "NicType is not allowed to modify."


class RuleDuplicate(ApiError):
    """A rule would become equal to another. The vendor's text is filled in by the service; the words are ours."""

    code = "InvalidOperation.RuleDuplicate"
    status = 400
    message = "The modified rule is the same as another rule of the security group."
