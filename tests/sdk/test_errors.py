"""Every declared error of every built operation, as clients meet it: code, HTTP status and text, in JSON and in XML.

The calls stand in errors/, one file a family.
"""

from __future__ import annotations

import typing
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from jackfield.products.operation import Operation
from tests.products.differences import NOT_RAISED
from tests.products.tables import bare, built
from tests.sdk.clients import Account, xml_leaves
from tests.sdk.errors import accounts, elsewhere, endpoints, further, instances, networks, others, tags
from tests.sdk.errors.world import NOBODY, Case, Works, World, make, world_in

CODES = {"R-kvstore": "tair", "Vpc": "vpc", "Sts": "sts", "Location": "location"}
COMPLETE = (instances, endpoints, accounts, tags, networks, others)
"""Families that have a case of every error."""
FAMILIES = (*COMPLETE, further)
WORKS: Works = {name: parameters for family in FAMILIES for name, parameters in family.WORKS.items()}


def cases(world: World) -> list[Case]:
    """Each with the parameters of :data:`WORKS` changed."""
    return [case for family in FAMILIES for case in family.cases(world)]


NUMBERS = range(len(cases(NOBODY)))
OPERATIONS = {f"{CODES[one.operation.product.code]}.{one.operation.name}": one.operation
              for one in built() if one.operation.product.code in CODES and one.operation.name != "AssumeRole"
              }  # fmt: skip
