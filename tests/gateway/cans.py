"""Two tiny products for the gateway's tests; they share operation names and differ by version."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from jackfield.products.errors import ApiError
from jackfield.products.operation import Call, Param, Product, Reply, Request, Shape, operation
from jackfield.store.interface import Tx
from jackfield.store.resource import Resource

CANS = Product(
    code="Cans",
    version="2030-01-01",
    ram_code="cans",
    host="cans",
    known=lambda: frozenset({"DescribeCan", "DrainCan"}),
)
JARS = Product(code="Jars", version="2031-01-01", ram_code="jars", host="jars", known=frozenset)
PRODUCTS = {product.version: product for product in (CANS, JARS)}

SECRET_OF_A_BUG = "what-only-the-log-may-say"


class Can(Resource, frozen=True, kw_only=True):
    kind: ClassVar[str] = "can"

    name: str
    size: int = 1


class CanNotFound(ApiError):
    code = "InvalidCanId.NotFound"
    status = 404
    message = "The specified can does not exist."


class SizeNotSupported(ApiError):
    code = "Size.NotSupported"
    status = 403
    message = "No can has this size."


class Tag(Shape, kw_only=True):
    key: Annotated[str, Param("Key.", missing=CanNotFound)]
    value: str = ""


class Tags(Shape, kw_only=True):
    tag: list[Tag]


class DescribeCanRequest(Request, kw_only=True):
    instance_id: str
    detail: bool = False


class CanReply(Reply, kw_only=True):
    instance_id: str
    name: str
    size: int
    region_id: str
    owner: str
    detailed: bool
    note: str | msgspec.UnsetType = msgspec.UNSET


class CreateCanRequest(Request, kw_only=True):
    name: Annotated[str, Param("Name.")]
    size: Annotated[int, Param("Litres.", range=(1, 64), invalid=SizeNotSupported)] = 1
    material: Annotated[str, Param("Metal.", enum=("tin", "steel"))] = "tin"
    client_token: str = ""
    dry_run: bool = False


class CreatedReply(Reply, kw_only=True):
    instance_id: str


class TagCansRequest(Request, kw_only=True):
    resource_id: list[str]
    tag: tuple[Tag, ...] = ()
    force: bool = False


class TaggedReply(Reply, kw_only=True):
    resource_id: list[str]
    tags: Tags
    forced: bool


class EchoRequest(Request, kw_only=True):
    text: str = ""


class EchoReply(Reply, kw_only=True):
    text: str


class OwnerReply(Reply, kw_only=True):
    arn: str
    host: str
    source: str


@operation(CANS, title="Describes a can", access="get", errors=(CanNotFound,))
def describe_can(tx: Tx, call: Call, request: DescribeCanRequest) -> CanReply:
    can = tx.get(Can, request.instance_id)
    if can is None or can.account != call.account:
        raise CanNotFound
    return CanReply(
        instance_id=can.id, name=can.name, size=can.size, region_id=call.region, owner=can.account,
        detailed=request.detail,
    )  # fmt: skip


@operation(CANS, title="Makes a can", access="create", token="ClientToken", errors=(SizeNotSupported,))
def create_can(tx: Tx, call: Call, request: CreateCanRequest) -> CreatedReply:
    number = tx.count(Can, account=call.account, region="") + 1
    can = Can(
        id=f"can-{call.account}-{number}", account=call.account, region=call.region, created=call.now,
        name=request.name, size=request.size,
    )  # fmt: skip
    tx.put(can)
    if request.name == "square":
        raise SizeNotSupported
    return CreatedReply(instance_id=can.id)


@operation(CANS, title="Tags cans", access="update")
def tag_cans(tx: Tx, call: Call, request: TagCansRequest) -> TaggedReply:
    return TaggedReply(resource_id=request.resource_id, tags=Tags(tag=list(request.tag)), forced=request.force)


@operation(CANS, title="Says it again", access="get")
def echo(tx: Tx, call: Call, request: EchoRequest) -> EchoReply:
    return EchoReply(text=request.text)


@operation(CANS, title="Tells who calls", access="none")
def who_am_i(tx: Tx, call: Call, request: Request) -> OwnerReply:
    return OwnerReply(arn=call.principal.arn, host=call.host, source=call.source)


@operation(CANS, title="Breaks while reading", access="list")
def break_read(tx: Tx, call: Call, request: Request) -> Reply:
    raise KeyError(SECRET_OF_A_BUG)


@operation(CANS, title="Breaks while writing", access="delete")
def break_write(tx: Tx, call: Call, request: EchoRequest) -> Reply:
    tx.put(Can(id="broken", account=call.account, name="broken"))
    raise ZeroDivisionError(SECRET_OF_A_BUG)


@operation(JARS, title="Describes a jar", access="get", name="DescribeCan")
def describe_jar(tx: Tx, call: Call, request: Request) -> EchoReply:
    return EchoReply(text="a jar")
