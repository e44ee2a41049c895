"""``docs/coverage.md``: complete, with a reason for everything that is not built, and not stale."""

from __future__ import annotations

from pathlib import Path

import pytest

from jackfield.products.coverage import Covered, covered, page
from jackfield.products.not_built import Group, grouped
from jackfield.products.registry import Products
from tests.products.from_sdk import operation_names
from tests.products.packages import PACKAGES

PAGE = Path(__file__).parents[2] / "docs" / "coverage.md"
COVERED = [pytest.param(one, id=one.product.code) for one in covered()]


def test_the_page_is_not_stale() -> None:
    assert PAGE.read_text() == page(), "`make coverage` writes it anew"


def test_every_product_is_covered() -> None:
    assert {one.product.code for one in covered()} == {one.code for one in Products().values()} | {"OceanBase"}


@pytest.mark.parametrize("one", COVERED)
def test_everything_is_built_or_has_a_reason(one: Covered) -> None:
    assert None not in grouped(one.groups, one.missing)
    assert set(one.product.operations) <= one.product.names


@pytest.mark.parametrize("one", COVERED)
def test_every_reason_is_about_something(one: Covered) -> None:
    """Each pattern fits an operation of the vendor's, built or not, so that a misspelt one is noticed."""
    assert len({group.name for group in one.groups}) == len(one.groups)
    for group in one.groups:
        assert group.why
        for pattern in group.patterns:
            assert any(group._replace(patterns=(pattern,)).fits(name) for name in one.product.names), pattern


@pytest.mark.parametrize("code", PACKAGES)
def test_names_are_the_official_sdks(code: str) -> None:
    """``known.txt`` is the installed package's list (``python -m tests.products.from_sdk PACKAGE`` writes it)."""
    (product,) = (one.product for one in covered() if one.product.code == code)
    assert product.names == set(operation_names(PACKAGES[code]))


def test_the_first_group_that_fits_counts() -> None:
    backup, rest = Group("backup", "why", ("*Backup*",)), Group("rest", "why", ("Create*",))
    found = grouped((rest, backup), ["DeleteBackup", "CreateBackup", "Ping"])
    assert list(found.items()) == [(rest, ["CreateBackup"]), (backup, ["DeleteBackup"]), (None, ["Ping"])]
