"""A real Jackfield for tests: started as a user starts it, driven by official SDKs, killed by pid."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from alibabacloud_r_kvstore20150101 import models as tair
from alibabacloud_r_kvstore20150101.client import Client as TairClient
from alibabacloud_tea_openapi.models import Config

from jackfield.endpoints.addresses import LOOPBACK_POOL
from jackfield.folder import Folder
from jackfield.processes import ProcessId, identify, terminate, wait_gone
from jackfield.supervisor.ready import Ready, read_ready
from jackfield.supervisor.shutdown import processes_of

PASSWORD = "Pass!123456"
CLUSTER = "redis.logic.sharding.1g.{shards}db.0rodb.4proxy.default"


def until(what: str, true: Callable[[], Any], seconds: float = 30.0) -> Any:
    """Waits for a condition of another process; returns what made it true.

    :raises AssertionError: it did not come true in time.
    """
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.01)
    return found


def _own_blocks() -> Iterator[str]:
    """Blocks of addresses, a /20 each, that no other test has at the same time: each test process has its own share.

    Data folders choose theirs at random, and two of a thousand meet now and then; that is what one test is about, and
    an accident in the others, which look at all that listens in a folder's block.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    mine = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    blocks = list(LOOPBACK_POOL.subnets(new_prefix=20))[mine::workers]
    random.SystemRandom().shuffle(blocks)
    return map(str, itertools.cycle(blocks))


_blocks = _own_blocks()


