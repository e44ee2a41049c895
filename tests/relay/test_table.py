"""What the relay's disk keeps."""

from __future__ import annotations

from pathlib import Path

import pytest

from jackfield.relay.route import Backend, Route
from jackfield.relay.table import Record, Table, canonical


def route(key: str, owner: str = "o") -> Route:
    return Route(key=key, owner=owner, address="127.64.0.1", port=1, backends=(Backend(target="unix:/x"),))


def test_a_write_is_there_for_the_next_process(tmp_path: Path) -> None:
    table = Table(tmp_path / "db")
    table.write("o", Record(request="a", closed=["x:1"], cut=3), put=[route("b"), route("a")])
    table.write("p", Record(request="b"), put=[route("c", "p")])
    table.write("p", Record(request="c"), put=[route("d", "p")], drop=["c", "none"])
    table.close()
    table = Table(tmp_path / "db")
    assert [found.key for found in table.routes()] == ["a", "b", "d"]
    assert table.routes()[0] == route("a")
    assert table.record("o") == Record(request="a", closed=["x:1"], cut=3)
    assert table.record("q") is None
    assert table.forget("o") is True
    assert table.forget("o") is False
    assert table.record("o") is None
    table.close()


def test_a_removal_that_was_open_is_lost_for_the_next_process(tmp_path: Path) -> None:
    table = Table(tmp_path / "db")
    table.write("o", Record(request="a", cut=3, open=True))
    assert table.record("o") == Record(request="a", cut=3, open=True)
    table.close()
    table = Table(tmp_path / "db")
    assert table.record("o") == Record(request="a", cut=3, open=True, lost=True)
    table.write("o", Record(request="a", cut=3, lost=True))
    table.close()
    table = Table(tmp_path / "db")
    assert table.record("o") == Record(request="a", cut=3, lost=True)
    table.close()


def test_a_write_that_fails_changes_nothing(tmp_path: Path) -> None:
    table = Table(tmp_path / "db")
    table.write("o", Record(request="a"), put=[route("a")])
    with pytest.raises(RuntimeError):
        table.write("o", Record(request="b"), drop=["a"], put=(route(key) for key in broken()))
    assert [found.key for found in table.routes()] == ["a"]
    assert table.record("o") == Record(request="a")
    table.close()


def broken() -> list[str]:
    raise RuntimeError


def test_the_order_of_routes_makes_no_other_request() -> None:
    assert canonical([route("a"), route("b")]) == canonical([route("b"), route("a")])
    assert canonical([route("a")]) != canonical([route("b")])
