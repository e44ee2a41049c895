"""What is done to the servers of a Tair instance as a whole: they are restarted, emptied, given another password."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec

from jackfield.endpoints.resources import Endpoint
from jackfield.engines.redis import RedisNode
from jackfield.processes import ProcessId, kill
from jackfield.products.tair.resources import Instance
from jackfield.products.tair.states import FLUSHING, HA_SWITCHING, REBOOTING
from jackfield.reconcile.loop import Later
from jackfield.reconcile.tair_accounts import LogIn
from jackfield.reconcile.world import World
from jackfield.relay.client import RelayDown

_HOLD_SECONDS = 60.0


class Upkeep:
    """Each step may be repeated.

    :param nodes: the servers of an instance as they should be.
    """

    def __init__(self, world: World, nodes: Callable[[Instance], Sequence[RedisNode]]) -> None:
        self._world = world
        self._nodes = nodes

    def work(self, instance: Instance, log_in: LogIn) -> dict[str, Any]:
        """Does what the instance's state asks for; returns what was seen.

        :raises Later: a new password does not log in yet.
        """
        if not self._world.real:
            return {"engines": "none"}
        if instance.fault == "proxy":
            return {"cut": self._cut(instance)}
        if instance.status in (REBOOTING, HA_SWITCHING):
            ended = self._reboot(instance)
            return {"ended": ended, "cut": self._cut(instance)} if instance.fault == "both" else {"ended": ended}
        if instance.status == FLUSHING:
            return {"keys_gone": self._flush(instance)}
        if instance.change == "servers":
            return {"configured": self._configure(instance)}
        if instance.change == "proxy":
            return {"cut": self._cut(instance)}
        return {"logged_in": self._set_password(instance, log_in)}

    @contextmanager
    def held(self, instance: Instance) -> Iterator[None]:
        """While this lasts, the router of a cluster holds new commands back, and none is under way.

        A standard instance has no router: its clients notice whatever happens.
        """
        if instance.architecture != "cluster":
            yield
            return
        router = self._world.relays["resp"]
        with self._world.store.read() as view:
            owners = [one.id for one in view.children(Endpoint, instance.id) if one.net != "direct"]
        try:
            for owner in owners:
                router.hold(owner, _HOLD_SECONDS)
            yield
        finally:
            for owner in owners:
                router.resume(owner)

    def restart(self, instance: Instance, nodes: Sequence[RedisNode]) -> None:
        """Restarts servers; clients of a cluster's router wait for two seconds and see no error."""
        with self.held(instance):
            for node in nodes:
                self._world.deaths.add(instance.id, self._world.redis.restart(node))
            for node in nodes:
                self._world.redis.wait_ready(node)

    def _reboot(self, instance: Instance) -> list[int]:
        """Ends every server process that ran when the restart was asked for, once; their pids.

        A switch ends those of the shards that it is about.
        """
        nodes = self._nodes(instance)
        running = {node.id: self._world.redis.start(node) for node in nodes}
        switching = instance.switching or tuple(running)
        ending = instance.ending or self._note(instance, tuple(running[id] for id in switching))
        old = [node for node in nodes if running[node.id] in ending]
        if old and instance.fault:
            self._fail(instance, old)
        elif old:
            self.restart(instance, old)
        return [process.pid for process in ending]

    def _fail(self, instance: Instance, nodes: Sequence[RedisNode]) -> None:
        """Kills servers, and starts others in their place."""
        for node in nodes:
            kill(self._world.redis.start(node))
        for node in nodes:
            self._world.deaths.add(instance.id, self._world.redis.start(node))
        for node in nodes:
            self._world.redis.wait_ready(node)

    def _note(self, instance: Instance, processes: tuple[ProcessId, ...]) -> tuple[ProcessId, ...]:
        """Remembers which processes are to end, so that none that was started since ends again after a crash."""
        with self._world.store.write() as tx:
            current = tx.get(Instance, instance.id)
            if current is not None and current.status in (REBOOTING, HA_SWITCHING):
                tx.put(msgspec.structs.replace(current, ending=processes))
        return processes

    def _flush(self, instance: Instance) -> int:
        with self.held(instance):
            return sum(self._world.redis.flush(node) for node in self._nodes(instance))

    def _configure(self, instance: Instance) -> list[str]:
        nodes = self._nodes(instance)
        for node in nodes:
            self._world.redis.configure(node)
        return [node.id for node in nodes]

    def _cut(self, instance: Instance) -> int:
        """:raises Later: the relay is away, and so are its clients."""
        with self._world.store.read() as view:
            owners = [one.id for one in view.children(Endpoint, instance.id) if one.net != "direct"]
        try:
            return sum(self._world.relays["resp"].cut(owner) for owner in owners)
        except RelayDown as error:
            raise Later(0.05, str(error)) from error

    def _set_password(self, instance: Instance, log_in: LogIn) -> dict[str, Any]:
        for node in self._nodes(instance):
            self._world.redis.set_users(node)
        password = self._world.keyring.unseal(instance.secret, context=instance.id)
        return {user: log_in(user, password) for user in ("default", instance.id)}
