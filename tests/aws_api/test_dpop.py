"""Proofs of possession, checked with `cryptography` alone and by the words of RFC 9449 and RFC 7518."""

import json
import os
from base64 import b64decode, b64encode, urlsafe_b64decode

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from hypothesis import given
from hypothesis import strategies as st

from atmos_auth.aws_api.dpop import DpopKey

URL = "https://signin.example.com/v1/token"
NOW = 1_767_323_045.9
KEY = DpopKey.generate()


def unpadded(text: str) -> bytes:
    assert "=" not in text
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def taken_apart(proof: str) -> tuple[dict[str, object], dict[str, object], bytes]:
    """Verify a proof with the key that it names, and return header, claims and signature."""
    header_text, claims_text, signature_text = proof.split(".")
    header, claims = (json.loads(unpadded(text)) for text in (header_text, claims_text))
    signature = unpadded(signature_text)
    jwk = header["jwk"]
    numbers = (int.from_bytes(unpadded(jwk[name])) for name in ("x", "y"))
    public = ec.EllipticCurvePublicNumbers(*numbers, ec.SECP256R1()).public_key()
    der = encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
    public.verify(der, f"{header_text}.{claims_text}".encode(), ec.ECDSA(SHA256()))
    return header, claims, signature


def prove(key: DpopKey, **changes: object) -> str:
    return key.proof(**({"method": "POST", "url": URL, "now": NOW, "random_bytes": os.urandom} | changes))


def text_of(key: object) -> str:
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())  # type: ignore[attr-defined]
    return b64encode(der).decode()


def test_a_proof_says_what_rfc_9449_wants_and_nothing_else():
    header, claims, signature = taken_apart(prove(KEY))
    assert set(header) == {"typ", "alg", "jwk"}
    assert (header["typ"], header["alg"]) == ("dpop+jwt", "ES256")
    assert set(header["jwk"]) == {"kty", "crv", "x", "y"}
    assert (header["jwk"]["kty"], header["jwk"]["crv"]) == ("EC", "P-256")
    assert set(claims) == {"htm", "htu", "iat", "jti"}
    assert (claims["htm"], claims["htu"], claims["iat"]) == ("POST", URL, 1_767_323_045)
    assert type(claims["iat"]) is int
    assert len(unpadded(claims["jti"])) == 16
    assert len(signature) == 64


def test_the_named_key_is_the_public_half_of_ours_and_the_private_half_is_not_there():
    proof = prove(KEY)
    private = load_der_private_key(b64decode(KEY.to_text()), password=None)
    header, _, _ = taken_apart(proof)
    numbers = private.public_key().public_numbers()
    assert [int.from_bytes(unpadded(header["jwk"][name])) for name in ("x", "y")] == [numbers.x, numbers.y]
    assert "d" not in header["jwk"]


def test_signatures_and_coordinates_keep_their_leading_zeros():
    """Of 256 keys one has a coordinate that begins with a zero byte, of 256 signatures one a half that does."""
    for number in range(600):
        key = KEY if number % 20 else DpopKey.generate()
        header, _, signature = taken_apart(prove(key))
        assert len(signature) == 64
        assert [len(unpadded(header["jwk"][name])) for name in ("x", "y")] == [32, 32]


@given(st.lists(st.binary(min_size=16, max_size=16), min_size=2, max_size=6, unique=True))
def test_different_random_bytes_make_different_ids(raw):
    ids = [taken_apart(prove(KEY, random_bytes=lambda _, one=one: one))[1]["jti"] for one in raw]
    assert len(set(ids)) == len(raw)


def test_ids_of_many_proofs_never_meet():
    assert len({taken_apart(prove(KEY))[1]["jti"] for _ in range(200)}) == 200


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_changed_proof_does_not_verify(part):
    parts = prove(KEY).split(".")
    content = bytearray(unpadded(parts[part]))
    content[-5] ^= 1
    parts[part] = b64encode(bytes(content), altchars=b"-_").decode().rstrip("=")
    with pytest.raises((InvalidSignature, ValueError)):
        taken_apart(".".join(parts))


def test_the_key_survives_its_text():
    again = DpopKey.from_text(KEY.to_text())
    assert again.to_text() == KEY.to_text()
    assert taken_apart(prove(again))[0]["jwk"] == taken_apart(prove(KEY))[0]["jwk"]


def test_every_new_key_is_another_one():
    assert len({DpopKey.generate().to_text() for _ in range(20)}) == 20


def test_a_key_does_not_show_itself():
    shown = f"{KEY!r} {KEY} {vars(KEY)}"
    assert KEY.to_text() not in shown
    assert KEY.to_text()[40:80] not in shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "garbage",
        "====",
        "é",
        b64encode(b"garbage").decode(),
        b64encode(b"").decode(),
        KEY.to_text()[:-8],
        KEY.to_text() + "\n!",
        "-----BEGIN PRIVATE KEY-----",
    ],
)
def test_what_is_no_key_is_refused_as_a_value(text):
    with pytest.raises(ValueError):  # noqa: PT011 - the words are those of several libraries
        DpopKey.from_text(text)


@pytest.mark.parametrize(
    "make",
    [
        lambda: ec.generate_private_key(ec.SECP384R1()),
        lambda: ec.generate_private_key(ec.SECP256K1()),
        lambda: rsa.generate_private_key(65537, 2048),
        ed25519.Ed25519PrivateKey.generate,
    ],
    ids=["P-384", "secp256k1", "RSA", "Ed25519"],
)
def test_a_key_of_another_sort_is_refused(make):
    with pytest.raises(ValueError, match="P-256"):
        DpopKey.from_text(text_of(make()))


def test_an_encrypted_key_is_refused_as_a_value():
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption

    der = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        Encoding.DER, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")
    )
    with pytest.raises(ValueError):  # noqa: PT011 - whatever the words
        DpopKey.from_text(b64encode(der).decode())


@given(st.text(max_size=60))
def test_no_text_makes_it_stumble(text):
    try:
        DpopKey.from_text(text)
    except ValueError:
        return
    raise AssertionError(text)
