"""Base64 as OAuth and JOSE write it: the URL-safe alphabet, without padding (RFC 4648 section 5, RFC 7515)."""

from base64 import b64decode, urlsafe_b64encode


def base64url(raw: bytes) -> str:
    """Return `raw` in base64url."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """Return what `text` stands for; raises `ValueError` when it is not base64url."""
    return b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
