"""Load balancers: made, changed, deleted."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Annotated

import msgspec

from jackfield.endpoints.addresses import PoolExhausted
from jackfield.endpoints.resources import NAMES, Endpoint
from jackfield.endpoints.uses import use, users, wake_users
from jackfield.products.nlb.checks import check_name, own_load_balancer, random_id, region_of, usable_vpc
from jackfield.products.nlb.errors import (
    DeletionProtectionEnabled,
    DuplicateZones,
    IllegalDeletionProtectionConfig,
    IllegalLoadBalancerName,
    IllegalModificationProtectionConfig,
    IllegalParam,
    IncorrectLoadBalancerStatus,
    InvalidZones,
    IpInUse,
    LoadBalancerInConfiguring,
    LoadBalancerInCreating,
    LoadBalancerInUse,
    LoadBalancerNotFound,
    MissingParam,
    NotHere,
    UnauthorizedRegion,
    VpcInConfiguring,
    VpcNotFound,
    VSwitchInConfiguring,
    VSwitchIpNotEnough,
    VSwitchIpv6NotSupported,
    VSwitchNotFound,
)
from jackfield.products.nlb.jobs import change, job_of
from jackfield.products.nlb.product import NLB
from jackfield.products.nlb.resources import Listener, LoadBalancer, Zone
from jackfield.products.nlb.shapes import DryRun, JobReply, LoadBalancerId, RegionId, Tags, Token
from jackfield.products.nlb.states import ACTIVE, CONFIGURING, DELETING, PROVISIONING, RUNNING, STOPPED
from jackfield.products.nlb.zones import make_zone
from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.regions import new_id
from jackfield.products.tags import stored
from jackfield.products.vpc.defaults import usable
from jackfield.products.vpc.resources import VSwitch
from jackfield.store.interface import ClaimTaken, Tx

MIN_ZONES = 2
"""Of a load balancer in a region with several zones; each region here has (CreateLoadBalancer documents)."""


class ZoneMapping(Shape):
    zone_id: Annotated[str, Param("A zone of the region.", "cn-hangzhou-h", missing=MissingParam)]
    vswitch_id: Annotated[str, Param("A vSwitch there.", "vsw-sersdf****", missing=MissingParam)]
    private_ipv4_address: Annotated[str, Param("The address there, of the vSwitch's block.", "192.168.10.1")] = (
        msgspec.field(default="", name="PrivateIPv4Address")
    )
    allocation_id: Annotated[
        str, Param("An elastic address; refused, there are none.", "eip-bp1aedxso6u80u0qf****")
    ] = ""
    ipv4_local_addresses: Annotated[tuple[str, ...], Param("Further addresses to reach servers from; refused.")] = ()


class DeletionProtectionConfig(Shape):
    enabled: Annotated[bool, Param("Whether the load balancer is kept from being deleted.", "true")] = False
    reason: Annotated[str, Param("Why; as a name.", "create-by-mse-can-not-delete")] = ""


class ModificationProtectionConfig(Shape):
    status: Annotated[
        str, Param("NonProtection, or ConsoleProtection: the console changes nothing.", "ConsoleProtection")
    ] = "NonProtection"
    reason: Annotated[str, Param("Why; as a name.", "ServiceIsRunning")] = ""


class LoadBalancerBillingConfig(Shape):
    pay_type: Annotated[str, Param("PostPay.", "PostPay")] = "PostPay"


class CreateLoadBalancerRequest(Request):
    address_type: Annotated[
        str,
        Param(
            "Intranet, or Internet, which is shown; the addresses are private either way.",
            "Intranet",
            enum=("Intranet", "Internet"),
            missing=MissingParam,
            invalid=IllegalParam,
        ),
    ]
    vpc_id: Annotated[str, Param("The VPC.", "vpc-bp1b49rqrybk45nio****", missing=MissingParam)]
    zone_mappings: Annotated[
        tuple[ZoneMapping, ...],
        Param("Two zones or more, each with a vSwitch.", missing=MissingParam, invalid=IllegalParam),
    ]
    region_id: RegionId = ""
    load_balancer_name: Annotated[str, Param("2 to 128 letters, digits, periods, underscores, hyphens.", "NLB1")] = ""
    load_balancer_type: Annotated[
        str, Param("network.", "network", enum=("network", "Network"), invalid=IllegalParam)
    ] = "network"
    address_ip_version: Annotated[str, Param("ipv4; DualStack is refused.", "ipv4")] = "ipv4"
    deletion_protection_config: Annotated[
        DeletionProtectionConfig | None, Param("Whether it is kept from being deleted.", "{}")
    ] = None
    modification_protection_config: Annotated[
        ModificationProtectionConfig | None, Param("Whether the console may change it.", "{}")
    ] = None
    load_balancer_billing_config: Annotated[
        LoadBalancerBillingConfig | None, Param("How it is paid: afterwards, the only way.", "{}")
    ] = None
    resource_group_id: Annotated[str, Param("The resource group.", "rg-atstuj3rtop****")] = ""
    tag: Tags = ()
    client_token: Token = ""
    dry_run: DryRun = False


class CreateLoadBalancerReply(Reply):
    """``LoadbalancerId`` is the vendor's spelling."""

    load_balancer_id: str = msgspec.field(name="LoadbalancerId")


