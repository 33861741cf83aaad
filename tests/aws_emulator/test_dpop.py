"""DPoP proofs: each way in which one may be wrong is refused, and refusing it uses nothing up (RFC 9449 4.3)."""

from __future__ import annotations

import base64
import hmac
import json
import time

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256


@pytest.fixture
def invalid(refused):
    """`with invalid():` - the request is malformed."""
    return lambda: refused("ValidationException", 400, "INVALID_REQUEST")


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def rs256(url, key):
    private = rsa.generate_private_key(65537, 2048)
    numbers = private.public_key().public_numbers()
    jwk = {"kty": "RSA", "n": encode(numbers.n.to_bytes(256)), "e": "AQAB"}
    signed, _, _ = key.proof(url, {"alg": "RS256", "jwk": jwk}).rpartition(".")
    return f"{signed}.{encode(private.sign(signed.encode(), padding.PKCS1v15(), SHA256()))}"


def es256_on_another_curve(url, key):
    private = ec.generate_private_key(ec.SECP384R1())
    numbers = private.public_key().public_numbers()
    jwk = {"kty": "EC", "crv": "P-384", "x": encode(numbers.x.to_bytes(48)), "y": encode(numbers.y.to_bytes(48))}
    return key.proof(url, {"jwk": jwk})


def hs256_with_the_public_key(url, key):
    signed, _, _ = key.proof(url, {"alg": "HS256"}).rpartition(".")
    return f"{signed}.{encode(hmac.digest(json.dumps(key.jwk).encode(), signed.encode(), 'sha256'))}"


def der_signature(url, key):
    signed, _, _ = key.proof(url).rpartition(".")
    return f"{signed}.{encode(key.private.sign(signed.encode(), ec.ECDSA(SHA256())))}"


def short_signature(url, key):
    """Leave out a zero that the second number begins with: the number is right, its length is not."""
    while True:
        signed, _, signature = key.proof(url).rpartition(".")
        halves = base64.urlsafe_b64decode(signature + "==")
        if halves[32] == 0:
            return f"{signed}.{encode(halves[:32] + halves[33:])}"


def unsigned(url, key):
    return key.proof(url, {"alg": "none"}).rpartition(".")[0] + "."


def other_claims(url, key):
    """Put the signature of one proof under the claims of another."""
    header, claims, _ = key.proof(url).split(".")
    return f"{header}.{claims}.{key.proof(url).split('.')[2]}"


BAD_PROOFS = {
    "no header": lambda url, key: None,
    "empty": lambda url, key: "",
    "no JWT": lambda url, key: "nonsense",
    "two parts": lambda url, key: key.proof(url).rpartition(".")[0],
    "two proofs": lambda url, key: f"{key.proof(url)},{key.proof(url)}",
    "padding": lambda url, key: key.proof(url) + "=",
    "not base64url": lambda url, key: "!" + key.proof(url),
    "header no object": lambda url, key: f"{encode(b'[]')}.{encode(b'{}')}.",
    "header too deep": lambda url, key: f"{encode(b'[' * 20000)}.{encode(b'{}')}.",
    "typ JWT": lambda url, key: key.proof(url, {"typ": "JWT"}),
    "alg none": unsigned,
    "alg none, signed": lambda url, key: key.proof(url, {"alg": "none"}),
    "RS256": rs256,
    "RS256, EC key": lambda url, key: key.proof(url, {"alg": "RS256"}),
    "HS256": hs256_with_the_public_key,
    "ES384": lambda url, key: key.proof(url, {"alg": "ES384"}),
    "P-384": es256_on_another_curve,
    "P-384, P-256's numbers": lambda url, key: key.proof(url, {"jwk": key.jwk | {"crv": "P-384"}}),
    "no jwk": lambda url, key: key.proof(url, {"jwk": None}),
    "jwk no object": lambda url, key: key.proof(url, {"jwk": "key"}),
    "jwk without y": lambda url, key: key.proof(url, {"jwk": key.jwk | {"y": None}}),
    "jwk with a short x": lambda url, key: key.proof(url, {"jwk": key.jwk | {"x": key.jwk["x"][:-4]}}),
    "jwk not base64url": lambda url, key: key.proof(url, {"jwk": key.jwk | {"x": "!" * 43}}),
    "jwk off the curve": lambda url, key: key.proof(url, {"jwk": key.jwk | {"x": encode(b"\1" * 32)}}),
    "jwk with the private key": lambda url, key: key.proof(url, {"jwk": key.jwk | {"d": key.jwk["x"]}}),
    "signature of another proof": other_claims,
    "signature in DER": der_signature,
    "signature too short": short_signature,
    "signature of zeros": lambda url, key: f"{key.proof(url).rpartition('.')[0]}.{encode(bytes(64))}",
    "no signature": lambda url, key: key.proof(url).rpartition(".")[0] + ".",
    "htm GET": lambda url, key: key.proof(url, claims={"htm": "GET"}),
    "htm post": lambda url, key: key.proof(url, claims={"htm": "post"}),
    "no htm": lambda url, key: key.proof(url, claims={"htm": None}),
    "htu of another host": lambda url, key: key.proof("https://us-east-1.signin.aws.amazon.com/v1/token"),
    "htu of another path": lambda url, key: key.proof(url + "/"),
    "htu without the path": lambda url, key: key.proof(url.removesuffix("/v1/token")),
    "htu with a query": lambda url, key: key.proof(url + "?a=b"),
    "no htu": lambda url, key: key.proof(url, claims={"htu": None}),
    "iat too old": lambda url, key: key.proof(url, claims={"iat": time.time() - 302}),
    "iat too new": lambda url, key: key.proof(url, claims={"iat": time.time() + 310}),
    "iat endless": lambda url, key: key.proof(url, claims={"iat": float("inf")}),
    "iat no number": lambda url, key: key.proof(url, claims={"iat": str(int(time.time()))}),
    "iat true": lambda url, key: key.proof(url, claims={"iat": True}),
    "no iat": lambda url, key: key.proof(url, claims={"iat": None}),
    "no jti": lambda url, key: key.proof(url, claims={"jti": None}),
    "empty jti": lambda url, key: key.proof(url, claims={"jti": ""}),
}


