"""Jackfield as somebody of this machine runs it, and clients inside its VPCs."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from tests.running import PASSWORD, Running, until
from tests.users import User

CLIENT = Path(__file__).with_name("client.py")


class RunningAs(Running):
    """A data folder of another user's, perhaps. ``user`` starts, stops and execs."""

    def __init__(self, user: User, *options: str) -> None:
        super().__init__(user.data, *options)
        self.user = user

    def __enter__(self) -> RunningAs:
        self.up()
        return self

    def up(self) -> None:
        self.folder.ready.unlink(missing_ok=True)
        arguments = ["up", "--data", str(self.folder.root), "--listen", "127.0.0.1:0", *self.options]
        log = self.user.home / "up.log"
        with open(log, "ab") as out:
            os.chmod(log, 0o666)
            self._supervisor = self.user.popen(*arguments, stdout=out, stderr=out, start_new_session=True)  # type: ignore[assignment]
        self.wait_ready()

    def down(self) -> None:
        done = self.user.run("down", "--data", str(self.folder.root))
        assert done.returncode == 0, done.stderr
        if self._supervisor is not None:
            self._supervisor.wait(30)
            self._supervisor = None

    def run_inside(self, vpc: str, *command: str, source: str = "") -> subprocess.CompletedProcess[str]:
        """A program inside a VPC, to its end."""
        return self.user.run("exec", "--data", str(self.folder.root), *_options(vpc, source), "--", *command)

    def inside(self, vpc: str, source: str = "") -> Inside:
        """A client inside a VPC, which does what it is told."""
        return Inside(self, vpc, source)


def _options(vpc: str, source: str) -> list[str]:
    return ["--vpc", vpc, *(["--from", source] if source else [])]


class Inside:
    """``client.py`` inside a VPC."""

    def __init__(self, running: RunningAs, vpc: str, source: str) -> None:
        program = running.user.home / "client.py"
        program.write_bytes(CLIENT.read_bytes())
        program.chmod(0o644)
        self._process = running.user.popen(
            "exec", "--data", str(running.folder.root), *_options(vpc, source), "--",
            running.user.python, str(program), PASSWORD,
            stdin=subprocess.PIPE,
        )  # fmt: skip

    def __enter__(self) -> Inside:
        return self

    def __exit__(self, *exc: object) -> None:
        self._process.kill()
        self._process.communicate()

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, *what: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, self._process.stderr.read() if self._process.stderr else "it ended"
        return json.loads(line)

    def goes_on(self, key: str) -> None:
        """Fails unless a load's queries are answered, now."""
        before, failure = self.ask("count", key)
        assert not failure

        def further() -> bool:
            answered, failure = self.ask("count", key)
            assert not failure, failure
            return bool(answered > before + 20)

        until("the load going on", further)
