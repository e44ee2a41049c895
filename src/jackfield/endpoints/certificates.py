"""Certificates for connection strings, from an authority of the data folder's own.

The authority's key is sealed in the store. What it signs lies in files that only their owner reads, since the relay
loads them; a file's name tells everything that its certificate says, and what lies under a name never changes.
"""

from __future__ import annotations

import datetime
import hashlib
import ipaddress
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from jackfield.endpoints.lifetime import VALID_SECONDS
from jackfield.store.files import create_whole, private_folder
from jackfield.store.interface import Store
from jackfield.store.secrets import KeyRing

_AUTHORITY = "tls authority"
"""Where the store keeps the sealed key and the certificate of the authority."""

_AUTHORITY_DAYS = 20 * 365
_EARLIER = datetime.timedelta(days=1)  # clocks of clients differ
_LONGEST_COMMON_NAME = 64
"""ub-common-name of RFC 5280, appendix A."""


class Certificate(NamedTuple):
    """:param path: of the PEM file with key, certificate and authority. :param expires: seconds since the epoch."""

    path: Path
    expires: float


class Authority:
    """Signs certificates for the names of one data folder.

    :param pem: key and certificate. :param folder: where certificates are kept.
    """

    def __init__(self, pem: str, folder: Path) -> None:
        key = serialization.load_pem_private_key(pem.encode(), password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        self._key = key
        self._certificate = x509.load_pem_x509_certificate(pem.encode())
        self._folder = folder

    @classmethod
    def open(cls, store: Store, keyring: KeyRing, folder: Path) -> Authority:
        """The data folder's authority, made on first use.

        :raises KeyLost: another key sealed it.
        """
        with store.read() as view:
            sealed = view.meta(_AUTHORITY)
        if sealed is None:
            made = keyring.seal(make_authority(), context=_AUTHORITY)
            with store.write() as tx:
                sealed = tx.meta(_AUTHORITY)
                if sealed is None:
                    tx.set_meta(_AUTHORITY, made)
                    sealed = made
        return cls(keyring.unseal(sealed, context=_AUTHORITY), folder)

    @property
    def pem(self) -> str:
        """What clients have to trust."""
        return self._certificate.public_bytes(serialization.Encoding.PEM).decode()

    def certify(self, names: Sequence[str], addresses: Sequence[str], *, since: float) -> Certificate:
        """A certificate for connection strings and the addresses at which they are dialled; the same for the same.

        :param names: at least one; the first is the subject's. :param since: from when its year counts, seconds since
            the epoch; a later one makes a new certificate.
        """
        expires = float(int(since) + VALID_SECONDS)
        said = "\n".join([*names, "", *addresses, str(expires), self.pem])
        path = self._folder / f"{hashlib.sha256(said.encode()).hexdigest()[:32]}.pem"
        if not path.exists():
            private_folder(self._folder)
            pem = self._issue(names, addresses, since, expires)
            create_whole(path, lambda empty: _write(empty, pem))
        return Certificate(path, expires)

    def certify_client(self, name: str, *, since: float) -> Path:
        """What a client of that name shows where a route asks for it (``Tls.mutual``); the same for the same.

        :param since: from when it counts, for as long as an authority does; seconds since the epoch.
        :return: the PEM file with key, certificate and authority.
        """
        expires = float(int(since) + _AUTHORITY_DAYS * 86400)
        said = "\n".join(["client", name, str(expires), self.pem])
        path = self._folder / f"{hashlib.sha256(said.encode()).hexdigest()[:32]}.pem"
        if not path.exists():
            private_folder(self._folder)
            pem = self._issue([name], (), since, expires, ExtendedKeyUsageOID.CLIENT_AUTH)
            create_whole(path, lambda empty: _write(empty, pem))
        return path

    def _issue(
        self,
        names: Sequence[str],
        addresses: Sequence[str],
        since: float,
        expires: float,
        usage: x509.ObjectIdentifier = ExtendedKeyUsageOID.SERVER_AUTH,
    ) -> bytes:
        key = ec.generate_private_key(ec.SECP256R1())
        alternatives: list[x509.GeneralName] = [x509.DNSName(name) for name in names]
        alternatives += [x509.IPAddress(ipaddress.ip_address(address)) for address in addresses]
        certificate = (
            x509.CertificateBuilder()
            .subject_name(_called(names[0]))
            .issuer_name(self._certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(_moment(since) - _EARLIER)
            .not_valid_after(_moment(expires))
            .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        return _key_pem(key) + certificate.public_bytes(serialization.Encoding.PEM) + self.pem.encode()


def make_authority() -> str:
    """Key and certificate of a new authority, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.now(datetime.UTC)
    # Two authorities that are called the same would be mistaken for each other by a client that trusts both.
    mark = hashlib.sha256(_key_pem(key)).hexdigest()[:8]
    name = _called(f"Jackfield CA {mark}")
    usage = x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        crl_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLIER)
        .not_valid_after(now + datetime.timedelta(days=_AUTHORITY_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return (_key_pem(key) + certificate.public_bytes(serialization.Encoding.PEM)).decode()


def _called(name: str) -> x509.Name:
    """Clients go by the alternative names; a name too long for the subject is cut there."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:_LONGEST_COMMON_NAME])])


def _moment(seconds: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(int(seconds), datetime.UTC)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, pem: bytes) -> None:
    path.write_bytes(pem)
