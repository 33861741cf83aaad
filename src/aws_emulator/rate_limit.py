"""A token bucket: so many requests per second, with a burst."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_emulator.clock import Clock
    from aws_emulator.state import State


class PortalRate:
    """The portal's bucket; `portal_rate` and `portal_burst` are read from the state at every request."""

    def __init__(self, state: State, clock: Clock) -> None:
        self._state = state
        self._clock = clock
        self._spent = 0.0
        self._at = clock.now()

    def allows(self) -> bool:
        """Take one request from the bucket if there is one left."""
        rate = self._state.portal_rate
        now = self._clock.now()
        elapsed, self._at = max(0.0, now - self._at), now
        if rate is None:
            return True
        self._spent = max(0.0, self._spent - elapsed * rate)
        if self._spent + 1 > self._state.portal_burst:
            return False
        self._spent += 1
        return True
