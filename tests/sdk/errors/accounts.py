"""Wrong calls about accounts of Tair instances."""

from __future__ import annotations

from tests.running import PASSWORD
from tests.sdk.errors.world import Case, Works, World

WORKS: Works = {
    "tair.CreateAccount": lambda world: {
        "InstanceId": world.standard, "AccountName": "another", "AccountPassword": PASSWORD,
    },
    "tair.DescribeAccounts": lambda world: {"InstanceId": world.standard},
    "tair.ResetAccountPassword": lambda world: {
        "InstanceId": world.standard, "AccountName": "demo", "AccountPassword": PASSWORD,
    },
    "tair.GrantAccountPrivilege": lambda world: {
        "InstanceId": world.standard, "AccountName": "demo", "AccountPrivilege": "RoleReadOnly",
    },
    "tair.DeleteAccount": lambda world: {"InstanceId": world.standard, "AccountName": "demo"},
}  # fmt: skip


def cases(world: World) -> list[Case]:
    pending = {"InstanceId": world.managed, "AccountName": "pending"}
    found = [
        Case("tair.CreateAccount", "InvalidEngineVersion.Format", 400, {"InstanceId": world.old}),
        *(
            Case("tair.CreateAccount", "InvalidAccountName.Format", 400, {"AccountName": name})
            for name in ("1a", "_a", "Upper", "a-b", "ä", "a b", "x" * 101)
        ),
        Case("tair.CreateAccount", "InvalidAccountName.Forbid", 400, {"AccountName": "default"}),
        Case("tair.CreateAccount", "InvalidAccountName.Forbid", 400, {"AccountName": "jackfield"}),
        Case("tair.CreateAccount", "InvalidAccountName.Duplicate", 400, {"AccountName": "demo"}),
        Case("tair.CreateAccount", "InvalidAccountPassword.Format", 400, {"AccountPassword": "alllowercase"}),
        *(
            Case("tair.CreateAccount", "InvalidAccountDescription.Format", 400, {"AccountDescription": text})
            for text in ("a", "1a", "http://a", "x" * 257)
        ),
        Case("tair.CreateAccount", "InvalidAccountPrivilege.Malformed", 400, {"AccountPrivilege": "RoleRoot"}),
        Case("tair.CreateAccount", "AccountLimitExceeded", 403, {"InstanceId": world.managed}),
        Case("tair.ResetAccountPassword", "InvalidAccountPassword.Format", 400, {"AccountPassword": "Aa1!"}),
        Case("tair.ResetAccountPassword", "TaskExists", 400, pending),
        Case("tair.GrantAccountPrivilege", "InvalidAccountPrivilege.Format", 400, {"AccountPrivilege": "RoleRoot"}),
        Case("tair.GrantAccountPrivilege", "IncorrectAccount", 400, pending),
        Case("tair.DeleteAccount", "OperationDenied.AccountStatus", 403, pending),
        Case("tair.DescribeAccounts", "InvalidInstanceId.NotFound", 404, {"InstanceId": "r-1"}),
    ]
    for action in ("CreateAccount", "ResetAccountPassword", "GrantAccountPrivilege", "DeleteAccount"):
        found.append(Case(f"tair.{action}", "InvalidInstanceId.NotFound", 404, {"InstanceId": "r-1"}))
        found.append(Case(f"tair.{action}", "IncorrectDBInstanceState", 403, {"InstanceId": world.moving}))
        if action != "CreateAccount":
            found.append(Case(f"tair.{action}", "InvalidAccountName.NotFound", 404, {"AccountName": "nobody"}))
    return found
