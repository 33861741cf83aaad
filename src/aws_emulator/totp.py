"""Time-based one-time passwords (RFC 6238), as an authenticator app shows them."""

from __future__ import annotations

import base64
import hmac

STEP_SECONDS = 30
DIGITS = 6


def secret_bytes(secret: str) -> bytes:
    """Read a secret in base32, padded or not; anything else raises `ValueError`."""
    return base64.b32decode(secret + "=" * (-len(secret) % 8))


def step_of(epoch: float) -> int:
    """Give the number of the time step an instant lies in (RFC 6238 4.2)."""
    return int(epoch // STEP_SECONDS)


def code_of(secret: bytes, step: int, digits: int = DIGITS, digest: str = "sha1") -> str:
    """Give the code of a time step: an HOTP value (RFC 4226 5.3) over its number."""
    mac = hmac.digest(secret, step.to_bytes(8), digest)
    offset = mac[-1] & 0xF
    number = int.from_bytes(mac[offset : offset + 4]) & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)
