"""The errors that the vendor's documentation lists, product by product (``data/errors.tsv``)."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from jackfield.products.errors import ApiError
from tests.products.tables import DATA

COMMON = "common"
"""Where the gateway's own errors stand, which any product may answer."""

_PLACEHOLDER = re.compile(r"\{\w+\}")


class Documented(NamedTuple):
    """One error as it is listed; ``%s`` is what the service fills in.

    :ivar text: empty if the tables only paraphrase it.
    """

    status: int
    code: str
    text: str

    def has_code_of(self, error: type[ApiError]) -> bool:
        return self.status == error.status and _fits(self.code, error.code, r"\w+")

    def has_text_of(self, error: type[ApiError]) -> bool:
        return not self.text or _fits(self.text, error.message, ".+")


@cache
def documented() -> dict[str, list[Documented]]:
    """By product, as the vendor names it."""
    found: dict[str, list[Documented]] = {}
    product = ""
    for line in (DATA / "errors.tsv").read_text().splitlines():
        if line.startswith("["):
            product = line.strip("[]")
        elif line and not line.startswith("#"):
            status, code, text = line.split("\t")
            found.setdefault(product, []).append(Documented(int(status), code, text))
    return found


def candidates(product: str, error: type[ApiError]) -> list[Documented]:
    """Lines with the error's code and status: of the product, else of the gateway."""
    tables = documented()
    for name in (product, COMMON):
        found = [line for line in tables.get(name, ()) if line.has_code_of(error)]
        if found:
            return found
    return []


def _fits(template: str, ours: str, filling: str) -> bool:
    """Whether our text, whose own placeholders stand for something, is the template filled in."""
    pattern = filling.join(map(re.escape, template.split("%s")))
    return re.fullmatch(pattern, " ".join(_PLACEHOLDER.sub("x", ours).split())) is not None
