"""What VPCs cost: ``python -m bench.vantage [--vpcs N] [--listeners N]``. Figures of this machine in this minute."""

from __future__ import annotations

import argparse
import contextlib
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from jackfield.vantage.client import Entrance, HolderClient, HolderDown, close_entrance
from jackfield.vantage.network import Network

_PORT = 6379
_SOURCE = "10.0.0.253"
_ECHO = b"x" * 64
DIALLER = """
import socket, sys, time
from jackfield.vantage import namespaces
user, network, address, port, dials, trips = sys.argv[1], int(sys.argv[2]), sys.argv[3], *map(int, sys.argv[4:])
if network >= 0:
    if user != "None":
        namespaces.join_user_namespace(int(user))
    namespaces.join_network_namespace(network)
begun = time.perf_counter()
for _ in range(dials):
    socket.create_connection((address, port)).close()
dialled = time.perf_counter()
with socket.create_connection((address, port)) as sock:
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for _ in range(trips):
        sock.sendall(b"x" * 64)
        sock.recv(64)
print(dials / (dialled - begun), trips / (time.perf_counter() - dialled))
"""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.vantage", description=__doc__)
    parser.add_argument("--vpcs", type=int, default=100)
    parser.add_argument("--listeners", type=int, default=10)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="jf-bench-") as folder, contextlib.ExitStack() as stack:
        data = Path(folder)
        keeper = _start(stack, data, "keeper")
        holder = _start(stack, data, "holder", "--keeper", str(data / "keeper.sock"))
        client = stack.enter_context(HolderClient(data / "holder.sock", timeout=60))
        _until(lambda: client.hello().pid == holder.pid)
        _print("empty", _memory(holder), _memory(keeper))
        networks = [_network(number, options.listeners) for number in range(options.vpcs)]
        replaced = _each(lambda network: client.replace(network), networks)
        _print(f"{options.vpcs} VPCs with {options.listeners} listeners each", _memory(holder), _memory(keeper))
        _times("replace, a new VPC", replaced)
        _times("replace, nothing new", _each(lambda network: client.replace(network), networks))
        _times("enter, a new source", _each(lambda network: close_entrance(client.enter(network.vpc)), networks))
        _print("and a place to dial from in each", _memory(holder), _memory(keeper))
        _times("enter, a known source", _each(lambda network: close_entrance(client.enter(network.vpc)), networks))
        _traffic(client, networks[0])
        holder.kill()
        holder.wait()
        begun = time.perf_counter()
        holder = _start(stack, data, "holder", "--keeper", str(data / "keeper.sock"))
        _until(lambda: client.hello().pid == holder.pid)
        print(f"{'successor of a killed holder is ready':45} {(time.perf_counter() - begun) * 1000:8.0f} ms")
        for process in (holder, keeper):
            process.kill()
            process.wait()
        begun = time.perf_counter()
        keeper = _start(stack, data, "keeper")
        holder = _start(stack, data, "holder", "--keeper", str(data / "keeper.sock"))
        _until(lambda: client.hello().pid == holder.pid)
        print(f"{'both anew from disk are ready':45} {(time.perf_counter() - begun) * 1000:8.0f} ms")
        _times("remove", _each(lambda network: client.remove(network.vpc), networks))
    return 0


def _network(number: int, listeners: int) -> Network:
    addresses = [f"10.0.{index // 250}.{index % 250 + 1}" for index in range(listeners)]
    names = {f"e{index}.bench.test": (address,) for index, address in enumerate(addresses)}
    return Network(f"vpc-{number}", _SOURCE, tuple((address, _PORT) for address in addresses), names)


def _start(stack: contextlib.ExitStack, data: Path, role: str, *more: str) -> subprocess.Popen[bytes]:
    path = data / f"{role}.sock"
    command = [sys.executable, "-m", f"jackfield.vantage.{role}", "--data", str(data), "--socket", str(path), *more]
    process = subprocess.Popen([*command, "--log", str(data / f"{role}.log")])
    stack.callback(_end, process)
    _until(lambda: path.exists() and process.poll() is None)
    return process


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait()


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with contextlib.suppress(HolderDown):
            if true():
                return
        time.sleep(0.001)
    raise SystemExit("holder or keeper did not come up")


def _each(call: Callable[[Network], object], networks: Sequence[Network]) -> list[float]:
    """Milliseconds of each call."""
    found = []
    for network in networks:
        begun = time.perf_counter()
        call(network)
        found.append((time.perf_counter() - begun) * 1000)
    return found


def _traffic(client: HolderClient, network: Network) -> None:
    """Round trips to the same server over this machine's loopback and from inside. Dials from inside only: on loopback
    they would tell how many ports are in TIME_WAIT on this machine."""
    address, port = network.listeners[0]
    with client.listener(network.vpc, address, port) as inside, socket.create_server(("127.0.0.1", 0)) as outside:
        inside.setblocking(True)
        for listener in (inside, outside):
            threading.Thread(target=_serve, args=(listener,), daemon=True).start()
        entrance = client.enter(network.vpc)
        rounds = [(_dial(None, 1, *outside.getsockname()), _dial(entrance, 5000, address, port)) for _ in range(5)]
        close_entrance(entrance)
        for listener in (inside, outside):
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
    print(f"{'dials a second in a VPC':45} {statistics.median(vpc[0] for _, vpc in rounds):8.0f}")
    outer, inner = (statistics.median(pair[side][1] for pair in rounds) for side in (0, 1))
    ratios = sorted(vpc[1] / loopback[1] for loopback, vpc in rounds)
    spread = f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
    print(f"{'round trips a second on loopback and in a VPC':45} {outer:8.0f} {inner:8.0f}   ratio {spread}")


def _serve(listener: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while True:
            sock, _ = listener.accept()
            with sock:
                while data := sock.recv(len(_ECHO)):
                    sock.sendall(data)


def _dial(entrance: Entrance | None, dials: int, address: str, port: int) -> list[float]:
    """Dials and round trips a second."""
    user, network = ("None", -1) if entrance is None else (str(entrance.user), entrance.network)
    numbers = [number for number in (network, None if entrance is None else entrance.user) if number is not None]
    command = [sys.executable, "-c", DIALLER, user, str(network), address, str(port), str(dials), "20000"]
    kept = [number for number in numbers if number >= 0]
    told = subprocess.run(command, pass_fds=kept, stdout=subprocess.PIPE, check=True, text=True).stdout
    return [float(word) for word in told.split()]


def _memory(process: subprocess.Popen[bytes]) -> float:
    """Resident megabytes."""
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


def _print(what: str, holder: float, keeper: float) -> None:
    print(f"{what:45} holder {holder:.1f} MB, keeper {keeper:.1f} MB")


def _times(what: str, found: Sequence[float]) -> None:
    ordered = sorted(found)
    late = ordered[int(len(ordered) * 0.95)]
    print(f"{what:45} {statistics.median(found):8.2f} ms   95 %: {late:.2f}   all: {sum(found):.0f}")


if __name__ == "__main__":
    sys.exit(main())