@operation(
    NLB,
    title="Creates a load balancer",
    access="create",
    resource="loadbalancer/*",
    errors=(
        MissingParam,
        IllegalParam,
        NotHere,
        IllegalLoadBalancerName,
        IllegalDeletionProtectionConfig,
        IllegalModificationProtectionConfig,
        VSwitchIpv6NotSupported,
        UnauthorizedRegion,
        VpcNotFound,
        VpcInConfiguring,
        InvalidZones,
        DuplicateZones,
        VSwitchNotFound,
        VSwitchInConfiguring,
        IpInUse,
        VSwitchIpNotEnough,
    ),
    token="ClientToken",
)
def create_load_balancer(tx: Tx, call: Call, request: CreateLoadBalancerRequest) -> CreateLoadBalancerReply:
    """Creates a load balancer without listeners. It is Provisioning at first; GetLoadBalancerAttribute shows when it is
    Active. In each of its zones it has an address, which refuses until there are listeners.
    """
    region = region_of(call, request.region_id)
    check_name(request.load_balancer_name, IllegalLoadBalancerName)
    if request.address_ip_version.lower() != "ipv4":
        if request.address_ip_version != "DualStack":
            raise IllegalParam(name="AddressIpVersion")
        raise VSwitchIpv6NotSupported
    if request.load_balancer_billing_config and request.load_balancer_billing_config.pay_type != "PostPay":
        raise IllegalParam(name="LoadBalancerBillingConfig.PayType")
    deletion = request.deletion_protection_config or DeletionProtectionConfig()
    modification = request.modification_protection_config or ModificationProtectionConfig()
    check_name(deletion.reason, IllegalDeletionProtectionConfig)
    check_name(modification.reason, IllegalModificationProtectionConfig)
    if modification.status not in ("NonProtection", "ConsoleProtection"):
        raise IllegalParam(name="ModificationProtectionConfig.Status")
    locked = modification.status == "ConsoleProtection"
    vpc = usable_vpc(tx, call, request.vpc_id, region)
    vswitches = [_vswitch(tx, call, vpc.id, mapping) for mapping in _zones(request.zone_mappings)]
    id = random_id("nlb")
    load_balancer = LoadBalancer(
        id=id,
        account=call.account,
        region=region,
        status=PROVISIONING,
        created=call.now,
        settle_at=call.now + call.pace,
        vpc_id=vpc.id,
        dns_name=f"{id}.{region}.nlb.aliyuncs.com",
        zones=tuple(
            Zone(zone_id=vswitch.zone_id, vswitch_id=vswitch.id, eni_id=new_id("eni", region, 17))
            for vswitch in vswitches
        ),
        name=request.load_balancer_name,
        address_type="Internet" if request.address_type == "Internet" else "Intranet",
        resource_group_id=request.resource_group_id,
        protected=deletion.enabled,
        protection_reason=deletion.reason,
        protected_since=call.now if deletion.enabled else 0.0,
        locked=locked,
        lock_reason=modification.reason if locked else "",
        locked_since=call.now if locked else 0.0,
        tags=stored(request.tag),
    )
    tx.put(load_balancer)
    tx.claim(NAMES, load_balancer.dns_name, load_balancer)
    use(tx, vpc.id, load_balancer)
    for vswitch, mapping in zip(vswitches, request.zone_mappings, strict=True):
        _make_endpoint(tx, load_balancer, vswitch, mapping.private_ipv4_address)
    tx.schedule(load_balancer)
    return CreateLoadBalancerReply(load_balancer_id=id)


