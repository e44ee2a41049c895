"""Load balancers: made and deleted."""

from __future__ import annotations

import ipaddress
from typing import Annotated

import msgspec

from jackfield.endpoints.addresses import PoolExhausted
from jackfield.endpoints.resources import Endpoint
from jackfield.endpoints.uses import use, users, wake_users
from jackfield.products.nlb.jobs import change
from jackfield.products.nlb.states import ACTIVE, DELETING, PROVISIONING, RUNNING, STOPPED
from jackfield.products.nlb.zones import make_zone
from jackfield.products.operation import Call, Param, Reply, Request, operation
from jackfield.products.regions import REGIONS, new_id
from jackfield.products.slb.errors import (
    DeleteProtectionIsOn,
    InvalidModificationProtectionReason,
    InvalidModificationProtectionStatus,
    InvalidValue,
    IpInUse,
    LoadBalancerInUse,
    LoadBalancerNotFound,
    MissingVSwitchId,
    NotHere,
    RegionNotFound,
    SubnetIpExhaust,
    SystemBusy,
    TagRefused,
    VpcNotExist,
    VSwitchNotFound,
)
from jackfield.products.slb.product import SLB
from jackfield.products.slb.resources import BackendServer, Listener, LoadBalancer, VServerGroup
from jackfield.products.slb.shapes import (
    TAG_RULES,
    LoadBalancerRequest,
    RegionId,
    Tags,
    changeable,
    check_region,
    is_name,
)
from jackfield.products.tags import stored
from jackfield.products.vpc.defaults import usable
from jackfield.products.vpc.resources import VSwitch
from jackfield.store.interface import ClaimTaken, Tx

Switch = Annotated[str, Param("on or off.", "off", enum=("on", "off"), invalid=InvalidValue)]
SpecName = Annotated[str, Param("A specification; shown.", "slb.s1.small")]
ProtectionStatus = Annotated[str, Param("ConsoleProtection or NonProtection; shown.", "NonProtection")]
ProtectionReason = Annotated[str, Param("Why; a letter, then up to 79 letters, digits and signs.", "Managed")]


class CreateLoadBalancerRequest(Request):
    region_id: RegionId
    vswitch_id: Annotated[str, Param("A vSwitch; a load balancer here is in a VPC.", "vsw-255ecr****")] = ""
    vpc_id: Annotated[str, Param("Its VPC.", "vpc-25dvzy9****")] = ""
    address: Annotated[str, Param("The address, of the vSwitch's block; left out: any.", "192.168.0.9")] = ""
    address_type: Annotated[str, Param("intranet; internet is refused.", "intranet")] = "intranet"
    address_ip_version: Annotated[str, Param("ipv4; ipv6 is refused.", "ipv4")] = msgspec.field(
        default="ipv4", name="AddressIPVersion"
    )
    load_balancer_name: Annotated[str, Param("A name; left out: the id.", "lb-bp1o94dp5i6ea****")] = ""
    load_balancer_spec: SpecName = ""
    master_zone_id: Annotated[str, Param("The primary zone: the vSwitch's.", "cn-hangzhou-h")] = ""
    slave_zone_id: Annotated[str, Param("The secondary zone; shown.", "cn-hangzhou-i")] = ""
    bandwidth: Annotated[int, Param("Mbit/s; shown.", "10", range=(1, 5120), invalid=InvalidValue)] = 5120
    internet_charge_type: Annotated[
        str,
        Param("Shown.", "paybytraffic", enum=("paybytraffic", "paybybandwidth"), invalid=InvalidValue),
    ] = "paybytraffic"
    instance_charge_type: Annotated[
        str, Param("Shown.", "PayBySpec", enum=("PayBySpec", "PayByCLCU"), invalid=InvalidValue)
    ] = "PayBySpec"
    pay_type: Annotated[str, Param("PayOnDemand; PrePay is refused.", "PayOnDemand")] = "PayOnDemand"
    delete_protection: Switch = "off"
    modification_protection_status: ProtectionStatus = "NonProtection"
    modification_protection_reason: ProtectionReason = ""
    resource_group_id: Annotated[str, Param("The resource group.", "rg-atstuj3rto****")] = ""
    tag: Tags = ()
    client_token: Annotated[str, Param("Makes a repeated call answer like the first.", "593B0448-D13E")] = ""


