"""Sign-in sessions of IAM users: half a day of short-lived keys, each bought with a refresh token that works once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from aws_emulator.keys import Origin, user_principal
from aws_emulator.sign_in_codes import Refusal

if TYPE_CHECKING:
    from aws_emulator.clock import Clock
    from aws_emulator.keys import Key, Keys
    from aws_emulator.state import State

# A user's long-lived key and whether it is active: while a session lives, none of it may change.
OwnKey: TypeAlias = tuple[str, str, bool]


@dataclass(slots=True)
class SignInSession:
    """One sign-in of one user through one client, bound to the DPoP key with this thumbprint (RFC 9449 5)."""

    user_arn: str
    client_id: str
    thumbprint: str
    own_key: OwnKey = field(repr=False)
    expires_at: float
    ended: bool = False


@dataclass(slots=True)
class _RefreshToken:
    session: SignInSession
    used: bool = False


@dataclass(frozen=True, slots=True)
class SignInTokens:
    """What a session gives: keys, the seconds they live, and the next refresh token."""

    key: Key
    expires_in: int
    refresh_token: str = field(repr=False)


class SignInSessions:
    """The sign-ins made since the start."""

    def __init__(self, state: State, clock: Clock, keys: Keys) -> None:
        self._state = state
        self._clock = clock
        self._keys = keys
        self._refresh: dict[str, _RefreshToken] = {}

    def start(self, user_arn: str, client_id: str, thumbprint: str) -> SignInSession | Refusal:
        """Begin a session; the user may have been removed since the page was answered."""
        own_key = self._own_key(user_arn)
        if own_key is None:
            return Refusal.CREDENTIALS_CHANGED
        expires_at = self._clock.now() + self._state.sign_in_session_seconds
        return SignInSession(user_arn, client_id, thumbprint, own_key, expires_at)

    def find(self, refresh_token: str, client_id: str, thumbprint: str) -> SignInSession | Refusal:
        """Give the session of a refresh token, or say why it is no good any more.

        A token that comes a second time was stolen or lost, so its whole session ends (RFC 9700 4.14.2);
        whoever lacks the session's DPoP key can do nothing with a token, not even that.
        """
        known = self._refresh.get(refresh_token)
        if known is None or (known.session.client_id, known.session.thumbprint) != (client_id, thumbprint):
            return Refusal.INVALID
        session = known.session
        if known.used:
            session.ended = True
            return Refusal.INVALID
        if session.ended or session.expires_at <= self._clock.now():
            return Refusal.SESSION_OVER
        if self._own_key(session.user_arn) != session.own_key:
            return Refusal.CREDENTIALS_CHANGED
        return session

    def issue(self, session: SignInSession, used_token: str | None = None) -> SignInTokens:
        """Issue keys and the next refresh token; the one it was asked with is spent."""
        if used_token is not None:
            self._refresh[used_token].used = True
        user = self._state.users[session.user_arn]
        now = self._clock.now()
        seconds = max(1, round(min(self._state.sign_in_seconds, session.expires_at - now)))
        # A user with a device has shown a code of it when signing in to the browser.
        principal = user_principal(session.user_arn, user)
        key = self._keys.issue(principal, seconds, mfa_present=user.mfa is not None, origin=Origin.SIGN_IN)
        refresh_token = f"ASOR{secrets.token_urlsafe(96)}"
        self._refresh[refresh_token] = _RefreshToken(session)
        return SignInTokens(key, seconds, refresh_token)

    def end_all(self) -> None:
        """End every session, as an administrator who revokes them does."""
        for token in self._refresh.values():
            token.session.ended = True

    def _own_key(self, user_arn: str) -> OwnKey | None:
        user = self._state.users.get(user_arn)
        return (user.access_key_id, user.secret_access_key, user.key_active) if user else None
