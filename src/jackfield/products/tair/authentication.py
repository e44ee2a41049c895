"""ModifyInstanceVpcAuthMode."""

from __future__ import annotations

from typing import Annotated

from jackfield.products.operation import Call, Param, Reply, operation
from jackfield.products.tair.errors import InstanceStatusNotSupport, InvalidInstanceIdNotFound
from jackfield.products.tair.instances import InstanceIdRequest, own_instance
from jackfield.products.tair.maintenance import change_settings
from jackfield.products.tair.network_errors import ParamNotSupportedForCurrentVersion
from jackfield.products.tair.product import TAIR
from jackfield.products.tair.states import NORMAL
from jackfield.products.tair.upkeep import begin_change
from jackfield.store.interface import Tx


class ModifyInstanceVpcAuthModeRequest(InstanceIdRequest):
    vpc_auth_mode: Annotated[
        str,
        Param("Open: passwords are asked for; Close: they are not.", "Close", enum=("Open", "Close")),
    ]


@operation(
    TAIR,
    title="Turns password-free access from the VPC on or off",
    access="update",
    resource="instance/{InstanceId}",
    errors=(InvalidInstanceIdNotFound, InstanceStatusNotSupport, ParamNotSupportedForCurrentVersion),
)
def modify_instance_vpc_auth_mode(tx: Tx, call: Call, request: ModifyInstanceVpcAuthModeRequest) -> Reply:
    """Close lets clients of the instance's VPC endpoints in without a password, as the default account.

    A client that gives a password is judged by it. The public endpoint goes on asking, and the whitelist goes on
    judging. RESET logs a client of a standard instance out, and it has to dial again. With Open everybody who connects
    from then on gives a password; who is connected stays. The instance is Changing until the servers and the relay have
    it.
    """
    instance = own_instance(tx, call, request.instance_id, InvalidInstanceIdNotFound)
    if instance.status != NORMAL:
        raise InstanceStatusNotSupport
    if not instance.vpc_id:
        raise ParamNotSupportedForCurrentVersion
    changed = change_settings(tx, instance, password_free=request.vpc_auth_mode == "Close")
    begin_change(tx, call, changed, "servers")
    return Reply()
