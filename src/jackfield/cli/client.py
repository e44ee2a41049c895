"""Asking a running Jackfield's administration."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Any

from jackfield.cli.failure import Failure
from jackfield.supervisor.ready import Ready

_PATIENCE = 10.0


def ask(ready: Ready, path: str, body: dict[str, Any] | None = None, *, patience: float = _PATIENCE) -> dict[str, Any]:
    """The JSON reply of ``/_jackfield/…``; a POST when there is a body.

    :param patience: seconds that it may take.

    :raises Failure: nobody answers, or with an error.
    """
    request = urllib.request.Request(
        f"{ready.api}/_jackfield/{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {ready.admin_token}", "Content-Type": "application/json"},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback needs no proxy
    try:
        with opener.open(request, timeout=patience) as response:
            reply: dict[str, Any] = json.load(response)
    except urllib.error.HTTPError as error:
        raise Failure(f"{ready.api} refused: {error.code} {_told(error.read())}") from None
    except (OSError, HTTPException, ValueError) as error:  # the last two: somebody else has its port
        said = str(error) or type(error).__name__
        raise Failure(f"{ready.api} does not answer: {said}. Start it again with 'jackfield up'.") from None
    return reply


def _told(body: bytes) -> str:
    """What an error says; the body as it is where it is none of the administration's."""
    try:
        return str(json.loads(body)["error"])
    except (ValueError, KeyError, TypeError):
        return body.decode(errors="replace")
