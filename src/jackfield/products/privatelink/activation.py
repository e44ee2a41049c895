"""OpenPrivateLinkService and CheckProductOpen: nothing has to be opened here, no account pays."""

from __future__ import annotations

from jackfield.products.operation import Call, Reply, Request, operation
from jackfield.products.privatelink.errors import NeedOpenProduct, OrderOpened
from jackfield.products.privatelink.product import PRIVATELINK
from jackfield.store.interface import Reader


class OpenPrivateLinkServiceReply(Reply):
    order_id: str


@operation(PRIVATELINK, title="Activates PrivateLink", access="none", errors=(OrderOpened,))
def open_private_link_service(tx: Reader, call: Call, request: Request) -> OpenPrivateLinkServiceReply:
    """Every account has PrivateLink from the start, so there is nothing to order (Terraform takes that for opened)."""
    raise OrderOpened


class CheckProductOpenReply(Reply):
    success: bool


@operation(PRIVATELINK, title="Queries whether PrivateLink is activated", access="none", errors=(NeedOpenProduct,))
def check_product_open(tx: Reader, call: Call, request: Request) -> CheckProductOpenReply:
    """It is, for every account."""
    return CheckProductOpenReply(success=True)
