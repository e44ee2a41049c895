"""Fixtures that every kind of test may use."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.running import Running, read_hosts


def pytest_configure(config: pytest.Config) -> None:
    """Where Python is told to keep no bytecode, the processes that tests start keep it apart from the sources.

    Hundreds of them start; each would compile the package anew, which takes longer than all else that it does.
    """
    if sys.dont_write_bytecode:
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = str(config.rootpath / ".pytest_cache" / "bytecode")


@pytest.fixture(scope="module")
def jackfield(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A Jackfield with real engines, shared by the tests of a file."""
    with Running(tmp_path_factory.mktemp("jackfield")) as running:
        yield running


@pytest.fixture
def resolving(jackfield: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """Endpoints' names resolve in this process as they do under ``jackfield exec``."""
    resolve_with(jackfield.folder.hosts, monkeypatch)


def resolve_with(hosts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reads the hosts file anew for each look-up, as the C library does; what is not in it fails as an unknown name."""
    system = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *args: Any, **more: Any) -> Any:
        if isinstance(host, bytes):
            host = host.decode()
        if not isinstance(host, str) or not host.endswith(".rds.aliyuncs.com"):
            return system(host, port, *args, **more)
        found = [entry for address in read_hosts(hosts).get(host, ()) for entry in system(address, port, *args, **more)]
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return found

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
