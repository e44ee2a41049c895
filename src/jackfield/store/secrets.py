"""Secrets at rest: encrypted with a key that lies in a file only its owner reads."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import stat
from pathlib import Path

from jackfield.store.files import create_whole, private_folder

KEY_BYTES = 32
NONCE_BYTES = 12
VERSION = "v1."


class KeyLost(Exception):
    """The key file is missing or damaged, or is not the one that sealed this secret. What it sealed cannot be read."""


class KeyExposed(Exception):
    """Others than its owner may read the key file, or it is somebody else's; it is not used."""


class KeyRing:
    """Seals secrets and derives passwords from one key.

    :param key: 32 bytes.
    """

    def __init__(self, key: bytes) -> None:
        # One purpose a key: what is known of a derived password says nothing about the sealing key.
        self._sealing = _mac(key, b"jackfield seal 1")
        self._deriving = _mac(key, b"jackfield derive 1")

    @classmethod
    def open(cls, folder: Path, *, create: bool = True) -> KeyRing:
        """Reads the file ``key`` of a folder, or makes it.

        :param create: ``False`` when secrets were sealed before: a new key could not open them.
        :raises KeyLost: the file is damaged, or is missing with ``create=False``.
        :raises KeyExposed: others may read it.
        """
        path = folder / "key"
        if create and not os.path.lexists(path):
            private_folder(folder)
            create_whole(path, _write_key)  # another process may be faster; its key is then ours, too
        return cls(_read_key(path))

    def seal(self, text: str, *, context: str) -> str:
        """Encrypts with AES-256-GCM.

        :param context: what the secret is for; the same has to be given to :meth:`unseal`, so that a sealed text
            copied to another place does not open there.
        """
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(NONCE_BYTES)
        sealed = AESGCM(self._sealing).encrypt(nonce, text.encode(), context.encode())
        return VERSION + base64.urlsafe_b64encode(nonce + sealed).decode()

    def unseal(self, sealed: str, *, context: str) -> str:
        """Decrypts what :meth:`seal` made.

        :raises KeyLost: another key or context sealed it, or it was changed.
        """
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            if not sealed.startswith(VERSION):
                raise ValueError("unknown version")
            raw = base64.b64decode(sealed[len(VERSION) :], altchars=b"-_", validate=True)
            opened = AESGCM(self._sealing).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], context.encode())
        except (InvalidTag, ValueError, binascii.Error) as error:
            raise KeyLost(f"the secret of {context} does not open: another key, another context, or damage") from error
        return opened.decode()

    def derive(self, context: str) -> str:
        """A password of 64 hexadecimal digits, the same for the same key and context."""
        return _mac(self._deriving, context.encode()).hex()


def _mac(key: bytes, text: bytes) -> bytes:
    return hmac.new(key, text, hashlib.sha256).digest()


def _write_key(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(os.urandom(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())


def _read_key(path: Path) -> bytes:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise KeyLost(f"there is no key file {path}") from error
    except OSError as error:
        raise KeyLost(f"the key file {path} cannot be read: {error.strerror}") from error
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise KeyLost(f"{path} is not a file")
        if stat.S_IMODE(found.st_mode) & 0o077:
            raise KeyExposed(f"others may read the key file {path}; chmod 600 it if nobody did")
        if found.st_uid != os.geteuid():
            raise KeyExposed(f"the key file {path} belongs to user {found.st_uid}")
        key = os.read(handle, KEY_BYTES + 1)
    finally:
        os.close(handle)
    if len(key) != KEY_BYTES:
        raise KeyLost(f"the key file {path} has {len(key)} bytes, not {KEY_BYTES}")
    return key
