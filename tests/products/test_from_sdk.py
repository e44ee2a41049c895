"""Tables taken from official SDK packages are what the installed packages say."""

from __future__ import annotations

import json

import pytest

from tests.products.from_sdk import operation_names, tables
from tests.products.tables import DATA

NLB = "alibabacloud_nlb20220430"


@pytest.mark.parametrize(("product", "package"), [("nlb", NLB), ("ecs", "alibabacloud_ecs20140526")])
def test_tables_are_the_packages(product: str, package: str) -> None:
    kept = json.loads((DATA / f"{product}.json").read_text())
    assert tables(package, list(kept["operations"])) == kept


def test_what_a_table_says() -> None:
    """Types, nesting and required flags; parameters of every operation are left out."""
    table = tables(NLB, ["UpdateServerGroupServersAttribute"])
    assert (table["product"], table["version"]) == ("nlb", "2022-04-30")
    parameters = table["operations"]["UpdateServerGroupServersAttribute"]["in"]
    assert parameters["ServerGroupId"] == {"type": "string", "required": True}
    assert parameters["DryRun"] == {"type": "boolean", "required": False}
    assert parameters["Servers"]["items"]["fields"]["Port"] == {"type": "integer"}
    assert (
        "OwnerId"
        not in tables("alibabacloud_ecs20140526", ["DeleteSecurityGroup"])["operations"]["DeleteSecurityGroup"]["in"]
    )


def test_names_of_operations() -> None:
    assert {"CreateListener", "GetJobStatus"} <= set(operation_names(NLB))


def test_unknown_operation() -> None:
    with pytest.raises(KeyError):
        tables(NLB, ["CreateNothing"])


def test_unknown_package() -> None:
    with pytest.raises(ValueError, match="no package of an official SDK"):
        tables("json", ["dumps"])