"""The root of an account, who calls here, assumes no role: tests/ram does."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_in(tmp_path_factory.mktemp("errors")) as made:
        yield made


def _missing_is_told_otherwise(operation: Operation[Any, Any], field: str) -> bool:
    """Whether an absent parameter has an error of its own, which then is one of the cases."""
    hints = typing.get_type_hints(operation.request_type, include_extras=True)
    _, param = bare(hints[field])
    return param is not None and param.missing is not None


def test_transitional_states_are_shown(world: World) -> None:
    """The states that the refusals above were about."""

    def status(instance: str) -> str:
        answer = world.me.raw("tair", "DescribeInstanceAttribute", InstanceId=instance).json
        shown: str = answer["Instances"]["DBInstanceAttribute"][0]["InstanceStatus"]
        return shown

    assert (status(world.moving), status(world.deleting)) == ("NetworkModifying", "Changing")
    made = make(world.me, "tair", "CreateInstance", "InstanceId", **WORKS["tair.CreateInstance"](world))
    assert status(made) == "Creating"
    assert world.me.raw("vpc", "DescribeVpcAttribute", VpcId=world.pending_vpc,
                        RegionId="cn-hangzhou").json["Status"] == "Pending"  # fmt: skip


def test_every_declared_error_has_a_case() -> None:
    """Only a machine without Redis is not tried here; test_create_instance.py has it."""
    declared = {(name, *key) for family in COMPLETE for name in family.WORKS for key in _declared(name)}
    tried = {(case.operation, case.code, case.status) for family in COMPLETE for case in family.cases(NOBODY)}
    assert declared - tried == {("tair.CreateInstance", "ResourceNotAvailable", 400)}
    assert tried <= declared
    assert WORKS.keys() == OPERATIONS.keys()


def test_further_operations_are_refused_in_files_of_their_own() -> None:
    """What has no case here is tried there, by code and status; but for a machine without Redis, as above."""
    untried = set()
    for name in further.WORKS:
        here = {(case.code, case.status) for case in further.cases(NOBODY) if case.operation == name}
        untried |= {(name, *key) for key in _declared(name) - here - elsewhere.tried(OPERATIONS[name])}
    assert untried == {("tair.CreateTairInstance", "ResourceNotAvailable", 400)}


def _declared(name: str) -> set[tuple[str, int]]:
    operation = OPERATIONS[name]
    own = f"{operation.product.code}.{operation.name}"
    return {(error.code, error.status) for error in operation.errors if (own, error.__name__) not in NOT_RAISED}


@pytest.mark.parametrize(
    "number", NUMBERS, ids=[f"{case.operation}-{case.code}-{number}" for number, case in enumerate(cases(NOBODY))]
)
def test_refused(world: World, number: int) -> None:
    case = cases(world)[number]
    parameters = {name: value for name, value in {**WORKS[case.operation](world), **case.wrong}.items() if value}
    error = next(
        error for error in OPERATIONS[case.operation].errors if (error.code, error.status) == (case.code, case.status)
    )
    refused(world.me, case.operation, parameters, case.code, case.status, error.message)


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        (name, info.encode_name)
        for name, operation in OPERATIONS.items()
        for info in msgspec.structs.fields(operation.request_type)
        if info.required and not _missing_is_told_otherwise(operation, info.name)
    ],
)
@pytest.mark.parametrize("empty", [False, True])
def test_mandatory_parameters(world: World, name: str, parameter: str, empty: bool) -> None:
    """Absent or empty: the gateway says which one. The older SDK adds a RegionId of its own."""
    parameters = {given: value for given, value in WORKS[name](world).items() if given.partition(".")[0] != parameter}
    if empty:
        parameters[parameter] = ""
    text = f"{parameter} is mandatory for this action."
    adds_it = parameter == "RegionId" and not empty
    refused(world.me, name, parameters, f"Missing{parameter}", 400, text, older=not adds_it)


def _limited() -> list[tuple[str, str, str, str]]:
    """Operation, parameter, a value that it does not allow, and the code for that."""
    found = []
    for name, operation in OPERATIONS.items():
        hints = {info.name: info for info in msgspec.structs.fields(operation.request_type)}
        for field, hint in typing.get_type_hints(operation.request_type, include_extras=True).items():
            inner, param = bare(hint)
            wire = hints[field].encode_name
            code = param.invalid.code if param and param.invalid else f"Invalid{wire}"
            if inner is bool:
                found.append((name, wire, "perhaps", code))
            elif inner is int:
                found += [(name, wire, value, code) for value in ("one", "1.5", "99999999999999999999")]
            elif param and param.enum:
                found.append((name, wire, "Nonsense", code))
            if param and param.range:
                found += [(name, wire, str(param.range[0] - 1), code), (name, wire, str(param.range[1] + 1), code)]
    return found


@pytest.mark.parametrize(("name", "parameter", "value", "code"), _limited())
def test_values_that_no_parameter_may_have(world: World, name: str, parameter: str, value: str, code: str) -> None:
    """Numbers, switches, choices and ranges."""
    answer = world.me.raw(*name.split("."), **{**WORKS[name](world), parameter: value})
    assert (answer.status, answer.code) == (400, code), answer.body


@pytest.mark.parametrize(
    "name", [name for name, one in OPERATIONS.items() if "dry_run" in one.request_type.__struct_fields__]
)
def test_dry_runs(world: World, name: str) -> None:
    """A dry run that finds nothing wrong is an error, and nothing has happened."""
    count = len(world.me.raw("vpc", "DescribeVSwitches", PageSize="50").json["VSwitches"]["VSwitch"])
    answer = world.me.raw(*name.split("."), **{**WORKS[name](world), "DryRun": "true"})
    assert (answer.status, answer.code) == (400, "DryRunOperation")
    assert answer.json["Message"] == "Request validation has been passed with DryRun flag set."
    assert len(world.me.raw("vpc", "DescribeVSwitches", PageSize="50").json["VSwitches"]["VSwitch"]) == count


def refused(
    me: Account, name: str, parameters: dict[str, str], code: str, status: int, text: str, *, older: bool = True
) -> None:
    """Asserts that a call is refused so: to both SDKs, in JSON and in XML."""
    product, action = name.split(".")
    with pytest.raises(Exception) as caught:  # noqa: PT011 - the type is the client's, its fields are what counts
        me.call(product, action, parameters)
    error: Any = caught.value
    assert (error.code, error.status_code) == (code, status)
    assert error.message == f"code: {status}, {text} request id: {error.request_id}"
    if older:
        with pytest.raises(Exception) as caught:  # noqa: PT011
            me.common(product, action, **parameters)
        error = caught.value
        assert (error.get_error_code(), error.get_http_status(), error.get_error_msg()) == (code, status, text)
    answer = me.signer(product).v1(action, parameters, format="XML").send(me.port)
    root, fields = xml_leaves(answer.body.decode())
    assert (answer.status, root) == (status, "Error")
    assert (fields["/Code"], fields["/Message"]) == ([code], [text])
