"""Further changes of accounts: a password by whoever knows the old one, and the description."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.products.operation import Call, Param, Reply, operation
from jackfield.products.tair.account_errors import (
    AccountTaskExists,
    IncorrectDBInstanceState,
    InvalidAccountDescriptionFormat,
    InvalidAccountNameNotFound,
    InvalidAccountPasswordFormat,
)
from jackfield.products.tair.accounts import AccountName, NewPassword, begin, is_description, settled_account
from jackfield.products.tair.errors import InvalidInstanceIdNotFound
from jackfield.products.tair.instances import InstanceIdRequest, own_instance
from jackfield.products.tair.passwords import digest, is_strong
from jackfield.products.tair.product import TAIR
from jackfield.products.tair.resources import Account, account_id
from jackfield.products.tair.states import NORMAL
from jackfield.store.interface import Tx


class ModifyAccountPasswordRequest(InstanceIdRequest):
    account_name: AccountName
    old_account_password: Annotated[str, Param("The password as it is.", "oldPassWd999****")]
    new_account_password: NewPassword


@operation(
    TAIR,
    title="Modifies the password of an account",
    access="update",
    resource="instance/{InstanceId}",
    errors=(
        InvalidInstanceIdNotFound,
        IncorrectDBInstanceState,
        InvalidAccountNameNotFound,
        InvalidAccountPasswordFormat,
        AccountTaskExists,
    ),
)
def modify_account_password(tx: Tx, call: Call, request: ModifyAccountPasswordRequest) -> Reply:
    """As ResetAccountPassword, for who knows the old password."""
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    if instance.status != NORMAL:
        raise IncorrectDBInstanceState
    found = settled_account(tx, instance, request.account_name, AccountTaskExists)
    if digest(request.old_account_password) != found.password_sha256 or not is_strong(request.new_account_password):
        raise InvalidAccountPasswordFormat
    secret = call.seal(request.new_account_password, found.id)
    changed = msgspec.structs.replace(found, password_sha256=digest(request.new_account_password), secret=secret)
    begin(tx, call, instance, changed, "password")
    return Reply()


class ModifyAccountDescriptionRequest(InstanceIdRequest):
    account_name: AccountName
    account_description: Annotated[str, Param("2 to 256 characters, a letter first.", "testaccount")]


@operation(
    TAIR,
    title="Modifies the description of an account",
    access="update",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound, InvalidAccountNameNotFound, InvalidAccountDescriptionFormat),
)
def modify_account_description(tx: Tx, call: Call, request: ModifyAccountDescriptionRequest) -> Reply:
    """Changes what DescribeAccounts shows; the servers know of no descriptions."""
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    found = tx.get(Account, account_id(instance.id, request.account_name))
    if found is None:
        raise InvalidAccountNameNotFound
    if not is_description(request.account_description):
        raise InvalidAccountDescriptionFormat
    tx.put(msgspec.structs.replace(found, description=request.account_description))
    return Reply()
