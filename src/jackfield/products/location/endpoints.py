"""DescribeEndpoints: every product is where the call itself came to."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jackfield.products.errors import ApiError
from jackfield.products.location.product import LOCATION
from jackfield.products.operation import Call, Param, Reply, Request, Shape, operation
from jackfield.products.regions import REGIONS
from jackfield.store.interface import Reader

SERVICES = {
    "redisa": "r-kvstore",
    "r-kvstore": "r-kvstore",
    "kvstore": "r-kvstore",
    "slb": "slb",
    "vpc": "vpc",
    "ram": "ram",
    "sts": "sts",
    "location": "location",
}
"""Location codes and the products they stand for (Terraform says ``redisa`` for Tair)."""


class InvalidRegionId(ApiError):
    """The region is unknown; core SDKs compare code and text to learn that there is no such region."""

    code = "InvalidRegionId"
    status = 400
    message = "The specified region does not exist."


class IllegalParameter(ApiError):
    """The service is unknown; core SDKs know it by its code, blank and all, and its text without a full stop."""

    code = "Illegal Parameter"
    status = 400
    message = "Please check the parameters"


class DescribeEndpointsRequest(Request):
    id: Annotated[str, Param("The region.", "cn-hangzhou")]
    service_code: Annotated[str, Param("The location code of the product.", "redisa")] = ""
    serivce_code: Annotated[str, Param("The same, as the oldest core SDK spells it.", "redisa")] = ""
    type: Annotated[str, Param("The kind of endpoint.", "openAPI")] = "openAPI"


class Protocols(Shape):
    protocols: tuple[str, ...]


class EndpointView(Shape):
    endpoint: str
    id: str
    namespace: str
    serivce_code: str = msgspec.field(name="SerivceCode")
    type: str
    protocols: Protocols


class EndpointList(Shape):
    endpoint: tuple[EndpointView, ...]


class DescribeEndpointsReply(Reply):
    endpoints: EndpointList
    success: bool = True


@operation(
    LOCATION, title="Queries the endpoints of a service", access="list", errors=(InvalidRegionId, IllegalParameter)
)
def describe_endpoints(tx: Reader, call: Call, request: DescribeEndpointsRequest) -> DescribeEndpointsReply:
    """Answers with the host and port that this call came to, since one port serves every product.

    ``SerivceCode`` in the reply is the vendor's spelling.
    """
    if request.id not in REGIONS:
        raise InvalidRegionId
    service = request.service_code or request.serivce_code
    if service.lower() not in SERVICES:
        raise IllegalParameter
    return DescribeEndpointsReply(
        endpoints=EndpointList(
            endpoint=(
                EndpointView(
                    endpoint=call.host,
                    id=request.id,
                    namespace="",
                    serivce_code=service,
                    type=request.type,
                    protocols=Protocols(protocols=("HTTP",)),
                ),
            )
        )
    )