class CreateLoadBalancerReply(Reply):
    load_balancer_id: str
    load_balancer_name: str
    address: str
    address_ip_version: str = msgspec.field(name="AddressIPVersion")
    network_type: str
    vpc_id: str
    vswitch_id: str
    resource_group_id: str


@operation(
    SLB,
    title="Creates a load balancer",
    access="create",
    resource="loadbalancer/*",
    errors=(
        RegionNotFound,
        InvalidValue,
        NotHere,
        InvalidModificationProtectionStatus,
        InvalidModificationProtectionReason,
        TagRefused,
        MissingVSwitchId,
        VSwitchNotFound,
        VpcNotExist,
        IpInUse,
        SubnetIpExhaust,
    ),
    token="ClientToken",
)
def create_load_balancer(tx: Tx, call: Call, request: CreateLoadBalancerRequest) -> CreateLoadBalancerReply:
    """Creates a load balancer with one address, of a vSwitch, and without listeners. It is inactive until its address
    is there; listeners may be created before.
    """
    region = check_region(call, request.region_id)
    _check(request)
    vswitch = _vswitch(tx, call, request, region)
    id = new_id("lb", region, 18)
    locked = request.modification_protection_status == "ConsoleProtection"
    others = (zone for zone in REGIONS[region].zones if zone != vswitch.zone_id)
    load_balancer = LoadBalancer(
        id=id,
        account=call.account,
        region=region,
        status=PROVISIONING,
        created=call.now,
        settle_at=call.now + call.pace,
        name=request.load_balancer_name or id,
        vpc_id=vswitch.parent,
        vswitch_id=vswitch.id,
        address="",
        master_zone_id=vswitch.zone_id,
        slave_zone_id=request.slave_zone_id or next(others),
        spec=request.load_balancer_spec or "slb.lcu.elastic",
        bandwidth=request.bandwidth,
        internet_charge_type=request.internet_charge_type,
        instance_charge_type=request.instance_charge_type,
        resource_group_id=request.resource_group_id,
        protected=request.delete_protection == "on",
        locked=locked,
        lock_reason=request.modification_protection_reason if locked else "",
        tags=stored(request.tag),
    )
    endpoint = _endpoint(tx, load_balancer, vswitch, request.address)
    load_balancer = msgspec.structs.replace(load_balancer, address=endpoint.vpc_address)
    tx.put(load_balancer)
    use(tx, load_balancer.vpc_id, load_balancer)
    tx.schedule(load_balancer)
    return CreateLoadBalancerReply(
        load_balancer_id=id,
        load_balancer_name=load_balancer.name,
        address=load_balancer.address,
        address_ip_version="ipv4",
        network_type="vpc",
        vpc_id=load_balancer.vpc_id,
        vswitch_id=vswitch.id,
        resource_group_id=load_balancer.resource_group_id,
    )


@operation(
    SLB,
    title="Deletes a load balancer",
    access="delete",
    resource="loadbalancer/{LoadBalancerId}",
    errors=(LoadBalancerNotFound, DeleteProtectionIsOn, LoadBalancerInUse, SystemBusy),
)
def delete_load_balancer(tx: Tx, call: Call, request: LoadBalancerRequest) -> Reply:
    """Deletes a load balancer with its listeners, vServer groups and servers. Its clients are cut; then it is not found
    any more.
    """
    load_balancer = changeable(tx, call, request.load_balancer_id, request.region_id)
    if load_balancer.protected:
        raise DeleteProtectionIsOn
    if users(tx, load_balancer.id):
        raise LoadBalancerInUse
    listeners = steady_listeners(tx, load_balancer)
    for listener in listeners:
        tx.put(change(listener, call, DELETING))
    for group in tx.children(VServerGroup, load_balancer.id):
        remove_servers(tx, group.id)
        tx.remove(group)
    remove_servers(tx, load_balancer.id)
    for endpoint in tx.children(Endpoint, load_balancer.id):
        tx.put(msgspec.structs.replace(endpoint, status="Releasing"))
    tx.put(change(load_balancer, call, DELETING))
    tx.schedule(load_balancer)
    wake_users(tx, load_balancer.id)
    return Reply()