@pytest.mark.parametrize("name", BAD_PROOFS)
def test_bad_proofs(user_sign_in, invalid, name):
    code, good = user_sign_in.code(), user_sign_in.make_proof
    user_sign_in.make_proof = lambda url: BAD_PROOFS[name](url, user_sign_in.key)
    with invalid() as error:
        user_sign_in.trade(code)
    assert "proof" in error["Message"] or "DPoP" in error["Message"]
    user_sign_in.make_proof = good
    assert user_sign_in.trade(code)  # nothing was used up


def test_a_proof_of_a_key_the_client_does_not_hold(user_sign_in, invalid, new_dpop_key):
    other = new_dpop_key()
    user_sign_in.make_proof = lambda url: user_sign_in.key.proof(url, {"jwk": other.jwk})
    code = user_sign_in.code()
    with invalid() as error:
        user_sign_in.trade(code)
    assert error["Message"] == "The proof's signature is wrong."


def test_a_proof_works_once(user_sign_in, invalid):
    kept = []

    def keep(url):
        kept.append(kept[0] if kept else user_sign_in.key.proof(url))
        return kept[0]

    user_sign_in.make_proof = keep
    tokens = user_sign_in.trade(user_sign_in.code())
    with invalid() as error:
        user_sign_in.refresh(tokens["refreshToken"])
    assert error["Message"] == "The proof was used before."


def test_a_proof_counts_as_used_even_if_the_request_fails(user_sign_in, invalid, refused):
    user_sign_in.make_proof = lambda url: user_sign_in.key.proof(url, claims={"jti": "one"})
    code = user_sign_in.code()
    with refused("ValidationException", 400, "invalid_grant"):
        user_sign_in.trade("unknown")
    with invalid():
        user_sign_in.trade(code)


@pytest.mark.parametrize("seconds", [-290, 290])
def test_clocks_may_be_minutes_apart(user_sign_in, seconds):
    user_sign_in.make_proof = lambda url: user_sign_in.key.proof(url, claims={"iat": time.time() + seconds})
    assert user_sign_in.trade(user_sign_in.code())


def test_the_date_of_a_proof_is_held_against_the_real_clock(api, user_sign_in):
    api.aws.clock.advance(3600)
    assert user_sign_in.trade(user_sign_in.code())


def test_members_that_nobody_asked_for_do_no_harm(user_sign_in):
    user_sign_in.make_proof = lambda url: user_sign_in.key.proof(url, {"kid": "1"}, {"nonce": "n", "ath": "a"})
    assert user_sign_in.trade(user_sign_in.code())
