"""GetCallerIdentity."""

from __future__ import annotations

import msgspec

from jackfield.products.operation import Call, Reply, Request, operation
from jackfield.products.sts.product import STS
from jackfield.store.interface import Reader


class GetCallerIdentityRequest(Request):
    pass


class GetCallerIdentityReply(Reply):
    account_id: str
    arn: str
    identity_type: str
    principal_id: str
    user_id: str | msgspec.UnsetType = msgspec.UNSET
    role_id: str | msgspec.UnsetType = msgspec.UNSET


@operation(STS, title="Queries the identity of the caller", access="get")
def get_caller_identity(tx: Reader, call: Call, request: GetCallerIdentityRequest) -> GetCallerIdentityReply:
    """Who signed the call. Needs no permission."""
    return GetCallerIdentityReply(
        account_id=call.principal.account,
        arn=call.principal.arn,
        identity_type=call.principal.kind,
        principal_id=call.principal.id,
        user_id=msgspec.UNSET if call.principal.role else call.principal.id,
        role_id=call.principal.role or msgspec.UNSET,
    )
