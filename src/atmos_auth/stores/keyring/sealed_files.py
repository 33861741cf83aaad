"""The form of a file keyring's files: a header anybody can read, a sealed body, and a checksum over both."""

import json
import os
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from atmos_auth.domain.errors import EntryUnreadable

VERSION = 1
_NONCE = 12
_CHECKSUM = 32


class Sealed(NamedTuple):
    """A file read apart: the header, as it stands in the file, and the sealed body."""

    header_bytes: bytes
    body: bytes

    @property
    def header(self) -> Mapping[str, Any]:
        """What the header says."""
        header: dict[str, Any] = json.loads(self.header_bytes)
        return header


def pack(header: Mapping[str, Any]) -> bytes:
    """Return the bytes of a header, version included."""
    return json.dumps({"version": VERSION, **header}).encode()


def seal(key: bytes, text: bytes, authenticated: bytes) -> bytes:
    """Encrypt `text` with AES-256-GCM under a nonce of its own; `authenticated` must be the same to open it."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, text, authenticated)


def unseal(key: bytes, body: bytes, authenticated: bytes) -> bytes | None:
    """Decrypt what `seal` made; None when the key is another one, or anything was changed."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(body[:_NONCE], body[_NONCE:], authenticated)
    except InvalidTag:
        return None


def to_bytes(header_bytes: bytes, body: bytes) -> bytes:
    """Return the content of the file."""
    content = header_bytes + b"\n" + body
    return content + sha256(content).digest()


def from_bytes(content: bytes, path: str) -> Sealed:
    """Read the content of `path` apart; raises `EntryUnreadable` for anything that is not whole."""
    header_bytes, newline, rest = content.partition(b"\n")
    try:
        header = json.loads(header_bytes)
    except (ValueError, RecursionError):
        header = None
    if not newline or not isinstance(header, dict) or "version" not in header:
        raise damaged(path)
    if header["version"] != VERSION:
        raise EntryUnreadable(
            f"{path} has version {header['version']!r}, and this program knows version {VERSION} only",
            hints=["use the newer program that wrote it", *_REMEDIES],
        )
    # What lost a piece is told from what another password sealed: that one is whole.
    if len(rest) < _NONCE + _CHECKSUM or sha256(content[:-_CHECKSUM]).digest() != content[-_CHECKSUM:]:
        raise damaged(path)
    return Sealed(header_bytes, rest[:-_CHECKSUM])


def damaged(path: str, why: str = "cut short or changed") -> EntryUnreadable:
    """Return the error for a file that is not whole."""
    return EntryUnreadable(f"{path} is damaged: {why}", hints=_REMEDIES)


_REMEDIES = (
    "restore the file from a backup",
    "or delete it and store the keys anew: atmos auth user configure",
)
