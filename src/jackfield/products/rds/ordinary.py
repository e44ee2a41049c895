"""Which of an instance's endpoints its clients ordinarily dial, and in which network the instance lies."""

from __future__ import annotations

from typing import Literal

from jackfield.endpoints.resources import Endpoint, Net, endpoint_id
from jackfield.products.rds.resources import DBInstance
from jackfield.store.interface import Reader

_ORDER: tuple[Net, ...] = ("private", "classic", "public")


def ordinary_endpoint(tx: Reader, instance_id: str) -> Endpoint | None:
    """The one in a VPC; without it that of the classic network, and without both the public one, which is then the only
    one (SwitchDBInstanceNetType).
    """
    found = (tx.get(Endpoint, endpoint_id(instance_id, net)) for net in _ORDER)
    return next((endpoint for endpoint in found if endpoint is not None), None)


def network_type(instance: DBInstance) -> Literal["VPC", "Classic"]:
    return "VPC" if instance.vpc_id else "Classic"
