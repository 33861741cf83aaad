import pytest
from hypothesis import given
from hypothesis import strategies as st

from atmos_auth.config.workflow_settings import RetrySettings
from atmos_auth.programs.workflows.retrying import Retry, retry_of


def waits(retry: Retry, attempts: int = 5) -> list[float | None]:
    elapsed, found = 0.0, []
    for attempt in range(1, attempts + 1):
        wait = retry.wait(attempt, elapsed)
        found.append(wait)
        elapsed += wait or 0
    return found


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, [None]),
        ({"max_attempts": 3}, [1, 1, None]),
        ({"max_attempts": 3, "delay": "500ms"}, [0.5, 0.5, None]),
        ({"max_attempts": 2, "delay": 7}, [7, None]),
        ({"max_attempts": 2, "delay": "0s"}, [0, None]),
        ({"max_attempts": 2, "delay": "9s", "initial_delay": "2s"}, [2, None]),
        ({"max_attempts": 5, "delay": "2s", "backoff_strategy": "linear"}, [2, 4, 6, 8, None]),
        ({"max_attempts": 5, "delay": "2s", "backoff_strategy": "exponential"}, [2, 4, 8, 16, None]),
        ({"max_attempts": 5, "backoff_strategy": "exponential", "max_delay": "3s"}, [1, 2, 3, 3, None]),
        ({"max_attempts": 5, "delay": "2s", "max_elapsed_time": "5s"}, [2, 2, None]),
    ],
)
def test_when_a_step_is_tried_again(settings: dict, expected: list[float | None]):
    assert waits(retry_of(RetrySettings(**settings)), len(expected)) == expected


@given(
    attempts=st.integers(1, 1000),
    attempt=st.integers(1, 1000),
    delay=st.floats(0, 1e6),
    strategy=st.sampled_from(["constant", "linear", "exponential"]),
    longest_delay=st.none() | st.floats(0, 1e4),
    longest=st.none() | st.floats(0, 1e5),
    elapsed=st.floats(0, 1e6),
)
def test_no_wait_goes_beyond_its_bounds(attempts, attempt, delay, strategy, longest_delay, longest, elapsed):
    wait = Retry(attempts, delay, strategy, longest_delay, longest).wait(attempt, elapsed)
    if wait is None:
        assert attempt >= attempts or longest is not None
        return
    assert attempt < attempts
    assert 0 <= wait < float("inf")
    assert longest_delay is None or wait <= longest_delay
    assert longest is None or elapsed + wait <= longest
