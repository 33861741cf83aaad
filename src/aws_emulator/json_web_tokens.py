"""JSON Web Tokens in their compact form, taken apart (RFC 7515, RFC 7519)."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from typing import Any


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


def encode(data: bytes) -> str:
    """Write bytes as base64url without padding (RFC 7515 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Read base64url without padding; anything else raises `ValueError`."""
    if not re.fullmatch(r"[A-Za-z0-9_-]*", text):
        message = "this is not base64url without padding"
        raise ValueError(message)
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    # Bits that are left over are zero, so that no character can be changed without being noticed.
    if encode(data) != text:
        message = "this is not how base64url is written"
        raise ValueError(message)
    return data


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
