"""OIDC clients: programs that registered to ask people for sign-ins."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aws_emulator.errors import AwsError

if TYPE_CHECKING:
    from aws_emulator.clock import Clock
    from aws_emulator.state import State

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
AUTHORIZATION_CODE = "authorization_code"
REFRESH_TOKEN = "refresh_token"  # noqa: S105 - the name of a grant
GRANT_TYPES = (AUTHORIZATION_CODE, DEVICE_CODE, REFRESH_TOKEN)
ACCOUNT_ACCESS = "sso:account:access"


@dataclass(frozen=True, slots=True)
class Client:
    """A registered client; times are epoch seconds."""

    client_id: str
    client_secret: str = field(repr=False)
    name: str
    scopes: tuple[str, ...]
    grant_types: tuple[str, ...]
    redirect_uris: tuple[str, ...]
    issued_at: int
    expires_at: int

    @property
    def may_refresh(self) -> bool:
        """Whether a sign-in of this client comes with a refresh token."""
        return REFRESH_TOKEN in self.grant_types and ACCOUNT_ACCESS in self.scopes


class Registrations:
    """The clients registered since the start."""

    def __init__(self, state: State, clock: Clock) -> None:
        self._state = state
        self._clock = clock
        self._clients: dict[str, Client] = {}

    def register(
        self, name: str, scopes: tuple[str, ...], grant_types: tuple[str, ...], redirect_uris: tuple[str, ...]
    ) -> Client:
        """Register a client; it expires after the state's `registration_seconds`."""
        now = int(self._clock.now())
        client = Client(
            client_id=secrets.token_urlsafe(18),
            client_secret=secrets.token_urlsafe(96),
            name=name,
            scopes=scopes,
            grant_types=grant_types,
            redirect_uris=redirect_uris,
            issued_at=now,
            expires_at=now + self._state.registration_seconds,
        )
        self._clients[client.client_id] = client
        return client

    def find(self, client_id: str) -> Client | None:
        """Give the client of this id unless its registration has expired."""
        client = self._clients.get(client_id)
        if client is None or client.expires_at <= self._clock.now():
            return None
        return client

    def authenticate(self, client_id: str, client_secret: str) -> Client:
        """Give the client these credentials belong to, or raise InvalidClientException."""
        client = self.find(client_id)
        if client is None or not hmac.compare_digest(client.client_secret.encode(), client_secret.encode()):
            raise AwsError("InvalidClientException", "Client not found, expired, or its secret is wrong.", 401)
        return client
