"""Who may create endpoints for a service: its whitelist."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from jackfield.products.errors import InvalidParameterValue
from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.privatelink.errors import (
    EndpointServiceNotFound,
    EndpointServiceOperationDenied,
    MismatchUserIdAndUserArn,
    MissingUserArn,
)
from jackfield.products.privatelink.own import own_service
from jackfield.products.privatelink.paging import MaxResults, NextToken, page
from jackfield.products.privatelink.parameters import ClientToken, DryRun, RegionId, ServiceId
from jackfield.products.privatelink.product import PRIVATELINK
from jackfield.products.privatelink.resources import EndpointService
from jackfield.products.privatelink.states import ACTIVE, PENDING
from jackfield.store.interface import Reader, Tx

EVERYBODY = "*"
_ARN = re.compile(r"acs:ram:\*:(\*|[0-9]*):\*")
"""An account, or everybody: the documents' example leaves the account out."""

UserId = Annotated[int, Param("The account.", "132193271328****")]
UserArn = Annotated[
    str, Param("The account in the form of an ARN; without an account, or *: everybody.", "acs:ram:*:<account-id>:*")
]


def admits(service: EndpointService, account: str) -> bool:
    """Whether an account may create endpoints for a service; the owner may always."""
    return account == service.account or account in service.users or EVERYBODY in service.users


class UserRequest(Request):
    region_id: RegionId
    service_id: ServiceId
    user_id: UserId = 0
    user_arn: UserArn = msgspec.field(name="UserARN", default="")
    client_token: ClientToken = ""
    dry_run: DryRun = False


ERRORS = (EndpointServiceNotFound, MissingUserArn, MismatchUserIdAndUserArn)


@operation(
    PRIVATELINK,
    title="Adds an account to the whitelist of a service",
    access="create",
    resource="vpcendpointservice/{ServiceId}",
    errors=(*ERRORS, EndpointServiceOperationDenied),
    token="ClientToken",
)
def add_user_to_vpc_endpoint_service(tx: Tx, call: Call, request: UserRequest) -> Reply:
    """Lets an account create endpoints for the service. Adding it twice changes nothing."""
    service = own_service(tx, call, request.region_id, request.service_id)
    if service.status not in (ACTIVE, PENDING):
        raise EndpointServiceOperationDenied
    user = _user(request)
    if user not in service.users:
        tx.put(msgspec.structs.replace(service, users=(*service.users, user)))
    return Reply()


@operation(
    PRIVATELINK,
    title="Removes an account from the whitelist of a service",
    access="update",
    resource="vpcendpointservice/{ServiceId}",
    errors=ERRORS,
    token="ClientToken",
)
def remove_user_from_vpc_endpoint_service(tx: Tx, call: Call, request: UserRequest) -> Reply:
    """Ends an account's right to create endpoints; those that it has stay. Who is not there may be removed, too."""
    service = own_service(tx, call, request.region_id, request.service_id)
    user = _user(request)
    if user in service.users:
        tx.put(msgspec.structs.replace(service, users=tuple(one for one in service.users if one != user)))
    return Reply()


class UserView(Shape):
    user_id: int


class UserArnView(Shape):
    user_arn: str = msgspec.field(name="UserARN")


class ListVpcEndpointServiceUsersRequest(Request):
    region_id: RegionId
    service_id: ServiceId
    user_id: Annotated[int, Param("Only this account.", "12345678")] = 0
    user_list_type: Annotated[str, Param("Only accounts (Users), or only ARNs (UserARNs).", "Users")] = ""
    max_results: MaxResults = 50
    next_token: NextToken = ""


class ListVpcEndpointServiceUsersReply(Reply):
    users: tuple[UserView, ...]
    user_arns: tuple[UserArnView, ...] = msgspec.field(name="UserARNs")
    total_count: str
    max_results: int
    next_token: str | UnsetType = UNSET


@operation(
    PRIVATELINK,
    title="Queries the whitelist of a service",
    access="get",
    resource="vpcendpointservice/{ServiceId}",
    errors=(EndpointServiceNotFound,),
)
def list_vpc_endpoint_service_users(
    tx: Reader, call: Call, request: ListVpcEndpointServiceUsersRequest
) -> ListVpcEndpointServiceUsersReply:
    """Lists the whitelist, as accounts and as ARNs. Everybody is an ARN alone."""
    if request.user_list_type not in ("", "Users", "UserARNs"):
        raise InvalidParameterValue(name="UserListType")
    users = own_service(tx, call, request.region_id, request.service_id).users
    if request.user_id:
        users = tuple(user for user in users if user == str(request.user_id))
    if request.user_list_type == "Users":
        users = tuple(user for user in users if user != EVERYBODY)
    place = page(request.max_results, request.next_token)
    shown = place.of(users)
    return ListVpcEndpointServiceUsersReply(
        users=tuple(
            UserView(user_id=int(user)) for user in shown if user != EVERYBODY and request.user_list_type != "UserARNs"
        ),
        user_arns=tuple(
            UserArnView(user_arn=f"acs:ram:*:{user}:*") for user in shown if request.user_list_type != "Users"
        ),
        total_count=str(len(users)),
        max_results=place.limit,
        next_token=place.following(len(users)),
    )


def _user(request: UserRequest) -> str:
    """The account that a request names, or :data:`EVERYBODY`."""
    if not request.user_arn:
        if not request.user_id:
            raise MissingUserArn
        return str(request.user_id)
    if request.user_arn == EVERYBODY:
        named = EVERYBODY
    else:
        found = _ARN.fullmatch(request.user_arn)
        if found is None:
            raise InvalidParameterValue(name="UserARN")
        named = found[1] or EVERYBODY
    if request.user_id and named != str(request.user_id):
        raise MismatchUserIdAndUserArn("UserId", "UserArn")
    return named
