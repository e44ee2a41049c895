"""INFO: the shards' figures added up to those of one server, and nothing that tells of a shard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jackfield.relay.resp.call import AWAY, LOST, Flow
from jackfield.relay.resp.fanout import everywhere
from jackfield.relay.resp.framing import bulk, text

if TYPE_CHECKING:
    from jackfield.relay.resp.session import RespSession

_HIDDEN = """
cluster_connections config_file executable listener0 listener1 listener2 listener3 master_failover_state master_host
master_port master_replid master_replid2 mem_cluster_links multiplexing_api process_id process_supervised run_id
unixsocket errorstat_ASK errorstat_MOVED
"""
_STATED = {"cluster_enabled": "0", "redis_mode": "standalone", "role": "master", "connected_slaves": "0"}

_ADDED = """
blocked_clients current_active_defrag_time current_eviction_exceeded_time evicted_clients evicted_keys expired_keys
instantaneous_input_kbps instantaneous_ops_per_sec instantaneous_output_kbps keyspace_hits
keyspace_misses lazyfree_pending_objects lazyfreed_objects maxmemory mem_clients_normal rdb_changes_since_last_save
rejected_connections total_commands_processed total_error_replies total_net_input_bytes total_net_output_bytes
total_reads_processed total_writes_processed used_cpu_sys used_cpu_sys_children used_cpu_sys_main_thread
used_cpu_user used_cpu_user_children used_cpu_user_main_thread used_memory used_memory_dataset
used_memory_overhead used_memory_peak used_memory_rss used_memory_startup
"""
"""Figures of which a whole is the sum of its parts."""

_LISTS = ("db", "cmdstat_", "errorstat_")
"""Beginnings of lines whose value is a list of ``name=figure``, added up as well."""

_AVERAGES = {"usec_per_call": ("usec", "calls"), "avg_ttl": ("", "expires")}
"""What is an average in such a list: of which sum over which count; the sum is not told for ``avg_ttl``."""


def info(session: RespSession, arguments: list[bytes], raw: bytes) -> Flow:
    """``INFO [section …]`` of all shards that can be reached."""
    replies = yield everywhere(session, raw, patient=False)
    told = [reply for reply in replies if reply not in (AWAY, LOST)]
    refused = [reply for reply in told if reply.startswith(b"-")]
    if refused or not told:
        return (refused or replies or [AWAY])[0]
    body = "\r\n".join(_merged(session, [_lines(reply) for reply in told])).encode()
    return b"=%d\r\ntxt:%b\r\n" % (len(body) + 4, body) if told[0].startswith(b"=") else bulk(body)


def _lines(reply: bytes) -> list[str]:
    return text(reply).decode("utf-8", "replace").split("\r\n")


def _merged(session: RespSession, parts: list[list[str]]) -> list[str]:
    hub = session.hub
    secrets = [each for shard in hub.shards for each in (shard.name, shard.announced, shard.target[5:]) if each]
    hidden, added = frozenset(_HIDDEN.split()), frozenset(_ADDED.split())
    figures: list[dict[str, str]] = []
    for part in parts:
        figures.append({key: value for key, colon, value in (line.partition(":") for line in part) if colon})
    stated = {**_STATED, "tcp_port": str(hub.route.port), "connected_clients": str(len(hub.sessions))}
    lines: list[str] = []
    done: set[str] = set()
    for line in _in_sections(parts):
        key, colon, value = line.partition(":")
        if not colon:
            lines.append(line)
            continue
        if key in done or key in hidden or (key.startswith("slave") and key[5:].isdigit()):
            continue
        done.add(key)
        values = [each[key] for each in figures if key in each]
        base = key.removesuffix("_human")
        if key in stated:
            value = stated[key]
        elif key in added:
            value = _sum(values)
        elif key != base and base in added:
            value = _human(float(_sum([each[base] for each in figures if base in each])))
        elif key.startswith(_LISTS) and "=" in value:
            value = _added_lists(values)
        line = f"{key}:{value}"
        if not any(each in line for each in secrets):
            lines.append(line)
    return lines


def _in_sections(parts: list[list[str]]) -> list[str]:
    """The lines of all parts, each section of one part followed by what only other parts have of it."""
    sections: dict[str, list[str]] = {}
    for part in parts:
        title = ""
        for line in part:
            if line.startswith("#"):
                title = line
            elif line:
                sections.setdefault(title, []).append(line)
            sections.setdefault(title, [])
    lines: list[str] = []
    for title, inside in sections.items():
        if title or inside:
            lines += [*([title] if title else []), *inside, ""]
    return lines


def _sum(values: list[str]) -> str:
    if all(value.isdigit() for value in values):
        return str(sum(int(value) for value in values))
    return f"{sum(float(value) for value in values):.6f}".rstrip("0").rstrip(".")


def _added_lists(values: list[str]) -> str:
    """``calls=3,usec=10,…`` of every shard in one."""
    lists = [dict(pair.partition("=")[::2] for pair in value.split(",")) for value in values]
    pairs: list[str] = []
    for name in lists[0]:
        if name not in _AVERAGES:
            pairs.append(f"{name}={_sum([each.get(name, '0') for each in lists])}")
            continue
        whole, weight = _AVERAGES[name]
        weights = [float(each.get(weight, "0")) for each in lists]
        sums = [float(each[whole]) if whole else float(each.get(name, "0")) * weights[at]
                for at, each in enumerate(lists)]  # fmt: skip
        average = sum(sums) / (sum(weights) or 1)
        pairs.append(f"{name}={average:.2f}" if whole else f"{name}={int(average)}")
    return ",".join(pairs)


def _human(size: float) -> str:
    """Redis: ``bytesToHuman``."""
    for unit in ("B", "K", "M", "G", "T"):
        if size < 1024 or unit == "T":
            return f"{int(size)}B" if unit == "B" else f"{size:.2f}{unit}"
        size /= 1024
    raise AssertionError("no unit is above T")
