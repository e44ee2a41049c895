"""Shards that come and go: servers, addresses, slots, in the order in which no client is sent to where nobody is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NoReturn

import msgspec

from jackfield.endpoints.resources import ADDRESSES, Endpoint
from jackfield.engines.engine import EngineFailed
from jackfield.engines.redis import RedisNode, resharding
from jackfield.products.tair.resources import Instance, Resharding, Shard
from jackfield.products.tair.states import CHANGING, NORMAL
from jackfield.reconcile.endpoints import EndpointWork, Prove
from jackfield.reconcile.loop import Later, wait_until
from jackfield.reconcile.placing import another, is_shared
from jackfield.reconcile.world import World
from jackfield.relay.route import Route

Plan = Callable[[Instance, Endpoint], tuple[Route, ...]]

_TURN = 0.5
"""Seconds for which slots move before whitelists and servers are looked at again."""
_SOON = 0.05


class ShardWork:
    """What is done to the shards. Each step may be repeated, from whatever the store, the servers and the relays say.

    A shard that comes: its server, its direct address, the cluster, the name, the router, its slots. One that goes: its
    slots, the router and the cluster, the name, its direct address, its server.

    :param nodes: the servers of an instance as they should be. :param plan: the routes of an endpoint.
    :param prove: what a dial of an instance's route has to show.
    """

    def __init__(
        self,
        world: World,
        endpoints: EndpointWork,
        nodes: Callable[[Instance], Sequence[RedisNode]],
        plan: Plan,
        prove: Callable[[Instance], Prove],
    ) -> None:
        self._world = world
        self._endpoints = endpoints
        self._nodes = nodes
        self._plan = plan
        self._prove = prove
        self._closed: dict[str, dict[str, Any]] = {}

    def work(self, instance: Instance, endpoints: Sequence[Endpoint]) -> float | None:
        """Makes the instance's shards those that it is to have, then says Normal.

        :raises Later: slots are on their way, or something has to happen first.
        """
        wish = instance.resharding
        assert wish is not None
        evidence: dict[str, Any] = {"engines": "none"}
        if self._world.real:
            evidence = self._do(instance, wish, endpoints)
        wait_until(instance.settle_at)
        with self._world.store.write() as tx:
            current = tx.get(Instance, instance.id)
            if current is not None and current.status == CHANGING and current.resharding == wish:
                for shard in _leaving(current, wish):
                    if shard.address:
                        tx.unclaim(ADDRESSES, shard.address, current)
                settled = msgspec.structs.replace(after(current, wish), status=NORMAL, change="", resharding=None)
                tx.put(settled, evidence=evidence)
        self._closed.pop(instance.id, None)
        return 0.0

    def _do(self, instance: Instance, wish: Resharding, endpoints: Sequence[Endpoint]) -> dict[str, Any]:
        direct = [endpoint for endpoint in endpoints if endpoint.net == "direct"]
        others = [endpoint for endpoint in endpoints if endpoint.net != "direct"]
        if not wish.emptied:
            self._empty(instance, wish, direct, others)
        rest = after(instance, wish)
        self._start(instance, wish, self._nodes(rest))
        closed = self._closed.setdefault(instance.id, {})
        for endpoint in direct:
            seen = self._close(endpoint, instance, wish, rest)
            closed.setdefault(endpoint.id, seen)  # what the first of several turns cut
        self._end(instance, wish)
        proofs = {
            endpoint.id: self._endpoints.proof(endpoint, partial(self._plan, rest), self._prove(rest))
            for endpoint in endpoints
        }
        gone = [shard.node_id for shard in _leaving(instance, wish)]
        return {"slots": wish.slots, "gone": gone, "closed": closed, "endpoints": proofs}

    def _empty(
        self, instance: Instance, wish: Resharding, direct: Sequence[Endpoint], others: Sequence[Endpoint]
    ) -> NoReturn:
        """Brings new shards in, moves the slots, and has everybody forget the shards that leave.

        :raises Later: always: when it is done the next step goes on from there.
        """
        wish = self._placed(instance, wish)
        whole, rest = during(instance, wish), after(instance, wish)
        nodes = self._nodes(whole)
        self._start(instance, wish, nodes)
        addresses = tuple(shard.address for shard in whole.shards)
        for endpoint in direct:
            self._endpoints.reach(endpoint, addresses, partial(self._plan, whole), self._prove(instance))
        self._join(nodes, wish)
        for endpoint in direct:
            self._endpoints.widen(endpoint, addresses)
        for endpoint in others:
            self._endpoints.tend(endpoint, partial(self._plan, whole), self._prove(instance))
        left = resharding.move(nodes, wish.slots, _TURN)
        if left:
            raise Later(0.0, f"{left} slots are on their way")
        if not resharding.agreed(nodes, wish.slots):
            raise Later(_SOON, "the shards do not agree yet")
        resharding.close(nodes)
        for endpoint in others:
            self._endpoints.tend(endpoint, partial(self._plan, rest), self._prove(instance))
        if not resharding.forget(self._nodes(rest), wish.leaving):
            raise Later(_SOON, "a shard that leaves is still known")
        self._note(instance, wish, msgspec.structs.replace(wish, emptied=True))
        raise Later(0.0, "slots are where they should be")

    def _placed(self, instance: Instance, wish: Resharding) -> Resharding:
        """Chooses addresses for the shards that come, and sees that nobody else uses them before anybody is told.

        :raises Later: somebody does; another one was chosen.
        """
        if wish.placed:
            return wish
        if not all(shard.address for shard in wish.coming):
            wish = self._place(instance, wish, frozenset())
        nodes = self._nodes(during(instance, wish))[len(instance.shards) :]
        taken = frozenset(
            shard.address
            for shard, node in zip(wish.coming, nodes, strict=True)
            if is_shared(shard, running=self._world.redis.health(node).running)
        )
        if taken:
            for node in nodes:
                self._world.redis.destroy(node)
            self._place(instance, wish, taken)
            raise Later(0.0, f"in use: {', '.join(sorted(taken))}")
        for node in nodes:
            self._world.deaths.add(instance.id, self._world.redis.start(node))
        if not all(self._world.redis.health(node).answers for node in nodes):
            raise Later(_SOON, "a new server does not answer yet")
        if any(is_shared(shard, running=True) for shard in wish.coming):
            raise Later(0.0, "an address turned out to be in use")
        return self._note(instance, wish, msgspec.structs.replace(wish, placed=True))

    def _place(self, instance: Instance, wish: Resharding, taken: frozenset[str]) -> Resharding:
        with self._world.store.write() as tx:
            current = tx.get(Instance, instance.id)
            if current is None or current.resharding != wish:
                raise Later(0.0, f"{instance.id} is not what it was")
            coming = tuple(
                shard
                if shard.address and shard.address not in taken
                else msgspec.structs.replace(shard, address=another(tx, current, taken))
                for shard in wish.coming
            )
            for address in taken:
                tx.unclaim(ADDRESSES, address, current)
            placed = msgspec.structs.replace(wish, coming=coming)
            tx.put(msgspec.structs.replace(current, resharding=placed))
        return placed

    def _note(self, instance: Instance, before: Resharding, now: Resharding) -> Resharding:
        """Remembers how far it has got."""
        with self._world.store.write() as tx:
            current = tx.get(Instance, instance.id)
            if current is None or current.resharding != before:
                raise Later(0.0, f"{instance.id} is not what it was")
            tx.put(msgspec.structs.replace(current, resharding=now))
        return now

    def _start(self, instance: Instance, wish: Resharding, nodes: Sequence[RedisNode]) -> None:
        """Starts, or adopts, every server. :raises Later: one does not serve its part of the cluster yet."""
        for node in nodes:
            self._world.deaths.add(instance.id, self._world.redis.start(node))
        coming = {shard.node_id for shard in wish.coming}
        if not all(self._world.redis.ready(node) for node in nodes if node.id not in coming):
            raise Later(_SOON, "a server is not ready")

    def _join(self, nodes: Sequence[RedisNode], wish: Resharding) -> None:
        """:raises Later: somebody does not know everybody yet."""
        acquainted = resharding.join(nodes)
        coming = {shard.node_id for shard in wish.coming}
        new = [node for node in nodes if node.id in coming]
        if not acquainted or not all(self._world.redis.ready(node) for node in new):
            raise Later(_SOON, "the shards get to know each other")
        for node in new:
            resharding.copy_functions(nodes[0], node)

    def _close(self, endpoint: Endpoint, instance: Instance, wish: Resharding, rest: Instance) -> Any:
        """Takes the direct addresses of shards that leave away."""
        left = [shard.address for shard in _leaving(instance, wish)]
        if not left:
            return {}
        addresses = tuple(shard.address for shard in rest.shards)
        return self._endpoints.narrow(endpoint, addresses, partial(self._plan, rest), left)

    def _end(self, instance: Instance, wish: Resharding) -> None:
        """Ends the servers of shards that leave, and deletes what they kept."""
        for node in self._nodes(instance):
            if node.id in wish.leaving:
                try:
                    self._world.redis.destroy(node)
                except EngineFailed as error:
                    raise Later(0.2, str(error)) from error


def during(instance: Instance, wish: Resharding) -> Instance:
    """The instance with the shards that come, none of which has slots yet."""
    return _with(instance, (*instance.shards, *wish.coming))


def after(instance: Instance, wish: Resharding) -> Instance:
    """The instance as it is to be in the end."""
    stays = [shard for shard in (*instance.shards, *wish.coming) if shard.node_id not in wish.leaving]
    return _with(instance, tuple(msgspec.structs.replace(one, slots=wish.slots[one.node_id]) for one in stays))


def _with(instance: Instance, shards: tuple[Shard, ...]) -> Instance:
    """Each shard has as much memory as before."""
    each = instance.capacity // len(instance.shards)
    return msgspec.structs.replace(instance, shards=shards, capacity=each * len(shards))


def _leaving(instance: Instance, wish: Resharding) -> list[Shard]:
    return [shard for shard in instance.shards if shard.node_id in wish.leaving]
