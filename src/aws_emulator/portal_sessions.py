"""Portal sessions: what a person's sign-in is worth, as access tokens and rotating refresh tokens."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_emulator.clock import Clock
    from aws_emulator.registrations import Client
    from aws_emulator.state import State


@dataclass(slots=True)
class PortalSession:
    """One sign-in of one person through one client; it ends by time, logout, revocation or token theft."""

    person: str
    client: Client
    expires_at: float
    ended: bool = False


@dataclass(slots=True)
class _RefreshToken:
    session: PortalSession
    used: bool = False


@dataclass(frozen=True, slots=True)
class Tokens:
    """A token response; `expires_in` is in seconds, `refresh_token` None where the client may not refresh."""

    access_token: str
    expires_in: int
    refresh_token: str | None


class PortalSessions:
    """The sign-ins made since the start."""

    def __init__(self, state: State, clock: Clock) -> None:
        self._state = state
        self._clock = clock
        self._access: dict[str, tuple[PortalSession, float]] = {}
        self._refresh: dict[str, _RefreshToken] = {}

    def start(self, person: str, client: Client) -> tuple[PortalSession, Tokens]:
        """Begin a session and give its first tokens."""
        session = PortalSession(person, client, self._clock.now() + self._state.session_seconds)
        return session, self._issue(session)

    def refresh(self, refresh_token: str, client: Client) -> tuple[PortalSession, Tokens] | None:
        """Trade a refresh token for new tokens; None if it is no good any more.

        A token that comes a second time was stolen or lost, so its whole session ends (RFC 9700 4.14.2).
        """
        known = self._refresh.get(refresh_token)
        if known is None or known.session.client.client_id != client.client_id:
            return None
        if known.used:
            known.session.ended = True
        if not self._is_live(known.session):
            return None
        known.used = True
        return known.session, self._issue(known.session)

    def bearer(self, access_token: str) -> PortalSession | None:
        """Give the session an access token belongs to, None if token or session are dead or unknown."""
        session, expires_at = self._access.get(access_token, (None, 0.0))
        if session is None or expires_at <= self._clock.now() or not self._is_live(session):
            return None
        return session

    def end_all(self) -> None:
        """End every session, as an administrator who revokes them does."""
        for session, _ in list(self._access.values()):
            session.ended = True

    def _is_live(self, session: PortalSession) -> bool:
        return not session.ended and session.expires_at > self._clock.now()

    def _issue(self, session: PortalSession) -> Tokens:
        now = self._clock.now()
        expires_at = min(now + self._state.access_token_seconds, session.expires_at)
        access_token = f"aoa{secrets.token_urlsafe(96)}"
        self._access[access_token] = (session, expires_at)
        refresh_token = None
        if session.client.may_refresh:
            refresh_token = f"aor{secrets.token_urlsafe(96)}"
            self._refresh[refresh_token] = _RefreshToken(session)
        return Tokens(access_token, round(expires_at - now), refresh_token)
