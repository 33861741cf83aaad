"""Authorization codes bound to a redirect URI and a PKCE challenge (RFC 6749 4.1, RFC 7636, RFC 8252)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from aws_emulator.clock import Clock
    from aws_emulator.portal_sessions import PortalSession
    from aws_emulator.registrations import Client

CODE_SECONDS = 600
_LOOPBACK = "127.0.0.1"


@dataclass(slots=True)
class Grant:
    """What stands behind a code; `session` is set once the code has been used."""

    client: Client
    person: str
    redirect_uri: str
    code_challenge: str
    expires_at: float
    session: PortalSession | None = None


class AuthorizationCodes:
    """The codes issued since the start."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._grants: dict[str, Grant] = {}

    def issue(self, client: Client, person: str, redirect_uri: str, code_challenge: str) -> str:
        """Issue a code that lives ten minutes (RFC 6749 4.1.2)."""
        code = secrets.token_urlsafe(48)
        self._grants[code] = Grant(client, person, redirect_uri, code_challenge, self._clock.now() + CODE_SECONDS)
        return code

    def redeem(self, code: str, client: Client, redirect_uri: str, code_verifier: str) -> Grant | None:
        """Give the grant of a code if everything matches, else None.

        A code used before ends the session it gave (RFC 6749 4.1.2).
        """
        grant = self._grants.get(code)
        if grant is None or grant.client.client_id != client.client_id:
            return None
        if grant.session is not None:
            grant.session.ended = True
            return None
        matches = grant.redirect_uri == redirect_uri and verifier_matches(code_verifier, grant.code_challenge)
        return grant if matches and grant.expires_at > self._clock.now() else None


def verifier_matches(code_verifier: str, code_challenge: str) -> bool:
    """Check a verifier against its S256 challenge (RFC 7636 4.6)."""
    digest = hashlib.sha256(code_verifier.encode()).digest()
    return hmac.compare_digest(base64.urlsafe_b64encode(digest).rstrip(b"="), code_challenge.encode())


def is_verifier(text: str) -> bool:
    """Check the form of a code verifier (RFC 7636 4.1)."""
    return re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", text) is not None


def is_challenge(text: str) -> bool:
    """Check the form of an S256 challenge: 32 bytes as base64url without padding (RFC 7636 4.2)."""
    return re.fullmatch(r"[A-Za-z0-9_-]{43}", text) is not None


def may_register(redirect_uri: str) -> bool:
    """Say whether a client may register this URI: https, or http to a loopback address; no fragment."""
    parts = _split(redirect_uri)
    if parts is None or "#" in redirect_uri:
        return False
    scheme, host, _, _ = parts
    return bool(host) and (scheme == "https" or (scheme == "http" and host == _LOOPBACK))


def may_redirect(redirect_uri: str, registered: tuple[str, ...]) -> bool:
    """Say whether a URI equals a registered one; a loopback address may carry any port (RFC 8252 7.3)."""
    if redirect_uri in registered:
        return True
    parts = _split(redirect_uri)
    if parts is None or "#" in redirect_uri or parts[0] != "http" or parts[1] != _LOOPBACK:
        return False
    without_port = (*parts[:2], parts[3])
    candidates = [_split(uri) for uri in registered]
    return any((*each[:2], each[3]) == without_port for each in candidates if each is not None)


def _split(uri: str) -> tuple[str, str, int | None, str] | None:
    """Give scheme, host, port, and path with query; None if the URI cannot be read or carries a user name."""
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return None
    if not re.fullmatch(r"[A-Za-z0-9.-]+(:[0-9]+)?", parts.netloc):
        return None
    return parts.scheme, parts.hostname or "", port, f"{parts.path}?{parts.query}"
