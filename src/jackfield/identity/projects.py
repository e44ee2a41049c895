"""Projects of OceanBase Cloud: they own instances, and have key pairs of their own."""

from __future__ import annotations

import secrets
import string
from typing import ClassVar

import msgspec

from jackfield.identity.accounts import create_access_key
from jackfield.identity.resources import Account
from jackfield.store.interface import Reader, Tx
from jackfield.store.resource import Resource
from jackfield.store.secrets import KeyRing

_ALPHABET = string.ascii_lowercase + string.digits


class Project(Resource, frozen=True, kw_only=True, omit_defaults=True):
    """A project; its parent is the account.

    :param name: for people; may be empty.
    :param passed: when a call last named it, seconds since the epoch; 0: never.
    """

    kind: ClassVar[str] = "project"

    name: str = ""
    passed: float = 0.0


def create_project(tx: Tx, account: Account, name: str = "") -> Project:
    """Opens a project; its id looks like the documents' ``li15c8s987d2arse****``."""
    made = "".join(secrets.choice(_ALPHABET) for _ in range(20))
    project = Project(id=made, account=account.id, parent=account.id, created=tx.now, name=name)
    tx.put(project)
    return project


def create_project_key(tx: Tx, keyring: KeyRing, project: Project) -> tuple[str, str]:
    """Gives a project one more active key pair, which is good for that project alone.

    :return: the key's id and its secret, which is nowhere else to be had in clear.
    """
    account = tx.get(Account, project.account)
    assert account is not None, "projects belong to accounts"
    return create_access_key(tx, keyring, tx.now, account, parent=project.id)


def pass_project(tx: Tx, project: Project) -> None:
    """Remembers that a call named the project."""
    tx.put(msgspec.structs.replace(project, passed=tx.now))


def latest_project(reader: Reader, account: str) -> Project | None:
    """The project that the account's calls named last; the oldest one while none was named.

    Source: OceanBase Cloud documents, "Call an API operation": without ``X-Ob-Project-Id`` it is the one passed last.
    """
    projects = reader.children(Project, account)
    return max(projects, key=lambda one: one.passed, default=None)
