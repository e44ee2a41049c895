"""``python -m jackfield.vantage.holder``: makes VPCs real, as network namespaces, and hands out their sockets.

One thread, one user namespace unless it is privileged root. Requests are those of :class:`Holder.operations`; see
:mod:`jackfield.vantage.client` for what each does. Everything it was told lies in ``DATA/vpcs/VPC.json``, everything it
made is deposited with the keeper: a successor goes on where it ended.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from jackfield.standing import started_at
from jackfield.vantage import namespaces, process
from jackfield.vantage.channel import DESCRIPTORS, close_all
from jackfield.vantage.forbidden import VantageForbidden
from jackfield.vantage.loop import Loop
from jackfield.vantage.network import Network, check_source
from jackfield.vantage.probe import Probe, probe
from jackfield.vantage.server import Answer, Refused, Request, Server
from jackfield.vantage.spaces import Spaces
from jackfield.vantage.vault import Vault
from jackfield.vantage.vpc import Outcome, Vpc

VERSION = "1"


class Holder:
    """All VPCs of a data folder.

    :param keeper: path of the keeper's socket.
    :param found: whether this system allows namespaces; without them every request for one is refused as ``forbidden``.
    """

    def __init__(self, loop: Loop, data: Path, keeper: str, found: Probe) -> None:
        self._loop = loop
        self._data = data
        self._folder = data / "vpcs"
        self._started = started_at()
        self._probe = found
        self._vpcs: dict[str, Vpc] = {}
        self._vault = Vault(loop, keeper, self._deposits)
        self._user: int | None = None
        self._spaces: Spaces | None = None
        if found.available:
            try:
                self._user = self._user_namespace()
                self._spaces = Spaces()
            except VantageForbidden as error:
                self._probe = Probe(False, error.why, error.remedy)
        if self._spaces is not None:
            for network in self._recorded():
                try:
                    self._vpc(network)
                except (OSError, VantageForbidden) as error:
                    process.log.error("%s could not be set up: %s", network.vpc, error)
            self._vault.open()  # otherwise the keeper goes on keeping it for a holder that can use it
        self.operations: dict[str, Callable[[Request], Answer]] = {
            "hello": self._hello,
            "replace": self._replace,
            "remove": self._remove,
            "networks": self._networks,
            "clients": self._clients,
            "listener": self._listener,
            "sockets": self._sockets,
            "enter": self._enter,
            "stop": self._stop,
        }

    def close(self) -> None:
        """Lets all go, also what the keeper has."""
        for vpc in self._vpcs.values():
            vpc.remove()
        self._vault.close()

    @property
    def size(self) -> int:
        return len(self._vpcs)

    def _hello(self, request: Request) -> Answer:
        return Answer(
            {
                "pid": os.getpid(),
                "started": self._started,
                "data": str(self._data),
                "version": VERSION,
                "forbidden": "" if self._probe.available else self._probe.why,
                "remedy": self._probe.remedy,
                "networks": self.size,
            }
        )

    def _replace(self, request: Request) -> Answer:
        try:
            network = Network.from_json(request.anything("network"))
        except ValueError as error:
            raise Refused("bad-request", str(error)) from None
        try:
            outcome = self._vpc(network)
        except VantageForbidden as error:
            raise Refused("forbidden", str(error)) from None
        self._write(network)
        self._vault.flush()
        return Answer(outcome._asdict())

    def _remove(self, request: Request) -> Answer:
        name = request.text("vpc")
        vpc = self._vpcs.pop(name, None)
        if vpc is None:
            return Answer(False)
        self._path(name).unlink(missing_ok=True)
        vpc.remove()
        self._vault.flush()
        return Answer(True)

    def _networks(self, request: Request) -> Answer:
        return Answer([vpc.network.to_json() for vpc in self._vpcs.values()])

    def _clients(self, request: Request) -> Answer:
        return Answer([[name, source] for name, vpc in self._vpcs.items() for source in vpc.clients])

    def _listener(self, request: Request) -> Answer:
        address, port = request.text("address"), request.number("port", 1, 65535)
        descriptor = self._existing(request).listener((address, port))
        if descriptor is None:
            raise Refused("not-there", f"nothing listens on {address}:{port} in {request.text('vpc')}")
        return Answer(True, [descriptor])

    def _sockets(self, request: Request) -> Answer:
        count = request.number("count", 1, DESCRIPTORS)
        return Answer(count, self._existing(request).sockets(count))

    def _enter(self, request: Request) -> Answer:
        asked = request.text("source", "")
        vpc = self._existing(request)
        source = asked or vpc.network.source
        try:
            check_source(source)
            descriptors = [vpc.enter(source)]
        except ValueError as error:
            raise Refused("bad-source", str(error)) from None
        except VantageForbidden as error:
            raise Refused("forbidden", str(error)) from None
        self._vault.flush()
        if self._user is not None:
            try:
                descriptors.insert(0, os.dup(self._user))
            except OSError:
                close_all(descriptors)
                raise
        return Answer({"user": self._user is not None, "source": source}, descriptors)

    def _stop(self, request: Request) -> Answer:
        self._loop.stop()
        return Answer(True)

    def _existing(self, request: Request) -> Vpc:
        self._allowed()
        name = request.text("vpc")
        vpc = self._vpcs.get(name)
        if vpc is None:
            raise Refused("not-there", f"there is no VPC {name}")
        return vpc

    def _allowed(self) -> Spaces:
        if self._spaces is None:
            raise Refused("forbidden", f"{self._probe.why}. {self._probe.remedy}")
        return self._spaces

    def _vpc(self, network: Network) -> Outcome:
        vpc = self._vpcs.get(network.vpc)
        if vpc is None:
            vpc = self._vpcs[network.vpc] = Vpc(self._allowed(), self._vault, self._loop, network)
        return vpc.replace(network)

    def _user_namespace(self) -> int | None:
        """Moves into the user namespace of the predecessor, or a new one; ``None`` for privileged root."""
        taken = self._vault.take("user")
        if namespaces.privileged():
            close_all([] if taken is None else [taken])
            return None
        if taken is not None:
            namespaces.join_user_namespace(taken)
            return taken
        namespaces.enter_user_namespace()
        return os.open("/proc/self/ns/user", os.O_RDONLY | os.O_CLOEXEC)

    def _deposits(self) -> dict[str, int]:
        found = {} if self._user is None else {"user": self._user}
        for vpc in self._vpcs.values():
            found.update(vpc.deposits())
        return found

    def _recorded(self) -> list[Network]:
        found = []
        for path in sorted(self._folder.glob("*.json")):
            try:
                network = Network.from_json(json.loads(path.read_bytes()))
                if path != self._path(network.vpc):
                    raise ValueError(f"it describes {network.vpc}")
                found.append(network)
            except (OSError, ValueError, RecursionError) as error:
                process.log.error("%s can not be read: %s", path, error)
        return found

    def _write(self, network: Network) -> None:
        path = self._path(network.vpc)
        content = json.dumps(network.to_json()).encode()
        with contextlib.suppress(FileNotFoundError):
            if path.read_bytes() == content:
                return
        fd, temporary = tempfile.mkstemp(dir=self._folder, prefix=".")
        try:
            with open(fd, "wb") as file:
                file.write(content)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise

    def _path(self, vpc: str) -> Path:
        return self._folder / f"{vpc}.json"


def main(arguments: Sequence[str] | None = None) -> int:
    """See :func:`jackfield.vantage.process.main`."""
    return process.main("holder", _serve, arguments)


def _serve(options: argparse.Namespace, loop: Loop) -> None:
    holder = Holder(loop, options.data, options.keeper, probe(network=True))
    server = Server(loop, options.socket, holder.operations)
    process.log.info("ready role=holder networks=%d", holder.size)
    try:
        loop.run()
    finally:
        server.close()
        holder.close()


if __name__ == "__main__":
    sys.exit(main())