class Running:
    """One data folder and what runs on it.

    :param options: further options of ``jackfield up``.
    """

    def __init__(self, data: Path, *options: str) -> None:
        self.folder = Folder(data)
        self.options = options if "--addresses" in options else (*options, "--addresses", next(_blocks))
        self._supervisor: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Running:
        self.up()
        return self

    def __exit__(self, *exc: object) -> None:
        self.end()

    def up(self) -> None:
        """Starts and waits until ready."""
        self.folder.create()
        self.folder.ready.unlink(missing_ok=True)
        argv = [sys.executable, "-m", "jackfield", "up", "--data", str(self.folder.root), "--listen", "127.0.0.1:0"]
        with open(self.folder.logs / "supervisor.log", "ab") as log:
            self._supervisor = subprocess.Popen(
                [*argv, *self.options], stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )
        self.wait_ready()

    def wait_ready(self) -> Ready:
        """The ready record, of an API process that lives."""
        return until("ready", self._ready, 60)  # type: ignore[no-any-return]

    def _ready(self) -> Ready | None:
        assert self._supervisor is None or self._supervisor.poll() is None, self.log("supervisor")
        ready = read_ready(self.folder.ready)
        return ready if ready is not None and identify(ready.pid) is not None else None

    @property
    def ready(self) -> Ready:
        found = read_ready(self.folder.ready)
        assert found is not None, self.log("supervisor")
        return found

    def down(self) -> None:
        """Ends everything, as a user does."""
        subprocess.run(
            [sys.executable, "-m", "jackfield", "down", "--data", str(self.folder.root)],
            check=True, timeout=60, capture_output=True,
        )  # fmt: skip
        if self._supervisor is not None:
            self._supervisor.wait(30)
            self._supervisor = None

    def end(self) -> None:
        """As :meth:`down`, but whatever state the test left; nothing of the folder runs afterwards."""
        with contextlib.suppress(subprocess.SubprocessError):
            self.down()
        if self._supervisor is not None:
            self._supervisor.kill()
            self._supervisor.wait(10)
            self._supervisor = None
        for process in self.processes():
            terminate(process, 0.1)

    def processes(self) -> list[ProcessId]:
        """Everything of the folder that runs, the supervisor excluded."""
        return processes_of(self.folder)

    def kill_supervisor(self) -> None:
        assert self._supervisor is not None
        self._supervisor.kill()
        self._supervisor.wait(10)
        self._supervisor = None

    def kill_api(self) -> None:
        """Kills the API process that runs now, if one does."""
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            process = json.loads(self.folder.api.read_bytes())
            kill(ProcessId(process["pid"], process["started"]))

    def kill_all(self) -> None:
        """Kills every process of the folder."""
        if self._supervisor is not None:
            self.kill_supervisor()
        for process in self.processes():
            kill(process)

    def log(self, name: str) -> str:
        """The end of a process's log, for messages of failed tests."""
        path = self.folder.logs / f"{name}.log"
        return path.read_text(errors="replace")[-4000:] if path.exists() else f"no {path}"

    def ask(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """The administration's reply."""
        request = urllib.request.Request(
            f"{self.ready.api}/_jackfield/{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.ready.admin_token}"},
        )
        with urllib.request.urlopen(request, timeout=10) as response:
            reply: dict[str, Any] = json.load(response)
        return reply

    def config(self, key_id: str = "", secret: str = "") -> Config:
        """Configuration of an official SDK client: only endpoint and protocol differ from the vendor's."""
        return Config(
            access_key_id=key_id or self.ready.access_key_id,
            access_key_secret=secret or self.ready.access_key_secret,
            endpoint=self.ready.api.removeprefix("http://"),
            protocol="http",
            region_id="cn-hangzhou",
        )

    @property
    def tair(self) -> TairClient:
        return TairClient(self.config())

    def create(
        self, shards: int = 3, whitelist: str = "0.0.0.0/0", client: TairClient | None = None, **more: Any
    ) -> str:
        """A Normal instance, a cluster unless ``shards`` is 0; its id.

        :param client: of another account.
        """
        client = client or self.tair
        instance_class = CLUSTER.format(shards=shards) if shards else "redis.master.small.default"
        request = tair.CreateInstanceRequest(
            region_id="cn-hangzhou", instance_class=instance_class, password=PASSWORD, **more
        )
        instance: str = client.create_instance(request).body.instance_id
        self.wait_normal(instance, client=client)
        if whitelist:
            client.modify_security_ips(tair.ModifySecurityIpsRequest(instance_id=instance, security_ips=whitelist))
            self.wait_idle()
        return instance

    def status(self, instance: str, client: TairClient | None = None) -> str:
        reply = (client or self.tair).describe_instance_attribute(
            tair.DescribeInstanceAttributeRequest(instance_id=instance)
        )
        status: str = reply.body.instances.dbinstance_attribute[0].instance_status
        return status

    def wait_normal(self, instance: str, seconds: float = 30.0, client: TairClient | None = None) -> None:
        until(f"{instance} Normal", lambda: self.status(instance, client) == "Normal", seconds)

    def wait_idle(self) -> None:
        """Until the reconcilers have done all that was asked."""
        until("the reconcilers idle", lambda: self.ask("health")["idle"])

    def allocate(self, instance: str, **more: Any) -> None:
        """A direct endpoint that serves."""
        self.tair.allocate_direct_connection(tair.AllocateDirectConnectionRequest(instance_id=instance, **more))
        self.wait_normal(instance)

    def release(self, instance: str) -> None:
        self.tair.release_direct_connection(tair.ReleaseDirectConnectionRequest(instance_id=instance))

    def names(self) -> dict[str, list[str]]:
        """The names that resolve on this machine, from the hosts file that ``exec`` shows."""
        return read_hosts(self.folder.hosts)

    def addresses(self, name: str) -> list[str]:
        """Where any name leads on this machine."""
        lines = [line.split() for line in self.folder.hosts.read_text().splitlines()]
        return [words[0] for words in lines if words[1:] == [name]]

    def name(self, instance: str, net: str = "private", client: TairClient | None = None) -> str:
        """An endpoint's connection string as DescribeDBInstanceNetInfo reports it."""
        request = tair.DescribeDBInstanceNetInfoRequest(instance_id=instance)
        reply = (client or self.tair).describe_dbinstance_net_info(request)
        wanted = 1 if net == "direct" else 0
        for info in reply.body.net_info_items.instance_net_info:
            if info.direct_connection == wanted:
                found: str = info.connection_string
                return found
        raise LookupError(f"{instance} has no {net} endpoint")


def read_hosts(path: Path) -> dict[str, list[str]]:
    """Name → addresses of the endpoints in a hosts file."""
    found: dict[str, list[str]] = {}
    for line in path.read_text().splitlines():
        words = line.split()
        if len(words) == 2 and words[1].endswith(".rds.aliyuncs.com"):
            found.setdefault(words[1], []).append(words[0])
    return found


def kill(process: ProcessId) -> None:
    """SIGKILL to that very process, and waits until it is gone."""
    if identify(process.pid) == process:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
        wait_gone(process, 10)


@contextlib.contextmanager
def refused(code: str, status: int) -> Iterator[None]:
    """The block's call is refused with this code and HTTP status, as the SDK's exception tells it."""
    try:
        yield
    except Exception as error:
        got = (getattr(error, "code", None), getattr(error, "status_code", None) or getattr(error, "statusCode", None))
        if got != (code, status):
            raise AssertionError(f"{got} instead of {(code, status)}: {error}") from error
    else:
        raise AssertionError(f"not refused; {code} was expected")
