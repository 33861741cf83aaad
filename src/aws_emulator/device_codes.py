"""Device authorizations: a code shown on one machine and approved by a person on another (RFC 8628)."""

from __future__ import annotations

import enum
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_emulator.clock import Clock
    from aws_emulator.registrations import Client
    from aws_emulator.state import State

# No vowels, so that no words appear by chance (RFC 8628 6.1).
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
_SLOW_DOWN_SECONDS = 5


class Decision(enum.Enum):
    """What became of a device authorization."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    USED = "used"


@dataclass(slots=True)
class DeviceAuthorization:
    """One request for approval; `interval` is the least number of seconds between two polls."""

    device_code: str = field(repr=False)
    user_code: str
    client: Client
    expires_at: float
    interval: int
    decision: Decision = Decision.PENDING
    person: str = ""
    polled_at: float | None = None


class DeviceCodes:
    """The device authorizations made since the start."""

    def __init__(self, state: State, clock: Clock) -> None:
        self._state = state
        self._clock = clock
        self._by_device_code: dict[str, DeviceAuthorization] = {}
        self._by_user_code: dict[str, DeviceAuthorization] = {}

    def start(self, client: Client) -> DeviceAuthorization:
        """Issue a device code and the user code that goes with it."""
        letters = [secrets.choice(_LETTERS) for _ in range(8)]
        started = DeviceAuthorization(
            device_code=secrets.token_urlsafe(48),
            user_code=f"{''.join(letters[:4])}-{''.join(letters[4:])}",
            client=client,
            expires_at=self._clock.now() + self._state.device_code_seconds,
            interval=self._state.interval,
        )
        self._by_device_code[started.device_code] = started
        self._by_user_code[started.user_code] = started
        return started

    def of_device(self, device_code: str) -> DeviceAuthorization | None:
        """Find by the code the device polls with."""
        return self._by_device_code.get(device_code)

    def of_person(self, user_code: str) -> DeviceAuthorization | None:
        """Find by the code a person typed; case, spaces and dashes do not matter (RFC 8628 6.1)."""
        letters = [letter for letter in user_code.upper() if letter.isalnum()]
        return self._by_user_code.get(f"{''.join(letters[:4])}-{''.join(letters[4:])}")

    def has_expired(self, authorization: DeviceAuthorization) -> bool:
        """Say whether its time is over."""
        return authorization.expires_at <= self._clock.now()

    def decide(self, authorization: DeviceAuthorization, *, approved: bool) -> None:
        """Record the answer of the person who sits at the browser now."""
        authorization.decision = Decision.APPROVED if approved else Decision.DENIED
        authorization.person = self._state.person

    def polled_too_soon(self, authorization: DeviceAuthorization) -> bool:
        """Note a poll; one that came too soon makes the interval grow for good (RFC 8628 3.5)."""
        now, before = self._clock.now(), authorization.polled_at
        authorization.polled_at = now
        if before is None or now - before >= authorization.interval:
            return False
        authorization.interval += _SLOW_DOWN_SECONDS
        return True

    def pending(self) -> list[DeviceAuthorization]:
        """Give those a person can still answer, oldest first."""
        return [
            each
            for each in list(self._by_user_code.values())
            if each.decision is Decision.PENDING and not self.has_expired(each)
        ]
