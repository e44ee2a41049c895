"""Resources for the tests of the store and of the reconcile loop."""

from __future__ import annotations

from jackfield.store.resource import Resource, States

ACCOUNT = "1000000000000001"
OTHER_ACCOUNT = "1000000000000002"
REGION = "cn-hangzhou"
OTHER_REGION = "cn-beijing"


class Note(Resource, frozen=True, kw_only=True, omit_defaults=True):
    """A kind without states."""

    kind = "test.note"

    text: str = ""


class Endpoint(Resource, frozen=True, kw_only=True, omit_defaults=True):
    """A kind with states, spelled as a vendor might."""

    kind = "test.endpoint"
    states = States(
        initial=("Creating",),
        intents=(("Normal", "Changing"), ("Normal", "Deleting")),
        settlements=(("Creating", "Normal"), ("Changing", "Normal"), ("Deleting", "")),
    )

    name: str = ""
    ports: tuple[int, ...] = ()


EVIDENCE = {"acknowledged": 1}


def note(id: str, text: str = "", *, account: str = ACCOUNT, region: str = REGION, parent: str = "") -> Note:
    return Note(id=id, account=account, region=region, parent=parent, text=text)


def endpoint(id: str, status: str = "Creating", *, parent: str = "", region: str = REGION) -> Endpoint:
    return Endpoint(id=id, account=ACCOUNT, region=region, parent=parent, status=status)


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now
