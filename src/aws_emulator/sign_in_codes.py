"""Authorization codes of the sign-in service, bound to a redirect URI and a PKCE challenge (RFC 6749 4.1, RFC 7636)."""

from __future__ import annotations

import enum
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_emulator.authorization_codes import verifier_matches

if TYPE_CHECKING:
    from aws_emulator.clock import Clock
    from aws_emulator.sign_in_sessions import SignInSession

CODE_SECONDS = 300


class Refusal(enum.Enum):
    """Why a code or a refresh token is no good."""

    INVALID = "invalid_grant"
    CODE_EXPIRED = "AUTHCODE_EXPIRED"
    SESSION_OVER = "TOKEN_EXPIRED"
    CREDENTIALS_CHANGED = "USER_CREDENTIALS_CHANGED"


@dataclass(slots=True)
class SignInGrant:
    """What stands behind a code; `session` is set once the code has been used."""

    client_id: str
    user_arn: str
    redirect_uri: str
    code_challenge: str
    expires_at: float
    session: SignInSession | None = None


class SignInCodes:
    """The codes issued since the start."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._grants: dict[str, SignInGrant] = {}

    def issue(self, client_id: str, user_arn: str, redirect_uri: str, code_challenge: str) -> str:
        """Issue a code that lives five minutes."""
        code = secrets.token_urlsafe(48)
        expires_at = self._clock.now() + CODE_SECONDS
        self._grants[code] = SignInGrant(client_id, user_arn, redirect_uri, code_challenge, expires_at)
        return code

    def waits(self, code: str) -> bool:
        """Say whether a code can still be redeemed."""
        grant = self._grants.get(code)
        return grant is not None and grant.session is None and grant.expires_at > self._clock.now()

    def redeem(self, code: str, client_id: str, redirect_uri: str, code_verifier: str) -> SignInGrant | Refusal:
        """Give the grant of a code if everything matches; a code used before ends its session (RFC 6749 4.1.2)."""
        grant = self._grants.get(code)
        if grant is None or grant.client_id != client_id or grant.redirect_uri != redirect_uri:
            return Refusal.INVALID
        if not verifier_matches(code_verifier, grant.code_challenge):
            return Refusal.INVALID
        if grant.session is not None:
            grant.session.ended = True
            return Refusal.INVALID
        return grant if grant.expires_at > self._clock.now() else Refusal.CODE_EXPIRED
