"""Errors of classic load balancers.

The SDK names none. Codes, statuses and texts are those of the vendor's metadata of an operation where it lists them,
else those that the Terraform provider waits for or takes for "not found" (it compares code and text); the docstring
says which of the two, or that the code is ours.
"""

from __future__ import annotations

from jackfield.products.errors import ApiError


class LoadBalancerNotFound(ApiError):
    """The load balancer is unknown, or being deleted. Terraform knows the code."""

    code = "InvalidLoadBalancerId.NotFound"
    status = 404
    message = "The specified LoadBalancerId does not exist."


class ListenerNotThere(ApiError):
    """The listener is unknown, to those who read it. Terraform knows the text."""

    code = "InvalidParameter"
    status = 400
    message = "The specified resource does not exist."


class ListenerNotFound(ApiError):
    """The listener is unknown, to those who change it (metadata of DeleteLoadBalancerListener)."""

    code = "ResourceNotFound.Listener"
    status = 404
    message = "The specified listener is not found."


class VServerGroupNotFound(ApiError):
    """The vServer group is unknown, or another load balancer's. Terraform knows code and text."""

    code = "InvalidParameter"
    status = 400
    message = "The specified VServerGroupId does not exist."


class BackendServerNotFound(ApiError):
    """There is no such server. The code is ours."""

    code = "InvalidBackendServers.NotFound"
    status = 404
    message = "The specified BackendServers does not exist."


class BackendServersMalformed(ApiError):
    """The list of servers is no list of servers, or names one twice."""

    code = "InvalidBackendServers.MissingOrMalformed"
    status = 400
    message = "The specified parameter BackendServers is missing or malformed."


class NoAddress(ApiError):
    """There are no virtual machines here, so a server is named by an address. The code is ours."""

    code = "InvalidBackendServers.NoAddress"
    status = 400
    message = "There are no instances here: ServerIp, or ServerId, has to be an IPv4 address."


class BackendServerExists(ApiError):
    """The server is one already, and so it is when it comes twice in a call. The code is ours."""

    code = "InvalidBackendServers.Duplicate"
    status = 400
    message = "The specified backend server is duplicate."


class TooManyBackendServers(ApiError):
    """More than 20 in one call, which the SDK documents. The code is ours."""

    code = "TooManyBackendServers"
    status = 400
    message = "More than 20 backend servers are specified."


class GroupInUse(ApiError):
    """A listener uses the vServer group. Terraform tries again."""

    code = "RspoolVipExist"
    status = 400
    message = "there are vips associating with this vServer group."


class ListenerAlreadyExists(ApiError):
    """The port has a listener. Terraform knows the code."""

    code = "ListenerAlreadyExists"
    status = 400
    message = "There is already a listener bound to the port on the specified load balancer."


class ServiceIsConfiguring(ApiError):
    """The listener is being changed. Terraform tries again."""

    code = "ServiceIsConfiguring"
    status = 400
    message = "The specified listener is configuring, please try again later."


class ServiceIsStopping(ApiError):
    """The listener is being stopped, or deleted. Terraform tries again."""

    code = "ServiceIsStopping"
    status = 400
    message = "The specified listener is stopping, please try again later."


class ListenerNotAllowed(ApiError):
    """The listener is not in the state for it, or its load balancer is inactive (metadata)."""

    code = "Operation.NotAllowed"
    status = 400
    message = "The specified listener is not allowed to operate."


class SystemBusy(ApiError):
    """The load balancer, or a listener of it, is being changed (metadata). Terraform tries again."""

    code = "SystemBusy"
    status = 400
    message = "The system is busy."


class DeleteProtectionIsOn(ApiError):
    """The load balancer is kept from being deleted (metadata)."""

    code = "OperationDenied.DeleteProtectionIsOn"
    status = 400
    message = "The loadbalancer can not be deleted due to DeleteProtection is enabled."


class LoadBalancerInUse(ApiError):
    """An endpoint service, or an endpoint, leads through the load balancer. The code is ours."""

    code = "OperationDenied.PrivateLinkInUse"
    status = 400
    message = "The loadbalancer can not be deleted because PrivateLink uses it."


class MissingBackendPort(ApiError):
    """Neither a vServer group nor a backend port is given (metadata)."""

    code = "MissingParameter"
    status = 400
    message = "The BackendServerPort or VServerGroupId is required at lease one."


class MissingVSwitchId(ApiError):
    """A load balancer here is in a VPC (metadata)."""

    code = "MissingParam.VSwitchId"
    status = 400
    message = "The parameter VSwitchId is required."


class VpcNotExist(ApiError):
    """The VPC is unknown, or not the vSwitch's (metadata)."""

    code = "InvalidVpcId.NotExist"
    status = 400
    message = "The specified VPC not exist."


class VSwitchNotFound(ApiError):
    """The vSwitch is unknown, or not ready (metadata)."""

    code = "InvalidVSwitchId.NotFound"
    status = 400
    message = "The specified vSwitch instance is invalid."


class SubnetIpExhaust(ApiError):
    """The vSwitch has no free address (metadata)."""

    code = "SubnetIpExhaust"
    status = 400
    message = "No subnet IP addresses are available."


class IpInUse(ApiError):
    """The wanted address is somebody's. The code is ours."""

    code = "InvalidIPAddress.InUse"
    status = 400
    message = "The specified address is in use."


class RegionNotFound(ApiError):
    """The region is unknown. The code is the vendor's of older products."""

    code = "InvalidRegionId.NotFound"
    status = 404
    message = "The specified RegionId does not exist."


class InvalidModificationProtectionStatus(ApiError):
    """Neither ConsoleProtection nor NonProtection (metadata)."""

    code = "InvalidParam.ModificationProtectionStatus"
    status = 400
    message = "The param ModificationProtectionStatus is invalid."


class InvalidModificationProtectionReason(ApiError):
    """1 to 80 characters, a letter first (metadata)."""

    code = "InvalidParam.ModificationProtectionReason"
    status = 400
    message = "The param ModificationProtectionReason is invalid."


class InvalidValue(ApiError):
    """A parameter has a value that is none of its."""

    code = "InvalidParameter"
    status = 400
    message = "The specified parameter {name} is not valid."


class NotHere(ApiError):
    """A documented value that is not built here; our reason stands behind the text."""

    code = "InvalidParameter"
    status = 400
    message = "The specified parameter {name} is not valid: {why}."


class TagRefused(ApiError):
    """A tag is malformed, or there are too many (metadata of CreateLoadBalancer)."""

    code = "InvalidParam.TagKey"
    status = 400
    message = "The specified tags are invalid."
