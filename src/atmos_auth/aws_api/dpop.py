"""Proofs of possession: each token request shows that it comes from the holder of one key (RFC 9449)."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from atmos_auth.aws_api.base64url import base64url

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

COORDINATE_BYTES = 32  # P-256


class DpopKey:
    """An EC P-256 key that signs proofs; a refresh token works only with the key that it was issued to."""

    def __init__(self, private: "EllipticCurvePrivateKey") -> None:
        self._private = private

    def __repr__(self) -> str:
        """Keep the key out of sight."""
        return "DpopKey(...)"

    @classmethod
    def generate(cls) -> "DpopKey":
        """Make a new key."""
        from cryptography.hazmat.primitives.asymmetric import ec

        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def from_text(cls, text: str) -> "DpopKey":
        """Read what `to_text` wrote; raises ValueError for anything else."""
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.serialization import load_der_private_key

        try:
            key = load_der_private_key(b64decode(text, validate=True), password=None)
        except (TypeError, UnsupportedAlgorithm) as unusable:  # encrypted, or of a sort nobody knows
            raise ValueError("not a P-256 key") from unusable
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise ValueError("not a P-256 key")
        return cls(key)

    def to_text(self) -> str:
        """Give the key as PKCS#8 DER in base64."""
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        der = self._private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return b64encode(der).decode()

    def proof(self, *, method: str, url: str, now: float, random_bytes: Callable[[int], bytes]) -> str:
        """Sign a proof for one request; `url` without query, `now` in epoch seconds; never use one twice."""
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
        from cryptography.hazmat.primitives.hashes import SHA256

        numbers = self._private.public_key().public_numbers()
        jwk = {"crv": "P-256", "kty": "EC", "x": _coordinate(numbers.x), "y": _coordinate(numbers.y)}
        header = {"alg": "ES256", "jwk": jwk, "typ": "dpop+jwt"}
        claims = {"htm": method, "htu": url, "iat": int(now), "jti": base64url(random_bytes(16))}
        signed = f"{_part(header)}.{_part(claims)}"
        r, s = decode_dss_signature(self._private.sign(signed.encode(), ec.ECDSA(SHA256())))
        # JWS wants both numbers side by side, not DER (RFC 7518 section 3.4).
        signature = r.to_bytes(COORDINATE_BYTES, "big") + s.to_bytes(COORDINATE_BYTES, "big")
        return f"{signed}.{base64url(signature)}"


def _part(content: Mapping[str, object]) -> str:
    return base64url(json.dumps(content, separators=(",", ":")).encode())


def _coordinate(number: int) -> str:
    return base64url(number.to_bytes(COORDINATE_BYTES, "big"))
