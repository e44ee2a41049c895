"""Who may do what on a server: ACL rules that 6.2 and 7.x both understand.

6.2 can allow single subcommands of a forbidden command but not forbid single ones, hence the form ``-x +x|y``.
"""

from __future__ import annotations

import hashlib

from jackfield.engines.redis.client import Client
from jackfield.engines.redis.node import INTERNAL, RedisNode

FORBIDDEN = (
    # End the server, reach into it or load code.
    *("-shutdown", "-debug", "-module", "-pfdebug", "-pfselftest"),
    # Make it copy its data elsewhere or dial other hosts.
    *("-replicaof", "-slaveof", "-failover", "-migrate", "-sync", "-psync", "-replconf", "-restore-asking"),
    # Change users: anyone who may do that may do everything.
    *("-acl", "+acl|whoami", "+acl|cat", "+acl|genpass"),
    # Read the configuration, change nothing.
    *("-config", "+config|get", "+config|resetstat"),
    # What cluster clients ask; nothing that changes the cluster.
    *("-cluster", "+cluster|slots", "+cluster|shards", "+cluster|nodes", "+cluster|info", "+cluster|keyslot"),
    *("+cluster|myid", "+cluster|countkeysinslot", "+cluster|getkeysinslot", "+cluster|replicas", "+cluster|slaves"),
)
"""Rules that every user but the internal one ends with."""


def sha256(password: str) -> str:
    """A password as :attr:`~jackfield.engines.engine.Node.users` holds it."""
    return hashlib.sha256(password.encode()).hexdigest()


def rules(node: RedisNode) -> dict[str, list[str]]:
    """User name to ACL rules: the internal user, the default user, the node's own."""
    every = {INTERNAL: ["on", f"#{sha256(node.password)}", "~*", "&*", "+@all"], "default": ["off", "-@all"]}
    users = ({"default": node.spare} if node.spare else {}) | dict(node.users)
    for name, digest in sorted(users.items()):
        reader = ["-@write"] if name in node.readers else []
        spare = [f"#{node.spare}"] if node.spare and name == "default" else []
        every[name] = ["on", f"#{digest}", *spare, "~*", "&*", "+@all", *reader, *FORBIDDEN]
    return every


def apply(client: Client, node: RedisNode) -> None:
    """Gives a running server the node's users. A user that is gone loses its connections; one whose password changes
    keeps those it has, as Redis does.

    :param client: of the internal user.
    """
    wanted = rules(node)
    for name in client.command("ACL", "USERS"):
        if name.decode() not in wanted:
            client.command("ACL", "DELUSER", name)
    for name, words in wanted.items():
        client.command("ACL", "SETUSER", name, "reset", *words)
