"""``jackfield whoami`` and ``jackfield policy``: who may do what, as people ask it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from jackfield.identity.people import Attachment, User
from jackfield.identity.policies import Policy, policy_id
from jackfield.store.sqlite import open_store
from tests.cli.commands import run
from tests.identity.decisions import allow, deny, document
from tests.running import Running

RELEASE = ("--action", "kvstore:ReleaseDirectConnection")


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A Jackfield with a user who may release the endpoint of one instance."""
    with Running(tmp_path_factory.mktemp("policy"), "--engines", "none") as running:
        account = running.ready.account_id
        running.down()
        store = open_store(running.folder.store)
        with store.write() as tx:
            text = document(
                allow("kvstore:*", "acs:kvstore:*:*:instance/r-one", IpAddress={"acs:SourceIp": "10.0.0.0/8"}),
                deny("kvstore:Delete*"),
            )
            tx.put(Policy(id=policy_id(account, "one"), account=account, name="one", default="v1", document=text))
            made = User(
                id="2" * 18, account=account, parent=account, name="alice",
                policies=(Attachment(type="Custom", name="one", at=0.0),),
            )  # fmt: skip
            tx.put(made)
            tx.claim(made.space, "alice", made)
        store.close()
        running.up()
        yield running


def ask(states: Running, *arguments: str, status: int = 0) -> str:
    return run(*arguments, "--data", str(states.folder.root), status=status).stdout


def resource(states: Running, id: str) -> tuple[str, str]:
    return "--resource", f"acs:kvstore:cn-hangzhou:{states.ready.account_id}:instance/{id}"


def test_allowed(states: Running) -> None:
    condition = ("--condition", "acs:SourceIp=10.0.0.1")
    asked = ("policy", "simulate", "--principal", "user/alice", *RELEASE, *resource(states, "r-one"), *condition)
    said = ask(states, *asked)
    assert said.splitlines()[0] == "Allow: statement 1 of custom policy one (of the user) allows it"
    found: dict[str, Any] = json.loads(ask(states, *asked, "--json"))
    assert (found["decision"], found["policy"]["name"], found["statement"]) == ("Allow", "one", 1)


def test_refused(states: Running) -> None:
    alice = ("policy", "simulate", "--principal", "user/alice")
    said = ask(states, *alice, *RELEASE, *resource(states, "r-two"), status=1)
    assert said.splitlines()[0] == "ImplicitDeny: no statement allows it"
    assert "Allow, statement 1 of one (user): it is about other resources" in said
    said = ask(states, *alice, *RELEASE, *resource(states, "r-one"), status=1)
    assert "acs:SourceIp is not known of this call" in said
    said = ask(states, *alice, "--action", "kvstore:DeleteInstance", status=1)
    assert said.splitlines()[0] == "ExplicitDeny: statement 2 of custom policy one (of the user) denies it"


def test_wrong_questions(states: Running) -> None:
    data = ("--data", str(states.folder.root))
    for arguments, told in (
        (("--principal", "user/bob", *RELEASE), "has no RAM user bob"),
        (("--principal", "user/alice", *RELEASE, "--resource", "r-one"), "acs:SERVICE:REGION:ACCOUNT:ID"),
        (("--principal", "user/alice", *RELEASE, "--condition", "here"), "KEY=VALUE"),
    ):
        assert told in run("policy", "simulate", *arguments, *data, status=1).stderr
    assert "none of this Jackfield's" in run("policy", "decode", "nonsense", *data, status=1).stderr


def test_whoami(states: Running) -> None:
    environment = {"ALIBABA_CLOUD_ACCESS_KEY_ID": ""}
    data = ("--data", str(states.folder.root))
    said = run("whoami", *data, environment=environment).stdout
    assert said.startswith(f"acs:ram::{states.ready.account_id}:root  (Account, key {states.ready.access_key_id})")
    assert "may do everything" in said
    found = json.loads(run("whoami", "--json", *data, environment=environment).stdout)
    assert found["account_id"] == states.ready.account_id
    assert states.ready.access_key_secret not in json.dumps(found)
    told = run("whoami", *data, environment={"ALIBABA_CLOUD_ACCESS_KEY_ID": "LTAInobody"}, status=1).stderr
    assert "there is no such access key" in told
