"""Time that passes only when somebody sleeps."""

from collections.abc import Callable

from atmos_auth.testing.samples import NOW


class FakeClock:
    """A clock that stands at `now` (epoch seconds) until `sleep` or `advance` moves it.

    `slept` holds the length of every sleep. `on_sleep`, which may be set anew, is called after each with its length:
    for a server's clock that goes along, or a person who answers meanwhile.
    """

    def __init__(self, now: float = NOW, *, on_sleep: Callable[[float], None] | None = None) -> None:
        self._now = now
        self.on_sleep = on_sleep
        self.slept: list[float] = []

    def now(self) -> float:
        """Tell the time."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass at once."""
        self.slept.append(seconds)
        self.advance(seconds)
        if self.on_sleep is not None:
            self.on_sleep(seconds)

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass without anybody sleeping."""
        if seconds < 0:
            raise ValueError("time does not run backwards")
        self._now += seconds
