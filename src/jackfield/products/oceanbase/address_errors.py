"""Errors of addresses. See :mod:`.errors` for the codes."""

from __future__ import annotations

from jackfield.products.errors import ApiError


class ProxyClusterNotFound(ApiError):
    """The tenant's addresses are not those of this proxy cluster."""

    code = "E404J110"
    status = 404
    message = "The proxy cluster does not exist; proxyClusterId of the address says which one it is."


class DomainTaken(ApiError):
    """Another endpoint of this machine has the name, whoever owns it."""

    code = "E409J119"
    status = 409
    message = "The domain is in use."


class AddressExists(ApiError):
    """A tenant has one public address and one main private one."""

    code = "E409J120"
    status = 409
    message = "The tenant has an address of this type already."


class TooManyAddresses(ApiError):
    """A limit of Jackfield's own."""

    code = "E409J121"
    status = 409
    message = "The tenant has {most} addresses of this type already."


class AddressNeedsVpc(ApiError):
    """At Alibaba Cloud private addresses lie in the caller's VPC: CreateTenantSingleTunnelSLBAddress makes them."""

    code = "E400J123"
    status = 400
    message = "A private address of an Alibaba Cloud instance is created with tenantSingleTunnelSLBAddress."


class AddressTypeMismatch(ApiError):
    """``serviceType`` names another type than the address has."""

    code = "E400J124"
    status = 400
    message = "The value of serviceType is not the type of the address."


class DomainOfConnections(ApiError):
    """A PrivateLink service has no name: each of its connections has its own."""

    code = "E400J125"
    status = 400
    message = "The address of a PrivateLink service has no domain of its own."
