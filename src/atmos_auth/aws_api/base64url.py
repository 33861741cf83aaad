"""Base64 as OAuth and JOSE write it: the URL-safe alphabet, without padding (RFC 4648 section 5, RFC 7515)."""

from base64 import urlsafe_b64encode


def base64url(raw: bytes) -> str:
    """Return `raw` in base64url."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
