import pytest
from hypothesis import given
from hypothesis import strategies as st

from atmos_auth.domain.timestamps import from_text, to_text


@given(st.integers(0, 4_102_444_800))
def test_whole_seconds_come_back(seconds):
    assert from_text(to_text(seconds)) == seconds


def test_parts_of_a_second_are_cut_off():
    assert to_text(1_767_323_045.999) == "2026-01-02T03:04:05Z"


@pytest.mark.parametrize(
    "text",
    ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05+00:00", "2026-01-02T04:34:05+01:30", "2026-01-02T03:04:05",
     "2026-01-02T03:04:05.000Z"],
)  # fmt: skip
def test_every_spelling_is_understood(text):
    assert from_text(text) == 1_767_323_045


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01T00:00:00Z", "1767323045", "Z"])
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        from_text(text)
