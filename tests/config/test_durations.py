from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atmos_auth.config.durations import precise_seconds, seconds


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (3600, 3600),
        (1, 1),
        ("3600", 3600),
        (" 900 ", 900),
        ("1h", 3600),
        ("12h", 43200),
        ("90s", 90),
        ("1h30m", 5400),
        ("1.5h", 5400),
        (".5h", 1800),
        ("1.h", 3600),
        ("1h1m1s", 3661),
        ("30m1h", 5400),
        ("1500ms", 1),
        ("1000000us", 1),
        ("1000000\u00b5s", 1),
        ("1000000\u03bcs", 1),
        ("1000000000ns", 1),
        ("0h5m", 300),
        ("1d", 86400),
        ("30d", 2592000),
        ("0.1h", 360),
    ],
)
def test_accepted(written, value):
    assert seconds(written) == value


@pytest.mark.parametrize(
    "written",
    [
        0, -1, "", " ", "0", "-5", "+5", "0s", "0d", "-1h", "1x", "h", "1h 30m", "1H", "1.5", "1.5d", "1d12h", "1,5h",
        "1..5h", "1e3", "5 m", "h1", "999ms", True, False, None, 1.5, [], {}, "٣h", "1h!", "9" * 5000, "9" * 5000 + "h",
        "1w", "P1D", "1h\n2m",
    ],
)  # fmt: skip
def test_refused_with_the_forms_that_work(written):
    with pytest.raises(ValueError, match=r"invalid duration format \(use: 3600, 1h, 12h, 1d, etc\.\)"):
        seconds(written)


@given(st.integers(0, 1000), st.integers(0, 5000), st.integers(1, 5000))
def test_the_parts_of_a_duration_add_up(hours, minutes, rest):
    assert seconds(f"{hours}h{minutes}m{rest}s") == hours * 3600 + minutes * 60 + rest


@given(st.integers(1, 10**9))
def test_a_number_means_the_same_as_text(number):
    assert seconds(number) == seconds(str(number)) == seconds(f"{number}s")


@given(st.integers(1, 10**6), st.integers(0, 999))
def test_fractions_are_exact_and_cut_off(whole, thousandths):
    assert seconds(f"{whole}.{thousandths:03}h") == int(Decimal(f"{whole}.{thousandths:03}") * 3600)


@given(st.text(max_size=12))
def test_any_text_gives_a_positive_number_or_the_refusal(text):
    with suppress(ValueError):
        assert seconds(text) > 0


@pytest.mark.parametrize(
    ("written", "value"), [(0, 0), (7, 7), ("0s", 0), ("500ms", 0.5), ("1.5s", 1.5), ("2m", 120), ("1d", 86400)]
)
def test_waits_may_be_short_or_none(written, value):
    assert precise_seconds(written) == value


@pytest.mark.parametrize("written", [-1, "", "soon", "-1s", True, None, 1.5, []])
def test_what_is_no_wait(written):
    with pytest.raises(ValueError, match="invalid duration"):
        precise_seconds(written)
