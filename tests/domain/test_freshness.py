import pytest

from atmos_auth.domain.freshness import EXPIRED, FRESH, STALE, freshness, seconds_fresh
from atmos_auth.testing import NOW, aws_credentials, sso_token

HOUR, QUARTER = 3600, 900


@pytest.mark.parametrize(
    ("life", "left", "state"),
    [
        (HOUR, HOUR, FRESH),
        (HOUR, 15 * 60 + 1, FRESH),
        (HOUR, 15 * 60, STALE),
        (HOUR, 5 * 60 + 1, STALE),
        (HOUR, 5 * 60, EXPIRED),
        (HOUR, 0, EXPIRED),
        (HOUR, -1, EXPIRED),
        (12 * HOUR, 15 * 60 + 1, FRESH),
        (12 * HOUR, 15 * 60, STALE),
        # A quarter of a short life is stale, a tenth is too little to begin anything.
        (QUARTER, QUARTER, FRESH),
        (QUARTER, QUARTER / 4 + 1, FRESH),
        (QUARTER, QUARTER / 4, STALE),
        (QUARTER, QUARTER / 10 + 1, STALE),
        (QUARTER, QUARTER / 10, EXPIRED),
        (1, 1, FRESH),
        (1, 0.05, EXPIRED),
    ],
)
def test_the_windows_before_the_end(life, left, state):
    credentials = aws_credentials(expires_at=NOW + left, issued_at=NOW + left - life)
    assert freshness(credentials, NOW) == state


def test_keys_without_an_end_are_always_fresh():
    assert freshness(aws_credentials(expires_at=None), NOW * 2) == FRESH
    assert seconds_fresh(aws_credentials(expires_at=None), NOW * 2) == float("inf")


@pytest.mark.parametrize("life", [16, QUARTER, HOUR, 12 * HOUR])
def test_how_long_they_stay_fresh(life):
    credentials = aws_credentials(expires_at=NOW + life, issued_at=NOW)
    seconds = seconds_fresh(credentials, NOW)
    assert freshness(credentials, NOW + seconds - 0.5) == FRESH
    assert freshness(credentials, NOW + seconds) == STALE
    assert seconds_fresh(credentials, NOW + seconds + 1) == 0


@pytest.mark.parametrize(("left", "expired"), [(1, False), (0, True), (-1, True)])
def test_without_a_beginning_the_end_decides(left, expired):
    state = freshness(sso_token(expires_at=NOW + left, issued_at=None), NOW)
    assert (state == EXPIRED) == expired
