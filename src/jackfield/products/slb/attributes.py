"""What is changed of a load balancer: status, name, protection, specification."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.endpoints.uses import wake_users
from jackfield.products.nlb.jobs import change
from jackfield.products.nlb.states import CONFIGURING, RUNNING, STARTING, STOPPED, STOPPING
from jackfield.products.operation import Call, Param, Reply, operation
from jackfield.products.slb.errors import (
    InvalidModificationProtectionReason,
    InvalidModificationProtectionStatus,
    InvalidValue,
    LoadBalancerNotFound,
    SystemBusy,
)
from jackfield.products.slb.load_balancers import (
    ProtectionReason,
    ProtectionStatus,
    SpecName,
    Switch,
    check_protection,
    steady_listeners,
)
from jackfield.products.slb.product import SLB
from jackfield.products.slb.shapes import LoadBalancerRequest, RegionId, changeable, is_name
from jackfield.store.interface import Tx


class SetLoadBalancerStatusRequest(LoadBalancerRequest, kw_only=True):
    load_balancer_status: Annotated[
        str, Param("active or inactive.", "active", enum=("active", "inactive"), invalid=InvalidValue)
    ]


@operation(
    SLB,
    title="Activates or deactivates a load balancer",
    access="update",
    resource="loadbalancer/{LoadBalancerId}",
    errors=(LoadBalancerNotFound, InvalidValue, SystemBusy),
)
def set_load_balancer_status(tx: Tx, call: Call, request: SetLoadBalancerStatusRequest) -> Reply:
    """An inactive load balancer forwards nothing: its running listeners are stopped, their clients cut; they are
    started again when it is activated.

    The vendor's text that a load balancer turns inactive when its last listener is deleted is not followed: a listener
    that replaces it forwards at once.
    """
    load_balancer = changeable(tx, call, request.load_balancer_id, request.region_id)
    enabled = request.load_balancer_status == "active"
    if enabled == load_balancer.enabled:
        return Reply()
    for listener in steady_listeners(tx, load_balancer):
        if not enabled and listener.status == RUNNING:
            tx.put(change(listener, call, STOPPING, stopped=True, paused=True))
        elif enabled and listener.status == STOPPED and listener.paused:
            tx.put(change(listener, call, STARTING, stopped=False, paused=False))
    tx.put(change(load_balancer, call, CONFIGURING, enabled=enabled))
    tx.schedule(load_balancer)
    wake_users(tx, load_balancer.id)
    return Reply()


class SetLoadBalancerNameRequest(LoadBalancerRequest, kw_only=True):
    load_balancer_name: Annotated[str, Param("The new name.", "lb-bp1o94dp5i6ea****")]


@operation(
    SLB,
    title="Names a load balancer",
    access="update",
    resource="loadbalancer/{LoadBalancerId}",
    errors=(LoadBalancerNotFound, InvalidValue),
)
def set_load_balancer_name(tx: Tx, call: Call, request: SetLoadBalancerNameRequest) -> Reply:
    """Gives a load balancer another name."""
    load_balancer = changeable(tx, call, request.load_balancer_id, request.region_id)
    if not is_name(request.load_balancer_name):
        raise InvalidValue(name="LoadBalancerName")
    tx.put(msgspec.structs.replace(load_balancer, name=request.load_balancer_name))
    return Reply()


class SetLoadBalancerDeleteProtectionRequest(LoadBalancerRequest, kw_only=True):
    region_id: RegionId
    delete_protection: Switch


@operation(
    SLB,
    title="Protects a load balancer from being deleted",
    access="update",
    resource="loadbalancer/{LoadBalancerId}",
    errors=(LoadBalancerNotFound, InvalidValue),
)
def set_load_balancer_delete_protection(tx: Tx, call: Call, request: SetLoadBalancerDeleteProtectionRequest) -> Reply:
    """While it is on, DeleteLoadBalancer refuses."""
    load_balancer = changeable(tx, call, request.load_balancer_id, request.region_id)
    tx.put(msgspec.structs.replace(load_balancer, protected=request.delete_protection == "on"))
    return Reply()


class SetLoadBalancerModificationProtectionRequest(LoadBalancerRequest, kw_only=True):
    region_id: RegionId
    modification_protection_status: ProtectionStatus
    modification_protection_reason: ProtectionReason = ""


@operation(
    SLB,
    title="Protects a load balancer from being changed in the console",
    access="update",
    resource="loadbalancer/{LoadBalancerId}",
    errors=(LoadBalancerNotFound, InvalidModificationProtectionStatus, InvalidModificationProtectionReason),
)
def set_load_balancer_modification_protection(
    tx: Tx, call: Call, request: SetLoadBalancerModificationProtectionRequest
) -> Reply:
    """It is shown; the API may change the load balancer all the same (the SDK documents)."""
    load_balancer = changeable(tx, call, request.load_balancer_id, request.region_id)
    check_protection(request.modification_protection_status, request.modification_protection_reason)
    locked = request.modification_protection_status == "ConsoleProtection"
    reason = request.modification_protection_reason if locked else ""
    tx.put(msgspec.structs.replace(load_balancer, locked=locked, lock_reason=reason))
    return Reply()


class ModifyLoadBalancerInstanceSpecRequest(LoadBalancerRequest, kw_only=True):
    load_balancer_spec: SpecName


@operation(
    SLB,
    title="Modifies the specification of a load balancer",
    access="update",
    resource="loadbalancer/{LoadBalancerId}",
    errors=(LoadBalancerNotFound,),
)
def modify_load_balancer_instance_spec(tx: Tx, call: Call, request: ModifyLoadBalancerInstanceSpecRequest) -> Reply:
    """The new specification is shown; this machine's size is what it is."""
    load_balancer = changeable(tx, call, request.load_balancer_id, request.region_id)
    tx.put(msgspec.structs.replace(load_balancer, spec=request.load_balancer_spec))
    return Reply()
