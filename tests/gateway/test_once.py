"""Signed requests are good once; a ClientToken makes a call that happens once."""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.gateway.support import Answer, Signer, World, altered


def test_read_is_not_repeated(world: World, port: int) -> None:
    wire = world.signer.acs3("WhoAmI")
    assert wire.send(port).status == 200
    answer = wire.send(port)
    assert (answer.status, answer.code) == (400, "SignatureNonceUsed")
    assert answer.json["Message"] == "Specified signature nonce was used already."


def test_nonce_of_a_read_is_no_good_for_a_write(world: World, port: int) -> None:
    signer = altered(world.signer, SignatureNonce=uuid.uuid4().hex)
    assert signer.v1("WhoAmI").send(port).status == 200
    assert signer.v1("CreateCan", {"Name": "a"}).send(port).code == "SignatureNonceUsed"


def test_nonces_are_per_key(world: World, port: int) -> None:
    nonce = uuid.uuid4().hex
    for signer in (world.signer, world.account()):
        assert altered(signer, SignatureNonce=nonce).v1("WhoAmI").send(port).status == 200


def test_forged_request_spends_nobodys_nonce(world: World, port: int) -> None:
    nonce = uuid.uuid4().hex
    forger = Signer(world.signer.key_id, "guessed", extra={"SignatureNonce": nonce})
    assert forger.v1("CreateCan", {"Name": "a"}).send(port).code == "SignatureDoesNotMatch"
    assert altered(world.signer, SignatureNonce=nonce).v1("CreateCan", {"Name": "a"}).send(port).status == 200


@pytest.mark.parametrize("name", ["round", "square", "", "dry"])
def test_write_is_not_repeated_after_a_restart(folder: World, name: str) -> None:
    """Whether it was done, refused by the operation, refused before it, or was a dry run."""
    wire = folder.signer.acs3("CreateCan", {"Name": name, "DryRun": str(name == "dry")})
    with folder.served() as port:
        first = wire.send(port)
        assert first.code in ("", "Size.NotSupported", "MissingName", "DryRunOperation")
        assert wire.send(port).code == "SignatureNonceUsed"
    with folder.served() as port:
        assert wire.send(port).code == "SignatureNonceUsed"
        assert wire.send(port).code == "SignatureNonceUsed"


def test_broken_write_is_not_repeated_after_a_restart(folder: World) -> None:
    wire = folder.signer.acs3("BreakWrite")
    with folder.served() as port:
        assert wire.send(port).status == 500
    with folder.served() as port:
        assert wire.send(port).code == "SignatureNonceUsed"


def _without_id(answer: Answer) -> dict[str, Any]:
    return {name: value for name, value in answer.json.items() if name != "RequestId"}


def test_client_token_is_answered_again(folder: World) -> None:
    parameters = {"Name": "beans", "ClientToken": "token-1"}
    with folder.served() as port:
        first = folder.signer.acs3("CreateCan", parameters).send(port)
        again = folder.signer.v1("CreateCan", {}, parameters).send(port)
        assert again.status == 200
        assert _without_id(again) == _without_id(first)
        assert again.json["RequestId"] != first.json["RequestId"]
        xml = ElementTree.fromstring(folder.signer.v1("CreateCan", parameters, format="XML").send(port).body)
        assert xml.findtext("InstanceId") == first.json["InstanceId"]
        assert folder.signer.acs3("CreateCan", {"Name": "beans"}).send(port).json["InstanceId"].endswith("-2")
    with folder.served() as port:
        assert _without_id(folder.signer.acs3("CreateCan", parameters).send(port)) == _without_id(first)


def test_client_token_of_another_request(folder: World) -> None:
    with folder.served() as port:
        parameters = {"Name": "beans", "ClientToken": "token-1"}
        assert folder.signer.acs3("CreateCan", parameters).send(port).status == 200
        for other in ({"Name": "peas"}, {"Size": "2"}, {"RegionId": "cn-beijing"}):
            answer = folder.signer.acs3("CreateCan", {**parameters, **other}).send(port)
            assert (answer.status, answer.code) == (400, "IdempotentParameterMismatch")
        elsewhere = Signer(folder.signer.key_id, folder.signer.secret, host="cans.cn-beijing.aliyuncs.com")
        assert elsewhere.acs3("CreateCan", parameters).send(port).code == "IdempotentParameterMismatch"
        stranger = folder.account()
        assert stranger.acs3("CreateCan", {**parameters, "Name": "peas"}).send(port).status == 200


def test_client_token_of_a_refused_call_is_free(folder: World) -> None:
    with folder.served() as port:
        for name in ("square", "dry", "round"):
            parameters = {"Name": name, "ClientToken": "token-2", "DryRun": str(name == "dry")}
            status = folder.signer.acs3("CreateCan", parameters).send(port).status
            assert status == {"square": 403, "dry": 400, "round": 200}[name]


def test_client_token_lasts_a_day(tmp_path: Path) -> None:
    now = [time.time()]
    world = World(tmp_path, clock=lambda: now[0])
    parameters = {"Name": "beans", "ClientToken": "token-3"}
    with world.served() as port:
        first = world.signer.acs3("CreateCan", parameters).send(port).json["InstanceId"]
        now[0] += 86_000
        assert world.signer.acs3("CreateCan", parameters).send(port).json["InstanceId"] == first
        now[0] += 500
        assert world.signer.acs3("CreateCan", parameters).send(port).json["InstanceId"] != first
    world.store.close()
