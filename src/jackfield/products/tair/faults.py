"""MasterNodeShutDownFailOver: servers die, or the proxy does, so that it is seen what clients make of it."""

from __future__ import annotations

import random
import secrets
from typing import Annotated

import msgspec

from jackfield.products.errors import InvalidParameterValue, MissingParameterValue
from jackfield.products.operation import Call, Param, Reply, Request, operation
from jackfield.products.tair.errors import InstanceStatusNotSupport, InvalidInstanceIdNotFound
from jackfield.products.tair.instances import own_instance
from jackfield.products.tair.product import TAIR
from jackfield.products.tair.resources import Instance, Shard
from jackfield.products.tair.shard_names import named_shards
from jackfield.products.tair.states import HA_SWITCHING, NORMAL
from jackfield.products.tair.topology import proxy_number
from jackfield.store.interface import Tx

CATEGORY = "instance"
MODES = ("Specify", "Random")


class MasterNodeShutDownFailOverRequest(Request):
    instance_id: Annotated[str, Param("The ID of the instance.", "r-bp1zxszhcgatnx****")] = ""
    category: Annotated[str, Param("What it is about: instance.", "instance")] = CATEGORY
    fail_mode: Annotated[
        str,
        Param("Whether the failed server is given up. Here another process takes over.", "Hard", enum=("Hard", "Soft")),
    ] = "Soft"
    db_fault_mode: Annotated[
        str,
        Param("Which servers fail: those of DBNodes, or a random quarter.", "Random", enum=MODES),
    ] = ""
    db_nodes: Annotated[
        str,
        Param("The shards, separated by commas.", "r-rdsdavinx01003-db-0,r-rdsdavinx01003-db-1"),
    ] = msgspec.field(default="", name="DBNodes")
    proxy_fault_mode: Annotated[
        str, Param("Which proxies fail: those of ProxyInstanceIds, or a random quarter.", "Specify", enum=MODES)
    ] = ""
    proxy_instance_ids: Annotated[str, Param("The proxies' numbers, separated by commas.", "6981,6982")] = ""


class MasterNodeShutDownFailOverReply(Reply):
    db_instance_id: str
    task_id: str = msgspec.field(name="TaskID")


@operation(
    TAIR,
    title="Simulates the failure of servers or proxies of an instance",
    access="update",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound, InstanceStatusNotSupport),
)
def master_node_shut_down_fail_over(
    tx: Tx, call: Call, request: MasterNodeShutDownFailOverRequest
) -> MasterNodeShutDownFailOverReply:
    """Kills server processes, without a word to their clients, and starts others in their place.

    The instance is HASwitching until these have answered through every endpoint. No write is lost that was answered;
    what was under way may have been done or not. When the proxy fails, its clients are cut.
    """
    if not request.instance_id:
        raise MissingParameterValue(name="InstanceId")
    if request.category != CATEGORY:
        raise InvalidParameterValue(name="Category")
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    shards, proxy = _shards(instance, request), _proxy(instance, request)
    if not shards and not proxy:
        raise MissingParameterValue(name="DBFaultMode")
    if instance.status != NORMAL:
        raise InstanceStatusNotSupport
    changed = msgspec.structs.replace(
        instance,
        status=HA_SWITCHING,
        switching=tuple(shard.node_id for shard in shards),
        fault="proxy" if not shards else "both" if proxy else "servers",
        ending=(),
        settle_at=call.now + call.pace,
    )
    tx.put(changed)
    tx.schedule(changed)
    return MasterNodeShutDownFailOverReply(
        db_instance_id=instance.id, task_id=str(secrets.randbelow(9 * 10**4) + 10**4)
    )


def _shards(instance: Instance, request: MasterNodeShutDownFailOverRequest) -> tuple[Shard, ...]:
    if request.db_nodes:
        return named_shards(instance, request.db_nodes, "DBNodes")
    if request.db_fault_mode == "Specify":
        raise MissingParameterValue(name="DBNodes")
    if not request.db_fault_mode:
        return ()
    count = -(-len(instance.shards) // 4)
    return tuple(random.sample(instance.shards, count))


def _proxy(instance: Instance, request: MasterNodeShutDownFailOverRequest) -> bool:
    """Whether the proxy fails; a cluster has one, a standard instance none."""
    named = request.proxy_instance_ids
    if not named and request.proxy_fault_mode == "Specify":
        raise MissingParameterValue(name="ProxyInstanceIds")
    if not named and not request.proxy_fault_mode:
        return False
    if instance.architecture != "cluster":
        raise InvalidParameterValue(name="ProxyInstanceIds" if named else "ProxyFaultMode")
    if named not in ("", str(proxy_number(instance))):
        raise InvalidParameterValue(name="ProxyInstanceIds")
    return True
