"""Trying again: only what may go better, each time anew, never beyond the total deadline, and never in step."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atmos_auth.domain.errors import AccessDenied, ServiceError
from atmos_auth.engine.retries import LONGEST_PAUSE_SECONDS, TOTAL_SECONDS, persistently
from atmos_auth.testing import FakeClock, RecordingLog


def failure(*, retryable: bool = True) -> ServiceError:
    return ServiceError("sts:X: no answer", operation="sts:X", endpoint="https://sts", code="X", retryable=retryable)


class Attempts:
    """An attempt that fails as often as it is told, and takes its time."""

    def __init__(self, clock: FakeClock, *failures: Exception, seconds: float = 0) -> None:
        self.clock = clock
        self.failures = list(failures)
        self.seconds = seconds
        self.made = 0

    def __call__(self) -> str:
        self.made += 1
        self.clock.advance(self.seconds)
        if self.failures:
            raise self.failures.pop(0)
        return "brought"


def run(attempts: Attempts, *, random_bytes=bytes) -> str:
    return persistently(attempts, clock=attempts.clock, random_bytes=random_bytes, log=RecordingLog())


def test_what_succeeds_is_not_repeated():
    attempts = Attempts(FakeClock())
    assert (run(attempts), attempts.made, attempts.clock.slept) == ("brought", 1, [])


def test_a_passing_failure_is_tried_again_after_growing_pauses():
    attempts = Attempts(FakeClock(), failure(), failure(), failure())
    assert run(attempts) == "brought"
    assert attempts.clock.slept == [0.25, 0.5, 1.0]


@pytest.mark.parametrize("final", [failure(retryable=False), AccessDenied("no"), ValueError("a bug")])
def test_what_cannot_go_better_is_raised_at_once(final):
    attempts = Attempts(FakeClock(), final)
    with pytest.raises(type(final)):
        run(attempts)
    assert (attempts.made, attempts.clock.slept) == (1, [])


def test_the_last_failure_says_how_often_it_was_tried():
    attempts = Attempts(FakeClock(), *(failure() for _ in range(100)))
    with pytest.raises(ServiceError) as caught:
        run(attempts)
    assert caught.value.details == (f"tried {attempts.made} times",)
    assert sum(attempts.clock.slept) < TOTAL_SECONDS


def test_slow_attempts_count_against_the_deadline():
    attempts = Attempts(FakeClock(), *(failure() for _ in range(100)), seconds=10)
    with pytest.raises(ServiceError):
        run(attempts)
    assert attempts.made == 3


@given(dice=st.binary(min_size=2, max_size=2))
def test_pauses_jitter_within_their_span(dice: bytes):
    attempts = Attempts(FakeClock(), *(failure() for _ in range(100)))
    with pytest.raises(ServiceError):
        run(attempts, random_bytes=lambda _: dice)
    spans = [min(0.5 * 2**n, LONGEST_PAUSE_SECONDS) for n in range(len(attempts.clock.slept))]
    assert all(span / 2 <= pause <= span for pause, span in zip(attempts.clock.slept, spans, strict=True))
