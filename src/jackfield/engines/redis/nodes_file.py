"""``nodes.conf``: what a shard knows of its cluster.

Written once, before the first start, so that a cluster needs no CLUSTER MEET and ADDSLOTS: every node starts with
all members and their slots. Afterwards the file is Redis's; only addresses are corrected while the server is down.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from jackfield.engines.redis.node import BUS_PORT, Member, RedisNode
from jackfield.engines.tenure import replace
from jackfield.slots import slot_ranges


def plan(ids: Sequence[str], addresses: Sequence[str], port: int) -> tuple[Member, ...]:
    """The members of a new cluster, slots spread as ``redis-cli --cluster create`` does.

    :param ids: 40 hexadecimal digits each.
    :param addresses: as many.
    :param port: what clients are told, the same for all.
    """
    ranges = slot_ranges(len(ids))
    return tuple(
        Member(one, address, port, (slots,)) for one, address, slots in zip(ids, addresses, ranges, strict=True)
    )


def render(own_id: str, members: Iterable[Member]) -> str:
    """The file of the node ``own_id``. Epochs are 1, 2, 3 … so that no two nodes claim the same one; a node without
    slots is about to join others and has none.
    """
    lines = []
    for epoch, member in enumerate(members, 1):
        flags = "myself,master" if member.id == own_id else "master"
        slots = " ".join(str(low) if low == high else f"{low}-{high}" for low, high in member.slots)
        place = f"{member.address}:{member.port}@{BUS_PORT}"
        lines.append(f"{member.id} {place} {flags} - 0 0 {epoch if slots else 0} connected {slots}".rstrip())
    lines.append(f"vars currentEpoch {len(lines)} lastVoteEpoch 0")
    return "\n".join(lines) + "\n"


def readdress(text: str, members: Iterable[Member]) -> str:
    """Puts the members' present addresses and ports into a file that Redis wrote; all else stays.

    A node that moved can not be found by nodes that look for it at its old address, which by then may be somebody
    else's, so each node is told before it starts.
    """
    places = {member.id: f"{member.address}:{member.port}@{BUS_PORT}" for member in members}
    lines = []
    for line in text.splitlines():
        words = line.split(" ")
        if words[0] in places and len(words) > 1:
            # 7.x writes ip:port@bus,hostname,shard-id=…: what follows the first comma stays.
            _, comma, rest = words[1].partition(",")
            words[1] = places[words[0]] + comma + rest
            # A node that was unreachable at its old address is not so at the new one.
            words[2] = ",".join(flag for flag in words[2].split(",") if flag not in ("fail", "fail?", "noaddr"))
        lines.append(" ".join(words))
    return "\n".join(lines) + "\n"


def write(node: RedisNode) -> None:
    """Makes the file when there is none, corrects addresses when there is one. The server must not run."""
    try:
        present = node.nodes_file.read_text()
    except FileNotFoundError:
        present = ""
    # A crash between Redis's creation of the file and its first write leaves it empty.
    wanted = readdress(present, node.cluster) if present.strip() else render(node.id, node.cluster)
    if wanted != present:
        replace(node.nodes_file, wanted)
