"""A system that forbids network namespaces: it is said, and endpoints are there by their names on this machine."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from tests.privatelink.cloud import ZH, ZI
from tests.redis_once import ONCE
from tests.running import PASSWORD
from tests.users import User
from tests.vpcs.inside import RunningAs
from tests.vpcs.worlds import PORT, Worlds, build

_FORBID = 'echo 0 > /proc/sys/user/max_net_namespaces && exec "$@"'


class Confined(User):
    """Whoever runs the tests, in a user namespace that may hold no network namespaces."""

    def start(self, *arguments: str, **more: Any) -> subprocess.Popen[str]:
        argv = ["unshare", "--user", "--map-root-user", "sh", "-c", _FORBID, "sh", self.python, *arguments]
        return subprocess.Popen(
            argv,
            cwd=self.home,
            text=True,
            **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more},
        )


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> User:
    if sys.platform != "linux":
        pytest.skip("VPCs exist on Linux only")
    if shutil.which("unshare") is None:
        pytest.skip("there is no unshare on this machine")
    user = Confined("self", Path(tmp_path_factory.mktemp("confined")))
    with user.start("-c", "print('in')") as process:
        told, error = process.communicate(timeout=30)
    if told != "in\n":
        pytest.skip(f"no user namespaces here: {error}")
    return user


@pytest.fixture(scope="module")
def worlds(user: User) -> Iterator[Worlds]:
    with RunningAs(user, "--repeat-seconds", "0") as running:
        yield build(running)


def ask(address: str) -> object:
    """What the database behind an address of this machine calls itself."""
    with redis.Redis(
        host=address, port=PORT, password=PASSWORD, socket_timeout=5, decode_responses=True, retry=ONCE
    ) as client:
        try:
            return client.get("who")
        except redis.RedisError as error:
            return type(error).__name__


def test_it_is_said(worlds: Worlds) -> None:
    running = worlds.running
    health = running.ask("health")
    assert health["status"] == "ok"
    assert "max_net_namespaces" in health["vpcs"]["forbidden"]
    told = running.user.run("ps", "--data", str(running.folder.root))
    assert "VPCs cannot be entered: unshare(NEWNET) failed: ENOSPC" in told.stdout
    done = running.run_inside(worlds.ours.vpc, "true")
    assert done.returncode == 125
    assert "max_net_namespaces" in done.stderr
    assert str(running.folder.hosts) in done.stderr
    assert "Traceback" not in done.stderr


def test_privatelink_works_by_the_names_of_this_machine(worlds: Worlds) -> None:
    """Through the load balancer to the provider's database; one zone goes dark, the other one does not."""

    resolve = worlds.running.addresses
    both = sorted(resolve(worlds.domain()))
    (dark,), (bright,) = resolve(worlds.zone_domain(ZH)), resolve(worlds.zone_domain(ZI))
    assert both == sorted((dark, bright))
    assert [ask(address) for address in both] == ["the provider"] * 2
    worlds.provider.toggle("Disable", worlds.service, worlds.endpoint, ZH)
    worlds.consumer.wait_zone(worlds.endpoint, ZH, "Disconnected")
    assert resolve(worlds.domain()) == [bright]
    assert ask(dark) == "ConnectionError"
    assert ask(bright) == "the provider"
