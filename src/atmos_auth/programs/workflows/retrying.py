"""When a step that failed is tried again."""

from typing import NamedTuple

from atmos_auth.config.durations import precise_seconds
from atmos_auth.config.workflow_settings import RetrySettings

_USUAL_DELAY = 1.0
# Beyond this many doublings every wait is longer than anybody waits.
_MOST_DOUBLINGS = 40


class Retry(NamedTuple):
    """How often, and after what waits in seconds; None means without bound."""

    attempts: int = 1
    delay: float = _USUAL_DELAY
    strategy: str = "constant"
    longest_delay: float | None = None
    longest: float | None = None

    def wait(self, attempt: int, elapsed: float) -> float | None:
        """Return how long to wait after this attempt (the first is 1) failed; None when that was the last one.

        No attempt begins later than `longest` seconds after the first one did.
        """
        if attempt >= self.attempts:
            return None
        wait = (
            self.delay
            * {
                "constant": 1,
                "linear": attempt,
                "exponential": 2 ** min(attempt - 1, _MOST_DOUBLINGS),
            }[self.strategy]
        )
        if self.longest_delay is not None:
            wait = min(wait, self.longest_delay)
        return None if self.longest is not None and elapsed + wait > self.longest else wait


def retry_of(settings: RetrySettings) -> Retry:
    """Read settings that were checked."""
    delay = settings.initial_delay or settings.delay
    return Retry(
        attempts=settings.max_attempts,
        delay=precise_seconds(delay) if delay else _USUAL_DELAY,
        strategy=settings.backoff_strategy,
        longest_delay=precise_seconds(settings.max_delay) if settings.max_delay else None,
        longest=precise_seconds(settings.max_elapsed_time) if settings.max_elapsed_time else None,
    )
