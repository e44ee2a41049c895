from __future__ import annotations

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jackfield.store.secrets import KEY_BYTES, KeyExposed, KeyLost, KeyRing
from tests.store.children import ROOT

RING = KeyRing(bytes(range(KEY_BYTES)))
SEALED = RING.seal("a secret of some length", context="c")


@settings(deadline=None)
@given(text=st.text(), context=st.text())
def test_what_is_sealed_opens_with_the_same_context(text: str, context: str) -> None:
    sealed = RING.seal(text, context=context)
    assert RING.unseal(sealed, context=context) == text
    assert sealed.isascii()
    with pytest.raises(KeyLost):
        RING.unseal(sealed, context=context + "x")


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert RING.seal("secret", context="c") != RING.seal("secret", context="c")


@settings(deadline=None)
@given(data=st.data())
def test_a_changed_secret_does_not_open(data: st.DataObject) -> None:
    place = data.draw(st.integers(min_value=0, max_value=len(SEALED) - 1))
    other = data.draw(st.sampled_from("ABCxyz019-_.=!é\n").filter(lambda each: each != SEALED[place]))
    with pytest.raises(KeyLost):
        RING.unseal(SEALED[:place] + other + SEALED[place + 1 :], context="c")


@pytest.mark.parametrize("sealed", ["", "v1.", "v1.AAAA", "v2." + "A" * 60, "plain text", "v1.\udcff"])
def test_what_was_never_sealed_does_not_open(sealed: str) -> None:
    with pytest.raises(KeyLost):
        RING.unseal(sealed, context="c")


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    mask = os.umask(0)
    try:
        first = KeyRing.open(folder)
    finally:
        os.umask(mask)
    sealed = first.seal("secret", context="c")
    again = KeyRing.open(folder)
    assert again.unseal(sealed, context="c") == "secret"
    assert again.derive("engine") == first.derive("engine")
    assert stat.S_IMODE((folder / "key").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [each.name for each in folder.iterdir()] == ["key"]
    assert len((folder / "key").read_bytes()) == KEY_BYTES


def test_those_who_open_at_the_same_time_get_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        rings = list(pool.map(lambda _: KeyRing.open(tmp_path), range(8)))
    assert len({ring.derive("x") for ring in rings}) == 1


def test_another_folder_has_another_key(tmp_path: Path) -> None:
    one, two = KeyRing.open(tmp_path / "one"), KeyRing.open(tmp_path / "two")
    assert one.derive("x") != two.derive("x")
    with pytest.raises(KeyLost):
        two.unseal(one.seal("secret", context="c"), context="c")


def test_derived_passwords_differ_by_context_and_stay_the_same_over_releases() -> None:
    assert RING.derive("a") != RING.derive("b")
    assert RING.derive("engine r-1") == "cbd89ecf4b0f01cc19ee66af76c5750b2e386cceb1fa03aa4ad43db0832db946"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o610])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    KeyRing.open(tmp_path)
    (tmp_path / "key").chmod(mode)
    with pytest.raises(KeyExposed):
        KeyRing.open(tmp_path)


@pytest.mark.parametrize("content", [b"", b"x" * (KEY_BYTES - 1), b"x" * (KEY_BYTES + 1)])
def test_a_damaged_key_is_refused_and_not_replaced(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(KeyLost):
        KeyRing.open(tmp_path)
    assert path.read_bytes() == content


def test_a_missing_key_is_not_made_anew_when_secrets_exist(tmp_path: Path) -> None:
    with pytest.raises(KeyLost):
        KeyRing.open(tmp_path, create=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("make", [lambda path: path.symlink_to("elsewhere"), lambda path: path.mkdir(0o700)])
def test_only_a_plain_file_is_a_key(tmp_path: Path, make: object) -> None:
    assert callable(make)
    make(tmp_path / "key")
    with pytest.raises(KeyLost):
        KeyRing.open(tmp_path)


def test_the_heavy_import_waits_for_its_first_use(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib; from jackfield.store.secrets import KeyRing;"
        f"ring = KeyRing.open(pathlib.Path({str(tmp_path)!r})); ring.derive('x');"
        "assert 'cryptography' not in sys.modules; ring.seal('x', context=''); assert 'cryptography' in sys.modules"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    subprocess.run([sys.executable, "-c", script], check=True, env=environment)
