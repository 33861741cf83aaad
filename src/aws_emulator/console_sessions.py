"""Web console sign-ins: tokens that a program is given for keys, and sessions that browsers begin with them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aws_emulator.keys import Key, Keys, Origin
from aws_emulator.tickets import Tickets

if TYPE_CHECKING:
    from aws_emulator.clock import Clock

TOKEN_SECONDS = 15 * 60
SHORTEST_SECONDS, LONGEST_SECONDS = 15 * 60, 12 * 3600
# Nobody else's keys may sign in: those of a user, of GetSessionToken and of a sign-in for a program may not.
_MAY_SIGN_IN = (Origin.ROLE, Origin.CHAINED_ROLE, Origin.FEDERATED_USER)
_DOMAIN = "aws.amazon.com"


@dataclass(frozen=True, slots=True)
class ConsoleSession:
    """Who is signed in to the console, and until when (epoch seconds)."""

    principal_arn: str
    account: str
    expires_at: float


class ConsoleSessions:
    """The tokens and sessions made since the start."""

    def __init__(self, clock: Clock, keys: Keys) -> None:
        self._clock = clock
        self._keys = keys
        self._tokens: Tickets[tuple[Key, int | None]] = Tickets(clock, TOKEN_SECONDS)
        self._sessions: Tickets[ConsoleSession] = Tickets(clock, LONGEST_SECONDS)

    def key(self, access_key_id: str, secret: str, token: str) -> Key | None:
        """Give the key that may sign in with exactly these three, None if there is none."""
        key = self._keys.find(access_key_id)
        if key is None or self._keys.has_expired(key) or key.origin not in _MAY_SIGN_IN:
            return None
        return key if (key.secret_access_key, key.session_token) == (secret, token) else None

    def issue_token(self, key: Key, seconds: int | None) -> str:
        """Give a token for a session of this many seconds, or of as many as the key has left."""
        return self._tokens.issue((key, seconds))

    def begin(self, token: str) -> tuple[str, ConsoleSession] | None:
        """Begin a session with a token, None if that is unknown or too old; give its cookie's value too."""
        meaning = self._tokens.find(token)
        if meaning is None:
            return None
        key, seconds = meaning
        expires_at = self._clock.now() + seconds if seconds is not None else key.expires_at or self._clock.now()
        session = ConsoleSession(key.principal.arn, key.principal.account, expires_at)
        return self._sessions.issue(session), session

    def find(self, cookie: str) -> ConsoleSession | None:
        """Give the session of a cookie, None if there is none or its time is over."""
        session = self._sessions.find(cookie)
        return session if session is not None and session.expires_at > self._clock.now() else None

    def end_all(self) -> None:
        """End every session, and let no token be good any more."""
        self._tokens.forget_all()
        self._sessions.forget_all()


def takes_duration(key: Key) -> bool:
    """Say whether a session may be longer or shorter than this key: neither of chained roles nor of federated users."""
    return key.origin is Origin.ROLE


def is_console(address: str) -> bool:
    """Say whether an address is on one of the console's hosts."""
    try:
        parts = urlsplit(address)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and port in (None, 443)
        and parts.username is None
        and address.isprintable()
        and (host == f"console.{_DOMAIN}" or host.endswith(f".{_DOMAIN}"))
    )
