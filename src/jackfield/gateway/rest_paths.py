"""Which operation a method and path call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

from jackfield.gateway.rest_errors import MethodNotAllowed, OperationNotBuilt, PathNotFound
from jackfield.products.known import KnownPath
from jackfield.products.operation import Operation


class Match(NamedTuple):
    """:param values: of the path's parameters, by name."""

    operation: Operation[Any, Any]
    values: Mapping[str, str]


class _Node:
    """What may follow a part of a path. A fixed word wins over a parameter."""

    def __init__(self) -> None:
        self.words: dict[str, _Node] = {}
        self.any: _Node | None = None
        self.built: dict[str, tuple[Operation[Any, Any], tuple[str, ...]]] = {}
        self.known: dict[str, str] = {}


class Paths:
    """A tree over the parts of all paths.

    :param operations: declared with ``rest``. :param known: all of the vendor's.
    """

    def __init__(self, operations: Iterable[Operation[Any, Any]], known: Iterable[KnownPath]) -> None:
        self._root = _Node()
        self._built = tuple(operations)
        for operation in self._built:
            node, names = self._grow(operation.path)
            if operation.method in node.built:
                raise ValueError(f"{operation.method} {operation.path} is declared twice")
            node.built[operation.method] = (operation, names)
        by_name = {operation.name: operation for operation in self._built}
        for one in known:
            node, names = self._grow(one.path)
            node.known[one.method] = one.name
            if one.name in by_name:  # the vendor's pages give some calls two methods
                node.built.setdefault(one.method, (by_name[one.name], names))

    def find(self, method: str, path: bytes) -> Match:
        """
        :param path: as it stood in the request line.
        :raises PathNotFound, MethodNotAllowed, OperationNotBuilt: as they say.
        """
        node, values = self._root, []
        for part in _parts(path):
            word = node.words.get(part)
            if word is None:
                if node.any is None or not part:
                    raise PathNotFound
                values.append(part)
            node = word or node.any  # type: ignore[assignment]
        if method in node.built:
            operation, names = node.built[method]
            return Match(operation, dict(zip(names, values, strict=True)))
        if method in node.known:
            raise OperationNotBuilt(operation=node.known[method])
        allowed = sorted(node.built.keys() | node.known.keys())
        if not allowed:
            raise PathNotFound
        raise MethodNotAllowed(allowed=", ".join(allowed))

    def _grow(self, path: str) -> tuple[_Node, tuple[str, ...]]:
        node, names = self._root, []
        for part in path.strip("/").split("/"):
            if part.startswith("{"):
                names.append(part.strip("{}"))
                node.any = node = node.any or _Node()
            else:
                node = node.words.setdefault(part, _Node())
        return node, tuple(names)


def _parts(path: bytes) -> list[str]:
    """The parts between slashes, decoded one by one, so that an encoded slash separates nothing.

    :raises PathNotFound: one is no UTF-8.
    """
    try:
        return [unquote_to_bytes(part).decode() for part in path.removeprefix(b"/").split(b"/")]
    except UnicodeDecodeError:
        raise PathNotFound from None
