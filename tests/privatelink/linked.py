"""A real Redis behind a load balancer of the provider's, and an endpoint of the consumer's that leads to it."""

from __future__ import annotations

import errno
import socket
import subprocess
import sys
import threading
from typing import NamedTuple

import redis

from tests.nlb.conftest import Network
from tests.privatelink.cloud import ZH, Side
from tests.redis_once import ONCE
from tests.running import PASSWORD, Running, until

PORT = 6379


class Linked(NamedTuple):
    """Two accounts, two VPCs, one link in two zones."""

    provider: Side
    consumer: Side
    network: Network
    balancer: str
    group: str
    service: str
    endpoint: str

    @property
    def running(self) -> Running:
        return self.provider.running

    def addresses(self, name: str) -> list[str]:
        """Where a name leads, from the hosts file."""
        return self.running.addresses(name)

    @property
    def domain(self) -> str:
        domain: str = self.consumer.of(self.endpoint).endpoint_domain
        return domain

    def reached(self) -> set[str]:
        """Where the endpoint's own name leads."""
        return set(self.addresses(self.domain))

    def zone_address(self, zone: str) -> str:
        """Of this machine; empty while the zone's name leads nowhere."""
        found = self.addresses(self.consumer.zones(self.endpoint)[zone].zone_domain)
        return found[0] if found else ""

    def again(self) -> Linked:
        """The same after the API came back, maybe elsewhere."""
        provider, consumer = (side.again() for side in (self.provider, self.consumer))
        return self._replace(provider=provider, consumer=consumer)


def build(running: Running) -> Linked:
    provider, consumer = Side(running), Side(running, "consumer")
    inside, network = provider.nlb.network("10.6"), consumer.nlb.network("10.7")
    instance = running.create(0, vpc_id=inside.vpc, v_switch_id=inside.vswitches[ZH], zone_id=ZH,
                              private_ip_address="10.6.1.100")  # fmt: skip
    (host,) = running.names()[running.name(instance)]
    with redis.Redis(host=host, port=PORT, password=PASSWORD) as client:
        client.set("who", "the provider")
    group = provider.nlb.group(inside)
    provider.nlb.add(group, f"10.6.1.100:{PORT}")
    balancer = provider.nlb.balancer(inside)
    provider.nlb.listener(balancer, group, PORT)
    service = provider.service(balancer)
    provider("AddUserToVpcEndpointService", service_id=service, user_id=int(consumer.account))
    open_to_all = consumer.security_group(network.vpc, "0.0.0.0/0")
    endpoint = consumer.endpoint(service, network, security_group_id=[open_to_all])
    provider.enable(service, endpoint)
    return Linked(provider, consumer, network, balancer, group, service, endpoint)


def connect(address: str, port: int = PORT) -> redis.Redis:
    """A client with one connection, which it does not open anew."""
    client = redis.Redis(
        host=address,
        port=port,
        password=PASSWORD,
        socket_timeout=5,
        decode_responses=True,
        single_connection_client=True,
        retry=ONCE,
    )
    assert client.get("who") == "the provider"
    return client


def refuses(address: str, port: int = PORT) -> bool:
    """Whether nobody listens there; who cuts a client at once does."""
    with socket.socket() as sock:
        sock.settimeout(5)
        return sock.connect_ex((address, port)) == errno.ECONNREFUSED


def answers(address: str, port: int = PORT) -> bool:
    """Whether a new client gets an answer of the database's."""
    try:
        with redis.Redis(host=address, port=port, password=PASSWORD, socket_timeout=5, retry=ONCE) as client:
            return bool(client.ping())
    except (redis.RedisError, OSError):
        return False


class Load:
    """Asks one connection over and over; what goes wrong is kept."""

    def __init__(self, address: str) -> None:
        self._client = connect(address)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.answered = 0
        self.failure = ""
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                assert self._client.get("who") == "the provider"
            except Exception as error:  # what a client sees is what the test is about
                self.failure = f"{type(error).__name__}: {error}"
                return
            self.answered += 1

    def goes_on(self) -> None:
        """Fails unless queries are answered, now."""
        before = self.answered
        until("the load going on", lambda: self.failure or self.answered > before + 20)
        assert not self.failure

    def end(self) -> None:
        self._stop.set()
        self._thread.join(10)
        self._client.close()


def inside(linked: Linked, name: str, *options: str) -> str:
    """What a Redis client in the consumer's VPC gets that dials a name: the value, or the kind of the error.

    :param options: of ``exec``.
    """
    dial = (
        "import redis, redis.backoff, redis.retry, sys\n"
        "once = redis.retry.Retry(redis.backoff.NoBackoff(), 0)\n"
        "client = redis.Redis(host=sys.argv[1], password=sys.argv[2], socket_timeout=3, decode_responses=True,"
        " retry=once)\n"
        "try: print(client.get('who'))\n"
        "except (redis.RedisError, OSError) as error: print(type(error).__name__)"
    )
    command = [sys.executable, "-m", "jackfield", "exec", "--data", str(linked.running.folder.root)]
    command += ["--vpc", linked.network.vpc, *options, "--", sys.executable, "-c", dial, name, PASSWORD]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout.strip()
