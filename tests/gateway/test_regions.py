from __future__ import annotations

import pytest

from jackfield.gateway.errors import InvalidParameterValue
from jackfield.gateway.regions import region_of


@pytest.mark.parametrize(
    ("parameter", "host", "expected"),
    [
        (None, "", "here"), ("", "r-kvstore.cn-shanghai.aliyuncs.com", "cn-shanghai"), ("a", "b", "a"),
        (None, "r-kvstore.cn-shanghai.aliyuncs.com:8080", "cn-shanghai"), (None, "rds.aliyuncs.com", "here"),
        (None, "a.cn-shanghai.aliyuncs.com.example.org", "here"), (None, "a." * 10_000, "here"), (None, "::1", "here"),
    ],
)  # fmt: skip
def test_region(parameter: str | None, host: str, expected: str) -> None:
    assert region_of(parameter, host, "here") == expected


def test_region_that_is_none() -> None:
    with pytest.raises(InvalidParameterValue):
        region_of("\0", "", "here")
