"""The data folder's authority and what it signs."""

from __future__ import annotations

import ipaddress
import stat
from pathlib import Path

import pytest
from cryptography import x509

from jackfield.endpoints.certificates import Authority, make_authority
from jackfield.endpoints.lifetime import VALID_SECONDS
from jackfield.store.secrets import KeyLost, KeyRing
from jackfield.store.sqlite import open_store

NAME = "r-test.redis.rds.aliyuncs.com"
SINCE = 1_800_000_000.0


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(make_authority(), tmp_path / "certificates")


def read(path: Path) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(path.read_bytes())


def test_a_certificate_says_what_was_asked_for(authority: Authority) -> None:
    made = authority.certify([NAME, "other.example"], ["127.1.2.3"], since=SINCE)
    leaf, ca = read(made.path)
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [NAME, "other.example"]
    assert names.get_values_for_type(x509.IPAddress) == [ipaddress.ip_address("127.1.2.3")]
    assert leaf.not_valid_after_utc.timestamp() == made.expires == SINCE + VALID_SECONDS
    leaf.verify_directly_issued_by(ca)
    assert ca == x509.load_pem_x509_certificate(authority.pem.encode())
    assert "PRIVATE" not in authority.pem


def test_only_the_owner_reads_it(authority: Authority) -> None:
    path = authority.certify([NAME], [], since=SINCE).path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_same_is_the_same_and_everything_else_is_not(authority: Authority) -> None:
    first = authority.certify([NAME], ["127.1.2.3"], since=SINCE)
    content = first.path.read_bytes()
    assert authority.certify([NAME], ["127.1.2.3"], since=SINCE) == first
    assert first.path.read_bytes() == content
    others = {
        authority.certify([NAME], ["127.1.2.4"], since=SINCE).path,
        authority.certify([f"x{NAME}"], ["127.1.2.3"], since=SINCE).path,
        authority.certify([NAME], ["127.1.2.3"], since=SINCE + 1).path,
    }
    assert len(others | {first.path}) == 4


def test_a_long_name_is_whole_where_clients_look(authority: Authority) -> None:
    name = f"{'a' * 60}.redis.rds.aliyuncs.com"
    leaf, _ = read(authority.certify([name], [], since=SINCE).path)
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [name]


def test_the_authority_is_kept_sealed_and_is_the_same_after_a_restart(tmp_path: Path) -> None:
    keyring = KeyRing.open(tmp_path)
    store = open_store(tmp_path / "store.db")
    try:
        first = Authority.open(store, keyring, tmp_path / "certificates")
        assert Authority.open(store, keyring, tmp_path / "certificates").pem == first.pem
        with store.read() as view:
            sealed = view.meta("tls authority")
        assert sealed is not None
        assert "BEGIN" not in sealed
        with pytest.raises(KeyLost):
            Authority.open(store, KeyRing(b"x" * 32), tmp_path)
    finally:
        store.close()
