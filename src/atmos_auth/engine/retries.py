"""Trying again: the same attempt, made anew after a pause that grows and jitters, until one total deadline."""

from collections.abc import Callable
from typing import TypeVar

from atmos_auth.domain.errors import ServiceError
from atmos_auth.domain.ports import Clock, Log

# All attempts and pauses together; less than other processes wait for this one.
TOTAL_SECONDS = 25
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 8

T = TypeVar("T")


def persistently(attempt: Callable[[], T], *, clock: Clock, random_bytes: Callable[[int], bytes], log: Log) -> T:
    """Return what `attempt` brings, made again while it fails with a `ServiceError` that says it is retryable.

    Every pause is a random part of a span that doubles, so that many jobs which failed together do not come back
    together. After 25 seconds in all the last failure is raised; any other failure is raised at once.
    """
    deadline = clock.now() + TOTAL_SECONDS
    span, attempts = FIRST_PAUSE_SECONDS, 1
    while True:
        try:
            return attempt()
        except ServiceError as failure:
            pause = span * (1 + int.from_bytes(random_bytes(2)) / 65536) / 2
            if not failure.retryable or clock.now() + pause >= deadline:
                if attempts > 1:
                    failure.details = (*failure.details, f"tried {attempts} times")
                raise
            log.debug(f"{failure.message}; trying again in {pause:.1f} s")
            clock.sleep(pause)
            span, attempts = min(span * 2, LONGEST_PAUSE_SECONDS), attempts + 1
