"""The yardstick of the API: on the same server set-up, an application that only verifies the signature.

``python -m bench.handler DESCRIPTOR FILE``: a listening socket, and the JSON of :class:`Script`.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from bench.children import Child, module
from bench.signing import Address, Key
from jackfield.gateway import signatures
from jackfield.gateway.message import HttpRequest, first_values, joined_headers, parse_pairs
from jackfield.gateway.rpc import ASGIApp, Receive, Scope, Send
from jackfield.gateway.server import run, serve


class Script(msgspec.Struct):
    """:param secrets: by access key. :param answers: by action; as long as Jackfield's own."""

    secrets: dict[str, str]
    answers: dict[str, str]


def application(script: Script) -> ASGIApp:
    """Answers 200 to what is signed with a known key, and 403 to everything else."""
    secrets = {key: secret.encode() for key, secret in script.secrets.items()}
    answers = {action: answer.encode() for action, answer in script.answers.items()}

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        action = _verified(scope, secrets)
        body = answers.get(action, b"{}")
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200 if action else 403, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return answer


def _verified(scope: Scope, secrets: dict[str, bytes]) -> str:
    """The action of a signed request; empty when the signature is not right."""
    headers = joined_headers(scope["headers"])
    pairs = parse_pairs(scope["query_string"])
    authorization = headers.get(b"authorization")
    if authorization is None:
        values = first_values(pairs)
        string = signatures.v1_string(scope["method"], scope["path"], pairs)
        expected = signatures.v1_signature(secrets[values["AccessKeyId"]], string)
        given, action = values["Signature"].encode(), values["Action"]
    else:
        parts = signatures.read_authorization(authorization)
        assert parts is not None
        request = HttpRequest(scope["method"], scope["path"], scope["query_string"], scope["headers"], b"")
        digest = signatures.body_hash(b"")
        canonical = signatures.acs3_canonical(request, pairs, headers, parts.signed, digest)
        expected = signatures.acs3_signature(secrets[parts.access_key.decode()], signatures.acs3_string(canonical))
        given, action = parts.signature, headers[b"x-acs-action"].decode()
    return action if signatures.same(expected, given) else ""


@contextmanager
def running(folder: Path, key: Key, answers: dict[str, str]) -> Iterator[tuple[Child, Address]]:
    """The handler in a process of its own; it listens when this returns, and answers as soon as it has started."""
    script = folder / "handler.json"
    script.write_bytes(msgspec.json.encode(Script({key.id: key.secret}, answers)))
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener:
        number = listener.fileno()
        argv = module("bench.handler", str(number), str(script))
        with Child("the bare handler", argv, folder / "handler.log", pass_fds=(number,)) as child:
            yield child, listener.getsockname()[:2]


def main() -> None:
    listener = socket.socket(fileno=int(sys.argv[1]))
    script = msgspec.json.decode(Path(sys.argv[2]).read_bytes(), type=Script)
    run(lambda: serve(application(script), [listener], on_ready=lambda: None))


if __name__ == "__main__":
    main()
