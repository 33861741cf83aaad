"""The key that the emulator signs tokens with where it plays their issuer, and what it publishes of it."""

from __future__ import annotations

import json
import threading
import uuid
from functools import cache
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from aws_emulator import json_web_keys, json_web_tokens

if TYPE_CHECKING:
    from collections.abc import Mapping


class IssuerKey:
    """One RSA key with its id."""

    def __init__(self) -> None:
        self._private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.key_id = str(uuid.uuid4())
        self.jwk = json_web_keys.rsa_jwk(self._private.public_key(), self.key_id)

    def sign(self, claims: Mapping[str, object], header: Mapping[str, object] | None = None) -> str:
        """Sign claims with RS256; `header` adds members, or replaces them without changing the signature's kind."""
        whole = {"typ": "JWT", "alg": "RS256", "kid": self.key_id} | dict(header or {})
        signed = ".".join(json_web_tokens.encode(json.dumps(part).encode()) for part in (whole, dict(claims)))
        signature = self._private.sign(signed.encode(), padding.PKCS1v15(), SHA256())
        return f"{signed}.{json_web_tokens.encode(signature)}"


class IssuerKeys:
    """The key in use; a key that has been rotated out is published no more."""

    def __init__(self) -> None:
        self._key: IssuerKey | None = None
        self._lock = threading.Lock()

    def current(self) -> IssuerKey:
        """Give the key in use."""
        with self._lock:
            if self._key is None:
                self._key = _first_key()
            return self._key

    def published(self) -> list[dict[str, str]]:
        """Give the public keys, as `jwks_uri` serves them."""
        return [self.current().jwk]

    def rotate(self) -> str:
        """Make a new key and give its id; tokens signed with the old one can be verified no more."""
        key = IssuerKey()
        with self._lock:
            self._key = key
        return key.key_id


@cache
def _first_key() -> IssuerKey:
    # Making a key takes a while, so emulators of one process begin with the same.
    return IssuerKey()
