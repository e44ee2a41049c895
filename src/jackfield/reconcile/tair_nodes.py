"""A Tair instance's shards as the Redis engine sees them, and the proof that a route leads to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from jackfield.engines.redis import INTERNAL, Client, Member, RedisError, RedisNode, Unreachable
from jackfield.engines.redis.users import sha256
from jackfield.products.tair.resources import Account, Instance, Shard, ranges_of
from jackfield.products.tair.states import AVAILABLE
from jackfield.reconcile.dialling import Dialler, NotProven
from jackfield.relay.resp.slots import slot_of
from jackfield.relay.route import Route


def redis_node(
    instance: Instance,
    shard: Shard,
    accounts: Sequence[Account],
    *,
    folder: Path,
    socket: Path,
    password: str,
    spare: str,
    strict: bool,
) -> RedisNode:
    """The server process of a shard. The instance's password logs in as ``default`` and as the instance's own id,
    which is the name of the vendor's default account.

    :param accounts: the instance's; those that are being deleted are none of its users any more.
    :param spare: the password with which the relay lets clients in who give none; empty: it does not.
    :param strict: acknowledged writes survive a power cut, too.
    """
    own = {"default": instance.password_sha256, instance.id: instance.password_sha256}
    living = [one for one in accounts if one.status == AVAILABLE or one.wish != "delete"]
    cluster = instance.architecture == "cluster"
    return RedisNode(
        id=shard.node_id,
        folder=folder,
        socket=socket,
        password=password,
        users=(own if instance.password_sha256 else {}) | {one.name: one.password_sha256 for one in living},
        readers=tuple(one.name for one in living if one.privilege == "RoleReadOnly" or instance.settings.write_locked)
        + (tuple(own) if instance.settings.write_locked else ()),
        settings=instance.settings.servers,
        spare=sha256(spare) if spare else "",
        address=shard.address,
        announce_port=instance.announce_port if cluster else 0,
        cluster=_members(instance, shard) if cluster else (),
        memory=instance.capacity * 1024 * 1024 // len(instance.shards),
        # A write that Redis acknowledged is in the kernel with "no", not always with its default (see RedisNode.fsync).
        fsync="always" if strict else "no",
    )


def _members(instance: Instance, shard: Shard) -> tuple[Member, ...]:
    """The cluster as a shard is to know it. One that has no slots is about to join: it begins alone."""
    ranges, port = ranges_of(instance), instance.announce_port
    known = instance.shards if ranges[shard.node_id] else (shard,)
    return tuple(Member(one.node_id, one.address, port, ranges[one.node_id]) for one in known)


def prove(
    dialler: Dialler, route: Route, nodes: Sequence[RedisNode], user: str = INTERNAL, password: str = ""
) -> Mapping[str, Any]:
    """Dials a route's address and asks the database behind it who it is.

    A direct address must lead to its own shard; an ordinary one of a cluster to every shard.

    :param user: who logs in, with ``password``; our own user needs none here.
    :raises NotProven: it does not, or the user is refused.
    """
    try:
        with (
            dialler.dialled(route) as sock,
            Client.over(sock, user, nodes[0].password if user == INTERNAL else password) as client,
        ):
            if route.mode == "resp":
                return {"shards": [_ask_shard(client, node) for node in nodes]}
            expected = route.backends[0].name
            if nodes[0].cluster:
                node_id = client.text("CLUSTER", "MYID")
                if node_id != expected:
                    raise NotProven(f"{route.address}:{route.port} leads to {node_id} instead of {expected}")
                return {"node": node_id}
            return {"ping": client.text("PING")}
    except (RedisError, Unreachable) as error:
        raise NotProven(f"{route.address}:{route.port}: {error}") from error


def prove_free(dialler: Dialler, route: Route) -> Mapping[str, Any]:
    """Dials a route's address and is answered without a password.

    :raises NotProven: it is not.
    """
    with dialler.dialled(route) as sock:
        try:
            sock.sendall(b"PING\r\n")
            answer = sock.recv(256)
        except OSError as error:
            raise NotProven(f"{route.place} does not answer: {error}") from error
    if answer != b"+PONG\r\n":
        raise NotProven(f"{route.place} answers {answer!r} to a client without a password")
    return {"without_password": "PONG"}


def _ask_shard(client: Client, node: RedisNode) -> str:
    """Reads a key that lies on this shard, so that the answer comes from it."""
    ranges = next(member.slots for member in node.cluster if member.id == node.id)
    for number in count():
        key = f"jackfield:{number}"
        if any(low <= slot_of(key.encode()) <= high for low, high in ranges):
            client.command("EXISTS", key)
            return node.id
    raise AssertionError("every slot has keys")
