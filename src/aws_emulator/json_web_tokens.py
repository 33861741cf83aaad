"""JSON Web Tokens in their compact form, taken apart and put together (RFC 7515, RFC 7519)."""

from __future__ import annotations

import base64
import hmac
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Jwt:
    """A token's parts; nothing about them has been verified, and `signed` is what the signature covers."""

    header: dict[str, Any]
    claims: dict[str, Any]
    signed: bytes
    signature: bytes


def parse(token: str) -> Jwt:
    """Take a token apart; what is not one raises `ValueError`."""
    parts = token.split(".")
    if len(parts) != 3:
        message = "a token has three parts"
        raise ValueError(message)
    header, claims = (_object(decode(part)) for part in parts[:2])
    return Jwt(header, claims, f"{parts[0]}.{parts[1]}".encode(), decode(parts[2]))


def hs256(claims: Mapping[str, object], key: bytes) -> str:
    """Sign claims with HMAC and SHA-256 (RFC 7518 3.2)."""
    signed = ".".join(encode(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    return f"{signed}.{encode(hmac.digest(key, signed.encode(), 'sha256'))}"


def encode(data: bytes) -> str:
    """Write bytes as base64url without padding (RFC 7515 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Read base64url without padding; anything else raises `ValueError`."""
    if not re.fullmatch(r"[A-Za-z0-9_-]*", text):
        message = "this is not base64url without padding"
        raise ValueError(message)
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _object(data: bytes) -> dict[str, Any]:
    try:
        members = json.loads(data)
    except RecursionError as error:
        message = "too deep"
        raise ValueError(message) from error
    if not isinstance(members, dict):
        message = "header and claims are JSON objects"
        raise ValueError(message)
    return members
