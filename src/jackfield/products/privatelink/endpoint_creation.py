"""CreateVpcEndpoint."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.endpoints.uses import use
from jackfield.products.errors import InvalidParameterValue, MissingParameterValue
from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.privatelink.domains import endpoint_domain, service_name
from jackfield.products.privatelink.errors import (
    EndpointMustContainSecurityGroup,
    EndpointPolicyNotSupport,
    EndpointQuotaExceeded,
    EndpointServiceNotAuthorized,
    EndpointServiceNotFound,
    EndpointServiceNotSupportedZone,
    EndpointZoneDuplicated,
    EniIpUnavailable,
    IncorrectServiceStatus,
    IpQuotaExceeded,
    MismatchEndpointType,
    OneSecurityGroupType,
    QuotaMisMatched,
    SecurityGroupNotFound,
    VpcNotFound,
    VSwitchIpNotEnough,
    VSwitchNotFound,
    VSwitchStatusNotAllowed,
    ZoneQuotaExceeded,
)
from jackfield.products.privatelink.groups import MAX_GROUPS, check_one_type, group_in
from jackfield.products.privatelink.parameters import ClientToken, DryRun, RegionId, check_description
from jackfield.products.privatelink.placing import MAX_ZONES, place_in_zone
from jackfield.products.privatelink.product import PRIVATELINK
from jackfield.products.privatelink.resources import AttachedGroup, Connection, EndpointService, VpcEndpoint
from jackfield.products.privatelink.service_views import NORMAL
from jackfield.products.privatelink.states import ACTIVE, CONNECTING, CREATING, DISCONNECTED, PENDING
from jackfield.products.privatelink.users import admits
from jackfield.products.regions import new_id
from jackfield.products.tags import TagShape, stored
from jackfield.products.times import iso_second
from jackfield.products.vpc.resources import Vpc
from jackfield.store.interface import Reader, Tx

MAX_ENDPOINTS = 1000
"""Of a VPC (PrivateLink documents, 2026-01)."""


class ZoneShape(Shape):
    zone_id: Annotated[str, Param("The zone.", "cn-hangzhou-b")] = ""
    vswitch_id: Annotated[str, Param("A vSwitch of the VPC in the zone.", "vsw-hjkshjvdkdvd****")] = ""
    ip: Annotated[str, Param("An address of the vSwitch; left out: any.", "192.168.0.32")] = msgspec.field(
        name="ip", default=""
    )
    ipv6_address: Annotated[str, Param("Refused: vSwitches have no IPv6 block.", "2408:4003:10bb:6a10::1")] = ""


class CreateVpcEndpointRequest(Request):
    region_id: RegionId
    vpc_id: Annotated[str, Param("The VPC that reaches the service.", "vpc-hp356stwkxg3fn2xe****")]
    service_id: Annotated[str, Param("The service, or by ServiceName.", "epsrv-hp3xdsq46ael67lo****")] = ""
    service_name: Annotated[
        str, Param("The service's name.", "com.aliyuncs.privatelink.cn-huhehaote.epsrv-hp3vpx8yqxblby3i****")
    ] = ""
    service_region_id: Annotated[str, Param("The service's region; it has to be the same.", "cn-hangzhou")] = ""
    endpoint_type: Annotated[str, Param("As the service's: Interface or GatewayLoadBalancer.", "Interface")] = (
        "Interface"
    )
    security_group_id: Annotated[
        tuple[str, ...], Param("Security groups of the VPC, 1 to 10 for an Interface endpoint.")
    ] = ()
    zone: Annotated[tuple[ZoneShape, ...], Param("Zones of the endpoint, up to 10; others may be added later.")] = ()
    endpoint_name: Annotated[str, Param("2 to 128 characters, a letter first.", "test")] = ""
    endpoint_description: Annotated[str, Param("2 to 256 characters.", "This is my Endpoint.")] = ""
    protected_enabled: Annotated[bool, Param("Nobody but its maker may change or delete it.", "false")] = False
    zone_affinity_enabled: Annotated[bool, Param("Whether names lead to the nearest zone first; shown.", "false")] = (
        False
    )
    zone_private_ip_address_count: Annotated[int, Param("Addresses a zone: 1.", "1")] = 1
    policy_document: Annotated[str, Param("Refused: only the vendor's own services take one.", "{}")] = ""
    address_ip_version: Annotated[str, Param("IPv4; there is no IPv6.", "IPv4")] = "IPv4"
    resource_group_id: Annotated[str, Param("The resource group.", "rg-acfmy*****")] = ""
    tag: Annotated[tuple[TagShape, ...], Param("Tags of the endpoint.")] = ()
    client_token: ClientToken = ""
    dry_run: DryRun = False


class CreateVpcEndpointReply(Reply):
    endpoint_id: str
    endpoint_name: str
    endpoint_description: str
    endpoint_domain: str
    endpoint_status: str
    endpoint_business_status: str
    connection_status: str
    service_id: str
    service_name: str
    service_region_id: str
    vpc_id: str
    bandwidth: int
    zone_affinity_enabled: bool
    address_ip_version: str
    create_time: str


@operation(
    PRIVATELINK,
    title="Creates an endpoint",
    access="create",
    resource="vpcendpoint/*",
    errors=(
        EndpointServiceNotFound,
        EndpointServiceNotAuthorized,
        IncorrectServiceStatus,
        MismatchEndpointType,
        EndpointPolicyNotSupport,
        VpcNotFound,
        SecurityGroupNotFound,
        EndpointMustContainSecurityGroup,
        OneSecurityGroupType,
        QuotaMisMatched,
        EndpointQuotaExceeded,
        IpQuotaExceeded,
        ZoneQuotaExceeded,
        EndpointZoneDuplicated,
        VSwitchNotFound,
        VSwitchStatusNotAllowed,
        EndpointServiceNotSupportedZone,
        EniIpUnavailable,
        VSwitchIpNotEnough,
    ),
    associated=("vpc:DescribeVpcAttribute", "vpc:DescribeVSwitchAttributes", "ecs:DescribeSecurityGroups"),
    token="ClientToken",
)
def create_vpc_endpoint(tx: Tx, call: Call, request: CreateVpcEndpointRequest) -> CreateVpcEndpointReply:
    """Creates an endpoint of a service whose whitelist has the caller (its owner needs no entry).

    It is Creating at first. Its connection is Disconnected until the service's owner enables it, or Connecting where
    the service lets in everybody at once.
    """
    service = _service(tx, call, request)
    vpc = _vpc(tx, call, request)
    _check(tx, call, request, service, vpc)
    id = new_id("ep", request.region_id, 17)
    endpoint = VpcEndpoint(
        id=id,
        account=call.account,
        region=request.region_id,
        parent=vpc.id,
        status=CREATING,
        created=call.now,
        service_id=service.id,
        domain=endpoint_domain(id, service.id, service.region),
        type=request.endpoint_type,
        groups=tuple(AttachedGroup(group, "Attached") for group in dict.fromkeys(request.security_group_id)),
        name=request.endpoint_name,
        description=request.endpoint_description,
        protected=request.protected_enabled,
        creator=call.principal.arn,
        payer=service.payer,
        zone_affinity=request.zone_affinity_enabled,
        resource_group_id=request.resource_group_id,
        tags=stored(request.tag),
        settle_at=call.now + call.pace,
    )
    connection = Connection(
        id=id,
        account=service.account,
        region=service.region,
        parent=service.id,
        status=CONNECTING if service.auto_accept else DISCONNECTED,
        created=call.now,
        endpoint_account=call.account,
        bandwidth=service.connect_bandwidth,
        traffic_control=service.traffic_control,
        modified=call.now,
        settle_at=call.now + call.pace,
    )
    tx.put(endpoint)
    tx.put(connection)
    for group in endpoint.judges:
        use(tx, group, endpoint)
    use(tx, vpc.id, endpoint)
    for zone in request.zone:
        place_in_zone(
            tx, call, endpoint, zone=zone.zone_id, vswitch=zone.vswitch_id, ip=zone.ip, ipv6=zone.ipv6_address
        )
    tx.schedule(endpoint)
    return CreateVpcEndpointReply(
        endpoint_id=endpoint.id,
        endpoint_name=endpoint.name,
        endpoint_description=endpoint.description,
        endpoint_domain=endpoint.domain,
        endpoint_status=endpoint.status,
        endpoint_business_status=NORMAL,
        connection_status=connection.status,
        service_id=service.id,
        service_name=service_name(service.id, service.region),
        service_region_id=service.region,
        vpc_id=vpc.id,
        bandwidth=connection.bandwidth,
        zone_affinity_enabled=endpoint.zone_affinity,
        address_ip_version="IPv4",
        create_time=iso_second(endpoint.created),
    )


def _service(tx: Reader, call: Call, request: CreateVpcEndpointRequest) -> EndpointService:
    """:raises EndpointServiceNotFound, EndpointServiceNotAuthorized, IncorrectServiceStatus:"""
    if not request.service_id and not request.service_name:
        raise MissingParameterValue(name="ServiceId")
    id = request.service_id or request.service_name.rpartition(".")[2]
    service = tx.get(EndpointService, id)
    if (
        service is None
        or service.region != request.region_id
        or request.service_region_id not in ("", service.region)
        or request.service_name not in ("", service_name(service.id, service.region))
    ):
        raise EndpointServiceNotFound
    if not admits(service, call.account):
        raise EndpointServiceNotAuthorized
    if service.status not in (ACTIVE, PENDING):
        raise IncorrectServiceStatus("VpcEndpointService", service.id)
    return service


def _vpc(tx: Reader, call: Call, request: CreateVpcEndpointRequest) -> Vpc:
    """:raises VpcNotFound:"""
    vpc = tx.get(Vpc, request.vpc_id)
    if vpc is None or (vpc.account, vpc.region) != (call.account, request.region_id) or vpc.deleting:
        raise VpcNotFound
    return vpc


def _check(tx: Reader, call: Call, request: CreateVpcEndpointRequest, service: EndpointService, vpc: Vpc) -> None:
    """What does not depend on zones."""
    if request.endpoint_type not in ("Interface", "Reverse", "GatewayLoadBalancer"):
        raise InvalidParameterValue(name="EndpointType")
    if request.endpoint_type != service.type:
        raise MismatchEndpointType("EndpointType", request.endpoint_type, service.type)
    if request.address_ip_version != "IPv4":
        raise InvalidParameterValue(name="AddressIpVersion")
    if request.policy_document:
        raise EndpointPolicyNotSupport
    check_name(request.endpoint_name)
    check_description("EndpointDescription", request.endpoint_description)
    count = request.zone_private_ip_address_count
    if count != 1:
        raise IpQuotaExceeded("IpQuotaPerEp", count, 1)
    groups = tuple(dict.fromkeys(request.security_group_id))
    if service.type == "Interface" and not groups:
        raise EndpointMustContainSecurityGroup
    if len(groups) > MAX_GROUPS:
        raise QuotaMisMatched
    for group in groups:
        group_in(tx, group, account=call.account, vpc=vpc.id)
    check_one_type(tx, groups)
    if len(request.zone) > MAX_ZONES:
        raise ZoneQuotaExceeded("epZonePerEndpoint", len(request.zone), MAX_ZONES)
    endpoints = len(tx.children(VpcEndpoint, vpc.id))
    if endpoints >= MAX_ENDPOINTS:
        raise EndpointQuotaExceeded("totalEpPerVpc", endpoints, MAX_ENDPOINTS)


def check_name(name: str) -> None:
    """Names have 2 to 128 characters and begin with a letter (CreateVpcEndpoint documents).

    :raises InvalidParameterValue:
    """
    if name and (not 2 <= len(name) <= 128 or not name[0].isalpha() or name.startswith(("http://", "https://"))):
        raise InvalidParameterValue(name="EndpointName")
