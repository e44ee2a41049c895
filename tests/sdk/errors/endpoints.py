"""Wrong calls about endpoints of Tair instances, and their TLS."""

from __future__ import annotations

from tests.sdk.errors.world import Case, Works, World

WORKS: Works = {
    "tair.DescribeDBInstanceNetInfo": lambda world: {"InstanceId": world.standard},
    "tair.AllocateDirectConnection": lambda world: {"InstanceId": world.cluster},
    "tair.ReleaseDirectConnection": lambda world: {"InstanceId": world.direct},
    "tair.AllocateInstancePublicConnection": lambda world: {
        "InstanceId": world.standard, "ConnectionStringPrefix": "another-public", "Port": "6379",
    },
    "tair.ReleaseInstancePublicConnection": lambda world: {
        "InstanceId": world.protected, "CurrentConnectionString": "taken-public.redis.rds.aliyuncs.com",
    },
    "tair.ModifyDBInstanceConnectionString": lambda world: {
        "DBInstanceId": world.standard, "CurrentConnectionString": "taken-name.redis.rds.aliyuncs.com",
        "NewConnectionString": "other-name", "IPType": "Private",
    },
    "tair.ModifyInstanceSSL": lambda world: {"InstanceId": world.standard, "SSLEnabled": "Enable"},
    "tair.DescribeInstanceSSL": lambda world: {"InstanceId": world.standard},
}  # fmt: skip


def cases(world: World) -> list[Case]:
    return [*_direct(world), *_public(world)]


def _direct(world: World) -> list[Case]:
    allocate = "tair.AllocateDirectConnection"
    return [
        Case("tair.DescribeDBInstanceNetInfo", "InvalidInstanceId.NotFound", 404, {"InstanceId": "r-1"}),
        Case(allocate, "InvalidDbInstanceId.NotFound", 404, {"InstanceId": "r-1"}),
        Case(allocate, "InstanceStatus.NotSupport", 403, {"InstanceId": world.moving}),
        Case(allocate, "InvalidConnType", 400, {"InstanceId": world.standard}),
        Case(allocate, "DirectConnectionAlreadyExists", 400, {"InstanceId": world.direct}),
        Case(allocate, "InvalidConnectionString.Format", 400, {"ConnectionString": "x"}),
        Case(allocate, "ConnectionStringAlreadyExists", 400, {"ConnectionString": "taken-name"}),
        Case(allocate, "InvalidPort", 400, {"Port": "80"}),
        Case(allocate, "InvalidPort", 400, {"Port": "10000"}),
        Case(allocate, "QuotaNotEnough", 400, {"InstanceId": world.crowded}),
        Case("tair.ReleaseDirectConnection", "NetTypeNotExists", 400, {"InstanceId": world.cluster}),
        Case("tair.ReleaseDirectConnection", "InstanceStatus.NotSupport", 403, {"InstanceId": world.moving}),
        Case("tair.ReleaseDirectConnection", "InvalidDbInstanceId.NotFound", 404, {"InstanceId": "r-1"}),
    ]


def _public(world: World) -> list[Case]:
    allocate, release = "tair.AllocateInstancePublicConnection", "tair.ReleaseInstancePublicConnection"
    move, secure = "tair.ModifyDBInstanceConnectionString", "tair.ModifyInstanceSSL"
    found = [
        Case(allocate, "MissingConnectionString", 400, {"ConnectionStringPrefix": ""}),
        Case(allocate, "NetTypeExists", 400, {"InstanceId": world.protected}),
        Case(allocate, "InvalidConnectionString.Format", 400, {"ConnectionStringPrefix": "short"}),
        Case(allocate, "ConnectionStringAlreadyExists", 400, {"ConnectionStringPrefix": "taken-name"}),
        Case(allocate, "InvalidPort", 400, {"Port": "1023"}),
        Case(release, "MissingConnectionString", 400, {"CurrentConnectionString": ""}),
        Case(release, "AtLeastOneNetTypeExists", 400, {"CurrentConnectionString": "nobody.redis.rds.aliyuncs.com"}),
        Case(move, "NetTypeNotExists", 400, {"CurrentConnectionString": "nobody.redis.rds.aliyuncs.com"}),
        Case(move, "InvalidIPType.Format", 400, {"IPType": "Public"}),
        Case(move, "InvalidConnectionString.Format", 400, {"NewConnectionString": "short"}),
        Case(move, "InvalidPort", 400, {"Port": "70000"}),
        Case(move, "InvalidConnectionStringOrPort.Duplicate", 400, {"NewConnectionString": ""}),
        Case(move, "ConnectionStringAlreadyExists", 400, {"NewConnectionString": "taken-public"}),
        Case(move, "InvalidInstanceId.NotFound", 404, {"DBInstanceId": "r-1"}),
        Case(move, "InstanceStatus.NotSupport", 403, {"DBInstanceId": world.moving}),
        Case(secure, "InvalidInstanceId.NotFound", 404, {"InstanceId": "r-1"}),
        Case(secure, "IncorrectDBInstanceState", 403, {"InstanceId": world.moving}),
        Case(secure, "InvalidParameters.Format", 400, {"SSLEnabled": "Update"}),
        Case("tair.DescribeInstanceSSL", "InvalidInstanceId.NotFound", 404, {"InstanceId": "r-1"}),
    ]
    for action in (allocate, release):
        found.append(Case(action, "InvalidInstanceId.NotFound", 404, {"InstanceId": "r-1"}))
        found.append(Case(action, "InstanceStatus.NotSupport", 403, {"InstanceId": world.moving}))
    return found
