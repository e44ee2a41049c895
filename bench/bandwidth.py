"""How close a PrivateLink connection comes to its bandwidth: ``python -m bench.bandwidth [--seconds N]``.

A client reads a value from a Redis behind the connection, over and over, from inside its VPC where the system has
namespaces, else from this machine; the bandwidth is set by the API, changed while the client reads, and raised again.
Exit status 1 when one is missed by more than a tenth.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.children import raise_file_limit
from bench.system import REGION, System
from bench.vpcs import LINK, PASSWORD, PORT, Landscape

STEPS = (20, 200, 20, 1000)
"""Mbit/s, one after the other, on the same open connection."""

_SIZE = 1_000_000
_READ = f"""
import socket, sys, time
with socket.create_connection((sys.argv[1], {PORT}), 10) as sock:
    sock.settimeout(30)
    stream = sock.makefile("rb")
    def ask(line):
        sock.sendall(line + b"\\r\\n")
        return stream.readline()
    assert ask(b"AUTH {PASSWORD}") == b"+OK\\r\\n"
    sock.sendall(b"*3\\r\\n$3\\r\\nSET\\r\\n$5\\r\\nlarge\\r\\n${_SIZE}\\r\\n" + b"x" * {_SIZE} + b"\\r\\n")
    assert stream.readline() == b"+OK\\r\\n"
    def read():
        assert ask(b"GET large") == b"${_SIZE}\\r\\n"
        return len(stream.read({_SIZE + 2}))
    for line in sys.stdin:
        read()  # what was under way at another speed is over
        begun, count = time.monotonic(), 0
        while time.monotonic() < begun + float(line):
            count += read()
        print(count * 8 / (time.monotonic() - begun) / 1e6, flush=True)
"""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.bandwidth", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=5.0, help="for each bandwidth")
    options = parser.parse_args(arguments)
    raise_file_limit()
    with (
        tempfile.TemporaryDirectory(prefix="jf-bench-") as folder,
        System(Path(folder, "data"), "--pace", "instant") as system,
    ):
        ratios = _measure(system, options.seconds)
    return 0 if all(0.9 <= ratio <= 1.1 for ratio in ratios) else 1


def _measure(system: System, seconds: float) -> list[float]:
    landscape = Landscape(system, 1, 1)
    service = landscape.service(landscape.provider())
    vpc, vswitches = landscape.network("172.16")
    ((_, name),) = landscape.connect([(vpc, vswitches[0], service)]).items()
    connections = system.call(LINK, "ListVpcEndpointConnections", RegionId=REGION, ServiceId=service)["Connections"]
    about = {"RegionId": REGION, "ServiceId": service, "EndpointId": connections[0]["EndpointId"]}
    argv = [sys.executable, "-m", "jackfield", "exec", "--data", str(system.folder.root), "--vpc", vpc, "--"]
    ratios = []
    with subprocess.Popen(
        [*argv, sys.executable, "-c", _READ, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as client:
        assert client.stdin is not None
        assert client.stdout is not None
        for wanted in STEPS:
            system.call(
                LINK,
                "UpdateVpcEndpointConnectionAttribute",
                Bandwidth=str(wanted),
                TrafficControlMode="BandwidthLimit",
                **about,
            )
            system.wait_idle()
            client.stdin.write(f"{seconds}\n")
            client.stdin.flush()
            got = float(client.stdout.readline())
            ratios.append(got / wanted)
            print(f"{wanted} Mbit/s: {got:.1f} measured, {got / wanted:.3f} x")
        client.stdin.close()
    return ratios


if __name__ == "__main__":
    sys.exit(main())
