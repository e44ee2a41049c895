"""Every code that is answered is one the vendor documents, or one a client is known to expect, with that status.

Products whose error tables are in ``data/errors.tsv`` are compared; error_differences.py has what differs on purpose.
"""

from __future__ import annotations

import warnings
from importlib import import_module
from inspect import getsource

import pytest

from jackfield.gateway import errors as gateway
from jackfield.products.errors import AccessDenied, ApiError
from tests.products.documented import COMMON, candidates, documented
from tests.products.error_differences import GATEWAYS_OWN, NO_ERROR_TABLE, REWORDED, UNLISTED
from tests.products.tables import built

Key = tuple[str, str, int]

DECLARED: dict[str, set[type[ApiError]]] = {}
for one in built():
    DECLARED.setdefault(one.operation.product.code, set()).update(one.operation.errors)

COMPARED = sorted(DECLARED.keys() & documented().keys())


@pytest.mark.parametrize("product", COMPARED)
def test_codes_are_listed(product: str) -> None:
    unlisted = {_key(product, error) for error in DECLARED[product] if not candidates(product, error)}
    assert unlisted == {key for key in UNLISTED if key[0] == product}


@pytest.mark.parametrize("product", COMPARED)
def test_texts_are_listed(product: str) -> None:
    reworded = set()
    for error in DECLARED[product]:
        lines = candidates(product, error)
        if lines and not any(line.has_text_of(error) for line in lines):
            reworded.add(_key(product, error))
    assert reworded == {key for key in REWORDED if key[0] == product}


def test_the_gateways_own() -> None:
    """Each is in the table of common errors, named as Jackfield's own, or listed."""
    own = set()
    for error in vars(gateway).values():
        if not (isinstance(error, type) and issubclass(error, ApiError)) or error in (ApiError, AccessDenied):
            continue  # the two say no code of their own
        lines = candidates(COMMON, error)
        if not lines:
            own.add(error.code)
        else:
            assert any(line.has_text_of(error) for line in lines), error.code
    assert {code for code in own if not code.startswith("Jackfield")} == GATEWAYS_OWN.keys()


def test_locations_are_what_the_core_sdk_reads() -> None:
    """It takes both codes, each with its text, for an answer; every other error ends its look-up."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        source = getsource(import_module("aliyunsdkcore.endpoint.location_service_endpoint_resolver"))
    for error in DECLARED["Location"]:
        assert f'"{error.code}" == e.get_error_code()' in source
        assert f'"{error.message}" == e.get_error_msg()' in source


def test_every_product_is_compared() -> None:
    assert DECLARED.keys() - documented().keys() == NO_ERROR_TABLE.keys()
    assert {key[0] for key in (*UNLISTED, *REWORDED)} <= documented().keys()


def _key(product: str, error: type[ApiError]) -> Key:
    return product, error.code, error.status
