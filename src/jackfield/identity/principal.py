"""Who makes a call."""

from __future__ import annotations

from typing import Literal

import msgspec


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """An authenticated caller.

    :param account: 16 digits.
    :param kind: ``Account`` is the root of an account; as GetCallerIdentity tells it.
    :param id: PrincipalId; the account id for a root, the user's id, ``<role id>:<session>`` for an assumed role.
    :param arn: ``acs:ram::<account>:root``, ``…:user/<name>``, ``…:role/<name>/<session>``.
    :param access_key: id of the key that signed.
    :param project: the OceanBase Cloud project that the key belongs to; empty for a key of the account itself.
    :param name: the user's, or the session's of an assumed role; empty for a root.
    :param role: id of the role that is assumed. :param session_policy: JSON that narrows it; empty: nothing does.
    """

    account: str
    kind: Literal["Account", "RAMUser", "AssumedRoleUser"]
    id: str
    arn: str
    access_key: str
    project: str = ""
    name: str = ""
    role: str = ""
    session_policy: str = ""
