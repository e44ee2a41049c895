"""What a call leaves when it ends badly, and what it says of it."""

from __future__ import annotations

import re
import uuid

import msgspec
import pytest

from jackfield.identity.resources import AccessKey
from tests.gateway.cans import SECRET_OF_A_BUG
from tests.gateway.support import Signer, World


@pytest.mark.parametrize("action", ["BreakRead", "BreakWrite"])
@pytest.mark.parametrize("format", ["JSON", None])
def test_bug_says_nothing_but_the_request_id(
    world: World, port: int, action: str, format: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    answer = world.signer.v1(action, {"Text": "private"}, format=format).send(port)
    assert answer.status == 500
    text = answer.body.decode()
    assert SECRET_OF_A_BUG not in text
    assert "Traceback" not in text
    assert "InternalError" in text
    request_id = answer.headers["x-acs-request-id"]
    assert request_id in text
    [record] = [record for record in caplog.records if record.exc_info]
    assert request_id in record.getMessage()
    assert SECRET_OF_A_BUG in str(record.exc_text or record.exc_info)


def test_one_line_a_call_without_secrets(world: World, port: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="jackfield.gateway")
    marks = {"Text": uuid.uuid4().hex}
    fine = world.signer.acs3("Echo", marks).send(port)
    wrong = Signer(world.signer.key_id, "not the secret").v1("Echo\nforged", marks).send(port)
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 2
    assert re.fullmatch(
        rf"call request={fine.json['RequestId']} account=\d{{16}} action=cans:Echo code=OK ms=\d+\.\d\d", lines[0]
    )
    assert re.fullmatch(
        rf"call request={wrong.json['RequestId']} account=- action=cans:- code=SignatureDoesNotMatch ms=\d+\.\d\d",
        lines[1],
    )


def test_dry_run_does_nothing_and_is_an_error(world: World, port: int) -> None:
    signer = world.account()
    answer = signer.acs3("CreateCan", {"Name": "peas", "DryRun": "true"}).send(port)
    assert (answer.status, answer.code) == (400, "DryRunOperation")
    assert signer.acs3("CreateCan", {"Name": "square", "DryRun": "true"}).send(port).code == "Size.NotSupported"
    first = signer.acs3("CreateCan", {"Name": "peas", "DryRun": "False"}).send(port)
    assert first.json["InstanceId"].endswith("-1")


def test_failed_write_leaves_nothing(world: World, port: int) -> None:
    signer = world.account()
    assert signer.acs3("CreateCan", {"Name": "square"}).send(port).status == 403
    assert signer.acs3("CreateCan", {"Name": "round"}).send(port).json["InstanceId"].endswith("-1")


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({}, "MissingName"), ({"Name": ""}, "MissingName"), ({"Name": "a\0b"}, "InvalidName"),
        ({"Name": "a", "Size": "65"}, "Size.NotSupported"), ({"Name": "a", "Size": "x"}, "Size.NotSupported"),
        ({"Name": "a", "Material": "paper"}, "InvalidMaterial"), ({"Name": "a", "DryRun": "yes"}, "InvalidDryRun"),
        ({"Name": "a", "ClientToken": "t" * 65}, "InvalidClientToken"),
        ({"Name": "a", "ClientToken": "ü"}, "InvalidClientToken"),
    ],
)  # fmt: skip
def test_parameters_that_do_not_fit(world: World, port: int, parameters: dict[str, str], code: str) -> None:
    assert world.signer.acs3("CreateCan", parameters).send(port).code == code


def test_switched_off_key(folder: World) -> None:
    with folder.served() as port:
        assert folder.signer.acs3("WhoAmI").send(port).status == 200
        for status, expected in (("Inactive", 400), ("Active", 200), ("Inactive", 400)):
            with folder.store.write() as tx:
                key = tx.get(AccessKey, folder.signer.key_id)
                assert key is not None
                tx.put(msgspec.structs.replace(key, status=status))
            for action in ("WhoAmI", "CreateCan"):
                for _ in range(2):
                    answer = folder.signer.acs3(action, {"Name": "a"}).send(port)
                    assert answer.status == expected
                    assert answer.code in ("", "InvalidAccessKeyId.Inactive")


def test_deleted_key(folder: World) -> None:
    with folder.served() as port:
        assert folder.signer.acs3("WhoAmI").send(port).status == 200
        with folder.store.write() as tx:
            key = tx.get(AccessKey, folder.signer.key_id)
            assert key is not None
            tx.remove(key)
        for _ in range(2):
            answer = folder.signer.acs3("CreateCan", {"Name": "a"}).send(port)
            assert (answer.status, answer.code) == (404, "InvalidAccessKeyId.NotFound")


def test_store_that_is_busy(folder: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Terraform tries again after this code; the same request is no good for it, a new one is."""
    monkeypatch.setattr("jackfield.store.sqlite.BUSY_TIMEOUT", 0.1)
    with folder.served() as port:
        wire = folder.signer.acs3("CreateCan", {"Name": "a"})
        with folder.store.write():
            answer = wire.send(port)
        assert (answer.status, answer.code) == (503, "ServiceUnavailable")
        assert wire.send(port).code == "SignatureNonceUsed"
        assert folder.signer.acs3("CreateCan", {"Name": "a"}).send(port).status == 200
