"""Accounts and their access keys, as the store keeps them."""

from __future__ import annotations

from typing import ClassVar

from jackfield.store.resource import Resource, States


class Account(Resource, frozen=True, kw_only=True):
    """A customer of the cloud; owns everything else.

    :param id: 16 digits, equal to ``account``.
    :param name: for people; may be empty.
    """

    kind: ClassVar[str] = "account"

    name: str = ""


class AccessKey(Resource, frozen=True, kw_only=True):
    """A key pair that signs calls; its parent is the account, a RAM user, or a project of OceanBase Cloud.

    Status ``Active`` or ``Inactive``. Both ways, and the removal, are intents: switching a key is all there is to it,
    no data plane has to acknowledge anything.

    :param id: the key's id, ``LTAI…``.
    :param secret: sealed by the data folder's key ring, with the key's id as context.
    :param user: name of the RAM user whose key it is; empty for everybody else's.
    """

    kind: ClassVar[str] = "access_key"
    states: ClassVar[States] = States(
        initial=("Active",),
        intents=(("Active", "Inactive"), ("Inactive", "Active"), ("Active", ""), ("Inactive", "")),
        settlements=(),
    )

    secret: str
    user: str = ""


class KeyUse(Resource, frozen=True, kw_only=True):
    """When an access key was used last; its parent is the key, whose id it has.

    :param at: seconds since the epoch, to the minute: a use is not written down within a minute of the one before.
    """

    kind: ClassVar[str] = "access_key_use"

    at: float
