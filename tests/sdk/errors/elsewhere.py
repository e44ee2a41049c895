"""Which refusals the other test files try, read from their text."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from jackfield.products.operation import Operation
from tests.products.packages import PACKAGES
from tests.products.sdk_calls import methods

SDK = Path(__file__).parents[1]


def tried(operation: Operation[Any, Any]) -> set[tuple[str, int]]:
    """Codes and statuses of the operation's errors that stand in a test file which calls it by the SDK's method."""
    method = methods(PACKAGES[operation.product.code])[operation.name].removesuffix("with_options").removesuffix("_")
    calls = re.compile(rf"\b{method}\b|\b{operation.name}\b")
    texts = [text for text in _texts() if calls.search(text)]
    found = set()
    for error in operation.errors:
        code, status = f'"{re.escape(error.code)}"', f"{error.status}"
        together = re.compile(rf"{code},\s*{status}\b|\b{status},\s*{code}")
        if any(together.search(text) for text in texts):
            found.add((error.code, error.status))
    return found


@cache
def _texts() -> tuple[str, ...]:
    return tuple(path.read_text() for path in sorted(SDK.glob("*.py")) if path.name != "test_errors.py")