class UpdateLoadBalancerAttributeRequest(Request):
    load_balancer_id: LoadBalancerId
    region_id: RegionId = ""
    load_balancer_name: Annotated[str, Param("A new name.", "NLB1")] = ""
    cross_zone_enabled: Annotated[
        bool | None, Param("Whether a zone sends clients to servers of other zones.", "true", invalid=IllegalParam)
    ] = None
    cps: Annotated[
        int | None,
        Param("New connections a second; shown, without effect.", "1000", range=(1, 1_000_000), invalid=IllegalParam),
    ] = None
    client_token: Token = ""
    dry_run: DryRun = False


@operation(
    NLB,
    title="Modifies a load balancer",
    access="update",
    resource="loadbalancer/{LoadBalancerId}",
    errors=(
        MissingParam,
        IllegalParam,
        LoadBalancerNotFound,
        IllegalLoadBalancerName,
        LoadBalancerInCreating,
        LoadBalancerInConfiguring,
        IncorrectLoadBalancerStatus,
    ),
    token="ClientToken",
)
def update_load_balancer_attribute(tx: Tx, call: Call, request: UpdateLoadBalancerAttributeRequest) -> JobReply:
    """Changes what is given. The load balancer is Configuring until its zones know."""
    load_balancer = active_load_balancer(tx, call, request.load_balancer_id, request.region_id)
    check_name(request.load_balancer_name, IllegalLoadBalancerName)
    cross_zone = request.cross_zone_enabled
    load_balancer = change(
        load_balancer,
        call,
        CONFIGURING,
        name=request.load_balancer_name or load_balancer.name,
        cross_zone=load_balancer.cross_zone if cross_zone is None else cross_zone,
        cps=load_balancer.cps if request.cps is None else request.cps,
    )
    return JobReply(job_id=changed_load_balancer(tx, call, load_balancer))


class DeleteLoadBalancerRequest(Request):
    load_balancer_id: LoadBalancerId
    region_id: RegionId = ""
    client_token: Token = ""
    dry_run: DryRun = False


@operation(
    NLB,
    title="Deletes a load balancer",
    access="delete",
    resource="loadbalancer/{LoadBalancerId}",
    errors=(
        MissingParam,
        IllegalParam,
        LoadBalancerNotFound,
        LoadBalancerInCreating,
        LoadBalancerInConfiguring,
        IncorrectLoadBalancerStatus,
        DeletionProtectionEnabled,
        LoadBalancerInUse,
    ),
    token="ClientToken",
)
def delete_load_balancer(tx: Tx, call: Call, request: DeleteLoadBalancerRequest) -> JobReply:
    """Deletes a load balancer with its listeners. Its clients are cut; then it is not found any more."""
    load_balancer = active_load_balancer(tx, call, request.load_balancer_id, request.region_id)
    if load_balancer.protected:
        raise DeletionProtectionEnabled
    if users(tx, load_balancer.id):
        raise LoadBalancerInUse
    listeners = tx.children(Listener, load_balancer.id)
    if any(listener.status not in (RUNNING, STOPPED) for listener in listeners):
        raise IncorrectLoadBalancerStatus(id=load_balancer.id)
    for listener in listeners:
        tx.put(change(listener, call, DELETING))
    for endpoint in tx.children(Endpoint, load_balancer.id):
        tx.put(msgspec.structs.replace(endpoint, status="Releasing"))
    return JobReply(job_id=changed_load_balancer(tx, call, change(load_balancer, call, DELETING)))


