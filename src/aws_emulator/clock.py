"""The emulator's own clock, which tests may push forward."""

import time
from datetime import UTC, datetime

_MAX_OFFSET = 10 * 365 * 24 * 3600


class Clock:
    """Real time plus an offset; every issue and expiry time of the emulator is read from here."""

    def __init__(self) -> None:
        self._offset = 0.0

    def now(self) -> float:
        """Seconds since the epoch, shifted by every `advance` so far."""
        return time.time() + self._offset

    def real(self) -> float:
        """Seconds since the epoch as the callers' machines see them; only signature dates use it."""
        return time.time()

    def advance(self, seconds: float) -> None:
        """Move the clock forward, in all by up to ten years; anything else raises `ValueError`."""
        if seconds < 0 or not self._offset + seconds <= _MAX_OFFSET:
            message = f"the clock moves forward by 0 to {_MAX_OFFSET} seconds in all, not by {seconds}"
            raise ValueError(message)
        self._offset += seconds


def iso8601(epoch: float) -> str:
    """Render epoch seconds the way AWS writes a timestamp, for example `2026-01-02T03:04:05Z`."""
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
