"""A client of HTTP Digest that does as it is told, right or wrong; uses none of the gateway's own code."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

from jackfield.gateway.digest import Algorithm, DigestAuth
from jackfield.gateway.digest_nonces import NonceBook
from jackfield.gateway.rest import RestApp
from jackfield.products import oceanbase
from jackfield.products.oceanbase.product import known
from tests.gateway.support import Served, World

TARGET = "/api/v2/instances?requestId=r-1"
INSTANCE = {
    "cloudProvider": "QCLOUD", "diskSize": 100, "instanceClass": "4C16GB", "obVersion": "4.2.1",
    "region": "ap-beijing", "zones": "ap-beijing-4,ap-beijing-5",
}  # fmt: skip
BODY = json.dumps(INSTANCE).encode()

_HASHES: dict[str, Callable[[bytes], Any]] = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}
_BARE = ("qop", "nc", "algorithm")


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        decoded: dict[str, Any] = json.loads(self.body)
        return decoded

    @property
    def challenge(self) -> dict[str, str]:
        """The parameters of WWW-Authenticate."""
        scheme, _, rest = self.headers["www-authenticate"].partition(" ")
        assert scheme == "Digest"
        return {name: quoted or bare for name, quoted, bare in re.findall(r'(\w+)=(?:"([^"]*)"|([^",\s]+))', rest)}


@dataclass
class Caller:
    """:param user: the access key's id. :param algorithm: what the client computes with."""

    port: int
    user: str
    secret: str
    algorithm: str = "MD5"

    def send(self, method: str, target: str, body: bytes = b"", *authorization: str) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.putrequest(method, target)
            for value in authorization:
                connection.putheader("Authorization", value)
            if body or method == "POST":
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body or None)
            response = connection.getresponse()
            headers = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, headers, response.read())
        finally:
            connection.close()

    def challenge(self) -> dict[str, str]:
        """Of a request without authorization."""
        answer = self.send("GET", TARGET)
        assert answer.status == 401
        return answer.challenge

    def fields(
        self, challenge: dict[str, str], method: str = "POST", uri: str = TARGET, nc: str = "00000001"
    ) -> dict[str, str]:
        """The parameters of a right answer."""
        told = {
            "username": self.user, "realm": challenge["realm"], "nonce": challenge["nonce"], "uri": uri,
            "qop": "auth", "nc": nc, "cnonce": "0a4f113b", "opaque": challenge["opaque"], "algorithm": self.algorithm,
        }  # fmt: skip
        return told | {"response": self.response(told, method)}

    def response(self, told: dict[str, str], method: str = "POST") -> str:
        """As RFC 7616 section 3.4.1 has it, over whatever the parameters say."""

        def digest(*parts: str) -> str:
            return str(_HASHES[self.algorithm](":".join(parts).encode("latin-1")).hexdigest())

        first = digest(told["username"], told["realm"], self.secret)
        second = digest(method, told["uri"])
        return digest(first, told["nonce"], told["nc"], told["cnonce"], told["qop"], second)

    def call(self, method: str, target: str, body: bytes = b"", nc: str = "00000001") -> Answer:
        """A right call, with a challenge of its own."""
        return self.send(method, target, body, header(self.fields(self.challenge(), method, target, nc)))


def header(fields: dict[str, str], *, bare: tuple[str, ...] = _BARE) -> str:
    """``Digest a="b", c=d``."""
    return "Digest " + ", ".join(f"{k}={v}" if k in bare else f'{k}="{v}"' for k, v in fields.items())


class Looked:
    """A look-up that counts."""

    def __init__(self, look_up: Callable[[str], Any]) -> None:
        self._look_up = look_up
        self._lock = threading.Lock()
        self.times = 0

    def __call__(self, key_id: str) -> Any:
        with self._lock:
            self.times += 1
        return self._look_up(key_id)


@contextmanager
def rest_served(
    world: World, *, algorithm: Algorithm = "MD5", nonces: NonceBook | None = None
) -> Iterator[tuple[int, DigestAuth]]:
    """The OceanBase API of a data folder, behind the real server. :return: port, and what authenticates."""
    from jackfield.identity.keys import KeyCache

    keys = KeyCache(world.store, world.keyring)
    book = NonceBook(bytes.fromhex(world.keyring.derive("digest nonces"))) if nonces is None else nonces
    auth = DigestAuth(keys.look_up, book, opaque="5ccc069c403ebaf9", algorithm=algorithm)
    app = RestApp(oceanbase.load(), known=known(), store=world.store, keys=keys, auth=auth)
    server = Served(app)
    try:
        yield server.port, auth
    finally:
        server.stop()
