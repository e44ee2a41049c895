"""The security groups of an endpoint: attached, detached and listed by the endpoint's owner."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from jackfield.endpoints.uses import use
from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.privatelink.errors import (
    EndpointMustContainSecurityGroup,
    EndpointNotFound,
    EndpointOperationDenied,
    EndpointServiceDeleted,
    OneSecurityGroupType,
    SecurityGroupExist,
    SecurityGroupNotFound,
)
from jackfield.products.privatelink.groups import MAX_GROUPS, check_one_type, group_in
from jackfield.products.privatelink.own import active_endpoint, change, check_service_lives, own_endpoint
from jackfield.products.privatelink.paging import NextToken, page
from jackfield.products.privatelink.parameters import ClientToken, DryRun, EndpointId, RegionId, SecurityGroupId
from jackfield.products.privatelink.product import PRIVATELINK
from jackfield.products.privatelink.resources import AttachedGroup
from jackfield.store.interface import Reader, Tx


class SecurityGroupRequest(Request):
    region_id: RegionId
    endpoint_id: EndpointId
    security_group_id: SecurityGroupId
    client_token: ClientToken = ""
    dry_run: DryRun = False


@operation(
    PRIVATELINK,
    title="Adds an endpoint to a security group",
    access="update",
    resource="vpcendpoint/{EndpointId}",
    errors=(
        EndpointNotFound,
        EndpointOperationDenied,
        EndpointServiceDeleted,
        SecurityGroupNotFound,
        SecurityGroupExist,
        OneSecurityGroupType,
    ),
    token="ClientToken",
)
def attach_security_group_to_vpc_endpoint(tx: Tx, call: Call, request: SecurityGroupRequest) -> Reply:
    """Lets a security group judge the endpoint's clients, too. It is Attaching until every zone's relay knows."""
    endpoint = active_endpoint(tx, call, request.region_id, request.endpoint_id)
    check_service_lives(tx, endpoint)
    group_in(tx, request.security_group_id, account=call.account, vpc=endpoint.parent)
    if request.security_group_id in endpoint.judges:
        raise SecurityGroupExist
    if len(endpoint.groups) >= MAX_GROUPS:
        raise EndpointOperationDenied
    check_one_type(tx, (*endpoint.judges, request.security_group_id))
    groups = (*endpoint.groups, AttachedGroup(request.security_group_id, "Attaching"))
    use(tx, request.security_group_id, endpoint)
    change(tx, call, msgspec.structs.replace(endpoint, groups=groups))
    return Reply()


@operation(
    PRIVATELINK,
    title="Removes an endpoint from a security group",
    access="update",
    resource="vpcendpoint/{EndpointId}",
    errors=(
        EndpointNotFound,
        EndpointOperationDenied,
        EndpointServiceDeleted,
        SecurityGroupNotFound,
        EndpointMustContainSecurityGroup,
    ),
    token="ClientToken",
)
def detach_security_group_from_vpc_endpoint(tx: Tx, call: Call, request: SecurityGroupRequest) -> Reply:
    """Ends a security group's say about the endpoint's clients; it is Detaching until every zone's relay knows."""
    endpoint = active_endpoint(tx, call, request.region_id, request.endpoint_id)
    check_service_lives(tx, endpoint)
    if request.security_group_id not in endpoint.judges:
        raise SecurityGroupNotFound
    if len(endpoint.judges) == 1:
        raise EndpointMustContainSecurityGroup
    groups = tuple(
        AttachedGroup(group.id, "Detaching") if group.id == request.security_group_id else group
        for group in endpoint.groups
    )
    change(tx, call, msgspec.structs.replace(endpoint, groups=groups))
    return Reply()


class GroupView(Shape):
    security_group_id: str
    security_group_status: str


class ListVpcEndpointSecurityGroupsRequest(Request):
    region_id: RegionId
    endpoint_id: EndpointId
    max_results: Annotated[int, Param("Entries a page, up to 50; 0 is 50.", "50", range=(0, 50))] = 50
    next_token: NextToken = ""


class ListVpcEndpointSecurityGroupsReply(Reply):
    security_groups: tuple[GroupView, ...]
    total_count: int
    max_results: int
    next_token: str | UnsetType = UNSET


@operation(
    PRIVATELINK,
    title="Queries the security groups of an endpoint",
    access="get",
    resource="vpcendpoint/{EndpointId}",
    errors=(EndpointNotFound,),
)
def list_vpc_endpoint_security_groups(
    tx: Reader, call: Call, request: ListVpcEndpointSecurityGroupsRequest
) -> ListVpcEndpointSecurityGroupsReply:
    """Lists an endpoint's security groups, with whether each one's rules hold yet."""
    endpoint = own_endpoint(tx, call, request.region_id, request.endpoint_id)
    place = page(request.max_results, request.next_token)
    return ListVpcEndpointSecurityGroupsReply(
        security_groups=tuple(
            GroupView(security_group_id=group.id, security_group_status=group.status)
            for group in place.of(endpoint.groups)
        ),
        total_count=len(endpoint.groups),
        max_results=place.limit,
        next_token=place.following(len(endpoint.groups)),
    )
