"""JSON Web Keys (RFC 7517): public keys as members of JSON, and the signatures they verify (RFC 7518 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512

from aws_emulator import json_web_tokens

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cryptography.hazmat.primitives.hashes import HashAlgorithm

    from aws_emulator.json_web_tokens import Jwt

PublicKey: TypeAlias = rsa.RSAPublicKey | ec.EllipticCurvePublicKey

_LEAST_RSA_BITS = 2048


class _Curve(NamedTuple):
    curve: ec.EllipticCurve
    size: int


_CURVES = {
    "P-256": _Curve(ec.SECP256R1(), 32),
    "P-384": _Curve(ec.SECP384R1(), 48),
    "P-521": _Curve(ec.SECP521R1(), 66),
}
# Each goes with one type of key, an elliptic one with one curve.
_RSA_ALGORITHMS: dict[str, HashAlgorithm] = {"RS256": SHA256(), "RS384": SHA384(), "RS512": SHA512()}
_EC_ALGORITHMS: dict[str, tuple[_Curve, HashAlgorithm]] = {
    "ES256": (_CURVES["P-256"], SHA256()),
    "ES384": (_CURVES["P-384"], SHA384()),
    "ES512": (_CURVES["P-521"], SHA512()),
}
ALGORITHMS = (*_RSA_ALGORITHMS, *_EC_ALGORITHMS)


def public_key(jwk: Mapping[str, Any]) -> PublicKey:
    """Give the key that a JWK describes; what is not a public key raises `ValueError`, which says why."""
    if "d" in jwk:
        message = "it holds a private key"
        raise ValueError(message)
    if jwk.get("kty") == "RSA":
        key = rsa.RSAPublicNumbers(_number(jwk, "e"), _number(jwk, "n")).public_key()
        if key.key_size < _LEAST_RSA_BITS:
            message = f"an RSA key has at least {_LEAST_RSA_BITS} bits"
            raise ValueError(message)
        return key
    if jwk.get("kty") != "EC":
        message = "kty is RSA or EC"
        raise ValueError(message)
    name = jwk.get("crv")
    curve = _CURVES.get(name) if isinstance(name, str) else None
    if curve is None:
        message = f"crv is one of {', '.join(_CURVES)}"
        raise ValueError(message)
    x, y = (_number(jwk, coordinate, curve.size) for coordinate in ("x", "y"))
    return ec.EllipticCurvePublicNumbers(x, y, curve.curve).public_key()


def rsa_jwk(key: rsa.RSAPublicKey, key_id: str) -> dict[str, str]:
    """Describe an RSA key as the JWK that its issuer publishes."""
    numbers = key.public_numbers()
    members = {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": key_id}
    for name, number in (("n", numbers.n), ("e", numbers.e)):
        members[name] = json_web_tokens.encode(number.to_bytes((number.bit_length() + 7) // 8))
    return members


def fits(key: PublicKey, algorithm: object) -> bool:
    """Say whether a token's `alg` is one that this key can have been used with."""
    if not isinstance(algorithm, str):
        return False
    if isinstance(key, rsa.RSAPublicKey):
        return algorithm in _RSA_ALGORITHMS
    return algorithm in _EC_ALGORITHMS and _EC_ALGORITHMS[algorithm][0].curve.name == key.curve.name


def verifies(key: PublicKey, jwt: Jwt) -> bool:
    """Say whether a token's signature was made with this key, by the `alg` of its header."""
    algorithm = jwt.header.get("alg")
    if not fits(key, algorithm):
        return False
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(jwt.signature, jwt.signed, padding.PKCS1v15(), _RSA_ALGORITHMS[str(algorithm)])
        else:
            curve, digest = _EC_ALGORITHMS[str(algorithm)]
            key.verify(_der(jwt.signature, curve.size), jwt.signed, ec.ECDSA(digest))
    except InvalidSignature:
        return False
    return True


def _der(signature: bytes, size: int) -> bytes:
    # JWS writes the two numbers one after the other (RFC 7518 3.4), the library reads them as DER.
    if len(signature) != 2 * size:
        raise InvalidSignature
    return encode_dss_signature(int.from_bytes(signature[:size]), int.from_bytes(signature[size:]))


def _number(jwk: Mapping[str, Any], name: str, size: int | None = None) -> int:
    value = jwk.get(name)
    try:
        data = json_web_tokens.decode(value) if isinstance(value, str) else b""
    except ValueError:
        data = b""
    if not data or size not in (None, len(data)):
        message = f"{name} is a number in base64url" + (f" of {size} bytes" if size else "")
        raise ValueError(message)
    return int.from_bytes(data)
