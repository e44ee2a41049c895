"""The router behind TLS."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jackfield.endpoints.certificates import Authority, make_authority
from jackfield.relay.route import Tls
from jackfield.relay.tls.front import Front

if TYPE_CHECKING:
    from tests.relay.resp.conftest import Relay


@pytest.fixture
def ca(relay: Relay, tmp_path: Path) -> Iterator[str]:
    """Has the relay end TLS; gives the path of what clients have to trust."""
    authority = Authority(make_authority(), tmp_path)
    certificate = authority.certify(["r-test.redis.rds.aliyuncs.com"], ["127.0.0.1"], since=time.time())
    behind = relay.upstream
    relay.upstream = Front(behind, Tls(protocol="tls", certificate=str(certificate.path)))  # type: ignore[assignment]
    path = tmp_path / "ca.pem"
    path.write_text(authority.pem)
    yield str(path)
    relay.upstream = behind


def test_commands_over_all_shards_inside_tls(relay: Relay, ca: str) -> None:
    with relay.client(ssl=True, ssl_ca_certs=ca) as client, relay.client() as plain:
        value = os.urandom(150_000).hex()
        client.set("large", value)
        assert client.get("large") == plain.get("large") == value
        with client.pipeline(transaction=False) as pipeline:
            for number in range(3000):
                pipeline.set(f"k{number}", number)
            assert pipeline.execute() == [True] * 3000
        assert client.mget([f"k{number}" for number in range(50)]) == [str(number) for number in range(50)]
        assert client.dbsize() == 3001
        assert len(list(client.scan_iter(count=500))) == 3001
        assert client.blpop(["nothing"], timeout=0.1) is None


def test_a_blocked_client_is_woken_inside_tls_and_may_quit(relay: Relay, ca: str) -> None:
    with relay.client(ssl=True, ssl_ca_certs=ca) as client, relay.client() as plain:
        connection = client.connection_pool.get_connection()
        connection.send_command("BLPOP", "list", 0)
        plain.rpush("list", "hello")
        assert connection.read_response() == ["list", "hello"]
        connection.send_command("QUIT")
        assert connection.read_response() == "OK"
        client.connection_pool.release(connection)