def steady_listeners(tx: Tx, load_balancer: LoadBalancer) -> list[Listener]:
    """The listeners of a load balancer with nothing under way. :raises SystemBusy: something is."""
    listeners = list(tx.children(Listener, load_balancer.id))
    if load_balancer.status != ACTIVE or any(one.status not in (RUNNING, STOPPED) for one in listeners):
        raise SystemBusy
    return listeners


def remove_servers(tx: Tx, parent: str) -> None:
    for server in tx.children(BackendServer, parent):
        tx.remove(server)


def check_protection(status: str, reason: str) -> None:
    """:raises InvalidModificationProtectionStatus, InvalidModificationProtectionReason:"""
    if status not in ("ConsoleProtection", "NonProtection"):
        raise InvalidModificationProtectionStatus
    if reason and not is_name(reason):
        raise InvalidModificationProtectionReason


def _check(request: CreateLoadBalancerRequest) -> None:
    if request.address_type != "intranet":
        if request.address_type != "internet":
            raise InvalidValue(name="AddressType")
        raise NotHere(name="AddressType", why="load balancers are private here")
    if request.address_ip_version != "ipv4":
        raise NotHere(name="AddressIPVersion", why="there is no IPv6 here")
    if request.pay_type != "PayOnDemand":
        raise NotHere(name="PayType", why="nothing is sold here")
    if request.load_balancer_name and not is_name(request.load_balancer_name):
        raise InvalidValue(name="LoadBalancerName")
    check_protection(request.modification_protection_status, request.modification_protection_reason)
    TAG_RULES.check(request.tag)


def _vswitch(tx: Tx, call: Call, request: CreateLoadBalancerRequest, region: str) -> VSwitch:
    if not request.vswitch_id:
        raise MissingVSwitchId
    vswitch = tx.get(VSwitch, request.vswitch_id)
    if vswitch is None or (vswitch.account, vswitch.region) != (call.account, region) or not usable(vswitch):
        raise VSwitchNotFound
    if request.vpc_id not in ("", vswitch.parent):
        raise VpcNotExist
    if request.master_zone_id not in ("", vswitch.zone_id):
        raise InvalidValue(name="MasterZoneId")
    if request.slave_zone_id and request.slave_zone_id not in REGIONS[region].zones:
        raise InvalidValue(name="SlaveZoneId")
    return vswitch


def _endpoint(tx: Tx, load_balancer: LoadBalancer, vswitch: VSwitch, wanted: str) -> Endpoint:
    """The load balancer in its primary zone: an endpoint with an address of the vSwitch, without ports so far.

    Its name is ours: the vendor gives classic load balancers an address and no name.
    """
    name = f"{load_balancer.id}.{load_balancer.region}.slb.aliyuncs.com"
    try:
        return make_zone(tx, load_balancer, vswitch, product="slb", name=name, wanted=_ipv4(wanted))
    except ClaimTaken:
        raise IpInUse from None
    except PoolExhausted:
        if wanted:
            raise InvalidValue(name="Address") from None
        raise SubnetIpExhaust from None


def _ipv4(text: str) -> str:
    """:raises InvalidValue: it is neither empty nor an address."""
    try:
        return str(ipaddress.IPv4Address(text)) if text else ""
    except ValueError:
        raise InvalidValue(name="Address") from None
