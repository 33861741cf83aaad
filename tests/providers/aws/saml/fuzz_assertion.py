"""Drives the reader of SAML responses with atheris: `python fuzz_assertion.py -max_total_time=10 CORPUS`."""

import sys
from base64 import b64encode
from contextlib import suppress

import atheris

with atheris.instrument_imports():
    from atmos_auth.domain.errors import AtmosAuthError
    from atmos_auth.providers.aws.saml import assertion

NOW = 1_767_323_045.0


def read_one(data: bytes) -> None:
    """Read the bytes as a document, and as they are; a refusal is fine, anything else is a find."""
    for response in (b64encode(data).decode(), data.decode("utf-8", errors="surrogateescape")):
        with suppress(AtmosAuthError):
            said = f"{assertion.read(response, NOW).roles}"
            if not said.isprintable():
                raise AssertionError(said)


atheris.Setup(sys.argv, read_one)
atheris.Fuzz()
