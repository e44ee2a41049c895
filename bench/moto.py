"""moto's server, with database instances of RDS in it. It verifies no signatures."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from bench.children import Child, accepts, free_port, module
from bench.http_load import load
from bench.signing import Address

# moto takes the service from the credential's scope, and looks at nothing else of it.
_SCOPE = "AWS4-HMAC-SHA256 Credential=bench/20260101/us-east-1/rds/aws4_request, SignedHeaders=host, Signature=0"


def installed() -> bool:
    return importlib.util.find_spec("moto") is not None


@contextmanager
def running(folder: Path) -> Iterator[Address]:
    """The server, on a free port."""
    port = free_port()
    argv = module("moto.server", "-H", "127.0.0.1", "-p", str(port))
    # A create makes a snapshot as well, of which there may be 100 by default.
    env = {"MOTO_RDS_SNAPSHOT_LIMIT": "1000000"}
    with Child("moto", argv, folder / "moto.log", env=env) as child:
        child.ready("port", lambda: accepts(port))
        yield "127.0.0.1", port


def fill(address: Address, count: int) -> None:
    """Makes ``db-0`` and so on."""
    load(address, [create(f"db-{number}") for number in range(count)], 1)


def create(name: str) -> bytes:
    return _request(
        Action="CreateDBInstance",
        DBInstanceIdentifier=name,
        DBInstanceClass="db.t3.micro",
        Engine="postgres",
        AllocatedStorage="20",
        MasterUsername="root",
        MasterUserPassword="Pass!123456",
    )


def describe(name: str) -> bytes:
    return _request(Action="DescribeDBInstances", DBInstanceIdentifier=name)


def _request(**form: str) -> bytes:
    body = urlencode({**form, "Version": "2014-10-31"})
    return (
        f"POST / HTTP/1.1\r\nHost: rds.us-east-1.amazonaws.com\r\nAuthorization: {_SCOPE}\r\n"
        "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()
