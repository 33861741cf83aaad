"""DPoP proofs: a client shows with every token request that it holds a private key (RFC 9449).

A proof's date is compared with the real clock, as a request's signature is: its maker's clock is not ours to move.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from aws_emulator import json_web_keys, json_web_tokens

if TYPE_CHECKING:
    from aws_emulator.clock import Clock
    from aws_emulator.json_web_tokens import Jwt

WINDOW_SECONDS = 300


class ProofError(ValueError):
    """A proof does not prove what it should; the message says why."""


class DpopProofs:
    """Verifies proofs and remembers them while they could be presented again."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen: dict[str, float] = {}

    def verify(self, proof: str, method: str, url: str) -> str:
        """Give the thumbprint (RFC 7638) of the key a proof was made with, or raise `ProofError`.

        The checks are those of RFC 9449 4.3; this server hands out no nonces, and a token request has no `ath`.
        """
        if not proof:
            message = "The DPoP header is missing."
            raise ProofError(message)
        try:
            jwt = json_web_tokens.parse(proof)
        except ValueError as error:
            message = "The DPoP header is not one JWT."
            raise ProofError(message) from error
        jwk = _check_header(jwt)
        _check_signature(jwt, jwk)
        self._check_claims(jwt.claims, method, url)
        members = {name: jwk[name] for name in ("crv", "kty", "x", "y")}
        canonical = json.dumps(members, separators=(",", ":"), sort_keys=True)
        return json_web_tokens.encode(hashlib.sha256(canonical.encode()).digest())

    def _check_claims(self, claims: dict[str, Any], method: str, url: str) -> None:
        if claims.get("htm") != method:
            message = f"The proof's htm is not {method}."
            raise ProofError(message)
        if claims.get("htu") != url:
            message = f"The proof's htu is not {url}."
            raise ProofError(message)
        now, issued, proof_id = self._clock.real(), claims.get("iat"), claims.get("jti")
        if not isinstance(issued, int | float) or isinstance(issued, bool):
            message = "The proof's iat is not a number."
            raise ProofError(message)
        if not abs(issued - now) <= WINDOW_SECONDS:
            message = f"The proof's iat is more than {WINDOW_SECONDS} seconds away from now."
            raise ProofError(message)
        if not isinstance(proof_id, str) or not proof_id:
            message = "The proof's jti is missing."
            raise ProofError(message)
        self._seen = {each: end for each, end in self._seen.items() if end >= now}
        if proof_id in self._seen:
            message = "The proof was used before."
            raise ProofError(message)
        self._seen[proof_id] = issued + WINDOW_SECONDS


def _check_header(jwt: Jwt) -> dict[str, Any]:
    if jwt.header.get("typ") != "dpop+jwt":
        message = "The proof's typ is not dpop+jwt."
        raise ProofError(message)
    if jwt.header.get("alg") != "ES256":
        message = "The proof's alg is not ES256."
        raise ProofError(message)
    jwk = jwt.header.get("jwk")
    if not isinstance(jwk, dict) or jwk.get("kty") != "EC" or jwk.get("crv") != "P-256":
        message = "The proof's jwk is not an EC key on P-256."
        raise ProofError(message)
    return jwk


def _check_signature(jwt: Jwt, jwk: dict[str, Any]) -> None:
    try:
        key = json_web_keys.public_key(jwk)
    except ValueError as error:
        message = f"The proof's jwk is no public key: {error}."
        raise ProofError(message) from error
    if not json_web_keys.verifies(key, jwt):
        message = "The proof's signature is wrong."
        raise ProofError(message)
