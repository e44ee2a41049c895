"""The read/write splitting endpoint as descriptions of an instance's network show it."""

from __future__ import annotations

from typing import Literal

import msgspec

from jackfield.endpoints.resources import Endpoint
from jackfield.products.rds import views
from jackfield.products.rds.replicas import replicas_of
from jackfield.products.rds.resources import DBInstance
from jackfield.products.rds.routers import Router, availability, routers_of, shares
from jackfield.store.interface import Reader

NetType = Literal["", "Normal", "ReadWriteSplitting"]


def net_info_of(tx: Reader, instance: DBInstance, endpoint: Endpoint, now: float) -> views.NetInfo:
    """As DescribeDBInstanceNetInfo shows an endpoint; of the splitting one, how it spreads reads.

    :param now: of the call, seconds since the epoch.
    """
    plain = views.net_info(endpoint, now)
    found = _splitting_of(tx, instance, endpoint)
    if found is None:
        return plain
    router, weights = found
    return msgspec.structs.replace(
        plain,
        connection_string_type="ReadWriteSplitting",
        max_delay_time=str(router.max_delay),
        distribution_type=router.distribution,
        db_instance_weights=views.Weights(db_instance_weight=weights),
    )


def channel_net_info_of(tx: Reader, instance: DBInstance, endpoint: Endpoint, now: float) -> views.ChannelNetInfo:
    """As :func:`net_info_of`, for DescribeDBInstanceNetInfoForChannel."""
    plain = views.channel_net_info(endpoint, now)
    found = _splitting_of(tx, instance, endpoint)
    if found is None:
        return plain
    router, weights = found
    return msgspec.structs.replace(
        plain,
        connection_string_type="ReadWriteSplitting",
        max_delay_time=str(router.max_delay),
        distribution_type=router.distribution,
        db_instance_weights=views.Weights(db_instance_weight=weights),
    )


def _splitting_of(
    tx: Reader, instance: DBInstance, endpoint: Endpoint
) -> tuple[Router, tuple[views.Weight, ...]] | None:
    """What an endpoint splits, if it does."""
    router = tx.get(Router, endpoint.router) if endpoint.router else None
    if router is None or router.purpose != "splitting":
        return None
    members = [instance, *replicas_of(tx, instance.id)]
    found = shares(router, instance, members[1:])
    return router, tuple(
        views.Weight(
            db_instance_id=one.id,
            db_instance_type="Readonly" if one.read_only else "Master",
            weight=str(found[one.id]),
            availability=availability(router.max_delay, one),
        )
        for one in members
    )


def shown(tx: Reader, instance: DBInstance, type: NetType) -> list[Endpoint]:
    """The endpoints of an instance that descriptions of its network show; proxies have descriptions of their own."""
    found = [one for one in tx.children(Endpoint, instance.id) if one.status != "Creating"]
    splitting = {router.id for router in routers_of(tx, instance.id, "splitting")}
    normal = [one for one in found if not one.router] if type != "ReadWriteSplitting" else []
    return normal + [one for one in found if one.router in splitting and type != "Normal"]
