"""A real Jackfield in a folder of its own, started as a user starts it."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

from bench.children import PATIENCE, Child, module, until
from bench.http_load import ask
from bench.signing import Address, Call, Key, sign
from jackfield.folder import Folder
from jackfield.supervisor.ready import Ready, read_ready
from jackfield.supervisor.shutdown import shut_down

TAIR = "2015-01-01"
VPC = "2016-04-28"
REGION = "cn-hangzhou"


class System:
    """:param options: further ones of ``jackfield up``."""

    def __init__(self, root: Path, *options: str) -> None:
        self.folder = Folder(root)
        argv = module("jackfield", "up", "--data", str(root), "--listen", "127.0.0.1:0", *options)
        self._child = Child("jackfield", argv, root.with_name(f"{root.name}.log"))
        self.ready: Ready

    def __enter__(self) -> System:
        self._child.__enter__()
        try:
            self.ready = self._child.ready("ready file", lambda: read_ready(self.folder.ready), pause=0.002)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        self._child.__exit__(None, None, None)
        if self.folder.exists:
            shut_down(self.folder)  # nothing is left, unless the supervisor was killed

    @property
    def pids(self) -> list[int]:
        """Supervisor, API process and relays."""
        return [self._child.pid, self.ready.pid, *self.ready.relay_pids]

    @property
    def key(self) -> Key:
        return Key(self.ready.access_key_id, self.ready.access_key_secret)

    @property
    def address(self) -> Address:
        host, _, port = self.ready.api.removeprefix("http://").rpartition(":")
        return host, int(port)

    def call(self, version: str, action: str, **parameters: str) -> dict[str, Any]:
        """One signed call. :raises Broken: it was refused."""
        return json.loads(self.answer(Call(version, action, parameters)))  # type: ignore[no-any-return]

    def answer(self, call: Call) -> bytes:
        """The body of the answer to one signed call. :raises Broken: it was refused."""
        return ask(self.address, sign("acs3", self.key, self.address, call))

    def wait_idle(self, seconds: float = 4 * PATIENCE) -> None:
        """Until the reconcilers have done all that was asked."""
        until("the reconcilers idle", self._idle, seconds, pause=0.05)

    def _idle(self) -> bool:
        request = urllib.request.Request(
            f"{self.ready.api}/_jackfield/health", headers={"Authorization": f"Bearer {self.ready.admin_token}"}
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as response:
            return bool(json.load(response)["idle"])
