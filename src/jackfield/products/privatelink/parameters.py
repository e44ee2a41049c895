"""Parameters that most operations take."""

from __future__ import annotations

from typing import Annotated

from jackfield.products.errors import InvalidParameterValue
from jackfield.products.operation import Param

RegionId = Annotated[str, Param("The region.", "cn-hangzhou")]
ServiceId = Annotated[str, Param("The service.", "epsrv-hp3vpx8yqxblby3i****")]
EndpointId = Annotated[str, Param("The endpoint.", "ep-hp33b2e43fays7s8****")]
ZoneId = Annotated[str, Param("The zone.", "cn-hangzhou-b")]
SecurityGroupId = Annotated[str, Param("The security group.", "sg-hp3c8qj1tyct90ej****")]
ClientToken = Annotated[str, Param("Makes a repeated call answer like the first.", "0c593ea1-3bea-11e9-b96b")]
DryRun = Annotated[bool, Param("Only checks.", "false")]


def check_description(name: str, text: str) -> None:
    """Descriptions have 2 to 256 characters and start with no scheme (CreateVpcEndpointService documents).

    :param name: of the parameter. :raises InvalidParameterValue:
    """
    if text and (not 2 <= len(text) <= 256 or text.startswith(("http://", "https://"))):
        raise InvalidParameterValue(name=name)
