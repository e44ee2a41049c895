"""Errors of NLB. Codes, statuses and texts are the vendor's (the error tables of its help pages), spelling included:
``loadBalancer`` where it is not found, ``loadbalancer`` where its status is wrong.
"""

from __future__ import annotations

from jackfield.products.errors import ApiError


class LoadBalancerNotFound(ApiError):
    """The load balancer is unknown."""

    code = "ResourceNotFound.loadBalancer"
    status = 404
    message = "The specified resource of loadbalancer is not found."


class ListenerNotFound(ApiError):
    """The listener is unknown."""

    code = "ResourceNotFound.listener"
    status = 404
    message = "The specified resource listener is not found."


class ServerGroupNotFound(ApiError):
    """The server group is unknown."""

    code = "ResourceNotFound.serverGroup"
    status = 404
    message = "The specified resource of serverGroup is not found."


class BackendServerNotFound(ApiError):
    """The server group has no such server."""

    code = "ResourceNotFound.BackendServer"
    status = 404
    message = "The specified resource of BackendServer is not found."


class SecurityGroupNotFound(ApiError):
    """The security group is unknown, or of another VPC."""

    code = "ResourceNotFound.SecurityGroup"
    status = 404
    message = "The specified resource of SecurityGroup is not found."


class JobNotFound(ApiError):
    """The job is unknown, or ended more than a day ago."""

    code = "ResourceNotFound.JobId"
    status = 404
    message = "The specified resource of JobId is not found."


class VpcNotFound(ApiError):
    """The VPC is unknown."""

    code = "ResourceNotFound.Vpc"
    status = 404
    message = "The specified resource of Vpc is not found."


class VSwitchNotFound(ApiError):
    """The vSwitch is unknown, or of another VPC."""

    code = "ResourceNotFound.VSwitch"
    status = 404
    message = "The specified resource of vSwitch is not found."


class UnauthorizedRegion(ApiError):
    """The region is unknown."""

    code = "UnauthorizedRegion"
    status = 403
    message = "The specified region of {region} is not authorized."


class IllegalParam(ApiError):
    """A parameter has a value that is none of its."""

    code = "IllegalParam"
    status = 400
    message = "The param of {name} is illegal."


class NotHere(ApiError):
    """A documented value that is not built here; the vendor's code, and our reason behind its text."""

    code = "IllegalParam"
    status = 400
    message = "The param of {name} is illegal: {why}."


class MissingParam(ApiError):
    """A mandatory parameter is absent."""

    code = "MissingParam.{name}"
    status = 400
    message = "The parameter of {name} is missing."


class IllegalServerGroupName(ApiError):
    """2 to 128 letters, digits, periods, underscores and hyphens, starting with a letter."""

    code = "IllegalParam.ServerGroupName"
    status = 400
    message = "The param of ServerGroupName is illegal."


class IllegalLoadBalancerName(ApiError):
    """As for a server group's name."""

    code = "IllegalParam.loadBalancerName"
    status = 400
    message = "Param loadBalancerName is illegal."


class IllegalListenerDescription(ApiError):
    """2 to 256 letters, digits and ``,.;/@_-``."""

    code = "IllegalParam.ListenerDescription"
    status = 400
    message = "The parameter ListenerDescription of listener is illegal."


class IllegalServerDescription(ApiError):
    """2 to 256 letters, digits and ``,.;/@_-``."""

    code = "IllegalParam.description"
    status = 400
    message = "The parameter description of server is illegal."


class IllegalDeletionProtectionConfig(ApiError):
    """The reason is none: as for a name."""

    code = "IllegalParam.DeletionProtectionConfig"
    status = 400
    message = "DeletionProtectionConfig reason is illegal."


class IllegalModificationProtectionConfig(ApiError):
    """The reason is none: as for a name."""

    code = "IllegalParam.ModificationProtectionConfig"
    status = 400
    message = "ModificationProtectionConfig reason is illegal."


class IllegalIdleTimeout(ApiError):
    """10 to 900 seconds."""

    code = "IllegalParam.IdleTimeout"
    status = 400
    message = "The param of IdleTimeout is illegal."


class IllegalConnectionDrainTimeout(ApiError):
    """0 to 900 seconds."""

    code = "IllegalParam.ConnectionDrainTimeout"
    status = 400
    message = "The param of ConnectionDrainTimeout is illegal."


class IllegalIp(ApiError):
    """A server's address is none."""

    code = "IllegalParam.IP"
    status = 400
    message = "The param of IP is illegal."


class IllegalServerPort(ApiError):
    """A server of a group that does not forward to any port has none."""

    code = "IllegalParam.RSPortConflictWithServerGroup"
    status = 400
    message = "The param of RSPortConflictWithServerGroup is illegal."


