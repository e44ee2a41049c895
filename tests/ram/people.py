"""RAM and STS through the official SDKs."""

from __future__ import annotations

import itertools
import json
from typing import Any, NamedTuple

from alibabacloud_ram20150501 import models
from alibabacloud_ram20150501.client import Client as RamClient
from alibabacloud_sts20150401 import models as sts_models
from alibabacloud_sts20150401.client import Client as StsClient
from alibabacloud_tea_openapi.models import Config

from tests.running import Running
from tests.sdk.clients import Account

_numbers = itertools.count(1)


def unused(prefix: str) -> str:
    """A name that no other test has."""
    return f"{prefix}-{next(_numbers)}"


class Key(NamedTuple):
    id: str
    secret: str
    token: str = ""


class People:
    """An account of a Jackfield, called by its root, or by whoever has ``key``."""

    def __init__(self, running: Running, key: Key | None = None) -> None:
        self.running = running
        self.key = key or Key(running.ready.access_key_id, running.ready.access_key_secret)
        self.account = running.ready.account_id

    def config(self) -> Config:
        config = self.running.config(self.key.id, self.key.secret)
        if self.key.token:
            config.security_token = self.key.token
            config.type = "sts"
        return config

    @property
    def ram(self) -> RamClient:
        return RamClient(self.config())

    @property
    def sts(self) -> StsClient:
        return StsClient(self.config())

    def by(self, key: Key) -> People:
        """The same account, called with another key."""
        return People(self.running, key)

    def hand(self) -> Account:
        """Calls of the older SDK and by hand with this key."""
        return Account(self.running, self.account, self.key.id, self.key.secret)

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """A call of RAM by the SDK's method; the reply as the vendor spells it."""
        snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in operation).lstrip("_")
        request = getattr(models, f"{operation}Request")(**parameters)
        reply: dict[str, Any] = getattr(self.ram, snake)(request).body.to_map()
        return reply

    def user(self, prefix: str = "user") -> str:
        name = unused(prefix)
        self.call("CreateUser", user_name=name)
        return name

    def group(self) -> str:
        name = unused("group")
        self.call("CreateGroup", group_name=name)
        return name

    def policy(self, document: str = "") -> str:
        name = unused("policy")
        self.call("CreatePolicy", policy_name=name, policy_document=document or allowing("kvstore:Describe*"))
        return name

    def role(self, document: str = "", **more: Any) -> str:
        name = unused("role")
        self.call(
            "CreateRole",
            role_name=name,
            assume_role_policy_document=document or trusting(f"acs:ram::{self.account}:root"),
            **more,
        )
        return name

    def access_key(self, user: str) -> Key:
        made = self.call("CreateAccessKey", user_name=user)["AccessKey"]
        return Key(made["AccessKeyId"], made["AccessKeySecret"])

    def assume(self, role: str, session: str = "session", **more: Any) -> Key:
        """The temporary key of a session."""
        request = sts_models.AssumeRoleRequest(role_arn=self.role_arn(role), role_session_name=session, **more)
        made = self.sts.assume_role(request).body.credentials
        return Key(made.access_key_id, made.access_key_secret, made.security_token)

    def role_arn(self, role: str) -> str:
        return f"acs:ram::{self.account}:role/{role}"

    def who(self) -> dict[str, Any]:
        """GetCallerIdentity."""
        reply: dict[str, Any] = self.sts.get_caller_identity().body.to_map()
        return reply


def allowing(*actions: str, resource: str = "*") -> str:
    return json.dumps(
        {"Version": "1", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": resource}]}
    )


def trusting(*names: str, **condition: Any) -> str:
    statement: dict[str, Any] = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"RAM": list(names)}}
    if condition:
        statement["Condition"] = condition
    return json.dumps({"Version": "1", "Statement": [statement]})
