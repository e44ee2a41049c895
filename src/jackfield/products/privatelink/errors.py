"""Errors of PrivateLink. Codes, statuses and texts are the vendor's (its error tables, spelling included)."""

from __future__ import annotations

from typing import Any

from jackfield.products.errors import ApiError


class EndpointServiceNotFound(ApiError):
    """The service is unknown, of another region, or not the caller's where it has to be."""

    code = "EndpointServiceNotFound"
    status = 400
    message = "The specified Service does not exist."


class EndpointServiceNotAuthorized(ApiError):
    """The service's whitelist does not have the caller."""

    code = "EndpointServiceNotAuthorized"
    status = 400
    message = "The specified endpoint service is not authorized to user."


class EndpointServiceOperationDenied(ApiError):
    """The service is not Active."""

    code = "EndpointServiceOperationDenied"
    status = 400
    message = "The specified operation of endpoint service is not allowed."


class EndpointServiceConnectionDependence(ApiError):
    """A connection is not closed yet."""

    code = "EndpointServiceConnectionDependence"
    status = 400
    message = "You cannot delete EndpointService with Endpoint connected."


class EndpointServiceDependenceViolation(ApiError):
    """The service still has resources."""

    code = "EndpointServiceDependenceViolation"
    status = 400
    message = "The specified EndpointService already contains a resource."


class EndpointServiceDeleted(ApiError):
    """The endpoint's service is gone."""

    code = "EndpointServiceDeleted"
    status = 400
    message = "The specified Service is already deleted."


class EndpointServiceNotSupportedZone(ApiError):
    """The load balancer, or the service, is not in the zone."""

    code = "EndpointServiceNotSupportedZone"
    status = 400
    message = "The specified endpoint service does not support the zone."


class EndpointServiceNotSupportIpv6(ApiError):
    """The load balancers here have no IPv6 addresses."""

    code = "EndpointServiceNotSupportIpv6"
    status = 400
    message = "The param supportIpv6 of EndpointService is forbidden , resource is not support ipv6."


class ServiceResourceNotSupportIpv6(ApiError):
    """The load balancers here have no IPv6 addresses."""

    code = "ServiceResourceNotSupportIpv6"
    status = 400
    message = "The resource is not support ipv6."


class EndpointServiceResourceExist(ApiError):
    """The load balancer is attached already in that zone."""

    code = "EndpointServiceResourceExist"
    status = 400
    message = "The specified resource already exists."


class EndpointServiceResourceNotFound(ApiError):
    """The load balancer is not attached."""

    code = "EndpointServiceResourceNotFound"
    status = 400
    message = "The specified service resource is not found."


class EndpointServiceResourceTypeNotSupport(ApiError):
    """Nothing of that type can be attached to a service."""

    code = "EndpointServiceResourceTypeNotSupport"
    status = 400
    message = "The specified resource type is not supported."


class EndpointServiceResourceTypeNotEqual(ApiError):
    """The service is for load balancers of another type."""

    code = "EndpointServiceResourceTypeNotEqual"
    status = 400
    message = "the service resource type not equal request type."


class LoadBalancerNotFound(ApiError):
    """The load balancer is unknown, not the caller's, or of a type of which there is none here."""

    code = "LoadBalancerNotFound"
    status = 400
    message = "The specified load balancer does not exist."


class AlbNotFound(ApiError):
    """There are no application load balancers here."""

    code = "AlbNotFound"
    status = 400
    message = "The specified Alb does not exist."


class QuotaMisMatched(ApiError):
    """A quota is used up."""

    code = "QuotaMisMatched"
    status = 400
    message = "The resource you applied for has exceeded the quota."


class MissingUserArn(ApiError):
    """Neither UserId nor UserARN is given."""

    code = "MissingParam.UserArn"
    status = 400
    message = "The param of UserArn is missing."


class EndpointNotFound(ApiError):
    """The endpoint is unknown, of another region, or not the caller's."""

    code = "EndpointNotFound"
    status = 400
    message = "The specified Endpoint does not exist."


class EndpointOperationDenied(ApiError):
    """The endpoint is not Active, or has as many security groups as it may."""

    code = "EndpointOperationDenied"
    status = 400
    message = "The specified operation of endpoint is not allowed."


class EndpointProtected(ApiError):
    """Only who made the endpoint may change it."""

    code = "OperationDenied.EndpointProtected"
    status = 400
    message = "The operation is not allowed because of EndpointProtected."


class EndpointDependenceViolation(ApiError):
    """The endpoint still has zones."""

    code = "EndpointDependenceViolation"
    status = 400
    message = "The specified endpoint has dependent zone(s)."


class EndpointZoneDuplicated(ApiError):
    """The endpoint is in that zone already."""

    code = "EndpointZoneDuplicated"
    status = 400
    message = "The zone is duplicated for the Endpoint."


class EndpointZoneNotFound(ApiError):
    """The endpoint is not in that zone."""

    code = "EndpointZoneNotFound"
    status = 400
    message = "The specified zone of Endpoint does not exist."


class EndpointMustContainSecurityGroup(ApiError):
    """An Interface endpoint needs a security group."""

    code = "EndpointMustContainSecurityGroup"
    status = 400
    message = "The specified endpoint must have at least one security group."


