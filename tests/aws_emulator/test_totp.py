"""One-time passwords, by the test vectors of RFC 6238."""

from __future__ import annotations

import base64

import pytest

from aws_emulator.totp import code_of, secret_bytes, step_of

# Appendix B: the seeds of the three hashes are the digits repeated to the hash's length.
SEEDS = {"sha1": 20, "sha256": 32, "sha512": 64}
VECTORS = [
    (59, "94287082", "46119246", "90693936"),
    (1111111109, "07081804", "68084774", "25091201"),
    (1111111111, "14050471", "67062674", "99943326"),
    (1234567890, "89005924", "91819424", "93441116"),
    (2000000000, "69279037", "90698825", "38618901"),
    (20000000000, "65353130", "77737706", "47863826"),
]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector[0]))
def test_vectors(vector):
    at, *codes = vector
    for (digest, length), code in zip(SEEDS.items(), codes, strict=True):
        seed = (b"1234567890" * 7)[:length]
        assert code_of(seed, step_of(at), digits=8, digest=digest) == code


def test_six_digits_are_the_last_six():
    assert code_of(b"12345678901234567890", step_of(59)) == "287082"
    assert code_of(b"12345678901234567890", step_of(1111111109)) == "081804"


def test_secrets():
    assert secret_bytes(base64.b32encode(b"seed").decode().rstrip("=")) == b"seed"
    for wrong in ("a", "0189", "A", "\u00e9"):
        with pytest.raises(ValueError):  # noqa: PT011 - the library words it
            secret_bytes(wrong)
