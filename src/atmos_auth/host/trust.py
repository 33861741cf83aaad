"""Whom TLS connections of ours believe: the certificate authorities of a person's environment."""

from collections.abc import Mapping

_BUNDLES = ("AWS_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
CA_HINT = "behind a TLS-inspecting proxy, point AWS_CA_BUNDLE at its CA certificate"


def ca_bundle(environ: Mapping[str, str]) -> str | None:
    """Return the file of certificate authorities that the environment names; None for the usual ones."""
    return next((environ[name] for name in _BUNDLES if environ.get(name)), None)
