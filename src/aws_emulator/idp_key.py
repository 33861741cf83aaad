"""The key pair and certificate with which the emulator's own identity provider signs, made once per process."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

_making = threading.Lock()


class SigningKey(NamedTuple):
    """A private key and its self-signed certificate in PEM."""

    private: rsa.RSAPrivateKey
    certificate: str


def new_signing_key(common_name: str = "aws_emulator identity provider") -> SigningKey:
    """Make a key on the spot, for tests that need another signer."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .sign(private, SHA256())
    )
    return SigningKey(private, certificate.public_bytes(Encoding.PEM).decode())


def own_signing_key() -> SigningKey:
    """Give this process's key."""
    # Two threads that come first at once must not get two keys.
    with _making:
        return _made()


@cache
def _made() -> SigningKey:
    return new_signing_key()