class EndpointPolicyNotSupport(ApiError):
    """Only the vendor's own services take an endpoint policy."""

    code = "OperationDenied.EndpointPolicyNotSupport"
    status = 400
    message = "The operation is not allowed because of EndpointPolicyNotSupport."


class SecurityGroupNotFound(ApiError):
    """The security group is unknown, not the caller's, or of another VPC."""

    code = "SecurityGroupNotFound"
    status = 400
    message = "The specified security group does not exist."


class SecurityGroupExist(ApiError):
    """The security group is attached already."""

    code = "SecurityGroupExist"
    status = 400
    message = "The specified security group already exists."


class OneSecurityGroupType(ApiError):
    """The endpoint's security groups are of the other type."""

    code = "SecurityGroupTypeOnlySingleTypeSupporteded"
    status = 400
    message = "The specified security group only support one type."


class VpcNotFound(ApiError):
    """The VPC is unknown, not the caller's, or of another region."""

    code = "VpcNotFound"
    status = 400
    message = "The specified VPC does not exist."


class VSwitchNotFound(ApiError):
    """The vSwitch is unknown, of another VPC or of another zone."""

    code = "VSwitchNotFound"
    status = 400
    message = "The specified VSwitch does not exist."


class VSwitchStatusNotAllowed(ApiError):
    """The vSwitch is not available."""

    code = "VSwitchStatusNotAllowed"
    status = 400
    message = "The specified vswitch status is not Available."


class VSwitchIpNotEnough(ApiError):
    """The vSwitch has no free address."""

    code = "ResourceNotEnough.VSwitchIp"
    status = 400
    message = "The specified resource of VSwitchIp is not enough."


class EniIpUnavailable(ApiError):
    """The address is in use, or none of the vSwitch's."""

    code = "EniIpUnavailable"
    status = 400
    message = "The specified IP address is unavailable."


class EndpointConnectionNotFound(ApiError):
    """The endpoint has no connection to the service."""

    code = "EndpointConnectionNotFound"
    status = 400
    message = "The specified endpoint connection does not exist."


class EndpointConnectionOperationDenied(ApiError):
    """The connection, or a zone's, is in another state than the call needs."""

    code = "EndpointConnectionOperationDenied"
    status = 400
    message = "The endpoint is being connected."


class NoAvailableServiceResource(ApiError):
    """A zone of the endpoint has no load balancer of the service."""

    code = "OperationDenied.NoAvailableServiceResource"
    status = 400
    message = (
        "The operation is not allowed because of there are no resource in some available zones of endpoint service."
    )


class OrderOpened(ApiError):
    """PrivateLink is open for every account from the start."""

    code = "OrderOpend"
    status = 400
    message = "You have already activated the service. Go to the console to start using it."


class NeedOpenProduct(ApiError):
    """PrivateLink is not open for the account."""

    code = "NeedOpenProduct"
    status = 400
    message = "The product is not activated."


class ConcurrentCallNotSupported(ApiError):
    """The same call on the same zone runs, or ended a moment ago. Terraform retries it; the text is ours."""

    code = "ConcurrentCallNotSupported"
    status = 400
    message = "The operation cannot be repeated while it runs, or shortly after."


class GappedError(ApiError):
    """An error whose text has gaps (``%s``). :param parts: what fills them, in order."""

    def __init__(self, *parts: Any) -> None:
        self._parts = parts
        super().__init__()

    @property
    def text(self) -> str:
        return self.message % self._parts


class MismatchUserIdAndUserArn(GappedError):
    """UserId and UserARN name different accounts."""

    code = "Mismatch.UserIdAndUserArn"
    status = 400
    message = "The %s and %s are mismatched."


class MismatchEndpointType(GappedError):
    """The endpoint has another type than the service."""

    code = "Mismatch.EndpointType"
    status = 400
    message = "The %s is mismatched for %s and %s."


class IncorrectServiceStatus(GappedError):
    """The service is being made or deleted."""

    code = "IncorrectStatus.VpcEndpointService"
    status = 400
    message = "The status of %s [%s] is incorrect."


class IncorrectZoneStatus(GappedError):
    """The zone is in another state than the call needs."""

    code = "IncorrectStatus.VpcEndpointZone"
    status = 400
    message = "The status of %s [%s] is incorrect."


class ZoneNotFound(GappedError):
    """The endpoint is not in that zone, as the two calls about a zone's connection say it."""

    code = "ResourceNotFound.VpcEndpointZone"
    status = 404
    message = "The specified resource %s is not found."


class IpQuotaExceeded(GappedError):
    """An endpoint has one address a zone."""

    code = "QuotaExceeded.IpQuotaPerEp"
    status = 400
    message = "The quota of %s is exceeded, usage %s/%s."


class ZoneQuotaExceeded(GappedError):
    """The endpoint would be in more zones than it may."""

    code = "QuotaExceeded.epZonePerEndpoint"
    status = 400
    message = "The quota of %s is exceeded, usage %s/%s."


class EndpointQuotaExceeded(GappedError):
    """The VPC has as many endpoints as it may."""

    code = "QuotaExceeded.totalEpPerVpc"
    status = 400
    message = "The quota of %s is exceeded, usage %s/%s."
