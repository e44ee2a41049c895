"""What the API calls the shards of an instance."""

from __future__ import annotations

from collections.abc import Sequence

from jackfield.products.errors import InvalidParameterValue
from jackfield.products.tair.resources import Instance, Shard


def shard_name(instance: Instance, shard: Shard) -> str:
    """``<instance>-db-<index>``."""
    return f"{instance.id}-db-{shard.index}"


def shard_number(node_id: str) -> int:
    """The vendor's numbers of nodes are opaque; ours come from the ids that nodes have in their cluster."""
    return int(node_id[:7], 16)


def named_shards(instance: Instance, text: str, parameter: str) -> tuple[Shard, ...]:
    """The shards that a list names, in their order in the instance.

    :param text: names, numbers, or both as ``name#number``, separated by commas: all that replies show of a node.
    :raises InvalidParameterValue: something is none of the instance's shards, or stands twice.
    """
    names = text.split(",")
    found = [shard for shard in instance.shards if _is_named(instance, shard, names)]
    if len(found) != len(names):
        raise InvalidParameterValue(name=parameter)
    return tuple(found)


def _is_named(instance: Instance, shard: Shard, names: Sequence[str]) -> bool:
    name, number = shard_name(instance, shard), str(shard_number(shard.node_id))
    return any(one in (name, number, f"{name}#{number}") for one in names)