class MissingServerGroupId(ApiError):
    """A listener without a server group."""

    code = "MissingParam.ServerGroupId"
    status = 400
    message = "The param of ServerGroupId is missing."


class VpcIpv6NotSupported(ApiError):
    """A server group with IPv6; VPCs have none here."""

    code = "OperationDenied.VpcNotSupportIpv6"
    status = 400
    message = "The operation is not allowed because of VpcNotSupportIpv6."


class VSwitchIpv6NotSupported(ApiError):
    """A load balancer with IPv6; vSwitches have none here."""

    code = "OperationFailed.vSwitchNotSupportIpv6"
    status = 400
    message = "The operation failed because of vSwitchNotSupportIpv6."


class ServerIpv6NotSupported(ApiError):
    """A server with an IPv6 address."""

    code = "OperationDenied.ServerGroupNotSupportIpv6"
    status = 400
    message = "The operation is not allowed because of ServerGroupNotSupportIpv6."


class InvalidZones(ApiError):
    """Fewer than two zones, a zone of another region, or a vSwitch of another zone."""

    code = "InvalidZones"
    status = 400
    message = "The current zone list is illegal."


class DuplicateZones(ApiError):
    """A zone stands twice. The period at the code's end is the vendor's."""

    code = "OperationFailed.DuplicateZones."
    status = 400
    message = "The operation failed because of Can not Specify duplicate zones."


class VSwitchIpNotEnough(ApiError):
    """The vSwitch has no free address."""

    code = "ResourceNotEnough.VSwitchIp"
    status = 400
    message = "The specified resource of VSwitchIp is not enough."


class IpInUse(ApiError):
    """The address is somebody else's, or the server is in the group already."""

    code = "ResourceInUse.IP"
    status = 400
    message = "The specified resource of IP is in use."


class VSwitchInConfiguring(ApiError):
    """The vSwitch is not ready for use."""

    code = "ResourceInConfiguring.VswitchId"
    status = 400
    message = "The specified resource of VswitchId is being configured, please try again later."


class VpcInConfiguring(ApiError):
    """The VPC is not ready for use; said as of a vSwitch."""

    code = "ResourceInConfiguring.VpcId"
    status = 400
    message = "The specified resource of VpcId is being configured, please try again later."


class LoadBalancerInConfiguring(ApiError):
    """A change of the load balancer is under way."""

    code = "ResourceInConfiguring.loadbalancer"
    status = 400
    message = "The specified resource of loadbalancer is being configured, please try again later."


class LoadBalancerInCreating(ApiError):
    """The load balancer is still being made."""

    code = "ResourceInCreating.loadbalancer"
    status = 400
    message = "The specified resource of loadbalancer is creating, please try again later."


class IncorrectLoadBalancerStatus(ApiError):
    """The load balancer's state does not allow it."""

    code = "IncorrectStatus.loadbalancer"
    status = 400
    message = "The status of loadbalancer [{id}] is incorrect."


class IncorrectListenerStatus(ApiError):
    """The listener's state does not allow it."""

    code = "IncorrectStatus.listener"
    status = 400
    message = "The status of listener [{id}] is incorrect."


class IncorrectServerGroupStatus(ApiError):
    """A change of the server group is under way."""

    code = "IncorrectStatus.serverGroup"
    status = 400
    message = "The status of servergroup [{id}] is incorrect."


class DeletionProtectionEnabled(ApiError):
    """Deletion protection is on."""

    code = "OperationDenied.DeletionProtectionEnabled"
    status = 400
    message = "The operation is not allowed because of DeletionProtectionEnabled."


class LoadBalancerInUse(ApiError):
    """An endpoint service has the load balancer. Documented is the form (``OperationDenied.%s``); the word is that of
    the lock which such a load balancer shows (``OperationLocks``).
    """

    code = "OperationDenied.RelatedResourceLocked"
    status = 400
    message = "The operation is not allowed because of RelatedResourceLocked."


class ServerGroupInUse(ApiError):
    """A listener uses the server group."""

    code = "ResourceInUse.ServerGroup"
    status = 400
    message = "The specified resource of ServerGroup is in use."


class ConflictPort(ApiError):
    """The load balancer has a listener at that port."""

    code = "Conflict.Port"
    status = 400
    message = "The Port [{port}] is conflict."


class MismatchVpcId(ApiError):
    """The server group is of another VPC than the load balancer."""

    code = "Mismatch.VpcId"
    status = 400
    message = "The VpcId is mismatched for {one} and {other}."


class MismatchServerType(ApiError):
    """A server of another type than its group's."""

    code = "Mismatch.ServerType"
    status = 400
    message = "The ServerType is mismatched for {one} and {other}."


class DuplicatedServer(ApiError):
    """A server stands twice."""

    code = "DuplicatedParam.Server"
    status = 400
    message = "The param of Server is duplicated."
