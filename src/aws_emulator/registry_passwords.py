"""The passwords that registries hand out: what each opens, and until when."""

from __future__ import annotations

import base64
import json
import secrets
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from aws_emulator.clock import Clock
    from aws_emulator.state import State

USER = "AWS"


class Password(NamedTuple):
    """A password that was handed out; `hosts` is how the names of the registries end that it opens.

    Times are in seconds since the epoch.
    """

    hosts: str
    text: str
    expires_at: int


class RegistryPasswords:
    """Every password since the start."""

    def __init__(self, state: State, clock: Clock) -> None:
        self._state = state
        self._clock = clock
        self._issued: dict[str, Password] = {}

    def issue(self, hosts: str) -> Password:
        """Make a password for all registries whose host names end so: a caller may have access to several."""
        expires_at = int(self._clock.now()) + self._state.ecr.token_seconds
        # As opaque, and about as long, as the service's own.
        inner = {"payload": secrets.token_urlsafe(900), "version": "2", "type": "DATA_KEY", "expiration": expires_at}
        password = Password(hosts, base64.b64encode(json.dumps(inner).encode()).decode(), expires_at)
        self._issued[password.text] = password
        return password

    def opens(self, registry: str, user: str, text: str) -> bool:
        """Say whether the registry lets this user in."""
        password = self._issued.get(text)
        if password is None or user != USER or not registry.endswith(password.hosts):
            return False
        return password.expires_at > self._clock.now()
