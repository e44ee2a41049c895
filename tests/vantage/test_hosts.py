from __future__ import annotations

from pathlib import Path

import pytest

from jackfield.vantage.hosts import render, system_hosts, write


def test_our_names_come_first_and_the_systems_stay() -> None:
    system = "127.0.0.1 localhost\n# a remark\n::1 ip6-localhost"
    text = render(system, {"b.test": ["127.64.0.2", "127.64.0.3"], "a.test": ["fd00::1"], "none.test": []})
    assert text == "fd00::1 a.test\n127.64.0.2 b.test\n127.64.0.3 b.test\n" + system
    assert render(system, {}) == system


@pytest.mark.parametrize("name", ["", "two words", "a\n127.0.0.1", "a#b", "-a", "a.", "ä"])
def test_names_that_would_break_the_file_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="host name"):
        render("", {name: ["127.64.0.1"]})


@pytest.mark.parametrize("address", ["", "127.64.0", "127.0.0.1 x", "host"])
def test_addresses_that_are_none_are_refused(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        render("", {"a.test": [address]})


def test_the_file_is_rewritten_in_place(tmp_path: Path) -> None:
    path = tmp_path / "hosts"
    write(path, "127.64.0.1 one.test\n")
    inode = path.stat().st_ino
    for text in ("127.64.0.1 one.test\n127.64.0.2 two.test\n", "127.64.0.9 x\n", "", "127.64.0.9 x\n"):
        write(path, text)
        assert path.read_text() == text
    assert path.stat().st_ino == inode
    assert path.stat().st_mode & 0o777 == 0o644


def test_the_same_text_is_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "hosts"
    write(path, "127.64.0.1 one.test\n")
    before = path.stat().st_mtime_ns
    write(path, "127.64.0.1 one.test\n")
    assert path.stat().st_mtime_ns == before


def test_bytes_of_other_encodings_survive(tmp_path: Path) -> None:
    path = tmp_path / "hosts"
    path.write_bytes(b"127.0.0.1 a # \xe4\n")
    text = path.read_text(errors="surrogateescape")
    write(path, render(text, {"b": ["127.64.0.1"]}))
    assert path.read_bytes() == b"127.64.0.1 b\n127.0.0.1 a # \xe4\n"


def test_the_systems_file_is_read() -> None:
    assert system_hosts() == Path("/etc/hosts").read_text(errors="surrogateescape")
