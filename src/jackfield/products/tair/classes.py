"""Instance classes: what their names say.

``redis.logic.sharding.<size>.<n>db.<r>rodb.<p>proxy.default`` is a classic cluster of n shards of that size;
``redis.master.*`` is a standard instance. Other names are accepted as what they look like (``redis.sharding…`` and
names with ``shard`` are clusters), as the vendor has hundreds and adds more. ``tair.*`` are those of
CreateTairInstance.
"""

from __future__ import annotations

import re

import msgspec

from jackfield.products.tair.resources import Architecture

_CLUSTER = re.compile(r"redis\.logic\.sharding\.(?:drredissdb)?(\d+)(g|m)\.(\d+)db\.(\d+)rodb\.(\d+)proxy\.[a-z]+")
_STANDARD = re.compile(r"(?:redis|tair)\.[a-z0-9]+(?:\.[a-z0-9]+)*")
_TAIR = re.compile(r"tair\.(rdb|scm|essd|localssd)\.[a-z0-9]+(?:\.[a-z0-9]+)*")
_TAIR_SIZE = re.compile(r"\.(\d+)[gd](?=\.|$)")
_TAIR_TYPES = {"rdb": "tair_rdb", "scm": "tair_scm", "essd": "tair_essd", "localssd": "tair_essd"}
_NAMED_SIZES = {
    "micro": 256,
    "small": 1024,
    "mid": 2048,
    "stand": 4096,
    "large": 8192,
    "2xlarge": 16384,
    "4xlarge": 32768,
    "8xlarge": 65536,
}
"""MB."""

MAX_SHARDS = 256
"""That the name of a class may say."""

MAX_SHARD_COUNT = 128
"""Of the parameter ShardCount (its schema)."""

DEFAULT_CLUSTER_SHARD_MB = 1024


class InstanceClass(msgspec.Struct, frozen=True, kw_only=True):
    """:param shards: 1 for standard. :param capacity: MB over all shards."""

    name: str
    architecture: Architecture
    shards: int
    capacity: int


class UnknownClass(ValueError):
    """The name is no class name."""


def classify(name: str, shard_count: int) -> InstanceClass:
    """What an instance of this class is.

    :param shard_count: ShardCount of the request, 0 if not given; more than 1 makes a cluster of any class, 1 is its
        documented default and leaves a standard class standard.
    :raises UnknownClass: the name is no class name.
    """
    cluster = _CLUSTER.fullmatch(name)
    if cluster:
        size = int(cluster[1]) * (1024 if cluster[2] == "g" else 1)
        shards = shard_count or int(cluster[3])
        # The size in the name is one shard's (the documents' 2g.2db example has 4,096 MB).
        return InstanceClass(name=name, architecture="cluster", shards=shards, capacity=size * shards)
    if not _STANDARD.fullmatch(name):
        raise UnknownClass(name)
    size = next((mb for word, mb in _NAMED_SIZES.items() if f".{word}." in f".{name}."), DEFAULT_CLUSTER_SHARD_MB)
    if shard_count > 1 or ".shard" in name:
        shards = shard_count or 2
        return InstanceClass(name=name, architecture="cluster", shards=shards, capacity=size * shards)
    return InstanceClass(name=name, architecture="standard", shards=1, capacity=size)


def class_of_capacity(capacity: int, shard_count: int) -> InstanceClass:
    """The class for a request that gives Capacity (MB) instead of a class.

    :raises UnknownClass: no class is as large.
    """
    if not 1 <= capacity <= 4 * 1024 * 1024:
        raise UnknownClass(str(capacity))
    if shard_count > 1:
        per_shard = max(1, -(-capacity // shard_count // 1024))
        return classify(f"redis.logic.sharding.{per_shard}g.{shard_count}db.0rodb.4proxy.default", 0)
    word = next((word for word, mb in _NAMED_SIZES.items() if mb >= capacity), "8xlarge")
    return classify(f"redis.master.{word}.default", 0)


def classify_tair(name: str, instance_type: str, shard_count: int, storage: int) -> InstanceClass:
    """What an instance of CreateTairInstance is.

    ``tair.rdb.2g`` has 2 GB of memory a shard, ``tair.scm.standard.4m.32d`` 32 GB of persistent memory; what is on disk
    is as large as the call says.

    :param shard_count: 1 makes a standard instance, more a cluster.
    :param storage: GB on disk, 0 if not given.
    :raises UnknownClass: the name is no class name, or is one of another instance type.
    """
    family = _TAIR.fullmatch(name)
    if family is None or _TAIR_TYPES[family[1]] != instance_type:
        raise UnknownClass(name)
    size = _TAIR_SIZE.search(name)
    each = storage * 1024 or (int(size[1]) * 1024 if size else DEFAULT_CLUSTER_SHARD_MB)
    architecture: Architecture = "cluster" if shard_count > 1 else "standard"
    return InstanceClass(name=name, architecture=architecture, shards=shard_count, capacity=each * shard_count)
