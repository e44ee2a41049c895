"""The official client of classic load balancers and what tests do with it over and over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from alibabacloud_slb20140515 import models as slb
from alibabacloud_slb20140515.client import Client

from tests.nlb.conftest import Network, Nlb
from tests.running import Running, until

REGION = "cn-hangzhou"
ZH, ZI = "cn-hangzhou-h", "cn-hangzhou-i"


class Slb:
    """One account's client; calling it calls an operation by its method's name: ``slb("delete_vserver_group", …)``.

    :param key: (id, secret); left out, the first account's.
    """

    def __init__(self, running: Running, key: tuple[str, str] = ("", "")) -> None:
        self.running = running
        self.api = Client(running.config(*key))
        self.network = Nlb(running, key).network

    def __call__(self, method: str, **parameters: Any) -> Any:
        """The body of the reply."""
        model = "".join(word.capitalize() for word in method.split("_")).replace("Vserver", "VServer")
        model = model.replace("Tcplistener", "TCPListener")
        request = getattr(slb, f"{model}Request")(**{"region_id": REGION, **parameters})
        return getattr(self.api, method)(request).body

    def balancer(self, network: Network, **more: Any) -> str:
        """An active load balancer in the first zone; its id."""
        id: str = self("create_load_balancer", **{"v_switch_id": network.vswitches[ZH], **more}).load_balancer_id
        self.wait(id, "active")
        return id

    def of(self, id: str) -> Any:
        return self("describe_load_balancer_attribute", load_balancer_id=id)

    def wait(self, id: str, status: str) -> None:
        until(f"{id} {status}", lambda: self.of(id).load_balancer_status == status)

    def listener(self, balancer: str, port: int, **more: Any) -> None:
        """A running listener."""
        self(
            "create_load_balancer_tcplistener",
            **{"load_balancer_id": balancer, "listener_port": port, "bandwidth": -1, **more},
        )
        self.start(balancer, port)

    def start(self, balancer: str, port: int) -> None:
        self("start_load_balancer_listener", load_balancer_id=balancer, listener_port=port)
        self.wait_listener(balancer, port, "running")

    def stop(self, balancer: str, port: int) -> None:
        self("stop_load_balancer_listener", load_balancer_id=balancer, listener_port=port)
        self.wait_listener(balancer, port, "stopped")

    def listener_of(self, balancer: str, port: int) -> Any:
        return self("describe_load_balancer_tcplistener_attribute", load_balancer_id=balancer, listener_port=port)

    def wait_listener(self, balancer: str, port: int, status: str) -> None:
        until(f"listener {port} {status}", lambda: self.listener_of(balancer, port).status == status)

    def listeners(self, balancer: str) -> dict[int, Any]:
        """Port → listener."""
        found = self("describe_load_balancer_listeners", load_balancer_id=[balancer]).listeners
        return {one.listener_port: one for one in found}

    def group(self, balancer: str, *servers: dict[str, Any], **more: Any) -> str:
        """A vServer group; its id."""
        id: str = self(
            "create_vserver_group",
            **{"load_balancer_id": balancer, "vserver_group_name": "group", "backend_servers": text(*servers), **more},
        ).vserver_group_id
        return id

    def health(self, balancer: str) -> dict[tuple[int, str, int], str]:
        """(listener's port, address, server's port) → health."""
        found = self("describe_health_status", load_balancer_id=balancer).backend_servers.backend_server
        return {(one.listener_port, one.server_ip, one.port): one.server_health_status for one in found}


def text(*servers: dict[str, Any]) -> str:
    """Servers as a request's text."""
    return json.dumps(servers)


def server(address: str, port: int | None = None, **more: Any) -> dict[str, Any]:
    """One server in it; numbers are texts, as the SDK's comments show them."""
    named = {"ServerId": f"eni-{address.replace('.', '')}", "ServerIp": address, "Type": "eni", **more}
    return named if port is None else {**named, "Port": str(port)}


@pytest.fixture(scope="module")
def states(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slb]:
    """Without engines: what the API says. Transitions last as long as the file's ``PACE`` says, else ``fast``."""
    pace = getattr(request.module, "PACE", "fast")
    with Running(tmp_path_factory.mktemp("slb"), "--engines", "none", "--pace", pace) as running:
        yield Slb(running)


@pytest.fixture(scope="module")
def network(states: Slb) -> Network:
    return states.network()