def active_load_balancer(tx: Tx, call: Call, id: str, region_id: str) -> LoadBalancer:
    """The caller's load balancer, with no change under way.

    :raises LoadBalancerNotFound, LoadBalancerInCreating, LoadBalancerInConfiguring, IncorrectLoadBalancerStatus:
    """
    load_balancer = own_load_balancer(tx, call, id, region_id)
    if load_balancer.status == PROVISIONING:
        raise LoadBalancerInCreating
    if load_balancer.status == CONFIGURING:
        raise LoadBalancerInConfiguring
    if load_balancer.status != ACTIVE:
        raise IncorrectLoadBalancerStatus(id=load_balancer.id)
    return load_balancer


def changed_load_balancer(tx: Tx, call: Call, load_balancer: LoadBalancer) -> str:
    """Writes a load balancer with a change under way and has it done; the job's id."""
    tx.put(load_balancer)
    tx.schedule(load_balancer)
    wake_users(tx, load_balancer.id)
    return job_of(tx, call, load_balancer)


def _zones(mappings: Sequence[ZoneMapping]) -> Sequence[ZoneMapping]:
    zones = {mapping.zone_id for mapping in mappings}
    if len(zones) < len(mappings):
        raise DuplicateZones
    if len(zones) < MIN_ZONES:
        raise InvalidZones
    for mapping in mappings:
        if mapping.allocation_id:
            raise NotHere(name="ZoneMappings.AllocationId", why="there are no elastic addresses here")
        if mapping.ipv4_local_addresses:
            why = "servers see the load balancer's private address here"
            raise NotHere(name="ZoneMappings.Ipv4LocalAddresses", why=why)
    return mappings


def _vswitch(tx: Tx, call: Call, vpc_id: str, mapping: ZoneMapping) -> VSwitch:
    vswitch = tx.get(VSwitch, mapping.vswitch_id)
    if vswitch is None or vswitch.account != call.account or vswitch.parent != vpc_id:
        raise VSwitchNotFound
    if vswitch.zone_id != mapping.zone_id:
        raise InvalidZones
    if not usable(vswitch):
        raise VSwitchInConfiguring
    return vswitch


def _make_endpoint(tx: Tx, load_balancer: LoadBalancer, vswitch: VSwitch, wanted: str) -> None:
    """A zone of the load balancer: an endpoint with an address of the vSwitch, without ports so far."""
    name = f"{vswitch.zone_id}.{load_balancer.dns_name}"
    aliases = (load_balancer.dns_name,)
    try:
        make_zone(tx, load_balancer, vswitch, product="nlb", name=name, aliases=aliases, wanted=_ipv4(wanted))
    except ClaimTaken:
        raise IpInUse from None
    except PoolExhausted:
        if wanted:
            raise IllegalParam(name="ZoneMappings.PrivateIPv4Address") from None
        raise VSwitchIpNotEnough from None


def _ipv4(text: str) -> str:
    """:raises IllegalParam: it is neither empty nor an address."""
    try:
        return str(ipaddress.IPv4Address(text)) if text else ""
    except ValueError:
        raise IllegalParam(name="ZoneMappings.PrivateIPv4Address") from None
