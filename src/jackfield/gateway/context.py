"""What a call gathers on its way through the stages."""

from __future__ import annotations

import os
from typing import Any

from jackfield.gateway.message import HttpRequest, Pairs, joined_headers
from jackfield.identity.keys import Key
from jackfield.products.operation import Call, Operation, Product, Request
from jackfield.store.interface import Reader, Tx


def new_request_id() -> str:
    """A random UUID (version 4) in upper case, as the vendor writes them; a third of the cost of ``uuid.uuid4``."""
    digits = os.urandom(16).hex().upper()
    variant = "89AB"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


class Context:
    """One call. Every stage fills in what the next ones need; reading what is not there yet is a mistake of ours."""

    request: HttpRequest
    request_id: str
    """Upper-case UUID."""
    now: float
    """Seconds since the epoch when the call came."""
    headers: dict[bytes, bytes]
    host: str
    """The Host header as the client wrote it."""
    acs3: bool
    """Signed by ACS3; otherwise by RPC v1, or not at all."""
    json: bool
    """The answer is JSON; otherwise XML."""
    query: Pairs
    form: Pairs
    parameters: dict[str, str]
    """Query and form together; of a repeated name the first value."""
    action: str
    nonce: str
    key: Key
    region: str
    operation: Operation[Any, Any]
    reader: Reader
    """The transaction of a call that only reads."""
    tx: Tx
    """The transaction of a call that writes."""
    call: Call
    decoded: Request
    reply: Any
    """The operation's reply, or the mapping that an earlier call's reply was remembered as."""
    body: bytes

    def __init__(self, request: HttpRequest, now: float) -> None:
        self.request = request
        self.request_id = new_request_id()
        self.now = now
        self.headers = headers = joined_headers(request.headers)
        self.host = headers.get(b"host", b"").decode("latin-1")
        self.acs3 = headers.get(b"authorization", b"").lstrip(b" \t").startswith(b"ACS3-")
        self.json = self.acs3
        self.action = ""
        self.nonce = ""
        self.product: Product | None = None
        self.found: Key | None = None
        """The key that signed, once the signature is verified."""
        self.reply = None
