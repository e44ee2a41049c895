"""A hundred VPCs with ten PrivateLink endpoints each, by the API: ``python -m bench.vpcs [--vpcs N] [--endpoints N]``.

Figures of this machine in this minute; there is no peer to compare with. Behind every endpoint is the same Redis, by a
load balancer of another account's VPC; at the end each endpoint is dialled from inside its own VPC, and ``down`` has to
leave no process, no namespace and no mount.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.children import raise_file_limit, resident, until
from bench.system import REGION, TAIR, VPC, System
from jackfield.processes import ProcessId
from jackfield.supervisor.companions import companions, running
from jackfield.supervisor.shutdown import processes_of
from jackfield.vantage.client import HolderClient

ECS, NLB, LINK = "2014-05-26", "2022-04-30", "2020-04-15"
PASSWORD = "Bench-123456"
PORT = 6379
ZONES = (f"{REGION}-h", f"{REGION}-i")
_ASK = f"""
import socket, sys
for name in sys.argv[1:]:
    with socket.create_connection((name, {PORT}), 10) as sock:
        sock.sendall(b"AUTH {PASSWORD}\\r\\nPING\\r\\n")
        answer = b""
        while answer.count(b"\\n") < 2:
            answer += sock.recv(100)
        print(answer.split()[-1].decode())
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 1 when an endpoint did not answer, or something was left."""
    parser = argparse.ArgumentParser(prog="python -m bench.vpcs", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--vpcs", type=int, default=100)
    parser.add_argument("--endpoints", type=int, default=10)
    options = parser.parse_args(arguments)
    raise_file_limit()
    with tempfile.TemporaryDirectory(prefix="jf-bench-") as folder:
        with System(Path(folder, "data"), "--pace", "instant") as system:
            answered = Landscape(system, options.vpcs, options.endpoints).measure()
            namespaces = _namespaces(system)
        left = _left(system, namespaces)
    print(f"down: {left or 'nothing is left'}")
    return 0 if answered == options.vpcs * options.endpoints and not left else 1


class Landscape:
    """What is made by the API. :param vpcs, endpoints: how many, and how many in each."""

    def __init__(self, system: System, vpcs: int, endpoints: int) -> None:
        self._system = system
        self._vpcs = vpcs
        self._endpoints = endpoints

    def measure(self) -> int:
        """Prints the figures; returns how many endpoints answered."""
        self._memory("up")
        balancer = self.provider()
        services = [self.service(balancer) for _ in range(self._endpoints)]
        self._memory("a database behind a load balancer")
        made = self._timed(f"{self._vpcs} VPCs", lambda: [self.network("172.16") for _ in range(self._vpcs)])
        self._memory(f"{self._vpcs} VPCs")
        ids = self._timed(
            f"{self._vpcs} × {self._endpoints} endpoints Connected",
            lambda: self.connect([(vpc, vswitches[0], service) for vpc, vswitches in made for service in services]),
        )
        self._memory(f"{len(ids)} endpoints")
        names = {vpc: [ids[vpc, service] for service in services] for vpc, _ in made}
        dial = "each dialled from inside its VPC"
        answered: int = self._timed(dial, lambda: sum(map(self._dial, names, names.values())))
        print(f"{answered} of {len(ids)} answered")
        return answered

    def provider(self) -> str:
        """A Redis in a VPC and a load balancer in front of it."""
        vpc, vswitches = self.network("10.0")
        call = self._system.call
        place = {"VpcId": vpc, "VSwitchId": vswitches[0], "ZoneId": ZONES[0], "PrivateIpAddress": "10.0.0.100"}
        instance = call(
            TAIR, "CreateInstance", RegionId=REGION, InstanceClass="redis.master.small.default",
            Password=PASSWORD, **place,
        )["InstanceId"]  # fmt: skip
        self._system.wait_idle()
        call(TAIR, "ModifySecurityIps", InstanceId=instance, SecurityIps="10.0.0.0/16")
        group = call(
            NLB, "CreateServerGroup", RegionId=REGION, VpcId=vpc, ServerGroupName="bench", ServerGroupType="Ip"
        )["ServerGroupId"]
        self._system.wait_idle()
        server = {"ServerId": "10.0.0.100", "ServerType": "Ip", "Port": str(PORT)}
        servers = {f"Servers.1.{name}": value for name, value in server.items()}
        call(NLB, "AddServersToServerGroup", RegionId=REGION, ServerGroupId=group, **servers)
        mappings: dict[str, str] = {}
        for number, (zone, vswitch) in enumerate(zip(ZONES, vswitches, strict=True), 1):
            mappings |= {f"ZoneMappings.{number}.ZoneId": zone, f"ZoneMappings.{number}.VSwitchId": vswitch}
        balancer: str = call(NLB, "CreateLoadBalancer", RegionId=REGION, VpcId=vpc, AddressType="Intranet", **mappings)[
            "LoadbalancerId"
        ]
        self._system.wait_idle()
        call(
            NLB, "CreateListener", RegionId=REGION, LoadBalancerId=balancer, ListenerPort=str(PORT),
            ListenerProtocol="TCP", ServerGroupId=group,
        )  # fmt: skip
        self._system.wait_idle()
        return balancer

    def service(self, balancer: str) -> str:
        call = self._system.call
        service: str = call(
            LINK, "CreateVpcEndpointService", RegionId=REGION, ServiceResourceType="nlb", AutoAcceptEnabled="true"
        )["ServiceId"]
        self._system.wait_idle()
        call(
            LINK, "AttachResourceToVpcEndpointService", RegionId=REGION, ServiceId=service, ResourceType="nlb",
            ResourceId=balancer, ZoneId=ZONES[0],
        )  # fmt: skip
        self._system.wait_idle()
        return service

    def network(self, block: str) -> tuple[str, list[str]]:
        """A VPC with a vSwitch in two zones."""
        call = self._system.call
        vpc: str = call(VPC, "CreateVpc", RegionId=REGION, CidrBlock=f"{block}.0.0/16")["VpcId"]
        until("the VPC", lambda: self._status("DescribeVpcAttribute", VpcId=vpc) == "Available", pause=0.002)
        vswitches = [
            call(VPC, "CreateVSwitch", VpcId=vpc, ZoneId=zone, CidrBlock=f"{block}.{number}.0/24")["VSwitchId"]
            for number, zone in enumerate(ZONES)
        ]
        for id in vswitches:
            until(
                "the vSwitch",
                lambda id=id: self._status("DescribeVSwitchAttributes", VSwitchId=id) == "Available",  # type: ignore[misc]
                pause=0.002,
            )
        return vpc, vswitches

    def _status(self, action: str, **parameters: str) -> str:
        return str(self._system.call(VPC, action, RegionId=REGION, **parameters)["Status"])

    def connect(self, wanted: Sequence[tuple[str, str, str]]) -> dict[tuple[str, str], str]:
        """Makes endpoints; (VPC, service) → domain once all are Connected."""
        call = self._system.call
        groups = {
            vpc: call(ECS, "CreateSecurityGroup", RegionId=REGION, VpcId=vpc)["SecurityGroupId"]
            for vpc in {vpc for vpc, _, _ in wanted}
        }
        for group in groups.values():
            rule = {"IpProtocol": "TCP", "PortRange": "1/65535", "SourceCidrIp": "0.0.0.0/0"}
            call(ECS, "AuthorizeSecurityGroup", RegionId=REGION, SecurityGroupId=group, **rule)
        made: dict[tuple[str, str], dict[str, Any]] = {}
        for vpc, vswitch, service in wanted:
            place = {"Zone.1.ZoneId": ZONES[0], "Zone.1.VSwitchId": vswitch, "SecurityGroupId.1": groups[vpc]}
            made[vpc, service] = call(LINK, "CreateVpcEndpoint", RegionId=REGION, VpcId=vpc, ServiceId=service, **place)
        self._system.wait_idle(600)
        for one in made.values():
            found = call(LINK, "GetVpcEndpointAttribute", RegionId=REGION, EndpointId=one["EndpointId"])
            assert found["ConnectionStatus"] == "Connected", found
        return {key: one["EndpointDomain"] for key, one in made.items()}

    def _dial(self, vpc: str, names: Sequence[str]) -> int:
        argv = [sys.executable, "-m", "jackfield", "exec", "--data", str(self._system.folder.root), "--vpc", vpc, "--"]
        done = subprocess.run([*argv, sys.executable, "-c", _ASK, *names], capture_output=True, text=True, timeout=120)
        if done.returncode:
            print(done.stderr, file=sys.stderr)
        return done.stdout.split().count("+PONG")

    def _timed(self, what: str, do: Callable[[], Any]) -> Any:
        begun = time.perf_counter()
        done = do()
        print(f"{what}: {time.perf_counter() - begun:.2f} s")
        return done

    def _memory(self, when: str) -> None:
        folder = self._system.folder
        parts = {"API": self._system.ready.pid}
        for companion in companions(folder):
            process = running(companion, folder)
            if process is not None:
                parts[companion.name] = process.pid
        told = ", ".join(f"{name} {resident(pid):.0f}" for name, pid in parts.items())
        print(f"  memory in MB, {when}: {told}")


def _namespaces(system: System) -> set[int]:
    with HolderClient(system.folder.vpc_socket("holder"), timeout=60) as holder:
        return {holder.replace(network).namespace for network in holder.networks()}


def _left(system: System, namespaces: set[int]) -> str:
    """What of a Jackfield is still there after its end."""
    processes: list[ProcessId] = processes_of(system.folder)
    if processes:
        return f"processes {[one.pid for one in processes]}"
    until("the kernel's last namespace gone", lambda: not namespaces & _present())
    mounts = Path("/proc/self/mountinfo").read_text()
    return "mounts" if str(system.folder.root) in mounts else ""


def _present() -> set[int]:
    """Network namespaces that a process is in."""
    found = set()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            found.add(os.stat(f"/proc/{pid}/ns/net").st_ino)
        except OSError:
            continue
    return found


if __name__ == "__main__":
    sys.exit(main())
