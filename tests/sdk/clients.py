"""The vendor's clients, pointed at a Jackfield: the current SDKs, the older core SDK, and requests by hand."""

from __future__ import annotations

import json
import typing
import warnings
import xml.etree.ElementTree as ElementTree
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from alibabacloud_r_kvstore20150101.client import Client as TairClient
from alibabacloud_sts20150401.client import Client as StsClient
from alibabacloud_tea_openapi.client import Client as OpenApiClient
from alibabacloud_tea_openapi.utils_models import OpenApiRequest, Params
from alibabacloud_vpc20160428.client import Client as VpcClient
from darabonba.runtime import RuntimeOptions

from tests.gateway.support import Answer, Signer
from tests.running import Running, until

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from aliyunsdkcore.client import AcsClient
    from aliyunsdkcore.request import CommonRequest, RpcRequest

VERSIONS = {
    "tair": "2015-01-01",
    "rds": "2014-08-15",
    "vpc": "2016-04-28",
    "ecs": "2014-05-26",
    "nlb": "2022-04-30",
    "slb": "2014-05-15",
    "ram": "2015-05-01",
    "sts": "2015-04-01",
    "location": "2015-06-12",
}


class Account(NamedTuple):
    """Somebody who calls; keys that are empty are the data folder's first account's."""

    running: Running
    id: str
    key_id: str
    secret: str

    @property
    def tair(self) -> TairClient:
        return TairClient(self.running.config(self.key_id, self.secret))

    @property
    def vpc(self) -> VpcClient:
        return VpcClient(self.running.config(self.key_id, self.secret))

    @property
    def sts(self) -> StsClient:
        return StsClient(self.running.config(self.key_id, self.secret))

    @property
    def host(self) -> str:
        """``HOST:PORT`` of the API."""
        return urlsplit(self.running.ready.api).netloc

    @property
    def port(self) -> int:
        return int(self.host.rpartition(":")[2])

    def call(self, product: str, action: str, parameters: dict[str, str]) -> dict[str, Any]:
        """A call of the current SDK's core, with which the clients of all products make theirs."""
        params = Params(
            action=action,
            version=VERSIONS[product],
            protocol="HTTP",
            pathname="/",
            method="POST",
            auth_type="AK",
            style="RPC",
            req_body_type="formData",
            body_type="json",
        )
        client = OpenApiClient(self.running.config(self.key_id, self.secret))
        body: dict[str, Any] = client.call_api(params, OpenApiRequest(query=parameters), RuntimeOptions())["body"]
        return body

    def core(self, request: RpcRequest | CommonRequest, format: str = "JSON") -> str:
        """A call of the older SDK, which raises its own exceptions."""
        request.set_endpoint(self.host)
        request.set_protocol_type("http")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            client = AcsClient(self.key_id, self.secret, "cn-hangzhou")
            if format == "JSON":
                answer: bytes = client.do_action_with_exception(request)
            else:
                # The call above asks for JSON whatever the request says; this one asks for what it says.
                request.set_accept_format(format)
                _, _, answer, error = client._implementation_of_do_action(request)
                if error:
                    raise error
        return answer.decode()

    def common(self, product: str, action: str, format: str = "JSON", **parameters: Any) -> str:
        """The same for an operation that the older SDK has no class for."""
        request = RpcRequest(product, VERSIONS[product], action)
        request.set_method("POST")
        for name, value in parameters.items():
            request.add_query_param(name, value)
        return self.core(request, format)

    def signer(self, product: str) -> Signer:
        """Signs requests by hand."""
        return Signer(self.key_id, self.secret, host=self.host, version=VERSIONS[product])

    def raw(self, product: str, action: str, **parameters: str) -> Answer:
        """An ACS3 call by hand; the reply as it came."""
        return self.signer(product).acs3(action, parameters).send(self.port)


def owner(running: Running) -> Account:
    """The data folder's first account."""
    ready = running.ready
    return Account(running, ready.account_id, ready.access_key_id, ready.access_key_secret)


def stranger(running: Running) -> Account:
    """A new account."""
    made = running.ask("accounts", {"name": "somebody else"})
    return Account(running, made["account_id"], made["access_key_id"], made["access_key_secret"])


def wait_available(account: Account, vpc_id: str, region: str = "cn-hangzhou") -> None:
    """Until the VPC and all its vSwitches are Available."""

    def settled() -> bool:
        vpc = account.raw("vpc", "DescribeVpcAttribute", VpcId=vpc_id, RegionId=region).json
        inside = account.raw("vpc", "DescribeVSwitches", VpcId=vpc_id, RegionId=region).json
        found = [vpc["Status"], *(one["Status"] for one in inside["VSwitches"]["VSwitch"])]
        return set(found) == {"Available"}

    until(f"{vpc_id} Available", settled)


def check_types(model: Any, path: str = "") -> int:
    """Asserts that every value which the SDK's model holds has the type that the model declares for it.

    :return: how many single values were seen.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        hints = typing.get_type_hints(type(model).__init__, vars(__import__(type(model).__module__, fromlist=["_"])))
    seen = 0
    for name, hint in hints.items():
        value = getattr(model, name, None)
        if value is not None:
            seen += _check(value, hint, f"{path}.{name}")
    return seen


def _check(value: Any, hint: Any, path: str) -> int:
    if typing.get_origin(hint) is list:
        assert type(value) is list, path
        (item,) = typing.get_args(hint)
        return sum(_check(one, item, f"{path}[{index}]") for index, one in enumerate(value))
    assert type(value) is hint, f"{path} is {value!r}, not {hint.__name__}"
    return check_types(value, path) if hasattr(value, "to_map") else 1


def leaves(document: Any, path: str = "") -> dict[str, list[str]]:
    """Path → texts of a JSON document's single values, as in XML; empty lists and objects have none."""
    found: dict[str, list[str]] = {}
    if isinstance(document, dict):
        for name, value in document.items():
            _merge(found, leaves(value, f"{path}/{name}"))
    elif isinstance(document, list):
        for value in document:
            _merge(found, leaves(value, path))
    else:
        found[path] = [str(document).lower() if isinstance(document, bool) else str(document)]
    return found


def xml_leaves(text: str) -> tuple[str, dict[str, list[str]]]:
    """The name of the root, and path → texts of what is in it."""
    root = ElementTree.fromstring(text)
    found: dict[str, list[str]] = {}
    for element in root:
        _merge(found, _xml(element, ""))
    return root.tag, found


def _xml(element: ElementTree.Element, path: str) -> dict[str, list[str]]:
    here = f"{path}/{element.tag}"
    if len(element) == 0:
        return {here: [element.text or ""]}
    found: dict[str, list[str]] = {}
    for child in element:
        _merge(found, _xml(child, here))
    return found


def _merge(into: dict[str, list[str]], more: dict[str, list[str]]) -> None:
    for path, texts in more.items():
        into.setdefault(path, []).extend(texts)


def same_but_for_the_request_id(json_text: str, xml_text: str, operation: str) -> None:
    """Asserts that a JSON and an XML reply say the same."""
    root, from_xml = xml_leaves(xml_text)
    from_json = leaves(json.loads(json_text))
    assert root == f"{operation}Response"
    assert len(from_xml.pop("/RequestId")[0]) == len(from_json.pop("/RequestId")[0]) == 36
    # An empty object or list has no elements in XML, so its own element is all that is seen of it.
    assert {path: texts for path, texts in from_xml.items() if path in from_json} == from_json
    assert all(texts == [""] * len(texts) for path, texts in from_xml.items() if path not in from_json)
