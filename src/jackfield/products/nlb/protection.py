"""Security groups of load balancers, and what they are protected from."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.endpoints.uses import end_use, use
from jackfield.products.ecs.resources import SecurityGroup
from jackfield.products.nlb.checks import check_name
from jackfield.products.nlb.errors import (
    IllegalDeletionProtectionConfig,
    IllegalModificationProtectionConfig,
    IllegalParam,
    IncorrectLoadBalancerStatus,
    LoadBalancerInConfiguring,
    LoadBalancerInCreating,
    LoadBalancerNotFound,
    MissingParam,
    SecurityGroupNotFound,
)
from jackfield.products.nlb.jobs import change
from jackfield.products.nlb.load_balancers import active_load_balancer, changed_load_balancer
from jackfield.products.nlb.product import NLB
from jackfield.products.nlb.resources import LoadBalancer
from jackfield.products.nlb.shapes import DryRun, JobReply, LoadBalancerId, RegionId, Token
from jackfield.products.nlb.states import CONFIGURING
from jackfield.products.operation import Call, Param, Reply, Request, operation
from jackfield.store.interface import Tx

MAX_GROUPS = 4
"""Of one load balancer (LoadBalancerJoinSecurityGroup documents)."""


class SecurityGroupsRequest(Request):
    load_balancer_id: LoadBalancerId
    security_group_ids: Annotated[
        tuple[str, ...], Param("The security groups.", missing=MissingParam, invalid=IllegalParam)
    ]
    region_id: RegionId = ""
    client_token: Token = ""
    dry_run: DryRun = False


_ERRORS = (
    MissingParam,
    IllegalParam,
    LoadBalancerNotFound,
    LoadBalancerInCreating,
    LoadBalancerInConfiguring,
    IncorrectLoadBalancerStatus,
    SecurityGroupNotFound,
)


@operation(
    NLB,
    title="Attaches security groups to a load balancer",
    access="update",
    resource="loadbalancer/{LoadBalancerId}",
    errors=_ERRORS,
    token="ClientToken",
)
def load_balancer_join_security_group(tx: Tx, call: Call, request: SecurityGroupsRequest) -> JobReply:
    """From then on the rules of the groups judge new clients. Groups that are attached already stay."""
    load_balancer = active_load_balancer(tx, call, request.load_balancer_id, request.region_id)
    joined = tuple(dict.fromkeys((*load_balancer.security_group_ids, *request.security_group_ids)))
    for id in request.security_group_ids:
        group = tx.get(SecurityGroup, id)
        if group is None or group.account != call.account or group.parent != load_balancer.vpc_id:
            raise SecurityGroupNotFound
        use(tx, id, load_balancer)
    if len(joined) > MAX_GROUPS:
        raise IllegalParam(name="SecurityGroupIds")
    return _changed(tx, call, load_balancer, joined)


@operation(
    NLB,
    title="Detaches security groups from a load balancer",
    access="update",
    resource="loadbalancer/{LoadBalancerId}",
    errors=_ERRORS,
    token="ClientToken",
)
def load_balancer_leave_security_group(tx: Tx, call: Call, request: SecurityGroupsRequest) -> JobReply:
    """Without a group everybody who reaches the load balancer is admitted."""
    load_balancer = active_load_balancer(tx, call, request.load_balancer_id, request.region_id)
    for id in request.security_group_ids:
        if id not in load_balancer.security_group_ids:
            raise SecurityGroupNotFound
        end_use(tx, id, load_balancer)
    left = tuple(id for id in load_balancer.security_group_ids if id not in request.security_group_ids)
    return _changed(tx, call, load_balancer, left)


class UpdateLoadBalancerProtectionRequest(Request):
    load_balancer_id: LoadBalancerId
    region_id: RegionId = ""
    deletion_protection_enabled: Annotated[
        bool | None, Param("Whether the load balancer is kept from being deleted.", "true", invalid=IllegalParam)
    ] = None
    deletion_protection_reason: Annotated[str, Param("Why; as a name.", "Instance-Is-Running")] = ""
    modification_protection_status: Annotated[
        str, Param("NonProtection, or ConsoleProtection: the console changes nothing.", "ConsoleProtection")
    ] = ""
    modification_protection_reason: Annotated[str, Param("Why; as a name.", "Service-Is-Running")] = ""
    client_token: Token = ""
    dry_run: DryRun = False


@operation(
    NLB,
    title="Protects a load balancer",
    access="update",
    resource="loadbalancer/{LoadBalancerId}",
    errors=(*_ERRORS[:-1], IllegalDeletionProtectionConfig, IllegalModificationProtectionConfig),
    token="ClientToken",
)
def update_load_balancer_protection(tx: Tx, call: Call, request: UpdateLoadBalancerProtectionRequest) -> Reply:
    """Changes what is given; it holds at once. A protection that ends takes its reason with it."""
    load_balancer = active_load_balancer(tx, call, request.load_balancer_id, request.region_id)
    check_name(request.deletion_protection_reason, IllegalDeletionProtectionConfig)
    check_name(request.modification_protection_reason, IllegalModificationProtectionConfig)
    if request.modification_protection_status not in ("", "NonProtection", "ConsoleProtection"):
        raise IllegalParam(name="ModificationProtectionStatus")
    tx.put(_lock(_protect(load_balancer, call, request), call, request))
    return Reply()


def _protect(load_balancer: LoadBalancer, call: Call, request: UpdateLoadBalancerProtectionRequest) -> LoadBalancer:
    enabled = request.deletion_protection_enabled
    if enabled is None:
        return load_balancer
    since = (load_balancer.protected_since or call.now) if enabled else 0.0
    reason = request.deletion_protection_reason if enabled else ""
    return msgspec.structs.replace(load_balancer, protected=enabled, protection_reason=reason, protected_since=since)


def _lock(load_balancer: LoadBalancer, call: Call, request: UpdateLoadBalancerProtectionRequest) -> LoadBalancer:
    if not request.modification_protection_status:
        return load_balancer
    locked = request.modification_protection_status == "ConsoleProtection"
    since = (load_balancer.locked_since or call.now) if locked else 0.0
    reason = request.modification_protection_reason if locked else ""
    return msgspec.structs.replace(load_balancer, locked=locked, lock_reason=reason, locked_since=since)


def _changed(tx: Tx, call: Call, load_balancer: LoadBalancer, groups: tuple[str, ...]) -> JobReply:
    changed = change(load_balancer, call, CONFIGURING, security_group_ids=groups)
    return JobReply(job_id=changed_load_balancer(tx, call, changed))
