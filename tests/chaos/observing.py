"""What the system itself says about a data folder: its processes, its listeners, its change feed."""

from __future__ import annotations

import ipaddress
import socket
import struct
from pathlib import Path

from jackfield.endpoints.addresses import pool
from jackfield.engines.redis import BUS_PORT
from jackfield.processes import ProcessId, identify
from jackfield.relay.client import RelayClient, RelayDown
from jackfield.store.resource import Change
from jackfield.store.sqlite import open_store
from tests.running import Running, kill, until

Place = tuple[str, int]

_LISTEN = "0A"


def processes_naming(folder: Path) -> dict[int, str]:
    """Every process of this machine whose command line names the folder, zombies excluded."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if f"{folder}/" in f"{line.replace(' ', '/ ')}/":
            found[int(entry.name)] = line
    return found


def listening_in(network: ipaddress.IPv4Network, *, bus: bool = False) -> set[Place]:
    """Where somebody listens within a block of addresses: what the kernel says.

    :param bus: with port 10000, at which the shards of a cluster listen for each other.
    """
    found = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, _, state, *_ = line.split()
        if state != _LISTEN:
            continue
        address, port = local.split(":")
        place = (socket.inet_ntoa(struct.pack("<I", int(address, 16))), int(port, 16))
        if ipaddress.IPv4Address(place[0]) in network and (bus or place[1] != BUS_PORT):
            found.add(place)
    return found


def pool_of(jackfield: Running) -> ipaddress.IPv4Network:
    """The folder's own block of addresses."""
    store = open_store(jackfield.folder.store)
    try:
        with store.read() as view:
            return pool(view)
    finally:
        store.close()


def listening(jackfield: Running) -> set[Place]:
    """Where the folder's endpoints listen."""
    return listening_in(pool_of(jackfield))


def changes(jackfield: Running, *, kind: str = "", id: str = "") -> list[Change]:
    """The change feed, read past every process."""
    store = open_store(jackfield.folder.store)
    try:
        with store.read() as view:
            return view.changes(kind=kind, id=id, limit=1_000_000)
    finally:
        store.close()


def relay_process(jackfield: Running, role: str) -> ProcessId:
    """The relay that answers, now or as soon as one does."""

    def answering() -> ProcessId | None:
        try:
            with RelayClient(jackfield.folder.relay_socket(role)) as relay:
                return identify(relay.hello().pid)
        except RelayDown:
            return None

    found: ProcessId = until(f"the {role} relay answers", answering)
    return found


def kill_relay(jackfield: Running, role: str) -> None:
    """kill -9; returns when it is gone."""
    kill(relay_process(jackfield, role))


def listening_for(jackfield: Running, owner: str) -> list[str]:
    """Where the relays serve an endpoint, VPCs included."""
    found = []
    for role in ("plain", "resp"):
        with RelayClient(jackfield.folder.relay_socket(role)) as relay:
            found += [str(route.place) for route in relay.routes(owner)]
    return found


def routes_of(jackfield: Running, role: str) -> set[Place]:
    """Addresses of this machine that a relay is to serve."""
    with RelayClient(jackfield.folder.relay_socket(role)) as relay:
        return {(route.address, route.port) for route in relay.routes() if route.vantage == "host"}
